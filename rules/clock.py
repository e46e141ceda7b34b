"""The law's clock: from a receipt and what happened since to the due instant, with its steps."""

from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from rules.calendar import BusinessCalendar, CalendarError
from rules.civil_code import counted_by_the_calendar, day_after, pushed
from rules.counted_time import counted_days_step, counted_hours_step
from rules.counting_steps import (
    closed_steps,
    counting_article,
    due_step,
    exclusion_steps,
    moved_steps,
    no_rule_step,
    passed_step,
    refusal_steps,
    start_step,
    transfer_step,
)
from rules.exclusions import Exclusion, excluded_days, exclusions
from rules.extension import length_in_days, period_hours, refused_extension
from rules.packs import RulePack, pack_for
from rules.terms import Term, as_counted, began, clock_start, terms
from rules.working_time import (
    HOUR,
    MINUTE,
    Span,
    add_hours_outside,
    add_working_seconds,
    add_working_seconds_outside,
    receipt_instant,
    seoul,
    seoul_day,
    working_seconds_between,
)
from schema.deadlines import (
    CIVIL_UNITS,
    HOUR_UNITS,
    WALL_UNITS,
    ClockEvent,
    ClockKind,
    Deadline,
    DeadlineRequest,
    EventType,
    Extension,
    Happening,
    HolidayDeclared,
    RefusedEvent,
    Step,
    Unit,
)

__all__ = [
    "Due",
    "add_wall_hours",
    "add_working_minutes",
    "clock_start",
    "deadline",
    "due",
    "law_for",
    "receipt_instant",
    "working_minutes_between",
]

DAY = timedelta(days=1)
FIRST_DAY_COUNTS = frozenset({ClockKind.PETITION})
"""법 §19③: a petition's weeks, months, years count the first day; elsewhere 민법 §157 does not."""

FROM_THE_ACT_ITSELF = frozenset(
    {
        ClockKind.SUPPLEMENT_BY_CITIZEN,
        ClockKind.OBJECTION_FILING,
        ClockKind.PROPOSAL_REREVIEW_REQUEST,
    }
)
"""Periods of the citizen run from the day of the notice, open or not; an agency's periods from
its receipt, which is in working time (reading A2)."""

UP_TO_THE_RECEIPT = frozenset({ClockKind.RECEIPT_OF_E_PETITION})
"""영 §6⑧ and its addendum (부칙 <제32789호> §4) speak of the arrival."""

PAUSES = frozenset(
    {
        EventType.SUPPLEMENT_REQUEST,
        EventType.INVESTIGATION_START,
        EventType.CONSULT_REQUEST,
        EventType.EXCLUSION_START,
    }
)
DAY_HOURS = 24


def working_minutes_between(
    start: datetime, end: datetime, calendar: BusinessCalendar, pack: RulePack
) -> float:
    """Working minutes from `start` to `end`."""
    return working_seconds_between(start, end, calendar, pack) / MINUTE


def add_working_minutes(
    start: datetime, minutes: float, calendar: BusinessCalendar, pack: RulePack
) -> datetime:
    """The instant `minutes` working minutes after `start`, in UTC."""
    return add_working_seconds(start, minutes * MINUTE, calendar, pack)


def add_wall_hours(start: datetime, hours: float) -> datetime:
    """The instant `hours` hours of the wall clock after `start`, in UTC: a service target, which
    runs at night and on holidays too."""
    return start.astimezone(UTC) + timedelta(hours=hours)


def law_for(request: DeadlineRequest, calendar: BusinessCalendar) -> RulePack:
    """The rule pack of the present term: that of its receipt, so of the next opening for what
    arrives in closed time (reading A2); where the law refers to an arrival or a notice, of that."""
    start = clock_start(request)
    if request.clock in FROM_THE_ACT_ITSELF or request.clock in UP_TO_THE_RECEIPT:
        return pack_for(start)
    return _law_on(start, _with_declared(request, calendar), pack_for(start))


def _law_on(arrived: datetime, calendar: BusinessCalendar, hours: RulePack) -> RulePack:
    return pack_for(receipt_instant(arrived, calendar, hours))


def _with_declared(request: DeadlineRequest, calendar: BusinessCalendar) -> BusinessCalendar:
    return calendar.with_declared(
        event.date for event in request.events if isinstance(event, HolidayDeclared)
    )


def deadline(
    request: DeadlineRequest,
    calendar: BusinessCalendar,
    pack: RulePack,
    *,
    granted: Container[int] = (),
) -> Deadline:
    """The due instant of one clock (UTC; None while a supplement is open), what was refused, and
    the steps of the counting. `pack` is that of `law_for(request, calendar)`; `granted` are the
    extensions, by their places in the list, that were decided in their time and are not judged
    again: a holiday withdrawn since then does not undo them.

    Raises CalendarError beyond the years covered.
    """
    *earlier, present = _counted(request, calendar, pack, granted)
    due_at, steps = present.answer()
    return Deadline(
        due_at=due_at,
        refused=_refused(earlier, present),
        steps=(*(transfer_step(counting.ended_by) for counting in earlier), *steps),
        calendar_version=calendar.version,
        rule_pack=pack.name,
    )


