"""The role `reply`: each event of a case becomes the messages that the notice table calls for."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog
from prometheus_client import Counter
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.composing import Telling, fit_notice
from adapters.consuming import Consuming, NotOursError
from adapters.kafka import Broker
from rules.notices import Audience, Notice, Standing, staff_address
from rules.quiet_hours import answers_own_message, told_at
from schema.codes import Role
from schema.envelope import CASE_EVENTS, CloudEvent
from schema.events import CaseEvent
from schema.model import Frozen
from storage.cases import Case, event_by_id, find_case
from storage.notice_facts import standing_of
from storage.replies import NewReply, awaits_notice, keep_reply, mark_noticed
from storage.sealing import ErasedError
from storage.staff_notices import keep_staff_notice
from storage.store import Store
from storage.texts import case_key
from storage.told_cases import reporters_told

log = structlog.get_logger()

REPLIES = Counter("minwon_replies", "Replies rendered", ["channel", "means"])
STAFF_NOTICES = Counter("minwon_staff_notices", "Notices put into an inbox", ["audience"])


class Noticed(Frozen):
    """What one event made: replies to the petitioner, notices to staff."""

    replies: int = 0
    staff: int = 0


async def notice_event(
    store: Store, telling: Telling, event: CaseEvent, *, now: datetime
) -> Noticed:
    """Tell everybody whom `event` concerns, in one transaction and once for ever.

    An event met before, or one that our outbox does not know, changes nothing.
    """
    async with store.engine.begin() as conn:
        if not await awaits_notice(conn, event.id):
            return Noticed()
        case = await find_case(conn, event.case)
        if case is None:
            raise NotOursError("unknown_case")
        noticed = await _tell_all(conn, store, telling, case=case, event=event, now=now)
        await mark_noticed(conn, event.id)
    return noticed


async def _tell_all(
    conn: AsyncConnection,
    store: Store,
    telling: Telling,
    *,
    case: Case,
    event: CaseEvent,
    now: datetime,
) -> Noticed:
    replies, staff = 0, 0
    standing = standing_of(case, event)
    for row in telling.table.notices_for(event, standing):
        if row.to is Audience.PETITIONER:
            replies += await _tell_petitioner(
                conn, store, telling, case=case, event=event, row=row, now=now
            )
        else:
            staff += await _tell_staff(conn, event, row, urgent=standing.urgent)
    for reporter in await _reporters(conn, telling, case, event):
        theirs = _row_for(telling, reporter, event, standing)
        if theirs is not None:
            replies += await _tell_petitioner(
                conn, store, telling, case=reporter, event=event, row=theirs, now=now
            )
    return Noticed(replies=replies, staff=staff)


async def _reporters(
    conn: AsyncConnection, telling: Telling, case: Case, event: CaseEvent
) -> tuple[Case, ...]:
    """Those who reported the same matter, where they are told of an event of this kind."""
    if not any(row.reporters_too and row.on is event.kind for row in telling.table.notice):
        return ()
    return await reporters_told(conn, case, event)


def _row_for(
    telling: Telling, reporter: Case, event: CaseEvent, standing: Standing
) -> Notice | None:
    """What a reporter is told, who may have come by another channel than the event's case."""
    seen = event.model_copy(update={"channel": reporter.channel})
    for row in telling.table.notices_for(seen, standing):
        if row.to is Audience.PETITIONER and row.reporters_too:
            return row
    return None


async def _tell_petitioner(
    conn: AsyncConnection,
    store: Store,
    telling: Telling,
    *,
    case: Case,
    event: CaseEvent,
    row: Notice,
    now: datetime,
) -> bool:
    try:
        fitted = await fit_notice(
            conn, store, telling, case=case, event=event, template=row.template
        )
        key = await case_key(conn, store, case.number)
    except ErasedError:
        log.info("an erased petitioner is not told", case=case.number, template=row.template)
        return False
    if fitted is None:
        return False
    publish_after = told_at(
        now,
        hours=telling.hours,
        urgent=row.at_night,
        answers_own_message=row.acknowledges and answers_own_message(now, _wrote_at(case, event)),
    )
    new = NewReply(
        event=event,
        case=case.number,
        channel=case.channel,
        means=fitted.means,
        template=row.template,
        composed=fitted.composed,
        publish_after=publish_after,
        created_at=now,
    )
    kept = await keep_reply(conn, key, new)
    if kept:
        REPLIES.labels(case.channel, fitted.means).inc()
    return kept


def _wrote_at(case: Case, event: CaseEvent) -> datetime:
    """When the petitioner wrote what a notice acknowledges: the act, else the petition."""
    return event.at if event.actor.role is Role.CITIZEN else case.submitted_at


async def _tell_staff(
    conn: AsyncConnection, event: CaseEvent, row: Notice, *, urgent: bool
) -> bool:
    kept = await keep_staff_notice(
        conn,
        event,
        recipient=staff_address(row.to, event).name,
        template=row.template,
        urgent=row.at_night or urgent,
    )
    if kept:
        STAFF_NOTICES.labels(row.to).inc()
    return kept


def event_id_in(value: bytes) -> UUID:
    """The id of the event that a message of `case.events` names; raises NotOursError."""
    try:
        return UUID(CloudEvent.model_validate(json.loads(value)).id)
    except ValidationError:
        raise NotOursError("no_envelope") from None
    except (ValueError, RecursionError):
        raise NotOursError("unreadable") from None


def _now() -> datetime:
    return datetime.now(UTC)


class Replying:
    """The role `reply`. The record is asked for each event: the message only names it."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        telling: Telling,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._telling = telling
        self._now = now
        self._loop = Consuming("reply", broker, [CASE_EVENTS], self.take)

    @property
    def ready(self) -> bool:
        """True while it consumes."""
        return self._loop.ready

    async def run(self, stop: asyncio.Event) -> None:
        """Tell people until `stop`."""
        await self._loop.run(stop)

    async def take(self, value: bytes) -> None:
        """Handle one message of `case.events`; raises NotOursError for what names no event."""
        event_id = event_id_in(value)
        async with self._store.engine.connect() as conn:
            event = await event_by_id(conn, event_id)
        if event is None:
            raise NotOursError("unknown_event")
        await notice_event(self._store, self._telling, event, now=self._now())
