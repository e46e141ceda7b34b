"""Each rung of the standard ladder, with its process killed at every point on its way: there is
one event and one notice of it in the end."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest_asyncio
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from rules.escalation import read_escalation
from schema.codes import Action, Role
from stack.temporal import program
from storage.keys import write_keyring
from storage.store import Store
from tests.system.rung_process import Place, Point, main
from tests.woken_city import WokenCity, rungs_of
from workflows.client import TASK_QUEUE
from workflows.petition import JITTER_SECONDS, PetitionWorkflow

PATIENCE = 60.0
SPREAD = timedelta(seconds=JITTER_SECONDS + 60)
DEPARTMENT, AGENCY = "3130000.housing", "3130000.planning-budget"

forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(["tests.system.rung_process"])


def standard_rungs() -> list[str]:
    """The rungs of the city's standard ladder, from the first to the last."""
    (standard,) = [one for one in read_escalation().ladder if one.name == "standard"]
    return [rung.name for rung in standard.rung]


@dataclass
class MortalCity:
    """A city in simulated time whose one process dies and is started again."""

    env: WorkflowEnvironment
    city: WokenCity
    place: Place
    alive: ForkServerProcess | None = None

    async def neglected(self, *, running: bool = True) -> str:
        """A case that is in hands, and that nobody answers."""
        for role in (Role.OFFICER, Role.TEAM_HEAD, Role.DEPARTMENT_HEAD):
            await self.city.employ(role, DEPARTMENT)
        for role in (Role.INSPECTOR, Role.EXECUTIVE):
            await self.city.employ(role, AGENCY)
        now = await self.env.get_current_time()
        number = await self.city.file(at=now)
        await self.city.act(number, Action.START, at=now, role=Role.OFFICER)
        if running:
            await self.run_workflow(number)
        return number

    async def run_workflow(self, number: str) -> None:
        """Start the case's workflow, whose tasks are given up soon where their worker is dead."""
        await self.env.client.start_workflow(
            PetitionWorkflow.run,
            number,
            id=number,
            task_queue=TASK_QUEUE,
            task_timeout=timedelta(seconds=1),
        )

    def start(self, point: Point | None = None, rung: str = "") -> ForkServerProcess:
        """Start the process; it dies at `point` of `rung`."""
        place = replace(self.place, point=point, rung=rung)
        self.alive = forking.Process(target=main, args=(place,), daemon=True)
        self.alive.start()
        return self.alive

    async def killed_at(self, point: Point, rung: str) -> None:
        """Start the process and wait until it has been killed there."""
        process = self.start(point, rung)
        await asyncio.to_thread(process.join, PATIENCE)
        assert process.exitcode == -signal.SIGKILL, f"{rung}: not killed where {point}"

    async def until(self, number: str) -> asyncio.Task[None]:
        """Let time go by until the case's next moment and its spread have passed."""
        at = (await self.city.case(number)).next_at
        assert at is not None
        wait = at + SPREAD - await self.env.get_current_time()
        return asyncio.create_task(self.env.sleep(wait))

    async def end(self) -> None:
        """End what still runs."""
        if self.alive is not None and self.alive.is_alive():
            self.alive.kill()
            await asyncio.to_thread(self.alive.join)


@pytest_asyncio.fixture(loop_scope="session")
async def mortal(store: Store, tmp_path: Path) -> AsyncIterator[MortalCity]:
    """The city, with a server that skips time and no process yet."""
    keys = tmp_path / "keys.json"
    write_keyring(keys, store.keyring)
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=program("temporal-test-server"),
        data_converter=pydantic_data_converter,
    ) as env:
        place = Place(
            temporal=env.client.service_client.config.target_host,
            database=store.engine.url.render_as_string(hide_password=False),
            keys=keys,
            attachments=tmp_path / "attachments",
        )
        found = MortalCity(env, WokenCity(store), place)
        try:
            yield found
        finally:
            await found.end()


async def at_rest(mortal: MortalCity, number: str, notices: int) -> None:
    """Wait (bounded) until so many of the case's rungs have their notice."""
    for _ in range(int(PATIENCE * 10)):
        if len(await mortal.city.inbox(number)) >= notices:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{number} has not {notices} notices: {await mortal.city.inbox(number)}")


async def test_each_rung_acts_once_wherever_its_process_is_killed(mortal: MortalCity) -> None:
    """Killed between timer and record, record and answer, event and notice, notice and
    acknowledgement, at each rung in turn: five rungs, five events, five notices."""
    number, rungs = await mortal.neglected(), standard_rungs()
    for rung in rungs:
        passing = await mortal.until(number)
        for point in Point:
            await mortal.killed_at(point, rung)
        mortal.start()
        await passing
        await mortal.end()
    mortal.start()
    await at_rest(mortal, number, len(rungs))
    await mortal.end()
    messages = await mortal.city.messages(number)
    assert rungs_of(messages) == [("legal", 1, rung) for rung in rungs]
    assert [rung for _, rung in await mortal.city.inbox(number)] == rungs
    log = await mortal.city.log(number)
    assert [event.seq for event in log] == list(range(1, len(log) + 1))


async def test_after_weeks_without_its_workflow_a_case_has_one_message(mortal: MortalCity) -> None:
    """Temporal was lost; four weeks later the case gets its workflow again: one event and one
    notice, to the highest that was due, that names the others in the order in which they were."""
    number, rungs = await mortal.neglected(running=False), standard_rungs()
    await mortal.env.sleep(timedelta(days=28))
    mortal.start()
    await mortal.run_workflow(number)
    await mortal.env.sleep(timedelta(days=4))
    await at_rest(mortal, number, 1)
    await mortal.end()
    (consolidated,) = await mortal.city.messages(number)
    assert [rung for _, _, rung in rungs_of([consolidated])] == rungs
    assert consolidated.detail["to"] == "bureau"
    assert [rung for _, rung in await mortal.city.inbox(number)] == rungs[-1:]
