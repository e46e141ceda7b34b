"""What the relay makes of a broker that is not as it was."""

from pathlib import Path

from aiokafka import AIOKafkaConsumer
from sqlalchemy import func, insert, select

from adapters.broker_log import BrokerLog
from adapters.kafka import PARTITIONS, Broker
from schema.envelope import CASE_EVENTS
from stack.kafka import Kafka
from storage.store import Store
from storage.tables import log_position


async def test_a_topic_that_came_back_with_fewer_partitions_is_a_lost_log(
    store: Store, tmp_path: Path
) -> None:
    """A consumer that asks for its topic before the relay can make it has the broker make it, with
    a number of partitions of the broker's own: the relay does not wait for the others' ends."""
    kafka = Kafka(tmp_path / "kafka")
    await kafka.start()
    asking = AIOKafkaConsumer(CASE_EVENTS, bootstrap_servers=kafka.bootstrap)
    broker_log = BrokerLog(store, Broker(kafka.bootstrap, idempotence=False))
    positions = [
        {"topic": CASE_EVENTS, "partition": at, "next_offset": 1} for at in range(PARTITIONS)
    ]
    try:
        async with store.engine.begin() as conn:
            await conn.execute(insert(log_position), positions)
        await asking.start()
        made = asking.partitions_for_topic(CASE_EVENTS)
        assert made
        assert len(made) < PARTITIONS
        await broker_log.start()
        async with store.engine.connect() as conn:
            assert await conn.scalar(select(func.count()).select_from(log_position)) == 0
    finally:
        await broker_log.stop()
        await asking.stop()
        await kafka.stop()
