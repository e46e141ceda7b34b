"""Who is acting: sessions in cookies or bearer tokens, and HTTP Basic with a local account."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from rules.rights import Right, departments_for, duty_for, holding
from schema.audit import Doer
from schema.codes import Role
from schema.staff import Duty
from storage.sessions import TOUCHED_EACH, OpenSession, find_session, touch_session
from storage.staff import Account, find_account
from web.passwords import FAILURES_FORGOTTEN, TooManyTriesError
from web.problems import ProblemError, SignInNeededError
from web.route_rights import right_of
from web.site import Site, SiteHere, address_of

SESSION_COOKIE = "minwon_session"
BACKGROUND = frozenset({"/staff/live", "/staff/session", "/staff/exports/progress"})
"""What pages ask for by themselves: that keeps no session alive."""


def csrf_of(token: str) -> str:
    """The word that a session's own forms carry: another site cannot know it."""
    return hmac.digest(token.encode(), b"csrf", hashlib.sha256).hex()


@dataclass(frozen=True)
class Staff:
    """A signed-in person of the staff; `csrf` is empty where no cookie acts, `address` is where
    the request came from; a session ends at `session_ends_at` unless it is used."""

    account: Account
    csrf: str = ""
    address: str | None = None
    session: OpenSession | None = None
    session_ends_at: datetime | None = None

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


async def _in_session(request: Request, site: Site, token: str) -> Staff | None:
    """Whose session `token` is; that it is in use is noted, once a minute."""
    now = site.now()
    async with site.store.engine.connect() as conn:
        session = await find_session(conn, token, now, site.limits)
        account = await find_account(conn, session.login, now) if session else None
        if session is None or account is None:
            return None
        used = request.method != "GET" or request.url.path not in BACKGROUND
        if used and now - session.seen_at >= TOUCHED_EACH:
            session = await touch_session(conn, session, now)
            await conn.commit()
    return Staff(
        account,
        csrf_of(token),
        address_of(request) or None,
        session,
        session.ends_at(site.limits),
    )


async def staff_on_page(request: Request, site: SiteHere) -> Staff:
    """Who is signed in; raises SignInNeededError where nobody is, HTTPException 403 where no duty
    gives the page's right."""
    token = request.cookies.get(SESSION_COOKIE)
    staff = await _in_session(request, site, token) if token else None
    if staff is None:
        raise SignInNeededError
    if not staff.may(right_of(request)):
        raise HTTPException(403)
    return staff


StaffHere = Annotated[Staff, Depends(staff_on_page)]


async def staff_in_api(request: Request, site: SiteHere) -> Staff:
    """Who calls: Bearer token, Basic, or the session cookie; raises the 401 otherwise, and 403
    where no duty gives the right."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    staff = None
    if scheme.lower() == "basic":
        account = await _basic(site, given, address_of(request))
        staff = Staff(account, address=address_of(request) or None) if account else None
    else:
        token = given if scheme.lower() == "bearer" else request.cookies.get(SESSION_COOKIE)
        staff = await _in_session(request, site, token.strip()) if token else None
    if staff is None:
        raise not_signed_in()
    if not staff.may(right_of(request)):
        raise not_your_role()
    return replace(staff, csrf="")


StaffInApi = Annotated[Staff, Depends(staff_in_api)]
WAYS_IN = (staff_on_page, staff_in_api)
"""What a route depends on that asks who is signed in."""


async def _basic(site: Site, given: str, address: str) -> Account | None:
    try:
        login, colon, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    try:
        return await site.sign_in.account(login, password, address) if colon else None
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
