"""The role `deliver`: hands each reply to its carrier, and notes in the case what became of it.

The carrier gets the same id however often it is handed a message, so that a crash between the
carrier's yes and our note makes no second message where the carrier can tell.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from prometheus_client import Counter
from pydantic import JsonValue, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.carriers import Carrier, TemporaryFailure
from adapters.codes import hand_over_code
from adapters.composing import Telling, barred_means, fit_notice
from adapters.consuming import Consuming, NotOursError
from adapters.handed import Handed as Handed
from adapters.kafka import Broker
from rules.quiet_hours import told_at
from schema.codes import Action, Channel, ReplyBy, Role
from schema.commands import Command
from schema.envelope import CloudEvent, reply_topic
from schema.events import Actor
from schema.messages import Delivery, DeliveryOutcome, OutboundMessage
from storage.cases import event_by_id, find_case
from storage.notice_facts import standing_of
from storage.record import Recorder
from storage.replies import (
    NewReply,
    StoredReply,
    find_reply,
    keep_reply,
    opened_reply,
    put_back,
    replies_to,
    settle,
)
from storage.sealing import ErasedError
from storage.store import Store
from storage.texts import case_key

log = structlog.get_logger()

MOST_TRIES = 20
"""About half a day of «not now»; then the next means is tried, and in the end an officer told."""

DELIVERIES = Counter("minwon_deliveries", "Replies handed over", ["channel", "means", "result"])
SYSTEM = Actor(role=Role.SYSTEM)


class Refused(StrEnum):
    """Our own reasons for a failed delivery; the carriers have theirs."""

    ERASED = "erased"
    SOURCE_DELETED = "source_deleted"
    NO_CARRIER = "no_carrier"
    TRIED_TOO_LONG = "tried_too_long"


def reply_id_in(value: bytes) -> UUID:
    """The id of the reply that a message of `reply.*` names; raises NotOursError."""
    try:
        return UUID(CloudEvent.model_validate(json.loads(value)).id)
    except ValidationError:
        raise NotOursError("no_envelope") from None
    except (ValueError, RecursionError):
        raise NotOursError("unreadable") from None


def _failed(reason: str) -> Delivery:
    return Delivery(outcome=DeliveryOutcome.FAILED, reason=reason)


def _now() -> datetime:
    return datetime.now(UTC)


class Delivering:
    """The role `deliver`. What it sends is read from the record: the message only names it."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        recorder: Recorder,
        telling: Telling,
        carriers: Mapping[ReplyBy, Carrier],
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._telling = telling
        self._carriers = carriers
        self._now = now
        topics = [reply_topic(channel) for channel in Channel]
        self._loop = Consuming("deliver", broker, topics, self.take)

    @property
    def ready(self) -> bool:
        """True while it consumes."""
        return self._loop.ready

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then the carriers are closed."""
        try:
            await self._loop.run(stop)
        finally:
            for carrier in dict.fromkeys(self._carriers.values()):
                await carrier.close()

    async def take(self, value: bytes) -> None:
        """Handle one message of a reply topic; raises NotOursError for what names no reply."""
        await self.deliver(reply_id_in(value))

    async def deliver(self, reply_id: UUID) -> Handed:
        """Hand over one reply, unless it is settled; settle it, or leave it for later.

        Raises NotOursError where there is no such reply.
        """
        async with self._store.engine.connect() as conn:
            stored = await find_reply(conn, reply_id)
            if stored is None:
                return await self._code(reply_id)
            if stored.outcome is not None:
                return Handed.BEFORE
            message = await self._message(conn, stored)
        if isinstance(message, OutboundMessage):
            handed = await self._hand_over(stored, message)
        else:
            handed = await self._settle(stored, message)
        DELIVERIES.labels(stored.channel, stored.means, handed).inc()
        return handed

    async def _code(self, code_id: UUID) -> Handed:
        handed = await hand_over_code(self._store, self._carriers, code_id, now=self._now())
        if handed is None:
            raise NotOursError("unknown_reply")
        DELIVERIES.labels("code", ReplyBy.SMS, handed).inc()
        return handed

    async def _message(
        self, conn: AsyncConnection, stored: StoredReply
    ) -> OutboundMessage | Delivery:
        """The message, or why it may not be sent any more."""
        case = await find_case(conn, stored.case_number) if stored.case_number else None
        if case is not None and stored.means in barred_means(case):
            return _failed(Refused.SOURCE_DELETED)
        try:
            return await opened_reply(conn, self._store, stored.id)
        except ErasedError:
            return _failed(Refused.ERASED)

    async def _hand_over(self, stored: StoredReply, message: OutboundMessage) -> Handed:
        if stored.means is ReplyBy.PAGE:
            return await self._settle(stored, Delivery(outcome=DeliveryOutcome.DELIVERED))
        carrier = self._carriers.get(stored.means)
        if carrier is None:
            return await self._settle(stored, _failed(Refused.NO_CARRIER))
        try:
            delivery = await carrier.send(message)
        except TemporaryFailure as failure:
            return await self._not_now(stored, failure)
        return await self._settle(stored, delivery)

    async def _not_now(self, stored: StoredReply, failure: TemporaryFailure) -> Handed:
        if stored.attempts >= MOST_TRIES:
            return await self._settle(stored, _failed(Refused.TRIED_TOO_LONG))
        log.info("a carrier is away", means=stored.means, reason=failure.reason)
        wait = timedelta(seconds=failure.retry_after or 0)
        async with self._store.engine.begin() as conn:
            await put_back(conn, stored, now=self._now(), wait=wait)
        return Handed.LATER

    async def _settle(self, stored: StoredReply, delivery: Delivery) -> Handed:
        """In one transaction: the outcome, the note in the case, and after a failure the
        reply in the next means. A direct message has no case and no other means.
        """
        failed = delivery.outcome is DeliveryOutcome.FAILED
        async with self._store.engine.begin() as conn:
            if not await settle(conn, stored.id, delivery.outcome, reference=delivery.reference):
                return Handed.BEFORE
            if stored.case_number is not None:
                last = failed and not await self._next_means(conn, stored, delivery)
                await self._note(conn, stored, stored.case_number, delivery, last=last)
        return Handed.FAILED if failed else Handed.DELIVERED

    async def _next_means(
        self, conn: AsyncConnection, stored: StoredReply, delivery: Delivery
    ) -> bool:
        """True where there was another means, or nobody is left to be told."""
        if delivery.reason == Refused.ERASED:
            return True
        event = await event_by_id(conn, stored.event_id)
        case = await find_case(conn, stored.case_number or "")
        if event is None or case is None:
            return False
        earlier = await replies_to(conn, stored.event_id, stored.recipient)
        failed = [reply.means for reply in earlier]
        fitted = await fit_notice(
            conn,
            self._store,
            self._telling,
            case=case,
            event=event,
            template=stored.template,
            failed=failed,
        )
        if fitted is None:
            return False
        now = self._now()
        new = NewReply(
            event=event,
            case=case.number,
            channel=case.channel,
            means=fitted.means,
            template=stored.template,
            composed=fitted.composed,
            publish_after=told_at(
                now,
                hours=self._telling.hours,
                urgent=standing_of(case, event).urgent,
                answers_own_message=False,
            ),
            created_at=now,
        )
        return await keep_reply(conn, await case_key(conn, self._store, case.number), new)

    async def _note(
        self,
        conn: AsyncConnection,
        stored: StoredReply,
        case: str,
        delivery: Delivery,
        *,
        last: bool,
    ) -> None:
        detail: dict[str, JsonValue] = {
            "reply": str(stored.id),
            "event": str(stored.event_id),
            "template": stored.template,
            "means": stored.means,
            "outcome": delivery.outcome,
        }
        if delivery.outcome is DeliveryOutcome.FAILED:
            detail |= {"reason": delivery.reason or "unknown", "last": last}
        command = Command(
            request_id=f"delivery/{stored.id}",
            case=case,
            action=Action.DELIVER,
            actor=SYSTEM,
            at=self._now(),
            detail=detail,
        )
        await self._recorder.record_in(conn, command)
