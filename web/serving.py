"""HTTP servers inside a role: without logging and signal handlers of their own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI


class _Server(uvicorn.Server):
    """A server that leaves the signals to the role it belongs to."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: `run_role` has them."""
        yield


def quiet_server(app: FastAPI, *, host: str, port: int) -> uvicorn.Server:
    """A uvicorn server without its own logging and without its own signal handlers."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    return _Server(config)


@asynccontextmanager
async def served(app: FastAPI, *, port: int) -> AsyncIterator[None]:
    """Serve `app` on this machine's `port` while the body runs."""
    server = quiet_server(app, host="127.0.0.1", port=port)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving
