"""The clocks of one case: legal due and service target, computed from what its log says."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.calendar import BusinessCalendar
from rules.clock import add_working_minutes, deadline, receipt_instant, working_minutes_between
from rules.life import CaseFacts
from rules.packs import RulePack
from rules.taxonomy import UNCLASSIFIED, Leaf, leaf
from schema.codes import CaseKind, PetitionType, TimerKind
from schema.deadlines import ClockKind, DeadlineRequest, Period, Step, Unit
from schema.model import Frozen

IMMEDIATE_WORKING_HOURS = 3
CITIZEN_PROPOSAL = "SG01"
MINUTES = 60


@dataclass(frozen=True)
class CaseClock:
    """One clock in one term. `working` None counts the wall clock, else working time."""

    timer: TimerKind
    term: int
    started_at: datetime
    due_at: datetime
    working: "WorkingTime | None"

    def share(self, part: float) -> datetime:
        """The instant at which `part` (0 to 1) of the counted time is used; 1 is the deadline."""
        if part >= 1:
            return self.due_at
        if self.working is None:
            return self.started_at + (self.due_at - self.started_at) * part
        counted = self.working.minutes(self.started_at, self.due_at)
        return self.working.add(self.started_at, counted * part)

    def overdue_by(self, hours: float) -> datetime:
        """The instant that lies `hours` counted hours after the deadline."""
        if self.working is None:
            return self.due_at + timedelta(hours=hours)
        return self.working.add(self.due_at, hours * MINUTES)


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


class LegalTerm(Frozen):
    """The legal period of a case in its present term, with the steps of its counting."""

    due_at: datetime
    steps: tuple[Step, ...]


def legal_period(facts: CaseFacts, *, other_period: str) -> tuple[ClockKind, Period] | None:
    """Which clock and period the law gives, or None where the agency's own hours stand instead
    (영 §16③, reading A11) or the case is an opinion, which has no legal due."""
    if facts.kind is CaseKind.OPINION:
        return None
    proposal = facts.petition_type is PetitionType.PROPOSAL
    entry = leaf(facts.item or (CITIZEN_PROPOSAL if proposal else UNCLASSIFIED))
    if facts.petition_type is PetitionType.OTHER:
        if other_period == "agency" and entry.field_sla_hours is not None:
            return None
        immediate = Period(unit=Unit.IMMEDIATE, amount=IMMEDIATE_WORKING_HOURS)
        return ClockKind.PETITION, immediate
    clock = {
        PetitionType.PROPOSAL: ClockKind.PROPOSAL_DECISION,
        PetitionType.INFORMATION_DISCLOSURE: ClockKind.INFORMATION_DISCLOSURE,
    }.get(facts.petition_type, ClockKind.PETITION)
    return clock, Period(unit=Unit(entry.period_unit), amount=entry.period_amount or 0)


def target_hours(facts: CaseFacts, *, opinion_hours: float) -> float | None:
    """The service target in hours of the wall clock from the arrival, or None where none is set."""
    if facts.kind is CaseKind.OPINION:
        return opinion_hours
    entry: Leaf = leaf(facts.item or UNCLASSIFIED)
    return entry.field_sla_hours


def legal_term(facts: CaseFacts, *, other_period: str, working: WorkingTime) -> LegalTerm | None:
    """The legal deadline from the beginning of the present term; None where the law gives none."""
    period = legal_period(facts, other_period=other_period)
    if period is None or facts.clock_from is None:
        return None
    clock, amount = period
    petition_type = facts.petition_type if clock is ClockKind.PETITION else None
    result = deadline(
        DeadlineRequest(
            id="case",
            clock=clock,
            petition_type=petition_type,
            period=amount,
            received_at=facts.clock_from,
            events=(),
        ),
        working.calendar,
        working.pack,
    )
    if result.due_at is None:
        return None
    return LegalTerm(due_at=result.due_at.astimezone(UTC), steps=result.steps)
