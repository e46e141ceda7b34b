"""The ladder by its rules alone: which rungs, when, and whom they tell."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules.book import RuleBook
from rules.escalation import (
    PROMPT,
    DueRung,
    Ladder,
    Rung,
    acts_from,
    read_escalation,
)
from rules.levels import CLIMBING, NAMES, Level, told
from rules.packs import SEOUL
from rules.waking import due_commands
from schema.codes import Action, TimerKind
from schema.commands import Command
from schema.events import CaseEvent
from tests.ladders import book_with
from tests.rules.living_case import CITIZEN, LivingCase, assigned, book

ROADS = "3130000.roads"
GRIEVANCE = {"item": "HB04"}


def grievance(when: str = "2026-03-09 10:00") -> LivingCase:
    """A grievance of seven working days in the hands of a department."""
    case = assigned(when, ROADS, **GRIEVANCE)
    case.act(Action.START, when)
    return case


def ladder(name: str, *rungs: Rung, **fields: object) -> Ladder:
    """A ladder of the legal clock."""
    return Ladder.model_validate(
        {"name": name, "clocks": [TimerKind.LEGAL], "rung": rungs or (rung(),), **fields}
    )


def rung(name: str = "due", to: str = "officer", **fields: object) -> Rung:
    """A reminder at the deadline, unless said otherwise."""
    place = {} if "overdue_hours" in fields else {"share": 1.0}
    return Rung.model_validate({"name": name, "action": Action.REMIND, "to": to, **place, **fields})


def ahead(case: LivingCase, rules: RuleBook | None = None) -> list[DueRung]:
    """The rungs of the legal clock that have not acted."""
    found = of_all_clocks(case, rules)
    return [due for due in found if due.clock.timer is TimerKind.LEGAL]


def of_all_clocks(case: LivingCase, rules: RuleBook | None = None) -> list[DueRung]:
    """The rungs of every clock that have not acted."""
    rules = rules or book()
    clocks = rules.clocks(case.facts, case.calendar)
    return rules.rungs(case.facts, clocks, case.calendar)


def names(found: Sequence[DueRung]) -> list[str]:
    """The rungs' names."""
    return [due.rung.name for due in found]


def in_seoul(instant: datetime) -> str:
    """Day and minute on a clock in Seoul."""
    return instant.astimezone(SEOUL).strftime("%m-%d %H:%M")


def test_the_rungs_stand_at_shares_of_the_counted_time_and_at_working_hours_after_it() -> None:
    """Seven days from Monday 9 March end on the 17th at midnight; 8 and 40 hours are the ends of
    one and five working days, and what falls at the end of a day waits for the next morning."""
    case = grievance()
    found = ahead(case)
    assert names(found) == ["near", "last", "due", "overdue-8h", "overdue-40h"]
    assert in_seoul(found[0].clock.due_at) == "03-17 23:59"
    assert [in_seoul(due.at) for due in found][2:] == ["03-18 09:00", "03-19 09:00", "03-25 09:00"]
    shares = [due.clock.used(due.at) for due in found[:2]]
    assert shares == pytest.approx([0.8, 0.95], abs=0.02)


def test_rungs_act_only_in_working_hours_unless_they_say_so() -> None:
    """Neither in the night, at noon, nor on a day off; one with at_night acts at its instant."""
    for found in (ahead(grievance()), ahead(grievance("2026-02-13 17:30"))):
        for due in found:
            assert due.at == book().receipt_instant(due.at, grievance().calendar)
    night = book_with([ladder("awake", rung(at_night=True))])
    (due,) = ahead(grievance(), night)
    assert due.at == due.clock.due_at
    assert due.at.astimezone(SEOUL).time() > time(23, 59)


@given(late=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9)))
def test_a_late_rung_waits_for_the_morning_and_a_prompt_one_for_nothing(late: timedelta) -> None:
    """Whenever a city comes back: what is told then is told in working hours; what is only as late
    as the spread of wake-ups allows acts at once."""
    case = grievance()
    (due, *_) = ahead(case)
    seen = due.at + late
    acts = acts_from(due, seen, lambda when: book().receipt_instant(when, case.calendar))
    if late <= PROMPT:
        assert acts <= seen
    else:
        assert acts == book().receipt_instant(seen, case.calendar)


