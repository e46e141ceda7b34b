"""What any caller may ask costs a bounded query, and no input is a fault of ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, text
from sqlalchemy.dialects.postgresql import asyncpg

from rules.search_terms import search_query
from schema.codes import State
from storage.open311 import Area, RequestFilter, public_events_page, public_page
from storage.store import Store
from tests.web.open311.conftest import V2, Open311

NOW = datetime.now(UTC)
MANY = 20_000
"""Cases over ten years."""

COPIED = """
INSERT INTO cases ({columns})
SELECT {values} FROM cases, generate_series(1, :many) AS n WHERE cases.number = :number
"""
LOGGED = """
INSERT INTO case_event ({columns})
SELECT {values} FROM case_event AS e, cases
WHERE e.case_number = :number AND e.seq = 1 AND cases.number <> :number
"""
CHANGED = {
    "number": "'9' || lpad(n::text, 14, '0')",
    "external_id": "n::text",
    "submitted_at": "now() - n * interval '4 hours'",
}


@pytest_asyncio.fixture(loop_scope="session")
async def many(open311: Open311) -> Store:
    """A store with many cases, each a copy of one."""
    number = await open311.city.case()
    store = open311.city.store
    async with store.engine.begin() as conn:
        await conn.execute(*await _copying(conn, number, "cases", COPIED, CHANGED))
        log = {
            "case_number": "cases.number",
            "id": "gen_random_uuid()",
            "recorded_at": "cases.submitted_at",
        }
        await conn.execute(*await _copying(conn, number, "case_event", LOGGED, log))
    async with store.engine.connect() as conn:
        await (await conn.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))
    return store


async def _copying(
    conn: Any, number: str, table: str, statement: str, changed: dict[str, str]
) -> tuple[Any, dict[str, Any]]:
    source = "cases" if table == "cases" else "e"
    names = (
        await conn.scalars(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = :t"),
            {"t": table},
        )
    ).all()
    values = ", ".join(changed.get(name, f'{source}."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    bound = {"number": number} | ({"many": MANY} if ":many" in statement else {})
    return text(statement.format(columns=columns, values=values)), bound


RECENT = {"since": NOW - timedelta(days=90), "until": NOW}


WANTED = (
    RECENT,
    RECENT | {"items": ("RD01",), "states": (State.ASSIGNED,)},
    RECENT | {"limit": 20, "offset": 200},
    RECENT | {"oldest_first": True, "limit": 20},
    RECENT | {"owners": ("3130000",), "has_photo": True},
    RECENT | {"area": Area(south=37.5, north=37.51, west=126.9, east=126.91, radius=500.0)},
    RECENT | {"words": search_query("포트홀")},
    {"updated_since": NOW - timedelta(days=2), "limit": 100},
    {"updated_until": NOW - timedelta(days=2), "limit": 100},
)


async def test_no_list_and_no_poll_reads_a_whole_table(many: Store) -> None:
    """At some size every page of requests or updates is had by an index."""
    day = timedelta(days=1)
    statements: list[Select[Any]] = [
        *(public_page(RequestFilter.model_validate(wanted)) for wanted in WANTED),
        public_events_page(since=NOW - day, until=NOW, partner=None, limit=1000, offset=0),
    ]
    async with many.engine.connect() as conn:
        for statement in statements:
            said = statement.compile(
                dialect=asyncpg.dialect(),  # type: ignore[no-untyped-call]
                compile_kwargs={"literal_binds": True},
            )
            plan = "\n".join((await conn.exec_driver_sql(f"EXPLAIN {said}")).scalars())
            assert "Seq Scan on cases" not in plan, plan
            assert "Seq Scan on case_event" not in plan, plan


WORDS = st.text(max_size=30) | st.sampled_from(
    [
        *(
            "",
            "0",
            "-1",
            "1e400",
            "nan",
            "9" * 30,
            "37.5",
            "true",
            "open",
            "RD01",
            "\x00",
            "\ud800",
        ),
        *("2026-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00"),
        *("261126-000001-2", "%", "'; --", "a,b", "가", "1,2,3,4", "data:;base64,AA", "http://["),
    ]
)
READ = [
    *("service_request_id", "service_code", "status", "start_date", "end_date", "updated_after"),
    *("updated_before", "agency_responsible", "has_photo", "lat", "long", "radius", "bbox", "q"),
    *("sort", "page", "page_size", "limit", "offset", "max_requests", "extensions", "api_key"),
    *("lang", "locale", "jurisdiction_id"),
]
POSTED = [
    *("service_code", "lat", "long", "address_string", "address_id", "description", "email"),
    *("phone", "first_name", "last_name", "media_url", "account_id", "attribute[WIDTH_CM]"),
    *("attribute[", "service_request_id", "update_id", "status", "updated_datetime"),
]
PATHS = ["requests.json", "requests.xml", "requests.rss", "servicerequestupdates.xml"]
ENDURING = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _encodable(fields: dict[str, str]) -> dict[str, str]:
    return {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}


@ENDURING
@given(path=st.sampled_from(PATHS), params=st.dictionaries(st.sampled_from(READ), WORDS))
async def test_no_query_is_a_fault_of_ours(
    open311: Open311, path: str, params: dict[str, str]
) -> None:
    """200, 400 or 404, whatever is asked."""
    answer = await open311.client.get(f"{V2}/{path}", params=_encodable(params))
    assert answer.status_code in (200, 400, 404), (params, answer.text)


@ENDURING
@given(
    path=st.sampled_from(["requests.json", "servicerequestupdates.xml"]),
    fields=st.dictionaries(st.sampled_from(POSTED), WORDS),
)
async def test_no_post_is_a_fault_of_ours(
    open311: Open311, path: str, fields: dict[str, str]
) -> None:
    """Taken in, or refused with a sentence."""
    data = {"api_key": open311.key} | _encodable(fields)
    answer = await open311.client.post(f"{V2}/{path}", data=data)
    assert answer.status_code in (200, 400, 404, 409, 429), (fields, answer.text)


@ENDURING
@given(end=st.text(max_size=20))
async def test_no_address_is_a_fault_of_ours(open311: Open311, end: str) -> None:
    """Every number, token and code that there is not is 404."""
    for resource in ("requests", "tokens", "services"):
        safe = end.encode("utf-8", "replace")
        path = "".join(f"%{byte:02x}" for byte in safe)
        answer = await open311.client.get(f"{V2}/{resource}/x{path}.json")
        assert answer.status_code == 404, (end, answer.text)


@ENDURING
@given(body=st.binary(max_size=300), kind=st.sampled_from(["urlencoded", "multipart", "json"]))
async def test_no_body_is_a_fault_of_ours(open311: Open311, body: bytes, kind: str) -> None:
    """Bytes that are no form are refused."""
    types = {
        "urlencoded": "application/x-www-form-urlencoded",
        "multipart": "multipart/form-data; boundary=b",
        "json": "application/json",
    }
    framed = b"--b\r\n" + body if kind == "multipart" else body
    answer = await open311.client.post(
        f"{V2}/requests.xml", content=framed, headers={"content-type": types[kind]}
    )
    assert answer.status_code in (400, 403), answer.text
