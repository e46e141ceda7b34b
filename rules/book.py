"""The rule book: all rules and data in force, with the city's settings, as one value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from rules.calendar import BusinessCalendar
from rules.case_clocks import (
    CaseClock,
    WorkingTime,
    granted,
    legal_request,
    target_hours,
    term_start,
)
from rules.clock import deadline, due, law_for, receipt_instant
from rules.escalation import (
    DueRung,
    Escalation,
    acts_from,
    next_moment,
    read_escalation,
    rungs_ahead,
)
from rules.life import CaseFacts
from rules.packs import RulePack, pack_for
from rules.side_clocks import SideClocks, supplement_request
from rules.working_time import Span
from schema.codes import CaseKind, PetitionType, State, TimerKind
from schema.commands import Moment
from schema.deadlines import (
    ClockKind,
    Deadline,
    DeadlineRequest,
    Extension,
    Happening,
    Period,
    RefusedEvent,
    Unit,
)


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


@dataclass(frozen=True)
class _Legal:
    """The legal clock as counted: where its term began, where it ends, what it leaves out."""

    started_at: datetime
    due_at: datetime | None
    excluded: tuple[Span, ...]
    pack: str


STATUTORY_OBJECTION_DAYS = 60
"""민원처리법 §35①"""
OTHER_OBJECTION_DAYS = 30
"""행정기본법 §36①"""
STATUTORY_DECISION_DAYS = 10
OTHER_DECISION_DAYS = 14
"""How long the agency has for an objection: 민원처리법 §35②, 행정기본법 §36②."""


@dataclass(frozen=True)
class RuleBook:
    """Everything that decides about a case and is not the case itself."""

    other_period: OtherPeriod

    @property
    def escalation(self) -> Escalation:
        """The ladders of the city's data in force."""
        return read_escalation()

    def pack(self, at: datetime) -> RulePack:
        """The rule pack for a receipt at `at`."""
        return pack_for(at)

    def receipt_instant(self, at: datetime, calendar: BusinessCalendar) -> datetime:
        """When something that arrives at `at` is deemed received: working time, else the next
        opening (reading A2). UTC."""
        return receipt_instant(at, calendar, self.pack(at)).astimezone(UTC)

    def clocks(
        self,
        facts: CaseFacts,
        calendar: BusinessCalendar,
        *,
        reporters: Sequence[CaseFacts] = (),
    ) -> Clocks:
        """The deadlines of a case from its facts: the one function that computes them.

        `reporters` are the cases merged into it: the earliest of all deadlines stands.
        """
        if facts.received_at is None:
            return Clocks(None, None, None, None)
        working = self._working(facts, calendar)
        own = self._legal(facts, calendar)
        legal = _earliest([own, *(self._legal(_as_one(facts, r), calendar) for r in reporters)])
        targets = [self._target(one) for one in (facts, *reporters)]
        target = min((at for at in targets if at is not None), default=None)
        return Clocks(
            legal.due_at if legal else None,
            target,
            calendar.version,
            own.pack if own else working.pack.name,
            (
                *self._main_clocks(facts, legal, target, working),
                *SideClocks(working).of(facts),
            ),
        )

    def moment(
        self,
        facts: CaseFacts,
        clocks: Clocks,
        calendar: BusinessCalendar,
        *,
        seen_at: datetime | None = None,
    ) -> Moment | None:
        """The next instant at which the case moves by itself; with `seen_at`, after it was looked
        at then."""
        return next_moment(
            facts,
            clocks.clocks,
            escalation=self.escalation,
            next_opening=lambda at: self.receipt_instant(at, calendar),
            seen_at=seen_at,
        )

    def rungs_due(
        self, facts: CaseFacts, clocks: Clocks, calendar: BusinessCalendar, at: datetime
    ) -> list[DueRung]:
        """The rungs that act now, at `at`."""
        return [
            due
            for due in self.rungs(facts, clocks, calendar)
            if acts_from(due, at, lambda late: self.receipt_instant(late, calendar)) <= at
        ]

    def rungs(self, facts: CaseFacts, clocks: Clocks, calendar: BusinessCalendar) -> list[DueRung]:
        """The rungs ahead, earliest first."""
        return rungs_ahead(
            facts,
            clocks.clocks,
            escalation=self.escalation,
            next_opening=lambda at: self.receipt_instant(at, calendar),
        )

    def explained(self, facts: CaseFacts, calendar: BusinessCalendar) -> Deadline | None:
        """The legal deadline with the steps of its counting; None where the law gives none."""
        request = self._request(facts, calendar)
        if request is None:
            return None
        pack = law_for(request, calendar)
        return deadline(request, calendar, pack, granted=granted(request))

    def _request(self, facts: CaseFacts, calendar: BusinessCalendar) -> DeadlineRequest | None:
        return legal_request(facts, other_period=self.other_period, calendar=calendar)

    def _working(self, facts: CaseFacts, calendar: BusinessCalendar) -> WorkingTime:
        return WorkingTime(calendar, self.pack(facts.clock_from or facts.submitted_at))

    def _legal(self, facts: CaseFacts, calendar: BusinessCalendar) -> _Legal | None:
        request = self._request(facts, calendar)
        if request is None:
            return None
        pack = law_for(request, calendar)
        found = due(request, calendar, pack, granted=granted(request))
        at = found.at.astimezone(UTC) if found.at else None
        return _Legal(term_start(facts, request), at, found.excluded, pack.name)

    def _target(self, facts: CaseFacts) -> datetime | None:
        hours = target_hours(facts, opinion_hours=self.escalation.opinion_target_hours)
        return _target_start(facts) + timedelta(hours=hours) if hours is not None else None

    def _main_clocks(
        self,
        facts: CaseFacts,
        legal: _Legal | None,
        target: datetime | None,
        working: WorkingTime,
    ) -> Iterator[CaseClock]:
        """The legal clock and the service target, while an answer is owed. The target counts for
        the first answer (of an opinion, which has no other clock, for each), and nobody is held to
        it while the citizen's supplement is awaited."""
        if facts.state is State.ANSWERED or facts.ended:
            return
        if legal is not None and legal.due_at is not None:
            by_wall = legal.due_at == target or self._by_wall(facts)
            yield CaseClock(
                TimerKind.LEGAL,
                facts.term,
                legal.started_at,
                legal.due_at,
                None if by_wall else working,
                legal.excluded,
            )
        once = facts.answers > 0 and facts.kind is not CaseKind.OPINION
        waits = facts.state is State.SUPPLEMENT or once
        if target is not None and not waits and (legal is None or legal.due_at != target):
            term = 1 + facts.asked_again
            yield CaseClock(TimerKind.TARGET, term, _target_start(facts), target, None)

    def _by_wall(self, facts: CaseFacts) -> bool:
        own = self.other_period is OtherPeriod.AGENCY
        return own and facts.petition_type is PetitionType.OTHER and self._target(facts) is not None

    def law(self, calendar: BusinessCalendar) -> "BookLaw":
        """What the conditions of the life table ask, by this book and `calendar`."""
        return BookLaw(self, calendar)