def test_an_extension_begins_a_new_term_whose_rungs_act_again() -> None:
    """The same rung names, another term: other keys; a recomputation gives the same keys."""
    case = grievance()
    before = {due.key for due in ahead(case)}
    assert {due.key for due in ahead(case)} == before
    case.act(Action.EXTEND, "2026-03-10 10:00", days=5, reason_code="cooperation", reason="협조")
    after = {due.key for due in ahead(case)}
    assert {term for _, term, _ in before} == {1}
    assert {term for _, term, _ in after} == {2}
    assert {name for _, _, name in before} == {name for _, _, name in after}


def test_a_transfer_to_another_agency_begins_a_new_term_and_one_inside_does_not() -> None:
    """법 §16: another agency's receipt begins the clock, and so the ladder, anew."""
    case = grievance()
    inside = case.act(
        Action.TRANSFER, "2026-03-10 10:00", department="3130000.parks", reason="소관"
    )
    assert isinstance(inside, CaseEvent), inside
    assert {due.clock.term for due in ahead(case)} == {1}
    case.act(Action.TRANSFER, "2026-03-10 11:00", department="3220000.roads", reason="소재지")
    assert {due.clock.term for due in ahead(case)} == {2}


def test_a_question_after_the_answer_begins_a_new_term() -> None:
    """추가답변: the ladder of the re-opened case starts from its first rung."""
    case = grievance()
    case.act(Action.ANSWER, "2026-03-11 10:00", text="a")
    assert ahead(case) == []
    case.act(Action.ASK_AGAIN, "2026-03-16 10:00", CITIZEN, text="b")
    assert names(ahead(case))[0] == "near"
    assert {due.clock.term for due in ahead(case)} == {2}


def test_after_an_answer_only_a_demand_for_correction_climbs() -> None:
    """Whatever was still awaited when it was answered is no reason to trouble anybody; a demand
    for correction (영 §18) is answered for itself, and reminded of."""
    case = grievance()
    case.act(
        Action.JOIN_DEPARTMENT,
        "2026-03-10 10:00",
        department="3130000.parks",
        days=2,
        text="협조",
    )
    assert "cooperation" in {due.clock.timer for due in of_all_clocks(case)}
    case.act(Action.ANSWER, "2026-03-10 11:00", text="a")
    assert of_all_clocks(case) == []
    demanded = case.act(
        Action.DEMAND_CORRECTION,
        "2026-03-10 13:00",
        CITIZEN,
        correction_ground="extra_documents",
        text="b",
    )
    assert isinstance(demanded, CaseEvent), demanded
    assert [(due.clock.timer, due.rung.name) for due in of_all_clocks(case)] == [
        ("correction_demand", "near"),
        ("correction_demand", "due"),
    ]


def test_the_closest_ladder_counts() -> None:
    """A department's before a kind's, that before urgency's, that before the one for all."""
    case = grievance()
    general = ladder("general", rung("general"))
    kind = ladder("kind", rung("kind"), petition_types=["grievance"])
    owner = ladder("owner", rung("owner"), departments=["3130000"])
    other = ladder("other", rung("other"), departments=["3220000"])
    rules = (general, kind, owner, other)
    assert names(ahead(case, book_with(rules))) == ["owner"]
    assert names(ahead(case, book_with([general, kind, other]))) == ["kind"]
    assert names(ahead(case, book_with([general, other]))) == ["general"]
    assert names(ahead(case, book_with([other]))) == []


def test_a_ladder_acts_on_the_days_on_which_it_holds() -> None:
    """Of a ladder that ends, the rungs after its last day do not act; of one that follows it,
    those from its first day on do: an open case goes over, and no rung acts twice."""
    case = grievance()
    old = ladder("old", rung("half", share=0.5), rung("due"), valid_to="2026-03-13")
    new = ladder("new", rung("half", share=0.5), rung("due"), valid_from="2026-03-14")
    assert names(ahead(case, book_with([old]))) == ["half"]
    assert names(ahead(case, book_with([new]))) == ["due"]
    both = ahead(case, book_with([old, new]))
    assert names(both) == ["half", "due"]
    assert both[0].at.astimezone(SEOUL).date() <= date(2026, 3, 13) < both[1].at.date()


