"""Records a second from topic to registered row, against the plain bulk insert of the same rows."""

import asyncio
import json
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert, select, text
from temporalio.client import Client

from adapters.channel import ChannelAdapter
from adapters.intake import Intake
from adapters.kafka import Broker, ensure_topics, producer
from adapters.registry import ADAPTERS
from bench.city import storage_only
from rules.book import read_rule_book
from schema.codes import Channel
from schema.envelope import CloudEvent, intake_topic, intake_type
from stack.kafka import Kafka
from storage.record import Recorder
from storage.store import Store
from storage.tables import case_event, case_text, cases, data_key, outbox, petitioner
from storage.tables import registered_revision as revisions
from workflows.client import RunningCases

RECORDS = 600
ROUNDS = 3
TABLES = (data_key, cases, petitioner, case_text, revisions, case_event, outbox)


class _NotStarted(RunningCases):
    """Workflows are measured elsewhere: here a record ends as a registered row."""

    async def start(self, number: str) -> None:
        """Nothing."""


def _message() -> bytes:
    body = {"text": "마포구 월드컵로 212 앞 보도블록이 깨져 있습니다.", "reply_by": "page"}
    return CloudEvent(
        id=f"{uuid4().hex}/0",
        source="/bench",
        type=intake_type(Channel.WEB_FORM, "form"),
        time=datetime.now(UTC),
        datacontenttype="application/json",
        data=json.loads(json.dumps(body)),
    ).to_bytes()


async def _count(store: Store) -> int:
    async with store.engine.connect() as conn:
        return int(await conn.scalar(text("SELECT count(*) FROM cases")) or 0)


async def _bulk(store: Store) -> float:
    """Rows a second when the same rows are copied in bulk, table by table, in one transaction."""
    async with store.engine.begin() as conn:
        copied = {
            table: [dict(row._mapping) for row in await conn.execute(select(table))]
            for table in TABLES
        }
        await conn.execute(text("TRUNCATE cases, data_key, outbox, registered_revision CASCADE"))
    began = time.perf_counter()
    async with store.engine.begin() as conn:
        for table, rows in copied.items():
            await conn.execute(insert(table), rows)
    return len(copied[cases]) / (time.perf_counter() - began)


async def registration_speed(directory: Path) -> None:
    """Print both rates and their ratio, medians of several rounds."""
    kafka = Kafka(directory / "kafka")
    await kafka.start()
    broker = Broker(bootstrap=kafka.bootstrap, idempotence=False)
    await ensure_topics(broker)
    adapters: dict[Channel, ChannelAdapter] = ADAPTERS
    taken, bulk = [], []
    async with storage_only(directory) as store:
        client = await Client.connect("127.0.0.1:1", lazy=True)
        intake = Intake(store, Recorder(store, read_rule_book()), _NotStarted(client), adapters)
        sending = producer(broker)
        await sending.start()
        for _ in range(ROUNDS):
            before = await _count(store)
            for _ in range(RECORDS):
                await sending.send(
                    intake_topic(Channel.WEB_FORM), _message(), key=uuid4().hex.encode()
                )
            await sending.flush()
            stop = asyncio.Event()
            began = time.perf_counter()
            running = asyncio.create_task(intake.run(broker, stop))
            while await _count(store) < before + RECORDS:  # noqa: ASYNC110 - rows, not events
                await asyncio.sleep(0.05)
            taken.append(RECORDS / (time.perf_counter() - began))
            stop.set()
            await running
            bulk.append(await _bulk(store))
        await sending.stop()
    await kafka.stop()
    ours, plain = statistics.median(taken), statistics.median(bulk)
    print(f"records a second, topic to registered row   median {ours:7.0f}")
    print(f"records a second, bulk insert of these rows median {plain:7.0f}")
    print(f"ratio registered / bulk                            {ours / plain:7.3f}")
