"""The clocks of a case as pages and programs show them: one function, the queue's own numbers."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import AwareDatetime

from rules.book import RuleBook
from rules.case_clocks import CaseClock
from rules.escalation import close_at
from rules.life import CaseFacts
from schema.codes import EventKind, State, TimerKind
from schema.deadlines import Deadline, EventType, Extension, Happening, RefusedEvent
from schema.grounds import ExtensionReason
from schema.model import Frozen
from web.opened import OpenedCase

TRIED_DAYS = (1, 3, 7)
"""The extensions whose due the form shows beforehand."""
MAIN = (TimerKind.LEGAL, TimerKind.TARGET)


class ClockView(Frozen):
    """One clock that runs. `used` is the share of its counted time that has passed, 0 to 1; it
    stands still in a pause. `whom` is the department it waits for, where that is another."""

    timer: TimerKind
    term: int
    started_at: AwareDatetime
    due_at: AwareDatetime
    used: float
    whom: str | None = None


@dataclass(frozen=True)
class ClockPanel:
    """What stands about time: the clocks that run, why they stand, how the legal one came about.

    `standing` is the share of the legal period used when the supplement was asked for.
    """

    running: tuple[ClockView, ...]
    pauses: tuple[str, ...]
    standing: float | None
    explained: Deadline | None
    by_reporter: bool

    @property
    def main(self) -> tuple[ClockView, ...]:
        """The legal clock and the service target."""
        return tuple(clock for clock in self.running if clock.timer in MAIN)

    @property
    def sides(self) -> tuple[ClockView, ...]:
        """The limits around them, the next one first."""
        others = [clock for clock in self.running if clock.timer not in MAIN]
        return tuple(sorted(others, key=lambda clock: clock.due_at))


def clock_panel(opened: OpenedCase, book: RuleBook, now: datetime) -> ClockPanel:
    """Everything about time that the pages of a registered case show."""
    case, around = opened.case, opened.around
    assert case is not None
    assert around is not None
    facts = opened.facts
    explained = book.explained(facts, around.calendar)
    own = explained.due_at if explained else None
    return ClockPanel(
        running=clocks_of(opened, book, now),
        pauses=pauses_of(facts),
        standing=_standing(opened, book),
        explained=explained,
        by_reporter=bool(facts.reporters) and own != case.legal_due_at,
    )


def clocks_of(opened: OpenedCase, book: RuleBook, now: datetime) -> tuple[ClockView, ...]:
    """The clocks that run. Legal due and target are the case row's own, by which queues are
    ordered: the number shown is the number sorted by."""
    case, around = opened.case, opened.around
    assert case is not None
    assert around is not None
    counted = book.clocks(
        opened.facts, around.calendar, reporters=tuple(around.reporters.values())
    ).clocks
    rows = {TimerKind.LEGAL: case.legal_due_at, TimerKind.TARGET: case.target_due_at}
    running = [_view(clock, rows.get(clock.timer) or clock.due_at, now) for clock in counted]
    closes = close_at(opened.facts, book.escalation)
    if closes is not None and case.answered_at is not None:
        window = CaseClock(TimerKind.SATISFACTION, 1, case.answered_at, closes, None)
        running.append(_view(window, closes, now))
    return tuple(running)


def _view(clock: CaseClock, due_at: datetime, now: datetime) -> ClockView:
    return ClockView(
        timer=clock.timer,
        term=clock.term,
        started_at=clock.started_at,
        due_at=due_at,
        used=round(clock.used(now), 4),
        whom=clock.whom,
    )


def pauses_of(facts: CaseFacts) -> tuple[str, ...]:
    """Why time does not count just now, as names of texts (`pause.*`)."""
    if facts.state is State.MERGED:
        return ("merged",)
    if facts.ended or facts.state is State.ANSWERED:
        return ()
    stands = {
        "supplement": facts.state is State.SUPPLEMENT,
        "investigation": facts.investigation is not None,
        "consultation": facts.consultation is not None,
        "exclusion": facts.exclusion is not None,
    }
    return tuple(name for name, holds in stands.items() if holds)


def _standing(opened: OpenedCase, book: RuleBook) -> float | None:
    """How much of the legal period was used when the open supplement was asked for."""
    facts, around = opened.facts, opened.around
    if facts.state is not State.SUPPLEMENT or around is None:
        return None
    asked = [
        event
        for event in facts.happenings
        if isinstance(event, Happening) and event.type is EventType.SUPPLEMENT_REQUEST
    ]
    if not asked:
        return None
    before = tuple(event for event in facts.happenings if event is not asked[-1])
    as_was = facts.model_copy(update={"happenings": before, "state": State.PROCESSING})
    for clock in book.clocks(as_was, around.calendar).clocks:
        if clock.timer is TimerKind.LEGAL:
            return clock.used(asked[-1].at)
    return None


@dataclass(frozen=True)
class Extensible:
    """What an extension now would give: the dues by days that the law would grant with a lawful
    ground (and consent, the second time), or why it grants none."""

    dues: tuple[tuple[int, datetime], ...]
    refused: RefusedEvent | None


def due_if_extended(opened: OpenedCase, book: RuleBook, now: datetime) -> Extensible:
    """The legal due that an extension of some days would give."""
    facts, around = opened.facts, opened.around
    if around is None or facts.ended:
        return Extensible((), None)
    law = book.law(around.calendar)
    found, refused = [], None
    for days in TRIED_DAYS:
        more = _extension(facts, days, now)
        no = law.extension_refusal(facts, more)
        refused = refused or no
        if no is None:
            tried = facts.model_copy(update={"happenings": (*facts.happenings, more)})
            due = book.clocks(tried, around.calendar).legal_due_at
            found += [(days, due)] if due is not None else []
    return Extensible(tuple(found), None if found else refused)


def _extension(facts: CaseFacts, days: int, at: datetime) -> Extension:
    return Extension.model_validate(
        {
            "type": EventType.EXTEND,
            "at": at,
            "days": days,
            "nth": facts.extensions + 1,
            "reason_code": ExtensionReason.FACT_FINDING,
            "consent": True,
        }
    )


def supplement_dues(opened: OpenedCase, book: RuleBook) -> dict[int, datetime]:
    """Until when each supplement was asked for, by the number of the event that set it."""
    around = opened.around
    if around is None or opened.case is None:
        return {}
    law = book.law(around.calendar)
    found: dict[int, datetime] = {}
    for place, event in enumerate(opened.events):
        if event.kind in (EventKind.SUPPLEMENT_REQUESTED, EventKind.SUPPLEMENT_EXTENDED):
            until = law.supplement_due(_facts_then(opened, place))
            if until is not None:
                found[event.seq] = until
    return found


def _facts_then(opened: OpenedCase, place: int) -> CaseFacts:
    return replace(opened, events=opened.events[: place + 1]).facts
