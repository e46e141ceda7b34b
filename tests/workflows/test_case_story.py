"""One case over weeks, day by day, on the time-skipping server with real activities."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from rules.calendar import national_calendar
from schema.codes import Action, EventKind, Role, State
from schema.commands import Outcome, Refusal, RefusalCode
from schema.events import Actor, CaseEvent
from tests.workflows.conftest import Town

CITIZEN = Actor(role=Role.CITIZEN)
PAVING = "마포구 월드컵로 212 앞 보도블록이 깨져 있습니다."
FLOOR_NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."


SEOUL = ZoneInfo("Asia/Seoul")


def climbed(events: Iterable[CaseEvent]) -> list[tuple[str, int, str]]:
    """The rungs in a log as (timer, term, rung), in order; one message may stand for several."""
    return [
        (str(one["timer"]), int(str(one["term"])), str(one["rung"])) for one in rungs_in(events)
    ]


def told_in(events: Iterable[CaseEvent]) -> list[tuple[str, str]]:
    """The same as (timer, whom it is for)."""
    return [(str(one["timer"]), str(one["to"])) for one in rungs_in(events)]


def rungs_in(events: Iterable[CaseEvent]) -> Iterator[dict[str, JsonValue]]:
    """What each rung wrote into the log: alone, or in the message of a higher one."""
    for event in events:
        if event.kind in (EventKind.REMINDED, EventKind.ESCALATED):
            also = event.detail.get("also", [])
            assert isinstance(also, list)
            for one in [*also, event.detail]:
                assert isinstance(one, dict)
                yield one


async def sleep_past(town: Town, instant: datetime) -> None:
    """Let simulated time go by until ten minutes after `instant`: the spread is five."""
    wait = instant - await town.now() + timedelta(minutes=10)
    if wait > timedelta(0):
        await town.env.sleep(wait)


async def test_the_story_of_a_case_from_filing_to_the_end_of_its_window(town: Town) -> None:
    """Filed, routed, started, answered, rated; closed by itself 14 days after the answer."""
    number = await town.file(PAVING)
    case = await town.case(number)
    assert (case.state, case.department, case.item) == (State.ASSIGNED, "3130000.roads", "RD02")
    assert case.target_due_at == case.submitted_at + timedelta(hours=72)
    assert case.legal_due_at == case.target_due_at

    officer = await town.officer(number)
    started = await town.act(number, Action.START, actor=officer)
    assert isinstance(started, Outcome)
    await town.env.sleep(timedelta(hours=20))
    answered = await town.act(number, Action.ANSWER, actor=officer, text="교체를 마쳤습니다.")
    assert isinstance(answered, Outcome)
    assert (await town.case(number)).state is State.ANSWERED

    too_late = await town.act(number, Action.WITHDRAW, actor=CITIZEN)
    assert isinstance(too_late, Refusal)
    assert too_late.code is RefusalCode.NOT_IN_THIS_STATE
    assert too_late.article == "민원처리법 §22②"

    answered_at = (await town.case(number)).answered_at
    assert answered_at is not None
    await sleep_past(town, answered_at + timedelta(days=14))
    closed = await town.reach(number, lambda case: case.ended)
    assert closed.state is State.CLOSED
    assert closed.ended_at == answered_at + timedelta(days=14)
    assert climbed(await town.log(number)) == []
    await town.handle(number).result()


async def test_a_neglected_case_climbs_every_rung_once(town: Town) -> None:
    """Reminder at 80 %, then team, head, inspector, bureau; each once, over weeks of silence."""
    number = await town.file(PAVING)
    await town.env.sleep(timedelta(days=21))
    await town.reach(number, lambda case: case.next_timer == "progress_notice")
    log = await town.log(number)
    legal = [rung for timer, _, rung in climbed(log) if timer == "legal"]
    assert legal == ["near", "last", "due", "overdue-8h", "overdue-40h"]
    assert len(climbed(log)) == len(set(climbed(log)))
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    assert [to for timer, to in told_in(log) if timer == "legal"] == [
        "officer",
        "team_head",
        "department_head",
        "inspector",
        "bureau",
    ]
    assert (await town.case(number)).state is State.ASSIGNED


async def test_an_answer_stops_the_ladder(town: Town) -> None:
    """A case that was answered before its deadline is never reminded of or escalated."""
    number = await town.file(PAVING)
    officer = await town.officer(number)
    await town.act(number, Action.ANSWER, actor=officer, text="조치했습니다.")
    await town.env.sleep(timedelta(days=13))
    assert climbed(await town.log(number)) == []


async def test_a_legal_period_in_days_ends_at_midnight_of_its_last_working_day(town: Town) -> None:
    """A grievance has 7 working days, the day of receipt counted (영 §17①, 법 §19②)."""
    number = await town.file(FLOOR_NOISE, item="HB04")
    case = await town.case(number)
    assert case.legal_due_at is not None
    assert case.received_at is not None
    due = case.legal_due_at.astimezone(SEOUL)
    assert due.timetz().replace(tzinfo=None) == time(23, 59, 59)
    calendar = national_calendar(version=1)
    received = case.received_at.astimezone(SEOUL).date()
    assert calendar.open_between(received, due.date()) == 7
    assert calendar.is_open(due.date())


async def test_a_transfer_inside_an_agency_leaves_the_clock_and_to_another_begins_it_anew(
    town: Town,
) -> None:
    """법 §16: inside one agency the legal clock runs on; another agency's begins at its receipt."""
    number = await town.file(FLOOR_NOISE, item="HB04")
    first = await town.case(number)
    officer = await town.officer(number)
    moved = await town.act(
        number, Action.TRANSFER, actor=officer, department="3130000.roads", reason="소관이 다름"
    )
    assert isinstance(moved, Outcome), moved
    same_agency = await town.case(number)
    assert (same_agency.term, same_agency.legal_due_at) == (1, first.legal_due_at)

    await town.env.sleep(timedelta(days=4))
    officer = await town.officer(number)
    await town.act(
        number, Action.TRANSFER, actor=officer, department="3220000.roads", reason="소재지가 강남구"
    )
    elsewhere = await town.case(number)
    assert (elsewhere.state, elsewhere.term) == (State.TRANSFERRED, 2)
    assert elsewhere.legal_due_at is not None
    assert first.legal_due_at is not None
    assert elsewhere.legal_due_at > first.legal_due_at
    assert elsewhere.target_due_at == first.target_due_at


