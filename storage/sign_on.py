"""People on their way to the sign-on service and back, and the accounts they come to."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sign_on import Mapped
from schema.audit import AuditKind, AuditNote, Doer
from schema.model import Frozen
from storage.audit import note
from storage.duties import in_order, own_duties
from storage.staff import Account, Source, add_account, change_account, find_account
from storage.tables import sign_on_attempt, staff_account

ATTEMPT_LASTS = timedelta(minutes=10)


class Sent(Frozen):
    """Somebody who was sent to the service: the words that must come back, and the way on."""

    nonce: str
    verifier: str
    next: str


class StrangerError(Exception):
    """The service knows the person, the city does not. `code` names the text that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _hash(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


async def keep_attempt(
    conn: AsyncConnection, sent: Sent, *, state: str, browser: str, now: datetime
) -> None:
    """Remember that the browser `browser` was sent with `state`; those too old are forgotten."""
    await conn.execute(delete(sign_on_attempt).where(sign_on_attempt.c.expires_at <= now))
    await conn.execute(
        insert(sign_on_attempt).values(
            state_hash=_hash(state),
            browser_hash=_hash(browser),
            expires_at=now + ATTEMPT_LASTS,
            **sent.model_dump(),
        )
    )


async def take_attempt(
    conn: AsyncConnection, *, state: str, browser: str, now: datetime
) -> Sent | None:
    """What was remembered, once: None for another browser's, an old one, and one taken before."""
    attempt = sign_on_attempt.c
    row = (
        await conn.execute(
            delete(sign_on_attempt)
            .where(
                attempt.state_hash == _hash(state),
                attempt.browser_hash == _hash(browser),
                attempt.expires_at > now,
            )
            .returning(attempt.nonce, attempt.verifier, attempt.next)
        )
    ).one_or_none()
    return Sent.model_validate(row._mapping) if row else None


async def account_of(
    conn: AsyncConnection, *, issuer: str, subject: str, mapped: Mapped | None, doer: Doer
) -> Account:
    """The account of somebody whom the service vouches for.

    One that came before is known by issuer and subject, never by a name that the service may give
    to another. One that an administrator made without a password, or whom the mapping gives
    duties, is bound or made now; of source `directory`, name and duties follow the service at each
    sign-in. Raises StrangerError for everybody else.
    """
    whole = f"{issuer} {subject}"
    account = staff_account.c
    row = (
        await conn.execute(
            select(account.login, account.source, account.disabled_at)
            .where(account.subject == whole)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return await _first_time(conn, whole, mapped, doer)
    if row.disabled_at is not None:
        raise StrangerError("disabled")
    if row.source == Source.DIRECTORY:
        return await _as_the_directory_says(conn, row.login, mapped, doer)
    return await _found(conn, row.login)


async def _first_time(
    conn: AsyncConnection, subject: str, mapped: Mapped | None, doer: Doer
) -> Account:
    if mapped is None:
        raise StrangerError("no_login")
    account = staff_account.c
    row = (
        await conn.execute(
            select(account.password_hash, account.subject, account.disabled_at)
            .where(account.login == mapped.login)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return await _made(conn, subject, mapped, doer)
    if row.disabled_at is not None:
        raise StrangerError("disabled")
    if row.password_hash is not None or row.subject is not None:
        raise StrangerError("login_taken")
    await conn.execute(
        update(staff_account).where(account.login == mapped.login).values(subject=subject)
    )
    await _note(conn, AuditKind.ACCOUNT_CHANGED, doer, mapped.login, bound=True)
    return await _found(conn, mapped.login)


async def _made(conn: AsyncConnection, subject: str, mapped: Mapped, doer: Doer) -> Account:
    if not mapped.duties:
        raise StrangerError("unknown")
    account = _account(mapped)
    await add_account(conn, account, None, source=Source.DIRECTORY, subject=subject)
    await _note(conn, AuditKind.ACCOUNT_ADDED, doer, account.login)
    return account


async def _as_the_directory_says(
    conn: AsyncConnection, login: str, mapped: Mapped | None, doer: Doer
) -> Account:
    if mapped is None or not mapped.duties:
        raise StrangerError("unknown")
    before = await _found(conn, login)
    account = _account(mapped).model_copy(update={"login": login, "phone": before.phone})
    if account != before:
        await change_account(conn, account)
        await _note(conn, AuditKind.ACCOUNT_CHANGED, doer, login)
    return account


def _account(mapped: Mapped) -> Account:
    first, *others = mapped.duties
    return Account(
        login=mapped.login,
        name=mapped.name,
        role=first.role,
        department=first.department,
        duties=in_order(others),
    )


async def _found(conn: AsyncConnection, login: str) -> Account:
    found = await find_account(conn, login)
    assert found is not None
    return found.model_copy(update={"duties": await own_duties(conn, login)})


async def _note(
    conn: AsyncConnection, kind: AuditKind, doer: Doer, login: str, **detail: bool
) -> None:
    said = {"by": "directory", **detail}
    await note(conn, AuditNote(kind=kind, doer=doer, person=login, detail=said))
