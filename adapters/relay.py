"""The relay: what the database holds for Kafka is produced until Kafka acknowledges it.

Each source is a table drained in the order of its ids. One relay works at a time, the others wait
for its lock, so that the events of one case keep their order. A broker whose log is shorter than
it was has lost it: everything that still matters is then produced again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.broker_log import BrokerLog
from adapters.kafka import Broker, ensure_topics, producer, stopped
from storage.outbox import WAKE_CHANNEL
from storage.store import Store

log = structlog.get_logger()

BATCH = 200
IDLE_PAUSE = 0.5
GATHER_PAUSE = 0.05
"""Between two rounds: what is committed meanwhile goes along in one batch of each source."""

FAULT_PAUSE = 1.0
LEADER_LOCK = 7_240_001
PRODUCED = Counter("minwon_relay_produced", "Messages that Kafka acknowledged", ["source"])


@dataclass(frozen=True)
class Outgoing:
    """One message on its way: the row it came from, and what Kafka gets."""

    row_id: Any
    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Source:
    """A table to drain: what is pending in order, and how a row is marked as produced."""

    name: str
    pending: Callable[[AsyncConnection, Store, int], Awaitable[Sequence[Outgoing]]]
    mark: Callable[[AsyncConnection, Sequence[Any]], Awaitable[None]]


class Relay:
    """The role `relay`."""

    def __init__(self, store: Store, broker: Broker, sources: Sequence[Source]) -> None:
        self._store = store
        self._broker = broker
        self._sources = sources
        self._woken = asyncio.Event()
        self.ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`; a database or broker that is away is waited for."""
        while not stop.is_set():
            try:
                await self._lead(stop)
            except (KafkaError, SQLAlchemyError, OSError) as error:
                self.ready = False
                log.warning("relay waits", fault=type(error).__name__)
                await pause(stop, FAULT_PAUSE)

    async def _lead(self, stop: asyncio.Event) -> None:
        async with self._store.engine.connect() as lock:
            while not await lock.scalar(text(f"SELECT pg_try_advisory_lock({LEADER_LOCK})")):
                await lock.commit()
                self.ready = True
                await pause(stop, 1.0)
                if stop.is_set():
                    return
            await lock.commit()
            try:
                await self._relay(stop, lock)
            finally:
                # The lock is the session's: a connection that went back to the pool with it would
                # keep every relay out for good, this one first.
                await lock.invalidate()

    async def _relay(self, stop: asyncio.Event, lock: AsyncConnection) -> None:
        await ensure_topics(self._broker)
        broker_log = BrokerLog(self._store, self._broker)
        kafka = producer(self._broker)
        await kafka.start()
        try:
            await broker_log.start()
            await self._listen(lock)
            self.ready = True
            while not stop.is_set():
                self._woken.clear()
                await lock.scalar(text("SELECT 1"))
                await lock.commit()
                await broker_log.check()
                moved = [await self._drain(source, kafka, broker_log) for source in self._sources]
                if not any(moved):
                    await pause(self._woken, IDLE_PAUSE)
                await asyncio.sleep(GATHER_PAUSE)
        finally:
            await broker_log.stop()
            await stopped(kafka)

    async def _listen(self, lock: AsyncConnection) -> None:
        """Be woken by whoever commits something to relay; the poll is for what is due again."""
        raw = await lock.get_raw_connection()
        connection = raw.driver_connection
        assert connection is not None
        await connection.add_listener(WAKE_CHANNEL, lambda *_: self._woken.set())
        await lock.commit()

    async def _drain(self, source: Source, kafka: AIOKafkaProducer, broker_log: BrokerLog) -> bool:
        async with self._store.engine.begin() as conn:
            batch = await source.pending(conn, self._store, BATCH)
        if not batch:
            return False
        sent = [
            await kafka.send(out.topic, out.value, key=out.key.encode(), headers=list(out.headers))
            for out in batch
        ]
        acknowledged = await asyncio.gather(*sent)
        async with self._store.engine.begin() as conn:
            await source.mark(conn, [out.row_id for out in batch])
            await broker_log.note(conn, acknowledged)
        PRODUCED.labels(source.name).inc(len(batch))
        return True


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait `seconds`, or less when `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
