"""SIGKILL in the middle of the work: nothing is lost, and nothing happens twice."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio
from rich.console import Console
from sqlalchemy import text

from cli.replay import replay
from tests.system.promises import came_to_rest, every_promise_holds
from tests.system.running_city import ROLES, RunningCity

SAMPLE = Path(__file__).parents[2] / "samples" / "day.jsonl"
MOST_RECORDS = 520


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[RunningCity]:
    """A city of its own: it will not be the same afterwards."""
    running = RunningCity(tmp_path / "city")
    try:
        await running.begin()
        yield running
    finally:
        await running.end()


async def sample_of(directory: Path) -> Path:
    """The first half thousand records of the sample day, broken ones and repeated ones included."""
    lines = await asyncio.to_thread(SAMPLE.read_text, encoding="utf-8")
    folder = directory / "samples"
    folder.mkdir()
    (folder / "photos").symlink_to(SAMPLE.parent / "photos")
    part = folder / "half.jsonl"
    part.write_text("\n".join(lines.splitlines()[:MOST_RECORDS]) + "\n", encoding="utf-8")
    return part


async def answer_some(city: RunningCity, *, times: int) -> None:
    """An officer who answers cases while everything around falls over."""
    password = city.keyring.gateway_keys["administrator_password"]
    async with httpx.AsyncClient(base_url=city.url, auth=("admin", password), timeout=20) as client:
        for _ in range(times):
            async with city.store.engine.connect() as conn:
                number = await conn.scalar(
                    text(
                        "SELECT number FROM cases WHERE state = 'ASSIGNED' AND NOT EXISTS"
                        " (SELECT 1 FROM command WHERE case_number = number) LIMIT 1"
                    )
                )
            if number is not None:
                body = {"request_id": f"answer-{number}", "text": "현장을 확인하고 조치했습니다."}
                try:
                    await client.post(f"/api/v1/cases/{number}/actions/answer", json=body)
                except httpx.TransportError:
                    await asyncio.sleep(0.5)
            await asyncio.sleep(0.1)


async def kill_one_after_another(city: RunningCity) -> None:
    """Every role once, and the broker with its log, a few seconds apart."""
    for role in (*ROLES, "broker"):
        await asyncio.sleep(2.0)
        if role == "broker":
            await city.kill_broker()
            continue
        await city.kill(role)
        await asyncio.sleep(0.5)
        await city.start(role)


async def test_roles_and_broker_killed_in_the_middle(city: RunningCity, tmp_path: Path) -> None:
    """web, intake, relay, worker, reply, deliver and the broker are killed in the middle of half a
    thousand records while an officer answers: at rest, every promise holds."""
    part = await sample_of(tmp_path)
    quiet = Console(file=io.StringIO())
    killing = asyncio.create_task(kill_one_after_another(city))
    answering = asyncio.create_task(answer_some(city, times=120))
    await replay(part, gateways=city.gateways, store=city.store, console=quiet, concurrency=2)
    await asyncio.gather(killing, answering)
    await city.wait_ready(*ROLES)
    await came_to_rest(city)
    await every_promise_holds(city)


async def test_temporal_lost_with_its_database(city: RunningCity, tmp_path: Path) -> None:
    """Temporal is killed and its database deleted: every open case gets its workflow again from
    the record, and goes on where it stood."""
    part = await sample_of(tmp_path)
    quiet = Console(file=io.StringIO())
    sending = asyncio.create_task(
        replay(part, gateways=city.gateways, store=city.store, console=quiet, concurrency=8)
    )
    await asyncio.sleep(8)
    await city.lose_temporal()
    await sending
    await answer_some(city, times=40)
    await came_to_rest(city)
    await every_promise_holds(city)
    async with city.store.engine.connect() as conn:
        unattended = await conn.scalar(
            text("SELECT count(*) FROM cases WHERE NOT ended AND workflow_started_at IS NULL")
        )
    assert unattended == 0
