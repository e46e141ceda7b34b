"""The exceptions queue: cases about which the ladder finds nobody to tell. A person sees to them.

One open item per case and kind: what happens to the case meanwhile is written into that one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import Update, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.levels import CLIMBING, STAFFED_DESKS
from rules.waking import Waking
from schema.codes import ENDED_STATES, EventKind, State
from schema.commands import Command
from schema.events import CaseEvent
from schema.model import Frozen
from storage.tables import cases, exception_item

TAKEN_UP = frozenset({EventKind.ACCEPTED, EventKind.STARTED, EventKind.OFFICER_ASSIGNED})
SETTLED_STATES = ENDED_STATES | {State.ANSWERED}
NAMED = ("timer", "term", "rung", "to", "due_at")
OPEN = exception_item.c.resolved_at.is_(None)


class ExceptionKind(StrEnum):
    """Why a case is in the queue."""

    NOBODY_TO_TELL = "nobody_to_tell"
    """No level of its ladder has an account in use."""


class ExceptionItem(Frozen):
    """One item. `detail` names the clock (`timer`, `term`, `due_at`), the `rung`, whom the ladder
    names (`to`) and everybody who was looked for (`tried`)."""

    id: int
    case_number: str
    kind: ExceptionKind
    department: str | None
    detail: dict[str, JsonValue]
    raised_at: AwareDatetime


async def raise_exception(
    conn: AsyncConnection, number: str, kind: ExceptionKind, detail: Mapping[str, JsonValue]
) -> bool:
    """Put the case into the queue, or bring its open item up to date; True where it is new."""
    statement = insert(exception_item).values(case_number=number, kind=kind, detail=dict(detail))
    made = await conn.scalar(
        statement.on_conflict_do_update(
            index_elements=["case_number", "kind"],
            index_where=OPEN,
            set_={"detail": statement.excluded.detail},
        ).returning(literal_column("xmax = 0"))
    )
    return bool(made)


async def list_open(
    conn: AsyncConnection,
    *,
    departments: Sequence[str] | None = None,
    after: int = 0,
    limit: int = 50,
) -> tuple[ExceptionItem, ...]:
    """Open items, oldest first, from the item `after`; of `departments`, None for everybody's."""
    statement = (
        select(
            exception_item.c.id,
            exception_item.c.case_number,
            exception_item.c.kind,
            exception_item.c.detail,
            exception_item.c.raised_at,
            cases.c.department,
        )
        .join(cases, cases.c.number == exception_item.c.case_number)
        .where(OPEN, exception_item.c.id > after)
        .order_by(exception_item.c.id)
        .limit(limit)
    )
    if departments is not None:
        statement = statement.where(cases.c.department.in_(departments))
    rows = await conn.execute(statement)
    return tuple(ExceptionItem.model_validate(row._mapping) for row in rows)


async def count_open(conn: AsyncConnection) -> int:
    """How many items are open."""
    found = await conn.scalar(select(func.count()).select_from(exception_item).where(OPEN))
    return int(found or 0)


async def resolve(
    conn: AsyncConnection, item: int, *, at: datetime, departments: Sequence[str] | None = None
) -> bool:
    """A person who sees to `departments` (None: to all) has seen to it; False where it was resolved
    already, is another's, or never was."""
    statement = (
        update(exception_item).where(exception_item.c.id == item, OPEN).values(resolved_at=at)
    )
    if departments is not None:
        theirs = select(cases.c.number).where(cases.c.department.in_(departments))
        statement = statement.where(exception_item.c.case_number.in_(theirs))
    return bool((await conn.execute(statement)).rowcount)


def resolution(number: str, at: datetime) -> Update:
    """Resolves what is open of a case."""
    return (
        update(exception_item)
        .where(exception_item.c.case_number == number, OPEN)
        .values(resolved_at=at)
    )


def resolution_by(event: CaseEvent) -> Update | None:
    """What `event` resolves by itself: after it somebody has the case, or it is answered or at
    its end, so that nobody has to see to it."""
    if event.kind in TAKEN_UP or event.state in SETTLED_STATES:
        return resolution(event.case, event.recorded_at)
    return None


async def with_exception(conn: AsyncConnection, waking: Waking) -> Command:
    """The command of a rung; where nobody is there to be told, the case is put into the queue, and
    the event says so: `raised` for a new item, `open` where a person was told already.

    A rung that finds somebody again ends the item.
    """
    command, whom = waking.command, waking.told
    if whom is None:
        return command
    if not whom.nobody:
        if whom.to in (*CLIMBING, *STAFFED_DESKS):
            await conn.execute(resolution(command.case, datetime.now(UTC)))
        return command
    kept = {key: value for key, value in command.detail.items() if key in NAMED}
    new = await raise_exception(
        conn,
        command.case,
        ExceptionKind.NOBODY_TO_TELL,
        kept | {"tried": list(whom.tried)},
    )
    item = {ExceptionKind.NOBODY_TO_TELL.value: "raised" if new else "open"}
    return command.model_copy(update={"detail": {**command.detail, **item}})
