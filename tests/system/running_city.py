"""A whole city in processes: components, roles, stand-ins; each can be killed and started again."""

import asyncio
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from adapters.channel import GatewaySecrets
from adapters.kafka import PARTITIONS, Broker
from cli.migrate import prepare_database
from cli.replay import Gateways
from schema.envelope import CASE_EVENTS
from stack.kafka import Kafka
from stack.postgres import Postgres
from stack.processes import Child, free_port
from stack.temporal import Temporal
from storage.keys import Keyring, new_keyring, write_keyring
from storage.sealed_files import Directory
from storage.store import Store, open_store

ROLES = ("worker", "intake", "relay", "reply", "deliver", "web")
READY_SECONDS = 60


@dataclass
class Heard:
    """What a listener of `case.events` heard, whatever broker it came from."""

    by_case: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ids: set[str] = field(default_factory=set)

    def take(self, value: bytes) -> None:
        """One message, once: consumers are to be idempotent by the CloudEvents id."""
        import json

        event = json.loads(value)
        if event["id"] not in self.ids:
            self.ids.add(event["id"])
            self.by_case[event["subject"]].append(event)


class RunningCity:
    """Starts everything in `directory`; `kill` and `start` one part while the rest runs on."""

    def __init__(self, directory: Path, *, bootstrap: str | None = None) -> None:
        self.directory = directory
        self.keyring: Keyring = new_keyring()
        self.postgres = Postgres(directory / "postgres", durable=False)
        self.kafka = Kafka(directory / "kafka")
        self.temporal = Temporal(directory / "temporal")
        self.external_kafka = bootstrap
        self.http_port, self.outside_port = free_port(), free_port()
        self.children: dict[str, Child] = {}
        self.heard = Heard()
        self._env: dict[str, str] = {}
        self._listening: asyncio.Task[None] | None = None
        self._store: Store | None = None

    @property
    def url(self) -> str:
        """Where web listens."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def store(self) -> Store:
        """The city's storage, for looking at it."""
        assert self._store is not None
        return self._store

    @property
    def broker(self) -> Broker:
        """The broker in use."""
        if self.external_kafka:
            return Broker(bootstrap=self.external_kafka, idempotence=True)
        return Broker(bootstrap=self.kafka.bootstrap, idempotence=False)

    @property
    def secrets(self) -> GatewaySecrets:
        """The keys that records are signed with."""
        keys = {
            name: key
            for name, key in self.keyring.gateway_keys.items()
            if name in GatewaySecrets.model_fields
        }
        return GatewaySecrets(pages_url=self.url, **keys)

    @property
    def gateways(self) -> Gateways:
        """Where records are sent."""
        return Gateways(base_url=self.url, secrets=self.secrets)

    async def begin(self) -> None:
        """Start everything and wait until it is ready."""
        self.directory.mkdir(parents=True, exist_ok=True)
        keys = self.directory / "keys.json"
        write_keyring(keys, self.keyring)
        await asyncio.gather(self.postgres.start(), self.temporal.start())
        if self.external_kafka is None:
            await self.kafka.start()
        await prepare_database(self.postgres.url())
        self._store = open_store(
            self.postgres.url(),
            keyring=self.keyring,
            files=Directory(self.directory / "attachments"),
            role="test",
        )
        self._env = self._environment(keys)
        await self._start_outside()
        for role in ROLES:
            await self.start(role)
        self._listening = asyncio.create_task(self._listen())
        await self.wait_ready(*ROLES)

    def _environment(self, keys: Path) -> dict[str, str]:
        outside = f"http://127.0.0.1:{self.outside_port}"
        self._mail_port = free_port()
        return {
            "MINWON_DATABASE_URL": self.postgres.url(),
            "MINWON_KAFKA_BOOTSTRAP": self.broker.bootstrap,
            "MINWON_KAFKA_IDEMPOTENCE": str(self.broker.idempotence).lower(),
            "MINWON_TEMPORAL_ADDRESS": self.temporal.address,
            "MINWON_HTTP_PORT": str(self.http_port),
            "MINWON_STATE_DIR": str(self.directory),
            "MINWON_KEYS_FILE": str(keys),
            "MINWON_QUIET_HOURS": "",
            "MINWON_RATE_LIMITS": "false",
            "MINWON_CARRIER_URL": outside,
            "MINWON_CARRIER_API_KEY": "OUTSIDE0APIKEY00",
            "MINWON_CARRIER_API_SECRET": "OUTSIDE0API0SECRET0FOR0THE0DEMO0",
            "MINWON_PUSH_URL": outside,
            "MINWON_PUSH_TOKEN": "outside",
            "MINWON_X_API_URL": outside,
            "MINWON_X_TOKEN": "outside",
            "MINWON_META_API_URL": outside,
            "MINWON_META_TOKEN": "outside",
            "MINWON_SMTP_URL": f"smtp://127.0.0.1:{self._mail_port}",
        }

    async def _start_outside(self) -> None:
        ports = ["--http-port", str(self.outside_port), "--mail-port", str(self._mail_port)]
        child = Child(
            name="outside",
            argv=[sys.executable, "-m", "cli", "outside", str(self.directory / "outside"), *ports],
            log=self.directory / "outside.log",
        )
        self.children["outside"] = child
        await child.start()

    async def start(self, role: str) -> None:
        """Start one role."""
        ops = free_port()
        child = Child(
            name=role,
            argv=[sys.executable, "-m", "cli", role],
            env={**self._env, "MINWON_OPS_PORT": str(ops)},
            log=self.directory / f"{role}.log",
        )
        self.children[role] = child
        child.env = {**child.env, "MINWON_OPS_PORT": str(ops)}
        await child.start()

    async def kill(self, role: str) -> None:
        """SIGKILL one role."""
        await self.children[role].kill()

    async def kill_broker(self) -> None:
        """SIGKILL the embedded broker, with all that it held, and start it on the same port."""
        await self.kafka.child.kill()
        await self.kafka.start()

    async def lose_temporal(self) -> None:
        """SIGKILL Temporal, delete its database, start it anew on the same port."""
        await self.temporal.child.kill()
        for file in self.temporal.directory.glob("temporal.db*"):
            file.unlink()
        await self.temporal.start()

    async def wait_ready(self, *roles: str) -> None:
        """Wait until the roles say that they are ready."""
        async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(timeout=5) as client:
            for role in roles:
                while not await self._is_ready(client, role):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)

    async def _is_ready(self, client: httpx.AsyncClient, role: str) -> bool:
        port = self.children[role].env["MINWON_OPS_PORT"]
        try:
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def _listen(self) -> None:
        """Hear `case.events` from the beginning, again and again where the broker is lost."""
        while True:
            consumer = AIOKafkaConsumer(
                CASE_EVENTS,
                bootstrap_servers=self.broker.bootstrap,
                group_id=f"listener-{uuid4().hex}",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                session_timeout_ms=6_000,
                heartbeat_interval_ms=1_000,
            )
            try:
                await consumer.start()
                async with asyncio.timeout(15):
                    while True:
                        for records in (await consumer.getmany(timeout_ms=500)).values():
                            for record in records:
                                self.heard.take(record.value)
            except (KafkaError, OSError, TimeoutError):
                await asyncio.sleep(0.5)
            finally:
                await consumer.stop()

    async def hear_all(self) -> None:
        """Read what is on `case.events` now from its beginning, beside the listener."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.broker.bootstrap, enable_auto_commit=False
        )
        await consumer.start()
        try:
            places = [TopicPartition(CASE_EVENTS, number) for number in range(PARTITIONS)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            quiet = 0
            while quiet < 4:
                found = await consumer.getmany(timeout_ms=500)
                quiet = 0 if found else quiet + 1
                for records in found.values():
                    for record in records:
                        self.heard.take(record.value)
        finally:
            await consumer.stop()

    async def received(self, **query: str) -> list[dict[str, Any]]:
        """What citizens received, as the stand-ins keep it."""
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(
                f"http://127.0.0.1:{self.outside_port}/messages", params=query
            )
            found: list[dict[str, Any]] = answer.json()
            return found

    async def end(self) -> None:
        """End everything that was started."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self.children.values()))
        if self._store is not None:
            await self._store.close()
        if self.external_kafka is None:
            await self.kafka.stop()
        await asyncio.gather(self.temporal.stop(), self.postgres.stop())
