"""The made-up city: every case as the engine itself would have written it."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Text, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY

from cli.seed import Seeding, plain, run_seed, seed_day
from rules.book import read_rule_book
from rules.calendar import national_calendar
from rules.district_outlines import district_outlines
from rules.life import facts_of
from rules.masking import mask
from rules.measures.case import measures_of
from rules.organisation import agencies
from rules.search_terms import index_terms, search_query
from rules.turn import turn_of
from schema.codes import CaseKind, EventKind, State
from schema.events import CaseEvent
from settings import Settings
from stack.postgres import Postgres
from storage.cases import event_of, events_of, petitioner_of
from storage.event_log import turn_values
from storage.keys import Keyring, write_keyring
from storage.record import case_values
from storage.sealed_files import Directory
from storage.seeding.copying import NotEmptyError, check_empty, copy_rows, loading
from storage.seeding.days import cases_by_day, rows_of
from storage.seeding.life import Town
from storage.seeding.rows import TABLES
from storage.staff_search import Wanted, count
from storage.store import Store, open_store
from storage.tables import case_event, case_measure, cases, petitioner
from tests.conftest import TEMPLATE

LAST = date(2026, 11, 24)
TOWN = Town(read_rule_book(), national_calendar(version=1), datetime(2026, 11, 24, 15, tzinfo=UTC))
MANY, FEW = 400, 8
"""Cases of a day on which many share a life, and of one on which each has its own."""
DAYS = (
    (date(2026, 3, 4), MANY),
    (date(2026, 7, 20), MANY),
    (LAST, MANY),
    *((date(2026, 3, 10) + timedelta(days=n), FEW) for n in range(100)),
)

TOTAL = sum(many for _, many in DAYS)


async def logs_of(store: Store) -> dict[str, list[CaseEvent]]:
    """All logs, by case."""
    found: dict[str, list[CaseEvent]] = {}
    in_order = select(case_event).order_by(case_event.c.case_number, case_event.c.seq)
    async with store.engine.connect() as conn:
        for row in await conn.execute(in_order):
            event = event_of(row)
            found.setdefault(event.case, []).append(event)
    return found


def seeding_of(store: Store) -> Seeding:
    url = store.engine.url.render_as_string(hide_password=False)
    return Seeding(url, store.keyring, TOWN, TOTAL, 7, LAST)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(
    postgres: Postgres, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Store]:
    """A database with two thousand cases; no test changes it."""
    postgres.create_database("seeded", template=TEMPLATE)
    store = open_store(
        postgres.url("seeded"),
        keyring=keyring,
        files=Directory(tmp_path_factory.mktemp("attachments")),
        role="test",
    )
    seeding = seeding_of(store)
    conn = await asyncpg.connect(plain(seeding.url))
    for day, many in DAYS:
        await seed_day(seeding, conn, day, many)
    await conn.close()
    yield store
    await store.close()


async def test_every_log_folds_to_its_row(town: Store) -> None:
    """What the log of a case says is what its row says, for each case; the log has no gaps, its
    instants do not go back, and what is open has a next moment that the rules give."""
    async with town.engine.connect() as conn:
        rows = (await conn.execute(select(cases))).all()
    logs = await logs_of(town)
    assert len(rows) == TOTAL
    for row in rows:
        log = logs[row.number]
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        assert [event.at for event in log] == sorted(event.at for event in log)
        facts = facts_of(log, kind=CaseKind(row.kind))
        clocks = TOWN.book.clocks(facts, TOWN.calendar)
        moment = None if facts.ended else TOWN.book.moment(facts, clocks, TOWN.calendar)
        turn = turn_values(turn_of(facts, clocks.clocks))
        expected = case_values(facts, log[-1], moment) | turn
        assert {name: getattr(row, name) for name in expected} == expected, row.number


async def test_deadlines_are_those_of_the_rules(town: Store) -> None:
    """Of every case whose answer is still owed, both deadlines are what the rule book computes."""
    owed = {State.RECEIVED, State.ASSIGNED, State.PROCESSING, State.TRANSFERRED, State.REANSWER}
    async with town.engine.connect() as conn:
        rows = (await conn.execute(select(cases).where(cases.c.state.in_(owed)))).all()
    logs = await logs_of(town)
    assert len(rows) > 50
    for row in rows:
        facts = facts_of(logs[row.number], kind=CaseKind(row.kind))
        clocks = TOWN.book.clocks(facts, TOWN.calendar)
        counted = (clocks.legal_due_at, clocks.target_due_at)
        assert (row.legal_due_at, row.target_due_at) == counted, row.number


async def test_a_day_has_every_kind_of_story(town: Store) -> None:
    """Answers in time and late, ladders, transfers, ratings, open cases on the last day."""
    async with town.engine.connect() as conn:
        kinds = Counter((await conn.scalars(select(case_event.c.kind))).all())
        late = await conn.scalar(
            select(func.count()).where(cases.c.answered_at > cases.c.legal_due_at)
        )
        still = await conn.scalar(select(func.count()).where(~cases.c.ended))
    assert {
        *(EventKind.ANSWERED, EventKind.CLOSED, EventKind.REMINDED, EventKind.ESCALATED),
        *(EventKind.TRANSFERRED, EventKind.RATED, EventKind.WITHDRAWN, EventKind.REFUSED),
    } <= kinds.keys()
    assert 40 < (late or 0) < 300
    assert (still or 0) > 100


async def test_the_measures_are_those_of_the_log(town: Store) -> None:
    """What the board counts was copied as the log gives it, for each case."""
    async with town.engine.connect() as conn:
        rows = {row.number: row for row in await conn.execute(select(case_measure))}
    logs = await logs_of(town)
    assert rows.keys() == logs.keys()
    for number, log in logs.items():
        row = rows[number]
        expected = measures_of(log, kind=CaseKind(row.kind), calendar=TOWN.calendar).values()
        assert dict(row._mapping) == expected, number


async def test_a_life_printed_for_many_is_each_ones_own(town: Store) -> None:
    """Numbers and ids are single, a case of a district stands in it and with its desk, and what is
    shown and searched is what the engine's own masking and terms make of the words."""
    async with town.engine.connect() as conn:
        rows = (await conn.execute(select(cases).where(cases.c.district.is_not(None)))).all()
        terms = func.array_to_tsvector(sql_cast(list(index_terms(rows[7].summary)), ARRAY(Text)))
        same = await conn.scalar(
            select(cases.c.search == terms).where(cases.c.number == rows[7].number)
        )
        telephones = await conn.scalar(
            select(func.count(petitioner.c.phone_hash.distinct())).select_from(petitioner)
        )
    assert len(rows) > TOTAL * 0.9
    assert same
    assert (telephones or 0) > TOTAL / 3
    assert len({row.summary for row in rows}) > TOTAL / 2
    of_day = [row for row in rows if row.number.startswith("260304")]
    assert len({row.submitted_at for row in of_day}) < MANY / 4
    for row in rows:
        outline = district_outlines()[row.district].ring
        longs, lats = zip(*outline, strict=True)
        assert min(longs) - 1e-3 < row.long < max(longs) + 1e-3
        assert min(lats) - 1e-3 < row.lat < max(lats) + 1e-3
        assert mask(row.summary).text == row.summary
        if agencies()[row.agency].district not in (None, row.district):
            assert EventKind.TRANSFERRED in {one.kind for one in (await _log(town, row.number))}


