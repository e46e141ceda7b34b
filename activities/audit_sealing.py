"""Sealing the past days of the audit log, from the worker's own loop; each seal is logged too.

The line in the worker's log is kept apart from the database: who changes both the entries and the
seals there still cannot change it.
"""

import asyncio
import contextlib

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storage.audit_chain import seal_days
from storage.store import Store

log = structlog.get_logger()

EVERY_SECONDS = 600.0


async def seal_past_days(store: Store) -> int:
    """Seal the days that have ended; how many."""
    async with store.engine.begin() as conn:
        done = await seal_days(conn)
    for seal in done:
        log.info(
            "a day of the audit log is sealed",
            day=seal.day.isoformat(),
            entries=seal.entries,
            seal=seal.hash,
        )
    return len(done)


async def keep_sealing(store: Store, stop: asyncio.Event) -> None:
    """Look every ten minutes until `stop`; several workers do it once together."""
    while not stop.is_set():
        try:
            await seal_past_days(store)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("the audit log cannot be sealed now", fault=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
