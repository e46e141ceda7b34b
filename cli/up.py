"""`minwon up`: every component and role on this machine, watched, and ended together."""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import IO

import httpx
from rich.console import Console

from cli.log_lines import LogLines
from cli.state import KEYS, forget_running, write_running
from settings import Settings
from stack.kafka import Kafka
from stack.postgres import Postgres
from stack.processes import Child, ComponentError, free_port, is_listening
from stack.temporal import Temporal
from storage.keys import new_keyring, read_keyring, write_keyring

ROLES = ("worker", "intake", "relay", "reply", "deliver", "web")
READY_SECONDS = 90.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
STEADY_SECONDS = 30.0
"""A process that ran so long is restarted at once when it ends; one that did not, ever later."""

ROLE_GRACE, SERVER_GRACE, DATABASE_GRACE = 4.0, 1.5, 4.0
"""Seconds until a process that was asked to end is made to: all together stay under ten."""

Component = Postgres | Kafka | Temporal


class UpError(Exception):
    """It cannot start; the message is one sentence that says what to do."""


class Up:
    """One running system. Addresses that are set are used; the others are embedded."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._directory = settings.state_dir.resolve()
        self._console = console
        self._stop = asyncio.Event()
        self._components: list[Component] = []
        self._children: list[Child] = []
        self._watchers: list[asyncio.Task[None]] = []
        self._env: dict[str, str] = {}
        self._ops: dict[str, int] = {}

    @property
    def stopping(self) -> bool:
        """True once somebody asked for the end."""
        return self._stop.is_set()

    def ask_to_stop(self) -> None:
        """End everything, soon."""
        self._stop.set()

    async def run(self, *, demo: bool, keep_dates: bool) -> int:
        """Start, wait for the end, end everything. Gives the exit code."""
        if demo and "MINWON_RATE_LIMITS" not in os.environ:
            # A whole city's day comes from this one machine.
            self._env["MINWON_RATE_LIMITS"] = "false"
        try:
            await self._until_stop(self._start())
            if demo:
                await self._until_stop(self._demonstrate(keep_dates=keep_dates))
            await self._stop.wait()
        except (UpError, ComponentError) as error:
            self._say(str(error))
            return 1
        finally:
            await self._end()
        return 0

    async def _until_stop(self, work: Coroutine[None, None, None]) -> None:
        """Do `work`, or give it up when somebody asks for the end."""
        if self.stopping:
            work.close()
            return
        doing = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not doing.done():
            doing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await doing
            return
        doing.result()

    def _say(self, sentence: str) -> None:
        self._console.print(f"[bold]minwon[/bold]  {sentence}", highlight=False)

    async def _start(self) -> None:
        host, port = self._settings.http_host, self._settings.http_port
        if is_listening(host, port):
            raise UpError(
                f"Port {port} is taken by another program: set MINWON_HTTP_PORT to a free one."
            )
        self._keys()
        await self._embed()
        await self._run_once("migrate")
        await self._outside()
        for role in ROLES:
            await self._start_role(role)
        await self._wait_ready()
        write_running(self._directory, self._running())
        self._tell_addresses()

    def _keys(self) -> None:
        path = self._settings.keys_file or self._directory / KEYS
        if self._settings.keys_file is None and not path.exists():
            write_keyring(path, new_keyring())
        self._env["MINWON_KEYS_FILE"] = str(path)
        self._env["MINWON_STATE_DIR"] = str(self._directory)

    async def _embed(self) -> None:
        """Start what has no address."""
        if self._settings.database_url is None:
            postgres = Postgres(self._directory / "postgres")
            await self._start_component("PostgreSQL", postgres)
            self._env["MINWON_DATABASE_URL"] = postgres.url()
            self._env["MINWON_OPEN311_DEMO"] = "true"
        if self._settings.kafka_bootstrap is None:
            kafka = Kafka(self._directory / "kafka")
            await self._start_component("Kafka", kafka)
            self._env["MINWON_KAFKA_BOOTSTRAP"] = kafka.bootstrap
            self._env["MINWON_KAFKA_IDEMPOTENCE"] = "false"
        if self._settings.temporal_address is None:
            temporal = Temporal(
                self._directory / "temporal",
                namespace=self._settings.temporal_namespace,
                ui_port=free_port(),
            )
            await self._start_component("Temporal", temporal)
            self._env["MINWON_TEMPORAL_ADDRESS"] = temporal.address

    async def _start_component(self, name: str, component: Component) -> None:
        began = time.monotonic()
        self._components.append(component)
        await component.start()
        self._say(f"{name} is up ({time.monotonic() - began:.1f} s)")
        self._watch(self._watch_component(name, component))

    async def _watch_component(self, name: str, component: Component) -> None:
        """Restart a component that dies, on the same port."""
        lost = " What it held is produced again." if isinstance(component, Kafka) else ""

        async def restart() -> None:
            await component.start()

        await self._keep_alive(name, lambda: component.child, restart, lost)

    async def _keep_alive(
        self,
        name: str,
        child: Callable[[], Child],
        restart: Callable[[], Awaitable[None]],
        note: str = "",
    ) -> None:
        delay = FIRST_PAUSE
        while not self.stopping:
            began = time.monotonic()
            code = await child().wait()
            if self.stopping:
                return
            if time.monotonic() - began > STEADY_SECONDS:
                delay = FIRST_PAUSE
            self._say(f"{name} ended ({_how(code)}); it is started again.{note}")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_PAUSE)
            try:
                await restart()
            except ComponentError as error:
                self._say(str(error))

    def _watch(self, watching: Awaitable[None]) -> None:
        self._watchers.append(asyncio.ensure_future(watching))

    async def _run_once(self, verb: str) -> None:
        child = Child(name=verb, argv=[sys.executable, "-m", "cli", verb], env=self._env)
        await child.start()
        output = (await child.output.read()).decode() if child.output else ""
        if await child.wait() != 0:
            raise UpError(f"`minwon {verb}` failed: {output.strip()[-500:]}")

    async def _outside(self) -> None:
        """The stand-ins for whatever outside has no address set."""
        chosen = self._settings
        addresses = (
            chosen.carrier_url,
            chosen.push_url,
            chosen.x_api_url,
            chosen.meta_api_url,
            chosen.smtp_url,
        )
        if all(addresses):
            return
        http, mail = chosen.outside_port or free_port(), free_port()
        directory = self._directory / "outside"
        options = ["--http-port", str(http), "--mail-port", str(mail)]
        await self._start_process("outside", ["outside", str(directory), *options])
        url = f"http://127.0.0.1:{http}"
        self._ops["outside"] = http
        standing_in = {
            "MINWON_CARRIER_URL": url,
            "MINWON_CARRIER_API_KEY": "OUTSIDE0APIKEY00",
            "MINWON_CARRIER_API_SECRET": "OUTSIDE0API0SECRET0FOR0THE0DEMO0",
            "MINWON_PUSH_URL": url,
            "MINWON_PUSH_TOKEN": "outside",
            "MINWON_X_API_URL": url,
            "MINWON_X_TOKEN": "outside",
            "MINWON_META_API_URL": url,
            "MINWON_META_TOKEN": "outside",
            "MINWON_SMTP_URL": f"smtp://127.0.0.1:{mail}",
        }
        self._env |= {name: value for name, value in standing_in.items() if name not in os.environ}

    async def _start_role(self, role: str) -> None:
        self._ops[role] = free_port()
        env = {"MINWON_OPS_PORT": str(self._ops[role])}
        await self._start_process(role, [role], env)

    async def _start_process(
        self, name: str, verb: list[str], env: dict[str, str] | None = None
    ) -> None:
        child = Child(
            name=name,
            argv=[sys.executable, "-m", "cli", *verb],
            env={**self._env, **(env or {})},
        )
        self._children.append(child)
        await child.start()
        self._watch(self._show(child))

        async def restart() -> None:
            await child.start()
            self._watch(self._show(child))

        self._watch(self._keep_alive(f"Role {name}", lambda: child, restart))

    async def _show(self, child: Child) -> None:
        """What a role prints, each line after its name."""
        lines = LogLines()
        while child.output is not None:
            line = await child.output.readline()
            if not line:
                return
            said = line.decode("utf-8", "replace").rstrip()
            text = lines.readable(said, now=time.monotonic())
            if text is not None:
                self._console.print(f"{child.name:>8} │ {text}", markup=False, highlight=False)

    async def _wait_ready(self) -> None:
        waiting = set(self._ops)
        deadline = time.monotonic() + READY_SECONDS
        async with httpx.AsyncClient(timeout=3.0) as client:
            while waiting and not self.stopping:
                for role in sorted(waiting):
                    if await self._is_ready(client, role):
                        waiting.discard(role)
                        done = len(self._ops) - len(waiting)
                        self._say(f"{role} is ready ({done} of {len(self._ops)})")
                if time.monotonic() > deadline:
                    raise UpError(f"Not ready after {READY_SECONDS:.0f} s: {sorted(waiting)}.")
                await asyncio.sleep(0.1)

    async def _is_ready(self, client: httpx.AsyncClient, role: str) -> bool:
        path = "healthz" if role == "outside" else "readyz"
        try:
            answer = await client.get(f"http://127.0.0.1:{self._ops[role]}/{path}")
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _running(self) -> dict[str, str]:
        names = {name.removeprefix("MINWON_").lower(): value for name, value in self._env.items()}
        names.pop("state_dir", None)
        return {
            **names,
            "http_host": self._settings.http_host,
            "http_port": str(self._settings.http_port),
        }

    def _tell_addresses(self) -> None:
        pages = self._settings.pages_url
        keyring = read_keyring(Path(self._env["MINWON_KEYS_FILE"]))
        password = keyring.gateway_keys.get("administrator_password", "(as set)")
        lines = [
            ("시민 / citizen", pages),
            ("직원 / staff", f"{pages}/staff"),
            ("  첫 로그인 / first sign-in", f"admin  {password}"),
            ("현황판 / board", f"{pages}/staff/board"),
        ]
        if "outside" in self._ops:
            received = f"http://127.0.0.1:{self._ops['outside']}/"
            lines.append(("시민이 받은 것 / what citizens received", received))
        for component in self._components:
            if isinstance(component, Temporal) and component.ui_port:
                lines.append(("Temporal", f"http://127.0.0.1:{component.ui_port}/"))
        self._say("ready. Ctrl-C ends everything.")
        for label, value in lines:
            self._console.print(f"  {label}: {value}", markup=False, highlight=False)

    async def _demonstrate(self, *, keep_dates: bool) -> None:
        verb = ["replay", "samples/day.jsonl", *(["--keep-dates"] if keep_dates else [])]
        argv = [sys.executable, "-m", "cli", *verb]
        child = Child(name="replay", argv=argv, env=self._env, ours=True)
        self._children.append(child)
        await child.start()
        if await child.wait() == 0:
            self._say("The sample day has been replayed; look at the pages above.")
        else:
            self._say("The sample day was not replayed whole: see what is said above.")

    async def _end(self) -> None:
        self._stop.set()
        if self._components:
            self._say("ending what was started …")
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        await asyncio.gather(*(child.stop(grace=ROLE_GRACE) for child in self._children))
        # PostgreSQL last: nobody who writes to it is left by then, and its checkpoint has time.
        databases = [each for each in self._components if isinstance(each, Postgres)]
        servers = [each for each in self._components if not isinstance(each, Postgres)]
        await asyncio.gather(*(server.stop(grace=SERVER_GRACE) for server in servers))
        await asyncio.gather(*(database.stop(grace=DATABASE_GRACE) for database in databases))
        forget_running(self._directory)


def _how(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit {code}"


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[IO[str]]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpError(
                f"Another minwon runs on {directory}: end it, or set MINWON_STATE_DIR."
            ) from None
        yield file


def run_up(settings: Settings, *, demo: bool, keep_dates: bool) -> int:
    """Run until SIGINT or SIGTERM. Gives the exit code: 1 where something could not start."""
    console = Console(soft_wrap=True)
    try:
        with _locked(settings.state_dir.resolve()):
            return asyncio.run(_run(settings, console, demo=demo, keep_dates=keep_dates))
    except UpError as error:
        console.print(f"[bold]minwon[/bold]  {error}", highlight=False)
        return 1


async def _run(settings: Settings, console: Console, *, demo: bool, keep_dates: bool) -> int:
    up = Up(settings, console)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, up.ask_to_stop)
    return await up.run(demo=demo, keep_dates=keep_dates)
