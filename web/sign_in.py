"""Who is acting: sessions in cookies or bearer tokens, and HTTP Basic with a local account."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from rules.rights import Right, departments_for, duty_for, holding
from schema.audit import Doer
from schema.codes import Role
from schema.staff import Duty
from storage.staff import (
    Account,
    Session,
    account_in_session,
    account_with_password,
    open_session,
)
from storage.staff import find_account as find_active_account
from storage.store import Store
from web.problems import ProblemError, SignInNeededError
from web.route_rights import right_of
from web.site import SiteHere, address_of

SESSION_COOKIE = "minwon_session"
BASIC_LASTS = timedelta(seconds=60)
FAILURES_ALLOWED = 8
FAILURES_FORGOTTEN = timedelta(minutes=5)
MOST_REMEMBERED = 10_000


class TooManyTriesError(Exception):
    """Too many wrong passwords for one login; it may try again in a while."""


class SignIn:
    """Checks passwords for one process: slow by design, so a right one is remembered briefly."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._pepper = secrets.token_bytes(32)
        self._right: dict[bytes, tuple[str, datetime]] = {}
        self._wrong: dict[str, list[datetime]] = {}

    async def session(self, login: str, password: str) -> tuple[Account, Session] | None:
        """A new session, or None for a wrong login or password.

        Raises TooManyTriesError after many wrong ones.
        """
        account = await self._checked(login, password)
        if account is None:
            return None
        async with self._store.engine.begin() as conn:
            return account, await open_session(conn, login, self._now())

    async def account(self, login: str, password: str) -> Account | None:
        """The account of HTTP Basic. Raises TooManyTriesError after many wrong passwords."""
        proof = hmac.digest(self._pepper, f"{login}\0{password}".encode(), hashlib.sha256)
        remembered = self._right.get(proof)
        if remembered is not None and remembered[1] > self._now():
            async with self._store.engine.connect() as conn:
                return await find_active_account(conn, remembered[0])
        account = await self._checked(login, password)
        if account is not None:
            _make_room(self._right)
            self._right[proof] = (login, self._now() + BASIC_LASTS)
        return account

    async def _checked(self, login: str, password: str) -> Account | None:
        recent = self._recent_failures(login)
        if len(recent) >= FAILURES_ALLOWED:
            raise TooManyTriesError(login)
        async with self._store.engine.connect() as conn:
            account = await account_with_password(conn, login, password)
        if account is None:
            _make_room(self._wrong)
            self._wrong[login] = [*self._recent_failures(login), self._now()]
        else:
            self._wrong.pop(login, None)
        return account

    def _recent_failures(self, login: str) -> list[datetime]:
        since = self._now() - FAILURES_FORGOTTEN
        return [at for at in self._wrong.get(login, []) if at > since]


def _make_room(
    remembered: dict[bytes, tuple[str, datetime]] | dict[str, list[datetime]],
) -> None:
    if len(remembered) >= MOST_REMEMBERED:
        remembered.clear()


def csrf_of(token: str) -> str:
    """The word that a session's own forms carry: another site cannot know it."""
    return hmac.digest(token.encode(), b"csrf", hashlib.sha256).hex()


@dataclass(frozen=True)
class Staff:
    """A signed-in person of the staff; `csrf` is empty where no cookie acts, `address` is where
    the request came from."""

    account: Account
    csrf: str = ""
    address: str | None = None

    @property
    def role(self) -> Role:
        """The role of the person's first duty."""
        return self.account.role

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What the person does, where, and for whom; the first duty first."""
        own = Duty(role=self.account.role, department=self.account.department)
        return (own, *self.account.duties)

    def may(self, right: Right) -> bool:
        """True where one of the duties gives `right`, on whatever it is."""
        return bool(holding(self.duties, right))

    def reaches_all(self, right: Right) -> bool:
        """True where `right` is on every department's cases."""
        return departments_for(self.duties, right) is None

    def duty_on(self, right: Right, departments: Collection[str | None]) -> Duty | None:
        """The duty by which the person has `right` on what is one of `departments`'; or None."""
        return duty_for(self.duties, right, departments)

    def doer(self, duty: Duty | None = None) -> Doer:
        """The person for the audit log, in `duty`."""
        done = duty or self.duties[0]
        return Doer(
            account=self.account.login,
            role=done.role,
            instead_of=done.instead_of,
            address=self.address,
        )

    @property
    def sees_all(self) -> bool:
        """True where every department's cases may be read."""
        return self.reaches_all(Right.READ)

    def own(self, csrf: str) -> bool:
        """True where a posted form came from this session's own page."""
        return bool(self.csrf) and hmac.compare_digest(csrf.encode(), self.csrf.encode())


async def staff_on_page(request: Request, site: SiteHere) -> Staff:
    """Who is signed in; raises SignInNeededError where nobody is, HTTPException 403 where no duty
    gives the page's right."""
    token = request.cookies.get(SESSION_COOKIE)
    account = None
    if token:
        async with site.store.engine.connect() as conn:
            account = await account_in_session(conn, token, site.now())
    if account is None or not token:
        raise SignInNeededError
    staff = Staff(account, csrf_of(token), address_of(request))
    if not staff.may(right_of(request)):
        raise HTTPException(403)
    return staff


StaffHere = Annotated[Staff, Depends(staff_on_page)]


async def staff_in_api(request: Request, site: SiteHere) -> Staff:
    """Who calls: Bearer token, Basic, or the session cookie; raises the 401 otherwise, and 403
    where no duty gives the right."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    account = None
    if scheme.lower() == "basic":
        account = await _basic(site.sign_in, given)
    else:
        token = given if scheme.lower() == "bearer" else request.cookies.get(SESSION_COOKIE)
        if token:
            async with site.store.engine.connect() as conn:
                account = await account_in_session(conn, token.strip(), site.now())
    if account is None:
        raise not_signed_in()
    staff = Staff(account, address=address_of(request))
    if not staff.may(right_of(request)):
        raise not_your_role()
    return staff


StaffInApi = Annotated[Staff, Depends(staff_in_api)]
WAYS_IN = (staff_on_page, staff_in_api)
"""What a route depends on that asks who is signed in."""


async def _basic(sign_in: SignIn, given: str) -> Account | None:
    try:
        login, colon, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    try:
        return await sign_in.account(login, password) if colon else None
    except TooManyTriesError:
        raise too_many_tries() from None


def not_signed_in() -> ProblemError:
    """401: no account, or a wrong password."""
    return ProblemError(
        401,
        "not_signed_in",
        "로그인이 필요합니다. 아이디와 비밀번호를 확인해 주세요.",
        "Sign in first; check login and password.",
        headers={"www-authenticate": 'Basic realm="minwon", charset="UTF-8"'},
    )


def too_many_tries() -> ProblemError:
    """429: too many wrong passwords for this login."""
    seconds = str(int(FAILURES_FORGOTTEN.total_seconds()))
    return ProblemError(
        429,
        "too_many_tries",
        "비밀번호를 여러 번 틀렸습니다. 5분 뒤에 다시 시도해 주세요.",
        "Too many wrong passwords; try again in five minutes.",
        headers={"retry-after": seconds},
    )


def not_your_role() -> ProblemError:
    """403: no duty of the account gives the right."""
    return ProblemError(
        403, "not_your_role", "이 역할로는 할 수 없습니다.", "Your role does not include this."
    )
