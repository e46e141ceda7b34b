"""Child processes that end with us: started, watched, and stopped by their own id."""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import IO

PR_SET_PDEATHSIG = 1
OUR_PORTS = range(20_000, 32_000)
"""Below what Linux gives to outgoing connections (32768 and up, net.ipv4.ip_local_port_range)."""
_random = SystemRandom()
_LIBC = ctypes.CDLL(None, use_errno=True)


class ComponentError(Exception):
    """A component did not start; the message is one sentence that says what and where to look."""


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now, and that the kernel hands to nobody by itself.

    One asked of the kernel (port 0) may be the near end of somebody's connection a moment later.
    """
    for port in _random.sample(OUR_PORTS, k=len(OUR_PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return port
    raise ComponentError("No port is free between 20000 and 32000.")


def is_listening(host: str, port: int) -> bool:
    """True when something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def _end_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Ask the kernel to signal the child when we die, by whatever death."""

    def ask() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(number))

    return ask


@dataclass
class Child:
    """One child process in a session of its own, so that Ctrl-C in our terminal is ours alone."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    """File that takes what it prints; None: a pipe, read from `output`."""
    ours: bool = False
    """It prints where we print, so that a terminal is one for it too."""
    user: int | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    _process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process id; raises RuntimeError before the start."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        """True between start and end."""
        return self._process is not None and self._process.returncode is None

    @property
    def returncode(self) -> int | None:
        """How it ended, or None."""
        return self._process.returncode if self._process else None

    @property
    def output(self) -> asyncio.StreamReader | None:
        """What it prints, where it has no log file."""
        return self._process.stdout if self._process else None

    async def start(self) -> None:
        """Start it."""
        with contextlib.ExitStack() as files:
            sink: IO[bytes] | int | None = None if self.ours else asyncio.subprocess.PIPE
            if self.log is not None:
                sink = files.enter_context(self.log.open("ab"))
            self._process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **self.env},
                cwd=self.cwd,
                user=self.user,
                group=self.user,
                start_new_session=True,
                preexec_fn=_end_with_parent(self.stop_signal),
            )

    async def wait(self) -> int:
        """Wait for its end; gives the return code."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return await self._process.wait()

    async def stop(self, grace: float = 6.0) -> None:
        """Ask it to end, and after `grace` seconds make it."""
        if not self.running or self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self.stop_signal)
        try:
            async with asyncio.timeout(grace):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def kill(self) -> None:
        """SIGKILL: what a test of crashes does."""
        if self.running and self._process is not None:
            self._process.kill()
            await self._process.wait()


async def wait_listening(child: Child, host: str, port: int, *, seconds: float = 30.0) -> None:
    """Wait until `child` accepts connections; raises ComponentError where it ends or never does."""
    try:
        async with asyncio.timeout(seconds):
            while not is_listening(host, port):
                if not child.running:
                    raise ComponentError(f"{child.name} ended at its start; see {child.log}.")
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise ComponentError(f"{child.name} does not answer; see {child.log}.") from None
