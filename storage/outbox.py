"""The outbox: events that are committed and still have to be heard of."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import intake_journal, outbox, reply

WAKE_CHANNEL = "minwon_relay"
"""Notified by a trigger of journal, outbox and replies, once a statement, at commit."""

RETENTION = timedelta(days=7)
FIRST_PAUSE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
"""What is sent and not settled is sent again, after a minute, then twice as long each time."""


def pause_after(attempts: Any) -> Any:
    """The SQL interval after which something sent `attempts` times before is sent again."""
    return func.least(LONGEST_PAUSE, FIRST_PAUSE * func.power(2, attempts))


async def pending_events(conn: AsyncConnection, *, limit: int) -> Sequence[Any]:
    """Outbox rows to publish, in the order of their ids: not yet published, or published and not
    heard of by the reply stage since."""
    rows: Sequence[Any] = (
        await conn.execute(
            select(outbox.c.id, outbox.c.topic, outbox.c.key, outbox.c.message)
            .where(
                or_(outbox.c.published_at.is_(None), outbox.c.noticed_at.is_(None)),
                or_(outbox.c.published_at.is_(None), outbox.c.publish_after <= func.now()),
            )
            .order_by(outbox.c.id)
            .limit(limit)
        )
    ).all()
    return rows


async def mark_events(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """Note that the rows were published."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(
            published_at=func.now(),
            publish_after=func.now() + pause_after(outbox.c.attempts),
            attempts=func.least(outbox.c.attempts + 1, 20),
        )
    )


async def mark_journal(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """Note that the journal rows were produced; unsettled ones come again later."""
    await conn.execute(
        update(intake_journal)
        .where(intake_journal.c.id.in_(ids))
        .values(
            published_at=func.now(),
            publish_after=func.now() + pause_after(intake_journal.c.attempts),
            attempts=func.least(intake_journal.c.attempts + 1, 20),
        )
    )


async def publish_again(conn: AsyncConnection) -> None:
    """A broker lost its log: everything unsettled, and every retained event, is due now."""
    await conn.execute(
        update(intake_journal)
        .where(intake_journal.c.outcome.is_(None))
        .values(publish_after=func.now())
    )
    await conn.execute(
        update(outbox)
        .where(outbox.c.created_at > func.now() - RETENTION)
        .values(published_at=None, publish_after=func.now())
    )
    await conn.execute(
        update(reply)
        .where(
            and_(reply.c.outcome.is_(None), reply.c.published_at.is_not(None)),
        )
        .values(publish_after=func.now())
    )
