"""Fetching records, and noticing a consumer that is connected and gets none.

aiokafka can be left so (aiokafka#1019), and a consumer of the embedded broker is, when that broker
was restarted and holds another log: its position is one of the old log's. Both are healed by
joining the group anew, where the last committed offset counts, or the beginning.
"""

import time

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from adapters.kafka import Broker

POLL_MS = 500
QUIET_SECONDS = 8.0

Fetched = dict[TopicPartition, list[ConsumerRecord]]


class StalledError(KafkaError):  # type: ignore[misc]
    """The consumer should have records and gets none: it has to join anew."""


class Fetching:
    """Fetches for one consumer; a new one for each join.

    Whole batches are taken, never part of one: the embedded broker finds a batch only by its
    first offset, and an offset committed inside one would pass over the rest of it (measured).
    """

    def __init__(self, kafka: AIOKafkaConsumer, broker: Broker) -> None:
        self._kafka = kafka
        self._broker = broker
        self._heard_at = time.monotonic()
        self._has_heard = False

    async def records(self) -> Fetched:
        """What has come within POLL_MS, by partition; raises StalledError."""
        found: Fetched = await self._kafka.getmany(timeout_ms=POLL_MS)
        if found:
            self._heard_at, self._has_heard = time.monotonic(), True
        elif time.monotonic() - self._heard_at > QUIET_SECONDS:
            await self._look()
        return found

    async def _look(self) -> None:
        self._heard_at = time.monotonic()
        if self._broker.in_memory:
            if self._has_heard:
                raise StalledError
            return
        assigned = self._kafka.assignment()
        ends = await self._kafka.end_offsets(list(assigned)) if assigned else {}
        for at, end in ends.items():
            if await self._kafka.position(at) < end:
                raise StalledError
