"""The role `worker` says by itself whether escalation works: figures, readiness, log."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest_asyncio
from structlog.testing import capture_logs

from activities.escalation_watch import LATE_BEAT
from settings import Settings
from stack.processes import free_port
from stack.temporal import Temporal
from storage.keys import write_keyring
from storage.store import Store
from storage.tables import cases
from tests.woken_city import WokenCity
from worker import Composition, run_worker

OVERDUE = "minwon_escalation_overdue_cases"


@dataclass
class Role:
    """The running role and its operator's port."""

    port: int

    async def asked(self, path: str) -> httpx.Response:
        """What it answers; it may still be starting."""
        async with httpx.AsyncClient(timeout=5) as client:
            for _ in range(200):
                try:
                    return await client.get(f"http://127.0.0.1:{self.port}{path}")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        raise AssertionError(f"nobody answers {path}")

    async def figure(self, name: str) -> float:
        """One figure of /metrics."""
        text = (await self.asked("/metrics")).text
        (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        return float(line.split()[1])

    async def part(self) -> dict[str, object]:
        """What /readyz says of escalation."""
        found: dict[str, object] = (await self.asked("/readyz")).json()["parts"]["escalation"]
        return found

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait (bounded) until something holds."""
        for _ in range(600):
            if await holds():
                return
            await asyncio.sleep(0.1)
        raise AssertionError(await self.part())


@pytest_asyncio.fixture(loop_scope="session")
async def neglected(store: Store) -> WokenCity:
    """A city with one case whose next moment passed weeks ago."""
    city = WokenCity(store)
    await city.file(at=datetime.now(UTC) - timedelta(days=60))
    return city


async def running(
    store: Store, directory: Path, temporal: str, namespace: str
) -> AsyncIterator[Role]:
    """The role, on this database."""
    keys = directory / "keys.json"
    write_keyring(keys, store.keyring)
    role = Role(free_port())
    settings = Settings(
        database_url=store.engine.url.render_as_string(hide_password=False),
        keys_file=keys,
        state_dir=directory,
        temporal_address=temporal,
        temporal_namespace=namespace,
        ops_port=role.port,
    )
    made, stop = Composition(settings, "worker"), asyncio.Event()
    task = asyncio.create_task(run_worker(made, stop))
    try:
        yield role
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)
        await made.store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def without_temporal(
    neglected: WokenCity, tmp_path: Path
) -> AsyncIterator[tuple[Role, list[dict[str, object]]]]:
    """The role where no Temporal answers, and its log."""
    with capture_logs() as logs:
        away = f"127.0.0.1:{free_port()}"
        async for role in running(neglected.store, tmp_path, away, "minwon"):
            yield role, logs  # type: ignore[misc]


@pytest_asyncio.fixture(loop_scope="session")
async def whole(neglected: WokenCity, temporal: Temporal, tmp_path: Path) -> AsyncIterator[Role]:
    """The role with Temporal's own server and its Schedule."""
    async for role in running(neglected.store, tmp_path, temporal.address, "minwon"):
        yield role


async def test_the_alarm_needs_no_temporal(
    without_temporal: tuple[Role, list[dict[str, object]]],
) -> None:
    """With Temporal away nothing can act: figure, part and log say so all the same."""
    role, logs = without_temporal

    async def wrong() -> bool:
        return (await role.part())["detail"] == "escalation_silent"

    await role.until(wrong)
    assert await role.part() == {"ok": False, "needed": False, "detail": "escalation_silent"}
    assert await role.figure(OVERDUE) == 1
    assert await role.figure("minwon_escalation_last_acted_seconds") >= 0
    assert await role.figure("minwon_heartbeat_last_beat_seconds") >= 0
    errors = [line for line in logs if line["log_level"] == "error"]
    assert [line["code"] for line in errors] == ["escalation_silent"]


async def test_housekeeping_finds_what_nobody_attends_and_keeps_the_heart_going(
    neglected: WokenCity, whole: Role
) -> None:
    """The worker starts: the overdue case gets its workflow, which acts or waits for the opening,
    and the Schedule begins a synthetic case that its own takes in and times."""

    async def beating() -> bool:
        async with neglected.store.engine.connect() as conn:
            rows = (await conn.execute(cases.select())).all()
        synthetic = [row for row in rows if row.synthetic]
        overdue = [row for row in rows if row.next_at and row.next_at < datetime.now(UTC)]
        return bool(synthetic) and synthetic[0].next_timer == "heartbeat" and not overdue

    await whole.until(beating)
    assert await whole.figure("minwon_heartbeat_last_beat_seconds") < LATE_BEAT.total_seconds()
