"""Accounts of staff. Passwords as argon2id; whoever signs in by the sign-on service has none."""

import asyncio
import secrets
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import AwareDatetime, Field
from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Role
from schema.model import Frozen
from schema.staff import STAFF_ROLES, Duty
from storage.duties import duties_of, everybodys_duties, own_duties, set_duties
from storage.sessions import end_sessions
from storage.tables import staff_account

FIRST_LOGIN = "admin"
FIRST_DEPARTMENT = "6110000.first-line"
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(16))
"""Checked where there is no such login, so that the answer takes as long either way."""


class Source(StrEnum):
    """Who says what an account does: the administrator, or the sign-on service's groups."""

    LOCAL = "local"
    DIRECTORY = "directory"


class Account(Frozen):
    """A person of the city's staff. `role` and `department` are the first duty, `duties` what else
    the person does, own duties before those of absent people."""

    login: str = Field(min_length=2, max_length=60, pattern=r"^[a-z0-9._-]+$")
    name: str = Field(min_length=1, max_length=60)
    role: Role
    department: str
    phone: str | None = Field(default=None, max_length=30)
    duties: tuple[Duty, ...] = ()


class AccountFacts(Frozen):
    """What the administrator sees of an account beside what it does."""

    source: Source
    has_password: bool
    subject: str | None
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None


class AccountError(Exception):
    """The account cannot be made; the message is one sentence that says what to change. `code`
    names the text of the pages for it."""

    def __init__(self, sentence: str, code: str = "wrong") -> None:
        super().__init__(sentence)
        self.code = code


async def add_account(
    conn: AsyncConnection,
    account: Account,
    password: str | None,
    *,
    source: Source = Source.LOCAL,
    subject: str | None = None,
) -> None:
    """Store `account`; without a password it is one of the sign-on service's.

    Raises AccountError where the login is taken, a role is not one of staff, or the password is
    too short.
    """
    _check_roles(account)
    made = await conn.execute(
        insert(staff_account)
        .values(
            **account.model_dump(exclude={"duties"}),
            password_hash=None if password is None else await password_hash(password),
            source=source,
            subject=subject,
        )
        .on_conflict_do_nothing()
    )
    if made.rowcount == 0:
        raise AccountError(f"There is an account {account.login} already.", "login_taken")
    await set_duties(conn, account.login, account.duties)


def _check_roles(account: Account) -> None:
    for role in (account.role, *(duty.role for duty in account.duties)):
        if role not in STAFF_ROLES:
            known = ", ".join(sorted(STAFF_ROLES))
            raise AccountError(f"{role} is not a role of staff: {known}.", "role")


async def password_hash(password: str) -> str:
    """The argon2id hash to store. Raises AccountError for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(
            f"Give a password of at least {SHORTEST_PASSWORD} characters.", "short_password"
        )
    return await asyncio.to_thread(_hasher.hash, password)


async def change_account(conn: AsyncConnection, account: Account) -> bool:
    """Have the account be `account`: name, telephone, duties. False where there is none in use."""
    _check_roles(account)
    changed = await conn.execute(
        update(staff_account)
        .where(staff_account.c.login == account.login, _ACTIVE)
        .values(**account.model_dump(exclude={"login", "duties"}))
    )
    if changed.rowcount == 0:
        return False
    await set_duties(conn, account.login, account.duties)
    return True


async def set_password(conn: AsyncConnection, login: str, password: str) -> bool:
    """Give the account another password; False where there is none in use. Its sessions are the
    caller's to end. Raises AccountError for one that is too short."""
    changed = await conn.execute(
        update(staff_account)
        .where(staff_account.c.login == login, _ACTIVE)
        .values(password_hash=await password_hash(password))
    )
    return changed.rowcount == 1


