"""Escalation through the real workflow, timer and record, over weeks in seconds."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from temporalio.client import WorkflowFailureError
from temporalio.worker import Worker

from activities.heartbeat import Heartbeat
from activities.housekeeping import Housekeeping
from activities.recomputing import RecomputeActivities
from schema.codes import Action, EventKind, Role, State
from schema.commands import Command, Outcome
from schema.events import Actor
from storage.commands import keep_command
from storage.desk import Horizon, QueueFilter, queue
from storage.exceptions import list_open
from storage.heartbeat import EVERY, KEPT, beats, begin_beat, sweep_beats
from storage.recomputing import Recomputing
from storage.tables import case_event, case_measure, case_text, cases, data_key, outbox, petitioner
from tests.workflows.conftest import Town
from tests.workflows.test_case_story import PAVING, climbed, sleep_past
from worker import workflow_runner
from workflows.housekeeping import HousekeepingWorkflow

NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."


async def beat(town: Town) -> str:
    """Begin a beat at the simulated instant, and start its workflow as housekeeping does."""
    async with town.store.engine.begin() as conn:
        number = await begin_beat(conn, town.store, now=await town.now())
    assert number is not None
    await town.running.start(number)
    return number


async def test_the_heartbeat_is_escalated_like_any_case_and_then_closed(town: Town) -> None:
    """Taken in, timed, escalated to the administrator, closed: by the parts that all cases use."""
    number = await beat(town)
    async with town.store.engine.connect() as conn:
        assert (await beats(conn)).last_at is None
    await town.env.sleep(timedelta(minutes=8))
    case = await town.reach(number, lambda case: case.ended)
    assert case.state is State.CLOSED
    log = await town.log(number)
    assert climbed(log) == [("heartbeat", 1, "beat")]
    assert log[-2].detail["to"] == "administrator"
    assert log[-1].detail["ground"] == "heartbeat"
    async with town.store.engine.connect() as conn:
        assert (await beats(conn)).last_at == log[-2].recorded_at
    await town.handle(number).result()


async def test_the_heartbeat_is_in_no_queue_figure_or_message(town: Town) -> None:
    """While it runs and when it is over; the case of a citizen beside it is in all of them."""
    synthetic = await beat(town)
    real = await town.file(PAVING)
    now = await town.now()
    async with town.store.engine.connect() as conn:
        horizon = Horizon(now=now, day_end=now)
        shown = await queue(conn, QueueFilter(departments=None), horizon)
        assert [case.number for case in shown] == [real]
        assert list(await conn.scalars(select(case_measure.c.number))) == [real]
    await town.env.sleep(timedelta(minutes=8))
    await town.reach(synthetic, lambda case: case.ended)
    async with town.store.engine.connect() as conn:
        keys = set(await conn.scalars(select(outbox.c.key)))
        assert keys == {real}
        assert [item.case_number for item in await list_open(conn)] == []


async def test_one_beat_at_a_time_and_old_ones_are_removed_whole(town: Town) -> None:
    """No second beat in ten minutes or while one is on its way; a day after its end a beat has
    left nothing behind, and the city's cases are untouched."""
    number = await beat(town)
    now = await town.now()
    async with town.store.engine.begin() as conn:
        assert await begin_beat(conn, town.store, now=now) is None
        assert await begin_beat(conn, town.store, now=now + 2 * EVERY) is None
    await town.env.sleep(timedelta(minutes=8))
    ended = (await town.reach(number, lambda case: case.ended)).ended_at
    assert ended is not None
    real = await town.file(PAVING)
    async with town.store.engine.begin() as conn:
        assert await begin_beat(conn, town.store, now=now + timedelta(seconds=1)) is None
        assert await begin_beat(conn, town.store, now=now + 2 * EVERY) is not None
        assert await sweep_beats(conn, now=ended + KEPT - EVERY) == 0
        assert await sweep_beats(conn, now=ended + KEPT + EVERY) == 1
        assert await sweep_beats(conn, now=ended + KEPT + EVERY) == 0
        for table in (case_event, case_text, petitioner):
            left = set(await conn.scalars(select(table.c.case_number)))
            assert number not in left
            assert real in left
        assert await conn.scalar(select(func.count()).select_from(data_key)) == 2
        assert number not in set(await conn.scalars(select(cases.c.number)))


