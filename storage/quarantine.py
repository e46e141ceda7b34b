"""What could not be understood: kept whole and sealed, where a person can see it and retry it."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel
from schema.model import Frozen
from schema.quarantine import QuarantineReason
from storage.sealing import DataKey, load_data_key
from storage.store import Store
from storage.tables import quarantine


class QuarantineEntry(Frozen):
    """One record in quarantine, without its content. `detail` says what to mend."""

    id: int
    channel: Channel
    external_id: str | None
    journal_id: int | None
    reason: QuarantineReason
    detail: str
    origin: str
    first_seen_at: AwareDatetime
    status: str


COLUMNS = [quarantine.c[name] for name in QuarantineEntry.model_fields]


async def put_in_quarantine(
    conn: AsyncConnection,
    *,
    channel: Channel,
    external_id: str | None,
    journal_id: int | None,
    reason: QuarantineReason,
    detail: str,
    value: bytes,
    origin: str,
    key: DataKey,
) -> None:
    """Keep `value`, the whole Kafka record; the same record again adds no second entry."""
    await conn.execute(
        insert(quarantine)
        .values(
            channel=channel,
            external_id=external_id[:200] if external_id else None,
            journal_id=journal_id,
            reason=reason,
            detail=detail,
            payload=key.seal(value),
            data_key_id=key.id,
            origin=origin,
            digest=hashlib.sha256(value).digest(),
        )
        .on_conflict_do_nothing(index_elements=["channel", "digest"])
    )


async def list_quarantine(
    conn: AsyncConnection, *, status: str | None = "open", limit: int = 200
) -> tuple[QuarantineEntry, ...]:
    """Entries, newest first; `status` None gives all of them."""
    statement = select(*COLUMNS).order_by(quarantine.c.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(quarantine.c.status == status)
    rows = await conn.execute(statement)
    return tuple(QuarantineEntry.model_validate(row._mapping) for row in rows)


async def show_quarantine(
    conn: AsyncConnection, store: Store, entry_id: int
) -> tuple[QuarantineEntry, bytes] | None:
    """One entry with the record as it came, or None."""
    row = (
        await conn.execute(
            select(*COLUMNS, quarantine.c.payload, quarantine.c.data_key_id).where(
                quarantine.c.id == entry_id
            )
        )
    ).one_or_none()
    if row is None:
        return None
    key = await load_data_key(conn, store.keyring, row.data_key_id)
    fields = {name: row._mapping[name] for name in QuarantineEntry.model_fields}
    return QuarantineEntry.model_validate(fields), key.open(row.payload)


async def waiting_for(
    conn: AsyncConnection, channel: Channel, names: Collection[str]
) -> tuple[int, ...]:
    """Open entries that speak of a petition which was unknown when they came, by one of its
    `names` (external ids); the oldest first."""
    found = await conn.scalars(
        select(quarantine.c.id)
        .where(
            quarantine.c.status == "open",
            quarantine.c.channel == channel,
            quarantine.c.reason == QuarantineReason.UNKNOWN_PETITION,
            quarantine.c.external_id.in_(names),
        )
        .order_by(quarantine.c.id)
    )
    return tuple(found)


async def resolve_quarantine(conn: AsyncConnection, entry_id: int) -> None:
    """Note that the entry was understood after all."""
    await conn.execute(
        update(quarantine)
        .where(quarantine.c.id == entry_id)
        .values(status="resolved", resolved_at=func.now())
    )


async def unsent_dead_letters(
    conn: AsyncConnection, *, limit: int
) -> Sequence[Row[tuple[Any, ...]]]:
    """Entries whose dead letter is not on the channel's topic yet."""
    return (
        await conn.execute(
            select(quarantine)
            .where(quarantine.c.dead_letter_sent_at.is_(None))
            .order_by(quarantine.c.id)
            .limit(limit)
        )
    ).all()


async def mark_dead_letters(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """Note that the dead letters were produced."""
    await conn.execute(
        update(quarantine).where(quarantine.c.id.in_(ids)).values(dead_letter_sent_at=func.now())
    )
