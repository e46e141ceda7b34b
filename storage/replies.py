"""Replies to petitioners: one row for each event, recipient and means, sealed, kept until settled.

The relay produces what is pending and produces it again until deliver has settled it, so that no
broker and no crash loses one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from pydantic import AwareDatetime
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel, ReplyBy
from schema.events import CaseEvent
from schema.messages import Composed, DeliveryOutcome, OutboundMessage
from schema.model import Frozen
from storage.outbox import pause_after
from storage.sealing import DataKey, load_data_key
from storage.store import Store
from storage.tables import outbox, reply

PETITIONER = "petitioner"
MOST_ATTEMPTS = 100
LONGEST_DOUBLING = 10
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)


class NewReply(Frozen):
    """A reply to be kept: in which means, in whose words, and from when it may be sent. `case` is
    the one whose petitioner is told: not always the event's own."""

    event: CaseEvent
    case: str
    channel: Channel
    means: ReplyBy
    template: str
    composed: Composed
    publish_after: AwareDatetime
    created_at: AwareDatetime

    @property
    def recipient(self) -> str:
        """Once for each event, recipient and means."""
        return recipient_of(self.case, self.event)


class StoredReply(Frozen):
    """A reply as stored, without its contents. `outcome` is None until it is settled;
    `case_number` is None for a direct message."""

    id: UUID
    event_id: UUID
    case_number: str | None
    recipient: str
    means: ReplyBy
    channel: Channel
    template: str
    created_at: AwareDatetime
    publish_after: AwareDatetime
    attempts: int
    outcome: DeliveryOutcome | None


COLUMNS = [reply.c[name] for name in StoredReply.model_fields]


def reply_id(event_id: UUID, recipient: str, means: ReplyBy) -> UUID:
    """The id of a reply: the same for the same event, recipient and means, for ever."""
    return uuid5(event_id, f"{recipient}/{means}")


def recipient_of(case: str, event: CaseEvent) -> str:
    """Whom a reply is for: the petitioner of the event's case, or of one merged into it."""
    return PETITIONER if case == event.case else f"{PETITIONER}:{case}"


async def keep_reply(conn: AsyncConnection, key: DataKey, new: NewReply) -> bool:
    """Store a reply sealed under the case's data key; False where it is stored already."""
    message = OutboundMessage(
        id=reply_id(new.event.id, new.recipient, new.means),
        case=new.case,
        event_id=new.event.id,
        event_kind=new.event.kind,
        channel=new.channel,
        means=new.means,
        to=new.composed.to,
        subject=new.composed.subject,
        body=new.composed.body,
        thread=new.composed.thread,
        created_at=new.created_at,
    )
    return await keep_message(
        conn, key, message, new.recipient, template=new.template, publish_after=new.publish_after
    )


async def keep_message(
    conn: AsyncConnection,
    key: DataKey,
    message: OutboundMessage,
    recipient: str,
    *,
    template: str,
    publish_after: datetime,
) -> bool:
    """Store a message sealed under `key`, of a case or none; False where it is stored already."""
    kept = await conn.execute(
        insert(reply)
        .values(
            id=message.id,
            event_id=message.event_id,
            case_number=message.case,
            recipient=recipient,
            means=message.means,
            channel=message.channel,
            template=template,
            sealed=key.seal(message.model_dump_json().encode()),
            data_key_id=key.id,
            created_at=message.created_at,
            publish_after=publish_after,
        )
        .on_conflict_do_nothing()
    )
    return kept.rowcount == 1


async def pending(conn: AsyncConnection, *, limit: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Replies to be produced now, oldest first: never yet, or again because they are unsettled."""
    return (
        await conn.execute(
            select(reply)
            .where(reply.c.outcome.is_(None), reply.c.publish_after <= func.now())
            .order_by(reply.c.ordinal)
            .limit(limit)
        )
    ).all()


async def mark_published(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Note that the replies were produced; unsettled ones come again, each time later."""
    attempts = func.least(reply.c.attempts, LONGEST_DOUBLING)
    await conn.execute(
        update(reply)
        .where(reply.c.id.in_(ids), reply.c.outcome.is_(None))
        .values(
            published_at=func.now(),
            publish_after=func.now() + pause_after(attempts),
            attempts=func.least(reply.c.attempts + 1, MOST_ATTEMPTS),
        )
    )


async def message_of(
    conn: AsyncConnection, store: Store, row: Row[tuple[Any, ...]]
) -> OutboundMessage:
    """The message in a row of `pending`; raises ErasedError where its case was erased."""
    key = await load_data_key(conn, store.keyring, row.data_key_id)
    return OutboundMessage.model_validate_json(key.open(row.sealed))


async def find_reply(conn: AsyncConnection, reply_id: UUID) -> StoredReply | None:
    """The reply, without its contents, or None."""
    row = (await conn.execute(select(*COLUMNS).where(reply.c.id == reply_id))).one_or_none()
    return StoredReply.model_validate(row._mapping) if row else None


async def replies_to(
    conn: AsyncConnection, event_id: UUID, recipient: str = PETITIONER
) -> tuple[StoredReply, ...]:
    """What was sent or is being sent to `recipient` because of an event, oldest first."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(reply.c.event_id == event_id, reply.c.recipient == recipient)
        .order_by(reply.c.ordinal)
    )
    return tuple(StoredReply.model_validate(row._mapping) for row in rows)


async def opened_reply(conn: AsyncConnection, store: Store, reply_id: UUID) -> OutboundMessage:
    """The contents of a stored reply; raises ErasedError where its case was erased."""
    row = (await conn.execute(select(reply).where(reply.c.id == reply_id))).one()
    return await message_of(conn, store, row)


async def settle(
    conn: AsyncConnection,
    reply_id: UUID,
    outcome: DeliveryOutcome,
    *,
    reference: str | None = None,
) -> bool:
    """Note what became of a reply, once; False where that is known already."""
    settled = await conn.execute(
        update(reply)
        .where(reply.c.id == reply_id, reply.c.outcome.is_(None))
        .values(outcome=outcome, settled_at=func.now(), carrier_reference=reference)
    )
    return settled.rowcount == 1


async def put_back(
    conn: AsyncConnection, stored: StoredReply, *, now: datetime, wait: timedelta
) -> None:
    """Let the relay produce an unsettled reply again, no sooner than after `wait`; sooner than
    if nothing had been heard of it, and each time twice as long.
    """
    doublings = min(max(stored.attempts - 1, 0), LONGEST_DOUBLING)
    pause = max(wait, min(FIRST_RETRY * 2**doublings, LONGEST_RETRY))
    await conn.execute(
        update(reply)
        .where(reply.c.id == stored.id, reply.c.outcome.is_(None))
        .values(publish_after=now + pause)
    )


async def awaits_notice(conn: AsyncConnection, event_id: UUID) -> bool:
    """True while nobody has been told of the event; holds that for the rest of the transaction."""
    row = (
        await conn.execute(
            select(outbox.c.noticed_at).where(outbox.c.event_id == event_id).with_for_update()
        )
    ).one_or_none()
    return row is not None and row.noticed_at is None


async def mark_noticed(conn: AsyncConnection, event_id: UUID) -> None:
    """Note that everybody whom the event concerns will be told: it need not come again."""
    await conn.execute(
        update(outbox).where(outbox.c.event_id == event_id).values(noticed_at=func.now())
    )
