"""`minwon resume`: a workflow for every open case that has none."""

from settings import Settings
from worker import Composition, housekeeping_of, temporal_client
from workflows.client import RunningCases


async def run_resume(settings: Settings, *, unattended_only: bool) -> int:
    """Resume, and print how many cases were looked at; harmless where all are running."""
    made = Composition(settings, "resume")
    running = RunningCases(await temporal_client(settings))
    housekeeping = housekeeping_of(made, running)
    resume = housekeeping.resume_unattended if unattended_only else housekeeping.resume_all
    count = await resume()
    await made.store.close()
    print(f"{count} open cases have their workflow.")
    return 0
