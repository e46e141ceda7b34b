"""The chains and seals of the audit log: sealing past days, and checking that nothing was changed.

A day has `LANES` chains of hashes; each entry's hash covers the one before it. The seal of a day
covers the ends of its chains, their number of entries, and the seal before. Who changes, removes or
slips in an entry has to make every later hash anew, and the seal's value stands in the logs of the
worker, outside the database.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Text, cast, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import audit_entry, audit_seal

LANES = 16
SEOUL = ZoneInfo("Asia/Seoul")
EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
CHAINED = (
    "kind",
    "account",
    "role",
    "instead_of",
    "address",
    "case_number",
    "person",
    "why",
    "words",
)
GENESIS = hashlib.sha256(b"minwon audit").digest()


class Broken(Frozen):
    """Where the log is not what was written: the first place found."""

    day: date
    lane: int | None
    seq: int | None
    sentence: str


class Verified(Frozen):
    """What a check has found: `broken` None where everything holds."""

    days: int
    entries: int
    sealed: int
    broken: Broken | None = None


class Seal(Frozen):
    """A day that was sealed just now."""

    day: date
    entries: int
    hash: str


def _field(value: str | None) -> str:
    return "-" if value is None else f"{len(value.encode())}:{value}"


def _fields(values: Iterable[str | None]) -> bytes:
    return "".join(map(_field, values)).encode()


def lane_genesis(day: date, lane: int) -> bytes:
    """What the first entry of a lane is chained to."""
    return hashlib.sha256(f"minwon audit {day.isoformat()} {lane}".encode()).digest()


def entry_hash(before: bytes, row: Row[Any]) -> bytes:
    """The hash that an entry must have after `before`: as the trigger `audit_chain` makes it."""
    micros = (row.at - EPOCH) // timedelta(microseconds=1)
    values = [row.day.isoformat(), str(row.lane), str(row.seq), str(micros)]
    chained = [getattr(row, name) for name in CHAINED]
    return hashlib.sha256(before + _fields([*values, *chained, row.detail_text])).digest()


def seal_hash(before: bytes, day: date, entries: int, ends: Sequence[tuple[int, bytes]]) -> bytes:
    """The hash of a day's seal: `ends` are the last hashes of its lanes, by lane."""
    said = [f"{lane} {end.hex()}" for lane, end in ends]
    return hashlib.sha256(before + _fields([day.isoformat(), str(entries), *said])).digest()


async def _database_day(conn: AsyncConnection) -> date:
    now = await conn.scalar(select(func.clock_timestamp()))
    assert isinstance(now, datetime)
    return now.astimezone(SEOUL).date()


async def seal_days(conn: AsyncConnection) -> tuple[Seal, ...]:
    """Seal every past day that has entries and no seal, in order; once, whoever else does it.

    The locks of a day's lanes are taken first, so that an entry begun before midnight is in.
    """
    await conn.execute(select(func.pg_advisory_xact_lock(712_612, 0)))
    today = await _database_day(conn)
    last = (
        await conn.execute(
            select(audit_seal.c.day, audit_seal.c.hash).order_by(audit_seal.c.day.desc()).limit(1)
        )
    ).one_or_none()
    statement = select(audit_entry.c.day).where(audit_entry.c.day < today).distinct()
    if last is not None:
        statement = statement.where(audit_entry.c.day > last.day)
    before = last.hash if last is not None else GENESIS
    done = []
    for (day,) in (await conn.execute(statement.order_by(audit_entry.c.day))).all():
        for lane in range(LANES):
            await conn.execute(select(func.audit_lock(day, lane)))
        count, ends = await _ends(conn, day)
        before = seal_hash(before, day, count, ends)
        await conn.execute(insert(audit_seal).values(day=day, entries=count, hash=before))
        done.append(Seal(day=day, entries=count, hash=before.hex()))
    return tuple(done)


async def _ends(conn: AsyncConnection, day: date) -> tuple[int, list[tuple[int, bytes]]]:
    """How many entries a day has, and the last hash of each of its lanes."""
    of_day = audit_entry.c.day == day
    count = await conn.scalar(select(func.count()).select_from(audit_entry).where(of_day))
    rows = await conn.execute(
        select(audit_entry.c.lane, audit_entry.c.hash)
        .where(of_day)
        .distinct(audit_entry.c.lane)
        .order_by(audit_entry.c.lane, audit_entry.c.seq.desc())
    )
    return count or 0, [(row.lane, row.hash) for row in rows]


async def verify(conn: AsyncConnection) -> Verified:
    """Check every chain and every seal, day by day, until the first that does not hold."""
    days = sorted(
        {row.day for row in await conn.execute(select(audit_entry.c.day).distinct())}
        | {row.day for row in await conn.execute(select(audit_seal.c.day))}
    )
    seals = {row.day: row for row in await conn.execute(select(audit_seal))}
    newest = max(seals, default=None)
    before, total = GENESIS, 0
    for place, day in enumerate(days):
        found = await _verify_day(conn, day)
        if isinstance(found, Broken):
            return Verified(days=place, entries=total, sealed=len(seals), broken=found)
        count, ends = found
        total += count
        broken = _seal_fault(seals.get(day), day, newest, seal_hash(before, day, count, ends))
        if broken is not None:
            return Verified(days=place, entries=total, sealed=len(seals), broken=broken)
        if day in seals:
            before = seals[day].hash
    return Verified(days=len(days), entries=total, sealed=len(seals))


def _seal_fault(
    seal: Row[Any] | None, day: date, newest: date | None, right: bytes
) -> Broken | None:
    if seal is None and newest is not None and day < newest:
        return Broken(day=day, lane=None, seq=None, sentence="a later day is sealed, this is not")
    if seal is not None and seal.hash != right:
        return Broken(day=day, lane=None, seq=None, sentence="the day is not what was sealed")
    return None


async def _verify_day(
    conn: AsyncConnection, day: date
) -> tuple[int, list[tuple[int, bytes]]] | Broken:
    statement = (
        select(audit_entry, cast(audit_entry.c.detail, Text).label("detail_text"))
        .where(audit_entry.c.day == day)
        .order_by(audit_entry.c.lane, audit_entry.c.seq)
    )
    count, ends = 0, dict[int, bytes]()
    seq = 0
    async with conn.stream(statement) as rows:
        async for row in rows:
            if row.lane not in ends:
                seq, ends[row.lane] = 0, lane_genesis(day, row.lane)
            seq += 1
            if row.seq != seq:
                return Broken(day=day, lane=row.lane, seq=seq, sentence="an entry is missing")
            if row.hash != entry_hash(ends[row.lane], row):
                sentence = "the entry is not what was written"
                return Broken(day=day, lane=row.lane, seq=seq, sentence=sentence)
            ends[row.lane] = row.hash
            count += 1
    return count, sorted(ends.items())