async def test_a_city_without_accounts_has_one_open_item_a_case_and_no_storm(town: Town) -> None:
    """Weeks of silence in the demo: every rung acts once, to the inbox that the ladder names, and
    the first-line desk has one item, which ends when somebody takes the case up."""
    number = await town.file(PAVING)
    await town.env.sleep(timedelta(days=21))
    await town.reach(number, lambda case: case.next_timer == "progress_notice")
    log = await town.log(number)
    said = [event.detail["nobody_to_tell"] for event in log if "nobody_to_tell" in event.detail]
    assert (said[0], set(said[1:])) == ("raised", {"open"})
    async with town.store.engine.connect() as conn:
        items = await list_open(conn)
    assert [(item.case_number, item.detail["rung"]) for item in items] == [(number, "overdue-40h")]
    first_line = Actor(role=Role.FIRST_LINE, department="6110000.first-line", account="admin")
    assert isinstance(await town.act(number, Action.START, actor=first_line), Outcome)
    async with town.store.engine.connect() as conn:
        assert await list_open(conn) == ()


async def test_an_extension_begins_a_term_whose_rungs_act_again(town: Town) -> None:
    """Reminded in the first term, extended, and reminded again when the second nears its end."""
    number = await town.file(NOISE, item="HB04")
    officer = await town.officer(number)
    await town.act(number, Action.START, actor=officer)
    due = (await town.case(number)).next_at
    assert due is not None
    await sleep_past(town, due)
    await town.reach(number, lambda case: case.next_rung == "last")
    extended = await town.act(
        number,
        Action.EXTEND,
        actor=officer,
        days=7,
        reason_code="cooperation",
        reason="다른 기관의 협조가 필요합니다.",
    )
    assert isinstance(extended, Outcome), extended
    due = (await town.case(number)).next_at
    assert due is not None
    await sleep_past(town, due)
    await town.reach(number, lambda case: case.next_rung == "last")
    legal = [rung for rung in climbed(await town.log(number)) if rung[0] == "legal"]
    assert legal == [("legal", 1, "near"), ("legal", 2, "near")]


async def test_a_step_of_housekeeping_that_fails_holds_up_none_of_the_others(town: Town) -> None:
    """A stored command that cannot be sent: the heart goes on beating, and the round says that it
    failed."""
    number = await town.file(PAVING)
    async with town.store.engine.begin() as conn:
        await keep_command(
            conn,
            town.store,
            number=number,
            request_id=str(uuid4()),
            action=Action.START,
            actor=await town.officer(number),
            at=await town.now(),
            body={},
        )
        await conn.exec_driver_sql("UPDATE command SET created_at = now() - interval '1 hour'")

    async def fails(command: Command) -> object:
        raise RuntimeError(command.request_id)

    started: list[str] = []

    async def start(number: str) -> None:
        started.append(number)

    keeping = Housekeeping(town.store, town.recorder, start=start, send=fails)
    recomputing = RecomputeActivities(
        Recomputing(town.store, town.recorder.book), look_again=start, start=start
    )
    activities = [
        *keeping.all(),
        *recomputing.all(),
        *Heartbeat(town.store, start=start).all(),
    ]
    async with Worker(
        town.env.client,
        task_queue="keeping",
        workflows=[HousekeepingWorkflow],
        activities=activities,
        workflow_runner=workflow_runner(),
    ):
        with pytest.raises(WorkflowFailureError) as failure:
            await town.env.client.execute_workflow(
                HousekeepingWorkflow.run, id="round", task_queue="keeping"
            )
    assert "send_unanswered" in str(failure.value.cause)
    synthetic = [one for one in started if one != number]
    assert len(synthetic) == 1
    kinds = [event.kind for event in await town.log(synthetic[0])]
    assert kinds == [EventKind.SUBMITTED]
