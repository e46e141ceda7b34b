"""Partners: who may post over Open311, with which key, how much, and what."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import partner as partner_table

DEMO = "demo"
"""Name and key of the partner of the embedded default."""
KEY_ID_LENGTH = 12


class Right(StrEnum):
    """What a key allows."""

    FILE = "file"
    """POST requests."""
    UPDATE = "update"
    """POST servicerequestupdates."""


class Partner(Frozen):
    """A site or app that files for citizens. Limits count its posts."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,29}$")
    title: str = Field(min_length=1, max_length=100)
    rights: tuple[Right, ...] = tuple(Right)
    per_minute: int = Field(default=60, ge=1, le=10_000)
    per_day: int = Field(default=10_000, ge=1, le=1_000_000)
    created_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None

    @property
    def site(self) -> str:
        """What its petitions name as the place where the form stood."""
        return f"open311/{self.name}"


class PartnerError(Exception):
    """The partner cannot be added; the message is one sentence that says what to change."""


def new_key() -> str:
    """A fresh key, 32 characters that nobody can guess."""
    return secrets.token_urlsafe(24)


def _hashes(key: str) -> tuple[str, bytes]:
    """What a key is found by, and what it is compared with. A key is long and random, so that a
    plain hash gives nothing away (unlike a password's)."""
    digest = hashlib.sha256(key.encode()).digest()
    return hashlib.sha256(b"id/" + digest).hexdigest()[:KEY_ID_LENGTH], digest


async def add_partner(conn: AsyncConnection, partner: Partner, key: str) -> None:
    """Store `partner` with its key's hash. A revoked one of the name comes back with the new key.

    Raises PartnerError where there is an active one.
    """
    key_id, key_hash = _hashes(key)
    values = {
        **partner.model_dump(exclude={"created_at", "name"}, mode="json"),
        "key_id": key_id,
        "key_hash": key_hash,
        "revoked_at": None,
    }
    made = await conn.execute(
        insert(partner_table)
        .values(name=partner.name, **values)
        .on_conflict_do_update(
            index_elements=["name"], set_=values, where=partner_table.c.revoked_at.is_not(None)
        )
    )
    if made.rowcount == 0:
        raise PartnerError(f"There is a partner {partner.name} already; revoke it first.")


_COLUMNS = [partner_table.c[name] for name in Partner.model_fields]


async def partner_with_key(conn: AsyncConnection, key: str) -> Partner | None:
    """Whose key it is, or None where it is nobody's (any more)."""
    key_id, key_hash = _hashes(key)
    row = (
        await conn.execute(
            select(*_COLUMNS, partner_table.c.key_hash).where(
                partner_table.c.key_id == key_id, partner_table.c.revoked_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.key_hash, key_hash):
        return None
    fields = dict(row._mapping)
    fields.pop("key_hash")
    return Partner.model_validate(fields)


async def all_partners(conn: AsyncConnection) -> tuple[Partner, ...]:
    """Every partner, also revoked ones, by name."""
    rows = await conn.execute(select(*_COLUMNS).order_by(partner_table.c.name))
    return tuple(Partner.model_validate(row._mapping) for row in rows)


async def revoke_partner(conn: AsyncConnection, name: str, at: datetime) -> bool:
    """Let the key of `name` open nothing any more. False where there is no such active partner."""
    closed = await conn.execute(
        update(partner_table)
        .where(partner_table.c.name == name, partner_table.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return bool(closed.rowcount)


async def settle_demo(conn: AsyncConnection, *, wanted: bool, at: datetime) -> None:
    """The partner `demo`, whose key everybody knows: there in the embedded default, nowhere else,
    not even in a database that was one."""
    if not wanted:
        await revoke_partner(conn, DEMO, at)
        return
    there = {one.name for one in await all_partners(conn) if one.revoked_at is None}
    if DEMO not in there:
        demo = Partner(name=DEMO, title="시연 / Demonstration", per_minute=600, per_day=100_000)
        with suppress(PartnerError):  # another web process was quicker
            await add_partner(conn, demo, DEMO)
