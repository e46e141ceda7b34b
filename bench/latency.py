"""Milliseconds from the gateway's answer to the status that the citizen sees, at 20 a second."""

import asyncio
import statistics
import time
from pathlib import Path

import httpx

from tests.system.running_city import RunningCity

PER_SECOND = 20
SECONDS = 20
LOOK_EVERY = 0.02
PATIENCE = 30.0


async def _one(client: httpx.AsyncClient, ordinal: int) -> float:
    body = {"text": f"마포구 월드컵로 {ordinal} 앞 보도블록이 깨져 있습니다.", "reply_by": "page"}
    began = time.perf_counter()
    filed = (await client.post("/api/v1/petitions", json=body)).json()
    address = f"/api/v1/petitions/{filed['receipt_number']}"
    headers = {"X-Minwon-Key": filed["key"]}
    while time.perf_counter() - began < PATIENCE:
        status = (await client.get(address, headers=headers)).json()["status"]
        if status != "SUBMITTED":
            return time.perf_counter() - began
        await asyncio.sleep(LOOK_EVERY)
    return PATIENCE


async def gateway_to_page(directory: Path) -> None:
    """Print p50 and p95 of the time from sending a form to the assigned case being visible."""
    city = RunningCity(directory)
    try:
        await city.begin()
        async with httpx.AsyncClient(
            base_url=city.url, timeout=30, limits=httpx.Limits(max_connections=60)
        ) as client:
            sent: list[asyncio.Task[float]] = []
            for ordinal in range(PER_SECOND * SECONDS):
                sent.append(asyncio.create_task(_one(client, ordinal)))
                await asyncio.sleep(1 / PER_SECOND)
            times = sorted(await asyncio.gather(*sent))
    finally:
        await city.end()
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"gateway to visible status at {PER_SECOND}/s: p50 {p50 * 1000:.0f} ms, ", end="")
    print(f"p95 {p95 * 1000:.0f} ms ({len(times)} records)")
