"""The composition root: from settings to engine, keys, Kafka and Temporal, and the role to run."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import NoReturn

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.petition import PetitionActivities
from adapters.channel import GatewaySecrets
from adapters.delivery import Delivering
from adapters.intake import Intake
from adapters.kafka import Broker
from adapters.registry import ADAPTERS
from adapters.relay import Relay, pause
from adapters.relay_sources import SOURCES
from adapters.replying import Replying
from rules.book import RuleBook, read_rule_book
from settings import Settings, SettingsError
from storage.keys import Keyring, read_keyring
from storage.record import Recorder
from storage.store import Store, open_store
from web.acting import Acting
from web.application import build
from web.ops import Part, ops_router
from workflows.client import TASK_QUEUE, RunningCases
from workflows.petition import PetitionWorkflow

log = structlog.get_logger()

DRAIN = timedelta(seconds=5)
OUR_PACKAGES = ("schema", "rules", "storage", "activities", "pydantic", "structlog")
"""Passed through the workflow sandbox: importing our models anew for every case costs 1,025 KB and
38 ms each, against 137 KB and 4 ms (measured)."""

Ready = Callable[[], bool]


def workflow_runner() -> SandboxedWorkflowRunner:
    """The one sandbox of worker, replay and tests."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*OUR_PACKAGES)
    )


async def temporal_client(settings: Settings) -> Client:
    """A client of the city's namespace; connects at its first call, so a start never waits."""
    return await Client.connect(
        settings.required("temporal_address"),
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        lazy=True,
    )


def petition_worker(client: Client, store: Store, book: RuleBook, **options: object) -> Worker:
    """The worker of PetitionWorkflow and its activities."""
    activities = PetitionActivities(store, Recorder(store, book), book)
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[PetitionWorkflow],
        activities=activities.all(),
        workflow_runner=workflow_runner(),
        max_cached_workflows=2_000,
        max_concurrent_workflow_tasks=40,
        max_concurrent_local_activities=20,
        graceful_shutdown_timeout=DRAIN,
        **options,  # type: ignore[arg-type]
    )


class Composition:
    """What the roles are made of, from one set of settings."""

    def __init__(self, settings: Settings, role: str) -> None:
        self.settings = settings
        self.role = role
        self.keyring = self._keyring()
        self.store = open_store(
            settings.required("database_url"),
            keyring=self.keyring,
            attachments_dir=settings.attachments_dir,
            role=role,
        )
        self.book = read_rule_book(other_period=settings.other_period)
        self.recorder = Recorder(self.store, self.book)

    def _keyring(self) -> Keyring:
        if self.settings.keys_file is None:
            raise SettingsError(self.settings.missing("keys_file"))
        return read_keyring(self.settings.keys_file)

    @property
    def broker(self) -> Broker:
        """Kafka, as set."""
        return Broker(
            bootstrap=self.settings.required("kafka_bootstrap"),
            idempotence=self.settings.kafka_idempotence,
        )

    def secrets(self) -> GatewaySecrets:
        """The keys of the gateways: as set, else those made for the embedded default."""
        chosen = {
            name: getattr(self.settings, name) or self.keyring.gateway_keys.get(name)
            for name in GatewaySecrets.model_fields
            if name != "pages_url"
        }
        return GatewaySecrets(pages_url=self.settings.pages_url, **chosen)

    async def database_part(self) -> Part:
        """Whether the database answers."""
        try:
            async with self.store.engine.connect() as conn:
                await conn.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            return Part(ok=False, needed=True, detail=type(error).__name__)
        return Part(ok=True, needed=True)


async def run_worker(made: Composition, stop: asyncio.Event) -> None:
    """Role `worker`: petition workflows and their activities."""
    client = await temporal_client(made.settings)
    ready = False
    async with ops_server(made, lambda: ready):
        while not stop.is_set():
            try:
                async with petition_worker(client, made.store, made.book):
                    ready = True
                    await stop.wait()
            except RuntimeError as error:
                ready = False
                log.warning("worker waits for Temporal", fault=str(error)[:200])
                await pause(stop, 1.0)


async def run_intake(made: Composition, stop: asyncio.Event) -> None:
    """Role `intake`: from the raw topics to registered cases."""
    running = RunningCases(await temporal_client(made.settings))
    intake = Intake(made.store, made.recorder, running, ADAPTERS)
    async with ops_server(made, lambda: intake.ready):
        await intake.run(made.broker, stop)


async def run_relay(made: Composition, stop: asyncio.Event) -> None:
    """Role `relay`: from the database to Kafka."""
    relay = Relay(made.store, made.broker, SOURCES)
    async with ops_server(made, lambda: relay.ready):
        await relay.run(stop)
