"""The effects of RecomputeWorkflow: one batch of cases, and then their workflows told of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity

from storage.recomputing import Batch, Recomputing

SIGNALS_A_SECOND = 50
"""The server runs some fifty wake-ups a second (measured, docs/decisions): more would only queue,
in front of the officers' own acts."""
SIGNALS_A_TIME = 100


class RecomputeActivities:
    """Given how to have a case's workflow look at the record again, and how to start an order."""

    def __init__(
        self,
        recomputing: Recomputing,
        *,
        look_again: Callable[[str], Awaitable[None]],
        start: Callable[[str], Awaitable[None]],
    ) -> None:
        self._recomputing = recomputing
        self._look_again = look_again
        self._start = start

    @activity.defn
    async def recompute_batch(self, name: str) -> Batch:
        """The next batch of the order `name`; after a crash it goes on where the record stands.
        When all cases are counted, the workflows whose moment came nearer are told: the record is
        right in a minute, however many have to be told of it."""
        batch = await self._recomputing.next_batch(name)
        if not batch.done:
            return batch
        return batch.model_copy(update={"done": not await self._tell()})

    async def _tell(self) -> bool:
        """Tell the soonest; True where there may be more."""
        async with self._recomputing.owed_looks(limit=SIGNALS_A_TIME) as numbers:
            for number in numbers:
                await self._look_again(number)
                activity.heartbeat()
                await asyncio.sleep(1 / SIGNALS_A_SECOND)
        return bool(numbers)

    @activity.defn
    async def resume_recomputations(self) -> int:
        """Start the workflow of every order that is not finished; harmless where it runs."""
        unfinished = await self._recomputing.unfinished()
        for order in unfinished:
            await self._start(order.id)
        return len(unfinished)

    def all(self) -> list[Callable[..., Any]]:
        """Every activity of a recomputation, for the worker."""
        return [self.recompute_batch, self.resume_recomputations]
