"""The table of the life of a case, held to what makes it a life: a way in, a way on, a way out."""

import pytest
from pydantic import JsonValue

from rules.conditions import CONDITIONS
from rules.fields import FieldKind, field
from rules.life_table import ROWS, Condition
from rules.transitions import STATE_NAMES, TRANSITIONS, allowed_actions, fields_of, refusal
from schema.codes import ENDED_STATES, Action, EventKind, Role, State
from schema.commands import CaseSnapshot, Command, RefusalCode
from schema.events import Actor
from tests.rules.clock_asking import at
from tests.rules.living_case import CITIZEN, SYSTEM, LivingCase, assigned, book, filed

PEOPLE = frozenset(Role) - {Role.SYSTEM, Role.CHANNEL, Role.AUDITOR}
HOUSING = "3130000.housing"
WHEN = "2026-06-08 10:00"


def test_every_action_has_its_row_and_every_event_comes_from_one() -> None:
    """Nothing can be done, and nothing can have happened, that the table does not know."""
    assert [row.action for row in ROWS] == list(TRANSITIONS)
    assert set(TRANSITIONS) == set(Action)
    came = {row.event for row in ROWS} | {EventKind.SUBMITTED, EventKind.UNDELIVERED}
    assert came == set(EventKind)


def test_every_state_is_reached_from_the_submission() -> None:
    """Whatever a page can show, a case can become."""
    reached, before = {State.SUBMITTED}, set[State]()
    while reached != before:
        before = set(reached)
        for row in ROWS:
            if row.sources & reached:
                reached |= row.targets
    assert reached == set(State) == set(STATE_NAMES)


@pytest.mark.parametrize("state", sorted(set(State) - ENDED_STATES))
def test_every_open_state_has_a_way_out_by_a_person(state: State) -> None:
    """No case waits for the machine alone; only what was submitted is first received by it."""
    roles = {Role.SYSTEM} if state is State.SUBMITTED else PEOPLE
    ways = [row for row in ROWS if state in row.sources and row.targets - {state}]
    assert any(row.roles & roles for row in ways)


def in_state(state: State) -> LivingCase:
    """A case that came to `state` by its acts."""
    case = filed(WHEN, item="HB04")
    if state is State.RECEIVED:
        return case
    case = assigned(WHEN, HOUSING, item="HB04")
    match state:
        case State.PROCESSING:
            case.act(Action.START, WHEN)
        case State.TRANSFERRED:
            case.act(Action.TRANSFER, WHEN, department="3220000.roads", reason="소재지")
        case State.SUPPLEMENT:
            case.act(Action.REQUEST_SUPPLEMENT, WHEN, text="도면", days=10)
        case State.ANSWERED | State.REANSWER:
            case.act(Action.ANSWER, WHEN, text="답")
            if state is State.REANSWER:
                case.act(Action.ASK_AGAIN, WHEN, CITIZEN, text="부족합니다")
        case _:
            pass
    return case


@pytest.mark.parametrize("state", sorted(set(State) - ENDED_STATES - {State.SUBMITTED}))
def test_every_open_state_has_a_clock(state: State) -> None:
    """An open case always has a next moment: nobody has to remember it."""
    case = in_state(state)
    assert case.facts.state is state
    assert book().moment(case.facts, case.clocks, case.calendar) is not None


def test_every_condition_is_checked_and_used() -> None:
    """A name in a row without a function would be a check that nobody makes."""
    used = {condition for row in ROWS for condition in (*row.when, *row.provided)}
    assert used == set(Condition) == set(CONDITIONS)


def test_a_case_ends_only_with_an_answer_a_lawful_reason_or_the_petitioners_wish() -> None:
    """Each row that ends a case, with what it must say; there is no other."""
    ending = {row.action: set(row.needs) for row in ROWS if row.targets & ENDED_STATES}
    assert ending == {
        Action.CLOSE: {"ground"},
        Action.CLOSE_UNSUPPLEMENTED: {"return_ground", "reason"},
        Action.CLOSE_REPEATED: {"earlier", "reason"},
        Action.DECLINE: {"decline_ground", "reason"},
        Action.WITHDRAW: set(),
        Action.MERGE: {"into"},
    }
    assert TRANSITIONS[Action.CLOSE].sources == {State.ANSWERED, State.MERGED}
    assert TRANSITIONS[Action.CLOSE].roles == {Role.SYSTEM}
    assert TRANSITIONS[Action.WITHDRAW].roles == {Role.CITIZEN, Role.FIRST_LINE}


def test_what_only_the_machine_does_is_offered_to_nobody() -> None:
    """Nor can a person post it."""
    for state in State:
        for role in PEOPLE:
            for row in allowed_actions(state, role):
                assert not row.roles <= {Role.SYSTEM, Role.CHANNEL}, row.action