@dataclass(frozen=True)
class BookLaw:
    """The rule book's answers to `rules/lawfulness.py`, by one calendar version."""

    book: RuleBook
    calendar: BusinessCalendar

    def opening(self, at: datetime) -> datetime:
        """When something that arrives at `at` is deemed received."""
        return self.book.receipt_instant(at, self.calendar)

    def extension_refusal(self, facts: CaseFacts, extension: Extension) -> RefusedEvent | None:
        """Why the legal period may not be extended so, or None."""
        request = self.book._request(facts, self.calendar)
        if request is None:
            return None
        decided = granted(request)
        asked = request.model_copy(update={"events": (*request.events, extension)})
        found = due(asked, self.calendar, law_for(asked, self.calendar), granted=decided)
        return _refused_last(asked, found.refused)

    def supplement_extension_refusal(
        self, facts: CaseFacts, extension: Extension
    ) -> RefusedEvent | None:
        """Why the citizen's period may not be extended so, or None."""
        asked = supplement_request(facts, extension)
        if asked is None:
            return None
        found = due(asked, self.calendar, self.book.pack(asked.received_at))
        return _refused_last(asked, found.refused)

    def supplement_due(self, facts: CaseFacts) -> datetime | None:
        """The end of the citizen's period, or None where nothing was asked."""
        return self._side(facts).supplement_due(facts)

    def supplement_request_due(self, facts: CaseFacts) -> datetime | None:
        """Until when a supplement has to be asked for."""
        return self._side(facts).supplement_request_due(facts)

    def objection_due(self, facts: CaseFacts) -> datetime | None:
        """Until when the petitioner may object (민법, from the day after the notice)."""
        if facts.disposed_at is None or facts.kind is CaseKind.OPINION:
            return None
        request = DeadlineRequest(
            id="objection",
            clock=ClockKind.OBJECTION_FILING,
            period=Period(unit=Unit.CIVIL_DAYS, amount=objection_periods(facts)[0]),
            received_at=facts.disposed_at,
        )
        found = due(request, self.calendar, self.book.pack(facts.disposed_at))
        return found.at.astimezone(UTC) if found.at else None

    def returns_after_one_request(self, facts: CaseFacts) -> bool:
        """Whether a petition may be returned without the second request (reading A19)."""
        pack = self.book.pack(facts.received_at or facts.submitted_at)
        return pack.readings.return_after == "first_request"

    def corrects(self, facts: CaseFacts) -> bool:
        """Whether the law of the case's receipt knows 직권보정."""
        return (
            self.book.pack(facts.received_at or facts.submitted_at).rule("correction") is not None
        )

    def _side(self, facts: CaseFacts) -> SideClocks:
        return SideClocks(self.book._working(facts, self.calendar))


