"""How systems of this kind have failed over the life of a case, P10 to P16: each test is the
promise that this one does not.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from rules.book import read_rule_book
from rules.calendar import Override
from schema.codes import Action, EventKind, PetitionType, Role, State, TimerKind
from schema.commands import Refusal
from schema.events import Actor, CaseEvent
from storage.calendars import Calendars, declare_day, withdraw_day
from storage.recomputing import Recomputing
from storage.store import Store
from tests.rules.clock_asking import at
from tests.rules.living_case import CITIZEN, SYSTEM, LivingCase, assigned, book
from tests.woken_city import MONDAY, WokenCity, rungs_of

FILED = "2026-06-08 10:00"
"""A Monday; the seven working days of a grievance end on Tuesday 16 June."""
DUE = at("2026-06-16 23:59:59")
HOUSING, ROADS, ELSEWHERE = "3130000.housing", "3130000.roads", "3220000.roads"
HEAD = Actor(role=Role.DEPARTMENT_HEAD, department=HOUSING, account="head")
DESK = Actor(role=Role.FIRST_LINE, account="desk")
EXTENSION: dict[str, JsonValue] = {"days": 3, "reason_code": "cooperation", "reason": "협조"}
THURSDAY = date(2026, 3, 12)


def grievance(when: str = FILED) -> LivingCase:
    """A grievance that a department has."""
    return assigned(when, HOUSING, item="HB04")


def done(found: CaseEvent | Refusal) -> CaseEvent:
    """The event; fails with the refusal's words."""
    assert isinstance(found, CaseEvent), found
    return found


def refused(found: CaseEvent | Refusal) -> str | None:
    """The article by which it was refused."""
    assert isinstance(found, Refusal), found
    return found.article


def supplemented(case: LivingCase, asked: str, given: str) -> None:
    """Two days and more that do not count."""
    more: dict[str, JsonValue] = {"text": "사진", "days": 5, "found_later": True}
    done(case.act(Action.REQUEST_SUPPLEMENT, asked, **more))
    done(case.act(Action.SUPPLEMENT, given, CITIZEN, text="보냅니다"))


def test_P10_what_a_pause_left_out_stays_left_out_under_another_kind() -> None:
    """Fourteen days of a suggestion from the first receipt, and the two of the supplement."""
    case = grievance()
    supplemented(case, "2026-06-08 11:00", "2026-06-09 10:00")
    done(case.act(Action.RECLASSIFY, "2026-06-12 10:00", item="AD03", reason="건의"))
    assert case.facts.petition_type is PetitionType.SUGGESTION
    assert case.clocks.legal_due_at == at("2026-06-29 23:59:59")


def test_P10_a_change_in_the_middle_of_a_pause_leaves_it_open() -> None:
    """An investigation goes on under the new item; what it leaves out is that of both."""
    case = grievance()
    done(
        case.act(Action.START_EXCLUSION, "2026-06-09 10:00", exclusion_ground="hearing", reason="x")
    )
    done(case.act(Action.RECLASSIFY, "2026-06-10 10:00", item="AD03", reason="건의"))
    assert case.clocks.legal_due_at is None
    done(case.act(Action.END_EXCLUSION, "2026-06-10 15:00"))
    assert case.clocks.legal_due_at == at("2026-06-29 23:59:59")


def test_P10_what_was_extended_stays_extended_under_another_kind() -> None:
    """It was judged when it was decided."""
    case = grievance()
    done(case.act(Action.EXTEND, "2026-06-10 10:00", **EXTENSION))
    done(case.act(Action.RECLASSIFY, "2026-06-11 10:00", item="AD03", reason="건의"))
    assert case.facts.extensions == 1
    assert case.clocks.legal_due_at == at("2026-06-30 23:59:59")


def test_P11_inside_an_agency_the_citizens_clock_runs_on_and_each_department_has_its_own() -> None:
    """법 §16, 영 §13②: three working hours to take it up or pass it on, anew for each."""
    case = grievance()
    done(case.act(Action.TRANSFER, "2026-06-08 11:00", department=ROADS, reason="소관"))
    limits = {clock.timer: clock for clock in case.clocks.clocks}
    assert limits[TimerKind.LEGAL].due_at == DUE
    assert limits[TimerKind.ACCEPTANCE].due_at == at("2026-06-08 15:00")


def test_P11_another_agency_counts_from_its_own_receipt() -> None:
    """법 §16, reading A7."""
    case = grievance()
    done(case.act(Action.TRANSFER, "2026-06-10 10:00", department=ELSEWHERE, reason="소재지"))
    assert (case.facts.term, case.clocks.legal_due_at) == (2, at("2026-06-18 23:59:59"))


