"""A worker and a reply stage in one process that kills itself at a chosen point of a chosen rung.

It runs the real activities, recorder and notices; only Kafka is left out: a message that comes
again after a crash is the same event taken again, and each process takes all of them from the
beginning. SIGKILL leaves no time for anything: no rollback, no answer, no commit.
"""

import asyncio
import os
import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from activities.petition import PetitionActivities, Wake
from adapters import replying
from adapters.composing import Telling
from adapters.registry import ADAPTERS
from rules.book import read_rule_book
from rules.quiet_hours import QuietHours
from schema.codes import EventKind
from schema.commands import CaseSnapshot
from schema.events import CaseEvent
from storage.cases import event_by_id, find_case
from storage.keys import read_keyring
from storage.record import Recorder
from storage.replies import mark_noticed
from storage.sealed_files import Directory
from storage.store import Store, open_store
from storage.tables import outbox
from worker import workflow_runner
from workflows.client import TASK_QUEUE
from workflows.petition import PetitionWorkflow

SOON = 0.05


class Point(StrEnum):
    """Where the process is killed."""

    BEFORE_THE_RECORD = "the timer has fired, nothing is recorded"
    BEFORE_THE_ANSWER = "the event is committed, the activity has not answered"
    BEFORE_THE_NOTICE = "the notice is written and not committed"
    AFTER_THE_NOTICE = "the notice is committed, the message not acknowledged"


@dataclass(frozen=True)
class Place:
    """Where things are, and where to die; without a point the process lives."""

    temporal: str
    database: str
    keys: Path
    attachments: Path
    point: Point | None = None
    rung: str = ""


def die() -> NoReturn:
    """Be killed, as by the kernel."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


class MortalActivities(PetitionActivities):
    """The real ones, with a point at which they die."""

    def __init__(self, store: Store, recorder: Recorder, place: Place) -> None:
        super().__init__(store, recorder, read_rule_book())
        self._place = place

    @activity.defn
    async def wake(self, request: Wake) -> CaseSnapshot:
        """Act on the rungs that are due, unless death comes before or after."""
        async with self._store.engine.connect() as conn:
            case = await find_case(conn, request.case)
        mine = case is not None and case.next_rung == self._place.rung
        if mine and self._place.point is Point.BEFORE_THE_RECORD:
            die()
        snapshot = await super().wake(request)
        if mine and self._place.point is Point.BEFORE_THE_ANSWER:
            die()
        return snapshot


class Noticing:
    """What the reply stage does with each message, from the first message on."""

    def __init__(self, store: Store, place: Place) -> None:
        self._store = store
        self._place = place
        self._telling = Telling(
            adapters=ADAPTERS,
            hours=QuietHours(begins=21, ends=8),
            pages_url="http://minwon.test",
        )
        self._taken = 0
        self._event: CaseEvent | None = None
        # The last thing before the commit: there it is written, and not yet committed.
        vars(replying)["mark_noticed"] = self._mark_noticed

    async def run(self) -> None:
        """Take every event, over and over."""
        while True:
            async with self._store.engine.connect() as conn:
                rows = await conn.execute(
                    select(outbox.c.id, outbox.c.event_id)
                    .where(outbox.c.id > self._taken)
                    .order_by(outbox.c.id)
                )
                found = [(row.id, await event_by_id(conn, row.event_id)) for row in rows.all()]
            for place, event in found:
                assert event is not None
                await self._take(event)
                self._taken = place
            await asyncio.sleep(SOON)

    async def _take(self, event: CaseEvent) -> None:
        self._event = event
        noticed = await replying.notice_event(self._store, self._telling, event, now=event.at)
        if noticed.staff and self._dies_at(Point.AFTER_THE_NOTICE):
            die()

    async def _mark_noticed(self, conn: AsyncConnection, event_id: object) -> None:
        assert self._event is not None
        if self._dies_at(Point.BEFORE_THE_NOTICE):
            die()
        await mark_noticed(conn, self._event.id)

    def _dies_at(self, point: Point) -> bool:
        event = self._event
        is_rung = event is not None and event.kind in (EventKind.REMINDED, EventKind.ESCALATED)
        mine = is_rung and event is not None and event.detail["rung"] == self._place.rung
        return mine and self._place.point is point


async def work(place: Place) -> None:
    """Work until killed."""
    store = open_store(
        place.database,
        keyring=read_keyring(place.keys),
        files=Directory(place.attachments),
        role="mortal",
    )
    recorder = Recorder(store, read_rule_book())
    client = await Client.connect(place.temporal, data_converter=pydantic_data_converter)
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[PetitionWorkflow],
        activities=MortalActivities(store, recorder, place).all(),
        workflow_runner=workflow_runner(),
        max_cached_workflows=0,
    )
    await asyncio.gather(worker.run(), Noticing(store, place).run())


def main(place: Place) -> None:
    """The process."""
    asyncio.run(work(place))
