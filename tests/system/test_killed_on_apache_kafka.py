"""The same kills on Apache Kafka, with idempotent producers: a log that survives its broker."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from rich.console import Console

from cli.replay import replay
from tests.system.apache_kafka import ApacheKafka, is_possible
from tests.system.promises import came_to_rest, every_promise_holds
from tests.system.running_city import ROLES, RunningCity
from tests.system.test_killed import answer_some, sample_of

NOT_HERE = "Apache Kafka was not tested: it needs a JDK 17 and Maven on the PATH."


@pytest_asyncio.fixture(loop_scope="session")
async def apache(tmp_path: Path) -> AsyncIterator[ApacheKafka]:
    """The broker."""
    broker = ApacheKafka(tmp_path / "apache")
    await broker.start()
    yield broker
    await broker.stop()


async def kill_one_after_another(city: RunningCity, apache: ApacheKafka) -> None:
    """Every role once, and the broker, which comes back with its log."""
    for role in ROLES:
        await asyncio.sleep(2.0)
        await city.kill(role)
        await asyncio.sleep(0.5)
        await city.start(role)
    await apache.child.kill()
    await apache.start()


if is_possible():

    async def test_roles_and_broker_killed_on_apache_kafka(
        apache: ApacheKafka, tmp_path: Path
    ) -> None:
        """Roles and broker are killed in the middle of half a thousand records; every promise
        holds, with producers that are idempotent."""
        city = RunningCity(tmp_path / "city", bootstrap=apache.bootstrap)
        try:
            await city.begin()
            part = await sample_of(tmp_path)
            killing = asyncio.create_task(kill_one_after_another(city, apache))
            answering = asyncio.create_task(answer_some(city, times=80))
            quiet = Console(file=io.StringIO())
            await replay(
                part, gateways=city.gateways, store=city.store, console=quiet, concurrency=2
            )
            await asyncio.gather(killing, answering)
            await city.wait_ready(*ROLES)
            await came_to_rest(city)
            await every_promise_holds(city)
        finally:
            await city.end()
else:
    print(NOT_HERE)
