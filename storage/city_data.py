"""Versions of the city's data: numbered, never changed, the newest in force in every role."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress

import structlog
from pydantic import AwareDatetime
from sqlalchemy import Select, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.city_data import unreadable
from rules.tables import CityData, DataError, city_data, package_text, put_in_force
from schema.model import Frozen
from storage.store import Store
from storage.tables import cases
from storage.tables import city_data as city_data_table

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 2.0
PACKAGE = 0
"""The version of the data that came with the package."""
_refused: set[int] = set()
"""Versions that this process cannot read, as old code beside new data: said once each."""


class StaleDataError(Exception):
    """Somebody loaded another version in between: what was shown is not what would happen."""


class Version(Frozen):
    """One version as a list shows it; `files` are those in place of the package's own."""

    version: int
    files: tuple[str, ...]
    digest: str
    source: str
    loaded_by: str
    created_at: AwareDatetime


class Touched(Frozen):
    """Open cases that a new version touches, by department that ends and by item whose owner
    changes."""

    by_department: dict[str, int]
    by_item: dict[str, int]


def newest_number() -> Select[tuple[int | None]]:
    """The query for the newest version's number, NULL where none was loaded."""
    return select(func.max(city_data_table.c.version))


async def stored_data(conn: AsyncConnection, version: int) -> CityData:
    """The data of a version. Raises LookupError for one that was never loaded."""
    if version == PACKAGE:
        return CityData()
    files = await conn.scalar(
        select(city_data_table.c.files).where(city_data_table.c.version == version)
    )
    if files is None:
        raise LookupError(f"There is no version {version} of the city's data.")
    return CityData(files, version=version)


async def newest_data(conn: AsyncConnection) -> CityData:
    """The newest version."""
    return await stored_data(conn, await conn.scalar(newest_number()) or PACKAGE)


def with_loaded(before: CityData, files: Mapping[str, str]) -> CityData:
    """`before` with `files` in place of its own. What is as the package has it stays the package's,
    so that it goes on with the package's next release."""
    replaced = {**before.replaced, **files}
    changed = {name: body for name, body in replaced.items() if body != package_text(name)}
    return CityData(changed, version=before.version + 1)


async def keep_data(
    conn: AsyncConnection, data: CityData, *, source: str, loaded_by: str
) -> CityData:
    """Store `data` as the version after the one that it was made from; two at once wait for one
    another. Where nothing differs from what is in force, that is returned and nothing is stored.

    Raises StaleDataError where `data` was made from a version that is not the newest any more.
    """
    await conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('city_data', 3))"))
    newest = await newest_data(conn)
    if newest.replaced == data.replaced:
        return newest
    if newest.version != data.version - 1:
        raise StaleDataError(f"Version {newest.version} was loaded in between.")
    await conn.execute(
        insert(city_data_table).values(
            version=data.version,
            files=dict(data.replaced),
            digest=digest(data),
            source=source,
            loaded_by=loaded_by,
        )
    )
    return data


def digest(data: CityData) -> str:
    """The same for the same content, whoever loaded it and when."""
    content = json.dumps(dict(data.replaced), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


async def versions(conn: AsyncConnection) -> tuple[Version, ...]:
    """Every version that was loaded, newest first."""
    found = await conn.execute(select(city_data_table).order_by(city_data_table.c.version.desc()))
    return tuple(
        Version.model_validate({**row._mapping, "files": tuple(sorted(row.files))}) for row in found
    )


async def touched(
    conn: AsyncConnection, *, departments: Collection[str], items: Collection[str]
) -> Touched:
    """How many open cases the departments have, and how many are about the items."""
    return Touched(
        by_department=await _open_by(conn, "department", departments),
        by_item=await _open_by(conn, "item", items),
    )


async def _open_by(conn: AsyncConnection, name: str, codes: Collection[str]) -> dict[str, int]:
    column = cases.c[name]
    counted = await conn.execute(
        select(column, func.count())
        .where(~cases.c.ended, ~cases.c.synthetic, column.in_(sorted(codes)))
        .group_by(column)
        .order_by(column)
    )
    return {code: int(number) for code, number in counted.tuples()}


async def take_newest(conn: AsyncConnection, newest: int | None = None) -> None:
    """Put the newest version in force in this process, unless it is already; `newest` where its
    number is known. One that this code cannot read leaves the last good one in force.
    """
    if newest is None:
        newest = await conn.scalar(newest_number()) or PACKAGE
    if newest <= city_data().version or newest in _refused:
        return
    try:
        await _take(await stored_data(conn, newest))
    except DataError as error:
        _refused.add(newest)
        log.error("the city's data cannot be read; the last goes on", fault=str(error))


async def _take(data: CityData) -> None:
    """Read it whole beside the loop, then put it in force. Raises DataError."""
    faults = await asyncio.to_thread(unreadable, data)
    if faults:
        raise DataError(faults)
    # While this one was read, a newer one may have been.
    if data.version > city_data().version:
        put_in_force(data)


@asynccontextmanager
async def following_city_data(store: Store) -> AsyncIterator[None]:
    """Begin with the newest version, and take every newer one within seconds, while the body runs.

    Raises DataError where the newest cannot be read at the start.
    """
    try:
        async with store.engine.connect() as conn:
            await _take(await newest_data(conn))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("the city's data waits for the database", fault=type(error).__name__)
    log.info("the city's data is in force", version=city_data().version)
    following = asyncio.create_task(_follow(store))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def _follow(store: Store) -> None:
    said = city_data().version
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        try:
            async with store.engine.connect() as conn:
                await take_newest(conn)
            if city_data().version != said:
                said = city_data().version
                log.info("the city's data is in force", version=said)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("the city's data waits for the database", fault=type(error).__name__)
