"""Housekeeping on a Schedule: what was lost between two systems is found and put right."""

from datetime import timedelta

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

with workflow.unsafe.imports_passed_through():
    from activities.housekeeping import Housekeeping
    from activities.recomputing import RecomputeActivities

SCHEDULE_ID = "housekeeping"
EVERY = timedelta(minutes=1)
TIMEOUT = timedelta(minutes=10)


@workflow.defn
class HousekeepingWorkflow:
    """One round: unanswered commands first, people wait for those; then unattended cases."""

    @workflow.run
    async def run(self) -> None:
        """One round."""
        await workflow.execute_activity_method(
            Housekeeping.send_unanswered, start_to_close_timeout=TIMEOUT
        )
        await workflow.execute_activity_method(
            Housekeeping.resume_unattended, start_to_close_timeout=TIMEOUT
        )
        await workflow.execute_activity_method(
            RecomputeActivities.resume_recomputations, start_to_close_timeout=TIMEOUT
        )


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
