"""Making the exports that were ordered, one at a time, beside a worker's other tasks.

The worker does it and not the web: there nobody waits for a page while rows are written.
"""

import asyncio
import contextlib
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storage.exports import (
    SearchExport,
    count_rows,
    expire,
    give_back,
    keep_file,
    rows_wanted,
    take_up,
    touch,
)
from storage.store import Store
from web.officer.export_file import FILES, ExportFile
from web.wording import Language, Wording

log = structlog.get_logger()

EVERY_SECONDS = 1.0
AWAY = (SQLAlchemyError, OSError, TimeoutError)


class GoneError(Exception):
    """The export was removed, another process has begun it anew, or this one is to stop."""


async def keep_exporting(store: Store, stop: asyncio.Event) -> None:
    """Make what is ordered until `stop`."""
    while not stop.is_set():
        try:
            if await make_next(store, stop):
                continue
        except AWAY as error:
            log.warning("exports wait for the database", fault=type(error).__name__)
        except Exception:
            # Whatever it is: the next export is not to wait until the worker is started again.
            log.exception("exports are held up")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_SECONDS)


async def make_next(store: Store, stop: asyncio.Event) -> bool:
    """Drop what has expired and make the next export; False where none was waiting."""
    async with store.engine.begin() as conn:
        await expire(conn, at=datetime.now(UTC))
        export = await take_up(conn, at=datetime.now(UTC))
    if export is None:
        return False
    failed = True
    try:
        await _make(store, export, stop)
        log.info("an export is ready", export=str(export.id), form=export.form)
    except GoneError:
        failed = False
    except AWAY:
        raise
    except Exception:
        log.exception("an export failed", export=str(export.id), attempt=export.tries)
    finally:
        async with store.engine.begin() as conn:
            await give_back(conn, export, failed=failed)
    return True


async def _make(store: Store, export: SearchExport, stop: asyncio.Event) -> None:
    async with store.engine.begin() as conn:
        total = await count_rows(conn, export.wanted)
    file = await asyncio.to_thread(FILES[export.form], Wording(Language(export.language)))
    try:
        done = await _write(store, export, file, total, stop)
        with await asyncio.to_thread(file.finish) as whole:
            async with store.engine.begin() as conn:
                await keep_file(conn, export, whole, at=datetime.now(UTC), done=done)
    finally:
        file.close()


async def _write(
    store: Store, export: SearchExport, file: ExportFile, total: int, stop: asyncio.Event
) -> int:
    """Write the rows; how many. Raises GoneError."""
    done = 0
    await _go_on(store, export, done, total, stop)
    async with store.engine.connect() as conn:
        async for rows in rows_wanted(conn, export.wanted):
            await asyncio.to_thread(file.add, rows)
            done += len(rows)
            await _go_on(store, export, done, total, stop)
    return done


async def _go_on(
    store: Store, export: SearchExport, done: int, total: int, stop: asyncio.Event
) -> None:
    async with store.engine.begin() as conn:
        held = await touch(conn, export, at=datetime.now(UTC), done=done, total=total)
    if stop.is_set() or not held:
        raise GoneError
