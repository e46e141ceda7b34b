"""The acts of a life with its real workflow: what they cause, in simulated weeks."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import JsonValue

from schema.codes import (
    Action,
    CaseKind,
    EventKind,
    PetitionType,
    Role,
    State,
    TextKind,
    TimerKind,
)
from schema.commands import Outcome, Refusal
from schema.events import Actor, CaseEvent
from schema.grounds import ClosedFor, Relation
from storage.cases import Case
from storage.commands import keep_command
from storage.linked_cases import linked_cases
from storage.texts import texts_of
from tests.workflows.conftest import Town
from tests.workflows.test_case_story import climbed

NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
IDEA = "시민이 공원 관리에 참여하는 제도를 제안합니다."
CITIZEN = Actor(role=Role.CITIZEN)
COOPERATION: dict[str, JsonValue] = {"reason_code": "cooperation", "reason": "관리사무소 확인"}


async def grievance(town: Town) -> str:
    """A grievance with its department: seven working days."""
    return await town.file(NOISE, item="HB04")


async def by_officer(town: Town, number: str, action: Action, **body: JsonValue) -> Outcome:
    """An act of an officer who has the case; it must be taken."""
    return taken(await town.send(number, action, await town.officer(number), body))


async def by_citizen(town: Town, number: str, action: Action, **body: JsonValue) -> Outcome:
    """An act of the petitioner; it must be taken."""
    return taken(await town.send(number, action, CITIZEN, body))


def taken(found: Outcome | Refusal | None) -> Outcome:
    """The outcome; fails with the refusal's words."""
    assert isinstance(found, Outcome), found
    return found


async def linked_to(town: Town, number: str) -> Case:
    """The one case that came from `number`, once its own workflow has taken it in."""
    async with town.store.engine.connect() as conn:
        (found,) = await linked_cases(conn, await town.case(number))
    assert found.came_from_this
    return await town.reach(found.number, lambda case: case.received_at is not None)


async def rungs(town: Town, number: str, timer: TimerKind) -> list[tuple[int, str]]:
    """The rungs of one clock that have acted, as (term, rung)."""
    found = climbed(await town.log(number))
    return [(term, rung) for name, term, rung in found if name == timer]


async def last(town: Town, number: str) -> CaseEvent:
    """What happened to a case last."""
    return (await town.log(number))[-1]


async def test_a_supplement_is_reminded_of_asked_for_again_and_then_returned(town: Town) -> None:
    """영 §24, §25: the clock stands all the while, the petitioner is reminded each time."""
    number = await grievance(town)
    await by_officer(town, number, Action.REQUEST_SUPPLEMENT, text="녹음이 필요합니다", days=10)
    waiting = await town.case(number)
    assert (waiting.state, waiting.legal_due_at) == (State.SUPPLEMENT, None)
    await town.env.sleep(timedelta(days=5))
    await by_citizen(town, number, Action.EXTEND_SUPPLEMENT, days=5)
    await town.env.sleep(timedelta(days=25))
    log = await town.log(number)
    to = [event.detail["to"] for event in log if event.detail.get("timer") == "supplement"]
    assert to == ["petitioner", "officer"]
    assert await rungs(town, number, TimerKind.LEGAL) == []

    await by_officer(town, number, Action.REQUEST_SUPPLEMENT_AGAIN, text="녹음", days=5)
    await town.env.sleep(timedelta(days=20))
    assert len(await rungs(town, number, TimerKind.SUPPLEMENT)) == 4
    body: dict[str, JsonValue] = {"return_ground": "not_supplemented", "reason": "보완 없음"}
    await by_officer(town, number, Action.CLOSE_UNSUPPLEMENTED, **body)
    returned = await town.case(number)
    assert (returned.state, returned.next_at) == (State.CLOSED, None)
    await town.handle(number).result()


