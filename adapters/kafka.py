"""Kafka as we use it: manual commits, keys, idempotent producers, topics made up front."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from schema.codes import Channel
from schema.envelope import (
    CASE_EVENTS,
    STAFF_NOTICES,
    dead_letter_topic,
    intake_topic,
    reply_topic,
)

STOP_SECONDS = 3.0
ANSWER_SECONDS = 1.5
TOPIC_PAUSE = 0.3
PARTITIONS = 12
"""Fixed from the start: adding partitions later would break the order of a key."""


@dataclass(frozen=True)
class Broker:
    """Where Kafka is, and whether it knows idempotent producers (the embedded one does not)."""

    bootstrap: str
    idempotence: bool

    @property
    def in_memory(self) -> bool:
        """True for the embedded broker: what it held is gone when it ends."""
        return not self.idempotence


def topics() -> tuple[str, ...]:
    """Every topic of the system."""
    return (
        CASE_EVENTS,
        STAFF_NOTICES,
        *(intake_topic(channel) for channel in Channel),
        *(dead_letter_topic(channel) for channel in Channel),
        *(reply_topic(channel) for channel in Channel),
    )


async def answers(broker: Broker) -> bool:
    """Whether a broker tells of its cluster within ANSWER_SECONDS."""
    client = AIOKafkaClient(bootstrap_servers=broker.bootstrap)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.bootstrap()
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()
    return True


async def missing_topics(broker: Broker) -> tuple[str, ...]:
    """The topics that the broker does not have."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
    finally:
        await admin.close()
    return tuple(name for name in topics() if name not in there)


async def wait_for_topics(broker: Broker, stop: asyncio.Event) -> None:
    """Wait until every topic is there, or `stop` is set. A consumer never makes one: see below."""
    while not stop.is_set() and await missing_topics(broker):  # noqa: ASYNC110 - a broker has no event
        await asyncio.sleep(TOPIC_PAUSE)


async def ensure_topics(broker: Broker) -> Mapping[str, int]:
    """Make the topics that are missing; gives how many partitions each topic has.

    Only the relay that leads does so: the embedded broker begins a topic again at offset 0 when it
    is made a second time (measured), and then refuses what is produced to it. A broker that has
    lost its topics may be asked for one by a consumer first, and makes it with a number of
    partitions of its own (measured: 4 on the embedded broker; Kafka's default is 1).
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        there = await _partitions(admin)
        wanted = [
            NewTopic(name, num_partitions=PARTITIONS, replication_factor=1)
            for name in topics()
            if name not in there
        ]
        if not wanted:
            return there
        with suppress(TopicAlreadyExistsError):  # made between our look and our call
            await admin.create_topics(wanted)
        return await _partitions(admin)
    finally:
        await admin.close()


async def _partitions(admin: AIOKafkaAdminClient) -> dict[str, int]:
    return {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics()}


async def stopped(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Stop a client, but never wait longer than STOP_SECONDS: one whose broker refuses what it
    still holds would wait for ever, and whatever it holds is produced again anyway."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await client.stop()
    except TimeoutError:
        return


def producer(broker: Broker) -> AIOKafkaProducer:
    """A producer that has a record on all in-sync replicas before it says so."""
    return AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap,
        acks="all",
        enable_idempotence=broker.idempotence,
        linger_ms=5,
        request_timeout_ms=20_000,
        max_request_size=20 * 1024 * 1024,
    )


def consumer(broker: Broker, names: Sequence[str], *, group: str) -> AIOKafkaConsumer:
    """A consumer that commits by hand and misses nothing that came before it did."""
    return AIOKafkaConsumer(
        *names,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=15_000,
        heartbeat_interval_ms=3_000,
        isolation_level="read_committed",
        metadata_max_age_ms=10_000,
        max_poll_interval_ms=1_800_000,
    )
