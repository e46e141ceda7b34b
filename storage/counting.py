"""News of what deadlines are counted by, and the acts that are counting meanwhile.

An act that began before a holiday was declared counts by the calendar of before; did it end after
the recomputation had passed its case, its deadline would stay wrong. So acts share a lock, and news
waits until those under way have ended, and holds up the next ones for as long as it is stored.
"""

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

_KEY = func.hashtextextended(literal_column("'counting'"), literal_column("3"))
while_counting = select(func.pg_advisory_xact_lock_shared(_KEY).label("held")).cte("counting")
"""Joined to a statement that locks rows: taken before the first of them, in the same round trip."""


async def share_counting(conn: AsyncConnection) -> None:
    """Until the end of the transaction no news comes in between. Before any row is locked."""
    await conn.execute(select(func.pg_advisory_xact_lock_shared(_KEY)))


async def hold_counting(conn: AsyncConnection) -> None:
    """Wait for the acts under way; those to come wait for the end of this transaction."""
    await conn.execute(select(func.pg_advisory_xact_lock(_KEY)))
