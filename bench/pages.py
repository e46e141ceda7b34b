"""How long the staff's pages take on a small city and on a large one: p50, p95, and the ratio.

The application answers in this process, on a real PostgreSQL, every page whole: rights, queries,
template, the note in the audit log. Nothing is kept from one asking to the next.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy import text

from cli.seed import run_seed
from schema.codes import Role
from settings import Settings
from stack.postgres import Postgres
from storage.keys import new_keyring, write_keyring
from storage.sealed_files import Directory
from storage.store import Store, open_store
from tests.web.conftest import City, city_on
from web.application import end_streams
from web.officer.export_work import make_next
from web.sign_in import SESSION_COOKIE, csrf_of

SMALL = 10_000
LAST = date(2026, 11, 24)
TIMES = 15
LONG = 15.0
"""Seconds after which a page has been asked for often enough."""
DESK, OFFICER, INSPECTOR = "desk", "officer", "inspector"
WHO: Mapping[str, tuple[Role, str]] = {
    DESK: (Role.FIRST_LINE, "6110000.first-line"),
    OFFICER: (Role.OFFICER, "3130000.parking"),
    INSPECTOR: (Role.INSPECTOR, "3130000.audit"),
}


@dataclass(frozen=True)
class Asked:
    """A page, who asks for it, and within how many milliseconds it should come."""

    name: str
    who: str
    path: str
    aim: int


PAGES: tuple[Asked, ...] = (
    Asked("queue, all departments", DESK, "/staff?department=all", 100),
    Asked("queue, one department", OFFICER, "/staff", 100),
    Asked("queue, one agency", INSPECTOR, "/staff?department=all", 100),
    Asked("case", DESK, "/staff/cases/{number}", 100),
    Asked("search, 1 syllable, common", DESK, "/staff/search?q=차", 300),
    Asked("search, 1 syllable, rare", DESK, "/staff/search?q=맨", 300),
    Asked("search, 2 syllables, common", DESK, "/staff/search?q=불법", 300),
    Asked("search, 2 syllables, rare", DESK, "/staff/search?q=모기", 300),
    Asked("search, 4 syllables, common", DESK, "/staff/search?q=횡단보도", 300),
    Asked("search, 4 syllables, rare", DESK, "/staff/search?q=층간소음", 300),
    Asked("search, two words", DESK, "/staff/search?q=불법+사거리", 300),
    Asked("search, nothing", DESK, "/staff/search?q=고래상어", 300),
    Asked("search, by words", DESK, "/staff/search?q=횡단보도&sort=words", 300),
    Asked("search, an officer's", OFFICER, "/staff/search?q=불법", 300),
    Asked("search, an inspector's", INSPECTOR, "/staff/search?q=불법", 300),
    Asked("search, a district and state", DESK, "/staff/search?district=11440&state=CLOSED", 300),
    Asked("search, an address", DESK, "/staff/search?place=마포구+서교동", 300),
    Asked("board", DESK, "/staff/board", 300),
    Asked("board, one agency's", INSPECTOR, "/staff/board", 300),
)
EXPORTED = "/staff/exports/new?item=PT&since=2026-01-01"


@asynccontextmanager
async def signed_in(city: City) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Browsers of the people who ask."""
    browsers = {who: await city.staff(role, place) for who, (role, place) in WHO.items()}
    try:
        yield browsers
    finally:
        await end_streams(city.app)
        for client in city.clients:
            await client.aclose()


async def page_times(store: Store, *, times: int = TIMES) -> dict[str, tuple[float, float]]:
    """p50 and p95 of each page in milliseconds, after it was asked for once."""
    found = {}
    async with signed_in(await city_on(store)) as browsers:
        async with store.engine.connect() as conn:
            number = await conn.scalar(
                text("SELECT number FROM cases WHERE NOT ended ORDER BY number LIMIT 1")
            )
        for asked in PAGES:
            path = asked.path.format(number=number)
            found[asked.name] = await _times(browsers[asked.who], path, times)
        found["export, a row"] = await _export(store, browsers[DESK])
    return found


async def _times(browser: httpx.AsyncClient, path: str, times: int) -> tuple[float, float]:
    taken: list[float] = []
    while len(taken) <= times and sum(taken) < LONG:
        began = time.perf_counter()
        answer = await browser.get(path)
        taken.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    warm = sorted(one * 1000 for one in taken[1:] or taken)
    return statistics.median(warm), warm[int(len(warm) * 0.95)]


async def _export(store: Store, browser: httpx.AsyncClient) -> tuple[float, float]:
    """Milliseconds a row of a CSV file and of a workbook."""
    taken = []
    for form in ("csv", "xlsx"):
        csrf = csrf_of(browser.cookies[SESSION_COOKIE])
        body = {"csrf": csrf, "id": str(uuid4()), "form": form, "why": "inspection"}
        answer = await browser.post(EXPORTED, data=body)
        if answer.status_code != 303:
            raise RuntimeError(f"export: {answer.status_code}")
        began = time.perf_counter()
        await make_next(store, asyncio.Event())
        seconds = time.perf_counter() - began
        async with store.engine.connect() as conn:
            rows = await conn.scalar(
                text("SELECT done FROM search_export WHERE id = :id"), {"id": body["id"]}
            )
        taken.append(seconds * 1000 / max(rows or 0, 1))
    return taken[0], taken[1]


def print_times(
    small: Mapping[str, tuple[float, float]], large: Mapping[str, tuple[float, float]], cases: int
) -> None:
    """A line a page: p50 and p95 on both cities, their ratio, and whether the aim is met."""
    aims = {asked.name: asked.aim for asked in PAGES}
    print(f"pages in ms: p50 and p95 at {SMALL:,} cases, at {cases:,}; ratio of p50; aim for p95")
    for name, (few50, few95) in small.items():
        many50, many95 = large[name]
        aim = aims.get(name)
        met = "" if aim is None else f"{'<' if many95 <= aim else 'OVER'} {aim}"
        line = f"{few50:8.1f} {few95:8.1f} {many50:8.1f} {many95:8.1f} {many50 / few50:6.2f}"
        print(f"  {name:30} {line}  {met}")
    print("  (export: CSV and XLSX, milliseconds a row)")


async def pages_at_size(directory: Path, cases: int) -> None:
    """Seed both cities, ask for every page, print."""
    directory.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - once, before anything runs
    write_keyring(directory / "keys.json", keyring := new_keyring())
    postgres = Postgres(directory / "postgres")
    await postgres.start()
    found = []
    try:
        for name, many in (("small", SMALL), ("large", cases)):
            postgres.create_database(name)
            url = postgres.url(name)
            settings = Settings(database_url=url, keys_file=directory / "keys.json")
            await run_seed(settings, cases=many, seed=1, last=LAST, processes=2)
            store = open_store(
                url, keyring=keyring, files=Directory(directory / "attachments"), role="bench"
            )
            found.append(await page_times(store))
            await store.close()
    finally:
        await postgres.stop()
    print_times(found[0], found[1], cases)
