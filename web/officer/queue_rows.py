"""A row of the queue as it is read: what is left, why it is urgent, what the case waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import RuleBook
from rules.calendar import BusinessCalendar
from rules.clock import working_minutes_between
from schema.codes import State
from storage.cases import Case
from storage.desk import Horizon
from storage.staff import names_of
from web.site import Site
from web.wording import Wording

MINUTES_OF_A_DAY = 8 * 60
SOON = 3 * 60
"""Working minutes under which a clock is near: departments have no shorter limit (영 §13②)."""


@dataclass(frozen=True)
class QueueRow:
    """One case with what stands about it. `left` is None where no clock runs; `why` are the
    reasons to take it first, the weightiest first."""

    case: Case
    left: str | None
    clock: str | None
    over: bool
    near: bool
    why: tuple[str, ...]
    waits: str
    officer: str | None


async def rows_of(
    conn: AsyncConnection, site: Site, cases: Sequence[Case], horizon: Horizon, wording: Wording
) -> tuple[QueueRow, ...]:
    """The rows of `cases`, in their order."""
    if not cases:
        return ()
    calendar = await site.calendars.current(conn)
    names = await names_of(conn, {case.officer for case in cases if case.officer})
    return tuple(_row(case, site.book, calendar, horizon, names, wording) for case in cases)


def _row(
    case: Case,
    book: RuleBook,
    calendar: BusinessCalendar,
    horizon: Horizon,
    names: Mapping[str, str],
    wording: Wording,
) -> QueueRow:
    at, now = case.turn_at, horizon.now
    minutes = _working_minutes(case, at, book, calendar, now) if at is not None else None
    over = at is not None and at < now
    clock = wording.code("timer", case.turn_timer) if case.turn_timer else None
    return QueueRow(
        case=case,
        left=_left(at, minutes, now, wording),
        clock=clock,
        over=over,
        near=minutes is not None and not over and minutes <= SOON,
        why=tuple(_why(case, at, clock, horizon, wording)),
        waits=_waits(case, over=over, wording=wording),
        officer=names.get(case.officer, case.officer) if case.officer else None,
    )


def _working_minutes(
    case: Case, at: datetime, book: RuleBook, calendar: BusinessCalendar, now: datetime
) -> int:
    if at <= now:
        return 0
    pack = book.pack(case.received_at or case.submitted_at)
    return int(working_minutes_between(now, at, calendar, pack))


def _left(at: datetime | None, minutes: int | None, now: datetime, wording: Wording) -> str | None:
    """What is left in working time; how long ago it passed, by the wall clock."""
    if at is None or minutes is None:
        return None
    if at < now:
        return wording.left(at, now)
    if minutes == 0:
        return wording.t("queue.no_work_left")
    return wording.t("queue.work_left", span=working_span(minutes, wording))


def working_span(minutes: int, wording: Wording) -> str:
    """Working minutes in words, a day being eight hours of them."""
    days, rest = divmod(minutes, MINUTES_OF_A_DAY)
    hours, minutes = divmod(rest, 60)
    parts = [("queue.work_days", days), ("time.hours", hours)]
    if not days:
        parts = [("time.hours", hours), ("time.minutes", minutes)]
    return " ".join(wording.t(key, n=n) for key, n in parts if n)


def _why(
    case: Case, at: datetime | None, clock: str | None, horizon: Horizon, wording: Wording
) -> list[str]:
    said: list[str] = []
    if case.state is State.ANSWERED:
        return said
    if case.urgent:
        said.append(wording.t("queue.why_urgent"))
    if at is not None and at < horizon.now:
        said.append(wording.t("queue.why_over", clock=clock))
    elif at is not None and at <= horizon.day_end:
        said.append(wording.t("queue.why_today", clock=clock))
    legal = case.legal_due_at
    if legal is not None and at is not None and at != legal and legal <= horizon.day_end:
        said.append(wording.t("queue.why_legal_over" if legal < horizon.now else "queue.why_legal"))
    return said


def _waits(case: Case, *, over: bool, wording: Wording) -> str:
    """What it waits for; what was waited for in vain is the department's own turn again."""
    key = f"waits_over.{case.waits_for}"
    if over and wording.has(key):
        return wording.t(key)
    return wording.code("waits", case.waits_for)
