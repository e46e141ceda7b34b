"""PostgreSQL, Kafka and Temporal as embedded: they carry on, and leave nothing behind."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from stack.kafka import Kafka
from stack.postgres import Postgres
from stack.processes import Child, ComponentError, free_port, is_listening, wait_listening
from stack.temporal import RETENTION_DAYS, Temporal

Component = TypeVar("Component", Postgres, Kafka, Temporal)
LOOKS = 100

OWNER = """
import asyncio, sys
from pathlib import Path
from stack.kafka import Kafka
from stack.postgres import Postgres

async def own():
    parts = Postgres(Path(sys.argv[1]) / "pg", durable=False), Kafka(Path(sys.argv[1]) / "kafka")
    for part in parts:
        await part.start()
    print(*(part.child.pid for part in parts), flush=True)
    await asyncio.sleep(600)

asyncio.run(own())
"""


@contextlib.asynccontextmanager
async def running(component: Component) -> AsyncIterator[Component]:
    """The component, started, and stopped whatever happens."""
    await component.start()
    try:
        yield component
    finally:
        await component.stop()


async def asked(url: str, *statements: str) -> list[object]:
    """What each statement gives first."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as conn:
            results = [await conn.execute(text(statement)) for statement in statements]
            return [result.scalar() if result.returns_rows else None for result in results]
    finally:
        await engine.dispose()


async def retention_of(temporal: Temporal) -> int:
    """Days that the namespace keeps closed workflows, as the server says."""
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    described = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=temporal.namespace)
    )
    return described.config.workflow_execution_retention_ttl.ToTimedelta().days


async def has_ended(pid: int) -> bool:
    """Whether the process ends within a while."""
    for _ in range(LOOKS):
        if pid not in processes():
            return True
        await asyncio.sleep(0.1)
    return False


async def test_postgres_carries_on_with_its_data_after_a_stop(tmp_path: Path) -> None:
    """What was committed is there after a restart on the same directory, in UTF-8."""
    directory = tmp_path / "pg"
    async with running(Postgres(directory, durable=False)) as first:
        await asked(
            first.url(), "CREATE TABLE said (words text)", "INSERT INTO said VALUES ('민원')"
        )
    async with running(Postgres(directory, durable=False)) as second:
        found = await asked(second.url(), "SELECT words FROM said", "SHOW server_encoding")
    assert found == ["민원", "UTF8"]


async def test_postgres_carries_on_with_its_data_after_a_sigkill(tmp_path: Path) -> None:
    """A killed server starts again on the same port, with what was committed."""
    async with running(Postgres(tmp_path / "pg", durable=False)) as server:
        await asked(server.url(), "CREATE TABLE said (n int)", "INSERT INTO said VALUES (7)")
        port = server.port
        await server.child.kill()
        await server.start()
        assert server.port == port
        assert await asked(server.url(), "SELECT n FROM said") == [7]


async def test_postgres_asks_for_its_password(tmp_path: Path) -> None:
    """Another user of the machine gets nothing from it without the password."""
    async with running(Postgres(tmp_path / "pg", durable=False)) as server:
        stranger = server.url().replace("minwon:", "minwon:wrong-", 1)
        with pytest.raises(Exception, match="password authentication failed"):
            await asked(stranger, "SELECT 1")


async def test_two_of_each_run_side_by_side(tmp_path: Path) -> None:
    """Each has its own port and its own data."""
    async with contextlib.AsyncExitStack() as stack:
        databases = [
            await stack.enter_async_context(running(Postgres(tmp_path / name, durable=False)))
            for name in ("one", "two")
        ]
        brokers = [
            await stack.enter_async_context(running(Kafka(tmp_path / f"kafka-{name}")))
            for name in ("one", "two")
        ]
        await asked(databases[0].url(), "CREATE TABLE only_here (n int)")
        where = "SELECT to_regclass('only_here') IS NOT NULL"
        assert [(await asked(each.url(), where))[0] for each in databases] == [True, False]
        ports = [each.port for each in databases] + [each.port for each in brokers]
        assert len(set(ports)) == 4


async def test_a_restarted_broker_takes_messages_on_the_same_address(tmp_path: Path) -> None:
    """Clients find it where it was."""
    async with running(Kafka(tmp_path)) as broker:
        address = broker.bootstrap
        await broker.child.kill()
        await broker.start()
        assert broker.bootstrap == address
        async with AIOKafkaProducer(bootstrap_servers=address, acks="all") as producer:
            await producer.client.fetch_all_metadata()
            assert producer.client.cluster.brokers()


async def test_temporal_says_whether_it_found_its_state(tmp_path: Path) -> None:
    """A new database is told from an old one: a new one is what `minwon resume` heals."""
    async with running(Temporal(tmp_path)) as first:
        assert not first.had_state
        assert await retention_of(first) == RETENTION_DAYS
    async with running(Temporal(tmp_path)) as second:
        assert second.had_state
        assert await retention_of(second) == RETENTION_DAYS


async def test_nothing_is_left_after_a_stop(tmp_path: Path) -> None:
    """No process of ours survives, and the ports are free."""
    parts: list[Postgres | Kafka | Temporal] = [
        Postgres(tmp_path / "pg", durable=False),
        Kafka(tmp_path / "k"),
        Temporal(tmp_path),
    ]
    for part in parts:
        await part.start()
    family = [pid for part in parts for pid in family_of(part.child.pid)]
    assert len(family) > len(parts)
    await asyncio.gather(*(part.stop() for part in parts))
    assert [pid for pid in family if not await has_ended(pid)] == []
    assert not any(is_listening("127.0.0.1", part.port) for part in parts)


async def test_components_end_when_who_started_them_is_killed(tmp_path: Path) -> None:
    """Even SIGKILL of the owner leaves no process behind."""
    owner = Child(name="owner", argv=[sys.executable, "-c", OWNER, str(tmp_path)])
    await owner.start()
    assert owner.output is not None
    said = (await owner.output.readline()).decode()
    pids = [pid for word in said.split() for pid in family_of(int(word))]
    assert len(pids) > 2, said
    await owner.kill()
    assert [pid for pid in pids if not await has_ended(pid)] == []


async def test_a_component_that_ends_at_its_start_is_named(tmp_path: Path) -> None:
    """One sentence says which, and where its log is."""
    child = Child(name="Broken", argv=[sys.executable, "-c", "1 / 0"], log=tmp_path / "broken.log")
    await child.start()
    with pytest.raises(ComponentError, match=r"Broken ended at its start; see .*broken\.log"):
        await wait_listening(child, "127.0.0.1", free_port())


def processes() -> dict[int, int]:
    """Every living process of this machine, with its parent. Zombies are no longer living."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(stat.parent.name)] = int(parent)
    return parents


def family_of(pid: int) -> list[int]:
    """The process and its children."""
    return [pid, *(child for child, parent in processes().items() if parent == pid)]
