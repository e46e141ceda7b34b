"""`minwon up` as a person meets it: one command, clear sentences, nothing lost, nothing left."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import httpx

from stack.processes import Child, free_port, is_listening

LOOKS = 900
LOOK_SECONDS = 0.1
TEN_SECONDS = 10.0
"""What `make run` takes to end at most, also while pages are kept up to date."""


class Terminal:
    """A `minwon up` in a terminal of its own, and what it shows."""

    def __init__(self, directory: Path, state: Path, *, port: int) -> None:
        self.port = port
        self._screen = directory / "screen.txt"
        self.child = Child(
            name="up",
            argv=[sys.executable, "-m", "cli", "up"],
            env={"MINWON_STATE_DIR": str(state), "MINWON_HTTP_PORT": str(port), "COLUMNS": "200"},
            log=self._screen,
            stop_signal=signal.SIGINT,
        )

    def shown(self) -> str:
        """Everything shown so far."""
        return self._screen.read_text(encoding="utf-8")

    async def see(self, words: str) -> None:
        """Wait until it shows `words`."""
        for _ in range(LOOKS):
            if words in self.shown():
                return
            assert self.child.running, self.shown()
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"never shown: {words}\n{self.shown()}")

    async def __aenter__(self) -> "Terminal":
        self._screen.parent.mkdir(parents=True)
        await self.child.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.child.stop(grace=30)


def parts_of(state: Path) -> dict[int, str]:
    """The living processes whose command line names the state directory."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(state) in line:
            found[int(path.parent.name)] = line
    return found


async def test_a_city_is_brought_up_survives_and_carries_on(tmp_path: Path) -> None:
    """Filed in the first run, its server killed, still there in the second; each run ends whole."""
    state = tmp_path / "state"
    async with Terminal(tmp_path / "first", state, port=free_port()) as first:
        await first.see("first sign-in: admin")
        url = f"http://127.0.0.1:{first.port}"
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            filed = await client.post("/api/v1/petitions", json={"text": "가로등이 꺼져 있어요"})
            assert filed.status_code == 201
            ready = (await client.get("/readyz")).json()
            assert {name: part["ok"] for name, part in ready["parts"].items()} == {
                "database": True,
                "kafka": True,
                "temporal": True,
                "attachments": True,
            }
            assert [name for name, part in ready["parts"].items() if part["needed"]] == ["database"]
            [temporal] = [pid for pid, line in parts_of(state).items() if "start-dev" in line]
            os.kill(temporal, signal.SIGKILL)
            await first.see("Temporal ended (signal SIGKILL); it is started again.")
    assert first.child.returncode == 0, first.shown()
    assert parts_of(state) == {}
    assert not is_listening("127.0.0.1", first.port)

    async with Terminal(tmp_path / "second", state, port=free_port()) as second:
        await second.see("first sign-in: admin")
        receipt = filed.json()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{second.port}") as client:
            answer = await client.get(
                f"/api/v1/petitions/{receipt['receipt_number']}",
                headers={"X-Minwon-Key": receipt["key"]},
            )
        assert answer.json()["registered"] is True

        async with Terminal(tmp_path / "third", state, port=free_port()) as third:
            assert await third.child.wait() == 1
        assert re.search(
            r"Another minwon runs on \S+: end it, or set MINWON_STATE_DIR", _flat(third)
        )

        async with Terminal(tmp_path / "fourth", tmp_path / "b", port=second.port) as fourth:
            assert await fourth.child.wait() == 1
        assert f"Port {second.port} is taken" in _flat(fourth)
        assert "set MINWON_HTTP_PORT" in _flat(fourth)

        opened = asyncio.Event()
        reading = asyncio.create_task(_read_on(second.port, receipt, opened))
        await opened.wait()
        await second.child.stop(grace=TEN_SECONDS)
        assert second.child.returncode == 0, second.shown()
        await reading
    assert parts_of(state) == {}


async def _read_on(port: int, receipt: dict[str, str], opened: asyncio.Event) -> None:
    """Keep a petitioner's page up to date until the city ends; a stream that is broken off, not
    ended, raises."""
    url = f"http://127.0.0.1:{port}/cases/{receipt['receipt_number']}/live"
    async with (
        httpx.AsyncClient(cookies={"minwon_case_key": receipt["key"]}, timeout=60) as client,
        client.stream("GET", url) as answer,
    ):
        async for line in answer.aiter_lines():
            if line == "event: ready":
                opened.set()


def _flat(terminal: Terminal) -> str:
    return " ".join(terminal.shown().split())
