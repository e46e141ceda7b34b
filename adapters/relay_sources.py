"""What the relay drains: journal, outbox, dead letters; replies and staff notices beside them."""

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.codes import CODES
from adapters.relay import Outgoing, Source
from adapters.reply_sources import REPLIES, STAFF
from schema.codes import Channel
from schema.envelope import (
    SOURCE,
    CloudEvent,
    dead_letter_topic,
    intake_topic,
    intake_type,
)
from storage import journal, outbox, quarantine
from storage.sealing import ErasedError, load_data_key
from storage.store import Store


async def _journal(conn: AsyncConnection, store: Store, limit: int) -> Sequence[Outgoing]:
    found = []
    for row in await journal.pending(conn, limit=limit):
        channel = Channel(row.channel)
        try:
            key = await load_data_key(conn, store.keyring, row.data_key_id)
        except ErasedError:
            continue  # erased before it was produced: there is nothing left to tell
        event = CloudEvent.model_validate(
            {
                "id": f"{row.external_id}/{row.revision}",
                "source": f"{SOURCE}/gateway/{channel}",
                "type": intake_type(channel, row.kind),
                "subject": row.external_id,
                "time": row.arrived_at,
                "datacontenttype": row.media_type,
                "data_base64": base64.b64encode(key.open(row.payload)).decode(),
                "journalid": row.id,
                "receiptnumber": row.receipt_number,
            }
        )
        found.append(
            Outgoing(
                row_id=row.id,
                topic=intake_topic(channel),
                key=row.external_id,
                value=event.to_bytes(),
            )
        )
    return found


async def _events(conn: AsyncConnection, store: Store, limit: int) -> Sequence[Outgoing]:
    rows = await outbox.pending_events(conn, limit=limit)
    return [
        Outgoing(row_id=row.id, topic=row.topic, key=row.key, value=row.message) for row in rows
    ]


async def _dead_letters(conn: AsyncConnection, store: Store, limit: int) -> Sequence[Outgoing]:
    found = []
    for row in await quarantine.unsent_dead_letters(conn, limit=limit):
        key = await load_data_key(conn, store.keyring, row.data_key_id)
        headers: dict[str, Any] = {
            "x-error-code": row.reason,
            "x-error-detail": row.detail,
            "x-origin": row.origin,
            "x-first-seen": row.first_seen_at.isoformat(),
        }
        found.append(
            Outgoing(
                row_id=row.id,
                topic=dead_letter_topic(Channel(row.channel)),
                key=row.external_id or row.origin,
                value=key.open(row.payload),
                headers=tuple((name, str(value).encode()) for name, value in headers.items()),
            )
        )
    return found


JOURNAL = Source("journal", _journal, outbox.mark_journal)
EVENTS = Source("events", _events, outbox.mark_events)
DEAD_LETTERS = Source("dead_letters", _dead_letters, quarantine.mark_dead_letters)

SOURCES = (CODES, JOURNAL, EVENTS, REPLIES, STAFF, DEAD_LETTERS)
"""In the order in which they are drained: what people wait for first."""
