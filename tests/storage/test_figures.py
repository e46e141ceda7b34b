"""Every figure of the board against plain SQL over the log, and against the cases behind it."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.figures import run_rebuild
from cli.migrate import prepare_database
from rules.book import read_rule_book
from rules.calendar import Override
from rules.figures import DERIVED, Cohort, Figures, Kind, figures
from rules.measures.case import measures_of
from rules.measures.row import Tier
from rules.tables import document
from schema.codes import Action, Role
from settings import Settings
from stack.postgres import Postgres
from storage.calendars import declare_day
from storage.figure_terms import CONDITIONS, AsOf
from storage.figures import (
    Dimension,
    Scope,
    Step,
    behind,
    count,
    count_behind,
    count_by,
    course,
    series,
)
from storage.keys import Keyring
from storage.measuring import rebuild
from storage.recomputing import Recomputing
from storage.sealed_files import Directory
from storage.store import Store, open_store
from storage.tables import case_measure, cases
from tests.conftest import TEMPLATE
from tests.storage.figures_by_hand import BY_HAND, LIFE
from tests.storage.lived_city import NOW, SEOUL, Life, LivedCity, act

MONTH = Scope(since=date(2026, 11, 1), until=date(2026, 11, 30))
AT = AsOf(NOW, datetime.combine(date(2026, 11, 20), time.max, tzinfo=SEOUL))
ALL = tuple(figures().values())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lived(
    postgres: Postgres, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LivedCity]:
    """The lives, lived once, with the views of the plain SQL; no test changes them."""
    postgres.create_database("lived", template=TEMPLATE)
    store = open_store(
        postgres.url("lived"),
        keyring=keyring,
        files=Directory(tmp_path_factory.mktemp("lived")),
        role="test",
    )
    city = LivedCity(store)
    await city.live()
    async with store.engine.begin() as conn:
        for statement in LIFE.split(";\n"):
            if statement.strip():
                await conn.execute(text(statement))
    yield city
    await store.close()


async def _all_rows(store: Store) -> list[tuple[object, ...]]:
    async with store.engine.connect() as conn:
        rows = await conn.execute(select(case_measure).order_by(case_measure.c.number))
        return [tuple(row) for row in rows]


async def _by_hand(conn: AsyncConnection, code: str) -> tuple[float | None, int, int]:
    value, n, of = (await conn.execute(text(BY_HAND[code]))).one()
    return value, n, of


async def test_every_number_is_what_plain_sql_over_the_log_finds(lived: LivedCity) -> None:
    """Value, rows behind and rows looked at of every counted figure, on lives that were reopened,
    merged and unmerged, transferred, withdrawn, declined, extended, paused, late and escalated."""
    counted = [one for one in ALL if one.kind not in DERIVED]
    assert {one.code for one in counted} == set(BY_HAND)
    async with lived.store.engine.connect() as conn:
        found = await count(conn, ALL, MONTH, AT)
        for one in counted:
            value, n, of = await _by_hand(conn, one.code)
            got = found[one.code]
            assert (got.n, got.of) == (n, of), one.code
            assert got.value == pytest.approx(value), one.code
    assert found["flow_ratio"].value == found["resolved"].n / found["filed"].n
    assert found["backlog_change"].value == found["filed"].n - found["ended"].n


async def test_the_lives_move_every_condition(lived: LivedCity) -> None:
    """A condition that no life fulfils, or that every life does, would be compared in vain."""
    rare = {"consulted", "days_5", "level_3", "repeated_rung", "asked_twice"}
    async with lived.store.engine.connect() as conn:
        for name in CONDITIONS:
            statement = select(AT.condition(name)).select_from(case_measure)
            answers = {bool(answer) for answer in await conn.scalars(statement)}
            assert name in rare or answers == {True, False}, name


async def test_a_number_is_as_many_as_its_list_is_long(lived: LivedCity) -> None:
    """For every figure: the list of cases, page by page, has as many as the number says; and each
    case stands in it once."""
    async with lived.store.engine.connect() as conn:
        found = await count(conn, ALL, MONTH, AT)
        for one in ALL:
            if one.kind in DERIVED:
                continue
            for base, expected in ((False, found[one.code].n), (True, found[one.code].of)):
                base = base and one.kind is Kind.SHARE
                listed: list[str] = []
                while page := await behind(
                    conn, one, MONTH, AT, base=base, after=listed[-1] if listed else "", limit=4
                ):
                    listed += [case.number for case in page]
                assert len(listed) == len(set(listed)) == expected, one.code
                assert await count_behind(conn, one, MONTH, AT, base=base) == expected, one.code


async def test_the_parts_add_up_to_the_whole(lived: LivedCity) -> None:
    """By every dimension, and by day, week and month, the counts of the parts are the count of the
    whole; and each part is what the whole is within its scope."""
    counts = [one for one in ALL if one.kind is Kind.COUNT]
    async with lived.store.engine.connect() as conn:
        whole = await count(conn, counts, MONTH, AT)
        for dimension in Dimension:
            parts = await count_by(conn, counts, MONTH, AT, dimension)
            for one in counts:
                assert sum(part[one.code].n for part in parts.values()) == whole[one.code].n
        for key, part in (await count_by(conn, counts, MONTH, AT, Dimension.DEPARTMENT)).items():
            within = MONTH.within(Dimension.DEPARTMENT, key or "")
            assert await count(conn, counts, within, AT) == part, key
        for step in Step:
            steps = await series(conn, counts, MONTH, AT, step)
            for one in counts:
                if one.cohort is not Cohort.OPEN:
                    summed = sum(values[one.code].n for values in steps.values())
                    assert summed == whole[one.code].n, (one.code, step)


@pytest.mark.parametrize("own", [None, ("3130000.cleansing", "3130000.roads")])
async def test_read_once_the_numbers_are_the_same(
    lived: LivedCity, own: tuple[str, ...] | None
) -> None:
    """Every figure of two periods and of the days of a third, made of days that were read once, is
    what each of them gives when it is counted alone."""
    moving = [one for one in ALL if one.cohort is not Cohort.OPEN]
    now = MONTH.model_copy(update={"departments": own})
    before = now.model_copy(update={"since": date(2026, 10, 5), "until": date(2026, 10, 24)})
    charted = now.model_copy(update={"since": date(2026, 11, 3), "until": date(2026, 11, 20)})
    async with lived.store.engine.connect() as conn:
        went = await course(conn, moving, (now, before, charted), AT)
        assert went.periods[0] == await count(conn, moving, now, AT)
        assert went.periods[1] == await count(conn, moving, before, AT)
        assert went.days == await series(conn, moving, charted, AT, Step.DAY)


async def test_the_periods_together_are_the_whole(lived: LivedCity) -> None:
    """Every judged case stands under one promise: the tiers add up to the rate, in numbers."""
    tiers = [one for one in ALL if one.code.startswith("on_time_")]
    assert len(tiers) == len(Tier)
    async with lived.store.engine.connect() as conn:
        found = await count(conn, ALL, MONTH, AT)
    whole = found["on_time"]
    assert sum(found[one.code].n for one in tiers) == whole.n
    assert sum(found[one.code].of for one in tiers) == whole.of


async def test_an_upgrade_measures_what_is_there(store: Store) -> None:
    """Cases that a release without measures recorded are measured by `minwon migrate`, once; and
    `minwon figures rebuild` makes all anew."""
    city = LivedCity(store)
    await city.live([Life("one", "11-02 10:00"), Life("two", "11-02 11:00")])
    kept = await _all_rows(store)
    async with store.engine.begin() as conn:
        await conn.execute(case_measure.delete())
    url = store.engine.url.render_as_string(hide_password=False)
    await prepare_database(url)
    assert await _all_rows(store) == kept
    async with store.engine.begin() as conn:
        await conn.execute(update(case_measure).values(wall=7))
    assert await run_rebuild(Settings(database_url=url), missing_only=True) == 0
    assert await _all_rows(store) != kept
    assert await run_rebuild(Settings(database_url=url), missing_only=False) == 0
    assert await _all_rows(store) == kept


async def test_made_anew_the_measures_are_the_same(lived: LivedCity) -> None:
    """What was kept act by act is what the log gives as a whole; and a lost row comes back."""
    store = lived.store
    kept = await _all_rows(store)
    async with store.engine.begin() as conn:
        await conn.execute(update(case_measure).values(state="?", wall=-1, owed=False, item="?"))
        lost = lived.numbers["there and back"]
        await conn.execute(case_measure.delete().where(case_measure.c.number == lost))
    assert sum([made async for made in rebuild(store.engine, missing_only=True)]) == 1
    assert sum([made async for made in rebuild(store.engine)]) == len(kept)
    assert await _all_rows(store) == kept
    objection = 1
    assert len(kept) == len(lived.numbers) + objection


async def test_a_manager_sees_only_what_the_own_departments_have(lived: LivedCity) -> None:
    """Numbers and lists are of the departments that the reader may see, whatever the scope asks."""
    own = MONTH.model_copy(update={"departments": ("3130000.cleansing",)})
    filed = figures()["filed"]
    async with lived.store.engine.connect() as conn:
        found = await count(conn, [filed], own, AT)
        listed = await behind(conn, filed, own, AT)
        foreign = own.within(Dimension.DEPARTMENT, "3130000.roads")
        assert (await count(conn, [filed], foreign, AT))["filed"].n == 0
    assert {case.department for case in listed} == {"3130000.cleansing"}
    assert len(listed) == found["filed"].n > 0


async def test_a_rebuild_does_not_undo_what_was_recorded_meanwhile(store: Store) -> None:
    """The row that knows of more events stands."""
    city = LivedCity(store)
    await city.live([Life("one", "11-02 10:00")])
    old = await _all_rows(store)
    await city.act("one", act("11-02 11:00", Action.WITHDRAW, Role.CITIZEN))
    new = await _all_rows(store)
    async with store.engine.begin() as conn:
        await conn.execute(text("DELETE FROM case_event WHERE kind = 'withdrawn'"))
    assert [made async for made in rebuild(store.engine)] == [1]
    assert await _all_rows(store) == new != old


async def test_a_holiday_moves_what_is_counted_by_the_deadline(store: Store) -> None:
    """After a holiday was declared and the open cases were recomputed in a batch, the deadline that
    figures judge by is the new one, and the rows are those that the log gives."""
    city = LivedCity(store)
    await city.live([Life("open", "11-13 10:00", item="AD03"), Life("soon over", "11-13 10:00")])
    before = await _all_rows(store)
    holiday = Override(
        day=date(2026, 11, 24), name_ko="임시공휴일", kind="closed", source="국무회의"
    )
    async with store.engine.begin() as conn:
        new = await declare_day(conn, holiday)
    assert new is not None
    recomputing = Recomputing(store, read_rule_book())
    while not (await recomputing.next_batch(f"calendar/{new.version}")).done:
        pass
    moved = await _all_rows(store)
    assert moved != before
    differs = case_measure.c.due_at != cases.c.legal_due_at
    both = case_measure.join(cases, cases.c.number == case_measure.c.number)
    async with store.engine.connect() as conn:
        assert await conn.scalar(select(func.count()).select_from(both).where(differs)) == 0
    assert [made async for made in rebuild(store.engine)] == [2]
    assert await _all_rows(store) == moved


def test_nothing_is_measured_of_nothing() -> None:
    """A case has at least its submission."""
    with pytest.raises(ValueError, match="submission"):
        measures_of([], kind=None, calendar=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"kind": "mean"}, "a measure is for"),
        ({"kind": "ratio", "measure": "wall"}, "per is for"),
        ({"kind": "quotient", "first": "late"}, "first and second"),
        ({"kind": "mean", "measure": "wall", "where": ["late"]}, "where is for"),
        ({"kind": "difference", "first": "x", "second": "late"}, "no figure that is counted"),
        ({"code": "filed"}, "stands twice"),
        ({"where": ["nonsense"]}, "nonsense"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(broken: dict[str, object], said: str) -> None:
    """The data is read once, whole, and says what is wrong with it."""
    data = document("figures.toml")
    late = next(one for one in data["figure"] if one["code"] == "late")
    new = {**late, "code": "new", "where": [], **broken}
    with pytest.raises(ValueError, match=said):
        Figures.model_validate({**data, "figure": [*data["figure"], new]})