async def test_what_was_supplemented_in_time_is_due_later_and_climbs_then(town: Town) -> None:
    """The workflow wakes by the new deadline, not by the one that it knew."""
    number = await grievance(town)
    before = (await town.case(number)).legal_due_at
    assert before is not None
    await by_officer(town, number, Action.REQUEST_SUPPLEMENT, text="녹음", days=10)
    await town.env.sleep(timedelta(days=8))
    await by_citizen(town, number, Action.SUPPLEMENT, text="보냅니다")
    after = (await town.case(number)).legal_due_at
    assert after is not None
    assert after > before
    while await town.now() < after - timedelta(days=1):
        assert (1, "due") not in await rungs(town, number, TimerKind.LEGAL)
        await town.env.sleep(timedelta(hours=12))
    await town.env.sleep(timedelta(days=4))
    assert (1, "due") in await rungs(town, number, TimerKind.LEGAL)


async def test_an_extension_has_its_own_ladder(town: Town) -> None:
    """The rungs of the first term are over; those of the second act once, by its own shares."""
    number = await grievance(town)
    due = (await town.case(number)).legal_due_at
    assert due is not None
    while "near" not in [rung for _, rung in await rungs(town, number, TimerKind.LEGAL)]:
        await town.env.sleep(timedelta(hours=6))
    await by_officer(town, number, Action.EXTEND, days=7, **COOPERATION)
    extended = await town.case(number)
    assert (extended.term, extended.extended) == (2, True)
    await town.env.sleep(timedelta(days=40))
    found = await rungs(town, number, TimerKind.LEGAL)
    assert found[-5:] == [
        (2, "near"),
        (2, "last"),
        (2, "due"),
        (2, "overdue-8h"),
        (2, "overdue-40h"),
    ]
    assert (1, "due") not in found
    assert len(found) == len(set(found))


async def test_a_consultation_stops_the_clock_of_a_proposal_and_is_reminded_of(town: Town) -> None:
    """국민 제안 규정 §9: three weeks; the officer is told when they are over."""
    number = await town.file(IDEA, item="SG01", kind=CaseKind.PROPOSAL)
    before = (await town.case(number)).legal_due_at
    assert before is not None
    await by_officer(town, number, Action.CONSULT, text="공원과 의견을 묻습니다", days=10)
    assert (await town.case(number)).legal_due_at is None
    await town.env.sleep(timedelta(days=14))
    assert await rungs(town, number, TimerKind.CONSULTATION) == [(1, "due")]
    await by_officer(town, number, Action.END_CONSULTATION, text="회신")
    after = (await town.case(number)).legal_due_at
    assert after is not None
    assert after >= before + timedelta(days=14)


async def test_a_joined_department_is_reminded_and_gives_its_part(town: Town) -> None:
    """법 §20: it may say its part and no more; who has the case answers."""
    number = await grievance(town)
    roads = Actor(role=Role.OFFICER, department="3130000.roads", account="roads")
    body: dict[str, JsonValue] = {"department": "3130000.roads", "days": 2, "text": "도로 소음"}
    await by_officer(town, number, Action.JOIN_DEPARTMENT, **body)
    refused = await town.act(number, Action.ANSWER, actor=roads, text="우리가 답합니다")
    assert isinstance(refused, Refusal)
    await town.env.sleep(timedelta(days=5))
    assert [rung for _, rung in await rungs(town, number, TimerKind.COOPERATION)] == ["near", "due"]
    taken(await town.act(number, Action.COOPERATE, actor=roads, text="도로 쪽 의견"))
    await by_officer(town, number, Action.ANSWER, text="함께 조치했습니다.")


