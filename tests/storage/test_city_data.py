"""Versions of the city's data: each stands for ever, and the newest counts in every role."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from rules.escalation import read_escalation
from rules.organisation import department
from rules.tables import CityData, DataError, city_data, package_text, put_in_force
from schema.codes import Action, Role
from storage import city_data as module
from storage.calendars import Calendars, order_recomputation
from storage.cases import Case
from storage.city_data import (
    StaleDataError,
    digest,
    following_city_data,
    keep_data,
    newest_data,
    stored_data,
    take_newest,
    touched,
    versions,
    with_loaded,
)
from storage.recomputing import Recomputing
from storage.store import Store
from storage.tables import city_data as city_data_table
from tests.woken_city import MONDAY, WokenCity

LADDERS = "ladders.toml"
SOON = LADDERS, package_text(LADDERS).replace("share = 0.8 }", "share = 0.5 }", 1)
RENAMED = "agencies.csv", package_text("agencies.csv").replace("서울교통공사", "서울지하철공사")


@pytest.fixture(autouse=True)
def _the_package_again() -> Iterator[None]:
    """Whatever a test puts in force ends with it."""
    yield
    put_in_force(CityData())


async def load(store: Store, *files: tuple[str, str], on: CityData | None = None) -> CityData:
    """Load files on top of the newest version, or of the one given."""
    async with store.engine.begin() as conn:
        before = on or await newest_data(conn)
        data = with_loaded(before, dict(files))
        return await keep_data(conn, data, source="조례 개정", loaded_by="test")


async def numbers(store: Store) -> list[int]:
    """The versions stored, newest first."""
    async with store.engine.connect() as conn:
        return [one.version for one in await versions(conn)]


async def test_a_loaded_file_stands_in_place_of_the_packages_and_the_others_stay(
    store: Store,
) -> None:
    """A second load keeps what the first one loaded."""
    await load(store, SOON)
    await load(store, RENAMED)
    async with store.engine.connect() as conn:
        newest = await newest_data(conn)
        first = await stored_data(conn, 1)
    assert newest.version == 2
    assert dict(newest.replaced) == dict([SOON, RENAMED])
    assert dict(first.replaced) == dict([SOON])
    assert newest.text("taxonomy.csv") == package_text("taxonomy.csv")


async def test_the_same_content_twice_makes_one_version(store: Store) -> None:
    """Loaded again, whatever the source is called, nothing is stored."""
    one = await load(store, SOON)
    assert (await load(store, SOON)).version == one.version
    assert await numbers(store) == [1]


async def test_a_file_as_the_package_has_it_is_the_packages_again(store: Store) -> None:
    """So it goes on with the package's next release."""
    await load(store, SOON)
    back = await load(store, (LADDERS, package_text(LADDERS)))
    assert back.version == 2
    assert back.replaced == {}
    assert digest(back) == digest(CityData())


async def test_of_two_loads_at_once_the_second_learns_of_the_first(store: Store) -> None:
    """What was shown to it is not what would happen, so it is asked anew; then both stand."""
    base = CityData()
    done = await asyncio.gather(
        load(store, SOON, on=base), load(store, RENAMED, on=base), return_exceptions=True
    )
    assert sum(isinstance(one, StaleDataError) for one in done) == 1
    assert await numbers(store) == [1]
    await load(store, SOON, RENAMED)
    async with store.engine.connect() as conn:
        assert dict((await newest_data(conn)).replaced) == dict([SOON, RENAMED])


async def test_a_version_that_was_never_loaded_is_said_to_be_none(store: Store) -> None:
    """An error, never a guess."""
    async with store.engine.connect() as conn:
        with pytest.raises(LookupError, match="no version 7"):
            await stored_data(conn, 7)


