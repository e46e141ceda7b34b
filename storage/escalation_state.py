"""Whether escalation works: what is overdue for a look, and when something last acted."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.heartbeat import beats
from storage.tables import BY_ITSELF, case_event, cases

OVERDUE = timedelta(minutes=15)
"""A wake-up is spread over five minutes, and a case whose workflow was lost is found after ten:
what has not been looked at by then is overdue."""


class EscalationState(Frozen):
    """`overdue` cases have a next moment that passed a quarter of an hour ago, the oldest
    `oldest_at`; `acted_at` is when a case of the city last did something by itself; `beat_at` when
    the heartbeat last did, `beat_awaited_since` where one is on its way."""

    overdue: int
    oldest_at: AwareDatetime | None
    acted_at: AwareDatetime | None
    beat_at: AwareDatetime | None
    beat_awaited_since: AwareDatetime | None


async def escalation_state(conn: AsyncConnection, *, now: datetime) -> EscalationState:
    """How escalation stands at `now`. The heartbeat counts for itself only: where it acts and the
    city's cases do not, that is no comfort."""
    waiting = await conn.execute(
        select(func.count(), func.min(cases.c.next_at)).where(
            ~cases.c.ended, ~cases.c.synthetic, cases.c.next_at < now - OVERDUE
        )
    )
    overdue, oldest = waiting.one()
    acted = await conn.scalar(
        select(case_event.c.recorded_at)
        .where(
            text(BY_ITSELF),
            exists().where(cases.c.number == case_event.c.case_number, ~cases.c.synthetic),
        )
        .order_by(case_event.c.recorded_at.desc())
        .limit(1)
    )
    heart = await beats(conn)
    return EscalationState(
        overdue=overdue,
        oldest_at=oldest,
        acted_at=acted,
        beat_at=heart.last_at,
        beat_awaited_since=heart.waiting_since,
    )
