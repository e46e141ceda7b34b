"""Codes that show that a telephone is somebody's: asked for, sent as any reply is, entered once.

Neither the number nor the code is kept in the clear: the number as its keyed hash, the code as one
bound to its request; the message is sealed until it was sent, and then lost for good.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel, ReplyBy
from schema.messages import DeliveryOutcome, OutboundMessage
from schema.model import Frozen
from storage.sealing import load_data_key, new_data_key
from storage.store import Store
from storage.tables import data_key, phone_code

DIGITS = 6
VALID = timedelta(minutes=5)
MOST_TRIES = 5
WINDOW = timedelta(hours=1)
MOST_TO_ONE_PHONE = 5
MOST_FROM_ONE_ADDRESS = 20
"""Codes asked for in WINDOW. Five codes of five tries each: one chance in 40,000 an hour."""
KEPT = timedelta(days=1)
RETRY = timedelta(seconds=10)
CHANNEL = Channel.WEB_FORM
"""Whose reply topic carries a code: it was asked for on our page."""


class TooManyCodesError(Exception):
    """The telephone or the address has asked for as many codes as it may."""


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


class CodeWanted(Frozen):
    """A code to be sent. `words` say it; `by` is the address that asked."""

    phone: str
    code: str
    words: str
    by: str


async def send_code(
    conn: AsyncConnection, store: Store, wanted: CodeWanted, *, now: datetime
) -> UUID:
    """Have the code sent; the id with which it is entered.

    The same is done whether or not the telephone has petitions. Raises TooManyCodesError.
    """
    phone_hash = store.keyring.phone_hash(wanted.phone)
    asker = store.keyring.address_hash(wanted.by)
    await _sweep(conn, now)
    await _bound(conn, phone_hash, asker, now)
    key = await new_data_key(conn, store.keyring)
    code_id = uuid4()
    message = OutboundMessage(
        id=code_id,
        event_id=code_id,
        channel=CHANNEL,
        means=ReplyBy.SMS,
        to=wanted.phone,
        body=wanted.words,
        created_at=now,
    )
    await conn.execute(
        insert(phone_code).values(
            id=message.id,
            phone_hash=phone_hash,
            address_hash=asker,
            code_hash=store.keyring.code_hash(wanted.code, message.id),
            sealed=key.seal(message.model_dump_json().encode()),
            data_key_id=key.id,
            created_at=now,
            expires_at=now + VALID,
        )
    )
    return message.id


async def _bound(conn: AsyncConnection, phone_hash: bytes, asker: bytes, now: datetime) -> None:
    """Requests for the same telephone or from the same address are counted one after the other."""
    for name, column, found, most in (
        ("phone", phone_code.c.phone_hash, phone_hash, MOST_TO_ONE_PHONE),
        ("address", phone_code.c.address_hash, asker, MOST_FROM_ONE_ADDRESS),
    ):
        await conn.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 2))"),
            {"name": f"{name}/{found.hex()}"},
        )
        statement = select(func.count()).where(
            column == found, phone_code.c.created_at > now - WINDOW
        )
        if (await conn.scalar(statement) or 0) >= most:
            raise TooManyCodesError


async def _sweep(conn: AsyncConnection, now: datetime) -> None:
    gone = delete(phone_code).where(phone_code.c.created_at < now - KEPT)
    keys = (await conn.scalars(gone.returning(phone_code.c.data_key_id))).all()
    if keys:
        await conn.execute(delete(data_key).where(data_key.c.id.in_(keys)))


async def phone_of_code(
    conn: AsyncConnection, store: Store, code_id: UUID, code: str, now: datetime
) -> bytes | None:
    """The hash of the telephone to which `code` was sent, once; None for a wrong, old or used
    code. Each call is a try, whose number is bounded: the caller commits also where it is None."""
    row = (
        await conn.execute(
            update(phone_code)
            .where(
                phone_code.c.id == code_id,
                phone_code.c.used_at.is_(None),
                phone_code.c.expires_at > now,
                phone_code.c.tries < MOST_TRIES,
            )
            .values(tries=phone_code.c.tries + 1)
            .returning(phone_code.c.code_hash, phone_code.c.phone_hash)
        )
    ).one_or_none()
    given = store.keyring.code_hash(code, code_id)
    if row is None or not hmac.compare_digest(given, row.code_hash):
        return None
    await conn.execute(update(phone_code).where(phone_code.c.id == code_id).values(used_at=now))
    found: bytes = row.phone_hash
    return found


async def pending(conn: AsyncConnection, *, limit: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Codes to be produced now, oldest first."""
    return (
        await conn.execute(
            select(phone_code)
            .where(phone_code.c.outcome.is_(None), phone_code.c.publish_after <= func.now())
            .order_by(phone_code.c.publish_after)
            .limit(limit)
        )
    ).all()


async def mark_published(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Note that they were produced; unsettled ones come again soon, for they do not live long."""
    await conn.execute(
        update(phone_code)
        .where(phone_code.c.id.in_(ids), phone_code.c.outcome.is_(None))
        .values(
            publish_after=func.now() + RETRY, attempts=func.least(phone_code.c.attempts + 1, 100)
        )
    )


async def message_of(
    conn: AsyncConnection, store: Store, row: Row[tuple[Any, ...]]
) -> OutboundMessage:
    """The message in a row of `pending`; raises ErasedError where it was settled."""
    key = await load_data_key(conn, store.keyring, row.data_key_id)
    return OutboundMessage.model_validate_json(key.open(row.sealed))


async def find_code(conn: AsyncConnection, code_id: UUID) -> Row[tuple[Any, ...]] | None:
    """The code's row, locked for the rest of the transaction; None where there is none."""
    statement = select(phone_code).where(phone_code.c.id == code_id).with_for_update()
    return (await conn.execute(statement)).one_or_none()


async def settle(
    conn: AsyncConnection, row: Row[tuple[Any, ...]], outcome: DeliveryOutcome, now: datetime
) -> None:
    """Note what became of it, and destroy what could open the message."""
    await conn.execute(
        update(phone_code)
        .where(phone_code.c.id == row.id)
        .values(outcome=outcome, settled_at=now, sealed=b"")
    )
    await conn.execute(delete(data_key).where(data_key.c.id == row.data_key_id))