async def ensure_first_administrator(conn: AsyncConnection, password: str) -> Account:
    """The account that a new system is entered with; made where there is none, else left alone.

    Its login is `admin`. It is the first-line desk's (통합접수자), the one role that may act for
    every department, and where nobody else is system administrator (시스템관리자) it is that too:
    so the first sign-in can do everything, and give it to others.
    """
    account = Account(
        login=FIRST_LOGIN,
        name="통합접수 담당",
        role=Role.FIRST_LINE,
        department=FIRST_DEPARTMENT,
    )
    found = await find_account(conn, FIRST_LOGIN)
    if found is None:
        await add_account(conn, account, password)
        found = account
    duties = everybodys_duties()
    administered = exists().where(duties.c.role == Role.ADMINISTRATOR)
    if not await conn.scalar(select(administered)):
        duty = Duty(role=Role.ADMINISTRATOR, department=FIRST_DEPARTMENT)
        await set_duties(conn, FIRST_LOGIN, (duty,))
    return found.model_copy(update={"duties": await own_duties(conn, FIRST_LOGIN)})


_COLUMNS = [staff_account.c[name] for name in Account.model_fields if name != "duties"]
_ACTIVE = staff_account.c.disabled_at.is_(None)


async def find_account(
    conn: AsyncConnection,
    login: str,
    at: datetime | None = None,
    *,
    include_disabled: bool = False,
) -> Account | None:
    """The account `login`, or None where there is none or it was disabled; with `at` with
    everything that it does then."""
    statement = select(*_COLUMNS).where(staff_account.c.login == login)
    if not include_disabled:
        statement = statement.where(_ACTIVE)
    row = (await conn.execute(statement)).one_or_none()
    if row is None:
        return None
    duties = await duties_of(conn, login, at) if at is not None else ()
    return Account(**row._mapping, duties=duties)


async def find_facts(conn: AsyncConnection, login: str) -> AccountFacts | None:
    """What the administrator sees of an account, in use or not; None where there is none."""
    account = staff_account.c
    row = (
        await conn.execute(
            select(
                account.source,
                account.password_hash.is_not(None).label("has_password"),
                account.subject,
                account.created_at,
                account.disabled_at,
            ).where(account.login == login)
        )
    ).one_or_none()
    return AccountFacts.model_validate(row._mapping) if row else None


async def accounts_of(conn: AsyncConnection, department: str) -> tuple[Account, ...]:
    """The active accounts that do anything in a department, by name."""
    duties = everybodys_duties()
    here = select(duties.c.login).where(duties.c.department == department)
    statement = (
        select(*_COLUMNS)
        .where(staff_account.c.login.in_(here), _ACTIVE)
        .order_by(staff_account.c.name, staff_account.c.login)
    )
    return tuple(Account.model_validate(row._mapping) for row in await conn.execute(statement))


async def names_of(conn: AsyncConnection, logins: Collection[str]) -> dict[str, str]:
    """What people are called, by login; who has no account any more is not among them."""
    if not logins:
        return {}
    rows = await conn.execute(
        select(staff_account.c.login, staff_account.c.name).where(staff_account.c.login.in_(logins))
    )
    return {row.login: row.name for row in rows}


async def account_with_password(conn: AsyncConnection, login: str, password: str) -> Account | None:
    """The account where the password is right; None for a wrong one, for an unknown login, and
    for an account that has none."""
    if "\0" in login:
        return None
    statement = select(*_COLUMNS, staff_account.c.password_hash).where(
        staff_account.c.login == login, _ACTIVE
    )
    row = (await conn.execute(statement)).one_or_none()
    stored = (row.password_hash if row else None) or _NOBODYS_HASH
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
    await end_sessions(conn, login)
    closed = await conn.execute(
        update(staff_account).where(staff_account.c.login == login, _ACTIVE).values(disabled_at=at)
    )
    return bool(closed.rowcount)


async def enable_account(conn: AsyncConnection, login: str) -> bool:
    """Open a closed account again. False where there is none that is closed."""
    opened = await conn.execute(
        update(staff_account)
        .where(staff_account.c.login == login, ~_ACTIVE)
        .values(disabled_at=None)
    )
    return bool(opened.rowcount)
