"""How escalation of this kind has failed elsewhere, P17 to P24 and P26: each test is the promise
that this one does not. What a killed process leaves behind is tested in tests/system.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pydantic import JsonValue, ValidationError
from structlog.testing import capture_logs

from activities import housekeeping
from activities.escalation_watch import LATE_BEAT, NO_HEARTBEAT, NOTHING_ACTS, EscalationWatch
from rules.book import RuleBook
from rules.calendar import national_calendar
from rules.escalation import Escalation, read_escalation
from rules.life import facts_of
from rules.packs import SEOUL
from schema.codes import Action, CaseKind, EventKind, Role, State, TimerKind
from schema.commands import Command
from schema.events import CaseEvent
from schema.numbers import receipt_number
from storage.escalation_state import escalation_state
from storage.heartbeat import begin_beat
from storage.record import Recorder
from storage.store import Store
from tests.ladders import book_with
from tests.rules.living_case import CITIZEN, SYSTEM, LivingCase, assigned
from tests.rules.living_case import book as city_book
from tests.woken_city import MONDAY, WokenCity, rungs_of, spoken
from workflows.petition import JITTER_SECONDS, jitter

LADDER = ["near", "last", "due", "overdue-8h", "overdue-40h"]
ROADS = "3130000.roads"
A_MONTH = timedelta(days=28)


@pytest_asyncio.fixture(loop_scope="session")
async def city(store: Store) -> WokenCity:
    """A city in which every level of the case's department and agency has an account."""
    woken = WokenCity(store)
    department = "3130000.housing"
    for role in (Role.OFFICER, Role.TEAM_HEAD, Role.DEPARTMENT_HEAD):
        await woken.employ(role, department)
    for role in (Role.INSPECTOR, Role.EXECUTIVE):
        await woken.employ(role, "3130000.planning-budget")
    await woken.employ(Role.FIRST_LINE, "6110000.first-line")
    return woken


async def taken_up(city: WokenCity, **fields: object) -> str:
    """A grievance that an officer has begun to process."""
    number = await city.file(**fields)  # type: ignore[arg-type]
    assert (await city.case(number)).department == "3130000.housing"
    await city.act(number, Action.START, at=MONDAY, role=Role.OFFICER)
    return number


async def moved(city: WokenCity, number: str, department: str) -> None:
    """The case is passed on to a department in which nobody has an account yet."""
    await city.act(
        number,
        Action.TRANSFER,
        at=MONDAY,
        role=Role.OFFICER,
        department=department,
        reason="소관",
    )


def without(timer: TimerKind) -> RuleBook:
    """The city's rules with no ladder for this clock."""
    return book_with(one for one in read_escalation().ladder if timer not in one.clocks)


async def test_P17_two_workers_make_one_message_of_each_rung(city: WokenCity) -> None:
    """The same timer fires in two workers at once, rung after rung: the ladder is climbed once,
    each rung by one event, and each event is one notice."""
    number = await taken_up(city)
    others = [Recorder(city.store, city.book) for _ in range(4)]
    for due in await city.rungs_ahead(number):
        await asyncio.gather(*(one.wake(number, due.at) for one in others))
    log = await city.messages(number)
    assert [rung for _, _, rung in rungs_of(log)] == LADDER
    await asyncio.gather(*(city.notice(number) for _ in range(3)))
    assert [rung for _, rung in await city.inbox(number)] == LADDER


async def test_P17_a_wake_that_is_repeated_or_comes_late_from_a_slow_clock_does_nothing(
    city: WokenCity,
) -> None:
    """A retry after a lost answer, a replay, a worker whose clock is behind: no second event."""
    number = await taken_up(city)
    first, second, *_ = await city.rungs_ahead(number)
    for at in (first.at, first.at, second.at, first.at, second.at - timedelta(minutes=4)):
        await city.wake(number, at)
    assert [rung for _, _, rung in rungs_of(await city.messages(number))] == LADDER[:2]
    case, log = await city.case(number), await city.log(number)
    assert [event.seq for event in log] == list(range(1, case.seq + 1))


