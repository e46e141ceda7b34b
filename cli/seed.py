"""`minwon seed`: a believable city of many cases, made up, in the database alone.

Several processes make a day each and copy it in; what was there before a run was ended stays, and
the next run of the same command makes the rest. No workflow is started: `make run` on that database
gives the open cases theirs, 500 at a time, longest due first, and the ladders go on from there.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
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
from storage.seeding.copying import NotEmptyError, analyze, check_empty, copy_rows, has_day
from storage.seeding.days import cases_by_day, rows_of
from storage.seeding.life import Town

YEARS = 3
DAYS_OF_A_YEAR = 365


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


async def seed_day(seeding: Seeding, conn: asyncpg.Connection, day: date, count: int) -> int:
    """Make one day where it is not there yet; how many cases it has."""
    if not await has_day(conn, day):
        rows = rows_of(day, count, seed=seeding.seed, town=seeding.town, keyring=seeding.keyring)
        await copy_rows(conn, rows)
    return count


def in_process(seeding: Seeding, day: date, count: int) -> int:
    """`seed_day` in a process of its own."""

    async def connected() -> int:
        conn = await asyncpg.connect(plain(seeding.url))
        try:
            return await seed_day(seeding, conn, day, count)
        finally:
            await conn.close()

    return asyncio.run(connected())


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
        await asyncio.to_thread(_make, seeding, processes)
        await analyze(conn)
    except NotEmptyError as error:
        print(error)
        return 2
    finally:
        await conn.close()
    print(f"{cases:,} cases to the end of {last}; the same again with --seed {seed} --last {last}.")
    return 0


def _make(seeding: Seeding, processes: int) -> None:
    bar = Progress(
        TextColumn("cases"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with bar, ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        task = bar.add_task("cases", total=seeding.cases)
        made: list[Future[int]] = [
            pool.submit(in_process, seeding, day, count) for day, count in seeding.days()
        ]
        try:
            for day in as_completed(made):
                bar.advance(task, day.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