class Due(NamedTuple):
    """The answer without its words, for those who count many: the instant, the extensions
    refused, and the spans that were not counted."""

    at: datetime | None
    refused: tuple[RefusedEvent, ...]
    excluded: tuple[Span, ...]


def due(
    request: DeadlineRequest,
    calendar: BusinessCalendar,
    pack: RulePack,
    *,
    granted: Container[int] = (),
) -> Due:
    """What `deadline` answers, by the same counting and without the steps."""
    *earlier, present = _counted(request, calendar, pack, granted)
    at, excluded = present.due()
    return Due(at, _refused(earlier, present), excluded)


def _counted(
    request: DeadlineRequest,
    calendar: BusinessCalendar,
    pack: RulePack,
    granted: Container[int],
) -> "list[_Counting]":
    known = _with_declared(request, calendar)
    *ended, last = terms(request)
    earlier = [_Counting(term, known, _law_then(term, known, pack), granted) for term in ended]
    return [*earlier, _Counting(last, known, pack, granted)]


def _refused(earlier: "list[_Counting]", present: "_Counting") -> tuple[RefusedEvent, ...]:
    found = [no for counting in (*earlier, present) for no in counting.refused]
    return tuple(sorted(found, key=lambda one: one.index))


def _law_then(term: Term, calendar: BusinessCalendar, pack: RulePack) -> RulePack:
    """The law of a term that has ended: its own, by the city's hours and readings of now."""
    own = {"morning": pack.morning, "afternoon": pack.afternoon, "readings": pack.readings}
    return _law_on(term.received_at, calendar, pack).model_copy(update=own)


