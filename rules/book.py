"""The rule book: all rules and data in force, with the city's settings, as one value."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from rules.calendar import BusinessCalendar
from rules.case_clocks import CaseClock, WorkingTime, legal_term, target_hours
from rules.clock import receipt_instant
from rules.escalation import Escalation, read_escalation
from rules.life import CaseFacts
from rules.packs import RulePack, pack_for
from schema.codes import CaseKind, PetitionType, TimerKind


class OtherPeriod(StrEnum):
    """Whose period 기타민원 has: the agency's own (영 §16③) or the statute's 3 working hours."""

    AGENCY = "agency"
    STATUTE = "statute"


@dataclass(frozen=True)
class Clocks:
    """The deadlines of a case, and the clocks that rungs are counted on (none when standing)."""

    legal_due_at: datetime | None
    target_due_at: datetime | None
    calendar_version: int | None
    rule_pack: str | None
    clocks: tuple[CaseClock, ...] = ()
    counted: bool = True

    @classmethod
    def standing(
        cls,
        legal_due_at: datetime | None,
        target_due_at: datetime | None,
        calendar_version: int | None,
        rule_pack: str | None,
    ) -> "Clocks":
        """Deadlines that were computed before and are only repeated."""
        return cls(legal_due_at, target_due_at, calendar_version, rule_pack, counted=False)


@dataclass(frozen=True)
class RuleBook:
    """Everything that decides about a case and is not the case itself."""

    escalation: Escalation
    other_period: OtherPeriod

    def pack(self, at: datetime) -> RulePack:
        """The rule pack for a receipt at `at`."""
        return pack_for(at)

    def receipt_instant(self, at: datetime, calendar: BusinessCalendar) -> datetime:
        """When something that arrives at `at` is deemed received: working time, else the next
        opening (reading A2). UTC."""
        return receipt_instant(at, calendar, self.pack(at)).astimezone(UTC)

    def clocks(self, facts: CaseFacts, calendar: BusinessCalendar) -> Clocks:
        """The deadlines of a case from its facts: the one function that computes them."""
        if facts.received_at is None:
            return Clocks(None, None, None, None)
        began = facts.clock_from or facts.received_at
        pack = self.pack(began)
        working = WorkingTime(calendar, pack)
        term = legal_term(facts, other_period=self.other_period, working=working)
        hours = target_hours(facts, opinion_hours=self.escalation.opinion_target_hours)
        target = facts.submitted_at + timedelta(hours=hours) if hours is not None else None
        legal = term.due_at if term else self._agency_period(facts, target)
        found = []
        if legal is not None and legal != target:
            found.append(CaseClock(TimerKind.LEGAL, facts.term, began, legal, working))
        if target is not None:
            timer = TimerKind.LEGAL if legal == target else TimerKind.TARGET
            found.append(CaseClock(timer, facts.term, facts.submitted_at, target, None))
        return Clocks(legal, target, calendar.version, pack.name, tuple(found))

    def _agency_period(self, facts: CaseFacts, target: datetime | None) -> datetime | None:
        """영 §16③: the agency's own period of 기타민원 is legal due and service target in one."""
        own = facts.petition_type is PetitionType.OTHER and facts.kind is CaseKind.PETITION
        return target if own else None


def read_rule_book(*, other_period: str = OtherPeriod.AGENCY) -> RuleBook:
    """The rule book of the city; raises ValueError where data or setting is not usable."""
    return RuleBook(escalation=read_escalation(), other_period=OtherPeriod(other_period))
