"""Whole lives a second: our PetitionWorkflow beside a bare workflow on the same server.

A life of ours: registered, taken in, routed, started, answered, withdrawn from waiting by its
case being closed. The bare one has one timer and two updates, and records nothing.
"""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from activities.petition import PetitionActivities
from bench.city import storage_only
from rules.book import read_rule_book
from schema.codes import Action, CaseKind, Channel, Role
from schema.commands import Command
from schema.events import Actor
from schema.submission import Location, Submission
from stack.temporal import Temporal
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.store import Store
from worker import workflow_runner
from workflows.client import RunningCases
from workflows.petition import PetitionWorkflow

LIVES = 150
ROUNDS = 5
AT_ONCE = 25


@workflow.defn(sandboxed=False)
class BareWorkflow:
    """One timer, two updates."""

    def __init__(self) -> None:
        self._updates = 0

    @workflow.run
    async def run(self, number: str) -> None:
        """Wait for two updates, under a timer that never fires."""
        await workflow.wait_condition(lambda: self._updates >= 2, timeout=timedelta(days=1))
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def touch(self, number: str) -> int:
        """Count."""
        self._updates += 1
        return self._updates


async def _bare_life(client: Client, queue: str) -> None:
    handle = await client.start_workflow(
        BareWorkflow.run, "x", id=f"bare-{uuid4().hex}", task_queue=queue
    )
    await handle.execute_update(BareWorkflow.touch, "1")
    await handle.execute_update(BareWorkflow.touch, "2")
    await handle.result()


async def _our_life(running: RunningCases, client: Client, number: str) -> None:
    """Start, work begins, and the petitioner withdraws: two updates, and the run ends."""
    await running.start(number)
    officer = Actor(role=Role.FIRST_LINE, department="6110000.first-line", account="bench")
    for action, actor in ((Action.START, officer), (Action.WITHDRAW, Actor(role=Role.CITIZEN))):
        command = Command(
            request_id=str(action), case=number, action=action, actor=actor, at=datetime.now(UTC)
        )
        await running.act(command, patience=timedelta(seconds=30))
    await client.get_workflow_handle(number).result()


async def _registered(store: Store, recorder: Recorder, count: int) -> list[str]:
    numbers = []
    for _ in range(count):
        submission = Submission(
            channel=Channel.WEB_FORM,
            external_id=uuid4().hex,
            submitted_at=datetime.now(UTC),
            kind=CaseKind.PETITION,
            text="마포구 월드컵로 212 앞 보도블록이 깨져 있습니다.",
            location=Location(address="마포구 월드컵로 212"),
        )
        async with store.engine.begin() as conn:
            key = await new_data_key(conn, store.keyring)
            done = await register(conn, store, recorder, submission, key=key)
        numbers.append(done.number)
    return numbers


async def _rate(lives: list[object]) -> float:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(life: object) -> None:
        async with places:
            await life  # type: ignore[misc]

    began = time.perf_counter()
    await asyncio.gather(*(one(life) for life in lives))
    return len(lives) / (time.perf_counter() - began)


async def lives_per_second(directory: Path) -> None:
    """Print lives a second of both, in turn, and the median of the ratios."""
    temporal = Temporal(directory / "temporal")
    await temporal.start()
    async with storage_only(directory) as store:
        book = read_rule_book()
        recorder = Recorder(store, book)
        client = await Client.connect(
            temporal.address, namespace="minwon", data_converter=pydantic_data_converter
        )
        activities = PetitionActivities(store, recorder, book)
        ours = Worker(
            client,
            task_queue="petitions",
            workflows=[PetitionWorkflow],
            activities=activities.all(),
            workflow_runner=workflow_runner(),
        )
        bare = Worker(client, task_queue="bare", workflows=[BareWorkflow])
        rates: list[tuple[float, float]] = []
        async with ours, bare:
            running = RunningCases(client)
            for _ in range(ROUNDS + 1):
                numbers = await _registered(store, recorder, LIVES)
                our_rate = await _rate([_our_life(running, client, one) for one in numbers])
                bare_rate = await _rate([_bare_life(client, "bare") for _ in range(LIVES)])
                rates.append((our_rate, bare_rate))
    await temporal.stop()
    counted = rates[1:]
    print(f"lives a second, ours   median {statistics.median(a for a, _ in counted):6.1f}")
    print(f"lives a second, bare   median {statistics.median(b for _, b in counted):6.1f}")
    ratios = [a / b for a, b in counted]
    shown = " ".join(f"{one:.2f}" for one in ratios)
    print(f"ratio ours / bare      median {statistics.median(ratios):6.2f}   (each: {shown})")
