"""A holiday declared today: open cases move once, each with its reason; closed ones never."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from temporalio.testing import ActivityEnvironment

from activities.recomputing import RecomputeActivities
from rules.book import read_rule_book
from rules.calendar import BusinessCalendar, OutageWindow, Override
from rules.packs import SEOUL
from schema.codes import Action, CaseKind, Channel, EventKind, Role, TimerKind
from schema.commands import Command, Outcome
from schema.events import Actor, CaseEvent
from schema.submission import Submission
from storage.calendars import (
    Calendars,
    declare_day,
    order_recomputation,
    record_outage,
    withdraw_day,
)
from storage.recomputing import Recomputing, recomputations
from storage.registration import register
from storage.sealing import new_data_key
from storage.tables import case_event, cases, owed_look
from tests.workflows.conftest import Town

FLOOR_NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
CITIZEN = Actor(role=Role.CITIZEN)
SYSTEM = Actor(role=Role.SYSTEM)


async def grievance(town: Town) -> str:
    """A case with a legal period of seven working days."""
    return await town.file(FLOOR_NOISE, item="HB04")


async def taken_up(town: Town) -> str:
    """A grievance that an officer works on: what it waits for is a share of its legal period."""
    number = await grievance(town)
    officer = Actor(role=Role.OFFICER, department="3130000.housing", account="officer")
    await town.act(number, Action.DISTRIBUTE, actor=SYSTEM, department=officer.department)
    started = await town.act(number, Action.START, actor=officer)
    assert isinstance(started, Outcome), started
    assert (await town.case(number)).next_timer == TimerKind.LEGAL
    return number


async def calendar_now(town: Town) -> BusinessCalendar:
    """The newest calendar."""
    async with town.store.engine.connect() as conn:
        return await Calendars().current(conn)


async def working_day_ahead(town: Town, days: int) -> date:
    """A working day so many working days from now."""
    calendar = await calendar_now(town)
    today = (await town.now()).astimezone(SEOUL).date()
    return calendar.nth(calendar.days_before(today) + days)


async def declare(town: Town, day: date) -> str:
    """Declare a holiday; the name of the order to recompute."""
    async with town.store.engine.begin() as conn:
        override = Override(day=day, name_ko="임시공휴일", kind="closed", source="국무회의")
        new = await declare_day(conn, override)
    assert new is not None
    return f"calendar/{new.version}"


async def recompute(town: Town, name: str, *, limit: int = 500) -> None:
    """Count every case of an order again; the workflows are not told yet."""
    recomputing = Recomputing(town.store, read_rule_book())
    while not (await recomputing.next_batch(name, limit=limit)).done:
        pass


async def withdraw(town: Town, day: date) -> str:
    """Withdraw a holiday; the name of the order to recompute."""
    async with town.store.engine.begin() as conn:
        new = await withdraw_day(conn, day, source="취소")
    assert new is not None
    return f"calendar/{new.version}"


async def owed(town: Town) -> list[str]:
    """The cases whose workflows are still to be told, the soonest first."""
    async with town.store.engine.connect() as conn:
        return list(await conn.scalars(select(owed_look.c.case_number).order_by(owed_look.c.id)))


async def run_batches(town: Town, name: str, look_again: Callable[[str], Awaitable[None]]) -> None:
    """What the workflow does with the activity: again after a failure, on until it is done."""

    async def start(name: str) -> None:
        raise AssertionError(name)

    activities = RecomputeActivities(
        Recomputing(town.store, read_rule_book()), look_again=look_again, start=start
    )
    for _ in range(20):
        with suppress(ConnectionError):
            if (await ActivityEnvironment().run(activities.recompute_batch, name)).done:
                return
    raise AssertionError("never done")


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
    number = await taken_up(town)
    before = await town.case(number)
    day = await working_day_ahead(town, 3)
    await recompute(town, await declare(town, day))
    assert await owed(town) == []
    await recompute(town, await withdraw(town, day))
    assert await owed(town) == [number]
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
    number = await taken_up(town)
    day = await working_day_ahead(town, 2)
    await recompute(town, await declare(town, day))
    await town.running.start_recomputation(name := await withdraw(town, day))
    await town.env.client.get_workflow_handle(f"recompute/{name}").result()
    assert await owed(town) == []
    case = await town.case(number)
    assert case.next_at is not None
    await town.env.sleep(case.next_at - await town.now() + timedelta(minutes=10))
    seen = await town.reach(number, lambda now: now.seq > case.seq)
    assert seen.seq > case.seq


async def test_no_workflow_is_forgotten_when_temporal_goes_away_in_between(town: Town) -> None:
    """Who has to be told is kept until it was: each is, though the first signals failed."""
    numbers = [await taken_up(town) for _ in range(3)]
    day = await working_day_ahead(town, 2)
    await recompute(town, await declare(town, day))
    faults = iter([False, True, True])
    told: list[str] = []

    async def look_again(number: str) -> None:
        if next(faults, False):
            raise ConnectionError
        told.append(number)

    await run_batches(town, await withdraw(town, day), look_again)
    assert set(told) == set(numbers)
    assert await owed(town) == []


async def test_housekeeping_takes_up_an_order_whose_workflows_are_not_told(town: Town) -> None:
    """All cases are counted, and then Temporal loses its database: the order is not over."""
    await taken_up(town)
    day = await working_day_ahead(town, 2)
    await recompute(town, await declare(town, day))
    await recompute(town, name := await withdraw(town, day))
    recomputing = Recomputing(town.store, read_rule_book())
    assert [order.id for order in await recomputing.unfinished()] == [name]
    async with recomputing.owed_looks(limit=10) as numbers:
        assert len(numbers) == 1
    assert await recomputing.unfinished() == ()


async def test_only_one_at_a_time_tells_the_workflows(town: Town) -> None:
    """P16: the rate of signals is bounded for the whole city, however many orders there are."""
    number = await taken_up(town)
    day = await working_day_ahead(town, 2)
    await recompute(town, await declare(town, day))
    await recompute(town, await withdraw(town, day))
    recomputing = Recomputing(town.store, read_rule_book())
    async with recomputing.owed_looks(limit=10) as ours, recomputing.owed_looks(limit=10) as theirs:
        assert (ours, theirs) == ((number,), ())


async def submitted(town: Town) -> str:
    """A petition that is registered and that no workflow has taken in yet."""
    submission = Submission(
        channel=Channel.WEB_FORM,
        external_id=str(uuid4()),
        submitted_at=await town.now(),
        text=FLOOR_NOISE,
        kind=CaseKind.PETITION,
    )
    async with town.store.engine.begin() as conn:
        key = await new_data_key(conn, town.store.keyring)
        return (await register(conn, town.store, town.recorder, submission, key=key)).number


async def test_an_act_under_way_while_a_holiday_is_declared_is_recomputed_too(town: Town) -> None:
    """It counts by the calendar of before; the declaration waits for it, so that it is found."""
    number = await submitted(town)
    day = await working_day_ahead(town, 3)
    now = await town.now()
    received = read_rule_book().receipt_instant(now, await calendar_now(town))
    command = Command(
        request_id="receive",
        case=number,
        action=Action.RECEIVE,
        actor=SYSTEM,
        at=now,
        detail={"received_at": received.isoformat(), "item": "HB04"},
    )
    async with town.store.engine.begin() as conn:
        assert (await town.recorder.record_in(conn, command)).refusal is None
        declaring = asyncio.create_task(declare(town, day))
        done, _ = await asyncio.wait([declaring], timeout=1)
        if done:
            await recompute(town, declaring.result())
    if not done:
        await recompute(town, await declaring)
    case = await town.case(number)
    assert case.legal_due_at is not None
    assert case.legal_due_at.astimezone(SEOUL).date() == await working_day_ahead(town, 6)
    assert len(await moves(town, number)) == 1


async def test_an_act_that_began_before_the_declaration_never_counts_by_what_was_before(
    town: Town,
) -> None:
    """It reads the calendar once it holds the case, so it never undoes the recomputation."""
    number = await grievance(town)
    officer = await town.officer(number)
    day = await working_day_ahead(town, 3)
    async with town.store.engine.begin() as conn:
        await conn.execute(select(cases.c.seq).where(cases.c.number == number).with_for_update())
        acting = asyncio.create_task(town.act(number, Action.START, actor=officer))
        await asyncio.wait([acting], timeout=0.5)
        declaring = asyncio.create_task(declare(town, day))
        await asyncio.wait([declaring], timeout=0.5)
    assert isinstance(await acting, Outcome)
    await recompute(town, await declaring)
    case = await town.case(number)
    assert case.legal_due_at is not None
    assert case.legal_due_at.astimezone(SEOUL).date() == await working_day_ahead(town, 6)


async def test_a_case_that_cannot_be_counted_holds_up_no_other(town: Town) -> None:
    """It is left as it was, and the order says how many there were."""
    numbers = [await grievance(town) for _ in range(3)]
    async with town.store.engine.begin() as conn:
        await conn.execute(
            update(case_event)
            .where(case_event.c.case_number == numbers[1], case_event.c.item.is_not(None))
            .values(item="ZZ99")
        )
    await recompute(town, await declare(town, await working_day_ahead(town, 3)))
    assert [len(await moves(town, number)) for number in numbers] == [1, 0, 1]
    async with town.store.engine.connect() as conn:
        (order,) = await recomputations(conn)
    assert (order.looked_at, order.moved, order.uncounted) == (3, 2, 1)
    assert order.finished_at is not None


async def test_a_case_may_move_twice_under_one_order(town: Town) -> None:
    """An act counted it by the new calendar; then the rules changed before its turn came."""
    number = await grievance(town)
    day = await working_day_ahead(town, 3)
    name = await declare(town, day)
    officer = await town.officer(number)
    await town.act(number, Action.START, actor=officer)
    async with town.store.engine.begin() as conn:
        await conn.execute(
            update(cases)
            .where(cases.c.number == number)
            .values(legal_due_at=cases.c.legal_due_at + timedelta(days=1))
        )
    await recompute(town, name)
    first, second = await moves(town, number)
    assert second.request_id != first.request_id
    assert (await town.case(number)).legal_due_at == first.legal_due_at == second.legal_due_at
