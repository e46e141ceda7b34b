"""How far intake is behind, asked of the broker itself: a consumer that hangs would say nothing."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from adapters.intake import GROUP
from adapters.kafka import PARTITIONS, Broker, stopped
from schema.codes import Channel
from schema.envelope import intake_topic

WITHIN = 3.0


async def intake_lag(broker: Broker) -> int | None:
    """Records of `intake.*` that the intake group has not committed; None where the broker does
    not answer within WITHIN seconds."""
    kafka = AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap, group_id=GROUP, enable_auto_commit=False
    )
    try:
        async with asyncio.timeout(WITHIN):
            await kafka.start()
            return await _behind(kafka)
    except (KafkaError, OSError, TimeoutError):
        return None
    finally:
        await stopped(kafka)


async def _behind(kafka: AIOKafkaConsumer) -> int:
    """Assigned by hand it joins no group, so that nobody is rebalanced for our looking."""
    places = [
        TopicPartition(intake_topic(channel), number)
        for channel in Channel
        for number in range(PARTITIONS)
    ]
    kafka.assign(places)
    ends = await kafka.end_offsets(places)
    begins = await kafka.beginning_offsets(places)
    behind = 0
    for place in places:
        done = await kafka.committed(place) if ends[place] > begins[place] else ends[place]
        behind += ends[place] - max(done or 0, begins[place])
    return behind
