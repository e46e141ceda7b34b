"""Open cases recomputed a second after a new holiday, against SQL that only writes as much."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select, text

from bench.city import storage_only
from rules.book import read_rule_book
from rules.calendar import Override
from rules.packs import SEOUL
from schema.codes import Action, CaseKind, Channel, Role
from schema.commands import Command
from schema.events import Actor
from schema.submission import Submission
from storage.calendars import Calendars, declare_day
from storage.recomputing import Recomputing
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.store import Store
from storage.tables import case_event, cases

CASES = 100_000
SYSTEM = Actor(role=Role.SYSTEM)
TEXT = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다."


async def _first_case(store: Store, recorder: Recorder) -> str:
    """One grievance, received, distributed and started, as the city makes them."""
    submission = Submission(
        channel=Channel.WEB_FORM,
        external_id=str(uuid4()),
        submitted_at=datetime(2026, 11, 23, 1, tzinfo=SEOUL),
        text=TEXT,
        kind=CaseKind.PETITION,
    )
    async with store.engine.begin() as conn:
        key = await new_data_key(conn, store.keyring)
        number = (await register(conn, store, recorder, submission, key=key)).number
    received = datetime(2026, 11, 23, 9, tzinfo=SEOUL)
    details = {
        Action.RECEIVE: {"received_at": received.isoformat(), "item": "HB04"},
        Action.DISTRIBUTE: {"department": "3130000.housing"},
        Action.ACCEPT: {},
    }
    for action, detail in details.items():
        actor = SYSTEM
        if action is Action.ACCEPT:
            actor = Actor(role=Role.OFFICER, department="3130000.housing", account="bench")
        command = Command(
            request_id=str(action),
            case=number,
            action=action,
            actor=actor,
            at=received,
            detail=dict(detail),
        )
        outcome = await recorder.record(command)
        assert outcome.refusal is None, outcome.refusal
    return number


async def _copies(store: Store, number: str) -> None:
    """The case and its log, a hundred thousand times."""
    columns = [column.name for column in cases.columns]
    copied = [
        {"number": "'X' || n", "external_id": "n::text"}.get(name, f'"{name}"') for name in columns
    ]
    events = [column.name for column in case_event.columns]
    logged = [
        {"case_number": "'X' || n", "id": "gen_random_uuid()"}.get(name, f'"{name}"')
        for name in events
    ]
    series = f"generate_series(1, {CASES - 1}) AS n"
    quoted, names = ", ".join(f'"{c}"' for c in columns), ", ".join(f'"{c}"' for c in events)
    async with store.engine.begin() as conn:
        await conn.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in (
            f"INSERT INTO cases ({quoted}) SELECT {', '.join(copied)} FROM cases, {series} "
            "WHERE number = :of",
            f"INSERT INTO case_event ({names}) SELECT {', '.join(logged)} "
            f"FROM case_event, {series} "
            "WHERE case_number = :of",
        ):
            await conn.execute(text(statement), {"of": number})
    async with store.engine.connect() as conn:
        await conn.execute(text("ANALYZE"))


async def _bare(store: Store) -> float:
    """Cases a second when SQL alone rewrites the same rows and appends as many events."""
    statements = (
        "UPDATE cases SET seq = seq + 1, legal_due_at = legal_due_at + interval '1 day', "
        "next_at = next_at + interval '1 day'",
        "INSERT INTO case_event SELECT case_number, seq + 1, gen_random_uuid(), kind, at, "
        "recorded_at, 'bare', actor_role, actor_department, actor_account, state, petition_type, "
        "item, channel, district, agency, department, legal_due_at, target_due_at, "
        "calendar_version, rule_pack, visibility, detail FROM case_event "
        "WHERE request_id = (SELECT request_id FROM recomputed)",
        "INSERT INTO outbox (event_id, topic, key, message) SELECT gen_random_uuid(), topic, key, "
        "message FROM outbox ORDER BY id DESC LIMIT (SELECT count(*) FROM cases)",
    )
    async with store.engine.begin() as conn:
        await conn.execute(text("SET LOCAL statement_timeout = 0"))
        await conn.execute(
            text(
                "CREATE TEMP TABLE recomputed AS SELECT request_id FROM case_event "
                "WHERE kind = 'recomputed' LIMIT 1"
            )
        )
        began = time.perf_counter()
        for statement in statements:
            await conn.execute(text(statement))
    return CASES / (time.perf_counter() - began)


async def recomputed_per_second(directory: Path) -> None:
    """Print both rates and their ratio, and how long the city would take."""
    book = read_rule_book()
    async with storage_only(directory) as store:
        recorder = Recorder(store, book)
        await _copies(store, await _first_case(store, recorder))
        day = date(2026, 11, 26)
        async with store.engine.begin() as conn:
            assert (await Calendars().current(conn)).is_open(day)
            override = Override(day=day, name_ko="임시공휴일", kind="closed", source="bench")
            new = await declare_day(conn, override)
        assert new is not None
        recomputing = Recomputing(store, book)
        began, longest = time.perf_counter(), timedelta(0)
        done = False
        while not done:
            at = time.perf_counter()
            done = (await recomputing.next_batch(f"calendar/{new.version}")).done
            longest = max(longest, timedelta(seconds=time.perf_counter() - at))
        took = time.perf_counter() - began
        async with store.engine.connect() as conn:
            moved = await conn.scalar(select(func.count()).where(case_event.c.kind == "recomputed"))
        assert moved == CASES, moved
        bare = await _bare(store)
    ours = CASES / took
    print(f"open cases recomputed a second, all moved   {ours:9.0f}   ({CASES} in {took:.1f} s)")
    print(f"longest batch, for which an act may wait    {longest.total_seconds() * 1000:9.0f} ms")
    print(f"the same rows written by bare SQL a second  {bare:9.0f}")
    print(f"ratio recomputed / bare                     {ours / bare:9.3f}")
