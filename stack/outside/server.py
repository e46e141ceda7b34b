"""Runs the stand-ins: one HTTP server and one mail server on one book, until told to stop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from stack.outside.app import build
from stack.outside.book import Book
from stack.outside.mail import mail_server


@dataclass(frozen=True)
class OutsideAddresses:
    """Where the outside world listens."""

    http: str
    smtp: str


class _Server(uvicorn.Server):
    """A server that leaves the signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: uvicorn's own would take them from the caller's loop."""
        yield


async def serve(
    directory: Path,
    stop: asyncio.Event,
    *,
    http_port: int,
    mail_port: int,
    host: str = "127.0.0.1",
    started: Callable[[OutsideAddresses], None] = lambda _: None,
) -> None:
    """Serve on `directory`'s book until `stop`; `started` is told when both servers listen.

    Port 0 is any free one. Raises OSError where a port is taken.
    """
    book = Book(directory)
    with _listening(host, http_port) as http, _listening(host, mail_port) as smtp:
        config = uvicorn.Config(
            build(directory, book=book),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        server = _Server(config)
        loop = asyncio.get_running_loop()
        mail = await loop.create_server(mail_server(book, loop=loop), sock=smtp)
        serving = asyncio.create_task(server.serve(sockets=[http]))
        try:
            started(OutsideAddresses(http=_address("http", http), smtp=_address("smtp", smtp)))
            await stop.wait()
        finally:
            mail.close()
            server.should_exit = True
            await serving


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A bound and listening socket: who connects from now on is answered, if a moment later."""
    with socket.create_server((host, port)) as bound:
        yield bound


def _address(scheme: str, bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"{scheme}://{host}:{port}"
