"""The life of a case as a table for people: who may do what, and every way to an end."""

from collections.abc import Iterable

import pytest

from rules.life_table import ANY_STATE, HEADS, OPEN_STATES, ROWS, Condition, Transition
from rules.transitions import TRANSITIONS, allowed_actions, refusal
from schema.codes import ENDED_STATES, Action, CaseKind, Role, State
from schema.commands import CaseSnapshot, Command, RefusalCode
from schema.events import Actor, CaseEvent
from tests.rules.clock_asking import at
from tests.rules.living_case import CITIZEN, LivingCase, assigned, book, filed

PERSONS = frozenset(Role) - {Role.SYSTEM, Role.CHANNEL}
HOUSING = "3130000.housing"
FILED = "2026-06-08 10:00"


def leads_from(state: State, rows: Iterable[Transition] = ROWS) -> set[State]:
    """Where one act takes a case that is in `state`."""
    return {to for row in rows if state in row.sources for to in row.targets}


@pytest.mark.parametrize("state", sorted(OPEN_STATES - {State.SUBMITTED}))
def test_every_open_state_has_a_way_out_by_somebody(state: State) -> None:
    """A person can always end it or bring it nearer to its end, without waiting for the system;
    an answered one is ended by time alone, and asked again by its petitioner."""
    by_persons = [row for row in ROWS if row.roles & PERSONS]
    assert leads_from(state, by_persons) - {state}
    if state is not State.ANSWERED:
        assert leads_from(state, by_persons) & {State.ANSWERED, State.CLOSED}
        assert State.WITHDRAWN in leads_from(state, by_persons)


def test_a_case_that_was_only_submitted_waits_for_the_system_alone() -> None:
    """Nobody has to remember to receive it."""
    (row,) = [
        row for row in ROWS if State.SUBMITTED in row.sources and State.RECEIVED in row.targets
    ]
    assert row.roles == frozenset({Role.SYSTEM})


def in_state(state: State, kind: CaseKind) -> LivingCase:
    """A case of `kind` that is in `state`, by acts."""
    if state is State.RECEIVED:
        return filed(FILED, kind=kind)
    case = assigned(FILED, HOUSING, kind=kind)
    later = "2026-06-08 11:00"
    leading: dict[State, tuple[tuple[Action, Actor | None, dict[str, str | int]], ...]] = {
        State.ASSIGNED: (),
        State.PROCESSING: ((Action.START, None, {}),),
        State.TRANSFERRED: (
            (Action.TRANSFER, None, {"department": "3220000.roads", "reason": "소재지"}),
        ),
        State.SUPPLEMENT: ((Action.REQUEST_SUPPLEMENT, None, {"text": "도면", "days": 10}),),
        State.ANSWERED: ((Action.ANSWER, None, {"text": "답"}),),
        State.REANSWER: (
            (Action.ANSWER, None, {"text": "답"}),
            (Action.ASK_AGAIN, CITIZEN, {"text": "부족"}),
        ),
    }
    for action, actor, detail in leading[state]:
        found = case.act(action, later, *([actor] if actor else []), **detail)
        assert isinstance(found, CaseEvent), found
    assert case.facts.state is state
    return case


OF_KIND = [
    (state, kind)
    for kind in CaseKind
    for state in sorted(OPEN_STATES - {State.SUBMITTED})
    if (state, kind) != (State.SUPPLEMENT, CaseKind.OPINION)
]


@pytest.mark.parametrize(("state", "kind"), OF_KIND)
def test_every_open_state_has_a_clock(state: State, kind: CaseKind) -> None:
    """Something happens at an instant to come, though nobody does anything."""
    case = in_state(state, kind)
    moment = book().moment(case.facts, case.clocks, case.calendar)
    assert moment is not None
    assert moment.at > case.facts.submitted_at


WAYS_TO_END: dict[Action, tuple[State, frozenset[str], frozenset[Condition]]] = {
    Action.WITHDRAW: (State.WITHDRAWN, frozenset(), frozenset({Condition.ASKED_BY_PETITIONER})),
    Action.DECLINE: (
        State.DECLINED,
        frozenset({"decline_ground", "reason"}),
        frozenset({Condition.NOT_STATUTORY, Condition.NOT_AN_OPINION}),
    ),
    Action.CLOSE_UNSUPPLEMENTED: (
        State.CLOSED,
        frozenset({"return_ground", "reason"}),
        frozenset({Condition.SUPPLEMENT_EXPIRED, Condition.RETURNABLE}),
    ),
    Action.CLOSE_REPEATED: (
        State.CLOSED,
        frozenset({"earlier", "reason"}),
        frozenset(
            {
                Condition.NOT_STATUTORY,
                Condition.NOT_AN_OPINION,
                Condition.DELIBERATED,
                Condition.THREE_TIMES,
            }
        ),
    ),
    Action.MERGE: (
        State.MERGED,
        frozenset({"into"}),
        frozenset({Condition.ANOTHER_CASE, Condition.SAME_PUBLIC_MATTER}),
    ),
    Action.CLOSE: (State.CLOSED, frozenset({"ground"}), frozenset()),
}