async def test_a_part_that_is_split_off_has_its_own_number_and_the_first_receipt(
    town: Town,
) -> None:
    """And a workflow of its own, that escalates it."""
    number = await grievance(town)
    await town.env.sleep(timedelta(days=2))
    await by_officer(town, number, Action.SPLIT, text="보도블록도 깨져 있습니다", item="HB04")
    whole, part = await town.case(number), await linked_to(town, number)
    assert part.number != number
    assert (part.submitted_at, part.received_at) == (whole.submitted_at, whole.received_at)
    assert (part.relation, part.linked_to) == (Relation.SPLIT, number)
    assert part.legal_due_at == whole.legal_due_at
    await town.env.sleep(timedelta(days=30))
    assert (1, "due") in await rungs(town, part.number, TimerKind.LEGAL)
    async with town.store.engine.connect() as conn:
        texts = await texts_of(conn, town.store, part.number, kinds=[TextKind.PETITION])
    assert [text.text for text in texts.values()] == ["보도블록도 깨져 있습니다"]


async def test_an_objection_is_a_case_of_its_own(town: Town) -> None:
    """행정기본법 §36: fourteen days from its own receipt; the case objected to stays as it is."""
    number = await grievance(town)
    refused = {"text": "조치할 수 없습니다.", "remedy": "이의신청 30일, 행정심판 90일"}
    taken(await town.act(number, Action.REFUSE, actor=await town.officer(number), **refused))
    await town.env.sleep(timedelta(days=3))
    await by_citizen(town, number, Action.OBJECT, text="다시 보아 주세요")
    objection = await linked_to(town, number)
    assert objection.petition_type is PetitionType.OBJECTION
    assert objection.relation == Relation.OBJECTION
    assert objection.legal_due_at is not None
    assert objection.received_at is not None
    assert objection.legal_due_at > objection.received_at + timedelta(days=13)
    assert (await town.case(number)).state is State.ANSWERED
    await town.env.sleep(timedelta(days=30))
    assert (1, "due") in await rungs(town, objection.number, TimerKind.LEGAL)


async def test_an_objection_is_still_taken_when_the_case_is_closed(town: Town) -> None:
    """The window of fourteen days is the city's, the thirty days are the law's."""
    number = await grievance(town)
    refused = {"text": "조치할 수 없습니다.", "remedy": "이의신청 30일"}
    taken(await town.act(number, Action.REFUSE, actor=await town.officer(number), **refused))
    await town.env.sleep(timedelta(days=20))
    assert (await town.case(number)).state is State.CLOSED
    await by_citizen(town, number, Action.OBJECT, text="다시 보아 주세요")
    assert (await linked_to(town, number)).petition_type is PetitionType.OBJECTION


async def test_what_was_withdrawn_is_filed_again_as_a_linked_case(town: Town) -> None:
    """The old one stays ended; the new one begins at its own receipt, with its own workflow."""
    number = await grievance(town)
    await by_citizen(town, number, Action.WITHDRAW)
    await town.handle(number).result()
    await town.env.sleep(timedelta(days=3))
    await by_citizen(town, number, Action.REOPEN, text="소음이 다시 심해졌습니다")
    again = await linked_to(town, number)
    old = await town.case(number)
    assert (old.state, old.next_at) == (State.WITHDRAWN, None)
    assert again.submitted_at > old.submitted_at + timedelta(days=2)
    assert again.relation == Relation.REOPENED
    await by_officer(town, again.number, Action.ANSWER, text="조치했습니다.")


async def test_ask_again_gives_a_second_term_that_climbs_and_closes_once_more(town: Town) -> None:
    """P13: the window after the second answer is its own."""
    number = await grievance(town)
    await by_officer(town, number, Action.ANSWER, text="조치했습니다.")
    await town.env.sleep(timedelta(days=10))
    await by_citizen(town, number, Action.ASK_AGAIN, text="여전합니다")
    assert (await town.case(number)).state is State.REANSWER
    await town.env.sleep(timedelta(days=15))
    assert (2, "due") in await rungs(town, number, TimerKind.LEGAL)
    await by_officer(town, number, Action.ANSWER, text="다시 조치했습니다.")
    await town.env.sleep(timedelta(days=13))
    assert (await town.case(number)).state is State.ANSWERED
    await town.env.sleep(timedelta(days=2))
    assert (await town.case(number)).state is State.CLOSED
    kinds = [event.kind for event in await town.log(number)]
    assert kinds.count(EventKind.ANSWERED) == 2
    assert kinds.count(EventKind.CLOSED) == 1


