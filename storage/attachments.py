"""Attachments: sealed files in a directory, their facts in a row. A file without a row is swept."""

import asyncio
import hashlib
import os
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.submission import Attachment
from storage.sealing import DataKey, load_data_key
from storage.store import Store
from storage.tables import attachment


def _path(directory: Path, attachment_id: UUID) -> Path:
    name = attachment_id.hex
    return directory / name[:2] / name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


async def store_attachment(
    conn: AsyncConnection, store: Store, key: DataKey, content: bytes, facts: Attachment
) -> Attachment:
    """Seal `content` (already free of metadata) into a file and write its row; returns the facts
    as stored, with id, size and SHA-256 filled in. The file is on disk before the row commits."""
    kept = facts.model_copy(
        update={
            "id": uuid4(),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    )
    path = _path(store.attachments_dir, kept.id)
    await asyncio.to_thread(_write, path, key.seal(content))
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
    """The facts and the bytes, or None where there is none or it was erased."""
    row = (
        await conn.execute(select(attachment).where(attachment.c.id == attachment_id))
    ).one_or_none()
    if row is None:
        return None
    key = await load_data_key(conn, store.keyring, row.data_key_id)
    sealed = await asyncio.to_thread(_path(store.attachments_dir, attachment_id).read_bytes)
    facts = Attachment.model_validate(row, from_attributes=True)
    return facts, key.open(sealed)
