"""Whatever people do, in whatever order: the table is never violated and no case is stuck.

Random acts and leaps in time against the real workflow on the time-skipping server, the real record
on PostgreSQL. Each seed is a story that can be told again.
"""

import itertools
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import JsonValue

from rules.book import read_rule_book
from rules.life import facts_of
from rules.transitions import TRANSITIONS
from schema.codes import ENDED_STATES, Action, EventKind, Role, State
from schema.commands import Outcome, Refusal
from schema.events import Actor, CaseEvent
from storage.calendars import Calendars
from tests.workflows.conftest import Town

SEEDS = range(12)
STEPS = 30
NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
ITEMS = ("HB04", "RD02", "SG01", "RD06")
DEPARTMENTS = ("3130000.roads", "3130000.housing", "3220000.roads", "6110000.audit", "nowhere")
BY_PEOPLE = [
    action for action, row in TRANSITIONS.items() if not row.roles <= {Role.SYSTEM, Role.CHANNEL}
]

Values = dict[str, Callable[[random.Random], JsonValue]]
VALUES: Values = {
    "department": lambda chance: chance.choice(DEPARTMENTS),
    "item": lambda chance: chance.choice((*ITEMS, "NOPE")),
    "officer": lambda chance: "officer",
    "days": lambda chance: chance.choice((1, 3, 7, 10, 30)),
    "consent": lambda chance: chance.random() < 0.5,
    "found_later": lambda chance: chance.random() < 0.5,
    "households": lambda chance: chance.choice((2, 5)),
    "signatures": lambda chance: chance.choice((2, 5)),
    "grade": lambda chance: chance.choice((1, 5, 9)),
    "held_on": lambda chance: "2026-11-30",
    "reason_code": lambda chance: chance.choice(("cooperation", "overload", "nonsense")),
    "decline_ground": lambda chance: "private_matter",
    "exclusion_ground": lambda chance: "hearing",
    "return_ground": lambda chance: chance.choice(("not_supplemented", "undeliverable")),
    "correction_ground": lambda chance: "period_exceeded",
}


async def somebody(town: Town, number: str, action: Action, chance: random.Random) -> Actor:
    """Somebody who may do it, mostly of the department that has the case."""
    role = chance.choice(sorted(TRANSITIONS[action].roles - {Role.SYSTEM, Role.CHANNEL}))
    if role is Role.CITIZEN:
        return Actor(role=role)
    if chance.random() < 0.1:
        return Actor(role=role, department="3230000.parks", account="stranger")
    return await town.officer(number, role)


def any_action(state: State, chance: random.Random) -> Action:
    """Mostly one that the state takes, and seldom one that ends the story early."""
    if chance.random() < 0.15:
        return chance.choice(BY_PEOPLE)
    fitting = [action for action in BY_PEOPLE if state in TRANSITIONS[action].sources]
    quiet = [action for action in fitting if not TRANSITIONS[action].targets & ENDED_STATES]
    return chance.choice(quiet if chance.random() < 0.9 else fitting)


async def any_act(
    town: Town, numbers: list[str], chance: random.Random
) -> tuple[str, Outcome | Refusal | None]:
    """One act, on one of the cases, with what the table says that it takes."""
    number = chance.choice(numbers)
    action = any_action((await town.case(number)).state, chance)
    body: dict[str, JsonValue] = {}
    for name in (*TRANSITIONS[action].needs, *TRANSITIONS[action].takes):
        if name in ("into", "earlier"):
            body[name] = chance.choice(numbers)
        else:
            body[name] = VALUES[name](chance) if name in VALUES else "여러 말"
    actor = await somebody(town, number, action, chance)
    return number, await town.send(number, action, actor, body)


def held_to_the_table(log: tuple[CaseEvent, ...]) -> None:
    """Each event follows from the state before it, by a row of the table."""
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    assert len({event.request_id for event in log}) == len(log)
    rows = TRANSITIONS
    for before, event in itertools.pairwise(log):
        fitting = [
            row
            for row in rows.values()
            if event.kind in (row.event, EventKind.UNDELIVERED)
            and before.state in row.sources | {State.MERGED}
            and event.state in (row.targets or {before.state})
        ]
        assert fitting, (before.state, event.kind, event.state)


async def held_to_the_record(town: Town, number: str) -> None:
    """The row is what its log says, the deadlines are those of the rules, and it goes on."""
    case, log = await town.case(number), await town.log(number)
    held_to_the_table(log)
    facts = facts_of(log, kind=case.kind)
    stored = (case.state, case.department, case.item, case.term, case.merged_into, case.ended)
    assert stored == (
        facts.state,
        facts.department,
        facts.item,
        facts.term,
        facts.merged_into,
        facts.ended,
    )
    if facts.ended:
        assert case.next_at is None
        return
    assert case.next_at is not None
    if facts.state is not State.ANSWERED:
        async with town.store.engine.connect() as conn:
            calendar = await Calendars().current(conn)
        joined = [facts_of(await town.log(one), kind=case.kind) for one in sorted(facts.reporters)]
        reporters = [one for one in joined if one.state is State.MERGED]
        counted = read_rule_book().clocks(facts, calendar, reporters=reporters)
        assert (case.legal_due_at, case.target_due_at) == (
            counted.legal_due_at,
            counted.target_due_at,
        )


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_sequence_of_acts_keeps_every_promise(town: Town, seed: int) -> None:
    """Bounded in count: every seed does the same again."""
    chance = random.Random(seed)
    numbers = [await town.file(NOISE, item=chance.choice(ITEMS)) for _ in range(2)]
    done = 0
    for _ in range(STEPS):
        if chance.random() < 0.25:
            await town.env.sleep(timedelta(hours=chance.choice((1, 5, 30, 200))))
            continue
        number, outcome = await any_act(town, numbers, chance)
        assert isinstance(outcome, Outcome | Refusal), (number, outcome)
        done += isinstance(outcome, Outcome)
        for one in numbers:
            await held_to_the_record(town, one)
    assert done >= 2


async def test_a_case_left_alone_still_moves(town: Town) -> None:
    """Nobody acts for a quarter of a year: every 30 days its petitioner is told how it stands."""
    number = await town.file(NOISE, item="HB04")
    await town.env.sleep(timedelta(days=100))
    told = [event for event in await town.log(number) if event.kind is EventKind.PROGRESS_NOTIFIED]
    assert len(told) == 3
    await held_to_the_record(town, number)
