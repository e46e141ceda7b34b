"""The alarm: says when cases are overdue for a look and nothing acts, or the heart stands still.

It looks from the worker's own loop, not from a workflow: what watches over Temporal must not need
Temporal.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from schema.model import Frozen
from storage.escalation_state import OVERDUE, EscalationState, escalation_state
from storage.exceptions import count_open
from storage.store import Store

log = structlog.get_logger()

EVERY_SECONDS = 60.0
SILENT = OVERDUE
"""For how long nothing may act while cases are overdue: the time in which the jitter and the search
for lost workflows have done all that they can. In a backlog that is being worked off something
acts every second."""
LATE_BEAT = timedelta(minutes=30)
"""A beat every ten minutes acts after two to seven: by then two have been missed."""

OVERDUE_CASES = Gauge(
    "minwon_escalation_overdue_cases",
    "Open cases whose next moment passed more than 15 minutes ago and was not acted on",
)
SINCE_ACTED = Gauge(
    "minwon_escalation_last_acted_seconds",
    "Seconds since a case of the city last acted by itself (since the start where none ever did)",
)
SINCE_BEAT = Gauge(
    "minwon_heartbeat_last_beat_seconds",
    "Seconds since the synthetic case was last escalated (since the first was awaited)",
)
EXCEPTIONS = Gauge("minwon_exceptions_open", "Cases about which the ladder finds nobody to tell")


class Alarm(Frozen):
    """What is wrong: a code, and one sentence for the log."""

    code: str
    sentence: str


NOTHING_ACTS = Alarm(
    code="escalation_silent",
    sentence="cases are overdue for a look and no rung has acted",
)
NO_HEARTBEAT = Alarm(code="heartbeat_late", sentence="the synthetic case was not escalated in time")


def _now() -> datetime:
    return datetime.now(UTC)


class EscalationWatch:
    """Looks once a minute; the seconds of the gauges go on by themselves between two looks."""

    def __init__(self, store: Store, *, now: Callable[[], datetime] = _now) -> None:
        self._store = store
        self._now = now
        self._began = now()
        self._acted = self._beat = self._began
        self.wrong = ""
        """The codes of what was wrong at the last look, for `/readyz`."""
        SINCE_ACTED.set_function(lambda: self._seconds_since(self._acted))
        SINCE_BEAT.set_function(lambda: self._seconds_since(self._beat))

    def _seconds_since(self, at: datetime) -> float:
        return (self._now() - at).total_seconds()

    async def run(self, stop: asyncio.Event) -> None:
        """Look once a minute until `stop`, whether Temporal is there or not."""
        while not stop.is_set():
            try:
                self.wrong = ", ".join(alarm.code for alarm in await self.look())
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("the escalation watch cannot look", fault=type(error).__name__)
                self.wrong = type(error).__name__
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)

    async def look(self) -> tuple[Alarm, ...]:
        """Measure, set the gauges, and log an error for each thing that is wrong."""
        now = self._now()
        async with self._store.engine.connect() as conn:
            state = await escalation_state(conn, now=now)
            EXCEPTIONS.set(await count_open(conn))
        OVERDUE_CASES.set(state.overdue)
        self._acted = state.acted_at or self._began
        self._beat = state.beat_at or state.beat_awaited_since or self._began
        alarms = tuple(self._alarms(state, now))
        for alarm in alarms:
            log.error(
                alarm.sentence,
                code=alarm.code,
                overdue=state.overdue,
                oldest=_shown(state.oldest_at),
                last_acted=_shown(state.acted_at),
                last_beat=_shown(state.beat_at),
            )
        return alarms

    def _alarms(self, state: EscalationState, now: datetime) -> list[Alarm]:
        found = []
        quiet = state.acted_at is None or now - state.acted_at > SILENT
        if state.overdue and quiet:
            found.append(NOTHING_ACTS)
        if now - self._beat > LATE_BEAT:
            found.append(NO_HEARTBEAT)
        return found


def _shown(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