async def test_P18_an_answer_at_the_instant_of_the_timer_is_never_followed_by_an_escalation(
    city: WokenCity,
) -> None:
    """Both happen at once, in either order: the log has the rung before the answer or not at all,
    and the answered case waits for the end of its window only."""
    numbers = [await taken_up(city) for _ in range(6)]
    (due, *_) = await city.rungs_ahead(numbers[0])

    async def answer(number: str) -> None:
        await city.act(number, Action.ANSWER, at=due.at, role=Role.OFFICER, text="조치했습니다.")

    for turn, number in enumerate(numbers):
        pair = [city.wake(number, due.at), answer(number)]
        await asyncio.gather(*(pair if turn % 2 else reversed(pair)))
        await city.wake(number, due.at + timedelta(days=3))
        kinds = [event.kind for event in await city.log(number)]
        assert set(kinds[kinds.index(EventKind.ANSWERED) :]) == {EventKind.ANSWERED}
        case = await city.case(number)
        assert (case.state, case.next_timer) == (State.ANSWERED, TimerKind.SATISFACTION)


async def test_P18_a_closed_case_is_never_escalated(city: WokenCity) -> None:
    """Whatever timer is still on its way to it."""
    number = await taken_up(city)
    due = (await city.rungs_ahead(number))[-1]
    await city.act(number, Action.WITHDRAW, at=MONDAY, role=Role.CITIZEN)
    await city.wake(number, due.at + A_MONTH)
    assert await city.messages(number) == []
    assert (await city.case(number)).next_at is None


async def test_P19_an_empty_level_is_passed_over_and_the_event_says_so(city: WokenCity) -> None:
    """Neither officer nor team head has an account in this department: its head is told."""
    number = await city.file(text="성산동 공원 산책로 나무가 쓰러졌습니다.", item="HB04")
    await moved(city, number, "3130000.parks")
    await city.employ(Role.DEPARTMENT_HEAD, "3130000.parks")
    await city.act(number, Action.START, at=MONDAY, role=Role.OFFICER)
    for due in await city.rungs_ahead(number):
        await city.wake(number, due.at)
    messages = await city.messages(number)
    assert [event.detail["to"] for event in messages] == [
        "department_head",
        "department_head",
        "department_head",
        "inspector",
        "bureau",
    ]
    assert [event.detail.get("passed_over") for event in messages[:3]] == [
        ["officer", "team_head"],
        ["team_head"],
        None,
    ]


async def test_P19_the_level_is_looked_up_when_the_rung_acts(city: WokenCity) -> None:
    """Whoever left the day before is passed over from then on."""
    number = await taken_up(city)
    await moved(city, number, "3130000.parks")
    await city.employ(Role.OFFICER, "3130000.parks")
    leaves = await city.employ(Role.TEAM_HEAD, "3130000.parks")
    await city.act(number, Action.START, at=MONDAY, role=Role.OFFICER)
    near, last, *_ = await city.rungs_ahead(number)
    await city.wake(number, near.at)
    await city.dismiss(leaves)
    await city.wake(number, last.at)
    assert spoken(await city.messages(number)) == [("near", "officer"), ("last", "inspector")]


async def test_P19_a_case_that_nobody_has_climbs_too(city: WokenCity) -> None:
    """On the first-line desk after its working hour: the desk is told, then the inspector; and the
    legal clock climbs as for any other case."""
    number = await city.file(text="확인 부탁드립니다.", item=None, location={})
    case = await city.case(number)
    assert (case.state, case.department) == (State.RECEIVED, "6110000.first-line")
    for due in await city.rungs_ahead(number, "distribution"):
        await city.wake(number, due.at)
    told = [event.detail["to"] for event in await city.messages(number)]
    assert "first_line" in told
    await city.wake(number, MONDAY + A_MONTH)
    clocks = {timer for timer, _, _ in rungs_of(await city.messages(number))}
    assert {"distribution", "legal"} <= clocks


async def test_P19_cases_that_cannot_be_escalated_hold_up_none_that_can(city: WokenCity) -> None:
    """Twenty that nobody can be told of, and one that somebody can, all due in one instant."""
    stuck = [await taken_up(city) for _ in range(20)]
    for number in stuck:
        await moved(city, number, "3220000.parks")
    mine = await taken_up(city)
    late = MONDAY + A_MONTH
    await asyncio.gather(*(city.wake(number, late) for number in (*stuck, mine)))
    (message,) = await city.messages(mine)
    assert "nobody_to_tell" not in message.detail
    for number in stuck:
        (message,) = await city.messages(number)
        assert message.detail["nobody_to_tell"] == "raised"


