"""A holiday declared today: open cases move once, each with its reason; closed ones never."""

import asyncio
from datetime import date, datetime, timedelta

from rules.book import read_rule_book
from rules.calendar import OutageWindow, Override
from rules.packs import SEOUL
from schema.codes import Action, EventKind, Role
from schema.commands import Outcome
from schema.events import Actor, CaseEvent
from storage.calendars import (
    Calendars,
    declare_day,
    order_recomputation,
    record_outage,
    withdraw_day,
)
from storage.recomputing import Recomputing, recomputations
from tests.workflows.conftest import Town

FLOOR_NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
CITIZEN = Actor(role=Role.CITIZEN)


async def grievance(town: Town) -> str:
    """A case with a legal period of seven working days."""
    return await town.file(FLOOR_NOISE, item="HB04")


async def working_day_ahead(town: Town, days: int) -> date:
    """A working day so many working days from now."""
    async with town.store.engine.connect() as conn:
        calendar = await Calendars().current(conn)
    today = (await town.now()).astimezone(SEOUL).date()
    return calendar.nth(calendar.days_before(today) + days)


async def declare(town: Town, day: date) -> str:
    """Declare a holiday; the name of the order to recompute."""
    async with town.store.engine.begin() as conn:
        override = Override(day=day, name_ko="임시공휴일", kind="closed", source="국무회의")
        new = await declare_day(conn, override)
    assert new is not None
    return f"calendar/{new.version}"


async def recompute(town: Town, name: str, *, limit: int = 500) -> tuple[str, ...]:
    """Carry out an order to its end; the cases whose next moment became earlier."""
    recomputing = Recomputing(town.store, read_rule_book())
    earlier: tuple[str, ...] = ()
    while True:
        batch = await recomputing.next_batch(name, limit=limit)
        earlier += batch.earlier
        if batch.done:
            return earlier


async def moves(town: Town, number: str) -> list[CaseEvent]:
    """The events of moved deadlines."""
    return [event for event in await town.log(number) if event.kind is EventKind.RECOMPUTED]


async def test_a_holiday_inside_the_period_moves_the_deadline_by_a_working_day(town: Town) -> None:
    """P05: the event has old and new due, the version and the reason; and comes once."""
    number = await grievance(town)
    before = (await town.case(number)).legal_due_at
    name = await declare(town, await working_day_ahead(town, 3))
    await recompute(town, name)
    await recompute(town, name)
    case = await town.case(number)
    (moved,) = await moves(town, number)
    assert before is not None
    assert case.legal_due_at is not None
    assert case.legal_due_at.astimezone(SEOUL).date() == await working_day_ahead(town, 6)
    assert moved.detail["old_legal_due_at"] == before.isoformat()
    assert moved.detail["new_legal_due_at"] == case.legal_due_at.isoformat()
    assert moved.detail["calendar_version"] == case.calendar_version == 2
    assert moved.detail["promise_moved"] is True
    assert "임시공휴일" in str(moved.detail["reason"])


async def test_a_closed_case_does_not_change(town: Town) -> None:
    """Neither do its deadlines, nor does it get an event."""
    number = await grievance(town)
    await town.act(number, Action.WITHDRAW, actor=CITIZEN)
    before = await town.case(number)
    await recompute(town, await declare(town, await working_day_ahead(town, 3)))
    assert await town.case(number) == before
    assert await moves(town, number) == []


async def test_a_withdrawn_holiday_gives_the_deadline_back_and_wakes_the_workflow(
    town: Town,
) -> None:
    """Back to the day it was; its next moment is earlier, so the workflow hears of it."""
    number = await grievance(town)
    before = await town.case(number)
    day = await working_day_ahead(town, 3)
    assert await recompute(town, await declare(town, day)) == ()
    async with town.store.engine.begin() as conn:
        new = await withdraw_day(conn, day, source="취소")
    assert new is not None
    await recompute(town, f"calendar/{new.version}")
    assert (await town.case(number)).legal_due_at == before.legal_due_at
    assert len(await moves(town, number)) == 2


