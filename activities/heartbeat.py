"""The beat of housekeeping: a synthetic case that has to be escalated like any other."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from temporalio import activity

from storage.heartbeat import begin_beat, sweep_beats
from storage.store import Store


class Heartbeat:
    """Given how to start a case: activities may not know of workflows."""

    def __init__(self, store: Store, *, start: Callable[[str], Awaitable[None]]) -> None:
        self._store = store
        self._start = start

    @activity.defn
    async def beat(self) -> str | None:
        """Begin the next beat where it is time and none is on its way; remove old ones. Gives the
        number of the case that was opened. One whose start fails is found by housekeeping."""
        now = datetime.now(UTC)
        async with self._store.engine.begin() as conn:
            number = await begin_beat(conn, self._store, now=now)
            await sweep_beats(conn, now=now)
        if number is not None:
            await self._start(number)
        return number

    def all(self) -> list[Callable[..., Any]]:
        """Every activity, for the worker."""
        return [self.beat]