async def test_P20_nothing_is_sent_again_at_midnight_or_after_a_change_of_state(
    city: WokenCity,
) -> None:
    """A rung is known by clock, term and name: neither the day nor the state makes it another."""
    number = await city.file()
    near, last, *_ = await city.rungs_ahead(number)
    await city.wake(number, near.at)
    before = await city.messages(number)
    midnight = near.at.astimezone(SEOUL).replace(hour=0, minute=0) + timedelta(days=1)
    assert near.at < midnight < last.at
    await city.wake(number, midnight.astimezone(UTC))
    await city.act(number, Action.START, at=near.at, role=Role.OFFICER)
    await city.wake(number, last.at - timedelta(minutes=1))
    assert await city.messages(number) == before
    keys = rungs_of(before)
    assert ("legal", 1, "near") in keys
    timer, term, rung = keys[-1]
    assert before[-1].request_id == f"rung/{timer}/{term}/{rung}"


async def test_P20_a_city_that_comes_back_in_the_night_tells_nobody_before_the_morning(
    city: WokenCity,
) -> None:
    """The rung of the evening before waits for the opening, and the case for no earlier look."""
    number = await taken_up(city)
    near, *_ = await city.rungs_ahead(number)
    night = near.at.astimezone(SEOUL).replace(hour=23, minute=30).astimezone(UTC)
    await city.wake(number, night)
    assert await city.messages(number) == []
    opening = (await city.case(number)).next_at
    assert opening is not None
    assert opening.astimezone(SEOUL).strftime("%H:%M") == "09:00"
    assert night < opening
    await city.wake(number, opening)
    assert spoken(await city.messages(number)) == [("near", "officer")]


def test_P21_deadlines_that_fall_on_one_second_wake_spread_over_five_minutes() -> None:
    """Ten thousand cases due at 18:00: no second gets more than three times its share, none waits
    longer than the spread, and a case has the same place whenever it is asked."""
    numbers = [receipt_number(MONDAY.date(), ordinal) for ordinal in range(10_000)]
    waits = [jitter(number) for number in numbers]
    assert waits == [jitter(number) for number in numbers]
    seconds = Counter(wait.total_seconds() for wait in waits)
    assert max(seconds) < JITTER_SECONDS
    assert max(seconds.values()) <= 3 * len(numbers) / JITTER_SECONDS
    assert len(seconds) > 0.9 * JITTER_SECONDS


@pytest.mark.parametrize("outage", [timedelta(hours=1), timedelta(days=9), A_MONTH])
async def test_P22_after_an_outage_each_case_has_one_message_that_names_its_rungs_by_due(
    city: WokenCity, outage: timedelta
) -> None:
    """An hour, nine days, four weeks: one message a case, to the highest that was due."""
    numbers = [await taken_up(city) for _ in range(3)]
    (first, *_) = await city.rungs_ahead(numbers[0])
    back = city.book.receipt_instant(first.at + outage, national_calendar(version=1))
    for number in numbers:
        due = [one.rung.name for one in await city.rungs_ahead(number) if one.at <= back]
        await city.wake(number, back)
        (message,) = await city.messages(number)
        assert [rung for _, _, rung in rungs_of([message])] == due
        await city.wake(number, back + timedelta(minutes=1))
        assert len(await city.messages(number)) == 1


