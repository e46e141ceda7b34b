"""`minwon outside`: the stand-ins for carrier, mail, push service and networks."""

import asyncio
import signal
import sys
from pathlib import Path

from stack.outside.server import OutsideAddresses, serve


def outside(directory: Path, *, http_port: int, mail_port: int, host: str = "127.0.0.1") -> int:
    """Run the stand-ins until SIGINT or SIGTERM; what citizens receive is kept in `directory`.

    Returns the exit code: 1 where a port is taken, with one sentence on standard error.
    """
    try:
        asyncio.run(_run(directory, http_port=http_port, mail_port=mail_port, host=host))
    except OSError as error:
        print(f"The stand-ins could not start: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(directory: Path, *, http_port: int, mail_port: int, host: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve(directory, stop, http_port=http_port, mail_port=mail_port, host=host, started=_tell)


def _tell(addresses: OutsideAddresses) -> None:
    print(f"outside {addresses.http} {addresses.smtp}", flush=True)