@given(start=st.sampled_from(CLIMBING), staffed=st.sets(st.sampled_from(CLIMBING)))
def test_climbing_ends_at_the_lowest_level_from_its_own_upwards_that_has_somebody(
    start: Level, staffed: set[str]
) -> None:
    """Never downwards, never round in a circle; without anybody it stays where the ladder says."""
    above = [level for level in CLIMBING[CLIMBING.index(start) :] if level in staffed]
    whom = told(start, staffed)
    assert whom.to == (above[0] if above else start)
    assert whom.nobody == (not above)
    assert not set(whom.passed_over) & staffed
    assert set(whom.tried) <= set(CLIMBING[CLIMBING.index(start) :])


@given(to=st.sampled_from(sorted(NAMES - set(CLIMBING))))
def test_who_stands_beside_the_ladder_does_not_climb(to: str) -> None:
    """A desk without anybody is an exception; petitioner, joined department and administrator are
    told wherever they are."""
    assert told(to, NAMES).to == to
    alone = told(to, frozenset())
    assert (alone.to, alone.nobody) == (to, to in ("first_line", "duty"))


def message(found: Sequence[DueRung], case: LivingCase, when: datetime) -> list[Command]:
    """What is said of these rungs at once."""
    done = due_commands("1", case.facts, found, staffed=NAMES, closes=None, at=when)
    return [one.command for one in done]


def test_rungs_that_fell_due_together_are_one_message_in_the_order_in_which_they_were_due() -> None:
    """The highest speaks; the others are named in it, and count as having acted."""
    case = grievance()
    found = ahead(case)
    (said,) = message(list(reversed(found)), case, found[-1].at)
    assert (said.detail["rung"], said.detail["to"]) == ("overdue-40h", "bureau")
    also = said.detail["also"]
    assert isinstance(also, list)
    assert [one["rung"] for one in also if isinstance(one, dict)] == names(found)[:-1]


def test_a_department_that_was_asked_for_its_part_gets_a_message_of_its_own() -> None:
    """What concerns a joined department is not swallowed by what concerns the responsible one."""
    case = grievance()
    for department in ("3130000.drainage", "3130000.parks"):
        done = case.act(
            Action.JOIN_DEPARTMENT, "2026-03-10 10:00", department=department, days=2, text="협조"
        )
        assert isinstance(done, CaseEvent), done
    clocks = book().clocks(case.facts, case.calendar)
    found = book().rungs(case.facts, clocks, case.calendar)
    reminders = [due for due in found if due.rung.to == "joined"]
    said = message([*reminders, *ahead(case)], case, found[-1].at)
    assert [one.detail.get("whom") for one in said if one.detail["to"] == "joined"] == [
        "3130000.drainage",
        "3130000.parks",
    ]
    assert len(said) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "nobody-we-know"},
        {"action": "answer"},
        {"share": 1.5},
        {"share": 0.5, "overdue_hours": 2},
        {"share": None},
    ],
)
def test_a_ladder_that_could_not_act_is_refused_when_it_is_read(wrong: dict[str, object]) -> None:
    """A mistake in the data fails the start, and says which rung: it is not met years later."""
    usable = {"name": "near", "action": "remind", "to": "officer", "share": 0.8}
    Rung.model_validate(usable)
    with pytest.raises(ValidationError):
        Rung.model_validate(usable | wrong)


def test_two_rungs_of_one_name_are_refused() -> None:
    """They would count as one, and the second would never act."""
    with pytest.raises(ValidationError, match="two rungs with one name"):
        ladder("double", rung("near", share=0.5), rung("near", share=0.8))


def test_every_clock_of_a_case_has_a_ladder() -> None:
    """No limit of the law passes unnoticed in the city's own data."""
    with_one = {clock for one in read_escalation().ladder for clock in one.clocks}
    assert with_one == set(TimerKind) - {TimerKind.SATISFACTION}
