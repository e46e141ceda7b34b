"""How messages of this kind have failed elsewhere (P25): each test is the promise of ours."""

import asyncio

import pytest_asyncio

from adapters.replying import notice_event
from schema.codes import Action, EventKind, Role
from schema.events import Actor
from storage.store import Store
from tests.adapters.told_city import NOON, ToldCity, told_city

CITIZEN = Actor(role=Role.CITIZEN)


@pytest_asyncio.fixture
async def city(store: Store) -> ToldCity:
    """A city on an empty database."""
    return await told_city(store)


async def test_P25_a_second_answer_is_told_again_and_the_same_one_is_not(city: ToldCity) -> None:
    """Asked again and answered again: a message of its own, in its own words. Each answer delivered
    anew by the log, by several processes at once, tells nobody twice."""
    number = await city.file()
    await city.notice(number)
    await city.act(number, Action.ANSWER, text="첫 답변입니다.")
    await city.notice(number)
    await city.act(number, Action.ASK_AGAIN, actor=CITIZEN, text="아직 깨져 있습니다.")
    await city.act(number, Action.ANSWER, text="다시 보수했습니다.")
    await city.notice(number)
    answers = [one for one in await city.events(number) if one.kind is EventKind.ANSWERED]
    assert len(answers) == 2
    for _ in range(2):
        await asyncio.gather(
            *(
                notice_event(city.store, city.telling, event, now=NOON)
                for event in answers
                for _ in range(3)
            )
        )
    told = await city.replies(number)
    assert [one.row.template for one in told] == ["assigned", "answered", "asked_again", "answered"]
    assert [one.row.event_id for one in told if one.row.template == "answered"] == [
        event.id for event in answers
    ]
    assert "첫 답변입니다." in told[1].message.body
    assert "다시 보수했습니다." in told[3].message.body
    assert "첫 답변입니다." not in told[3].message.body


async def test_P25_the_second_answer_to_several_reporters_is_told_to_each_once(
    city: ToldCity,
) -> None:
    """Merged reports: every reporter has one message for the answer, however often it comes."""
    root, reporter = await city.file(), await city.file()
    await city.act(reporter, Action.MERGE, into=root)
    await city.act(root, Action.ANSWER, text="보수했습니다.")
    for _ in range(3):
        await city.notice(root)
        await city.notice(reporter)
    for number in (root, reporter):
        told = [one for one in await city.replies(number) if "보수했습니다." in one.message.body]
        assert len(told) == 1
