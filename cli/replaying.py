"""`minwon replay` from the command line: where web is, and with which keys to sign."""

from pathlib import Path

from cli.replay import Gateways, ReplayError, replay
from cli.sample_day import SampleFileError
from cli.state import CliError
from settings import Settings
from worker import Composition


async def run_replay(settings: Settings, file: Path, *, keep_dates: bool, concurrency: int) -> int:
    """Replay `file` against the running web."""
    made = Composition(settings, "replay")
    address = f"http://{settings.http_host}:{settings.http_port}"
    try:
        await replay(
            file,
            gateways=Gateways(base_url=address, secrets=made.secrets()),
            store=made.store,
            state_dir=settings.state_dir,
            keep_dates=keep_dates,
            concurrency=concurrency,
        )
    except (ReplayError, SampleFileError) as error:
        raise CliError(str(error)) from None
    finally:
        await made.store.close()
    return 0
