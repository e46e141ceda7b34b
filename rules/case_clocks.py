"""The legal clock of one case: what is asked of the law, computed from what the log says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

from rules.calendar import BusinessCalendar, OutageWindow
from rules.clock import add_working_minutes, clock_start, receipt_instant, working_minutes_between
from rules.life import CaseFacts
from rules.packs import SEOUL, RulePack
from rules.taxonomy import UNCLASSIFIED, Leaf, leaf_at
from rules.working_time import Span, seoul, united
from schema.codes import CaseKind, PetitionType, TimerKind
from schema.deadlines import (
    WALL_UNITS,
    ClockEvent,
    ClockKind,
    DeadlineRequest,
    EventType,
    Extension,
    Happening,
    Outage,
    Period,
    Unit,
)

IMMEDIATE_WORKING_HOURS = 3
CITIZEN_PROPOSAL = "SG01"
MINUTES = 60


@dataclass(frozen=True)
class WorkingTime:
    """Working minutes by one calendar and one rule pack."""

    calendar: BusinessCalendar
    pack: RulePack

    def minutes(self, start: datetime, end: datetime) -> float:
        """Working minutes between two instants."""
        return working_minutes_between(start, end, self.calendar, self.pack)

    def add(self, start: datetime, minutes: float) -> datetime:
        """The instant `minutes` working minutes after `start`, in UTC."""
        opening = receipt_instant(start, self.calendar, self.pack)
        return add_working_minutes(opening, minutes, self.calendar, self.pack).astimezone(UTC)

    def days_on(self, start: datetime, days: int, *, opening: bool = False) -> datetime:
        """The end, or the `opening`, of the working day `days` after the one of `start`."""
        day = self.calendar.days_before(start.astimezone(SEOUL).date())
        last = self.calendar.nth(day + days)
        return seoul(last, self.pack.morning[0] if opening else self.pack.afternoon[1])


@dataclass(frozen=True)
class CaseClock:
    """One clock in one term. `working` None counts the wall clock, else working time; what lies
    in `excluded` does not count. `whom` is the department that it waits for, where that is not
    the one that has the case."""

    timer: TimerKind
    term: int
    started_at: datetime
    due_at: datetime
    working: WorkingTime | None
    excluded: tuple[Span, ...] = ()
    whom: str | None = None

    def share(self, part: float) -> datetime:
        """The instant at which `part` (0 to 1) of the counted time is used; 1 is the deadline."""
        if part >= 1 or self.due_at <= self.started_at:
            return self.due_at
        left = part * sum(counted for _, counted in self._counted_pieces)
        for start, counted in self._counted_pieces:
            if left <= counted:
                return min(self._after(start, left), self.due_at)
            left -= counted
        return self.due_at

    def used(self, at: datetime) -> float:
        """How much of the counted time is used at `at`, 0 to 1; it stands still in a pause."""
        whole = sum(self._counted(start, end) for start, end in self._pieces())
        done = sum(
            self._counted(start, min(end, at)) for start, end in self._pieces() if start < at
        )
        return min(done / whole, 1.0) if whole else 1.0

    def overdue_by(self, hours: float) -> datetime:
        """The instant that lies `hours` counted hours after the deadline."""
        if self.working is None:
            return self.due_at + timedelta(hours=hours)
        return self.working.add(self.due_at, hours * MINUTES)

    @cached_property
    def _counted_pieces(self) -> tuple[tuple[datetime, float], ...]:
        """Where each piece begins and what it counts: asked again by every rung."""
        return tuple((start, self._counted(start, end)) for start, end in self._pieces())

    def _pieces(self) -> Iterable[Span]:
        """The time between start and deadline, without what is excluded."""
        at = self.started_at
        for start, end in united(self.excluded):
            if start > at:
                yield at, min(start, self.due_at)
            at = max(at, end)
            if at >= self.due_at:
                return
        if at < self.due_at:
            yield at, self.due_at

    def _counted(self, start: datetime, end: datetime) -> float:
        """Counted minutes of a piece."""
        if self.working is None:
            return (end - start).total_seconds() / MINUTES
        return self.working.minutes(start, end)

    def _after(self, start: datetime, minutes: float) -> datetime:
        if self.working is None:
            return start + timedelta(minutes=minutes)
        return self.working.add(start, minutes)


def legal_period(facts: CaseFacts, *, other_period: str) -> tuple[ClockKind, Period] | None:
    """Which clock and period the law gives a case, or None: an opinion has no legal due.

    기타민원 has 3 working hours, or where the agency has set its own period (영 §16③, reading
    A11) that: hours of the wall clock.
    """
    if facts.kind is CaseKind.OPINION or facts.synthetic:
        return None
    if facts.objection_days is not None:
        period = Period(unit=Unit.CIVIL_DAYS, amount=facts.objection_days)
        return ClockKind.OBJECTION_DECISION, period
    proposal = facts.petition_type is PetitionType.PROPOSAL
    item = facts.item or (CITIZEN_PROPOSAL if proposal else UNCLASSIFIED)
    entry = leaf_at(item, facts.received_at or facts.submitted_at)
    if facts.petition_type is PetitionType.OTHER:
        return ClockKind.PETITION, _other_period(entry, other_period)
    clock = {
        PetitionType.PROPOSAL: ClockKind.PROPOSAL_DECISION,
        PetitionType.INFORMATION_DISCLOSURE: ClockKind.INFORMATION_DISCLOSURE,
    }.get(facts.petition_type, ClockKind.PETITION)
    return clock, Period(unit=Unit(entry.period_unit), amount=entry.period_amount or 0)


def _other_period(entry: Leaf, other_period: str) -> Period:
    if other_period == "agency" and entry.field_sla_hours is not None:
        hours = entry.field_sla_hours
        if hours.is_integer():
            return Period(unit=Unit.WALL_HOURS, amount=int(hours))
        return Period(unit=Unit.WALL_MINUTES, amount=round(hours * MINUTES))
    return Period(unit=Unit.IMMEDIATE, amount=IMMEDIATE_WORKING_HOURS)


def legal_request(
    facts: CaseFacts, *, other_period: str, calendar: BusinessCalendar
) -> DeadlineRequest | None:
    """The question that the law is asked about a case; None where it gives no period."""
    period = legal_period(facts, other_period=other_period)
    if period is None or facts.clock_from is None:
        return None
    clock, amount = period
    began = facts.clock_from
    if amount.unit in WALL_UNITS and facts.clock_from == facts.received_at:
        began = facts.submitted_at
    return DeadlineRequest(
        id="case",
        clock=clock,
        petition_type=facts.petition_type if clock is ClockKind.PETITION else None,
        period=amount,
        received_at=began,
        events=(*facts.happenings, *outages_of(calendar)),
    )


@cache
def _as_event(window: OutageWindow) -> Outage:
    return Outage(type=EventType.OUTAGE, start=window.start, end=window.end)


def outages_of(calendar: BusinessCalendar) -> tuple[ClockEvent, ...]:
    """The outages that the calendar knows, as the clock takes them."""
    return tuple(_as_event(window) for window in calendar.outages)


def granted(request: DeadlineRequest) -> frozenset[int]:
    """The extensions in a case's own log: they were judged when they were decided."""
    return frozenset(
        index for index, event in enumerate(request.events) if isinstance(event, Extension)
    )


def term_start(facts: CaseFacts, request: DeadlineRequest) -> datetime:
    """Where the present term began, for the shares of a ladder: the last extension or receipt."""
    began = [clock_start(request)]
    began += [
        event.at
        for event in facts.happenings
        if isinstance(event, Extension)
        or (isinstance(event, Happening) and event.type is EventType.TRANSFER_RECEIVED)
    ]
    return max(began)


def target_hours(facts: CaseFacts, *, opinion_hours: float) -> float | None:
    """The service target in hours of the wall clock from the arrival, or None where none is set."""
    if facts.synthetic:
        return None
    if facts.kind is CaseKind.OPINION:
        return opinion_hours
    return leaf_at(facts.item or UNCLASSIFIED, facts.submitted_at).field_sla_hours
