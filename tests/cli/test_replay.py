"""The sample day on real gateways and a real database: everything ends as it is meant to."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from rich.console import Console

from activities.petition import PetitionActivities
from adapters.channel import GatewaySecrets
from adapters.intake import Intake
from adapters.registry import ADAPTERS
from adapters.relay_sources import JOURNAL
from cli.replay import Gateways, ReplayError, replay
from cli.replay_report import Became, ReplayReport
from rules.book import read_rule_book
from schema.codes import Channel
from stack.processes import free_port
from storage.record import Recorder
from storage.store import Store

DAY = Path(__file__).parents[2] / "samples" / "day.jsonl"
IDLE = 0.05


class City:
    """The gateways over HTTP, and intake and routing as they are called by broker and workflow."""

    def __init__(self, store: Store, state_dir: Path) -> None:
        port = free_port()
        book = read_rule_book()
        recorder = Recorder(store, book)
        self._store = store
        self._state_dir = state_dir
        self._petitions = PetitionActivities(store, recorder, book)
        # Only `take` is called, which never starts a workflow: `_routed` does that part.
        self._intake = Intake(store, recorder, None, ADAPTERS)  # type: ignore[arg-type]
        self._gateways = Gateways(
            base_url=f"http://127.0.0.1:{port}",
            secrets=GatewaySecrets(
                pages_url=f"http://127.0.0.1:{port}",
                sms_120_key="120",
                smart_report_key="app",
                x_consumer_secret="x",
                meta_app_secret="meta",
            ),
        )
        app = FastAPI()
        for adapter in ADAPTERS.values():
            app.include_router(adapter.gateway(store, self._gateways.secrets))
        self.web = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))

    async def take_in(self) -> None:
        """Take what is journalled, until cancelled."""
        while True:
            async with self._store.engine.connect() as conn:
                found = await JOURNAL.pending(conn, self._store, 100)
            for one in found:
                channel = Channel(one.topic.removeprefix("intake."))
                taken = await self._intake.take(channel, one.value, origin="test/0/0")
                if taken.start is not None:
                    await self._petitions.take_in(taken.start)
            await asyncio.sleep(0 if found else IDLE)

    async def replay(self, console: Console) -> ReplayReport:
        """The sample day, sent once more."""
        return await replay(
            DAY,
            gateways=self._gateways,
            store=self._store,
            state_dir=self._state_dir,
            console=console,
        )


@pytest_asyncio.fixture(loop_scope="session")
async def city(store: Store, tmp_path: Path) -> AsyncIterator[City]:
    """A city that takes in."""
    made = City(store, tmp_path)
    tasks = [asyncio.create_task(made.web.serve()), asyncio.create_task(made.take_in())]
    yield made
    made.web.should_exit = True
    tasks[1].cancel()
    await asyncio.wait(tasks)


async def test_the_day_ends_as_it_is_meant_to_and_again_is_known(city: City) -> None:
    """Each record becomes what its line says; sent again, every good one was delivered before."""
    console = Console(record=True, width=160, force_terminal=False)
    first = await city.replay(console)
    assert [(one.sent.record.id, one.became) for one in first.unexpected()] == []
    assert len(first.results) == sum(first.count(became) for became in Became)
    assert first.by_department().total() == first.count(Became.REGISTERED)
    printed = console.export_text()
    assert "What became of the records" in printed
    assert "Registered, by department" in printed

    again = await city.replay(console)
    good = sum(first.count(one) for one in (Became.REGISTERED, Became.CHANGED))
    assert again.count(Became.DELIVERED_BEFORE) == good + first.count(Became.DELIVERED_BEFORE)
    for same in (Became.REFUSED, Became.QUARANTINED, Became.NO_PETITION):
        assert again.count(same) == first.count(same)


async def test_a_web_that_is_down_is_said_in_a_sentence(store: Store) -> None:
    """Without a web the replay gives up with a sentence that says what to look at."""
    nowhere = Gateways(
        base_url=f"http://127.0.0.1:{free_port()}",
        secrets=GatewaySecrets(pages_url="http://127.0.0.1"),
    )
    with pytest.raises(ReplayError, match="look whether web and its database are up"):
        await replay(DAY, gateways=nowhere, store=store, patience=timedelta(0))
