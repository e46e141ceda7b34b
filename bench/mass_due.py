"""Deadlines that fall on one second (P21): wakes a second, and how late they are at full spread.

Ten thousand cases due at 18:00 wake spread over five minutes, 33 a second. The same rate for half
a minute, on the record alone: Temporal's own timers are measured with whole lives.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from activities.petition import PetitionActivities
from bench.city import storage_only
from rules.book import read_rule_book
from schema.codes import CaseKind, Channel
from schema.submission import Submission
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.store import Store
from workflows.petition import JITTER_SECONDS

AT_ONCE = 20
"""The local activities that a worker runs at once: more wakes wait in its queue."""
BURST = 400
SPREAD = 1_000
RATE = 10_000 / JITTER_SECONDS
FILED = datetime(2026, 3, 9, 1, tzinfo=UTC)
WOKEN = datetime(2026, 4, 8, 1, tzinfo=UTC)
TEXT = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다."
BARE = """
WITH logged AS (
  INSERT INTO case_event
  SELECT (e).* FROM (
    SELECT jsonb_populate_record(e, jsonb_build_object(
      'seq', e.seq + 1, 'id', gen_random_uuid(), 'request_id', 'bare/' || e.seq)) AS e
    FROM case_event e WHERE e.case_number = :number ORDER BY e.seq DESC LIMIT 1) AS copied
  RETURNING id)
INSERT INTO outbox (event_id, topic, key, message)
SELECT logged.id, o.topic, o.key, o.message
FROM logged, (SELECT * FROM outbox WHERE key = :number ORDER BY id DESC LIMIT 1) AS o
"""


async def _open_cases(store: Store, recorder: Recorder, count: int) -> list[str]:
    """Grievances of a month ago, taken in and neglected."""
    activities = PetitionActivities(store, recorder, recorder.book)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> str:
        submission = Submission(
            channel=Channel.WEB_FORM,
            external_id=str(uuid4()),
            submitted_at=FILED,
            text=TEXT,
            item="HB04",
            kind=CaseKind.PETITION,
        )
        async with gate:
            async with store.engine.begin() as conn:
                key = await new_data_key(conn, store.keyring)
                done = await register(conn, store, recorder, submission, key=key)
            await activities.take_in(done.number)
        return done.number

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def _rate(numbers: Sequence[str], each: Callable[[str], Awaitable[object]]) -> float:
    """How many a second, `AT_ONCE` at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: str) -> None:
        async with gate:
            await each(number)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in numbers))
    return len(numbers) / (time.perf_counter() - began)


async def _lateness(
    numbers: Sequence[str], wake: Callable[[str], Awaitable[object]]
) -> list[float]:
    """Milliseconds from the instant at which each was to wake until it has acted."""
    gate, began = asyncio.Semaphore(AT_ONCE), time.perf_counter()

    async def one(place: int, number: str) -> float:
        due = began + place / RATE
        await asyncio.sleep(due - time.perf_counter())
        async with gate:
            await wake(number)
        return (time.perf_counter() - due) * 1000

    return list(await asyncio.gather(*(one(*pair) for pair in enumerate(numbers))))


async def mass_due(directory: Path) -> None:
    """Print wakes a second beside bare writes of as much, and the lateness at full spread."""
    async with storage_only(directory) as store:
        recorder = Recorder(store, read_rule_book())
        burst = await _open_cases(store, recorder, BURST)
        spread = await _open_cases(store, recorder, SPREAD)

        async def wake(number: str) -> None:
            await recorder.wake(number, WOKEN)

        async def bare(number: str) -> None:
            async with store.engine.begin() as conn:
                lock = text("SELECT number FROM cases WHERE number = :number FOR UPDATE")
                await conn.execute(lock, {"number": number})
                await conn.execute(text(BARE), {"number": number})
                moved = text("UPDATE cases SET next_at = next_at WHERE number = :number")
                await conn.execute(moved, {"number": number})

        woken, written = await _rate(burst, wake), await _rate(burst, bare)
        late = statistics.quantiles(await _lateness(spread, wake), n=100)
    print(
        f"wakes that act: {woken:.0f}/s, bare writes of as much {written:.0f}/s, "
        f"ratio {woken / written:.2f}; needed for 10,000 at one second: {RATE:.0f}/s"
    )
    print(f"late at that rate: median {late[49]:.0f} ms, 99 % within {late[98]:.0f} ms")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory(prefix="minwon-bench-") as found:
        Path(found).chmod(0o755)
        asyncio.run(mass_due(Path(found)))