def objection_periods(facts: CaseFacts) -> tuple[int, int]:
    """The days to object in, and the days to decide in, by the kind of disposition: the refusal
    of a statutory petition (민원처리법 §35), any other (행정기본법 §36)."""
    if facts.petition_type is PetitionType.STATUTORY:
        return STATUTORY_OBJECTION_DAYS, STATUTORY_DECISION_DAYS
    return OTHER_OBJECTION_DAYS, OTHER_DECISION_DAYS


def _target_start(facts: CaseFacts) -> datetime:
    """The arrival; of an opinion that was asked again, that asking: without it nothing would ever
    remind of the second answer."""
    if facts.kind is CaseKind.OPINION and facts.asked_again and facts.clock_from is not None:
        return facts.clock_from
    return facts.submitted_at


def _refused_last(request: DeadlineRequest, refused: Sequence[RefusedEvent]) -> RefusedEvent | None:
    last = len(request.events) - 1
    return next((no for no in refused if no.index == last), None)


def _earliest(found: Sequence[_Legal | None]) -> _Legal | None:
    """The earliest deadline of one case and its reporters; while none runs, the case's own."""
    running = [one for one in found if one is not None and one.due_at is not None]
    if not running:
        return found[0]
    return min(running, key=lambda one: one.due_at or datetime.max.replace(tzinfo=UTC))


def _as_one(facts: CaseFacts, reporter: CaseFacts) -> CaseFacts:
    """A reporter's clock with what has happened to the case since it joined: an extension or a
    supplement of the one matter counts for all who reported it."""
    joined_at = reporter.merged_at
    since: tuple[Extension | Happening, ...] = tuple(
        event for event in facts.happenings if joined_at is None or event.at >= joined_at
    )
    return reporter.model_copy(update={"happenings": (*reporter.happenings, *since)})


def read_rule_book(*, other_period: str = OtherPeriod.AGENCY) -> RuleBook:
    """The rule book of the city; raises ValueError where data or setting is not usable."""
    read_escalation()
    return RuleBook(other_period=OtherPeriod(other_period))
