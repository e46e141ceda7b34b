"""The one Node process that looks at pages with pa11y and html-validate (tests/tools)."""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from web.assets.build import program

TOOLS = Path(__file__).parents[1] / "tools"
LONGEST_LINE = 8 * 1024 * 1024


class Inspector:
    """Asks the process, one question after another's answer or several at once."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count()
        self._asked: dict[int, asyncio.Future[list[str]]] = {}

    async def faults(self, kind: str, **of: object) -> list[str]:
        """What the tool `kind` finds; raises RuntimeError where the tool itself failed."""
        assert self._process.stdin is not None
        number = next(self._ids)
        answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        line = json.dumps({"id": number, "kind": kind, **of})
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()
        return await answer

    async def listen(self) -> None:
        """Give the answers to those who asked, until the process ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            asked = self._asked.pop(told["id"])
            if "error" in told:
                asked.set_exception(RuntimeError(told["error"]))
            else:
                asked.set_result(told["faults"])
        for asked in self._asked.values():
            asked.set_exception(RuntimeError("the inspector ended; is tests/tools installed?"))


@asynccontextmanager
async def inspecting() -> AsyncIterator[Inspector]:
    """The process, while the body runs. `make test` installs what it needs."""
    assert (TOOLS / "node_modules").is_dir(), "tests/tools is not installed: run `make tools`"
    process = await asyncio.create_subprocess_exec(
        program("node"),
        str(TOOLS / "inspector.cjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"},
    )
    inspector = Inspector(process)
    listening = asyncio.create_task(inspector.listen())
    try:
        yield inspector
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
        if process.returncode is None:
            process.kill()
        await listening
