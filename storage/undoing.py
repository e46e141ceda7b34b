"""Whether a petitioner was told of an event, and the messages that wait and are taken back."""

from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import reply


async def was_told(conn: AsyncConnection, event_id: UUID) -> bool:
    """True where a message about the event has left us."""
    left = or_(reply.c.published_at.is_not(None), reply.c.outcome.is_not(None))
    statement = select(reply.c.id).where(reply.c.event_id == event_id, left).limit(1)
    return await conn.scalar(statement) is not None


async def take_back_messages(conn: AsyncConnection, event_id: UUID) -> bool:
    """Forget the messages about the event that still wait (for the morning, for the broker); False
    where one has left already, and then nothing is forgotten."""
    if await was_told(conn, event_id):
        return False
    await conn.execute(
        delete(reply).where(reply.c.event_id == event_id, reply.c.published_at.is_(None))
    )
    return not await was_told(conn, event_id)
