"""`minwon seed`: a believable city of many cases, made up, in the database alone.

Several processes make the days, one connection copies them in. Into an empty database it is one
transaction with the indexes built at the end: whoever ends it early has the empty database again.
Where a city was seeded before, the days that lack are added one by one. No workflow is started:
`make run` on that database gives the open cases theirs, 500 at a time, longest due first, and the
ladders go on from there.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path

import asyncpg
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from sqlalchemy.ext.asyncio import create_async_engine

from cli.migrate import prepare_database
from rules.book import read_rule_book
from rules.packs import SEOUL
from settings import Settings
from storage.calendars import Calendars
from storage.keys import Keyring, read_keyring
from storage.seeding.copying import (
    NotEmptyError,
    analyze,
    check_empty,
    copy_rows,
    has_cases,
    has_day,
    loading,
)
from storage.seeding.days import cases_by_day, rows_of
from storage.seeding.life import Town
from storage.seeding.rows import Rows

YEARS = 3
DAYS_OF_A_YEAR = 365
AHEAD = 8
"""Days that are made before they can be copied: some megabytes each at a million cases."""


@dataclass(frozen=True)
class Seeding:
    """What is made: `cases` over the years to the end of `last`, by the number `seed`."""

    url: str
    keyring: Keyring
    town: Town
    cases: int
    seed: int
    last: date

    def days(self) -> Iterator[tuple[date, int]]:
        """The days with how many cases each has."""
        first = self.last - timedelta(days=YEARS * DAYS_OF_A_YEAR - 1)
        yield from cases_by_day(self.cases, first=first, last=self.last).items()

    def rows_of(self, day: date, count: int) -> Rows:
        """The rows of a day; called in a process of its own."""
        return rows_of(day, count, seed=self.seed, town=self.town, keyring=self.keyring)


async def seed_day(seeding: Seeding, conn: asyncpg.Connection, day: date, count: int) -> int:
    """Make one day where it is not there yet; how many cases it has."""
    if not await has_day(conn, day):
        await copy_rows(conn, seeding.rows_of(day, count))
    return count


def plain(url: str) -> str:
    """The URL as asyncpg takes it."""
    return url.replace("postgresql+asyncpg://", "postgresql://")


async def town_of(url: str, *, other_period: str, last: date) -> Town:
    """The town as the database has its calendar, its story told to the end of `last`."""
    engine = create_async_engine(url)
    async with engine.connect() as conn:
        calendar = await Calendars().current(conn)
    await engine.dispose()
    end = datetime.combine(last + timedelta(days=1), time(0), SEOUL).astimezone(UTC)
    return Town(read_rule_book(other_period=other_period), calendar, end)


async def run_seed(
    settings: Settings, *, cases: int, seed: int, last: date | None, processes: int
) -> int:
    """Make the city, with a progress bar; 2 where the database has cases of its own."""
    url, keys = settings.required("database_url"), settings.required("keys_file")
    await prepare_database(url)
    keyring = read_keyring(Path(keys))
    last = last or datetime.now(SEOUL).date() - timedelta(days=1)
    town = await town_of(url, other_period=settings.other_period, last=last)
    seeding = Seeding(url, keyring, town, cases, seed, last)
    conn = await asyncpg.connect(plain(url))
    try:
        await check_empty(conn)
        await _seed(seeding, conn, processes)
        await analyze(conn)
    except NotEmptyError as error:
        print(error)
        return 2
    finally:
        await conn.close()
    print(f"{cases:,} cases to the end of {last}; the same again with --seed {seed} --last {last}.")
    return 0


async def _seed(seeding: Seeding, conn: asyncpg.Connection, processes: int) -> None:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with bar, ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        copied = bar.add_task("cases", total=seeding.cases)
        if await has_cases(conn):
            days = [one for one in seeding.days() if not await has_day(conn, one[0])]
            bar.advance(copied, seeding.cases - sum(count for _, count in days))
            await _copied(seeding, conn, days, pool, lambda count: bar.advance(copied, count))
            return
        async with loading(conn) as load:
            days = list(seeding.days())
            await _copied(seeding, conn, days, pool, lambda count: bar.advance(copied, count))
            built = bar.add_task("indexes", total=len(load.again))
            async for _ in load.build():
                bar.advance(built)


async def _copied(
    seeding: Seeding,
    conn: asyncpg.Connection,
    days: list[tuple[date, int]],
    pool: ProcessPoolExecutor,
    said: Callable[[int], None],
) -> None:
    async for rows, count in _made(seeding, days, pool):
        await copy_rows(conn, rows)
        said(count)


async def _made(
    seeding: Seeding, days: list[tuple[date, int]], pool: ProcessPoolExecutor
) -> AsyncIterator[tuple[Rows, int]]:
    """The days in their order, a few made ahead: the rest is not in memory."""
    loop, waiting = asyncio.get_running_loop(), deque(days)
    ahead: deque[tuple[asyncio.Future[Rows], int]] = deque()
    while waiting or ahead:
        while waiting and len(ahead) < AHEAD:
            day, count = waiting.popleft()
            ahead.append((loop.run_in_executor(pool, seeding.rows_of, day, count), count))
        made, count = ahead.popleft()
        yield await made, count