async def _log(town: Store, number: str) -> tuple[CaseEvent, ...]:
    async with town.engine.connect() as conn:
        return await events_of(conn, number)


async def indexes_of(conn: asyncpg.Connection) -> set[str]:
    """All indexes and constraints of the tables that are loaded."""
    found = await conn.fetch(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY ($1::regclass[]) "
        "UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE conrelid = ANY ($1::regclass[])",
        list(TABLES),
    )
    return {row[0] for row in found}


async def test_a_load_that_is_ended_early_leaves_the_empty_database(
    database_url: str, keyring: Keyring
) -> None:
    """Neither a row nor a missing index; a load that comes to its end builds every one again."""
    conn = await asyncpg.connect(plain(database_url))
    before = await indexes_of(conn)
    rows = rows_of(LAST, 40, seed=7, town=TOWN, keyring=keyring)

    async def ended_early() -> None:
        async with loading(conn):
            await copy_rows(conn, rows)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await ended_early()
    assert await conn.fetchval("SELECT count(*) FROM cases") == 0
    assert await indexes_of(conn) == before
    async with loading(conn) as load:
        await copy_rows(conn, rows)
        assert len(await indexes_of(conn)) < len(before)
        assert len([name async for name in load.build()]) > 20
    assert await conn.fetchval("SELECT count(*) FROM cases") == 40
    assert await indexes_of(conn) == before
    await conn.close()


async def test_words_are_sealed_masked_and_found(town: Store) -> None:
    """The masked words find the case as those of the engine do; the petitioner opens with the
    city's keys."""
    query = search_query("주정차")
    async with town.engine.connect() as conn:
        found = await count(conn, Wanted(readers=None, query=query))
        plain_found = await conn.scalar(
            select(func.count()).where(cases.c.summary.contains("주정차"))
        )
        number = await conn.scalar(select(cases.c.number).limit(1))
        told = await petitioner_of(conn, town, str(number))
    assert found == plain_found
    assert found > 10
    assert (told.contact.phone or "").startswith("0100")


def test_the_same_number_makes_the_same_city(keyring: Keyring) -> None:
    """All but what keys and nonces make of it; another number makes another city."""
    made = [
        rows_of(LAST, 40, seed=seed, town=TOWN, keyring=keyring).lines["case_event"]
        for seed in (7, 7, 8)
    ]
    assert made[0] == made[1]
    assert made[0] != made[2]


@pytest.mark.parametrize("total", [1, 999, 100_000])
def test_the_days_have_as_many_cases_as_were_asked_for(total: int) -> None:
    """To the last one; a working day has more than a Sunday."""
    days = cases_by_day(total, first=date(2023, 11, 26), last=LAST)
    assert sum(days.values()) == total
    if total > 10_000:
        assert days[date(2026, 3, 9)] > days[date(2026, 3, 8)]


async def test_a_city_with_cases_of_its_own_is_not_seeded(town: Store) -> None:
    """What was made before stays as it is; a real case beside it ends the run."""
    conn = await asyncpg.connect(plain(seeding_of(town).url))
    await check_empty(conn)
    assert await seed_day(seeding_of(town), conn, LAST, MANY) == MANY
    assert await conn.fetchval("SELECT count(*) FROM cases") == TOTAL
    change = conn.transaction()
    await change.start()
    await conn.execute("UPDATE cases SET external_id = 'real' WHERE number < '260304-000002'")
    with pytest.raises(NotEmptyError, match="cases of its own"):
        await check_empty(conn)
    await change.rollback()
    await conn.close()


async def test_the_command_makes_a_city_in_processes(
    database_url: str, keyring: Keyring, tmp_path: Path
) -> None:
    """Asked for five cases it makes five, whole, in a database that it migrates itself."""
    write_keyring(tmp_path / "keys.json", keyring)
    settings = Settings(database_url=database_url, keys_file=tmp_path / "keys.json")
    assert await run_seed(settings, cases=5, seed=1, last=LAST, processes=1) == 0
    conn = await asyncpg.connect(plain(database_url))
    assert await conn.fetchval("SELECT count(*) FROM cases") == 5
    await conn.close()
