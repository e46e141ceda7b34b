"""One act on a case: stored first, then sent, and «recorded» only when the event exists."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from rules.book import RuleBook
from rules.transitions import TRANSITIONS
from schema.codes import Action
from schema.commands import Command, Refusal, RefusalCode
from schema.events import Actor, CaseEvent
from schema.model import Frozen
from storage.calendars import Calendars
from storage.cases import event_of_request
from storage.commands import Kept, keep_command, settle_command
from storage.foreseeing import Foreseen, foresee
from storage.record import Recorder
from storage.store import Store
from workflows.client import RunningCases, TemporalAwayError

PATIENCE = timedelta(seconds=4)


class Acted(Frozen):
    """What a person is told: the event, or a refusal, or neither while it is on its way."""

    event: CaseEvent | None = None
    refusal: Refusal | None = None


class Acting:
    """Carries out commands of citizens and staff."""

    def __init__(self, store: Store, running: RunningCases, recorder: Recorder) -> None:
        self._store = store
        self._running = running
        self._recorder = recorder
        self._calendars = Calendars()

    @property
    def book(self) -> RuleBook:
        """The rule book that acts are judged by."""
        return self._recorder.book

    async def act(
        self,
        number: str,
        action: Action,
        *,
        request_id: str,
        actor: Actor,
        at: datetime,
        body: Mapping[str, JsonValue],
    ) -> Acted:
        """Do `action` once, however often it is asked with this `request_id`.

        Raises LookupError where there is no such case.
        """
        async with self._store.engine.begin() as conn:
            kept, stored = await keep_command(
                conn,
                self._store,
                number=number,
                request_id=request_id,
                action=action,
                actor=actor,
                at=at,
                body=body,
            )
        if kept is Kept.OTHER:
            return Acted(refusal=REQUEST_ID_TAKEN)
        if stored.refusal is not None:
            return Acted(refusal=stored.refusal)
        return await self.carry_out(stored.command)

    async def foresee(
        self,
        number: str,
        action: Action,
        *,
        actor: Actor,
        at: datetime,
        body: Mapping[str, JsonValue],
        url: str,
    ) -> Foreseen:
        """What `action` would do, and what its petitioner would be told; nothing is done.

        Raises LookupError where there is no such case.
        """
        return await foresee(
            self._recorder,
            self._calendars,
            number=number,
            action=action,
            actor=actor,
            at=at,
            body=body,
            url=url,
        )

    async def recompute(self, name: str) -> None:
        """Have the order `name` carried out; while Temporal is away the housekeeping does."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._running.start_recomputation(name)
        except (TemporalAwayError, TimeoutError):
            return

    async def carry_out(self, command: Command) -> Acted:
        """Send a command that is kept already; the same again changes nothing."""
        if TRANSITIONS[command.action].step:
            answer = await self._running.act(command, patience=PATIENCE)
        else:
            answer = await self._recorder.record(command)
            await self._start(answer.look_again)
        refusal = answer if isinstance(answer, Refusal) else answer and answer.refusal
        async with self._store.engine.begin() as conn:
            event = await event_of_request(conn, command.case, command.request_id)
            if event is None and refusal:
                await settle_command(conn, command.case, command.request_id, refusal)
                return Acted(refusal=refusal)
        return Acted(event=event)

    async def _start(self, numbers: Sequence[str]) -> None:
        """Start the workflows of the cases that a note has opened; while Temporal is away the
        housekeeping does it later."""
        for number in numbers:
            try:
                async with asyncio.timeout(PATIENCE.total_seconds()):
                    await self._running.start(number)
            except (TemporalAwayError, TimeoutError):
                return


REQUEST_ID_TAKEN = Refusal(
    code=RefusalCode.REQUEST_ID_TAKEN,
    message_ko="같은 요청 번호로 다른 처리가 이미 들어왔습니다. 새 요청 번호로 다시 보내 주세요.",
    message_en="This request id was used for another act; send it again with a new one.",
)
