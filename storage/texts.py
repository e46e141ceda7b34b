"""Stored texts: what people wrote, sealed, with a masked copy beside it. Events name them by id."""

import unicodedata
from collections.abc import Sequence
from uuid import UUID, uuid4

from pydantic import AwareDatetime
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.masking import mask
from schema.codes import TextKind
from schema.model import Frozen
from storage.sealing import DataKey, load_data_key
from storage.store import Store
from storage.tables import case_text, cases


class StoredText(Frozen):
    """One text in the clear, for somebody who may read it."""

    id: UUID
    kind: TextKind
    text: str
    masked: str
    hidden: bool
    created_at: AwareDatetime


async def keep_text(
    conn: AsyncConnection, key: DataKey, number: str, kind: TextKind, content: str
) -> UUID:
    """Seal `content` (made NFC) for case `number`; returns the id that events may name."""
    normal = unicodedata.normalize("NFC", content)
    text_id = uuid4()
    await conn.execute(
        insert(case_text).values(
            id=text_id,
            case_number=number,
            kind=kind,
            sealed=key.seal_text(normal),
            masked=mask(normal).text,
        )
    )
    return text_id


async def case_key(conn: AsyncConnection, store: Store, number: str) -> DataKey:
    """The data key of a case; raises ErasedError where it was destroyed."""
    key_id = await conn.scalar(select(cases.c.data_key_id).where(cases.c.number == number))
    if key_id is None:
        raise LookupError(number)
    return await load_data_key(conn, store.keyring, key_id)


async def texts_of(
    conn: AsyncConnection, store: Store, number: str, *, kinds: Sequence[TextKind] = tuple(TextKind)
) -> dict[UUID, StoredText]:
    """The texts of a case by id, oldest first."""
    key = await case_key(conn, store, number)
    rows = await conn.execute(
        select(case_text)
        .where(case_text.c.case_number == number, case_text.c.kind.in_(kinds))
        .order_by(case_text.c.created_at, case_text.c.id)
    )
    return {
        row.id: StoredText(
            id=row.id,
            kind=TextKind(row.kind),
            text=key.open_text(row.sealed),
            masked=row.masked,
            hidden=row.hidden,
            created_at=row.created_at,
        )
        for row in rows
    }


async def hide_texts(conn: AsyncConnection, number: str, kinds: Sequence[TextKind]) -> None:
    """Hide texts from every page but the officer's: their source was deleted by its author."""
    await conn.execute(
        update(case_text)
        .where(case_text.c.case_number == number, case_text.c.kind.in_(kinds))
        .values(hidden=True)
    )