async def test_a_running_role_takes_a_newer_version_by_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its start the newest, and then every newer one: no redeploy."""
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.05)
    renamed = package_text("departments.csv").replace("주차계획과", "주차정책과")
    await load(store, RENAMED)
    async with following_city_data(store):
        assert city_data().version == 1
        assert department("6110000.parking-planning").name_ko == "주차계획과"
        await load(store, ("departments.csv", renamed))
        for _ in range(600):
            if city_data().version == 2:
                break
            await asyncio.sleep(0.05)
        assert department("6110000.parking-planning").name_ko == "주차정책과"


async def test_a_version_that_this_code_cannot_read_leaves_the_last_good_one(store: Store) -> None:
    """A running role goes on; one that starts says what is wrong and does not run."""
    await load(store, SOON)
    async with store.engine.connect() as conn:
        await take_newest(conn)
        assert city_data().version == 1
    async with store.engine.begin() as conn:
        await conn.execute(
            city_data_table.insert().values(
                version=2, files={LADDERS: "ladder = 3"}, digest="-", source="-", loaded_by="-"
            )
        )
    async with store.engine.connect() as conn:
        await take_newest(conn)
    assert city_data().version == 1
    assert read_escalation().ladder
    with pytest.raises(DataError, match=r"ladders\.toml"):
        async with following_city_data(store):
            pass
    module._refused.clear()


async def test_an_older_version_never_takes_the_place_of_a_newer_one(store: Store) -> None:
    """A look that began before the load and ends after it changes nothing."""
    await load(store, SOON)
    await load(store, RENAMED)
    async with store.engine.connect() as conn:
        await take_newest(conn)
        await take_newest(conn, newest=1)
    assert city_data().version == 2


async def accepted(city: WokenCity) -> Case:
    """A case that its department has accepted: it waits for the first rung of its deadline."""
    number = await city.file()
    await city.act(number, Action.ACCEPT, at=MONDAY + timedelta(minutes=5), role=Role.OFFICER)
    return await city.case(number)


async def test_an_act_counts_by_the_newest_ladders_at_once(store: Store) -> None:
    """Not only after the next look: the act reads the version with the calendar's."""
    city = WokenCity(store)
    before = await accepted(city)
    await load(store, SOON)
    after = await accepted(city)
    assert before.next_rung == after.next_rung == "near"
    assert before.next_at is not None
    assert after.next_at is not None
    assert after.next_at < before.next_at
    assert after.legal_due_at == before.legal_due_at


async def test_open_cases_look_again_after_the_ladders_changed(store: Store) -> None:
    """Recomputed, a case waits for the rung where it stands now, and is named as earlier."""
    city = WokenCity(store)
    before = await accepted(city)
    await load(store, SOON)
    earlier = await recompute(store, city, "data/1")
    after = await city.case(before.number)
    assert before.next_at is not None
    assert after.next_at is not None
    assert after.next_at < before.next_at
    assert earlier == (before.number,)
    assert after.seq == before.seq


async def recompute(store: Store, city: WokenCity, name: str) -> tuple[str, ...]:
    """Order a recomputation and carry it out; the cases whose next moment came nearer."""
    async with store.engine.begin() as conn:
        calendar = await Calendars().current(conn)
        await order_recomputation(conn, name, version=calendar.version, reason=name, since=None)
    recomputing = Recomputing(store, city.book)
    assert (await recomputing.next_batch(name)).done
    async with recomputing.owed_looks(limit=10) as earlier:
        return earlier


async def test_P24_open_cases_leave_a_ladder_that_is_taken_out(store: Store) -> None:
    """Recomputed, the case waits for nothing of it, keeps its deadline, and goes on."""
    city = WokenCity(store)
    before = await accepted(city)
    number = before.number
    kept = [one for one in package_text(LADDERS).split("[[ladder]]") if '"legal"' not in one]
    await load(store, (LADDERS, "[[ladder]]".join(kept)))
    await recompute(store, city, "data/1")
    after = await city.case(number)
    assert before.next_timer == "legal"
    assert after.next_timer != "legal"
    assert after.legal_due_at == before.legal_due_at
    assert before.next_at is not None
    await city.wake(number, before.next_at + timedelta(days=30))
    assert not (await city.case(number)).ended
    assert (await city.case(number)).legal_due_at == before.legal_due_at


async def test_only_open_cases_are_counted_as_touched(store: Store) -> None:
    """By department and by item; a code without cases is not named."""
    city = WokenCity(store)
    one, other = await city.file(), await city.file()
    owner = (await city.case(one)).department
    assert owner is not None
    await city.act(other, Action.WITHDRAW, at=MONDAY + timedelta(minutes=5), role=Role.CITIZEN)
    async with store.engine.connect() as conn:
        counted = await touched(conn, departments=[owner, "none"], items=["HB04", "TR01"])
        assert await conn.scalar(select(city_data_table.c.version)) is None
    assert counted.by_department == {owner: 1}
    assert counted.by_item == {"HB04": 1}