def test_P11_back_and_forth_goes_to_the_first_line_desk_and_moves_no_deadline() -> None:
    """A→B→A, with the history of who had it; the due is the one of the first receipt."""
    case = grievance()
    done(case.act(Action.TRANSFER, "2026-06-09 10:00", department=ROADS, reason="소관"))
    officer = Actor(role=Role.OFFICER, department=ROADS, account="other")
    sent = done(
        case.act(Action.TRANSFER, "2026-06-09 11:00", officer, department=HOUSING, reason="아님")
    )
    assert (sent.state, sent.department) == (State.RECEIVED, "6110000.first-line")
    assert sent.detail["contested"] == "returned"
    assert sent.detail["history"] == ["6110000.first-line", HOUSING, ROADS]
    assert (case.facts.term, case.clocks.legal_due_at) == (1, DUE)


def test_P11_a_third_transfer_goes_to_the_first_line_desk() -> None:
    """Whoever is asked next, a person decides."""
    case = grievance()
    for when, target in (("09 10:00", ROADS), ("09 11:00", "3130000.cleansing")):
        done(case.act(Action.TRANSFER, f"2026-06-{when}", department=target, reason="x"))
    sent = done(
        case.act(Action.TRANSFER, "2026-06-09 13:00", department="3130000.parks", reason="x")
    )
    assert (sent.department, sent.detail["contested"]) == ("6110000.first-line", "third_transfer")


@pytest.mark.parametrize(
    ("when", "change", "article"),
    [
        ("2026-06-16 23:59:58", {}, None),
        ("2026-06-16 23:59:59", {}, "민원처리법 시행령 §21①"),
        ("2026-06-17 10:00", {}, "민원처리법 시행령 §21①"),
        ("2026-06-10 10:00", {"days": 7}, None),
        ("2026-06-10 10:00", {"days": 8}, "민원처리법 시행령 §21①"),
        ("2026-06-10 10:00", {"reason_code": "overload"}, "민원처리법 시행령 §21②"),
        ("2026-06-10 10:00", {"reason_code": "absence"}, "민원처리법 시행령 §21②"),
        ("2026-06-10 10:00", {"reason_code": "late_assignment"}, "민원처리법 시행령 §21②"),
        ("2026-06-10 10:00", {"reason_code": "unavoidable"}, "민원처리법 시행령 §21①"),
    ],
)
def test_P12_an_extension_is_lawful_in_time_in_length_and_in_its_reason(
    when: str, change: dict[str, JsonValue], article: str | None
) -> None:
    """영 §21: before the due instant, not longer than the period, on one of four grounds."""
    found = grievance().act(Action.EXTEND, when, **(EXTENSION | change))
    if article is None:
        done(found)
    else:
        assert refused(found) == article


def test_P12_a_second_extension_needs_consent_and_there_is_no_third() -> None:
    """영 §21① 단서."""
    case = grievance()
    done(case.act(Action.EXTEND, "2026-06-10 10:00", **EXTENSION))
    assert refused(case.act(Action.EXTEND, "2026-06-11 10:00", **EXTENSION)) is not None
    done(case.act(Action.EXTEND, "2026-06-11 11:00", consent=True, **EXTENSION))
    assert refused(case.act(Action.EXTEND, "2026-06-11 12:00", consent=True, **EXTENSION))
    assert case.clocks.legal_due_at == at("2026-06-24 23:59:59")


def test_P12_the_petitioner_is_told_the_reason_and_the_new_due() -> None:
    """영 §21③: the event that the notice is made of carries both."""
    case = grievance()
    event = done(case.act(Action.EXTEND, "2026-06-10 10:00", **EXTENSION))
    assert event.detail["reason_code"] == "cooperation"
    assert case.clocks.legal_due_at == at("2026-06-19 23:59:59")


def test_P13_a_second_answer_has_a_clock_of_its_own_and_the_first_stays_an_answer() -> None:
    """What lay between is no pause; the first answer is not undone and not on time twice."""
    case = grievance()
    done(case.act(Action.ANSWER, "2026-06-10 10:00", text="답"))
    done(case.act(Action.ASK_AGAIN, "2026-06-20 10:00", CITIZEN, text="부족합니다"))
    assert (case.facts.term, case.clocks.legal_due_at) == (2, at("2026-06-30 23:59:59"))
    answered = [event.at for event in case.log if event.kind is EventKind.ANSWERED]
    assert answered == [at("2026-06-10 10:00")]
    assert case.facts.answers == 1


@pytest.mark.parametrize(
    ("action", "actor", "detail"),
    [
        (Action.COMMENT, None, {"text": "메모"}),
        (Action.CHANGE, CITIZEN, {"text": "바꿉니다"}),
        (Action.CORRECT, None, {"text": "오기", "consent": True}),
        (Action.AMEND, Actor(role=Role.CHANNEL), {"revision": 1, "text": "고침"}),
        (Action.REMOVE_AT_SOURCE, Actor(role=Role.CHANNEL), {"revision": 1}),
        (Action.DESIGNATE_GROUP, DESK, {"households": 5, "signatures": 5}),
    ],
)
def test_P14_what_is_only_written_down_moves_no_deadline(
    action: Action, actor: Actor | None, detail: dict[str, JsonValue]
) -> None:
    """A comment, an edit, a correction, a revision at the source: every clock stays."""
    case = grievance()
    before = (case.clocks, case.facts.term)
    arguments = (actor,) if actor else ()
    done(case.act(action, "2026-06-10 10:00", *arguments, **detail))
    assert (case.clocks, case.facts.term) == before


