"""Whose turn it is with a case: the clock that queues are ordered by, and what is waited for."""

import pytest

from rules.turn import turn_of
from schema.codes import Action, Role, State, TimerKind, WaitsFor
from schema.events import Actor
from tests.rules.clock_asking import at
from tests.rules.living_case import LivingCase, assigned

HOUSING = "3130000.housing"
ROADS = "3130000.roads"
FILED = "2026-06-08 10:00"
DESK = Actor(role=Role.FIRST_LINE, account="desk")

Act = tuple[Action, str, dict[str, str | int]]
Story = tuple[Act, ...]

ACCEPTED: Act = (Action.ACCEPT, "2026-06-08 10:30", {})
STARTED: Act = (Action.START, "2026-06-08 10:40", {})

TURNS: dict[str, tuple[Story, WaitsFor, TimerKind | None, str | None]] = {
    "three working hours to accept it": (
        (),
        WaitsFor.ACCEPTANCE,
        TimerKind.ACCEPTANCE,
        "2026-06-08 14:00",
    ),
    "back on the first-line desk: one working hour": (
        ((Action.DISTRIBUTE, "2026-06-08 10:30", {"department": "6110000.first-line"}),),
        WaitsFor.DISTRIBUTION,
        TimerKind.DISTRIBUTION,
        "2026-06-08 11:30",
    ),
    "accepted: the answer": (
        (ACCEPTED,),
        WaitsFor.ANSWER,
        TimerKind.LEGAL,
        "2026-06-16 23:59:59",
    ),
    "drafted: half a working day to approve it": (
        (STARTED, (Action.SUBMIT_ANSWER, "2026-06-09 09:00", {"text": "draft"})),
        WaitsFor.APPROVAL,
        TimerKind.APPROVAL,
        "2026-06-09 14:00",
    ),
    "asked for a supplement: the petitioner's time": (
        (STARTED, (Action.REQUEST_SUPPLEMENT, "2026-06-08 11:00", {"text": "t", "days": 7})),
        WaitsFor.SUPPLEMENT,
        TimerKind.SUPPLEMENT,
        "2026-06-15 23:59:59",
    ),
    "another department asked: one's own clock counts": (
        (
            STARTED,
            (
                Action.JOIN_DEPARTMENT,
                "2026-06-08 11:00",
                {"department": ROADS, "days": 1, "text": "t"},
            ),
        ),
        WaitsFor.COOPERATION,
        TimerKind.LEGAL,
        "2026-06-16 23:59:59",
    ),
    "answered: nobody's clock": (
        (STARTED, (Action.ANSWER, "2026-06-08 11:00", {"text": "t"})),
        WaitsFor.PETITIONER,
        None,
        None,
    ),
}


def lived(story: Story) -> LivingCase:
    """A petition given to a department on a Monday morning, and what is done then."""
    case = assigned(FILED, HOUSING, item="HB04")
    for action, when, detail in story:
        actor = (DESK,) if action is Action.DISTRIBUTE else ()
        case.act(action, when, *actor, **detail)
    return case


@pytest.mark.parametrize("name", TURNS)
def test_the_nearest_clock_that_somebody_here_acts_on(name: str) -> None:
    """By story: what is waited for, which clock counts, and when it ends."""
    story, waits_for, timer, until = TURNS[name]
    case = lived(story)
    found = turn_of(case.facts, case.clocks.clocks)
    assert (found.waits_for, found.timer) == (waits_for, timer)
    assert found.at == (at(until) if until else None)


def test_what_has_ended_waits_for_nothing() -> None:
    """A withdrawn case has no clock and no turn."""
    case = lived((STARTED,))
    case.act(Action.WITHDRAW, "2026-06-08 11:00", Actor(role=Role.CITIZEN))
    assert case.facts.state is State.WITHDRAWN
    assert turn_of(case.facts, case.clocks.clocks).model_dump(exclude_none=True) == {
        "waits_for": WaitsFor.NOTHING
    }
