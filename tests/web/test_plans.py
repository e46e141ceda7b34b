"""No page reads a large table from end to end: the plans of what every GET route really asks.

The routes are taken from the application, so that a new page is covered by itself.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import event, select, text

from cli.seed import Seeding, plain, seed_day
from rules.book import read_rule_book
from rules.calendar import national_calendar
from rules.organisation import AUDIT
from schema.codes import Role
from stack.postgres import Postgres
from storage.keys import Keyring
from storage.sealed_files import Directory
from storage.seeding.copying import analyze
from storage.seeding.life import Town
from storage.seeding.rows import TABLES
from storage.store import open_store
from storage.tables import cases
from tests.conftest import TEMPLATE
from tests.web.conftest import FIRST_LINE, ROADS, City, city_on
from web.application import end_streams

LARGE = frozenset(TABLES)
COPIES = 60
DAYS = ((date(2025, 3, 4), 300), (date(2026, 7, 20), 120), (date(2026, 11, 24), 20))
UNTIL = datetime(2026, 11, 24, 15, tzinfo=UTC)

_NUMBER = "left({0}, 7) || lpad((substr({0}, 8, 6)::int + 1000 * n)::text, 6, '0') || right({0}, 2)"
COPYING = {
    "data_key": {"id": "md5(id::text || n)::uuid"},
    "cases": {
        "number": _NUMBER.format("number"),
        "external_id": "external_id || '/' || n",
        "data_key_id": "md5(data_key_id::text || n)::uuid",
    },
    "petitioner": {
        "case_number": _NUMBER.format("case_number"),
        "phone_hash": "sha256(phone_hash || n::text::bytea)",
    },
    "case_text": {"id": "md5(id::text || n)::uuid", "case_number": _NUMBER.format("case_number")},
    "case_event": {"id": "md5(id::text || n)::uuid", "case_number": _NUMBER.format("case_number")},
    "registered_revision": {
        "external_id": "external_id || '/' || n",
        "case_number": _NUMBER.format("case_number"),
    },
    "case_measure": {"number": _NUMBER.format("number")},
}
"""What is another in each copy of a row."""

PLACES = {
    "action": "comment",
    "photo": "00000000-0000-4000-8000-000000000000",
    "seq": "2",
    "group": "timeliness",
    "code": "on_time",
}
ASKED = {
    "/staff": (
        *("?department=all", "?department=all&state=PROCESSING", "?asked=true"),
        "?department=all&urgent=true&item=RD&due=later",
    ),
    "/staff/search": (
        *(f"?q={quote(word)}" for word in ("차", "주정차", "횡단보도 위", "녹물")),
        f"?q={quote('주정차')}&sort=words",
        *("?district=11440", "?item=RD01", "?item=TR", "?state=PROCESSING", "?channel=sns"),
        *("?department=3130000.roads", f"?place={quote('서교동')}", "?since=2026-07-01"),
        f"?q={quote('차')}&district=11440&state=CLOSED&until=2026-01-01",
    ),
    "/staff/exports/new": (f"?q={quote('횡단보도')}", "?district=11440&state=PROCESSING"),
    "/public": ("?district=11440", f"?q={quote('주정차')}", "?item=RD01", "?state=open"),
    "/public/map": ("?district=11440",),
    "/staff/board": ("?step=week&on=2026-11-24", "?step=day&on=2026-11-24&district=11440"),
    "/staff/board/map": ("?figure=filed&step=week&on=2026-11-24",),
    "/staff/register": ("?department=all", "?which=objections"),
}
"""What a page is asked beside its bare address."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def large_city(
    postgres: Postgres, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city with thirty thousand cases, so many that the planner does not think them few."""
    postgres.create_database("large", template=TEMPLATE)
    store = open_store(
        postgres.url("large"),
        keyring=keyring,
        files=Directory(tmp_path_factory.mktemp("attachments")),
        role="test",
    )
    url = store.engine.url.render_as_string(hide_password=False)
    town = Town(read_rule_book(), national_calendar(version=1), UNTIL)
    seeding = Seeding(url, keyring, town, 1000, 7, UNTIL.date())
    conn = await asyncpg.connect(plain(url))
    for day, many in DAYS:
        await seed_day(seeding, conn, day, many)
    for table, changed in COPYING.items():
        await _copy(conn, table, changed)
    await analyze(conn)
    await conn.close()
    city = await city_on(store)
    yield city
    for browser in city.clients:
        await browser.aclose()
    await store.close()


async def _copy(conn: asyncpg.Connection, table: str, changed: dict[str, str]) -> None:
    rows = await conn.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0"
        " AND NOT attisdropped AND attidentity = '' AND attgenerated = ''",
        table,
    )
    names = [row["attname"] for row in rows]
    values = ", ".join(changed.get(name, name) for name in names)
    await conn.execute(
        f"INSERT INTO {table} ({', '.join(names)})"
        f" SELECT {values} FROM {table}, generate_series(1, {COPIES}) AS n"
    )


@contextmanager
def statements(city: City) -> Iterator[dict[str, Any]]:
    """What is asked of the database meanwhile, with the parameters it was asked with."""
    found: dict[str, Any] = {}

    def hear(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.setdefault(statement, parameters)

    engine = city.store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The large tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan" and plan.get("Relation Name") in LARGE:
        yield str(plan["Relation Name"])
    for part in plan.get("Plans", ()):
        yield from scanned(part)


def addresses(city: City, number: str) -> Iterator[str]:
    """Every GET route that is a page or a call, with what may be asked of it."""
    paths = {
        context.original_route.path
        for context in iter_route_contexts(city.app.routes)
        if isinstance(context.original_route, APIRoute)
        and "GET" in (context.original_route.methods or ())
    }
    for path in sorted(paths):
        bare = path
        for part in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            value = PLACES.get(part, number if "number" in part else "1")
            bare = bare.replace("{" + part + "}", value)
        yield bare
        for query in ASKED.get(path, ()):
            yield bare + query


async def people(city: City) -> dict[str, httpx.AsyncClient]:
    """Who asks: nobody in particular, and staff of every reach."""
    return {
        "citizen": city.browser(),
        "first line": await city.staff(Role.FIRST_LINE, FIRST_LINE),
        "head": await city.staff(Role.DEPARTMENT_HEAD, ROADS),
        "officer": await city.staff(Role.OFFICER, ROADS),
        "administrator": await city.staff(Role.ADMINISTRATOR, FIRST_LINE),
        "auditor": await city.staff(Role.AUDITOR, AUDIT),
    }


async def test_no_page_reads_a_large_table_from_end_to_end(large_city: City) -> None:
    """Each statement of each GET route, planned with its own parameters by a database that knows
    how much is there."""
    city = large_city
    async with city.store.engine.connect() as conn:
        number = await conn.scalar(
            select(cases.c.number).where(cases.c.department == ROADS, cases.c.public).limit(1)
        )
    everybody = await people(city)
    await end_streams(city.app)
    key = {"x-minwon-key": city.key(str(number))}
    faults: list[str] = []
    planned: set[str] = set()
    for who, browser in everybody.items():
        for address in addresses(city, str(number)):
            with statements(city) as asked:
                answer = await browser.get(address, headers=key if who == "citizen" else {})
            assert answer.status_code != 500, (who, address)
            for statement, parameters in asked.items():
                tables = await _scanned(city, statement, parameters)
                planned.add(statement)
                faults += [f"{who} {address}: {table}\n{statement}" for table in tables]
    assert len(planned) > 50
    assert not faults, "\n\n".join(sorted(set(faults)))


async def _scanned(city: City, statement: str, parameters: Any) -> list[str]:
    async with city.store.engine.connect() as conn:
        await conn.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        found = await conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        told = found.scalar_one()
    plans = json.loads(told) if isinstance(told, str) else told
    return list(scanned(plans[0]["Plan"]))


async def test_a_sequential_scan_would_be_seen(large_city: City) -> None:
    """The check itself: a search of the words without the index is found out."""
    slow = "SELECT number FROM cases WHERE summary LIKE '%녹물%' AND routing IS NOT NULL"
    assert await _scanned(large_city, slow, ()) == ["cases"]
