"""Local accounts of staff and their sessions. Passwords as argon2id, session tokens as hashes."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import AwareDatetime, Field
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Role
from schema.model import Frozen
from schema.staff import STAFF_ROLES, Duty
from storage.tables import staff_account, staff_session

FIRST_LOGIN = "admin"
FIRST_DEPARTMENT = "6110000.first-line"
SESSION_LASTS = timedelta(hours=10)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(16))
"""Checked where there is no such login, so that the answer takes as long either way."""


class Account(Frozen):
    """A person of the city's staff. `role` and `department` are the first duty, `duties` what else
    the person does, own duties before those of absent people."""

    login: str = Field(min_length=2, max_length=60, pattern=r"^[a-z0-9._-]+$")
    name: str = Field(min_length=1, max_length=60)
    role: Role
    department: str
    phone: str | None = None
    duties: tuple[Duty, ...] = ()


class AccountError(Exception):
    """The account cannot be made; the message is one sentence that says what to change."""


class Session(Frozen):
    """A fresh session. `token` is told once and stored only as its hash."""

    token: str
    expires_at: AwareDatetime


async def add_account(conn: AsyncConnection, account: Account, password: str) -> None:
    """Store `account`; raises AccountError where the login is taken, the role is not one of
    staff, or the password is too short."""
    if account.role not in STAFF_ROLES:
        raise AccountError(f"{account.role} is not a role of staff: {', '.join(_role_names())}.")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"Give a password of at least {SHORTEST_PASSWORD} characters.")
    made = await conn.execute(
        insert(staff_account)
        .values(
            **account.model_dump(exclude={"duties"}),
            password_hash=await asyncio.to_thread(_hasher.hash, password),
        )
        .on_conflict_do_nothing()
    )
    if made.rowcount == 0:
        raise AccountError(f"There is an account {account.login} already.")


def _role_names() -> list[str]:
    return sorted(STAFF_ROLES)


async def ensure_first_administrator(conn: AsyncConnection, password: str) -> Account:
    """The account that a new system is entered with; made where there is none, else left alone.

    Its login is `admin`, its role the first-line desk's (통합접수자): the one role that may act
    for every department, so that the first sign-in can do everything. Others, system
    administrators too, are added by `minwon user add`.
    """
    account = Account(
        login=FIRST_LOGIN,
        name="통합접수 담당",
        role=Role.FIRST_LINE,
        department=FIRST_DEPARTMENT,
    )
    found = await find_account(conn, FIRST_LOGIN)
    if found is not None:
        return found
    await add_account(conn, account, password)
    return account


_COLUMNS = [staff_account.c[name] for name in Account.model_fields if name != "duties"]
_ACTIVE = staff_account.c.disabled_at.is_(None)


async def find_account(conn: AsyncConnection, login: str) -> Account | None:
    """The account `login`, or None where there is none or it was disabled."""
    statement = select(*_COLUMNS).where(staff_account.c.login == login, _ACTIVE)
    row = (await conn.execute(statement)).one_or_none()
    return Account.model_validate(row._mapping) if row else None


async def accounts_of(conn: AsyncConnection, department: str) -> tuple[Account, ...]:
    """The active accounts of a department, by name."""
    statement = (
        select(*_COLUMNS)
        .where(staff_account.c.department == department, _ACTIVE)
        .order_by(staff_account.c.name, staff_account.c.login)
    )
    return tuple(Account.model_validate(row._mapping) for row in await conn.execute(statement))


async def account_with_password(conn: AsyncConnection, login: str, password: str) -> Account | None:
    """The account where the password is right; None for a wrong one and for an unknown login."""
    if "\0" in login:
        return None
    statement = select(*_COLUMNS, staff_account.c.password_hash).where(
        staff_account.c.login == login, _ACTIVE
    )
    row = (await conn.execute(statement)).one_or_none()
    stored = row.password_hash if row else _NOBODYS_HASH
    if not await asyncio.to_thread(_matches, stored, password) or row is None:
        return None
    fields = dict(row._mapping)
    fields.pop("password_hash")
    return Account.model_validate(fields)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def disable_account(conn: AsyncConnection, login: str, at: datetime) -> bool:
    """Close an account and its sessions; its acts keep their name. False where there is none."""
    await conn.execute(delete(staff_session).where(staff_session.c.login == login))
    closed = await conn.execute(
        update(staff_account).where(staff_account.c.login == login, _ACTIVE).values(disabled_at=at)
    )
    return bool(closed.rowcount)


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def open_session(conn: AsyncConnection, login: str, now: datetime) -> Session:
    """A session of `login` from `now`; ended sessions of everybody are swept on the way."""
    await conn.execute(delete(staff_session).where(staff_session.c.expires_at <= now))
    session = Session(token=secrets.token_urlsafe(32), expires_at=now + SESSION_LASTS)
    await conn.execute(
        insert(staff_session).values(
            token_hash=_token_hash(session.token),
            login=login,
            created_at=now,
            expires_at=session.expires_at,
        )
    )
    return session


async def account_in_session(conn: AsyncConnection, token: str, now: datetime) -> Account | None:
    """Whose session `token` is, or None where it ended, was closed, or never was."""
    statement = (
        select(*_COLUMNS)
        .join(staff_session, staff_session.c.login == staff_account.c.login)
        .where(
            staff_session.c.token_hash == _token_hash(token),
            staff_session.c.expires_at > now,
            _ACTIVE,
        )
    )
    row = (await conn.execute(statement)).one_or_none()
    return Account.model_validate(row._mapping) if row else None


async def close_session(conn: AsyncConnection, token: str) -> None:
    """End the session; to end one that is not there is no error."""
    await conn.execute(
        delete(staff_session).where(staff_session.c.token_hash == _token_hash(token))
    )