class _Counting:
    """One run of the clock being counted: the events are taken one after another, each judged by
    what was known when it happened."""

    def __init__(
        self, term: Term, calendar: BusinessCalendar, pack: RulePack, granted: Container[int]
    ) -> None:
        self._granted = granted
        self._arrived = term.received_at
        self._received = receipt_instant(term.received_at, calendar, pack)
        self._request = as_counted(term.request, self._received, pack)
        self._unit = self._request.period.unit
        self._calendar = calendar
        self._pack = pack
        self._held: list[ClockEvent] = []
        self._extensions: list[int] = []
        self.ended_by = term.ended_by
        self.refused: list[RefusedEvent] = []
        for index, event in sorted(term.events, key=lambda one: (began(one[1]), one[0])):
            self._take(index, event)

    def due(self) -> tuple[datetime | None, tuple[Span, ...]]:
        """The due instant, and what was not counted."""
        if not self._has_rule():
            return None, ()
        due, found = self._due()
        return due, tuple(one.span for one in found)

    def _has_rule(self) -> bool:
        clock = self._request.clock
        return clock is ClockKind.PETITION or self._pack.rule(clock) is not None

    def answer(self) -> tuple[datetime | None, list[Step]]:
        """The due instant, and the steps that lead to it."""
        if not self._has_rule():
            return None, [no_rule_step()]
        due, found = self._due()
        return due, self._steps(due, found)

    def _take(self, index: int, event: ClockEvent) -> None:
        if isinstance(event, Extension):
            self._extend(index, event)
        elif not (isinstance(event, Happening) and event.type in PAUSES and self._is_over(event)):
            self._held.append(event)

    def _is_over(self, event: Happening) -> bool:
        """A pause that begins after the deadline does not undo that it was missed (P09)."""
        due, _ = self._due()
        return due is not None and event.at >= due

    def _extend(self, index: int, event: Extension) -> None:
        if index in self._granted:
            self._extensions.append(event.days)
            return
        due, _ = self._due()
        no = refused_extension(
            self._request,
            index,
            event,
            granted=len(self._extensions),
            due_at=due,
            period_days=self._period_days(),
            pack=self._pack,
        )
        if no is None:
            self._extensions.append(event.days)
        else:
            self.refused.append(no)

    def _period_days(self) -> int:
        first = self._first_day()
        last = self._civil_end(first) if self._unit in CIVIL_UNITS else first
        return length_in_days(self._request, first, last, self._pack)

    def _due(self) -> tuple[datetime | None, list[Exclusion]]:
        found = exclusions(self._request, self._held, self._calendar, self._pack)
        ended = [one for one in found if not one.open_ended]
        due = self._count(ended)
        waiting = [one for one in found if one.open_ended]
        if any(one.first <= seoul_day(due) for one in waiting):
            return None, found
        return due, ended

    def _count(self, found: Sequence[Exclusion]) -> datetime:
        if self._unit in HOUR_UNITS:
            return self._by_hours(found)
        if self._unit in WALL_UNITS:
            return self._by_the_wall_clock(found)
        out = excluded_days(found, self._calendar, self._pack)
        by_days = self._unit is Unit.DAYS
        last = self._by_working_days(out) if by_days else self._calendar_ends(out)[1]
        return seoul(last, self._pack.readings.day_due)

    def _by_hours(self, found: Sequence[Exclusion]) -> datetime:
        """법 §19①: from the instant of receipt, 8 working hours a day."""
        hours = period_hours(self._request, self._pack)
        hours += sum(self._extensions) * self._pack.hours_a_day
        return add_working_seconds_outside(
            self._received, hours * HOUR, [one.span for one in found], self._calendar, self._pack
        )

    def _by_the_wall_clock(self, found: Sequence[Exclusion]) -> datetime:
        """영 §16③: the agency's own hours run from the arrival, at night and on holidays too; what
        영 §20 leaves out of a period is left out of them as well."""
        hours: float = self._request.period.amount
        hours = hours / MINUTE if self._unit is Unit.WALL_MINUTES else hours
        hours += DAY_HOURS * sum(self._extensions)
        return add_hours_outside(self._arrived, hours, [one.span for one in found])

    def _by_working_days(self, out: frozenset[date]) -> date:
        """법 §19②: the first day counted, public holidays and Saturdays not."""
        start = seoul_day(self._received)
        last_index = self._calendar.days_before(start) - 1
        last_index += self._request.period.amount + sum(self._extensions)
        last = self._calendar.nth(last_index)
        for day in sorted(day for day in out if day >= start and self._calendar.is_open(day)):
            if day <= last:
                last_index += 1
                last = self._calendar.nth(last_index)
        return last

    def _first_day(self) -> date:
        """기산일: the day of receipt, or the day after it where the first day does not count."""
        if self._request.clock in FROM_THE_ACT_ITSELF:
            return day_after(self._arrived)
        day = seoul_day(self._received)
        return day if self._request.clock in FIRST_DAY_COUNTS else day + DAY

    def _civil_end(self, first: date) -> date:
        """민법 §160: the day before the one answering to the first day, or the month's last."""
        try:
            return counted_by_the_calendar(first, self._request.period)
        except (OverflowError, ValueError):
            # beyond the year 9999: dates themselves end there
            raise CalendarError(f"the calendar ends with {self._calendar.last_year}") from None

    def _calendar_ends(self, out: frozenset[date]) -> tuple[date, date]:
        """민법 §157, §159–161: the last day by the calendar, and the day it moves on to where
        that one is closed."""
        first = self._first_day()
        last = self._civil_end(first)
        if self._request.clock is ClockKind.PROGRESS_NOTICE:
            last += DAY  # 영 §23: when 30 days have passed, so on the day after (reading A18)
        ends = pushed(first, last, out)
        last = self._moved_on(ends, out)
        for days in self._extensions:
            begin = last + DAY
            ends = pushed(begin, last + timedelta(days=days), out)
            last = self._moved_on(ends, out)
        return ends, last

    def _moved_on(self, last: date, out: frozenset[date]) -> date:
        """The first day from `last` on that is open and counted (민법 §161)."""
        last = self._calendar.open_on_or_after(last)
        while last in out:
            last = self._calendar.open_on_or_after(last + DAY)
        return last

    def _steps(self, due: datetime | None, found: Sequence[Exclusion]) -> list[Step]:
        by_act = self._request.clock in FROM_THE_ACT_ITSELF
        start = self._arrived if by_act else self._received
        by_hours = self._unit in HOUR_UNITS or self._unit in WALL_UNITS
        first = None if by_hours else self._first_day()
        start = self._arrived if self._unit in WALL_UNITS else start
        if not by_hours:
            out = excluded_days(found, self._calendar, self._pack)
            found = [one for one in found if one.cause is not EventType.OUTAGE or one.first in out]
        told = [one for one in found if one.span[1] > start and (due is None or one.span[0] < due)]
        return [
            start_step(self._request, self._arrived, start, first, self._extensions, self._pack),
            *self._closed(seoul_day(start), due, found),
            *passed_step(self._request, self._pack),
            *exclusion_steps(self._request, told, self._pack),
            *refusal_steps(self.refused),
            *self._told(start, due, found),
            due_step(self._request, due, self._pack),
        ]

    def _told(
        self, start: datetime, due: datetime | None, found: Sequence[Exclusion]
    ) -> list[Step]:
        """Day by day or hour by hour; a period by the calendar is told by its beginning and end."""
        if due is None or self._unit in WALL_UNITS or self._unit in CIVIL_UNITS:
            return []
        article = counting_article(self._request, self._pack)
        if self._unit is Unit.DAYS:
            out = excluded_days(found, self._calendar, self._pack)
            ends = seoul_day(start), seoul_day(due)
            return [counted_days_step(*ends, out, self._calendar, article)]
        spans = [one.span for one in found]
        return [counted_hours_step(start, due, spans, self._calendar, self._pack, article)]

    def _closed(self, start: date, due: datetime | None, found: Sequence[Exclusion]) -> list[Step]:
        if due is None or self._unit in WALL_UNITS:
            return []
        if self._unit not in CIVIL_UNITS:
            return closed_steps(start, seoul_day(due), self._calendar)
        ends, last = self._calendar_ends(excluded_days(found, self._calendar, self._pack))
        return moved_steps(ends, last, self._calendar)
