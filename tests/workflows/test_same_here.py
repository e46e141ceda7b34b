"""«저도요»: a petition of one's own that joins a public case, whatever dies in between."""

from dataclasses import dataclass

import pytest

from activities.petition import PetitionActivities
from rules.book import read_rule_book
from schema.codes import Action, Channel, EventKind, Role, State, TextKind
from schema.commands import Outcome
from schema.submission import Submission
from storage.registration import register
from storage.same_here import SAME_HERE
from storage.sealing import new_data_key
from storage.texts import texts_of
from tests.workflows.conftest import Town

LAMP = "마포구 월드컵로 212 앞 가로등이 꺼졌습니다."


@dataclass
class Neighbours:
    """A case of one citizen, and the petition of another who says «저도요»."""

    root: str
    mine: str


async def neighbours(town: Town, **fields: object) -> Neighbours:
    """The first case is public and at work; the second asks to join it."""
    root = await town.file(LAMP, item="RD05")
    mine = await town.file(
        "저도 같은 불편을 겪습니다.", **{"item": "RD05", "same_as": root, **fields}
    )
    return Neighbours(root, mine)


async def kinds(town: Town, number: str) -> list[EventKind]:
    return [event.kind for event in await town.log(number)]


async def test_who_says_same_here_has_a_petition_of_the_own_and_joins_the_case(town: Town) -> None:
    """Its own number, received and routed like any other, and merged by its petitioner."""
    found = await neighbours(town)
    case = await town.reach(found.mine, lambda case: case.state is State.MERGED)
    assert case.merged_into == found.root
    log = await town.log(found.mine)
    assert [event.kind for event in log] == [
        EventKind.SUBMITTED,
        EventKind.RECEIVED,
        EventKind.ASSIGNED,
        EventKind.MERGED,
    ]
    assert log[-1].actor.role is Role.CITIZEN
    assert log[-1].request_id == SAME_HERE
    assert (await kinds(town, found.root)).count(EventKind.REPORTER_JOINED) == 1


@pytest.mark.parametrize("dies_after", ["registration", "taking_in", "the_merge"])
async def test_a_death_in_between_neither_loses_the_wish_nor_doubles_it(
    town: Town, dies_after: str
) -> None:
    """The wish is stored in the transaction that registers the petition; whoever takes it in again
    carries it out, once."""
    root = await town.file(LAMP, item="RD05")
    book = read_rule_book()
    activities = PetitionActivities(town.store, town.recorder, book)
    submission = Submission(
        channel=Channel.WEB_FORM,
        external_id=f"death/{dies_after}",
        submitted_at=await town.now(),
        text="저도요",
        item="RD05",
        same_as=root,
    )
    async with town.store.engine.begin() as conn:
        key = await new_data_key(conn, town.store.keyring)
        number = (await register(conn, town.store, town.recorder, submission, key=key)).number
    if dies_after == "taking_in":
        async with town.store.engine.begin() as conn:
            await activities._receive(conn, await town.recorder.lock(conn, number))
    if dies_after == "the_merge":
        await activities.take_in(number)

    again = await activities.take_in(number)
    assert again.look_again == (root,)
    await activities.take_in(number)
    await town.running.start(number)
    assert (await town.case(number)).merged_into == root
    assert (await kinds(town, number)).count(EventKind.MERGED) == 1
    assert (await kinds(town, root)).count(EventKind.REPORTER_JOINED) == 1


@pytest.mark.parametrize(
    ("root_fields", "mine"),
    [
        ({"public": False}, {}),
        ({"item": "WF01"}, {"item": "WF01"}),
        ({}, {"item": "RD01"}),
        ({}, {"item": None}),
        ({}, {"same_as": "261123-999999-9"}),
    ],
    ids=["not public", "never public", "another item", "no item", "no such case"],
)
async def test_what_is_not_the_same_public_matter_goes_on_by_itself(
    town: Town, root_fields: dict[str, object], mine: dict[str, object]
) -> None:
    """Nothing is lost and nothing is shown: the petition stays a case of its own."""
    root = await town.file(LAMP, **{"item": "RD05", **root_fields})
    number = await town.file("저도요", **{"item": "RD05", "same_as": root, **mine})
    case = await town.case(number)
    assert not case.ended
    assert case.merged_into is None
    assert EventKind.REPORTER_JOINED not in await kinds(town, root)


async def test_an_officer_takes_it_out_again_and_it_stays_out(town: Town) -> None:
    """Undone by whoever looked at it: a restarted workflow does not merge it once more."""
    found = await neighbours(town)
    await town.reach(found.mine, lambda case: case.state is State.MERGED)
    undone = await town.act(found.mine, Action.UNMERGE, actor=await town.officer(found.root))
    assert isinstance(undone, Outcome), undone
    await town.running.start(found.mine)
    await town.running.look_again(found.mine)
    assert (await town.case(found.mine)).state is State.ASSIGNED


async def test_whoever_joined_alone_reads_the_answer_without_anothers_data(town: Town) -> None:
    """Nobody has looked whether the first petitioner's telephone is theirs to know."""
    found = await neighbours(town)
    await town.reach(found.mine, lambda case: case.state is State.MERGED)
    answered = await town.act(
        found.root,
        Action.ANSWER,
        actor=await town.officer(found.root),
        text="고쳤습니다. 010-1234-5678로 전화드린 대로입니다.",
    )
    assert isinstance(answered, Outcome), answered
    async with town.store.engine.connect() as conn:
        copied = await texts_of(conn, town.store, found.mine, kinds=[TextKind.ANSWER])
        first = await texts_of(conn, town.store, found.root, kinds=[TextKind.ANSWER])
    assert ["1234" in text.text for text in copied.values()] == [False]
    assert ["1234" in text.text for text in first.values()] == [True]
