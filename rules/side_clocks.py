"""The limits around the legal clock: receipt, distribution, transfer, supplement, notices.

Each is a clock of its own with its own ladder (`rules/data/ladders.toml`). None of them moves the
legal deadline.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.case_clocks import CaseClock, WorkingTime
from rules.clock import due
from rules.life import CaseFacts
from rules.organisation import FIRST_LINE
from schema.codes import CaseKind, PetitionType, State, TimerKind
from schema.deadlines import (
    ClockKind,
    DeadlineRequest,
    EventType,
    Extension,
    Happening,
    Period,
    Unit,
)

HOUR_MINUTES = 60
DISTRIBUTION_HOURS = 1
"""영 §13①: from the desk to the department that processes it."""
TRANSFER_INSIDE_HOURS = 3
"""영 §13②"""
TRANSFER_TO_AGENCY_HOURS = 8
"""영 §13③; of an electronic document without delay (④): the hours are the outer limit."""
SUPPLEMENT_REQUEST_HOURS = 8
"""시행규칙 §9①"""
CORRECTION_HOURS = 8
"""영 §18② says «without delay»; the city's outer limit is one working day."""
APPROVAL_HOURS = 4
"""결재: the city's own target, half a working day."""
PROGRESS_DAYS = 30
"""영 §23①②"""
INVESTIGATION_DAYS = 14
INVESTIGATION_EXTRA_DAYS = 7
"""영 §17④"""
HEARTBEAT_MINUTES = 2

NOT_TAKEN_UP = frozenset({State.ASSIGNED, State.TRANSFERRED})
BY_DOCUMENT = frozenset(PetitionType) - {PetitionType.OTHER, PetitionType.OPINION}
"""Petitions that come as a document, which may lack something."""


