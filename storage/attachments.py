"""Attachments: sealed files, their facts in a row. A file without a row is never read."""

import hashlib
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.submission import Attachment
from storage.sealing import DataKey, load_data_key
from storage.store import Store
from storage.tables import attachment


async def store_attachment(
    conn: AsyncConnection, store: Store, key: DataKey, content: bytes, facts: Attachment
) -> Attachment:
    """Seal `content` (already free of metadata) into a file and write its row; returns the facts
    as stored, with id, size and SHA-256 filled in. The file is kept before the row commits; raises
    OSError where it cannot be (a bucket that is away: FilesAwayError)."""
    kept = facts.model_copy(
        update={
            "id": uuid4(),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    )
    await store.files.write(kept.id, key.seal(content))
    await conn.execute(insert(attachment).values(data_key_id=key.id, **kept.model_dump()))
    return kept


async def adopt_attachments(conn: AsyncConnection, number: str, ids: list[UUID]) -> None:
    """Give the attachments `ids` to the case `number`."""
    if ids:
        await conn.execute(
            update(attachment).where(attachment.c.id.in_(ids)).values(case_number=number)
        )


async def read_attachment(
    conn: AsyncConnection, store: Store, attachment_id: UUID
) -> tuple[Attachment, bytes] | None:
    """The facts and the bytes, or None where there is none. Raises ErasedError, FileNotFoundError
    where the file is lost, FilesAwayError."""
    row = (
        await conn.execute(select(attachment).where(attachment.c.id == attachment_id))
    ).one_or_none()
    if row is None:
        return None
    key = await load_data_key(conn, store.keyring, row.data_key_id)
    sealed = await store.files.read(attachment_id)
    facts = Attachment.model_validate(row, from_attributes=True)
    return facts, key.open(sealed)
