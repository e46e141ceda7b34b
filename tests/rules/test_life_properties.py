"""Whatever happens to a case, by the rules alone: what its log says is what the case is.

Random acts at random instants. The facts folded from the log equal those kept step by step, the
deadlines recomputed from the log equal those counted with each act, notes move nothing.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from rules.book import Clocks
from rules.case_facts import CaseFacts
from rules.lawfulness import Asked, Circumstances, not_offered
from rules.life import facts_after, facts_of
from rules.life_table import Transition
from rules.transitions import TRANSITIONS
from schema.codes import ENDED_STATES, Action, CaseKind, EventKind, State
from schema.commands import Refusal
from schema.events import Actor, CaseEvent
from tests.rules.clock_asking import at
from tests.rules.living_case import LivingCase, assigned, book

FILED = "2026-06-08 10:00"
HOUSING = "3130000.housing"
ACTS = 60
BY_THE_RECORD = {Action.RECEIVE, Action.RECOMPUTE, Action.TAKE_REPORTER, Action.LOSE_REPORTER}
"""What the record does by itself: taking in, a new calendar, the other side of a merge."""
ACTIONS = sorted(set(Action) - BY_THE_RECORD)
AFTER_THE_END = {action for action, row in TRANSITIONS.items() if row.sources & ENDED_STATES}
ENDS = {action for action, row in TRANSITIONS.items() if row.targets & ENDED_STATES}
RARE_ENDS = ENDS - {Action.CLOSE_UNSUPPLEMENTED}
"""What would end most lives early; a return needs two periods that have passed."""
TEMPI = ((0, 0, 1), (0, 3, 8, 20), (20, 60, 300))
"""Hours between two acts: a hurried life, a usual one, one of long silences."""
SEEDS = st.integers(0, 2**32)

WHO = ("somebody", "another")

VALUES: dict[str, tuple[JsonValue, ...]] = {
    "department": ("3130000.roads", HOUSING, "3220000.roads", "6110000.first-line", "nowhere.x"),
    "item": ("HB04", "AD03", "RD02", "SG01", "TR02", "NONE"),
    "officer": ("somebody",),
    "days": (1, 1, 3, 7, 10, 21, 30),
    "reason_code": ("cooperation", "fact_finding", "comparable", "overload", "no such reason"),
    "decline_ground": ("private_matter", "too_much_work"),
    "exclusion_ground": ("hearing",),
    "hide_ground": ("abuse",),
    "return_ground": ("not_supplemented", "undeliverable"),
    "correction_ground": ("period_exceeded",),
    "households": (2, 5, 300),
    "signatures": (4, 5, 5000),
    "grade": (1, 5, 9),
    "consent": (True, False),
    "found_later": (True, False),
    "held_on": ("2026-06-10",),
    "ground": ("answered",),
    "revision": (1, 2),
    "term": (1, 2),
    "timer": ("legal",),
    "outcome": ("delivered", "failed"),
    "into": ("ONE",),
    "earlier": ("ONE, TWO",),
}


def submission(case: LivingCase) -> CaseEvent:
    """The event that opened the case: the harness begins after it."""
    nobody = {"item": None, "department": None, "agency": None}
    first = {"seq": 0, "kind": EventKind.SUBMITTED, "state": State.SUBMITTED, "detail": {}}
    return case.log[0].model_copy(update={**nobody, **first})


def opened(kind: CaseKind) -> LivingCase:
    """A case of `kind` with a department, and two others that it may name."""
    case = assigned(FILED, HOUSING, kind=kind, item="HB04" if kind is CaseKind.PETITION else None)
    other = assigned(FILED, HOUSING, kind=kind).facts.model_copy(update={"answers": 1})
    case.named = {"ONE": other, "TWO": other}
    return case


def is_offered(case: LivingCase, row: Transition, now: datetime) -> bool:
    """What a page would offer: the state takes it, and the case alone does not forbid it."""
    if case.facts.state not in row.sources:
        return False
    circumstances = Circumstances(law=book().law(case.calendar), named=case.named)
    asked = Asked(case.facts, now, Actor(role=min(row.roles)), {}, circumstances)
    return not_offered(row, asked) is None


def any_act(case: LivingCase, now: datetime, chance: random.Random) -> CaseEvent | Refusal:
    """One act: mostly one that is offered, seldom one that ends the case."""
    rows = [TRANSITIONS[action] for action in ACTIONS]
    if chance.random() < 0.9:
        rows = [row for row in rows if is_offered(case, row, now)]
    if chance.random() < 0.6:
        rows = [row for row in rows if row.step and row.action not in RARE_ENDS] or rows
    row = chance.choice(rows)
    role = chance.choice(sorted(row.roles))
    actor = Actor(role=role, department=case.facts.department, account=chance.choice(WHO))
    names = (*row.needs, *(name for name in row.takes if chance.random() < 0.5))
    detail = {name: chance.choice(VALUES.get(name, ("text",))) for name in names}
    return case.act(row.action, now, actor, **detail)


def lived(case: LivingCase, chance: random.Random) -> Iterator[CaseEvent | Refusal]:
    """A life of random acts at random instants."""
    now, tempo = at(FILED), chance.choice(TEMPI)
    for _ in range(ACTS):
        now += timedelta(hours=chance.choice(tempo))
        yield any_act(case, now, chance)


def action_of(event: CaseEvent) -> Action:
    """The action whose event it is."""
    return Action(event.request_id.rpartition("/")[2])


def follows(case: LivingCase, facts: CaseFacts, clocks: Clocks, event: CaseEvent) -> None:
    """What holds of every act that was done, after `facts` with `clocks`."""
    row = TRANSITIONS[action_of(event)]
    assert facts.state in row.sources
    assert case.facts.state in (row.targets or {facts.state})
    assert case.facts.term >= facts.term
    if not row.step:
        assert case.clocks == clocks
    if facts.ended:
        assert row.action in AFTER_THE_END
    if not case.facts.ended and case.facts.kind is not CaseKind.OPINION:
        assert book().moment(case.facts, case.clocks, case.calendar) is not None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=SEEDS, kind=st.sampled_from(CaseKind))
def test_a_log_says_what_its_case_is(seed: int, kind: CaseKind) -> None:
    """Folding the whole log gives the facts kept step by step, and so the same deadlines; what is
    refused changes nothing, and says why in both languages."""
    case, chance = opened(kind), random.Random(seed)
    first = submission(case)
    before = (case.facts, case.clocks)
    for found in lived(case, chance):
        if isinstance(found, Refusal):
            assert (case.facts, case.clocks) == before
            assert found.message_ko
            assert found.message_en
        else:
            follows(case, *before, found)
        folded = facts_of([first, *case.log], kind=kind)
        assert folded == case.facts
        assert book().clocks(folded, case.calendar) == case.clocks
        before = (case.facts, case.clocks)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_a_life_without_its_notes_has_the_same_deadlines(seed: int) -> None:
    """P14: comments, edits, photos, ratings, deliveries may be left out of the log."""
    case = opened(CaseKind.PETITION)
    bare = case.facts
    for found in lived(case, random.Random(seed)):
        if isinstance(found, CaseEvent) and TRANSITIONS[action_of(found)].step:
            bare = facts_after(bare, found)
    assert book().clocks(bare, case.calendar) == case.clocks


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_the_legal_deadline_moves_only_for_what_the_law_knows(seed: int) -> None:
    """Everything that is not in the list leaves it where it was, to the minute."""
    lawful = {
        Action.REQUEST_SUPPLEMENT,
        Action.SUPPLEMENT,
        Action.START_INVESTIGATION,
        Action.EXTEND_INVESTIGATION,
        Action.END_INVESTIGATION,
        Action.CONSULT,
        Action.END_CONSULTATION,
        Action.START_EXCLUSION,
        Action.END_EXCLUSION,
        Action.EXTEND,
        Action.TRANSFER,
        Action.DISTRIBUTE,
        Action.RECLASSIFY,
        Action.CONVERT,
        Action.ASK_AGAIN,
    }
    case = opened(CaseKind.PETITION)
    before = case.clocks.legal_due_at
    for found in lived(case, random.Random(seed)):
        due = case.clocks.legal_due_at
        if due != before:
            assert isinstance(found, CaseEvent)
            assert action_of(found) in lawful
        before = due


def test_the_lives_above_are_lives() -> None:
    """Each act is done by some: a machine that only hears refusals would prove nothing."""
    done: Counter[Action] = Counter()
    for seed in range(500):
        case = opened(tuple(CaseKind)[seed % len(CaseKind)])
        found = lived(case, random.Random(seed))
        done.update(action_of(event) for event in found if isinstance(event, CaseEvent))
    assert set(ACTIONS) == set(done)
