"""Copying a made-up city into the database.

Into an empty one it goes in one transaction (`Load`): secondary indexes and foreign keys are
dropped, all is copied, and they are built again. A run that is ended leaves the database as it was
before, indexes and all. Beside what is there already a day is one transaction, there whole or not
at all.
"""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import asyncpg
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from storage.seeding.rows import SOURCE, TABLES, Rows
from storage.tables.columns import metadata

_FOREIGN = "SELECT EXISTS (SELECT FROM cases WHERE external_id NOT LIKE $1 AND NOT synthetic)"
_THERE = "SELECT EXISTS (SELECT FROM cases WHERE number >= $1 AND number < $2)"
_CONSTRAINTS = """
    SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name,
           pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE conrelid = ANY ($1::text[]::regclass[]) AND contype IN ('u', 'f')
    ORDER BY contype DESC, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index
    WHERE indrelid = ANY ($1::text[]::regclass[]) AND NOT indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype = 'u')
    ORDER BY 1
"""
_AT_EASE = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL maintenance_work_mem = '512MB'",
    "SET LOCAL max_parallel_maintenance_workers = 2",
    "SET LOCAL synchronous_commit = off",
)


class NotEmptyError(Exception):
    """The database has real cases; the message says what to do."""


async def check_empty(conn: asyncpg.Connection) -> None:
    """Raises NotEmptyError where the database has a case that was not made up here."""
    if await conn.fetchval(_FOREIGN, f"{SOURCE}%"):
        raise NotEmptyError(
            "The database has cases of its own. Seed an empty one: set MINWON_DATABASE_URL or "
            "MINWON_STATE_DIR to another."
        )


async def has_cases(conn: asyncpg.Connection) -> bool:
    """Whether any case is there."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM cases)"))


async def has_day(conn: asyncpg.Connection, day: date) -> bool:
    """Whether the cases of `day` are there: after a run that was ended they are not made again."""
    return bool(await conn.fetchval(_THERE, f"{day:%y%m%d}-", f"{day:%y%m%d}~"))


async def copy_rows(conn: asyncpg.Connection, rows: Rows) -> None:
    """Copy the rows of a day in one transaction, or within the caller's."""
    async with conn.transaction():
        for table in TABLES:
            if table in rows.lines:
                source = io.BytesIO(rows.bytes_of(table))
                columns = rows.columns[table]
                await conn.copy_to_table(table, source=source, columns=columns, format="text")


@dataclass(frozen=True)
class Load:
    """What was taken away for a load, and builds it again: the statements, each with its name."""

    again: tuple[tuple[str, str], ...]
    conn: asyncpg.Connection

    async def build(self) -> AsyncIterator[str]:
        """Build indexes and constraints again; the name of each when it is there."""
        for name, statement in self.again:
            await self.conn.execute(statement)
            yield name


def _as_written() -> dict[str, str]:
    """The indexes as the tables define them. What PostgreSQL says of an index is not word for word
    what makes it: a list in its condition would come back in another form."""
    return {
        str(index.name): str(CreateIndex(index).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        for table in TABLES
        for index in metadata.tables[table].indexes
    }


@asynccontextmanager
async def loading(conn: asyncpg.Connection) -> AsyncIterator[Load]:
    """One transaction with the indexes away: whoever leaves it without an error has built them
    again, and after an error nothing has happened."""
    async with conn.transaction():
        for setting in _AT_EASE:
            await conn.execute(setting)
        tables = list(TABLES)
        constraints = await conn.fetch(_CONSTRAINTS, tables)
        indexes = await conn.fetch(_INDEXES, tables)
        # Foreign keys go first and come last: they lean on the unique constraints.
        for one in reversed(constraints):
            await conn.execute(f"ALTER TABLE {one['table']} DROP CONSTRAINT {one['name']}")
        for one in indexes:
            await conn.execute(f"DROP INDEX {one['name']}")
        written = _as_written()
        again = [(one["name"], written.get(one["name"], one["definition"])) for one in indexes]
        again += [
            (
                one["name"],
                f"ALTER TABLE {one['table']} ADD CONSTRAINT {one['name']} {one['definition']}",
            )
            for one in constraints
        ]
        yield Load(tuple(again), conn)


async def analyze(conn: asyncpg.Connection) -> None:
    """Tell the planner what is there now, and mark what everybody may see."""
    for table in TABLES:
        await conn.execute(f"VACUUM (ANALYZE) {table}")