async def answered_together(town: Town) -> tuple[str, str]:
    """Two reporters of one matter, answered as one: the reporter and the root."""
    reporter, root = await grievance(town), await grievance(town)
    await by_officer(town, reporter, Action.MERGE, into=root)
    await by_officer(town, root, Action.ANSWER, text="조치했습니다.")
    return reporter, root


async def test_a_second_answer_to_the_root_is_not_its_reporters(town: Town) -> None:
    """They were answered, and closed; only who asks again is answered again, in an own term."""
    reporter, root = await answered_together(town)
    closed = await town.log(reporter)
    assert closed[-1].detail["ground"] == ClosedFor.ANSWERED_WITH
    await town.env.sleep(timedelta(days=10))
    await by_citizen(town, root, Action.ASK_AGAIN, text="여전합니다")
    due = (await town.case(root)).legal_due_at
    assert due is not None
    assert due > await town.now()
    await by_officer(town, root, Action.ANSWER, text="다시 조치했습니다.")
    assert await town.log(reporter) == closed


async def test_withdrawing_after_the_answer_gives_no_answered_reporter_back(town: Town) -> None:
    """A case that was closed with an answer stays closed."""
    reporter, root = await answered_together(town)
    closed = await town.log(reporter)
    await by_citizen(town, root, Action.ASK_AGAIN, text="여전합니다")
    await by_citizen(town, root, Action.WITHDRAW)
    assert await town.log(reporter) == closed
    assert (await town.case(reporter)).state is State.CLOSED


async def test_a_merge_into_a_case_that_is_merged_meanwhile_ends_flat(town: Town) -> None:
    """A into B and B into C at once: whichever is first, nobody is lost and nothing has two
    floors."""
    a, b, c = [await grievance(town) for _ in range(3)]
    officer = await town.officer(a)
    found = await asyncio.gather(
        town.act(a, Action.MERGE, actor=officer, into=b),
        town.act(b, Action.MERGE, actor=officer, into=c),
    )
    assert [type(one) for one in found] == [Outcome, Outcome]
    assert [(await town.case(one)).merged_into for one in (a, b)] == [c, c]
    await by_officer(town, c, Action.ANSWER, text="조치했습니다.")
    assert {(await town.case(one)).state for one in (a, b)} == {State.CLOSED}


@pytest.mark.parametrize("action", [Action.WITHDRAW, Action.SPLIT])
async def test_who_died_between_the_record_and_the_others_tells_them_again(
    town: Town, action: Action
) -> None:
    """The activity's result is lost after its transaction: the same act again starts the
    workflows of the cases that it gave back or opened."""
    number = await grievance(town)
    body: dict[str, JsonValue] = {}
    actor = CITIZEN
    if action is Action.WITHDRAW:
        moved = await grievance(town)
        await by_officer(town, moved, Action.MERGE, into=number)
        await town.handle(moved).result()
    else:
        body, actor = {"text": "보도블록도"}, await town.officer(number)
    async with town.store.engine.begin() as conn:
        _, stored = await keep_command(
            conn,
            town.store,
            number=number,
            request_id=str(uuid4()),
            action=action,
            actor=actor,
            at=await town.now(),
            body=body,
        )
    first = await town.recorder.record(stored.command)
    again = taken(await town.running.act(stored.command, patience=timedelta(seconds=20)))
    assert again.look_again == first.look_again != ()
    (other,) = first.look_again
    await town.reach(other, lambda case: case.received_at is not None)
    await town.env.sleep(timedelta(days=20))
    assert (1, "due") in await rungs(town, other, TimerKind.LEGAL)
