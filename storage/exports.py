"""Exports of a search: ordered by a person, made by a worker, kept in pieces until they expire.

A worker that takes an order up gives signs of life (`touch`); where they end (the process was
killed) another begins it anew after `LEASE`. Nobody can load a file that is not whole: its pieces
and the state «ready» are one transaction.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import IO, Any
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.staff_search import Wanted, by_number
from storage.tables import search_export, search_export_piece

MOST_ROWS = 1_000_000
"""A sheet of XLSX ends at 1,048,576 rows; of more cases the newest are taken."""
MOST_UNFINISHED = 3
"""Orders of one person that may wait or be worked on at once."""
MOST_TRIES = 3
KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=1)
PIECE = 1 << 20
BATCH = 1_000
_LONG_READING = "SET LOCAL statement_timeout = '10min'"
_LONG_WRITING = "SET LOCAL idle_in_transaction_session_timeout = '10min'"
_COLUMNS = search_export.c


class ExportForm(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"
    """Its time is over, or its owner removed it."""


UNFINISHED = (ExportState.WAITING, ExportState.WORKING)


class Order(Frozen):
    """What is ordered: `typed` are the conditions as typed, `wanted` as read."""

    id: UUID
    account: str
    form: ExportForm
    language: str
    typed: dict[str, str]
    wanted: Wanted


class SearchExport(Order):
    """An order as it stands. `total` is None until it was counted."""

    state: ExportState
    asked_at: AwareDatetime
    total: int | None
    done: int
    bytes: int | None
    tries: int
    finished_at: AwareDatetime | None
    expires_at: AwareDatetime | None


class TooManyError(Exception):
    """The person has `MOST_UNFINISHED` exports under way."""


async def order(conn: AsyncConnection, asked: Order, *, at: datetime) -> bool:
    """Keep the order; False where it was kept before. Raises TooManyError."""
    lock = func.pg_advisory_xact_lock(func.hashtext(f"export {asked.account}"))
    await conn.execute(select(lock))
    if await find(conn, asked.id, asked.account) is not None:
        return False
    mine = (_COLUMNS.account == asked.account, _COLUMNS.state.in_(UNFINISHED))
    under_way = await conn.scalar(select(func.count()).select_from(search_export).where(*mine))
    if (under_way or 0) >= MOST_UNFINISHED:
        raise TooManyError
    values = asked.model_dump(mode="json") | {"id": asked.id}
    made = await conn.execute(
        insert_once(search_export)
        .values(**values, state=ExportState.WAITING, asked_at=at)
        .on_conflict_do_nothing()
    )
    return bool(made.rowcount)


async def find(conn: AsyncConnection, export: UUID, account: str) -> SearchExport | None:
    """The export `export` of `account`, or None."""
    own = (_COLUMNS.id == export, _COLUMNS.account == account)
    row = (await conn.execute(_select().where(*own))).one_or_none()
    return SearchExport.model_validate(row._mapping) if row else None


async def exports_of(
    conn: AsyncConnection, account: str, *, limit: int = 20
) -> tuple[SearchExport, ...]:
    """The newest exports of a person."""
    statement = _select().where(_COLUMNS.account == account).order_by(_COLUMNS.asked_at.desc())
    rows = await conn.execute(statement.limit(limit))
    return tuple(SearchExport.model_validate(row._mapping) for row in rows)


def _select() -> Any:
    return select(*(_COLUMNS[name] for name in SearchExport.model_fields))


async def take_up(conn: AsyncConnection, *, at: datetime) -> SearchExport | None:
    """The oldest order that nobody works on, now the caller's; None where there is none. One that
    was begun `MOST_TRIES` times in vain is given up."""
    free = or_(_COLUMNS.state == ExportState.WAITING, _COLUMNS.touched_at < at - LEASE)
    due = _COLUMNS.state.in_(UNFINISHED) & free
    await conn.execute(
        update(search_export)
        .where(due, _COLUMNS.tries >= MOST_TRIES)
        .values(state=ExportState.FAILED, finished_at=at)
    )
    oldest = (
        select(_COLUMNS.id)
        .where(due)
        .order_by(_COLUMNS.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (
        await conn.execute(
            update(search_export)
            .where(_COLUMNS.id == oldest.scalar_subquery())
            .values(
                state=ExportState.WORKING,
                touched_at=at,
                tries=_COLUMNS.tries + 1,
                done=0,
                total=None,
            )
            .returning(*(_COLUMNS[name] for name in SearchExport.model_fields))
        )
    ).one_or_none()
    return SearchExport.model_validate(row._mapping) if row else None


def _held(export: SearchExport) -> tuple[Any, ...]:
    """Still the caller's: neither removed, nor begun anew by another."""
    return (
        _COLUMNS.id == export.id,
        _COLUMNS.state == ExportState.WORKING,
        _COLUMNS.tries == export.tries,
    )