async def test_the_same_request_is_done_once(town: Town) -> None:
    """A double click is one event, and both get the same answer."""
    number = await town.file(PAVING)
    officer = await town.officer(number)
    twice = [
        await town.act(number, Action.START, actor=officer, request_id="click") for _ in range(2)
    ]
    assert all(isinstance(one, Outcome) for one in twice)
    started = [event for event in await town.log(number) if event.kind is EventKind.STARTED]
    assert len(started) == 1


async def test_another_department_is_refused_with_a_reason(town: Town) -> None:
    """Who does not have the case may not act on it, and is told so in both languages."""
    number = await town.file(PAVING)
    stranger = Actor(role=Role.OFFICER, department="3220000.roads", account="stranger")
    refused = await town.act(number, Action.START, actor=stranger)
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.NOT_YOUR_DEPARTMENT
    assert refused.message_ko
    assert refused.message_en


async def test_a_lost_workflow_is_healed_by_the_next_act(town: Town) -> None:
    """The case goes on where the record left it, whatever happened to its workflow."""
    number = await town.file(PAVING)
    await town.handle(number).terminate("lost")
    officer = await town.officer(number)
    answered = await town.act(number, Action.ANSWER, actor=officer, text="처리했습니다.")
    assert isinstance(answered, Outcome)
    assert (await town.case(number)).state is State.ANSWERED


async def test_a_workflow_on_an_ended_case_ends_at_once(town: Town) -> None:
    """Starting is harmless at any point of a case's life."""
    number = await town.file(PAVING)
    await town.act(number, Action.WITHDRAW, actor=CITIZEN)
    await town.handle(number).result()
    before = await town.log(number)
    await town.running.start(number)
    await town.handle(number).result()
    assert await town.log(number) == before
