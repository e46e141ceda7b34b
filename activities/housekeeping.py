"""What heals by itself: open cases without a workflow get one, unanswered commands go again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity

from rules.transitions import TRANSITIONS
from schema.commands import Command, Refusal
from storage.cases import open_numbers
from storage.commands import settle_command, unanswered_commands
from storage.record import Recorder
from storage.store import Store
from storage.unattended import unattended

PAGE = 500
UNATTENDED = timedelta(minutes=10)
"""A workflow wakes at most five minutes after its next moment (the jitter); twice that is late."""
NEVER_BEGUN = timedelta(minutes=2)
"""Whoever registers a case starts its workflow at once. Where that process was killed in between
and the broker lost the record, nothing else would; a citizen does not wait for it as long."""
UNANSWERED = timedelta(seconds=10)


class Housekeeping:
    """Given how to start and to command a case: activities may not know of workflows."""

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        *,
        start: Callable[[str], Awaitable[None]],
        send: Callable[[Command], Awaitable[object]],
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._start = start
        self._send = send

    @activity.defn
    async def resume_unattended(self) -> int:
        """Start a workflow for every open case that seems to have none, the longest due first;
        gives how many."""
        now = datetime.now(UTC)
        after, started = None, 0
        while True:
            async with self._store.engine.connect() as conn:
                page = await unattended(
                    conn,
                    before=now - UNATTENDED,
                    made_before=now - NEVER_BEGUN,
                    after=after,
                    limit=PAGE,
                )
            for one in page:
                await self._start(one.number)
            started += len(page)
            if len(page) < PAGE:
                return started
            after = page[-1]

    async def resume_all(self) -> int:
        """Start workflows for all open cases, page by page; harmless where one is running."""
        after, started = "", 0
        while True:
            async with self._store.engine.connect() as conn:
                page = await open_numbers(conn, after=after, limit=PAGE)
            for number in page:
                await self._start(number)
            started += len(page)
            if len(page) < PAGE:
                return started
            after = page[-1]

    @activity.defn
    async def send_unanswered(self) -> int:
        """Send stored commands again that got no answer; gives how many."""
        async with self._store.engine.connect() as conn:
            waiting = await unanswered_commands(
                conn, before=datetime.now(UTC) - UNANSWERED, limit=PAGE
            )
        for command in waiting:
            await self._send_again(command)
        return len(waiting)

    async def _send_again(self, command: Command) -> None:
        if not TRANSITIONS[command.action].step:
            recorded = await self._recorder.record(command)
            for number in recorded.look_again:
                await self._start(number)
            return
        answer = await self._send(command)
        if isinstance(answer, Refusal):
            async with self._store.engine.begin() as conn:
                await settle_command(conn, command.case, command.request_id, answer)

    def all(self) -> list[Callable[..., Any]]:
        """Every activity of housekeeping, for the worker."""
        return [self.resume_unattended, self.send_unanswered]
