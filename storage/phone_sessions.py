"""Whoever entered the code of a telephone: a session at the server, and that telephone's cases."""

import hashlib
import secrets
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.cases import CASE_COLUMNS, Case, case_of
from storage.tables import cases, petitioner, phone_session

LASTS = timedelta(hours=1)
MOST_CASES = 500


class PhoneSession(Frozen):
    """An open session. `token` is told once and stored only as its hash."""

    phone_hash: bytes
    expires_at: AwareDatetime


async def open_phone_session(conn: AsyncConnection, phone_hash: bytes, now: datetime) -> str:
    """A session from `now`; its token. Ended ones of everybody are swept on the way."""
    await conn.execute(delete(phone_session).where(phone_session.c.expires_at <= now))
    token = secrets.token_urlsafe(32)
    await conn.execute(
        insert(phone_session).values(
            token_hash=_hash(token),
            phone_hash=phone_hash,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    return token


async def phone_in_session(conn: AsyncConnection, token: str, now: datetime) -> PhoneSession | None:
    """The session `token`; None where it ended, was closed, or never was."""
    row = (
        await conn.execute(
            select(phone_session.c.phone_hash, phone_session.c.expires_at).where(
                phone_session.c.token_hash == _hash(token), phone_session.c.expires_at > now
            )
        )
    ).one_or_none()
    return PhoneSession.model_validate(row._mapping) if row else None


async def lengthen_phone_session(conn: AsyncConnection, token: str, now: datetime) -> bool:
    """Let it last anew from `now`; False where it has ended."""
    done = await conn.execute(
        update(phone_session)
        .where(phone_session.c.token_hash == _hash(token), phone_session.c.expires_at > now)
        .values(expires_at=now + LASTS)
    )
    return bool(done.rowcount)


async def close_phone_session(conn: AsyncConnection, token: str) -> None:
    """End it; to end one that is not there is no error."""
    await conn.execute(delete(phone_session).where(phone_session.c.token_hash == _hash(token)))


async def cases_of_phone(conn: AsyncConnection, phone_hash: bytes) -> tuple[Case, ...]:
    """Every petition that was filed with the telephone, the newest first."""
    statement = (
        select(*CASE_COLUMNS)
        .join(petitioner, petitioner.c.case_number == cases.c.number)
        .where(petitioner.c.phone_hash == phone_hash, ~cases.c.synthetic)
        .order_by(cases.c.submitted_at.desc(), cases.c.number.desc())
        .limit(MOST_CASES)
    )
    return tuple(case_of(row) for row in await conn.execute(statement))


async def case_of_phone(conn: AsyncConnection, phone_hash: bytes, number: str) -> Case | None:
    """The petition `number` where it was filed with the telephone, else None."""
    statement = (
        select(*CASE_COLUMNS)
        .join(petitioner, petitioner.c.case_number == cases.c.number)
        .where(petitioner.c.phone_hash == phone_hash, cases.c.number == number, ~cases.c.synthetic)
    )
    row = (await conn.execute(statement)).one_or_none()
    return case_of(row) if row else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