def merged(root: LivingCase, case: LivingCase, when: str) -> None:
    """`case` goes into `root`: an event on each."""
    case.named = {"ROOT": root.facts}
    done(case.act(Action.MERGE, when, into="ROOT"))
    done(root.act(Action.TAKE_REPORTER, when, SYSTEM, reporter="CASE"))


def test_P15_a_merged_case_stands_still_and_climbs_no_ladder_and_the_earliest_due_counts() -> None:
    """The root is due when the earliest of all who reported the matter is."""
    early, root = grievance(), grievance("2026-06-10 10:00")
    merged(root, early, "2026-06-11 10:00")
    assert book().moment(early.facts, early.clocks, early.calendar) is None
    counted = book().clocks(root.facts, root.calendar, reporters=[early.facts])
    assert counted.legal_due_at == DUE


def test_P15_an_unmerged_case_is_due_as_if_it_had_never_stopped() -> None:
    """And its ladder goes on."""
    early, root = grievance(), grievance("2026-06-10 10:00")
    merged(root, early, "2026-06-11 10:00")
    done(early.act(Action.UNMERGE, "2026-06-12 10:00"))
    assert (early.facts.state, early.clocks.legal_due_at) == (State.ASSIGNED, DUE)
    assert book().moment(early.facts, early.clocks, early.calendar) is not None


async def recomputed(store: Store, name: str, *, limit: int) -> int:
    """Count the cases of an order again, `limit` at a time; how many batches it took."""
    recomputing, batches = Recomputing(store, read_rule_book()), 0
    while True:
        batches += 1
        if (await recomputing.next_batch(name, limit=limit)).done:
            return batches


async def changed(store: Store, *, declared: bool) -> str:
    """The Thursday is declared a holiday, or that is withdrawn; the name of the order."""
    override = Override(day=THURSDAY, name_ko="임시공휴일", kind="closed", source="국무회의")
    async with store.engine.begin() as conn:
        if declared:
            new = await declare_day(conn, override)
        else:
            new = await withdraw_day(conn, THURSDAY, source="취소")
    assert new is not None
    return f"calendar/{new.version}"


async def test_P16_a_new_calendar_is_counted_in_batches_and_each_case_once(store: Store) -> None:
    """Bounded; asked again it moves nothing, writes nothing."""
    city = WokenCity(store)
    numbers = [await city.file() for _ in range(5)]
    name = await changed(store, declared=True)
    assert await recomputed(store, name, limit=2) >= 3
    await recomputed(store, name, limit=2)
    for number in numbers:
        moved = [e for e in await city.log(number) if e.kind is EventKind.RECOMPUTED]
        assert [event.detail["calendar_version"] for event in moved] == [2]
        assert moved[0].detail["new_legal_due_at"] > moved[0].detail["old_legal_due_at"]  # type: ignore[operator]


async def test_P16_a_deadline_that_moves_into_the_past_is_one_message_a_case(store: Store) -> None:
    """The holiday is withdrawn when the earlier due has passed by days: no storm of rungs."""
    city = WokenCity(store)
    for role in (Role.OFFICER, Role.TEAM_HEAD, Role.DEPARTMENT_HEAD):
        await city.employ(role, HOUSING)
    numbers = [await city.file() for _ in range(3)]
    for number in numbers:
        await city.act(number, Action.START, at=MONDAY, role=Role.OFFICER)
    await recomputed(store, await changed(store, declared=True), limit=10)
    await recomputed(store, await changed(store, declared=False), limit=10)
    async with store.engine.connect() as conn:
        calendar = await Calendars().current(conn)
    for number in numbers:
        due = (await city.clock(number)).due_at
        late = city.book.receipt_instant(due + timedelta(days=3), calendar)
        await city.wake(number, late)
        messages = await city.messages(number)
        assert len(messages) == 1
        assert len(rungs_of(messages)) > 1
        await city.wake(number, late + timedelta(minutes=1))
        assert len(await city.messages(number)) == 1


def test_every_pitfall_of_a_clock_a_life_and_a_ladder_has_named_tests() -> None:
    """P01 to P26: a promise that nobody can find is none."""
    named = {
        number
        for path in Path(__file__).parent.glob("test_pitfalls_*.py")
        for number in re.findall(r"def test_P(\d\d)_", path.read_text(encoding="utf-8"))
    }
    assert sorted(named) == [f"{number:02}" for number in range(1, 27)]
