"""How far each topic has grown, as we know it, against what the broker says.

An in-memory broker that was restarted begins again at 0, and so does one restored from an older
disk. Acknowledged or not, what it lost has to be produced again.
"""

import time
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import RecordMetadata
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.kafka import Broker, ensure_topics, stopped
from storage.outbox import publish_again
from storage.store import Store
from storage.tables import log_position

log = structlog.get_logger()

CHECK_EVERY_SECONDS = 2.0


class BrokerLog:
    """Compares the ends of the topics with the ends we know of."""

    def __init__(self, store: Store, broker: Broker) -> None:
        self._store = store
        self._broker = broker
        self._reader = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, request_timeout_ms=5000)
        self._next_check = 0.0

    async def start(self) -> None:
        """Connect, and look at once."""
        await self._reader.start()
        await self.check()

    async def stop(self) -> None:
        """Give the connection back."""
        await stopped(self._reader)

    async def check(self) -> None:
        """Look, at most once in CHECK_EVERY_SECONDS; a shorter log makes all of it due again."""
        if time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + CHECK_EVERY_SECONDS
        partitions = await ensure_topics(self._broker)
        async with self._store.engine.begin() as conn:
            known = {
                TopicPartition(row.topic, row.partition): row.next_offset
                for row in await conn.execute(select(log_position))
            }
            # To ask for the end of a partition that the broker has not would wait in vain.
            there = [at for at in known if at.partition < partitions.get(at.topic, 0)]
            ends: dict[TopicPartition, int] = await self._reader.end_offsets(there) if there else {}
            lost = [at for at, next_offset in known.items() if ends.get(at, 0) < next_offset]
            if not lost:
                return
            log.warning("the broker lost its log; producing again", partitions=len(lost))
            await publish_again(conn)
            await conn.execute(delete(log_position))

    async def note(self, conn: AsyncConnection, sent: Sequence[RecordMetadata]) -> None:
        """Remember how far the topics have grown at least with `sent`, in the caller's transaction.

        The first of `sent` in each partition counts: the embedded broker gives as a log's end the
        one behind the first record of its last batch (measured), and a log must not look shorter
        than it is.
        """
        ends: dict[tuple[str, int], int] = {}
        for one in sent:
            place = (one.topic, one.partition)
            ends[place] = min(ends.get(place, one.offset + 1), one.offset + 1)
        statement = insert(log_position)
        await conn.execute(
            statement.on_conflict_do_update(
                index_elements=["topic", "partition"],
                set_={"next_offset": statement.excluded.next_offset},
            ),
            [
                {"topic": topic, "partition": partition, "next_offset": end}
                for (topic, partition), end in sorted(ends.items())
            ],
        )