async def touch(
    conn: AsyncConnection, export: SearchExport, *, at: datetime, done: int, total: int
) -> bool:
    """Say how far it is; False where it is not the caller's any more."""
    said = await conn.execute(
        update(search_export)
        .where(*_held(export))
        .values(touched_at=at, done=done, total=max(done, total))
    )
    return bool(said.rowcount)


async def give_back(conn: AsyncConnection, export: SearchExport, *, failed: bool) -> None:
    """Let another begin it anew; `failed` keeps the try counted."""
    tries = export.tries if failed else export.tries - 1
    await conn.execute(
        update(search_export)
        .where(*_held(export))
        .values(state=ExportState.WAITING, touched_at=None, tries=tries, done=0)
    )


async def keep_file(
    conn: AsyncConnection, export: SearchExport, file: IO[bytes], *, at: datetime, done: int
) -> bool:
    """Keep the whole file, with the caller's transaction; False where it is not the caller's."""
    await conn.execute(text(_LONG_WRITING))
    ended = await conn.execute(
        update(search_export)
        .where(*_held(export))
        .values(
            state=ExportState.READY,
            done=done,
            total=done,
            finished_at=at,
            expires_at=at + KEPT,
            bytes=file.seek(0, 2),
        )
    )
    if not ended.rowcount:
        return False
    file.seek(0)
    for ordinal, data in enumerate(_pieces(file)):
        piece = {"export_id": export.id, "ordinal": ordinal, "data": data}
        await conn.execute(insert(search_export_piece).values(piece))
    return True


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while data := file.read(PIECE):
        yield data


async def pieces(conn: AsyncConnection, export: UUID) -> AsyncIterator[bytes]:
    """The file, a piece at a time; each is read when the one before has gone."""
    ordinal = 0
    piece = search_export_piece.c
    while True:
        data: bytes | None = await conn.scalar(
            select(piece.data).where(piece.export_id == export, piece.ordinal == ordinal)
        )
        if data is None:
            return
        await conn.rollback()  # no transaction waits for a slow reader
        yield data
        ordinal += 1


async def remove(conn: AsyncConnection, export: UUID, account: str, *, at: datetime) -> bool:
    """End an export of `account` and drop its file; whoever works on it stops."""
    ended = await conn.execute(
        update(search_export)
        .where(_COLUMNS.id == export, _COLUMNS.account == account)
        .values(state=ExportState.EXPIRED, expires_at=func.least(_COLUMNS.expires_at, at))
    )
    await conn.execute(
        delete(search_export_piece).where(
            search_export_piece.c.export_id.in_(
                select(_COLUMNS.id).where(_COLUMNS.id == export, _COLUMNS.account == account)
            )
        )
    )
    return bool(ended.rowcount)


async def expire(conn: AsyncConnection, *, at: datetime) -> int:
    """Drop the files whose time is over; how many."""
    over = update(search_export).where(
        _COLUMNS.state == ExportState.READY, _COLUMNS.expires_at <= at
    )
    ids = (await conn.scalars(over.values(state=ExportState.EXPIRED).returning(_COLUMNS.id))).all()
    if ids:
        dropped = delete(search_export_piece).where(search_export_piece.c.export_id.in_(ids))
        await conn.execute(dropped)
    return len(ids)


async def count_rows(conn: AsyncConnection, wanted: Wanted) -> int:
    """How many rows the export will have."""
    await conn.execute(text(_LONG_READING))
    rows = by_number(wanted).order_by(None).limit(MOST_ROWS).subquery()
    return int((await conn.scalar(select(func.count()).select_from(rows))) or 0)


async def rows_wanted(conn: AsyncConnection, wanted: Wanted) -> AsyncIterator[list[Any]]:
    """The cases wanted, the newest first, `BATCH` at a time, all as of one instant: a cursor of
    the server holds the rest."""
    await conn.execute(text(_LONG_READING))
    await conn.execute(text(_LONG_WRITING))
    statement = by_number(wanted).limit(MOST_ROWS)
    async with conn.stream(statement, execution_options={"yield_per": BATCH}) as rows:
        async for batch in rows.partitions():
            yield list(batch)
