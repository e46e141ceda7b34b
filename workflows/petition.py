"""PetitionWorkflow: one durable execution for each case.

Its input is the number; its first act loads the state from the record. So it may be started on a
case at any point of its life, and a lost Temporal database is healed by starting it again. Its
history holds numbers, codes and instants.
"""

import asyncio
import contextlib
import zlib
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    WorkflowAlreadyStartedError,
)

with workflow.unsafe.imports_passed_through():
    from activities.petition import PetitionActivities, Wake
    from rules.transitions import refusal
    from schema.commands import CaseSnapshot, Command, Outcome, Refusal

REFUSED = "refused"
JITTER_SECONDS = 300
"""Wake-ups are spread: thousands of deadlines fall on one second (18:00), and the server runs
some fifty timers a second (measured, see docs/decisions). The legal instant is stored unrounded."""

UNMOVED_PAUSE = timedelta(minutes=1)
EFFECT_TIMEOUT = timedelta(seconds=20)
RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
)


def jitter(number: str) -> timedelta:
    """The case's own share of the spread, always the same for the same number."""
    return timedelta(seconds=zlib.crc32(number.encode()) % JITTER_SECONDS)


@workflow.defn
class PetitionWorkflow:
    """The life of one case. Steps are recorded one at a time, each by one local activity."""

    @workflow.init
    def __init__(self, number: str) -> None:
        self._number = number
        self._case: CaseSnapshot | None = None
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, number: str) -> None:
        """Run until the case has ended; a case that has ended already ends this at once."""
        async with self._one_at_a_time:
            case = self._case = await self._load()
        for other in case.look_again:
            await _have_looked_at(other)
        while await self._goes_on():
            await self._wait_for_next_moment(self._case or case)
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(number)

    async def _goes_on(self) -> bool:
        """False when the case has ended and nobody is acting on it: what is acted on an ended
        case may open it again (a merge that is undone)."""
        if self._case is not None and self._case.ended:
            await workflow.wait_condition(workflow.all_handlers_finished)
        return self._case is None or not self._case.ended

    async def _load(self) -> CaseSnapshot:
        return await workflow.execute_local_activity_method(
            PetitionActivities.take_in,
            self._number,
            start_to_close_timeout=EFFECT_TIMEOUT,
            retry_policy=RETRY,
        )

    async def _wait_for_next_moment(self, seen: CaseSnapshot) -> None:
        """Sleep to the next moment, or until an action has changed it. A timer is a wake-up, not
        the truth: the record decides what is due."""
        wakes_at = seen.wakes_at()
        timeout = None
        if wakes_at is not None:
            wait = wakes_at + jitter(self._number) - workflow.now()
            timeout = max(wait, timedelta(0))
        try:
            await workflow.wait_condition(lambda: self._moved_on(seen), timeout=timeout)
        except TimeoutError:
            await self._wake(seen)

    def _moved_on(self, seen: CaseSnapshot) -> bool:
        case = self._case
        return case is not None and (case.ended or case.next_moment != seen.next_moment)

    async def _wake(self, seen: CaseSnapshot) -> None:
        async with self._one_at_a_time:
            self._case = await workflow.execute_local_activity_method(
                PetitionActivities.wake,
                Wake(case=self._number, at=workflow.now()),
                start_to_close_timeout=EFFECT_TIMEOUT,
                retry_policy=RETRY,
            )
        if not self._moved_on(seen):
            await workflow.sleep(UNMOVED_PAUSE)

    @workflow.update
    async def act(self, command: Command) -> Outcome:
        """Do one action of a person. Gives the number of its event; a refusal fails the update
        with type REFUSED and the Refusal as its detail."""
        await workflow.wait_condition(lambda: self._case is not None)
        async with self._one_at_a_time:
            try:
                outcome = await workflow.execute_local_activity_method(
                    PetitionActivities.record,
                    command,
                    start_to_close_timeout=EFFECT_TIMEOUT,
                    retry_policy=RETRY,
                )
            except ActivityError as error:
                raise ApplicationError(
                    "the act could not be recorded", type="failed", non_retryable=True
                ) from error
            self._case = outcome.snapshot
        if outcome.refusal is not None:
            raise _refused(outcome.refusal)
        for other in outcome.look_again:
            await _have_looked_at(other)
        return outcome

    @workflow.signal
    async def look_again(self) -> None:
        """The record moved without us: another case was merged into this one or taken out of it,
        or a holiday was declared that makes the next moment earlier."""
        await workflow.wait_condition(lambda: self._case is not None)
        async with self._one_at_a_time:
            self._case = await self._load()

    @act.validator
    def _may_act(self, command: Command) -> None:
        """Refuse at once, before anything is written, what state, role or law do not allow."""
        if self._case is None:
            return
        no = refusal(self._case, command)
        if no is not None:
            raise _refused(no)


async def _have_looked_at(number: str) -> None:
    """Have another case's workflow look at the record again; a case without one gets one."""
    handle: workflow.ExternalWorkflowHandle[PetitionWorkflow]
    handle = workflow.get_external_workflow_handle_for(PetitionWorkflow.run, number)
    try:
        await handle.signal(PetitionWorkflow.look_again)
    except ApplicationError:
        # There is none: the case is new, or was given back by the end of the one it was merged in.
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await workflow.start_child_workflow(
                PetitionWorkflow.run,
                number,
                id=number,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )


def _refused(no: Refusal) -> ApplicationError:
    return ApplicationError(
        no.message_en, no.model_dump(mode="json"), type=REFUSED, non_retryable=True
    )
