"""The effects of RecomputeWorkflow: one batch of cases, and their workflows told of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity

from storage.recomputing import Batch, Recomputing

SIGNALS_A_SECOND = 50
"""The server runs some fifty wake-ups a second (measured, docs/decisions): more would only queue,
in front of the officers' own acts."""


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
        """The next batch of the order `name`; after a crash it goes on where the record stands."""
        batch = await self._recomputing.next_batch(name)
        for number in batch.earlier:
            await self._look_again(number)
            await asyncio.sleep(1 / SIGNALS_A_SECOND)
        return batch

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
