"""The exceptions queue: one open item a case, until somebody has it."""

import pytest_asyncio

from schema.codes import Action, Role
from storage.exceptions import ExceptionKind, count_open, list_open, resolve
from storage.store import Store
from tests.woken_city import MONDAY, WokenCity


@pytest_asyncio.fixture(loop_scope="session")
async def city(store: Store) -> WokenCity:
    """A city in which nobody has an account."""
    return WokenCity(store)


async def open_items(city: WokenCity) -> list[tuple[str, object, object]]:
    """Case, clock and rung of each open item."""
    async with city.store.engine.connect() as conn:
        found = await list_open(conn)
        assert len(found) == await count_open(conn)
    return [(one.case_number, one.detail["timer"], one.detail["rung"]) for one in found]


async def neglected(city: WokenCity, *, rungs: int = 1) -> str:
    """A case whose first rungs have acted, each at its own time."""
    number = await city.file()
    await city.act(number, Action.START, at=MONDAY, role=Role.OFFICER)
    for due in (await city.rungs_ahead(number))[:rungs]:
        await city.wake(number, due.at)
    return number


async def test_a_case_of_which_nobody_can_be_told_is_an_item_that_names_what_was_tried(
    city: WokenCity,
) -> None:
    """Case, clock, rung, due instant and every level that was looked for."""
    number = await neglected(city)
    async with city.store.engine.connect() as conn:
        (item,) = await list_open(conn)
    assert (item.case_number, item.kind) == (number, ExceptionKind.NOBODY_TO_TELL)
    assert item.department == (await city.case(number)).department
    assert (item.detail["timer"], item.detail["rung"], item.detail["to"]) == (
        "legal",
        "near",
        "officer",
    )
    levels = ["officer", "team_head", "department_head", "inspector", "bureau"]
    assert item.detail["tried"] == levels
    assert item.detail["due_at"] == (await city.clock(number)).due_at.isoformat()


async def test_the_rungs_that_follow_bring_the_one_item_up_to_date(city: WokenCity) -> None:
    """Four rungs, four events, one item; only the first event says that it is new."""
    number = await neglected(city, rungs=4)
    assert await open_items(city) == [(number, "legal", "overdue-8h")]
    said = [event.detail["nobody_to_tell"] for event in await city.messages(number)]
    assert said == ["raised", "open", "open", "open"]


async def test_whoever_takes_the_case_up_ends_the_item(city: WokenCity) -> None:
    """An officer is named: nobody has to see to it any more."""
    number = await neglected(city)
    later = (await city.rungs_ahead(number))[0].at
    await city.act(number, Action.ASSIGN, at=later, role=Role.DEPARTMENT_HEAD, officer="kim")
    assert await open_items(city) == []


async def test_an_answer_ends_the_item(city: WokenCity) -> None:
    """An answered case waits for nobody."""
    number = await neglected(city)
    later = (await city.rungs_ahead(number))[0].at
    await city.act(number, Action.ANSWER, at=later, role=Role.OFFICER, text="조치했습니다.")
    assert await open_items(city) == []


async def test_the_end_of_the_case_ends_the_item(city: WokenCity) -> None:
    """A withdrawn case waits for nobody."""
    number = await neglected(city)
    later = (await city.rungs_ahead(number))[0].at
    await city.act(number, Action.WITHDRAW, at=later, role=Role.CITIZEN)
    assert await open_items(city) == []


async def test_a_rung_that_finds_somebody_again_ends_the_item(city: WokenCity) -> None:
    """A team head was given an account in the meantime."""
    number = await neglected(city)
    department = (await city.case(number)).department
    assert department is not None
    await city.employ(Role.TEAM_HEAD, department)
    await city.wake(number, (await city.rungs_ahead(number))[0].at)
    assert await open_items(city) == []


async def test_an_item_can_be_resolved_by_hand_once_and_comes_back_with_the_next_rung(
    city: WokenCity,
) -> None:
    """Who resolved it and did nothing hears of it again; another agency's inspector cannot."""
    number = await neglected(city)
    async with city.store.engine.begin() as conn:
        (item,) = await list_open(conn)
        assert not await resolve(conn, item.id, at=MONDAY, departments=("3000000.roads",))
        assert await resolve(conn, item.id, at=MONDAY, departments=(str(item.department),))
        assert not await resolve(conn, item.id, at=MONDAY)
    assert await open_items(city) == []
    await city.wake(number, (await city.rungs_ahead(number))[0].at)
    assert await open_items(city) == [(number, "legal", "last")]


async def test_the_queue_is_read_page_by_page_oldest_first(city: WokenCity) -> None:
    """Nothing is left out and nothing comes twice; who sees to some departments reads theirs."""
    numbers = [await neglected(city) for _ in range(3)]
    async with city.store.engine.connect() as conn:
        first = await list_open(conn, limit=2)
        rest = await list_open(conn, after=first[-1].id, limit=2)
        others = await list_open(conn, departments=("3000000.roads",))
        theirs = await list_open(conn, departments=(str(first[0].department),))
    assert [item.case_number for item in (*first, *rest)] == numbers
    assert others == ()
    assert [item.case_number for item in theirs] == numbers
