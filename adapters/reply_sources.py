"""What the relay drains for people: replies to petitioners, and notices to staff."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.relay import Outgoing, Source
from schema.codes import Channel
from schema.envelope import STAFF_NOTICES, cloud_event, reply_topic
from schema.messages import DeliveryOutcome
from storage import replies, staff_notices
from storage.sealing import ErasedError
from storage.store import Store

STAFF_TYPE = "kr.seoul.minwon.notice.staff.v1"


def reply_type(channel: Channel) -> str:
    """The CloudEvents type of one reply."""
    return f"kr.seoul.minwon.reply.{channel}.v1"


async def _replies(conn: AsyncConnection, store: Store, limit: int) -> Sequence[Outgoing]:
    found = []
    for row in await replies.pending(conn, limit=limit):
        try:
            message = await replies.message_of(conn, store, row)
        except ErasedError:
            await replies.settle(conn, row.id, DeliveryOutcome.FAILED)
            continue
        event = cloud_event(
            id=str(message.id),
            type=reply_type(message.channel),
            subject=message.case or str(message.id),
            time=message.created_at,
            data=message.model_dump(mode="json"),
        )
        found.append(
            Outgoing(
                row_id=row.id,
                topic=reply_topic(message.channel),
                key=message.case or str(message.id),
                value=event.to_bytes(),
            )
        )
    return found


async def _staff_notices(conn: AsyncConnection, store: Store, limit: int) -> Sequence[Outgoing]:
    return [
        Outgoing(
            row_id=row.id,
            topic=STAFF_NOTICES,
            key=row.case_number,
            value=cloud_event(
                id=f"{row.event_id}/{row.recipient}",
                type=STAFF_TYPE,
                subject=row.case_number,
                time=row.created_at,
                data={"recipient": row.recipient, **row.message},
            ).to_bytes(),
        )
        for row in await staff_notices.pending(conn, limit=limit)
    ]


REPLIES = Source("replies", _replies, replies.mark_published)
STAFF = Source("staff_notices", _staff_notices, staff_notices.mark_published)