@dataclass(frozen=True)
class SideClocks:
    """What the side clocks of one case are counted with."""

    working: WorkingTime

    def of(self, facts: CaseFacts) -> Iterator[CaseClock]:
        """Every limit that runs now, besides the legal clock and the service target."""
        if facts.received_at is None or facts.ended:
            return
        if facts.synthetic:
            yield self._heartbeat(facts)
            return
        for found in _RUNNING:
            yield from found(self, facts)

    def supplement_due(self, facts: CaseFacts) -> datetime | None:
        """The end of the citizen's period: 민법, extended at most twice (영 §24②④)."""
        request = supplement_request(facts)
        if request is None:
            return None
        found = due(request, self.working.calendar, self.working.pack).at
        return found.astimezone(UTC) if found else None

    def supplement_request_due(self, facts: CaseFacts) -> datetime | None:
        """Until when the department asks for a supplement: from the receipt, or from the receipt
        by the agency that has the petition now."""
        if facts.received_at is None:
            return None
        received = [
            event.at
            for event in facts.happenings
            if isinstance(event, Happening) and event.type is EventType.TRANSFER_RECEIVED
        ]
        return self._hours(max([facts.received_at, *received]), SUPPLEMENT_REQUEST_HOURS)

    def _hours(self, start: datetime, hours: float) -> datetime:
        return self.working.add(start, hours * HOUR_MINUTES)

    def _limit(
        self, timer: TimerKind, term: int, start: datetime, hours: float, whom: str | None = None
    ) -> CaseClock:
        return CaseClock(timer, term, start, self._hours(start, hours), self.working, (), whom)

    def _distribution(self, facts: CaseFacts) -> Iterator[CaseClock]:
        on_desk = facts.department == FIRST_LINE and facts.state is State.RECEIVED
        if on_desk and facts.held_since is not None:
            yield self._limit(
                TimerKind.DISTRIBUTION, len(facts.moves), facts.held_since, DISTRIBUTION_HOURS
            )

    def _acceptance(self, facts: CaseFacts) -> Iterator[CaseClock]:
        """Until it accepts, the department has to pass on what is not its own."""
        waiting = facts.state in NOT_TAKEN_UP and not facts.accepted
        if not waiting or facts.held_since is None:
            return
        held, nth = facts.held_since, len(facts.moves)
        yield self._limit(TimerKind.ACCEPTANCE, nth, held, TRANSFER_INSIDE_HOURS)
        yield self._limit(TimerKind.TRANSFER_TO_AGENCY, nth, held, TRANSFER_TO_AGENCY_HOURS)
        if facts.kind is not CaseKind.OPINION and facts.petition_type in BY_DOCUMENT:
            yield self._limit(TimerKind.SUPPLEMENT_REQUEST, nth, held, SUPPLEMENT_REQUEST_HOURS)

    def _supplement(self, facts: CaseFacts) -> Iterator[CaseClock]:
        until = self.supplement_due(facts)
        if facts.supplement is not None and until is not None:
            round_ = facts.supplement
            yield CaseClock(TimerKind.SUPPLEMENT, round_.ordinal, round_.asked_at, until, None)

    def _investigation(self, facts: CaseFacts) -> Iterator[CaseClock]:
        spell = facts.investigation
        if spell is not None:
            days = INVESTIGATION_DAYS + (INVESTIGATION_EXTRA_DAYS if spell.extended else 0)
            until = self.working.days_on(spell.since, days - 1)
            term = 2 * spell.ordinal + spell.extended
            yield CaseClock(TimerKind.INVESTIGATION, term, spell.since, until, self.working)

    def _consultation(self, facts: CaseFacts) -> Iterator[CaseClock]:
        spell = facts.consultation
        if spell is not None:
            until = spell.since + timedelta(days=spell.days)
            yield CaseClock(TimerKind.CONSULTATION, spell.ordinal, spell.since, until, None)

    def _cooperation(self, facts: CaseFacts) -> Iterator[CaseClock]:
        for asked in facts.cooperation:
            until = self.working.days_on(asked.asked_at, asked.days)
            yield CaseClock(
                TimerKind.COOPERATION,
                asked.ordinal,
                asked.asked_at,
                until,
                self.working,
                (),
                asked.department,
            )

    def _approval(self, facts: CaseFacts) -> Iterator[CaseClock]:
        if facts.draft is not None and facts.drafted_at is not None:
            yield self._limit(TimerKind.APPROVAL, facts.drafts, facts.drafted_at, APPROVAL_HOURS)

    def _demands(self, facts: CaseFacts) -> Iterator[CaseClock]:
        for demand in facts.demands:
            yield self._limit(
                TimerKind.CORRECTION_DEMAND, demand.ordinal, demand.since, CORRECTION_HOURS
            )

    def _progress(self, facts: CaseFacts) -> Iterator[CaseClock]:
        """영 §23: when 30 days have passed since the receipt, and each 30 days more: told in the
        morning of the last day. Opinions have no register and no such notice."""
        unanswered = facts.state is not State.ANSWERED and facts.kind is not CaseKind.OPINION
        began = facts.clock_from
        if not unanswered or began is None:
            return
        nth = facts.progress_notices + 1
        request = DeadlineRequest(
            id="progress",
            clock=ClockKind.PROGRESS_NOTICE,
            period=Period(unit=Unit.CIVIL_DAYS, amount=PROGRESS_DAYS * self._since(facts)),
            received_at=began,
        )
        until = due(request, self.working.calendar, self.working.pack).at
        if until is not None:
            morning = self.working.days_on(until, 0, opening=True)
            yield CaseClock(TimerKind.PROGRESS_NOTICE, nth, began, morning, None)

    def _since(self, facts: CaseFacts) -> int:
        """Which notice comes next in the present term of progress notices."""
        return facts.progress_notices - facts.progress_before + 1

    def _heartbeat(self, facts: CaseFacts) -> CaseClock:
        started = facts.submitted_at
        until = started + timedelta(minutes=HEARTBEAT_MINUTES)
        return CaseClock(TimerKind.HEARTBEAT, 1, started, until, None)


_RUNNING: Sequence[Callable[[SideClocks, CaseFacts], Iterator[CaseClock]]] = (
    SideClocks._distribution,
    SideClocks._acceptance,
    SideClocks._supplement,
    SideClocks._investigation,
    SideClocks._consultation,
    SideClocks._cooperation,
    SideClocks._approval,
    SideClocks._demands,
    SideClocks._progress,
)


def supplement_request(facts: CaseFacts, more: Extension | None = None) -> DeadlineRequest | None:
    """The citizen's period as a question to the law, with one extension more where it is asked
    for; None where nothing was asked."""
    round_ = facts.supplement
    if round_ is None:
        return None
    return DeadlineRequest(
        id="supplement",
        clock=ClockKind.SUPPLEMENT_BY_CITIZEN,
        period=Period(unit=Unit.CIVIL_DAYS, amount=round_.days),
        received_at=round_.asked_at,
        events=(*round_.extensions, *((more,) if more else ())),
    )
