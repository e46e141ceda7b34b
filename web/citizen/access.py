"""Who may open a case: whoever has its key. A wrong key and no such case look the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.events import CaseEvent
from schema.numbers import is_receipt_number
from schema.submission import Attachment
from storage.cases import Case, attachments_of, events_of, find_case, waits_in_journal
from storage.sealing import ErasedError
from storage.texts import StoredText, texts_of
from web.site import Site

KEY_COOKIE = "minwon_case_key"
FIRST_KEY_VERSION = 1


@dataclass(frozen=True)
class OpenedCase:
    """A case with its log and texts; `case` is None while it is only in the journal."""

    number: str
    submitted_at: datetime
    case: Case | None
    events: tuple[CaseEvent, ...] = ()
    texts: Mapping[UUID, StoredText] | None = None
    attachments: tuple[Attachment, ...] = ()


async def open_with_key(site: Site, number: str, key: str | None) -> OpenedCase | None:
    """The case `number` where `key` opens it; None for a wrong key and where there is no case.

    The key is compared (in constant time) before anything is said about whether a case is there.
    """
    if not is_receipt_number(number):
        return None
    async with site.store.engine.connect() as conn:
        case = await find_case(conn, number)
        version = case.key_version if case else FIRST_KEY_VERSION
        if not site.store.keyring.opens_case(key or "", number=number, version=version):
            return None
        if case is not None:
            return await load_case(conn, site, case)
        arrived_at = await waits_in_journal(conn, number)
    return OpenedCase(number, arrived_at, None) if arrived_at else None


async def load_case(conn: AsyncConnection, site: Site, case: Case) -> OpenedCase:
    """A case with what its pages show; without texts where they were erased."""
    try:
        texts = await texts_of(conn, site.store, case.number)
    except ErasedError:
        texts = {}
    return OpenedCase(
        number=case.number,
        submitted_at=case.submitted_at,
        case=case,
        events=await events_of(conn, case.number),
        texts=texts,
        attachments=await attachments_of(conn, case.number),
    )


def key_in_cookie(request: Request) -> str | None:
    """The key that the browser keeps for this case; its cookie goes to this case's pages only."""
    return request.cookies.get(KEY_COOKIE)


def keep_key(response: Response, site: Site, number: str, key: str) -> None:
    """Have the browser keep the key of `number` until it is closed."""
    response.set_cookie(
        KEY_COOKIE,
        key,
        path=f"/cases/{number}",
        httponly=True,
        samesite="lax",
        secure=site.secure,
    )
