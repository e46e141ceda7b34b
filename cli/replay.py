"""`minwon replay FILE`: send a day of raw records to the gateways, and say what became of them.

**When it was.** The day is moved so that its last record happens now, once per state directory and
file: the shift is kept in `STATE_DIR/replays.json`. So a second replay sends the same bytes again
and every good record is recognised as delivered before; the web form, whose records have no id of
their own, by the Idempotency-Key that stands in the file. A fresh state directory, or `keep_dates`
in place of the shift, makes other bytes of the same records; their ids are still the same, so
a system that has them already changes nothing. Records are sent as fast as `concurrency` allows:
each record's own times are of the day, its arrival is when the gateway takes it.

**In which order.** Records start in the order of their time; an edit, a deletion or a repeated
delivery waits until the record that it follows was answered.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.channel import GatewaySecrets
from cli.replay_report import ReplayReport, Sent, report_of
from cli.sample_day import SampleRecord, Shift, raw_request, read_sample
from storage.fates import Fate, fates_after, last_journalled
from storage.store import Store

CONCURRENCY = 8
PATIENCE = timedelta(minutes=2)
"""How long nothing may move, neither at a gateway nor in the journal, before it is given up."""
SETTLE_PAUSE = 0.5
SHIFTS = "replays.json"

COME_AGAIN: dict[int, str] = {
    httpx.codes.SERVICE_UNAVAILABLE: "503",
    httpx.codes.TOO_MANY_REQUESTS: "429; MINWON_RATE_LIMITS=false lets web take a day at once",
}
"""Answers after which the same record is sent again, with what to say where it never ends."""

Advance = Callable[[int], None]
"""Told how many are done so far."""


class ReplayError(Exception):
    """The replay cannot go on; the message is one sentence that says what to look at."""


@dataclass(frozen=True)
class Gateways:
    """Where the records go: the address that web listens on, and the keys to sign with."""

    base_url: str
    secrets: GatewaySecrets


async def replay(
    file: Path,
    *,
    gateways: Gateways,
    store: Store,
    state_dir: Path | None = None,
    keep_dates: bool = False,
    concurrency: int = CONCURRENCY,
    patience: timedelta = PATIENCE,
    console: Console | None = None,
) -> ReplayReport:
    """Send the records of `file`, wait until they have settled, print and return the report.

    Without `state_dir` the shift is not remembered. Raises SampleFileError for a file that is no
    sample, and ReplayError where web cannot be reached.
    """
    screen = console or Console()
    records = read_sample(file)
    shift = _shift(file, records, state_dir=state_dir, keep_dates=keep_dates)
    async with store.engine.connect() as conn:
        before = await last_journalled(conn)
    sender = _Sender(gateways, shift, file.parent, patience)
    async with _progress(screen, f"Sending {file.name}", len(records)) as advance:
        try:
            sent = await sender.send(records, concurrency=concurrency, advance=advance)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
    fates = await _settled(store, before, sent, screen=screen, patience=patience)
    report = report_of(sent, fates)
    report.print(screen)
    return report


def _shift(
    file: Path, records: Sequence[SampleRecord], *, state_dir: Path | None, keep_dates: bool
) -> Shift:
    last = records[-1].at
    if keep_dates:
        return Shift(timedelta(0), last)
    now = datetime.now(UTC).replace(microsecond=0)
    if state_dir is None:
        return Shift(now - last, last)
    kept = state_dir / SHIFTS
    shifts: dict[str, float] = json.loads(kept.read_text()) if kept.exists() else {}
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest not in shifts:
        shifts[digest] = (now - last).total_seconds()
        state_dir.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(shifts, indent=1) + "\n")
    return Shift(timedelta(seconds=shifts[digest]), last)


class _Sender:
    """Sends the records, several at once, those that belong together one after another."""

    def __init__(self, gateways: Gateways, shift: Shift, folder: Path, patience: timedelta) -> None:
        self._gateways = gateways
        self._shift = shift
        self._folder = folder
        self._patience = patience

    async def send(
        self, records: Sequence[SampleRecord], *, concurrency: int, advance: Advance
    ) -> tuple[Sent, ...]:
        """Every record once, in their order; the answers come back in the same order."""
        places = asyncio.Semaphore(concurrency)
        tasks: list[asyncio.Task[Sent]] = []
        begun: dict[str, str] = {}
        newest: dict[str, asyncio.Task[Sent]] = {}
        done = 0

        async def one(record: SampleRecord, earlier: asyncio.Task[Sent] | None) -> Sent:
            nonlocal done
            try:
                if earlier is not None:
                    await asyncio.wait([earlier])
                return await self._sent(client, record)
            finally:
                places.release()
                done += 1
                advance(done)

        limits = httpx.Limits(max_connections=concurrency)
        async with (
            httpx.AsyncClient(
                base_url=self._gateways.base_url, timeout=60, limits=limits
            ) as client,
            asyncio.TaskGroup() as group,
        ):
            for record in records:
                await places.acquire()
                before = record.follows or record.redelivery_of or record.id
                # The first of those that belong together; each waits for whichever came last.
                root = begun[record.id] = begun.get(before, before)
                newest[root] = group.create_task(one(record, newest.get(root)))
                tasks.append(newest[root])
        return tuple(task.result() for task in tasks)

    async def _sent(self, client: httpx.AsyncClient, record: SampleRecord) -> Sent:
        request = raw_request(
            record,
            shift=self._shift,
            folder=self._folder,
            base_url=self._gateways.base_url,
            secrets=self._gateways.secrets,
        )
        deadline = asyncio.get_running_loop().time() + self._patience.total_seconds()
        while True:
            wait = 1.0
            try:
                answer = await client.post(
                    request.path, content=request.body, headers=request.headers
                )
            except httpx.TransportError as error:
                fault = type(error).__name__
            else:
                if answer.status_code not in COME_AGAIN:
                    return Sent.of(record, request.body, answer)
                fault = COME_AGAIN[answer.status_code]
                wait = float(answer.headers.get("Retry-After", "1"))
            if asyncio.get_running_loop().time() + wait > deadline:
                raise ReplayError(
                    f"{self._gateways.base_url} takes nothing in ({fault}): "
                    f"look whether web and its database are up, then replay again."
                )
            await asyncio.sleep(wait)


async def _settled(
    store: Store, before: int, sent: Sequence[Sent], *, screen: Console, patience: timedelta
) -> tuple[Fate, ...]:
    """The fates of what was sent, when all are settled or nothing has moved for a while."""
    accepted = sum(one.was_taken for one in sent)
    loop = asyncio.get_running_loop()
    moved, deadline = -1, 0.0
    async with _progress(screen, "Waiting until they have settled", accepted) as advance:
        while True:
            async with store.engine.connect() as conn:
                fates = await fates_after(conn, before)
            settled = sum(fate.is_settled() for fate in fates)
            if settled > moved:
                moved, deadline = settled, loop.time() + patience.total_seconds()
            if settled == len(fates) or loop.time() > deadline:
                advance(accepted)
                return fates
            advance(min(settled, accepted))
            await asyncio.sleep(SETTLE_PAUSE)


@asynccontextmanager
async def _progress(screen: Console, title: str, total: int) -> AsyncIterator[Advance]:
    """A progress bar on a terminal; elsewhere one plain line for each tenth."""
    if not screen.is_terminal:
        yield _PlainProgress(screen, title, total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


class _PlainProgress:
    def __init__(self, screen: Console, title: str, total: int) -> None:
        self._screen = screen
        self._title = title
        self._total = max(total, 1)
        self._tenth = 0

    def __call__(self, done: int) -> None:
        tenth = done * 10 // self._total
        if tenth > self._tenth:
            self._tenth = tenth
            self._screen.print(f"{self._title}: {done} of {self._total}")
