"""One act on many cases: a job is a command for each of its cases, kept in one transaction.

There is nothing else to carry out than commands, and those are sent until they are answered,
whoever dies: by the process that took the job, and by the housekeeping's sweep. What became of a
case stands in its command.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import Join, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.fields import FieldKind, field
from schema.codes import Action
from schema.commands import Command, Refusal
from schema.events import Actor
from schema.model import Frozen
from storage.commands import find_command, keep_command
from storage.store import Store
from storage.tables import bulk_item, bulk_job
from storage.tables import command as command_table

MOST_CASES = 100
"""Cases of one job: as many as one page of a preview can be read through."""
SHOWN_JOBS = 20


class BulkOutcome(StrEnum):
    """How far the act on one case has come."""

    RECORDED = "recorded"
    REFUSED = "refused"
    ON_ITS_WAY = "on_its_way"


class BulkJob(Frozen):
    """One job. `detail` holds the codes of its act (a department, an officer), never its text."""

    id: UUID
    login: str
    action: Action
    detail: dict[str, JsonValue]
    total: int
    created_at: AwareDatetime


class BulkItem(Frozen):
    """What became of one case."""

    number: str
    outcome: BulkOutcome
    refusal: Refusal | None = None


def request_of(job: UUID) -> str:
    """The request id of each command of a job: one a case, whoever sends it and how often."""
    return f"bulk/{job}"


async def keep_job(
    conn: AsyncConnection,
    store: Store,
    *,
    job: UUID,
    login: str,
    action: Action,
    body: Mapping[str, JsonValue],
    at: datetime,
    actors: Mapping[str, Actor],
) -> bool:
    """Keep a job and its commands, once; `actors` say for each case who acts. False where the job
    is there already, which then stays as it is."""
    kept = await conn.execute(
        insert(bulk_job)
        .values(
            id=job,
            login=login,
            action=action,
            detail={
                name: value
                for name, value in body.items()
                if field(name).kind is not FieldKind.TEXT
            },
            total=len(actors),
            created_at=at,
        )
        .on_conflict_do_nothing()
    )
    if kept.rowcount == 0:
        return False
    for number in sorted(actors):
        await conn.execute(insert(bulk_item).values(job=job, case_number=number))
        await keep_command(
            conn,
            store,
            number=number,
            request_id=request_of(job),
            action=action,
            actor=actors[number],
            at=at,
            body=body,
        )
    return True


async def job_of(conn: AsyncConnection, job: UUID, login: str) -> BulkJob | None:
    """The person's job, or None: another's is nobody else's to see."""
    statement = select(*_COLUMNS).where(bulk_job.c.id == job, bulk_job.c.login == login)
    row = (await conn.execute(statement)).one_or_none()
    return BulkJob.model_validate(row._mapping) if row else None


async def jobs_of(conn: AsyncConnection, login: str) -> tuple[tuple[BulkJob, int], ...]:
    """The person's newest jobs, each with how many of its cases are settled."""
    settled = (
        select(func.count())
        .select_from(_items())
        .where(bulk_item.c.job == bulk_job.c.id, command_table.c.settled_at.is_not(None))
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(*_COLUMNS, settled.label("settled"))
        .where(bulk_job.c.login == login)
        .order_by(bulk_job.c.created_at.desc())
        .limit(SHOWN_JOBS)
    )
    names = BulkJob.model_fields
    return tuple(
        (
            BulkJob.model_validate({name: row._mapping[name] for name in names}),
            int(row._mapping["settled"]),
        )
        for row in rows
    )


async def items_of(conn: AsyncConnection, job: UUID) -> tuple[BulkItem, ...]:
    """What became of each case, by number."""
    rows = await conn.execute(
        select(
            bulk_item.c.case_number,
            command_table.c.settled_at,
            command_table.c.refusal,
        )
        .select_from(_items())
        .where(bulk_item.c.job == job)
        .order_by(bulk_item.c.case_number)
    )
    return tuple(_item(row.case_number, row.settled_at, row.refusal) for row in rows)


def _item(number: str, settled_at: datetime | None, refusal: JsonValue) -> BulkItem:
    if settled_at is None:
        return BulkItem(number=number, outcome=BulkOutcome.ON_ITS_WAY)
    if refusal is None:
        return BulkItem(number=number, outcome=BulkOutcome.RECORDED)
    said = Refusal.model_validate(refusal)
    return BulkItem(number=number, outcome=BulkOutcome.REFUSED, refusal=said)


async def unsent(conn: AsyncConnection, job: UUID) -> tuple[Command, ...]:
    """The commands of a job that are not answered yet."""
    waiting = [one for one in await items_of(conn, job) if one.outcome is BulkOutcome.ON_ITS_WAY]
    found = [await find_command(conn, one.number, request_of(job)) for one in waiting]
    return tuple(stored.command for stored in found if stored is not None)


_COLUMNS = [bulk_job.c[name] for name in BulkJob.model_fields]


def _items() -> Join:
    """Each case of a job with its command."""
    return bulk_item.outerjoin(
        command_table,
        and_(
            command_table.c.case_number == bulk_item.c.case_number,
            command_table.c.request_id == func.concat("bulk/", bulk_item.c.job),
        ),
    )
