"""Who may open a case: whoever has its key. A wrong key and no such case look the same."""

from fastapi import Request, Response

from schema.numbers import is_receipt_number
from storage.cases import Case, waits_in_journal
from web.opened import OpenedCase, find_shown, load_case
from web.site import Site

KEY_COOKIE = "minwon_case_key"
FIRST_KEY_VERSION = 1


async def open_with_key(site: Site, number: str, key: str | None) -> OpenedCase | None:
    """The case `number` where `key` opens it; None for a wrong key and where there is no case."""
    if not is_receipt_number(number):
        return None
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, number)
        if not _fits(site, number, case, key):
            return None
        if case is not None:
            return await load_case(conn, site, case)
        arrived_at = await waits_in_journal(conn, number)
    return OpenedCase(number, arrived_at, None) if arrived_at else None


async def opens(site: Site, number: str, key: str | None) -> bool:
    """True where `key` opens the case `number`, which may still wait in the journal."""
    if not is_receipt_number(number):
        return False
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, number)
        if not _fits(site, number, case, key):
            return False
        return case is not None or await waits_in_journal(conn, number) is not None


def _fits(site: Site, number: str, case: Case | None, key: str | None) -> bool:
    """Compares the key (in constant time) before anything is said about whether a case is there."""
    version = case.key_version if case else FIRST_KEY_VERSION
    return site.store.keyring.opens_case(key or "", number=number, version=version)


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
