"""Many reporters, one case: each keeps number, page and replies; nothing is lost by undoing it."""

import asyncio
from datetime import timedelta

from schema.codes import Action, EventKind, Role, State, TextKind
from schema.commands import Outcome, Refusal, RefusalCode
from schema.events import Actor
from schema.grounds import ClosedFor
from storage.cases import Case
from storage.texts import texts_of
from tests.workflows.conftest import Town

NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
CITIZEN = Actor(role=Role.CITIZEN)


async def reported(town: Town, times: int = 2) -> list[str]:
    """The same matter, reported several times, an hour apart."""
    numbers = []
    for _ in range(times):
        numbers.append(await town.file(NOISE, item="HB04"))
        await town.env.sleep(timedelta(hours=1))
    return numbers


async def merge(town: Town, number: str, into: str) -> Outcome | Refusal | None:
    """Merge by an officer of the department that has the case."""
    return await town.act(number, Action.MERGE, actor=await town.officer(number), into=into)


async def kinds(town: Town, number: str) -> list[EventKind]:
    """What happened to a case."""
    return [event.kind for event in await town.log(number)]


async def test_the_earliest_deadline_stands_and_comes_back(town: Town) -> None:
    """P15: the root counts by the earliest of all; undoing gives each its own, as if never merged,
    and its workflow."""
    early, late = await reported(town)
    await town.env.sleep(timedelta(days=1))
    later = await town.file(NOISE, item="HB04")
    due = {number: (await town.case(number)).legal_due_at for number in (early, late, later)}
    assert isinstance(await merge(town, early, later), Outcome)
    root = await town.case(later)
    assert root.legal_due_at == due[early]
    merged = await town.case(early)
    assert (merged.state, merged.ended, merged.merged_into) == (State.MERGED, True, later)

    await town.env.sleep(timedelta(days=1))
    undone = await town.act(early, Action.UNMERGE, actor=await town.officer(early))
    assert isinstance(undone, Outcome), undone
    back = await town.case(early)
    assert (back.state, back.legal_due_at, back.merged_into) == (State.ASSIGNED, due[early], None)
    assert (await town.case(later)).legal_due_at == due[later]
    assert back.next_at is not None
    await town.env.sleep(timedelta(days=30))
    assert EventKind.ESCALATED in await kinds(town, early)


async def test_a_merge_has_no_second_floor(town: Town) -> None:
    """A into B, then B into C: A's root is C; merging into A means merging into C."""
    a, b, c = await reported(town, 3)
    assert isinstance(await merge(town, a, b), Outcome)
    assert isinstance(await merge(town, b, c), Outcome)
    assert [(await town.case(one)).merged_into for one in (a, b)] == [c, c]
    d = await town.file(NOISE, item="HB04")
    assert isinstance(await merge(town, d, a), Outcome)
    assert (await town.case(d)).merged_into == c


async def test_a_case_is_not_merged_into_itself_nor_into_what_is_merged_in_it(town: Town) -> None:
    """No cycle, by whatever name."""
    a, b = await reported(town)
    itself = await merge(town, a, a)
    assert isinstance(itself, Refusal)
    assert itself.code is RefusalCode.NOT_LAWFUL
    assert isinstance(await merge(town, a, b), Outcome)
    round_about = await merge(town, b, a)
    assert isinstance(round_about, Refusal)
    assert (await town.case(b)).state is State.ASSIGNED


async def test_two_merges_that_cross_end_as_one(town: Town) -> None:
    """Locked in the order of their numbers: one of the two is refused, and neither is lost."""
    a, b = await reported(town)
    found = await asyncio.gather(merge(town, a, b), merge(town, b, a))
    assert sum(isinstance(one, Outcome) for one in found) == 1
    states = {(await town.case(number)).state for number in (a, b)}
    assert states == {State.MERGED, State.ASSIGNED}


async def test_merged_cases_never_escalate(town: Town) -> None:
    """Only the root climbs."""
    a, b = await reported(town)
    await merge(town, a, b)
    before = await town.log(a)
    await town.env.sleep(timedelta(days=40))
    assert await town.log(a) == before
    assert EventKind.ESCALATED in await kinds(town, b)


async def test_the_answer_to_the_root_closes_every_reporter_once(town: Town) -> None:
    """Each with its own copy of the answer, under its own number."""
    a, b, c = await reported(town, 3)
    await merge(town, a, c)
    await merge(town, b, c)
    answered = await town.act(
        c, Action.ANSWER, actor=await town.officer(c), text="관리사무소에 시정을 명했습니다."
    )
    assert isinstance(answered, Outcome)
    for number in (a, b):
        last = (await town.log(number))[-1]
        assert (last.kind, last.detail["ground"]) == (EventKind.CLOSED, ClosedFor.ANSWERED_WITH)
        assert (await town.case(number)).state is State.CLOSED
        async with town.store.engine.connect() as conn:
            texts = await texts_of(conn, town.store, number, kinds=[TextKind.ANSWER])
        assert [text.text for text in texts.values()] == ["관리사무소에 시정을 명했습니다."]
        assert str(next(iter(texts))) == last.detail["text"]


async def test_who_withdraws_withdraws_only_the_own_petition(town: Town) -> None:
    """The reporters go on by themselves, each with a running workflow."""
    a, b = await reported(town)
    await merge(town, a, b)
    await town.act(b, Action.WITHDRAW, actor=CITIZEN)
    back: Case = await town.reach(a, lambda case: not case.ended)
    assert back.state is State.ASSIGNED
    assert back.next_at is not None
    await town.env.sleep(timedelta(days=30))
    assert EventKind.ESCALATED in await kinds(town, a)


async def test_answering_while_another_is_being_merged_loses_nobody(town: Town) -> None:
    """Whichever comes first: the newcomer is answered with the root, or stays a case of its own."""
    a, b = await reported(town)
    officer = await town.officer(b)
    merged, answered = await asyncio.gather(
        merge(town, a, b), town.act(b, Action.ANSWER, actor=officer, text="처리했습니다.")
    )
    assert isinstance(answered, Outcome)
    state = (await town.case(a)).state
    assert state is (State.CLOSED if isinstance(merged, Outcome) else State.ASSIGNED)
