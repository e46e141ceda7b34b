"""Codes that show whose a telephone is, on their way: from the database to Kafka, to the carrier.

They belong to no case: nothing is noted of them anywhere, and they die with their time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.carriers import Carrier, TemporaryFailure
from adapters.handed import Handed
from adapters.relay import Outgoing, Source
from schema.codes import Channel, ReplyBy
from schema.envelope import cloud_event, reply_topic
from schema.messages import DeliveryOutcome
from storage import phone_codes
from storage.sealing import ErasedError
from storage.store import Store

log = structlog.get_logger()


def code_type(channel: Channel) -> str:
    """The CloudEvents type of a code: a reply like any other."""
    return f"kr.seoul.minwon.reply.{channel}.v1"


async def _codes(conn: AsyncConnection, store: Store, limit: int) -> Sequence[Outgoing]:
    found = []
    for row in await phone_codes.pending(conn, limit=limit):
        try:
            message = await phone_codes.message_of(conn, store, row)
        except ErasedError:
            continue  # settled between the two questions
        event = cloud_event(
            id=str(message.id),
            type=code_type(message.channel),
            subject=str(message.id),
            time=message.created_at,
            data=message.model_dump(mode="json"),
        )
        found.append(
            Outgoing(
                row_id=row.id,
                topic=reply_topic(message.channel),
                key=str(message.id),
                value=event.to_bytes(),
            )
        )
    return found


CODES = Source("codes", _codes, phone_codes.mark_published)


async def hand_over_code(
    store: Store, carriers: Mapping[ReplyBy, Carrier], code_id: UUID, *, now: datetime
) -> Handed | None:
    """Hand a code to the carrier, unless it is settled or too late; None where there is none.

    The row is locked meanwhile, so that a code that comes twice is sent once.
    """
    async with store.engine.begin() as conn:
        row = await phone_codes.find_code(conn, code_id)
        if row is None:
            return None
        if row.outcome is not None:
            return Handed.BEFORE
        carrier = carriers.get(ReplyBy.SMS)
        if carrier is None or row.expires_at <= now:
            await phone_codes.settle(conn, row, DeliveryOutcome.FAILED, now)
            return Handed.FAILED
        message = await phone_codes.message_of(conn, store, row)
        try:
            delivery = await carrier.send(message)
        except TemporaryFailure as failure:
            log.info("a carrier is away", means=ReplyBy.SMS, reason=failure.reason)
            return Handed.LATER
        await phone_codes.settle(conn, row, delivery.outcome, now)
        failed = delivery.outcome is DeliveryOutcome.FAILED
        return Handed.FAILED if failed else Handed.DELIVERED