async def test_P22_cases_whose_workflows_were_lost_are_helped_in_the_order_of_their_due(
    city: WokenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their numbers and however many pages: the longest due first, none left out, those
    that never had a workflow among them."""
    monkeypatch.setattr(housekeeping, "PAGE", 2)
    days = [3, 1, 4, 0, 2]
    numbers = {day: await taken_up(city, at=MONDAY - timedelta(days=7 * day)) for day in days}
    never = await city.file(take_in=False)
    async with city.store.engine.begin() as conn:
        await conn.exec_driver_sql("UPDATE cases SET created_at = now() - interval '1 hour'")
    started: list[str] = []

    async def start(number: str) -> None:
        started.append(number)

    keeping = housekeeping.Housekeeping(city.store, city.recorder, start=start, send=_never_sent)
    assert await keeping.resume_unattended() == len(days) + 1
    assert started == [*(numbers[day] for day in sorted(days, reverse=True)), never]


async def test_a_case_that_never_had_a_workflow_is_helped_within_minutes(city: WokenCity) -> None:
    """Its intake was killed before it could start one, and the broker lost the record. One just
    made is left to the intake that is starting its own."""
    lost, just_made = [await city.file(take_in=False) for _ in range(2)]
    async with city.store.engine.begin() as conn:
        statement = "UPDATE cases SET created_at = now() - interval '{} seconds' WHERE number = $1"
        await conn.exec_driver_sql(statement.format(125), (lost,))
        await conn.exec_driver_sql(statement.format(60), (just_made,))
    started: list[str] = []

    async def start(number: str) -> None:
        started.append(number)

    keeping = housekeeping.Housekeeping(city.store, city.recorder, start=start, send=_never_sent)
    assert await keeping.resume_unattended() == 1
    assert started == [lost]


async def _never_sent(command: Command) -> None:
    raise AssertionError(command)


slugs = st.from_regex(r"[a-z]{2,12}", fullmatch=True)


@given(slug=slugs)
def test_P23_a_department_that_is_renamed_alters_no_past_result(slug: str) -> None:
    """Deadlines, terms and the rungs that acted follow from the log the same under other names."""
    case = lived_through()
    renamed = [_renamed(event, f"3130000.{slug}") for event in case.log]
    assert results(case, case.log) == results(case, renamed)


@given(to=st.sampled_from(["officer", "team_head", "department_head", "inspector", "bureau"]))
def test_P23_a_role_that_is_renamed_on_the_ladder_alters_no_past_result(to: str) -> None:
    """Whoever the ladder names now: what has acted has acted, at the instants that it had."""
    case = lived_through()
    ladders = tuple(
        one.model_copy(
            update={
                "name": f"renamed-{one.name}",
                "rung": tuple(rung.model_copy(update={"to": to}) for rung in one.rung),
            }
        )
        for one in read_escalation().ladder
    )
    assert results(case, case.log) == results(case, case.log, rules=book_with(ladders))


def _renamed(event: CaseEvent, department: str) -> CaseEvent:
    """The event as it would stand in the log had the department been called so."""
    changes: dict[str, object] = {
        "detail": {
            key: department if value == ROADS else value for key, value in event.detail.items()
        }
    }
    if event.department == ROADS:
        changes["department"] = department
    return event.model_copy(update=changes)


def lived_through() -> LivingCase:
    """A case with a reminder, an extension, an answer and a question after it."""
    case = assigned("2026-03-09 10:00", ROADS, item="HB04")
    case.act(Action.START, "2026-03-09 11:00")
    system: dict[str, JsonValue] = {"timer": "legal", "term": 1, "rung": "near", "to": "officer"}
    case.act(Action.REMIND, "2026-03-16 10:00", SYSTEM, **system)
    case.act(Action.EXTEND, "2026-03-16 11:00", days=5, reason_code="cooperation", reason="협조")
    case.act(Action.ANSWER, "2026-03-18 10:00", text="a")
    case.act(Action.ASK_AGAIN, "2026-03-19 10:00", CITIZEN, text="b")
    assert case.log[-1].kind is EventKind.ASKED_AGAIN
    return case


def results(
    case: LivingCase, log: list[CaseEvent], *, rules: RuleBook | None = None
) -> tuple[object, ...]:
    """What the log says, without any name: deadlines, clocks, terms, rungs done and ahead."""
    rules = rules or city_book()
    first = log[0].model_copy(
        update={"kind": EventKind.SUBMITTED, "state": State.SUBMITTED, "detail": {}}
    )
    facts = facts_of([first, *log], kind=CaseKind.PETITION)
    clocks = rules.clocks(facts, case.calendar)
    ahead = [(due.at, due.key) for due in rules.rungs(facts, clocks, case.calendar)]
    return clocks.legal_due_at, clocks.target_due_at, facts.term, facts.rungs, ahead


async def test_P24_where_the_ladder_is_taken_away_open_cases_leave_escalation(
    city: WokenCity,
) -> None:
    """The timer that was set for a rung of it fires and does nothing; the case then waits for its
    next clock, and counts as overdue for nothing."""
    number = await taken_up(city)
    wakes = (await city.case(number)).next_at
    assert wakes is not None
    assert (await city.case(number)).next_timer == TimerKind.LEGAL
    bare = city.with_book(without(TimerKind.LEGAL))
    await bare.wake(number, wakes)
    case = await city.case(number)
    assert await city.messages(number) == []
    assert case.next_timer != TimerKind.LEGAL
    assert case.next_at is None or case.next_at > wakes
    async with city.store.engine.connect() as conn:
        state = await escalation_state(conn, now=wakes + timedelta(hours=1))
    assert state.overdue == 0
    await city.wake(number, (await city.rungs_ahead(number))[0].at)
    assert spoken(await city.messages(number)) == [("near", "officer")]


async def test_P24_a_ladder_that_has_ended_leaves_its_open_cases_alone(city: WokenCity) -> None:
    """Ended on the day of its second rung: the first acted, the others never do."""
    number = await taken_up(city)
    near, last, due, *_ = await city.rungs_ahead(number)
    await city.wake(number, near.at)
    day = last.at.astimezone(SEOUL).date()
    assert day < due.at.astimezone(SEOUL).date()
    ended = tuple(
        one.model_copy(update={"valid_to": day}) if TimerKind.LEGAL in one.clocks else one
        for one in read_escalation().ladder
    )
    after = city.with_book(book_with(ended))
    await after.wake(number, due.at + A_MONTH)
    legal = [rung for timer, _, rung in rungs_of(await city.messages(number)) if timer == "legal"]
    assert legal == ["near", "last"]


async def caught_up(city: WokenCity, number: str, now: datetime) -> None:
    """Wake the case until nothing of it is due any more, as its workflow does."""
    for _ in range(40):
        case = await city.case(number)
        if case.next_at is None or case.next_at > now:
            return
        await city.wake(number, now)
    raise AssertionError(f"{number} is never done")


async def test_P26_silence_while_cases_are_overdue_is_an_alarm(city: WokenCity) -> None:
    """Nobody works: the figure is above nothing and every look is an error in the log; when the
    case is woken, both are gone."""
    now = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    number = await city.file(at=now - timedelta(days=60))
    watch = EscalationWatch(city.store, now=lambda: now)
    for _ in range(2):
        with capture_logs() as logs:
            assert await watch.look() == (NOTHING_ACTS,)
        (line,) = logs
        assert (line["log_level"], line["code"], line["overdue"]) == (
            "error",
            "escalation_silent",
            1,
        )
    assert REGISTRY.get_sample_value("minwon_escalation_overdue_cases") == 1
    await caught_up(city, number, now)
    with capture_logs() as logs:
        assert await watch.look() == ()
    assert logs == []
    assert REGISTRY.get_sample_value("minwon_escalation_overdue_cases") == 0


async def test_P26_a_heart_that_stands_still_is_an_alarm_though_nothing_is_overdue(
    city: WokenCity,
) -> None:
    """The synthetic case was begun and never escalated: the log says so until it is."""
    began = datetime.now(UTC)
    later = began + LATE_BEAT + timedelta(minutes=1)
    async with city.store.engine.begin() as conn:
        number = await begin_beat(conn, city.store, now=began)
    assert number is not None
    watch = EscalationWatch(city.store, now=lambda: later)
    with capture_logs() as logs:
        assert await watch.look() == (NO_HEARTBEAT,)
    assert [(line["log_level"], line["code"]) for line in logs] == [("error", "heartbeat_late")]
    await city.take_in(number)
    await city.wake(number, later)
    watch = EscalationWatch(city.store, now=lambda: datetime.now(UTC))
    assert await watch.look() == ()


def test_P26_a_city_without_ladders_does_not_start() -> None:
    """Missing data is an error of the start, not a silence that nobody notices."""
    whole = read_escalation().model_dump()
    Escalation.model_validate(whole)
    for missing in ("ladder", "satisfaction_days", "opinion_target_hours"):
        with pytest.raises(ValidationError):
            Escalation.model_validate({key: whole[key] for key in whole if key != missing})
    with pytest.raises(ValidationError):
        Escalation.model_validate(whole | {"ladder": ()})
