"""The loop of the roles reply and deliver: nothing blocks it, nothing is lost by it.

A record is handled before its offset is committed. What cannot be done because the database is
away is waited for. What fails otherwise is counted, logged by its code and passed over: its row is
not settled, and so the relay produces it again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import CommitFailedError, KafkaError
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from adapters.fetching import Fetched, Fetching, StalledError
from adapters.gateway_answers import DATABASE_IS_AWAY
from adapters.kafka import Broker, consumer, stopped, wait_for_topics
from adapters.relay import pause
from storage.faults import is_permanent

log = structlog.get_logger()

AT_ONCE = 6
"""Partitions worked on side by side; the messages of one case stay in order."""

FAULT_PAUSE = 1.0
SKIPPED = Counter(
    "minwon_messages_passed_over", "Messages that could not be handled", ["role", "code"]
)

Handle = Callable[[bytes], Awaitable[None]]


class NotOursError(Exception):
    """A message that says nothing to us; `code` says why. It is passed over for good."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_away(error: Exception) -> bool:
    """True where the database cannot be reached: to be waited for."""
    if isinstance(error, DATABASE_IS_AWAY):
        return True
    return isinstance(error, DBAPIError) and not is_permanent(error)


class Consuming:
    """One role's loop over its topics."""

    def __init__(self, role: str, broker: Broker, topics: Sequence[str], handle: Handle) -> None:
        self._role = role
        self._broker = broker
        self._topics = tuple(topics)
        self._handle = handle
        self.ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Handle until `stop`; a broker or database that is away is waited for."""
        while not stop.is_set():
            try:
                await wait_for_topics(self._broker, stop)
                await self._consume(stop)
            except Exception as error:
                if not (isinstance(error, KafkaError) or is_away(error)):
                    raise
                log.warning(f"{self._role} waits", fault=type(error).__name__)
                await pause(stop, FAULT_PAUSE)
            finally:
                self.ready = False

    async def _consume(self, stop: asyncio.Event) -> None:
        kafka = consumer(self._broker, self._topics, group=f"minwon-{self._role}")
        try:
            await kafka.start()
            fetching = Fetching(kafka, self._broker)
            self.ready = True
            while not stop.is_set():
                await self._take(kafka, await fetching.records())
        except StalledError:
            log.info("nothing comes; joining the group anew", role=self._role)
        finally:
            await stopped(kafka)

    async def _take(self, kafka: AIOKafkaConsumer, fetched: Fetched) -> None:
        places = asyncio.Semaphore(AT_ONCE)

        async def partition(records: list[ConsumerRecord]) -> None:
            async with places:
                for record in records:
                    await self._one(record.value or b"")

        async with asyncio.TaskGroup() as group:
            for records in fetched.values():
                group.create_task(partition(records))
        await self._commit(kafka, fetched)

    async def _commit(self, kafka: AIOKafkaConsumer, fetched: Fetched) -> None:
        if not fetched:
            return
        try:
            await kafka.commit({at: records[-1].offset + 1 for at, records in fetched.items()})
        except CommitFailedError:
            log.info("the group was rebalanced; these records will come again", role=self._role)

    async def _one(self, value: bytes) -> None:
        try:
            await self._handle(value)
        except NotOursError as fault:
            self._pass_over(fault.code)
        except Exception as error:
            if is_away(error):
                raise
            self._pass_over("fault")
            log.exception("a message could not be handled; it will come again", role=self._role)

    def _pass_over(self, code: str) -> None:
        SKIPPED.labels(self._role, code).inc()
        log.warning("message passed over", role=self._role, code=code)