def test_no_case_ends_without_an_answer_or_a_lawful_reason() -> None:
    """Every way to an end, and what each asks: the petitioner's own wish, one of the nine grounds,
    a supplement that never came, a third filing after two answers, another case that is answered
    for both. The system alone closes what was answered, and what was merged with it."""
    found = {
        row.action: (to, frozenset(row.needs), frozenset((*row.when, *row.provided)))
        for row in ROWS
        for to in row.targets & ENDED_STATES
    }
    assert found == WAYS_TO_END
    close = TRANSITIONS[Action.CLOSE]
    assert close.roles == frozenset({Role.SYSTEM})
    assert close.sources == frozenset({State.ANSWERED, State.MERGED})
    assert all(TRANSITIONS[action].article for action in WAYS_TO_END)


def test_an_ended_case_takes_only_what_comes_after_an_end() -> None:
    """Notes, an objection, a new filing, a demand for correction; a merge can be undone."""
    afterwards = {
        Action.CLOSE,
        Action.RATE,
        Action.ADD,
        Action.OBJECT,
        Action.REOPEN,
        Action.DEMAND_CORRECTION,
        Action.ANSWER_DEMAND,
        Action.UNMERGE,
        Action.LOSE_REPORTER,
        Action.COMMENT,
        Action.CONFIRM_PLATE,
        Action.HIDE,
        Action.UNHIDE,
        Action.KEEP_HIDDEN,
        Action.APPEAL_HIDING,
        Action.AMEND,
        Action.REMOVE_AT_SOURCE,
        Action.DELIVER,
    }
    assert {row.action for row in ROWS if row.sources & ENDED_STATES} == afterwards
    moving = {
        row.action for row in ROWS if row.sources & ENDED_STATES and row.targets - ENDED_STATES
    }
    assert moving == {Action.UNMERGE}


def test_notes_leave_the_state_as_it_is() -> None:
    """A row that is no step leads nowhere."""
    assert [row.action for row in ROWS if not row.step and row.targets] == []


