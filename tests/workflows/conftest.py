"""A time-skipping Temporal with the real activities on a real database: weeks in seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest_asyncio
from pydantic import JsonValue
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.petition import PetitionActivities
from activities.recomputing import RecomputeActivities
from rules.book import read_rule_book
from rules.calendar import national_calendar
from rules.working_time import seoul, seoul_day
from schema.codes import Action, CaseKind, Channel, Role
from schema.commands import Outcome, Refusal
from schema.events import Actor, CaseEvent
from schema.submission import Contact, Location, Submission
from stack.temporal import program
from storage.cases import Case, events_of, find_case
from storage.commands import keep_command
from storage.recomputing import Recomputing
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.store import Store
from worker import workflow_runner
from workflows.client import TASK_QUEUE, RunningCases
from workflows.petition import PetitionWorkflow
from workflows.recomputing import RecomputeWorkflow


@dataclass
class Town:
    """A city in simulated time: files petitions, acts on them, lets days go by."""

    env: WorkflowEnvironment
    store: Store
    recorder: Recorder
    running: RunningCases

    async def now(self) -> datetime:
        """The simulated instant."""
        return await self.env.get_current_time()

    async def file(self, text: str, **fields: object) -> str:
        """Register a petition that arrives now, and start its workflow."""
        submission = Submission.model_validate(
            {
                "channel": Channel.WEB_FORM,
                "external_id": str(uuid4()),
                "submitted_at": await self.now(),
                "text": text,
                "kind": CaseKind.PETITION,
                "contact": Contact(name="홍길동", phone="010-0000-1234"),
                "location": Location(address="마포구 월드컵로 212"),
                **fields,
            }
        )
        async with self.store.engine.begin() as conn:
            key = await new_data_key(conn, self.store.keyring)
            done = await register(conn, self.store, self.recorder, submission, key=key)
        await self.running.start(done.number)
        await self.reach(done.number, lambda case: case.received_at is not None)
        return done.number

    async def reach(self, number: str, wanted: Callable[[Case], bool]) -> Case:
        """Wait (real time, bounded) until the record shows what is wanted."""
        for _ in range(600):
            case = await self.case(number)
            if wanted(case):
                return case
            await asyncio.sleep(0.05)
        raise AssertionError(f"{number} never got there: {await self.case(number)}")

    async def act(
        self, number: str, action: Action, *, actor: Actor, request_id: str = "", **body: JsonValue
    ) -> Outcome | Refusal | None:
        """One act of a person, stored and sent as the web does it."""
        return await self.send(number, action, actor, body, request_id=request_id)

    async def send(
        self,
        number: str,
        action: Action,
        actor: Actor,
        body: Mapping[str, JsonValue],
        *,
        request_id: str = "",
    ) -> Outcome | Refusal | None:
        """The same, with the fields as one value."""
        async with self.store.engine.begin() as conn:
            _, stored = await keep_command(
                conn,
                self.store,
                number=number,
                request_id=request_id or str(uuid4()),
                action=action,
                actor=actor,
                at=await self.now(),
                body=body,
            )
        return await self.running.act(stored.command, patience=timedelta(seconds=20))

    async def officer(self, number: str, role: Role = Role.OFFICER) -> Actor:
        """An officer of the department that has the case."""
        case = await self.case(number)
        return Actor(role=role, department=case.department, account="officer")

    async def case(self, number: str) -> Case:
        """The case as the record has it."""
        async with self.store.engine.connect() as conn:
            found = await find_case(conn, number)
        assert found is not None
        return found

    async def log(self, number: str) -> tuple[CaseEvent, ...]:
        """The case's events."""
        async with self.store.engine.connect() as conn:
            return await events_of(conn, number)

    def handle(self, number: str) -> WorkflowHandle[PetitionWorkflow, None]:
        """The case's workflow."""
        return self.env.client.get_workflow_handle_for(PetitionWorkflow.run, number)


def until_a_working_morning(now: datetime) -> timedelta:
    """How long until ten o'clock of the next working day: every town begins in the middle of a
    working morning, so that its days are the same at whatever hour the tests are run."""
    tomorrow = seoul_day(now) + timedelta(days=1)
    day = national_calendar(version=1).open_on_or_after(tomorrow)
    return seoul(day, time(10)) - now


@pytest_asyncio.fixture(loop_scope="session")
async def town(store: Store) -> AsyncIterator[Town]:
    """The town, with one worker."""
    book = read_rule_book()
    recorder = Recorder(store, book)
    activities = PetitionActivities(store, recorder, book)
    running: RunningCases | None = None

    async def look_again(number: str) -> None:
        assert running is not None
        await running.look_again(number)

    async def start(name: str) -> None:
        assert running is not None
        await running.start_recomputation(name)

    recomputing = RecomputeActivities(Recomputing(store, book), look_again=look_again, start=start)
    async with (
        await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=program("temporal-test-server"),
            data_converter=pydantic_data_converter,
        ) as env,
        Worker(
            env.client,
            task_queue=TASK_QUEUE,
            workflows=[PetitionWorkflow, RecomputeWorkflow],
            activities=[*activities.all(), *recomputing.all()],
            workflow_runner=workflow_runner(),
        ),
    ):
        await env.sleep(until_a_working_morning(await env.get_current_time()))
        running = RunningCases(env.client)
        yield Town(env, store, recorder, running)
