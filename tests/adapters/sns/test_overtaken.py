"""A deletion that comes before what it deletes: kept, and carried out when that comes."""

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from adapters.intake import Intake
from adapters.registry import ADAPTERS
from adapters.sns.gateway import X, records_in
from rules.book import read_rule_book
from schema.codes import Channel, EventKind
from schema.envelope import SOURCE, intake_type
from storage.cases import events_of
from storage.journal import JournalOutcome
from storage.quarantine import list_quarantine
from storage.record import Recorder
from storage.store import Store
from storage.tables import cases
from tests.adapters.sns.test_normalise import ARRIVED, sample

POST, EDIT = "2122988335264927731", "2122996677736074380"


def deletion(post: str) -> dict[str, Any]:
    """X says that the post with this id is gone."""
    body = sample("x_deletion.json")
    body["tweet_delete_events"][0]["status"]["id"] = post
    return body


class Network:
    """What X sends, taken by the intake of a city."""

    def __init__(self, store: Store) -> None:
        self.store = store
        recorder = Recorder(store, read_rule_book())
        # Only `take` is called, which never starts a workflow.
        self._intake = Intake(store, recorder, None, ADAPTERS)  # type: ignore[arg-type]

    async def sends(self, body: dict[str, Any]) -> JournalOutcome:
        """One record, as the relay produces it."""
        [(external_id, revision, part)] = records_in(X, json.dumps(body).encode())
        event = {
            "specversion": "1.0",
            "id": f"{external_id}/{revision}",
            "source": f"{SOURCE}/gateway/sns",
            "type": intake_type(Channel.SNS, X),
            "subject": external_id,
            "time": ARRIVED.isoformat(),
            "data": json.loads(part),
        }
        value = json.dumps(event).encode()
        return (await self._intake.take(Channel.SNS, value, origin="intake.sns/0/0")).outcome

    async def is_hidden(self) -> bool:
        """The one case there is, and whether nobody sees its words; removed once at most."""
        async with self.store.engine.connect() as conn:
            case = (await conn.execute(select(cases.c.number, cases.c.hidden))).one()
            kinds = [one.kind for one in await events_of(conn, case.number)]
        assert kinds.count(EventKind.REMOVED_AT_SOURCE) == int(case.hidden)
        return bool(case.hidden)

    async def waiting(self) -> int:
        """How many entries of the quarantine are open."""
        async with self.store.engine.connect() as conn:
            return len(await list_quarantine(conn))


@pytest_asyncio.fixture
async def network(store: Store) -> Network:
    """A city on an empty database."""
    return Network(store)


@pytest.mark.parametrize("deleted", [POST, EDIT])
async def test_a_deletion_that_came_first_is_carried_out_when_the_post_comes(
    network: Network, deleted: str
) -> None:
    """By the name it had then or by an edit's; nobody has to retry it, and sent again it changes
    nothing."""
    assert await network.sends(deletion(deleted)) is JournalOutcome.QUARANTINED
    assert await network.waiting() == 1
    await network.sends(sample("x_post.json"))
    if deleted == EDIT:
        assert not await network.is_hidden()
        await network.sends(sample("x_post_edited.json"))
    assert await network.is_hidden()
    assert await network.waiting() == 0
    for again in (deletion(deleted), sample("x_post_edited.json"), sample("x_post.json")):
        await network.sends(again)
    assert await network.is_hidden()
    assert await network.waiting() == 0


async def test_a_deletion_of_another_post_goes_on_waiting(network: Network) -> None:
    """Only its own post lets it be understood."""
    await network.sends(sample("x_deletion.json"))
    await network.sends(sample("x_post_edited.json"))
    assert not await network.is_hidden()
    assert await network.waiting() == 1


async def test_an_edit_and_its_deletion_at_once(network: Network) -> None:
    """On two partitions at the same time: whichever is first, the words end hidden."""
    await network.sends(sample("x_post.json"))
    await asyncio.gather(network.sends(deletion(EDIT)), network.sends(sample("x_post_edited.json")))
    assert await network.is_hidden()
    assert await network.waiting() == 0
