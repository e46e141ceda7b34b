"""Which cases everybody may see, and finding them by their words."""

from datetime import UTC, datetime
from itertools import product
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from rules.publication import Publication, never_items, shown_items
from rules.search_terms import search_query
from schema.codes import CaseKind, PetitionType, State
from stack.postgres import Postgres
from storage.cases import CASE_COLUMNS, case_of
from storage.migrate import alembic_config
from storage.public_cases import is_published, publication_of, shows_words
from storage.searching import contains_words, masked_values
from storage.store import Store
from storage.tables import cases

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def _row(number: str, words: str = "가로등이 꺼졌습니다") -> dict[str, object]:
    return {
        "number": number,
        "channel": "web_form",
        "external_id": number,
        "kind": CaseKind.PETITION,
        "petition_type": PetitionType.OTHER,
        "state": "RECEIVED",
        "item": "RD05",
        "submitted_at": AT,
        "reply_by": "page",
        "data_key_id": uuid4(),
        **masked_values(words),
    }


async def test_the_query_agrees_with_the_rule(store: Store) -> None:
    """The SQL and the pure function give the same answer for every combination of facts."""
    items = (None, "ZZ99", min(shown_items()), min(never_items()), "HB01")
    flags = list(product((True, False), repeat=4))
    states = (State.PROCESSING, State.WITHDRAWN)
    combinations = product(CaseKind, PetitionType, states, items, flags)
    rows = []
    for n, (kind, petition_type, state, item, four) in enumerate(combinations):
        row = _row(f"{n:06}") | {"kind": kind, "petition_type": petition_type, "item": item}
        row |= {"state": state}
        row |= zip(("public", "hidden", "synthetic", "under_14"), four, strict=True)
        rows.append(row | {"search": None})
    async with store.engine.begin() as conn:
        await conn.execute(insert(cases), rows)
        all_cases = [case_of(row) for row in await conn.execute(select(*CASE_COLUMNS))]
        published = set(await conn.scalars(select(cases.c.number).where(is_published())))
        wordy = set(await conn.scalars(select(cases.c.number).where(shows_words())))
    assert len(all_cases) == len(rows)
    for case in all_cases:
        shown = publication_of(case)
        assert (case.number in published) == (shown is not Publication.NOTHING), case
        assert (case.number in wordy) == (shown is Publication.WORDS), case
    assert wordy < published


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("가로등", {"1", "3"}),
        ("로등", {"1", "3"}),
        ("로", {"1", "2", "3"}),
        ("등", {"1", "3"}),
        ("손", {"2"}),
        ("도로 파손", {"2"}),
        ("파손 도로", {"2"}),
        ("도로손", set()),
        ("led", {"3"}),
        ("ＬＥＤ", {"3"}),
        ("l", {"3"}),
        ("d", {"3"}),
        ("100%", set()),
        ("e_d", {"3"}),
        ("010-1234-5678", set()),
        ("1234", set()),
        ("홍길동", set()),
        ("' | '갸", set()),
        ("없는말", set()),
    ],
)
async def test_any_part_of_a_text_is_found(store: Store, typed: str, found: set[str]) -> None:
    """From one syllable on, in any order, whatever the width or case; never what was masked."""
    rows = (
        _row("1", "가로등이 꺼졌습니다. 연락 010-1234-5678"),
        _row("2", "도로가 파손"),
        _row("3", "LED 가로등 민원인 홍길동"),
    )
    query = search_query(typed)
    assert query is not None
    async with store.engine.begin() as conn:
        for row in rows:
            await conn.execute(insert(cases).values(**row))
        numbers = await conn.scalars(select(cases.c.number).where(contains_words(query)))
        assert set(numbers) == found


@pytest.mark.parametrize("typed", ["", "   ", "!?", "%", "_", "🙂"])
def test_without_a_letter_there_is_no_query(typed: str) -> None:
    """Signs alone ask for nothing."""
    assert search_query(typed) is None


async def test_cases_that_were_there_before_are_found_too(postgres: Postgres) -> None:
    """The migration cuts the words of the cases that it meets."""
    name = f"test_{uuid4().hex}"
    postgres.create_database(name)
    old = _row("1") | {"search": None, "under_14": None}
    columns = [column for column, value in old.items() if value is not None]
    statement = f"INSERT INTO cases ({', '.join(columns)}) VALUES (:{', :'.join(columns)})"

    def step(connection: Connection, revision: str) -> None:
        command.upgrade(alembic_config(connection), revision)

    query = search_query("등이")
    assert query is not None
    engine = create_async_engine(postgres.url(name))
    try:
        async with engine.begin() as conn:
            await conn.run_sync(step, "0006")
            await conn.execute(text(statement), {column: old[column] for column in columns})
        async with engine.begin() as conn:
            await conn.run_sync(step, "head")
        async with engine.begin() as conn:
            found = await conn.scalars(select(cases.c.number).where(contains_words(query)))
            assert list(found) == ["1"]
    finally:
        await engine.dispose()
