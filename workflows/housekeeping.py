"""Housekeeping on a Schedule: what was lost between two systems is found and put right."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.heartbeat import Heartbeat
    from activities.housekeeping import Housekeeping
    from activities.recomputing import RecomputeActivities

SCHEDULE_ID = "housekeeping"
EVERY = timedelta(minutes=1)
TIMEOUT = timedelta(minutes=10)
RETRY = RetryPolicy(maximum_attempts=3)
"""The next round is a minute away."""


STEPS: tuple[Callable[[Any], Awaitable[object]], ...] = (
    Housekeeping.send_unanswered,
    Housekeeping.resume_unattended,
    RecomputeActivities.resume_recomputations,
    Heartbeat.beat,
)
"""People wait for unanswered commands, so those come first. New steps go to the end: a round that
runs while the code changes goes on as it began."""


@workflow.defn
class HousekeepingWorkflow:
    """One round. A step that fails holds up none of the others."""

    @workflow.run
    async def run(self) -> None:
        """One round; it fails in the end where one of its steps did."""
        failed = []
        for step in STEPS:
            try:
                await workflow.execute_activity(
                    step.__name__, start_to_close_timeout=TIMEOUT, retry_policy=RETRY
                )
            except ActivityError as error:
                failed.append(error.activity_type)
        if failed:
            raise ApplicationError(f"failed: {', '.join(failed)}", type="round_failed")


async def schedule_housekeeping(client: Client, *, task_queue: str) -> bool:
    """Make the Schedule; False where it is there already. True means a Temporal that knows
    nothing of this city: a new one, or one whose database was lost."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            HousekeepingWorkflow.run, id=SCHEDULE_ID, task_queue=task_queue
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)
        ),
    )
    try:
        await client.create_schedule(SCHEDULE_ID, schedule)
    except ScheduleAlreadyRunningError:
        return False
    return True
