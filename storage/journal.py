"""The intake journal: what a gateway took in, before anything else is done with it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel
from schema.model import Frozen
from storage.sealing import DataKey, load_data_key, new_data_key
from storage.store import Store
from storage.tables import intake_journal


class JournalOutcome(StrEnum):
    """What became of a journal row."""

    REGISTERED = "registered"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    NO_PETITION = "no_petition"


class JournalEntry(Frozen):
    """One record to be journalled. `body` is what the channel sent, untouched.

    `wants_number`: somebody waits for the receipt number, so it is allotted now. `data_key` is
    given where attachments of the record were already sealed under it.
    """

    channel: Channel
    kind: str
    external_id: str | None
    revision: int = 0
    body: bytes
    media_type: str
    arrived_at: AwareDatetime
    wants_number: bool = False
    data_key: DataKey | None = None


class Journalled(Frozen):
    """The committed row. `external_id` is the receipt number where the sender gave none."""

    id: int
    receipt_number: str | None
    external_id: str


async def append(conn: AsyncConnection, store: Store, entry: JournalEntry) -> Journalled:
    """Write `entry` in this transaction; the gateway answers when it is committed.

    The same record delivered again gets the number it got before.
    """
    number = await _number_for(conn, store, entry) if entry.wants_number else None
    external_id = entry.external_id or number
    if external_id is None:
        raise ValueError("a record without an external id must want a number")
    key = entry.data_key or await new_data_key(conn, store.keyring)
    statement = (
        insert(intake_journal)
        .values(
            channel=entry.channel,
            kind=entry.kind,
            external_id=external_id,
            revision=entry.revision,
            arrived_at=entry.arrived_at,
            receipt_number=number,
            media_type=entry.media_type,
            payload=key.seal(entry.body),
            data_key_id=key.id,
        )
        .returning(intake_journal.c.id)
    )
    journal_id = await conn.scalar(statement)
    assert journal_id is not None
    return Journalled(id=journal_id, receipt_number=number, external_id=external_id)


async def _number_for(conn: AsyncConnection, store: Store, entry: JournalEntry) -> str:
    if entry.external_id is not None:
        earlier = await earlier_delivery(conn, entry.channel, entry.external_id)
        if earlier is not None and earlier.receipt_number is not None:
            return earlier.receipt_number
    return await store.numbers.allot(conn, entry.arrived_at)


async def earlier_delivery(
    conn: AsyncConnection, channel: Channel, external_id: str
) -> Journalled | None:
    """The row of the same record, journalled before with a receipt number, or None.

    Holds the record's name for the rest of the transaction, so that two deliveries at once are one
    after the other. For gateways that would otherwise store attachments a second time.
    """
    await _hold(conn, channel, external_id)
    row = (
        await conn.execute(
            select(intake_journal.c.id, intake_journal.c.receipt_number)
            .where(
                intake_journal.c.channel == channel,
                intake_journal.c.external_id == external_id,
                intake_journal.c.receipt_number.is_not(None),
            )
            .order_by(intake_journal.c.id)
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    return Journalled(id=row.id, receipt_number=row.receipt_number, external_id=external_id)


async def _hold(conn: AsyncConnection, channel: Channel, external_id: str) -> None:
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"{channel}/{external_id}"},
    )


class IdempotencyConflictError(Exception):
    """The same Idempotency-Key was used with another body: 409."""


def body_hash(body: bytes) -> bytes:
    """SHA-256 of a request's body, as stored beside its Idempotency-Key."""
    return hashlib.sha256(body).digest()


async def stored_answer(
    conn: AsyncConnection, store: Store, *, scope: str, idempotency_key: str, body: bytes
) -> bytes | None:
    """The answer given before under this key, or None for a new key.

    Holds the key for the rest of the transaction, so that two at once make one record.
    Raises IdempotencyConflictError where the key came with another body.
    """
    name = f"idempotency/{scope}/{idempotency_key}"
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
    )
    row = (
        await conn.execute(
            select(
                intake_journal.c.body_hash, intake_journal.c.answer, intake_journal.c.data_key_id
            ).where(
                intake_journal.c.scope == scope,
                intake_journal.c.idempotency_key == idempotency_key,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != body_hash(body):
        raise IdempotencyConflictError(idempotency_key)
    key = await load_data_key(conn, store.keyring, row.data_key_id)
    return key.open(row.answer)


async def keep_answer(
    conn: AsyncConnection,
    store: Store,
    journal_id: int,
    *,
    scope: str,
    idempotency_key: str,
    body: bytes,
    answer: bytes,
) -> None:
    """Store the answer under its key, in the transaction that wrote the journal row."""
    key_id = await conn.scalar(
        select(intake_journal.c.data_key_id).where(intake_journal.c.id == journal_id)
    )
    assert key_id is not None
    key = await load_data_key(conn, store.keyring, key_id)
    await conn.execute(
        update(intake_journal)
        .where(intake_journal.c.id == journal_id)
        .values(
            scope=scope,
            idempotency_key=idempotency_key,
            body_hash=body_hash(body),
            answer=key.seal(answer),
        )
    )


async def pending(conn: AsyncConnection, *, limit: int) -> Sequence[Row[tuple[object, ...]]]:
    """Rows to be produced now: never yet, or again because nothing was heard of them since."""
    return (
        await conn.execute(
            select(intake_journal)
            .where(
                intake_journal.c.outcome.is_(None),
                intake_journal.c.publish_after <= func.now(),
            )
            .order_by(intake_journal.c.id)
            .limit(limit)
        )
    ).all()


async def settle(
    conn: AsyncConnection, journal_id: int, outcome: JournalOutcome, at: datetime | None = None
) -> None:
    """Note what became of a row; the relay then leaves it alone.

    The first fate stays: the same row redelivered is no second delivery. Only what was in
    quarantine may still become something else.
    """
    unsettled = intake_journal.c.outcome.is_(None)
    in_quarantine = intake_journal.c.outcome == JournalOutcome.QUARANTINED
    await conn.execute(
        update(intake_journal)
        .where(intake_journal.c.id == journal_id, unsettled | in_quarantine)
        .values(outcome=outcome, settled_at=at or func.now())
    )


async def journalled_key(conn: AsyncConnection, store: Store, journal_id: int) -> DataKey:
    """The data key of a journal row, which its case takes over."""
    key_id: UUID | None = await conn.scalar(
        select(intake_journal.c.data_key_id).where(intake_journal.c.id == journal_id)
    )
    if key_id is None:
        return await new_data_key(conn, store.keyring)
    return await load_data_key(conn, store.keyring, key_id)
