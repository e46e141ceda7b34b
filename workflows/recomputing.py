"""RecomputeWorkflow: the open cases recomputed after a holiday, an outage or a change of rules.

The record says how far it has come (`storage/recomputing.py`); this only goes on until it is done,
so that it may be started again at any time, by anybody.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.recomputing import RecomputeActivities

BATCH_TIMEOUT = timedelta(minutes=5)
SILENT_TIMEOUT = timedelta(seconds=30)
"""A worker that was killed is noticed after so long; a batch takes less than a second."""
BATCHES_A_RUN = 500
RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30)
)


def workflow_id(name: str) -> str:
    """The id of the workflow that carries out the order `name`."""
    return f"recompute/{name}"


@workflow.defn
class RecomputeWorkflow:
    """One order, batch after batch."""

    @workflow.run
    async def run(self, name: str) -> None:
        """Until every open case has been looked at, and every workflow told that has to be."""
        for _ in range(BATCHES_A_RUN):
            batch = await workflow.execute_activity_method(
                RecomputeActivities.recompute_batch,
                name,
                start_to_close_timeout=BATCH_TIMEOUT,
                heartbeat_timeout=SILENT_TIMEOUT,
                retry_policy=RETRY,
            )
            if batch.done:
                return
        workflow.continue_as_new(name)
