"""A case read whole for a page: the row, its log, its texts, its photos."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from schema.events import CaseEvent
from schema.submission import Attachment
from storage.cases import Case, attachments_of, events_of, told_address
from storage.sealing import ErasedError
from storage.texts import StoredText, texts_of
from web.site import Site


@dataclass(frozen=True)
class OpenedCase:
    """A case with its log and texts; `case` is None while it is only in the journal."""

    number: str
    submitted_at: datetime
    case: Case | None
    events: tuple[CaseEvent, ...] = ()
    texts: Mapping[UUID, StoredText] | None = None
    attachments: tuple[Attachment, ...] = ()
    address: str | None = None
    """The place as it was told, whole; for the officer, who has to go there."""


async def load_case(conn: AsyncConnection, site: Site, case: Case) -> OpenedCase:
    """A case with what its pages show; without texts where they were erased."""
    try:
        texts = await texts_of(conn, site.store, case.number)
        address = await told_address(conn, site.store, case.number)
    except ErasedError:
        texts, address = {}, None
    return OpenedCase(
        number=case.number,
        submitted_at=case.submitted_at,
        case=case,
        events=await events_of(conn, case.number),
        texts=texts,
        attachments=await attachments_of(conn, case.number),
        address=address,
    )
