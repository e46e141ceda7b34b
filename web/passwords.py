"""Signing in with a local account's password: slow by design, and slower still for guessers."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from schema.audit import AuditKind, AuditNote, Doer
from storage.audit import note, note_alone
from storage.sessions import Origin, Session, SessionLimits, open_session
from storage.staff import Account, account_with_password, find_account
from storage.store import Store

BASIC_LASTS = timedelta(seconds=60)
FAILURES_ALLOWED = 8
"""For one login; who guesses at one account waits."""
FAILURES_FROM_ADDRESS = 60
"""From one address, whatever the logins: an office shares one, so it is more."""
FAILURES_FORGOTTEN = timedelta(minutes=5)
MOST_REMEMBERED = 10_000


class TooManyTriesError(Exception):
    """Too many wrong passwords for one login or from one address; it may try again in a while."""


class SignIn:
    """Checks passwords for one process. A right one of HTTP Basic is remembered briefly."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        limits: SessionLimits = SessionLimits(),  # noqa: B008 - frozen
    ) -> None:
        self._store = store
        self._now = now
        self._limits = limits
        self._pepper = secrets.token_bytes(32)
        self._right: dict[bytes, tuple[str, datetime]] = {}
        self._wrong: dict[str, list[datetime]] = {}

    async def session(
        self, login: str, password: str, origin: Origin
    ) -> tuple[Account, Session] | None:
        """A new session, or None for a wrong login or password.

        Raises TooManyTriesError after many wrong ones.
        """
        account = await self._checked(login, password, origin.address)
        if account is None:
            return None
        async with self._store.engine.begin() as conn:
            session = await open_session(
                conn, account.login, self._now(), origin=origin, limits=self._limits
            )
            await note(conn, _signed_in(account, origin.address, origin.means))
        return account, session

    async def account(self, login: str, password: str, address: str | None) -> Account | None:
        """The account of HTTP Basic. Raises TooManyTriesError after many wrong passwords."""
        proof = hmac.digest(self._pepper, f"{login}\0{password}".encode(), hashlib.sha256)
        remembered = self._right.get(proof)
        if remembered is None or remembered[1] <= self._now():
            account = await self._checked(login, password, address)
            if account is None:
                return None
            await note_alone(self._store, _signed_in(account, address, "basic"))
            _make_room(self._right)
            self._right[proof] = (login, self._now() + BASIC_LASTS)
        async with self._store.engine.connect() as conn:
            return await find_account(conn, login, self._now())

    async def _checked(self, login: str, password: str, address: str | None) -> Account | None:
        counted = {f"login {login}": FAILURES_ALLOWED, f"from {address}": FAILURES_FROM_ADDRESS}
        if any(len(self._recent(name)) >= most for name, most in counted.items()):
            raise TooManyTriesError(login)
        async with self._store.engine.connect() as conn:
            account = await account_with_password(conn, login, password)
            known = await find_account(conn, login) if "\0" not in login else None
        if account is not None:
            self._wrong.pop(f"login {login}", None)
            return account
        _make_room(self._wrong)
        for name in counted:
            self._wrong[name] = [*self._recent(name), self._now()]
        failed = AuditNote(
            kind=AuditKind.SIGN_IN_FAILED,
            doer=Doer(account=None, address=address),
            person=known.login if known else None,
            detail={"known": known is not None},
        )
        await note_alone(self._store, failed)
        return None

    def _recent(self, name: str) -> list[datetime]:
        since = self._now() - FAILURES_FORGOTTEN
        return [at for at in self._wrong.get(name, []) if at > since]


def _signed_in(account: Account, address: str | None, means: str) -> AuditNote:
    doer = Doer(account=account.login, role=account.role, address=address)
    return AuditNote(
        kind=AuditKind.SIGNED_IN, doer=doer, person=account.login, detail={"means": means}
    )


def _make_room(
    remembered: dict[bytes, tuple[str, datetime]] | dict[str, list[datetime]],
) -> None:
    if len(remembered) >= MOST_REMEMBERED:
        remembered.clear()
