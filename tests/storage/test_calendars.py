"""News of the calendar: each makes a version of its own, and the same news twice makes none."""

import asyncio
from datetime import date, datetime

import pytest

from rules.calendar import CalendarError, OutageWindow, Override
from rules.packs import SEOUL
from storage.calendars import (
    Calendars,
    NewVersion,
    calendar_of,
    declare_day,
    overrides,
    record_outage,
    withdraw_day,
)
from storage.recomputing import recomputations
from storage.store import Store

DAY = date(2027, 10, 6)


def closed(day: date, name: str = "임시공휴일") -> Override:
    """A declaration."""
    return Override(day=day, name_ko=name, kind="closed", source="국무회의")


async def declare(store: Store, override: Override) -> NewVersion | None:
    """Declare in a transaction of its own."""
    async with store.engine.begin() as conn:
        return await declare_day(conn, override)


async def test_a_declared_holiday_makes_the_next_version_and_orders_a_recomputation(
    store: Store,
) -> None:
    """The day is closed from the new version on; the old version stays as it was."""
    new = await declare(store, closed(DAY))
    assert new is not None
    assert new.since == datetime(2027, 10, 6, tzinfo=SEOUL)
    async with store.engine.connect() as conn:
        assert (await Calendars().current(conn)).why_closed(DAY) == "임시공휴일"
        assert (await calendar_of(conn, new.version - 1)).is_open(DAY)
        (order,) = await recomputations(conn)
    assert (order.id, order.calendar_version) == (f"calendar/{new.version}", new.version)


async def test_the_same_declaration_twice_makes_one_version(store: Store) -> None:
    """The second changes nothing."""
    assert await declare(store, closed(DAY)) is not None
    assert await declare(store, closed(DAY)) is None


async def test_two_declarations_at_once_both_stand(store: Store) -> None:
    """Each is made on top of the other, whichever comes first."""
    other = date(2027, 10, 7)
    found = await asyncio.gather(declare(store, closed(DAY)), declare(store, closed(other)))
    assert {new.version for new in found if new} == {2, 3}
    async with store.engine.connect() as conn:
        current = await Calendars().current(conn)
    assert not current.is_open(DAY)
    assert not current.is_open(other)


async def test_a_withdrawn_holiday_is_a_working_day_again(store: Store) -> None:
    """The declaration is gone; a holiday of the law itself can be opened too."""
    await declare(store, closed(DAY))
    async with store.engine.begin() as conn:
        assert await withdraw_day(conn, DAY, source="취소") is not None
        assert await overrides(conn) == ()
    async with store.engine.begin() as conn:
        assert await withdraw_day(conn, date(2027, 5, 5), source="법 개정") is not None
        assert (await Calendars().current(conn)).is_open(date(2027, 5, 5))


async def test_a_day_that_no_calendar_covers_is_refused(store: Store) -> None:
    """An error, never a guess; and nothing is stored."""
    with pytest.raises(CalendarError):
        await declare(store, closed(date(2099, 1, 2)))
    async with store.engine.connect() as conn:
        assert (await Calendars().current(conn)).version == 1


async def test_an_outage_is_part_of_the_version(store: Store) -> None:
    """The version alone reproduces a deadline; recorded twice it is one."""
    window = OutageWindow(
        start=datetime(2026, 6, 12, 9, tzinfo=SEOUL), end=datetime(2026, 6, 12, 18, tzinfo=SEOUL)
    )
    async with store.engine.begin() as conn:
        new = await record_outage(conn, window, source="장애 보고")
        assert new is not None
        assert (await Calendars().current(conn)).outages == (window,)
    async with store.engine.begin() as conn:
        assert await record_outage(conn, window, source="장애 보고") is None


async def test_a_day_that_was_closed_already_gets_its_new_name(store: Store) -> None:
    """2027-10-04 is the substitute for a Sunday: no deadline moves, but people read the name."""
    substitute = date(2027, 10, 4)
    assert await declare(store, closed(substitute)) is not None
    assert await declare(store, closed(substitute)) is None
    async with store.engine.connect() as conn:
        assert (await Calendars().current(conn)).why_closed(substitute) == "임시공휴일"
