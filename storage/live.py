"""The record as it grows: what was committed, read at once by those who show it to people.

The outbox already notifies whoever relays it, once a statement and without a payload; this listens
to the same channel, so that showing things at once costs no further NOTIFY (each takes a lock at
commit), and goes on while Kafka is away.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import BigInteger, Select, all_, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from schema.codes import EventKind, State, Visibility
from schema.model import Frozen
from storage.outbox import WAKE_CHANNEL
from storage.tables import case_event, cases, outbox

MOST_AT_ONCE = 500
OVERLAP = 200
LATE_SECONDS = 30.0
"""How long a number of the outbox may be on its way: no transaction of ours lives longer."""
POLL_SECONDS = 5.0
GATHER_SECONDS = 0.2
LISTENER = "minwon live"
"""What the connection is called in pg_stat_activity."""


class Change(Frozen):
    """One event, for whoever shows the case: codes only. `left` is the department that had the
    case before it, for the queue that it went out of. `position` grows with what is committed."""

    position: int
    case: str
    seq: int
    kind: EventKind
    state: State
    visibility: Visibility
    department: str | None
    left: str | None


class GrowingLog:
    """What is committed from the first `follow` on, each change once, also over lost connections.

    Numbers of the outbox are given before the commit, so a lower one may come after a higher one:
    what is read reaches back for LATE_SECONDS, and what was seen is left out.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._floor: int | None = None
        self._seen: dict[int, float] = {}

    @property
    def position(self) -> int:
        """The newest change seen; 0 where nothing ever happened."""
        return max(self._seen, default=self._floor or 0)

    async def follow(self) -> AsyncIterator[tuple[Change, ...]]:
        """Batches of changes as they are committed; the first one, empty, once it listens.

        Raises what the database raises where it goes away; to follow again misses nothing.
        """
        woken = asyncio.Event()
        async with _listening(self._engine, woken) as conn:
            await self._begin(conn)
            yield ()
            while True:
                woken.clear()
                batch = await self._read(conn)
                if batch:
                    yield batch
                if len(batch) < MOST_AT_ONCE:
                    await _pause(woken)

    async def _begin(self, conn: AsyncConnection) -> None:
        if self._floor is not None:
            return
        newest = await conn.scalar(select(func.max(outbox.c.id))) or 0
        self._floor = max(newest - OVERLAP, 0)
        ids = await conn.scalars(select(outbox.c.id).where(outbox.c.id > self._floor))
        self._seen = dict.fromkeys(ids, time.monotonic())

    async def _read(self, conn: AsyncConnection) -> tuple[Change, ...]:
        now = time.monotonic()
        self._forget(now)
        seen = literal(list(self._seen), ARRAY(BigInteger))
        rows = await conn.execute(
            _changes()
            .where(outbox.c.id > self._floor, outbox.c.id != all_(seen))
            .order_by(outbox.c.id)
            .limit(MOST_AT_ONCE)
        )
        found = tuple(Change.model_validate(row._mapping) for row in rows)
        self._seen |= {change.position: now for change in found}
        return found

    def _forget(self, now: float) -> None:
        old = [place for place, at in self._seen.items() if now - at > LATE_SECONDS]
        if old:
            self._floor = max(old)
            self._seen = {place: at for place, at in self._seen.items() if place > self._floor}


def _changes() -> Select[Any]:
    before = case_event.alias("before")
    return (
        select(
            outbox.c.id.label("position"),
            case_event.c.case_number.label("case"),
            case_event.c.seq,
            case_event.c.kind,
            case_event.c.state,
            case_event.c.visibility,
            case_event.c.department,
            before.c.department.label("left"),
        )
        .join(case_event, case_event.c.id == outbox.c.event_id)
        .outerjoin(
            before,
            and_(
                before.c.case_number == case_event.c.case_number,
                before.c.seq == case_event.c.seq - 1,
            ),
        )
    )


class Length(Frozen):
    """How long the log of a case is, and that of the case that it was merged into."""

    seq: int
    merged_into: str | None
    root_seq: int | None


async def length_of_log(conn: AsyncConnection, number: str) -> Length | None:
    """How far the log of the case `number` goes; None where there is none yet."""
    root = cases.alias("root")
    row = (
        await conn.execute(
            select(cases.c.seq, cases.c.merged_into, root.c.seq.label("root_seq"))
            .outerjoin(root, root.c.number == cases.c.merged_into)
            .where(cases.c.number == number)
        )
    ).one_or_none()
    return Length.model_validate(row._mapping) if row else None


async def newest_position(conn: AsyncConnection) -> int:
    """The position of a page that is read in this transaction."""
    return await conn.scalar(select(func.max(outbox.c.id))) or 0


async def happened_since(
    conn: AsyncConnection, position: int, departments: Sequence[str] | None
) -> bool:
    """True where something was committed after `position` in the cases that `departments` have or
    had just before; None means all of them."""
    changes = _changes().where(outbox.c.id > position)
    if departments is not None:
        found = changes.subquery()
        where = or_(found.c.department.in_(departments), found.c.left.in_(departments))
        return bool(await conn.scalar(select(select(found).where(where).exists())))
    return bool(await conn.scalar(select(changes.exists())))


@asynccontextmanager
async def _listening(engine: AsyncEngine, woken: asyncio.Event) -> AsyncIterator[AsyncConnection]:
    """A connection outside the pool that sets `woken` at each commit of something to relay."""
    async with engine.connect() as conn:
        await conn.execution_options(isolation_level="AUTOCOMMIT")
        raw = await conn.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        raw.detach()
        await conn.execute(select(func.set_config("application_name", LISTENER, False)))
        await driver.add_listener(WAKE_CHANNEL, lambda *_: woken.set())
        yield conn


async def _pause(woken: asyncio.Event) -> None:
    """Until something was committed, or the poll is due, which also finds a dead connection."""
    await asyncio.sleep(GATHER_SECONDS)
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await woken.wait()
    except TimeoutError:
        return
