"""The law's clock: from a receipt and what happened since to the due instant, with its steps."""

import calendar as month_lengths
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from rules.calendar import BusinessCalendar
from rules.counting_steps import closed_steps, due_step, exclusion_steps, start_step
from rules.exclusions import (
    Exclusion,
    applicable,
    declared_holidays,
    excluded_days,
    exclusions,
)
from rules.extension import length_in_days, period_hours, refused_extension
from rules.packs import RulePack
from rules.working_time import (
    HOUR,
    MINUTE,
    add_working_seconds,
    add_working_seconds_outside,
    receipt_instant,
    seoul,
    seoul_day,
    working_seconds_between,
)
from schema.deadlines import (
    HOUR_UNITS,
    ClockEvent,
    ClockKind,
    Deadline,
    DeadlineRequest,
    Extension,
    HolidayDeclared,
    Outage,
    RefusedEvent,
    Step,
    Unit,
)

__all__ = [
    "add_working_minutes",
    "deadline",
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

PROPOSAL_30_DAYS_FROM = date(2023, 9, 1)
"""국민 제안 규정 §10①: received before, the period is one month."""


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


def deadline(request: DeadlineRequest, calendar: BusinessCalendar, pack: RulePack) -> Deadline:
    """The due instant of one clock (UTC; None while a supplement is open), what was refused, and
    the steps of the counting. Raises CalendarError beyond the years covered."""
    return _Counting(request, calendar, pack).result()


class _Counting:
    """One deadline being counted: the events in their order, one after another."""

    def __init__(
        self, request: DeadlineRequest, calendar: BusinessCalendar, pack: RulePack
    ) -> None:
        self._request = request
        self._pack = pack
        self._events = applicable(request)
        self._known = calendar
        self._calendar = calendar.with_closed(declared_holidays(self._events))
        self._extensions: list[int] = []
        self._refused: list[RefusedEvent] = []

    def result(self) -> Deadline:
        for index, event in self._extensions_in_order():
            self._extend(index, event)
        due, found = self._due(self._events, self._calendar)
        return Deadline(
            due_at=due,
            refused=tuple(sorted(self._refused, key=lambda one: one.index)),
            steps=tuple(self._steps(due, found)),
            calendar_version=self._calendar.version,
            rule_pack=self._pack.name,
        )

    def _extensions_in_order(self) -> list[tuple[int, Extension]]:
        found = [
            (index, event)
            for index, event in enumerate(self._request.events)
            if isinstance(event, Extension)
        ]
        return sorted(found, key=lambda one: (one[1].at, one[0]))

    def _extend(self, index: int, event: Extension) -> None:
        """Judge an extension by what was known when it was decided."""
        before = [one for one in self._events if _is_known(one, event.at)]
        due, _ = self._due(before, self._calendar)
        first = self._first_day()
        last = self._civil_end(first) if self._request.period.unit not in HOUR_UNITS else first
        no = refused_extension(
            self._request,
            index,
            event,
            granted=len(self._extensions),
            due_at=due,
            period_days=length_in_days(self._request, first, last, self._pack),
            pack=self._pack,
        )
        if no is None:
            self._extensions.append(event.days)
        else:
            self._refused.append(no)

    def _due(
        self, events: Sequence[ClockEvent], calendar: BusinessCalendar
    ) -> tuple[datetime | None, list[Exclusion]]:
        found = exclusions(self._request, events, calendar, self._pack)
        ended = [one for one in found if not one.open_ended]
        due = self._count(ended, calendar)
        waiting = [one for one in found if one.open_ended and one.span[0] <= due]
        if any(one.first <= seoul_day(due) for one in waiting):
            return None, found
        return due, ended

    def _count(self, found: Sequence[Exclusion], calendar: BusinessCalendar) -> datetime:
        unit = self._request.period.unit
        if unit in HOUR_UNITS:
            return self._by_hours(found, calendar)
        out = excluded_days(found, calendar, self._pack)
        if unit is Unit.DAYS:
            last = self._by_working_days(out, calendar)
        else:
            last = self._by_the_calendar(out, calendar)
        return seoul(last, self._pack.readings.day_due)

    def _received(self) -> datetime:
        return receipt_instant(self._request.received_at, self._calendar, self._pack)

    def _by_hours(self, found: Sequence[Exclusion], calendar: BusinessCalendar) -> datetime:
        """법 §19①: from the instant of receipt, 8 working hours a day."""
        hours = period_hours(self._request, self._pack)
        hours += sum(self._extensions) * self._pack.hours_a_day
        spans = [one.span for one in found]
        start = receipt_instant(self._request.received_at, calendar, self._pack)
        return add_working_seconds_outside(start, hours * HOUR, spans, calendar, self._pack)

    def _by_working_days(self, out: frozenset[date], calendar: BusinessCalendar) -> date:
        """법 §19②: the first day counted, public holidays and Saturdays not."""
        start = receipt_instant(self._request.received_at, calendar, self._pack)
        first = calendar.days_before(seoul_day(start))
        wanted = self._request.period.amount + sum(self._extensions)
        left_out = sorted(day for day in out if calendar.is_open(day) and day >= seoul_day(start))
        last = calendar.nth(first + wanted - 1)
        for day in left_out:
            if day <= last:
                wanted += 1
                last = calendar.nth(first + wanted - 1)
        return last

    def _first_day(self) -> date:
        """기산일: the day of receipt, or the day after it where the first day does not count."""
        if self._request.clock in FROM_THE_ACT_ITSELF:
            return seoul_day(self._request.received_at) + DAY
        day = seoul_day(self._received())
        return day if self._request.clock in FIRST_DAY_COUNTS else day + DAY

    def _civil_end(self, first: date) -> date:
        """민법 §160: the day before that which answers to the first day, else the month's last."""
        unit, amount = self._request.period.unit, self._request.period.amount
        if self._is_old_proposal():
            unit, amount = Unit.MONTHS, 1
        if unit is Unit.WEEKS:
            return first + timedelta(weeks=amount) - DAY
        if unit in (Unit.MONTHS, Unit.YEARS):
            return _months_on(first, amount * (12 if unit is Unit.YEARS else 1))
        return first + timedelta(days=amount) - DAY

    def _is_old_proposal(self) -> bool:
        return (
            self._request.clock is ClockKind.PROPOSAL_DECISION
            and seoul_day(self._received()) < PROPOSAL_30_DAYS_FROM
        )

    def _by_the_calendar(self, out: frozenset[date], calendar: BusinessCalendar) -> date:
        """민법 §157, §159–161: by the calendar, a last day that is closed moves on."""
        first = self._first_day()
        last = self._civil_end(first)
        if self._request.clock is ClockKind.PROGRESS_NOTICE:
            last += DAY  # 영 §23: when 30 days have passed, so on the day after (reading A18)
        last = calendar.open_on_or_after(_pushed(first, last, out))
        for days in self._extensions:
            begin = last + DAY
            last = calendar.open_on_or_after(_pushed(begin, last + timedelta(days=days), out))
        return last

    def _steps(self, due: datetime | None, found: Sequence[Exclusion]) -> list[Step]:
        start = (
            self._request.received_at
            if self._request.clock in FROM_THE_ACT_ITSELF
            else self._received()
        )
        first = self._first_day() if self._request.period.unit not in HOUR_UNITS else None
        until = seoul_day(due) if due else None
        skips = self._request.period.unit in HOUR_UNITS or self._request.period.unit is Unit.DAYS
        return [
            start_step(self._request, start, first, self._extensions),
            *(closed_steps(seoul_day(start), until, self._calendar) if skips and until else []),
            *exclusion_steps(found),
            *(Step(ko=one.ko, en=one.en, article=one.article) for one in self._refused),
            due_step(self._request, due),
        ]


def _is_known(event: ClockEvent, at: datetime) -> bool:
    """True for what had happened by `at`; a declared holiday holds from the beginning."""
    if isinstance(event, HolidayDeclared):
        return True
    return (event.start if isinstance(event, Outage) else event.at) <= at


def _pushed(first: date, last: date, out: frozenset[date]) -> date:
    """`last`, one day later for each day of `out` from `first` to it."""
    for day in sorted(out):
        if first <= day <= last:
            last += DAY
    return last


def _months_on(first: date, months: int) -> date:
    """The day on which a period of `months` from 기산일 `first` ends (민법 §160②③)."""
    index = first.month - 1 + months
    year, month = first.year + index // 12, index % 12 + 1
    length = month_lengths.monthrange(year, month)[1]
    if first.day > length:
        return date(year, month, length)
    return date(year, month, first.day) - DAY
