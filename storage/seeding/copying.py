"""Copying a made-up city into the database: a day is one transaction, there whole or not at all."""

import io
from collections.abc import Sequence
from datetime import date

import asyncpg

from storage.seeding.rows import SOURCE, TABLES, Rows, as_bytes

_FOREIGN = "SELECT EXISTS (SELECT FROM cases WHERE external_id NOT LIKE $1 AND NOT synthetic)"
_THERE = "SELECT EXISTS (SELECT FROM cases WHERE number >= $1 AND number < $2)"


class NotEmptyError(Exception):
    """The database has real cases; the message says what to do."""


async def check_empty(conn: asyncpg.Connection) -> None:
    """Raises NotEmptyError where the database has a case that was not made up here."""
    if await conn.fetchval(_FOREIGN, f"{SOURCE}%"):
        raise NotEmptyError(
            "The database has cases of its own. Seed an empty one: set MINWON_DATABASE_URL or "
            "MINWON_STATE_DIR to another."
        )


async def has_day(conn: asyncpg.Connection, day: date) -> bool:
    """Whether the cases of `day` are there: after a run that was ended they are not made again."""
    return bool(await conn.fetchval(_THERE, f"{day:%y%m%d}-", f"{day:%y%m%d}~"))


async def copy_rows(conn: asyncpg.Connection, rows: Rows) -> None:
    """Copy the rows of a day in one transaction."""
    async with conn.transaction():
        for table in TABLES:
            if table in rows.lines:
                await _copy(conn, table, rows.columns[table], rows.lines[table])


async def _copy(
    conn: asyncpg.Connection, table: str, columns: Sequence[str], lines: Sequence[str]
) -> None:
    await conn.copy_to_table(
        table, source=io.BytesIO(as_bytes(lines)), columns=columns, format="text"
    )


async def analyze(conn: asyncpg.Connection) -> None:
    """Tell the planner what is there now."""
    for table in TABLES:
        await conn.execute(f"ANALYZE {table}")
