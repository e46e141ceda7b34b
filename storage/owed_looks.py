"""Looks that are owed: cases whose next moment came nearer behind their workflow's back.

Written in the transaction that moved the moment and gone once the workflow was told, so that
neither a crash nor a Temporal that is away loses one. A look too many does no harm.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from sqlalchemy import delete, exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.commands import Moment
from storage.cases import Case
from storage.store import Store
from storage.tables import owed_look


class Nearer(NamedTuple):
    """A case, and the moment that it now waits for."""

    case: Case
    moment: Moment | None

    @property
    def is_nearer(self) -> bool:
        """Only then the workflow has to hear of it: one that wakes too early asks again by
        itself."""
        if self.moment is None:
            return False
        return self.case.next_at is None or self.moment.at < self.case.next_at


async def owe_looks(conn: AsyncConnection, moved: Iterable[Nearer]) -> None:
    """Remember those whose moment came nearer."""
    owed = [
        {"case_number": one.case.number, "next_at": one.moment.at}
        for one in moved
        if one.is_nearer and one.moment is not None
    ]
    if owed:
        await conn.execute(insert(owed_look), owed)


@asynccontextmanager
async def owed_looks(store: Store, *, limit: int) -> AsyncIterator[tuple[str, ...]]:
    """The next cases to be told, the soonest moment first; they are owed no more once the body is
    through. None while somebody else is telling: the rate is bounded for the whole city."""
    async with store.engine.begin() as conn:
        alone = await conn.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended('owed_look', 3))")
        )
        if not alone:
            yield ()
            return
        statement = select(owed_look.c.id, owed_look.c.case_number)
        ordered = statement.order_by(owed_look.c.next_at, owed_look.c.id).limit(limit)
        rows = (await conn.execute(ordered)).all()
        yield tuple(dict.fromkeys(row.case_number for row in rows))
        await conn.execute(delete(owed_look).where(owed_look.c.id.in_([row.id for row in rows])))


async def any_owed(conn: AsyncConnection) -> bool:
    """Whether somebody is still to be told."""
    return bool(await conn.scalar(select(exists(select(owed_look.c.id)))))