async def test_an_outage_of_a_whole_day_is_left_out(town: Town) -> None:
    """영 §20 2호: a day on which nothing could be done is not counted."""
    number = await grievance(town)
    day = await working_day_ahead(town, 2)
    window = OutageWindow(
        start=datetime(day.year, day.month, day.day, 9, tzinfo=SEOUL),
        end=datetime(day.year, day.month, day.day, 18, tzinfo=SEOUL),
    )
    async with town.store.engine.begin() as conn:
        new = await record_outage(conn, window, source="장애 보고")
    assert new is not None
    await recompute(town, f"calendar/{new.version}")
    due = (await town.case(number)).legal_due_at
    assert due is not None
    assert due.astimezone(SEOUL).date() == await working_day_ahead(town, 7)


async def test_it_goes_on_after_a_crash_between_two_batches(town: Town) -> None:
    """P16: bounded batches, and what was done is not done again."""
    numbers = [await grievance(town) for _ in range(5)]
    name = await declare(town, await working_day_ahead(town, 3))
    await Recomputing(town.store, read_rule_book()).next_batch(name, limit=2)
    await recompute(town, name, limit=2)
    assert [len(await moves(town, number)) for number in numbers] == [1] * 5
    async with town.store.engine.connect() as conn:
        (order,) = await recomputations(conn)
    assert (order.looked_at, order.moved) == (5, 5)
    assert order.finished_at is not None


async def test_an_officer_who_acts_meanwhile_is_not_lost(town: Town) -> None:
    """Act and recomputation wait for each other's row; both are in the log, the due is right."""
    numbers = [await grievance(town) for _ in range(4)]
    name = await declare(town, await working_day_ahead(town, 3))
    officers = [await town.officer(number) for number in numbers]
    _, *acted = await asyncio.gather(
        recompute(town, name, limit=2),
        *(
            town.act(number, Action.START, actor=officer)
            for number, officer in zip(numbers, officers, strict=True)
        ),
    )
    assert all(isinstance(one, Outcome) for one in acted)
    for number in numbers:
        case = await town.case(number)
        assert case.legal_due_at is not None
        assert case.legal_due_at.astimezone(SEOUL).date() == await working_day_ahead(town, 6)
        assert len(await moves(town, number)) == 1
        log = await town.log(number)
        assert [event.seq for event in log] == list(range(1, len(log) + 1))


async def test_the_workflow_carries_an_order_out(town: Town) -> None:
    """Ordered in the record, carried out by whoever starts it, and again without harm."""
    number = await grievance(town)
    async with town.store.engine.begin() as conn:
        await order_recomputation(conn, "rules/test", version=1, reason="새 규칙", since=None)
    for _ in range(2):
        await town.running.start_recomputation("rules/test")
        await town.env.client.get_workflow_handle("recompute/rules/test").result()
    assert await moves(town, number) == []
    async with town.store.engine.connect() as conn:
        (order,) = await recomputations(conn)
    assert order.looked_at == 1
    assert order.finished_at is not None


async def test_a_signal_reaches_a_case_whose_moment_came_nearer(town: Town) -> None:
    """The workflow sleeps to the nearer moment: the rung acts in time."""
    number = await grievance(town)
    day = await working_day_ahead(town, 2)
    await recompute(town, await declare(town, day))
    async with town.store.engine.begin() as conn:
        new = await withdraw_day(conn, day, source="취소")
    assert new is not None
    earlier = await recompute(town, f"calendar/{new.version}")
    for one in earlier:
        await town.running.look_again(one)
    case = await town.case(number)
    assert case.next_at is not None
    await town.env.sleep(case.next_at - await town.now() + timedelta(minutes=10))
    seen = await town.reach(number, lambda now: now.seq > case.seq)
    assert seen.seq > case.seq
