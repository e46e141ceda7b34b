"""What the running of the system itself looks like from its database."""

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Column, ColumnElement, extract, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.heartbeat import beats
from storage.tables import (
    calendar_version,
    cases,
    exception_item,
    intake_journal,
    outbox,
    quarantine,
    recomputation,
    reply,
)

MESSAGES = 1_000
DELIVERED = "delivered"


class Waiting(Frozen):
    """How many wait, and since when the first of them does."""

    n: int
    since: AwareDatetime | None


class Readings(Frozen):
    """The readings, all of one transaction."""

    journal_waiting: Waiting
    quarantine: Waiting
    outbox_age: Waiting
    timer_lag: Waiting
    exceptions: Waiting
    message_lag: float | None
    """Seconds within which 95 % of the last messages arrived."""
    heartbeat: AwareDatetime | None
    calendar: int | None
    recomputing: int


async def read_system(conn: AsyncConnection, now: datetime) -> Readings:
    """Everything that stands still in the database though it should move."""
    last = await beats(conn)
    return Readings(
        journal_waiting=await _waiting(
            conn,
            intake_journal.c.arrived_at,
            intake_journal.c.outcome.is_(None) & intake_journal.c.published_at.is_(None),
        ),
        quarantine=await _waiting(conn, quarantine.c.first_seen_at, quarantine.c.status == "open"),
        outbox_age=await _waiting(conn, outbox.c.created_at, outbox.c.published_at.is_(None)),
        timer_lag=await _waiting(conn, cases.c.next_at, ~cases.c.ended & (cases.c.next_at < now)),
        exceptions=await _waiting(
            conn, exception_item.c.raised_at, exception_item.c.resolved_at.is_(None)
        ),
        message_lag=await _message_lag(conn),
        heartbeat=last.last_at,
        calendar=await conn.scalar(select(func.max(calendar_version.c.version))),
        recomputing=await conn.scalar(
            select(func.count()).where(recomputation.c.finished_at.is_(None))
        )
        or 0,
    )


async def _message_lag(conn: AsyncConnection) -> float | None:
    ready = func.greatest(reply.c.created_at, reply.c.publish_after)
    took = extract("epoch", reply.c.settled_at - ready).label("took")
    newest = (
        select(took)
        .where(reply.c.outcome == DELIVERED)
        .order_by(reply.c.ordinal.desc())
        .limit(MESSAGES)
        .subquery()
    )
    part = func.percentile_cont(0.95).within_group(newest.c.took)
    found = await conn.scalar(select(part))
    return None if found is None else max(float(found), 0.0)


async def _waiting(
    conn: AsyncConnection, since: Column[datetime], where: ColumnElement[bool]
) -> Waiting:
    row = (await conn.execute(select(func.count(), func.min(since)).where(where))).one()
    return Waiting(n=row[0], since=row[1])
