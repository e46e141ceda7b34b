"""The outside world, for every channel's tests."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from stack.outside.server import OutsideAddresses, serve


@pytest_asyncio.fixture
async def outside(tmp_path: Path) -> AsyncIterator[OutsideAddresses]:
    """The stand-ins of carrier, mail server and networks, running on free ports."""
    stop = asyncio.Event()
    listening: asyncio.Future[OutsideAddresses] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(tmp_path, stop, http_port=0, mail_port=0, started=listening.set_result)
    )
    yield await listening
    stop.set()
    await serving
