"""Messages of no case: what a telephone is told that is no notice of an event.

They lie among the replies and go their way: sealed, produced until they are settled, once for each
cause. How many a telephone gets is bounded by its keyed hash; the number itself is nowhere plain.
"""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel, ReplyBy
from schema.messages import Composed, OutboundMessage
from schema.model import Frozen
from storage.replies import keep_message, reply_id
from storage.sealing import DataKey
from storage.store import Store
from storage.tables import reply


class DirectMessage(Frozen):
    """A message because of `cause` (an id of its own, the same however often it comes) to one
    telephone; `template` says what kind it is."""

    cause: UUID
    channel: Channel
    template: str
    phone: str
    composed: Composed
    publish_after: AwareDatetime
    created_at: AwareDatetime


def telephone(store: Store, phone: str) -> str:
    """Whom a direct message is for, by keyed hash."""
    return f"phone:{store.keyring.phone_hash(phone).hex()}"


async def keep_direct_message(
    conn: AsyncConnection, store: Store, key: DataKey, new: DirectMessage
) -> bool:
    """Store a message sealed under `key`; False where it is stored already."""
    recipient = telephone(store, new.phone)
    message = OutboundMessage(
        id=reply_id(new.cause, recipient, ReplyBy.SMS),
        event_id=new.cause,
        channel=new.channel,
        means=ReplyBy.SMS,
        to=new.composed.to,
        subject=new.composed.subject,
        body=new.composed.body,
        created_at=new.created_at,
    )
    return await keep_message(
        conn, key, message, recipient, template=new.template, publish_after=new.publish_after
    )


async def sent_since(
    conn: AsyncConnection, store: Store, phone: str, *, template: str, since: datetime
) -> int:
    """How many messages of this kind the telephone got since then; until the transaction ends,
    nobody else counts for the same telephone."""
    recipient = telephone(store, phone)
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:recipient, 2))"),
        {"recipient": recipient},
    )
    counted = await conn.scalar(
        select(func.count())
        .select_from(reply)
        .where(
            reply.c.case_number.is_(None),
            reply.c.recipient == recipient,
            reply.c.template == template,
            reply.c.created_at > since,
        )
    )
    return counted or 0