def test_every_field_that_a_person_fills_in_has_words() -> None:
    """In both languages; a choice lists its values, and free text says what it is."""
    for row in ROWS:
        if not row.roles & PEOPLE:
            continue
        for name in fields_of(row.action):
            known = field(name)
            assert known.kind is not FieldKind.CODE, (row.action, name)
            assert known.ko
            assert known.en
            assert bool(known.choices) == (known.kind is FieldKind.CHOICE)
            if name == "text":
                assert row.text is not None, row.action


@pytest.mark.parametrize(
    ("state", "action", "role", "code"),
    [
        (State.ANSWERED, Action.WITHDRAW, Role.CITIZEN, RefusalCode.NOT_IN_THIS_STATE),
        (State.CLOSED, Action.ANSWER, Role.OFFICER, RefusalCode.CASE_ENDED),
        (State.MERGED, Action.ANSWER, Role.OFFICER, RefusalCode.CASE_ENDED),
        (State.PROCESSING, Action.ANSWER, Role.CITIZEN, RefusalCode.NOT_THIS_ROLE),
        (State.PROCESSING, Action.DISTRIBUTE, Role.FIRST_LINE, RefusalCode.NOT_IN_THIS_STATE),
        (State.RECEIVED, Action.DISTRIBUTE, Role.OFFICER, RefusalCode.NOT_THIS_ROLE),
        (State.PROCESSING, Action.EXTEND, Role.CITIZEN, RefusalCode.NOT_THIS_ROLE),
        (State.PROCESSING, Action.ESCALATE, Role.DEPARTMENT_HEAD, RefusalCode.NOT_THIS_ROLE),
        (State.PROCESSING, Action.ANSWER, Role.OFFICER, RefusalCode.MISSING_FIELD),
        (State.PROCESSING, Action.START, Role.OFFICER, RefusalCode.NOT_IN_THIS_STATE),
    ],
)
def test_who_may_not_do_what(state: State, action: Action, role: Role, code: RefusalCode) -> None:
    """The refusal says which of the reasons it is."""
    snapshot = CaseSnapshot(
        case="X", state=state, department=HOUSING, ended=False, seq=1, next_moment=None
    )
    command = Command(
        request_id="r",
        case="X",
        action=action,
        actor=Actor(role=role, department=HOUSING),
        at=at(WHEN),
    )
    found = refusal(snapshot, command)
    assert found is not None
    assert found.code is code


def test_notes_never_move_a_clock() -> None:
    """P14: a comment, an edit, a photo, a rating leave every deadline and term where they are."""
    notes: dict[Action, dict[str, JsonValue]] = {
        Action.COMMENT: {"text": "메모"},
        Action.CHANGE: {"text": "바꿈"},
        Action.CORRECT: {"text": "오기", "consent": True},
        Action.AMEND: {"revision": 1, "text": "고침"},
        Action.REMOVE_AT_SOURCE: {"revision": 1},
        Action.DELIBERATE: {"held_on": "2026-06-10", "text": "의결"},
        Action.DESIGNATE_GROUP: {"households": 5, "signatures": 5},
        Action.HIDE: {"hide_ground": "abuse"},
        Action.APPEAL_HIDING: {"text": "아닙니다"},
        Action.KEEP_HIDDEN: {"reason": "그대로"},
        Action.UNHIDE: {},
        Action.DELIVER: {"reply": "r", "means": "sms", "outcome": "delivered"},
    }
    actors = {
        Action.CHANGE: CITIZEN,
        Action.APPEAL_HIDING: CITIZEN,
        Action.KEEP_HIDDEN: Actor(
            role=Role.INSPECTOR, department="6110000.audit", account="another"
        ),
        Action.AMEND: Actor(role=Role.CHANNEL),
        Action.REMOVE_AT_SOURCE: Actor(role=Role.CHANNEL),
        Action.DELIVER: SYSTEM,
    }
    head = Actor(role=Role.DEPARTMENT_HEAD, department=HOUSING)
    case = assigned(WHEN, HOUSING, item="HB04")
    before = case.clocks
    for action, detail in notes.items():
        found = case.act(action, "2026-06-09 10:00", actors.get(action, head), **detail)
        assert case.log[-1] is found, found
    assert case.clocks == before
    parking = assigned(WHEN, HOUSING, item="TR02")
    stood = parking.clocks
    assert parking.act(Action.CONFIRM_PLATE, "2026-06-09 10:00", head, text="12가3456")
    assert parking.clocks == stood
    others = {row.action for row in ROWS if not row.step} - notes.keys() - {Action.CONFIRM_PLATE}
    assert others == {Action.CONSENT, Action.OBJECT, Action.REOPEN, Action.RATE, Action.ADD}