# What each role may do to a case in each of these states, of the acts that decide its fate.
OFFICERS_WORK = {
    Action.START,
    Action.ANSWER,
    Action.REFUSE,
    Action.DECLINE,
    Action.EXTEND,
    Action.TRANSFER,
    Action.REQUEST_SUPPLEMENT,
    Action.MERGE,
    Action.SPLIT,
    Action.RECLASSIFY,
    Action.CLOSE_REPEATED,
    Action.SEND_TO_AUDIT,
}
IN_SUPPLEMENT = {
    Action.REQUEST_SUPPLEMENT_AGAIN,
    Action.EXTEND_SUPPLEMENT,
    Action.SUPPLEMENT,
    Action.CLOSE_UNSUPPLEMENTED,
}
DECISIVE = frozenset(
    OFFICERS_WORK
    | IN_SUPPLEMENT
    | {
        Action.RECEIVE,
        Action.DISTRIBUTE,
        Action.APPROVE_ANSWER,
        Action.WITHDRAW,
        Action.CLOSE,
        Action.ASK_AGAIN,
        Action.OBJECT,
        Action.REOPEN,
        Action.UNMERGE,
        Action.RATE,
        Action.DELIBERATE,
        Action.ANSWER_DEMAND,
        Action.DEMAND_CORRECTION,
    }
)
MAY: list[tuple[State, Role, set[Action]]] = [
    (State.SUBMITTED, Role.SYSTEM, {Action.RECEIVE}),
    (State.SUBMITTED, Role.OFFICER, set()),
    (State.RECEIVED, Role.SYSTEM, {Action.DISTRIBUTE}),
    (State.ASSIGNED, Role.OFFICER, OFFICERS_WORK),
    (
        State.ASSIGNED,
        Role.TEAM_HEAD,
        OFFICERS_WORK | {Action.DELIBERATE},
    ),
    (
        State.ASSIGNED,
        Role.DEPARTMENT_HEAD,
        OFFICERS_WORK | {Action.APPROVE_ANSWER, Action.DELIBERATE, Action.ANSWER_DEMAND},
    ),
    (
        State.ASSIGNED,
        Role.FIRST_LINE,
        OFFICERS_WORK
        | {
            Action.DISTRIBUTE,
            Action.APPROVE_ANSWER,
            Action.WITHDRAW,
            Action.DELIBERATE,
            Action.ANSWER_DEMAND,
        },
    ),
    (State.ASSIGNED, Role.CITIZEN, {Action.WITHDRAW, Action.DEMAND_CORRECTION, Action.MERGE}),
    (State.ASSIGNED, Role.INSPECTOR, {Action.ANSWER_DEMAND}),
    (State.ASSIGNED, Role.EXECUTIVE, set()),
    (State.ASSIGNED, Role.ADMINISTRATOR, set()),
    (State.ASSIGNED, Role.AUDITOR, set()),
    (State.ASSIGNED, Role.CHANNEL, {Action.ANSWER}),
    (State.PROCESSING, Role.OFFICER, OFFICERS_WORK - {Action.START}),
    (State.SUPPLEMENT, Role.OFFICER, IN_SUPPLEMENT),
    (
        State.SUPPLEMENT,
        Role.CITIZEN,
        {
            Action.EXTEND_SUPPLEMENT,
            Action.SUPPLEMENT,
            Action.WITHDRAW,
            Action.DEMAND_CORRECTION,
        },
    ),
    (State.ANSWERED, Role.OFFICER, set()),
    (
        State.ANSWERED,
        Role.CITIZEN,
        {Action.ASK_AGAIN, Action.OBJECT, Action.RATE, Action.DEMAND_CORRECTION},
    ),
    (State.ANSWERED, Role.SYSTEM, {Action.CLOSE}),
    (
        State.REANSWER,
        Role.OFFICER,
        {
            Action.ANSWER,
            Action.REFUSE,
            Action.DECLINE,
            Action.EXTEND,
            Action.REQUEST_SUPPLEMENT,
            Action.CLOSE_REPEATED,
        },
    ),
    (State.MERGED, Role.OFFICER, {Action.UNMERGE}),
    (State.MERGED, Role.CITIZEN, set()),
    (
        State.CLOSED,
        Role.CITIZEN,
        {Action.OBJECT, Action.REOPEN, Action.RATE, Action.DEMAND_CORRECTION},
    ),
    (State.CLOSED, Role.OFFICER, set()),
    (State.WITHDRAWN, Role.CITIZEN, {Action.REOPEN, Action.DEMAND_CORRECTION}),
    (
        State.DECLINED,
        Role.CITIZEN,
        {Action.OBJECT, Action.REOPEN, Action.DEMAND_CORRECTION},
    ),
]


@pytest.mark.parametrize(("state", "role", "expected"), MAY)
def test_who_may_do_what(state: State, role: Role, expected: set[Action]) -> None:
    """Of the acts that decide a case's fate, exactly these."""
    assert {row.action for row in allowed_actions(state, role)} & DECISIVE == expected


def asked(state: State, role: Role, action: Action, department: str | None) -> RefusalCode | None:
    """The code with which the act is refused, or None."""
    snapshot = CaseSnapshot(
        case="260608-000001-A",
        state=state,
        department=HOUSING,
        ended=state in ENDED_STATES,
        seq=3,
        next_moment=None,
    )
    command = Command(
        request_id="once",
        case=snapshot.case,
        action=action,
        actor=Actor(role=role, department=department),
        at=at(FILED),
        detail=dict.fromkeys(TRANSITIONS[action].needs, "given"),
    )
    no = refusal(snapshot, command)
    if no is not None:
        assert no.message_ko
        assert no.message_en
    return no.code if no else None


@pytest.mark.parametrize("state", sorted(ANY_STATE))
def test_what_is_offered_is_what_is_taken(state: State) -> None:
    """A button for everything that the gate lets pass, and for nothing else."""
    for role in Role:
        offered = {row.action for row in allowed_actions(state, role)}
        taken = {action for action in Action if asked(state, role, action, HOUSING) is None}
        assert offered == taken, role


@pytest.mark.parametrize("role", sorted(HEADS | {Role.OFFICER}))
def test_only_the_first_line_acts_for_other_departments(role: Role) -> None:
    """Whoever belongs to a department acts on its cases."""
    found = asked(State.ASSIGNED, role, Action.ANSWER, "3220000.roads")
    assert found == (None if role is Role.FIRST_LINE else RefusalCode.NOT_YOUR_DEPARTMENT)


def test_a_refusal_in_the_wrong_state_quotes_the_article() -> None:
    """법 §22②: an answered petition is not withdrawn."""
    assert asked(State.ANSWERED, Role.CITIZEN, Action.WITHDRAW, None) is (
        RefusalCode.NOT_IN_THIS_STATE
    )
    assert asked(State.CLOSED, Role.CITIZEN, Action.WITHDRAW, None) is RefusalCode.CASE_ENDED
