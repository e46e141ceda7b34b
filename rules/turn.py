"""Whose turn it is with a case, and until when: what queues are ordered by.

Several clocks of a case may run at once. The nearest of those that somebody of the city has to act
on is the one that counts; where only others are waited for, theirs, for at its end the case is the
city's again.
"""

from collections.abc import Callable, Mapping, Sequence

from pydantic import AwareDatetime

from rules.case_clocks import CaseClock
from rules.case_facts import CaseFacts
from rules.organisation import FIRST_LINE
from rules.side_clocks import NOT_TAKEN_UP
from schema.codes import State, TimerKind, WaitsFor
from schema.model import Frozen

OTHERS = frozenset({TimerKind.SUPPLEMENT, TimerKind.CONSULTATION, TimerKind.COOPERATION})
"""The petitioner's, the asked experts', the joined department's."""
NOBODYS = frozenset({TimerKind.PROGRESS_NOTICE, TimerKind.SATISFACTION, TimerKind.HEARTBEAT})
"""What the system does by itself."""


class Turn(Frozen):
    """What a case waits for; `timer` and `at` are the clock that counts, None while none runs."""

    waits_for: WaitsFor
    timer: TimerKind | None = None
    at: AwareDatetime | None = None


def turn_of(facts: CaseFacts, clocks: Sequence[CaseClock]) -> Turn:
    """Whose turn it is, from the facts and the clocks that the rule book counts for them."""
    waits_for = waiting_for(facts)
    running = [clock for clock in clocks if clock.timer not in NOBODYS]
    ours = [clock for clock in running if clock.timer not in OTHERS]
    counted = [] if facts.ended or facts.state is State.ANSWERED else (ours or running)
    nearest = min(counted, key=lambda clock: clock.due_at, default=None)
    if nearest is None:
        return Turn(waits_for=waits_for)
    return Turn(waits_for=waits_for, timer=nearest.timer, at=nearest.due_at)


def waiting_for(facts: CaseFacts) -> WaitsFor:
    """What the case waits for: of several things the one that has to come first."""
    by_state = _BY_STATE.get(facts.state)
    if by_state is not None:
        return by_state
    if facts.ended:
        return WaitsFor.NOTHING
    return next((code for code, holds in _FIRST.items() if holds(facts)), WaitsFor.ANSWER)


_BY_STATE: Mapping[State, WaitsFor] = {
    State.SUBMITTED: WaitsFor.RECEIPT,
    State.SUPPLEMENT: WaitsFor.SUPPLEMENT,
    State.ANSWERED: WaitsFor.PETITIONER,
}
_FIRST: Mapping[WaitsFor, Callable[[CaseFacts], bool]] = {
    WaitsFor.DISTRIBUTION: lambda facts: (
        facts.department == FIRST_LINE and facts.state is State.RECEIVED
    ),
    WaitsFor.ACCEPTANCE: lambda facts: facts.state in NOT_TAKEN_UP and not facts.accepted,
    WaitsFor.APPROVAL: lambda facts: facts.draft is not None,
    WaitsFor.CONSULTATION: lambda facts: facts.consultation is not None,
    WaitsFor.COOPERATION: lambda facts: bool(facts.cooperation),
    WaitsFor.INVESTIGATION: lambda facts: facts.investigation is not None,
    WaitsFor.EXCLUSION: lambda facts: facts.exclusion is not None,
}
