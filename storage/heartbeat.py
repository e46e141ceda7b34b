"""The heartbeat: one synthetic case at a time, whose rung has to act like any other.

It goes through the same workflow, timer and record as the petitions of the city, and is in no
figure, queue, public page or message. When its rung has acted it is closed, and a day later it is
removed: the city's log is for the city's cases.
"""

from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel, EventKind
from schema.model import Frozen
from schema.submission import Submission
from storage.opening import open_case
from storage.sealing import new_data_key
from storage.store import Store
from storage.tables import (
    attachment,
    case_event,
    case_text,
    cases,
    command,
    data_key,
    exception_item,
    petitioner,
)

EVERY = timedelta(minutes=10)
"""The clock of a beat is two minutes and its wake-up is spread over five: by the next one it has
acted, or something is wrong."""
KEPT = timedelta(days=1)
SWEPT_AT_ONCE = 200
NAME = "heartbeat"
TEXT = "상신 점검용 가상 민원입니다. A synthetic case: it shows that escalation works."

_BY_CASE = (exception_item, command, case_text, petitioner, attachment, case_event)


class Beats(Frozen):
    """How the heart beats: when a beat last succeeded, and since when one is waited for."""

    last_at: AwareDatetime | None
    waiting_since: AwareDatetime | None


async def begin_beat(conn: AsyncConnection, store: Store, *, now: datetime) -> str | None:
    """Open the synthetic case of this stretch of ten minutes, and give its number; None where it
    was there already, or where an earlier one has not acted yet: that one is to be seen to."""
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))"), {"name": NAME}
    )
    whole = EVERY.total_seconds()
    slot = datetime.fromtimestamp(now.timestamp() // whole * whole, tz=UTC)
    external_id = f"{NAME}/{slot:%Y-%m-%dT%H:%MZ}"
    there = await conn.scalar(
        select(
            exists().where(cases.c.synthetic, (cases.c.external_id == external_id) | ~cases.c.ended)
        )
    )
    if there:
        return None
    submission = Submission(
        channel=Channel.WEB_FORM,
        external_id=external_id,
        submitted_at=now,
        text=TEXT,
        public=False,
    )
    key = await new_data_key(conn, store.keyring)
    return await open_case(conn, store, submission, key, synthetic=True)


async def beats(conn: AsyncConnection) -> Beats:
    """When a beat last succeeded, and the beginning of the one that is awaited."""
    acted = (
        select(func.max(case_event.c.recorded_at))
        .join(cases, cases.c.number == case_event.c.case_number)
        .where(cases.c.synthetic, case_event.c.kind == EventKind.ESCALATED)
    )
    waiting = select(func.min(cases.c.submitted_at)).where(cases.c.synthetic, ~cases.c.ended)
    return Beats(last_at=await conn.scalar(acted), waiting_since=await conn.scalar(waiting))


async def sweep_beats(conn: AsyncConnection, *, now: datetime) -> int:
    """Remove synthetic cases that ended more than a day ago, whole; gives how many."""
    old = (
        await conn.execute(
            select(cases.c.number, cases.c.data_key_id)
            .where(cases.c.synthetic, cases.c.ended_at < now - KEPT)
            .limit(SWEPT_AT_ONCE)
        )
    ).all()
    numbers = [row.number for row in old]
    for table in _BY_CASE:
        await conn.execute(delete(table).where(table.c.case_number.in_(numbers)))
    await conn.execute(delete(cases).where(cases.c.number.in_(numbers), cases.c.synthetic))
    await conn.execute(delete(data_key).where(data_key.c.id.in_([row.data_key_id for row in old])))
    return len(numbers)
