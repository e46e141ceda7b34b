"""Sessions of staff: kept here and not in the cookie, so that each can be listed and ended."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import staff_account, staff_session

SESSION_LASTS = timedelta(hours=10)
IDLE_LASTS = timedelta(minutes=30)
TOUCHED_EACH = timedelta(minutes=1)
"""How exact `seen_at` is: a busy page writes it once a minute."""


class Means(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"  # noqa: S105
    DIRECTORY = "directory"
    """The sign-on service."""
    PROGRAM = "program"
    """A token of the API: it ends at its hour, idle or not."""


class SessionLimits(Frozen):
    """How long a session lasts in all, and without being used."""

    lasts: timedelta = SESSION_LASTS
    idle: timedelta = IDLE_LASTS


class Origin(Frozen):
    """Where a session comes from: the means, the address, what the browser calls itself."""

    means: Means = Means.PASSWORD
    address: str | None = None
    agent: str | None = None


class Session(Frozen):
    """A fresh session. `token` is told once and stored only as its hash."""

    token: str
    expires_at: AwareDatetime


class OpenSession(Frozen):
    """A session as it stands. `id` names it without opening it."""

    id: UUID
    login: str
    means: Means
    address: str | None
    agent: str | None
    created_at: AwareDatetime
    seen_at: AwareDatetime
    expires_at: AwareDatetime

    def ends_at(self, limits: SessionLimits) -> datetime:
        """When it ends unless it is used before."""
        if self.means is Means.PROGRAM:
            return self.expires_at
        return min(self.seen_at + limits.idle, self.expires_at)


COLUMNS = [staff_session.c[name] for name in OpenSession.model_fields]


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def open_session(
    conn: AsyncConnection,
    login: str,
    now: datetime,
    *,
    origin: Origin = Origin(),  # noqa: B008 - frozen
    limits: SessionLimits = SessionLimits(),  # noqa: B008
) -> Session:
    """A session of `login` from `now`; ended sessions of everybody are swept on the way."""
    await conn.execute(delete(staff_session).where(staff_session.c.expires_at <= now))
    session = Session(token=secrets.token_urlsafe(32), expires_at=now + limits.lasts)
    await conn.execute(
        insert(staff_session).values(
            token_hash=_token_hash(session.token),
            login=login,
            means=origin.means,
            address=origin.address,
            agent=origin.agent[:120] if origin.agent else None,
            created_at=now,
            seen_at=now,
            expires_at=session.expires_at,
        )
    )
    return session


def _open(now: datetime, limits: SessionLimits) -> Select[tuple[object, ...]]:
    session = staff_session.c
    return (
        select(*COLUMNS)
        .join(staff_account, staff_account.c.login == session.login)
        .where(
            staff_account.c.disabled_at.is_(None),
            session.expires_at > now,
            or_(session.means == Means.PROGRAM, session.seen_at > now - limits.idle),
        )
    )


async def find_session(
    conn: AsyncConnection, token: str, now: datetime, limits: SessionLimits
) -> OpenSession | None:
    """The session of `token`, or None where it ended, was ended, or never was."""
    statement = _open(now, limits).where(staff_session.c.token_hash == _token_hash(token))
    row = (await conn.execute(statement)).one_or_none()
    return OpenSession.model_validate(row._mapping) if row else None


async def touch_session(conn: AsyncConnection, session: OpenSession, now: datetime) -> OpenSession:
    """Note that the session is in use."""
    await conn.execute(
        update(staff_session)
        .where(staff_session.c.id == session.id, staff_session.c.seen_at < now)
        .values(seen_at=now)
    )
    return session.model_copy(update={"seen_at": max(session.seen_at, now)})


async def sessions_of(
    conn: AsyncConnection, login: str, now: datetime, limits: SessionLimits
) -> tuple[OpenSession, ...]:
    """The open sessions of `login`, the one used last first."""
    statement = _open(now, limits).where(staff_session.c.login == login)
    rows = await conn.execute(statement.order_by(staff_session.c.seen_at.desc()))
    return tuple(OpenSession.model_validate(row._mapping) for row in rows)


async def close_session(conn: AsyncConnection, token: str) -> None:
    """End the session; to end one that is not there is no error."""
    await conn.execute(
        delete(staff_session).where(staff_session.c.token_hash == _token_hash(token))
    )


async def end_session(conn: AsyncConnection, login: str, session: UUID) -> bool:
    """End one session of `login`; False where there is none."""
    ended = await conn.execute(
        delete(staff_session).where(staff_session.c.login == login, staff_session.c.id == session)
    )
    return ended.rowcount == 1


async def end_sessions(conn: AsyncConnection, login: str, *, keep: UUID | None = None) -> int:
    """End every session of `login` but `keep`; how many."""
    statement = delete(staff_session).where(staff_session.c.login == login)
    if keep is not None:
        statement = statement.where(staff_session.c.id != keep)
    return (await conn.execute(statement)).rowcount
