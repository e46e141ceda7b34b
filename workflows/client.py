"""The one door to a running case: start its workflow, or send it a command."""

import asyncio
from datetime import timedelta

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from schema.commands import Command, Outcome, Refusal
from workflows.petition import REFUSED, PetitionWorkflow
from workflows.recomputing import RecomputeWorkflow, workflow_id

TASK_QUEUE = "petitions"
ANSWER_TIME = timedelta(seconds=1.5)


class TemporalAwayError(Exception):
    """Temporal cannot be reached now: the same again, later."""


class RunningCases:
    """The cases' workflows, by case number. Everything here may be called again without harm."""

    def __init__(self, client: Client, *, task_queue: str = TASK_QUEUE) -> None:
        self._client = client
        self._task_queue = task_queue

    async def answers(self) -> bool:
        """Whether Temporal says within ANSWER_TIME that it serves."""
        try:
            return await self._client.service_client.check_health(timeout=ANSWER_TIME)
        except (RPCError, RuntimeError):
            return False

    async def start(self, number: str) -> None:
        """Make sure that `number` has its workflow: it loads its state from the record itself, so
        it may be started at any point of the case's life; on an ended case it ends at once.

        Raises TemporalAwayError while Temporal cannot be reached.
        """
        try:
            await self._client.start_workflow(
                PetitionWorkflow.run,
                number,
                id=number,
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
        except (RPCError, RuntimeError) as error:
            # A lazy client that has never reached Temporal says so with a bare RuntimeError.
            raise TemporalAwayError(type(error).__name__) from error

    async def look_again(self, number: str) -> None:
        """Have the case's workflow look at the record again; where there is none, nothing: a
        workflow that starts later loads the record as it is then."""
        handle: WorkflowHandle[PetitionWorkflow, None]
        handle = self._client.get_workflow_handle(number)
        try:
            await handle.signal(PetitionWorkflow.look_again)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def start_recomputation(self, name: str) -> None:
        """Make sure that the order `name` is being carried out; it goes on from where the record
        says it stands. Raises TemporalAwayError while Temporal cannot be reached."""
        try:
            await self._client.start_workflow(
                RecomputeWorkflow.run,
                name,
                id=workflow_id(name),
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
        except (RPCError, RuntimeError) as error:
            raise TemporalAwayError(type(error).__name__) from error

    async def act(self, command: Command, *, patience: timedelta) -> Outcome | Refusal | None:
        """Send `command` and wait at most `patience`: its outcome, a refusal, or None where it is
        still on its way. A case whose workflow was lost gets one with this very call."""
        try:
            async with asyncio.timeout(patience.total_seconds()):
                return await self._update(command, patience)
        except WorkflowUpdateFailedError as error:
            return _refusal_in(error)
        except (TimeoutError, RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
            return None
        except RuntimeError:
            # A lazy client that has never reached Temporal says so with a bare RuntimeError.
            return None

    async def _update(self, command: Command, patience: timedelta) -> Outcome:
        """The update alone where the workflow runs, as nearly always; else one call that starts
        it too, which costs the server twice as much."""
        running: WorkflowHandle[PetitionWorkflow, None]
        running = self._client.get_workflow_handle(command.case)
        try:
            return await running.execute_update(
                PetitionWorkflow.act, command, id=command.request_id, rpc_timeout=patience
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        start = WithStartWorkflowOperation(
            PetitionWorkflow.run,
            command.case,
            id=command.case,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self._client.execute_update_with_start_workflow(
            PetitionWorkflow.act,
            command,
            id=command.request_id,
            start_workflow_operation=start,
            rpc_timeout=patience,
        )


def _refusal_in(error: WorkflowUpdateFailedError) -> Refusal | None:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == REFUSED and cause.details:
        return Refusal.model_validate(cause.details[0])
    return None
