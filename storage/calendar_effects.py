"""What news of the calendar would move, before it is declared: nothing is written, nobody waits.

The new version is made in a transaction that is given up at once; the cases are then counted by
it without being locked, from the nearest deadline on.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import RuleBook
from rules.calendar import BusinessCalendar
from rules.life import facts_of
from schema.model import Frozen
from storage.calendars import NewVersion, calendar_of
from storage.cases import CASE_COLUMNS, Case, case_of, logs_of
from storage.recomputing import ANSWER_OWED, UNCOUNTABLE, reporters_of
from storage.store import Store
from storage.tables import cases

COUNTED = 300
"""Cases that are counted beforehand: what a person waits for on a page."""
SHOWN = 10

CalendarChange = Callable[[AsyncConnection], Awaitable[NewVersion | None]]


class Moved(Frozen):
    """A case whose deadline would be another."""

    number: str
    before: AwareDatetime | None
    after: AwareDatetime | None


class CalendarEffect(Frozen):
    """What a change would do. `looked_at` open cases would be counted again; of the first `counted`
    of them by deadline `moved` have another one, of which `shown` are some."""

    version: int
    since: AwareDatetime
    looked_at: int
    counted: int
    moved: int
    shown: tuple[Moved, ...]


async def calendar_effect(
    store: Store, book: RuleBook, change: CalendarChange
) -> CalendarEffect | None:
    """What `change` would do now; None where the calendar says so already.

    Raises CalendarError where the calendar would not be one.
    """
    async with store.engine.connect() as conn:
        new = await change(conn)
        calendar = await calendar_of(conn, new.version) if new is not None else None
        await conn.rollback()
    if new is None or calendar is None:
        return None
    async with store.engine.connect() as conn:
        may_move = _may_move(new.since)
        looked_at = await conn.scalar(select(func.count()).select_from(cases).where(*may_move))
        found = await _nearest(conn, may_move)
        moved = await _moved(conn, book, calendar, found)
    return CalendarEffect(
        version=new.version,
        since=new.since,
        looked_at=looked_at or 0,
        counted=len(found),
        moved=len(moved),
        shown=tuple(moved[:SHOWN]),
    )


def _may_move(since: datetime) -> list[ColumnElement[bool]]:
    return [
        ~cases.c.ended,
        cases.c.state.in_(ANSWER_OWED),
        ~cases.c.synthetic,
        or_(cases.c.legal_due_at.is_(None), cases.c.legal_due_at >= since),
    ]


async def _nearest(conn: AsyncConnection, may_move: Sequence[ColumnElement[bool]]) -> list[Case]:
    due = func.coalesce(cases.c.legal_due_at, cases.c.target_due_at)
    statement = select(*CASE_COLUMNS).where(*may_move).order_by(due, cases.c.number).limit(COUNTED)
    return [case_of(row) for row in await conn.execute(statement)]


async def _moved(
    conn: AsyncConnection, book: RuleBook, calendar: BusinessCalendar, found: Sequence[Case]
) -> list[Moved]:
    numbers = [case.number for case in found]
    logs = await logs_of(conn, numbers) if numbers else {}
    reporters = await reporters_of(conn, numbers) if numbers else {}
    moved = []
    for case in found:
        try:
            facts = facts_of(logs[case.number], kind=case.kind)
            joined = [facts_of(one.log, kind=one.kind) for one in reporters.get(case.number, ())]
            clocks = book.clocks(facts, calendar, reporters=joined)
        except UNCOUNTABLE:
            continue
        after = clocks.legal_due_at or clocks.target_due_at
        if after != case.due_at():
            moved.append(Moved(number=case.number, before=case.due_at(), after=after))
    return moved
