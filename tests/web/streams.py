"""A real server and its streams, for the tests of pages that update by themselves."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from stack.processes import free_port, is_listening
from web.application import end_streams
from web.serving import served


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The address of a server of `app`; it ends as the role does."""
    port = free_port()
    async with served(app, port=port):
        while not is_listening("127.0.0.1", port):  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
        await end_streams(app)


@dataclass(frozen=True)
class Told:
    """One event of a stream."""

    event: str
    id: str
    data: object


async def told(answer: httpx.Response) -> AsyncIterator[Told]:
    """The events of an open stream; comments are left out."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "event" in fields:
            yield Told(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
            fields = {}
