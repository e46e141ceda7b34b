"""The city's data: what is wrong is said with its line, and what changes is said before it does."""

from collections.abc import Iterator
from datetime import date

import pytest

from rules.city_changes import How, effect
from rules.city_data import faults
from rules.escalation import next_moment, read_escalation
from rules.life import facts_of
from rules.notices import read_notices
from rules.organisation import department, department_near, full_name_ko
from rules.place import locate
from rules.routing import route
from rules.tables import (
    CityData,
    city_data,
    file_names,
    package_text,
    put_in_force,
    trying,
)
from rules.taxonomy import leaf
from schema.codes import Action, TimerKind
from schema.events import CaseEvent
from tests.rules.living_case import LivingCase, assigned, book

PACKAGE = CityData()
TODAY = date(2026, 3, 10)
TOMORROW = date(2026, 3, 11)
PARKING = "6110000.parking-planning"
PARKING_ROW = f"{PARKING},6110000,교통실,주차계획과,Parking Planning Division,2016-02-12,"
RENAMED = (
    f"{PARKING_ROW}2026-03-10\n"
    f"{PARKING},6110000,교통실,주차정책과,Parking Policy Division,2026-03-11,"
)


@pytest.fixture(autouse=True)
def _the_package_again() -> Iterator[None]:
    """Whatever a test puts in force ends with it."""
    yield
    put_in_force(CityData())


def changed(name: str, old: str, new: str, *, count: int = 1) -> CityData:
    """The package's data with one file changed."""
    text = package_text(name)
    assert old in text
    return CityData({name: text.replace(old, new, count)}, version=1)


def said(data: CityData) -> str:
    """Every fault, a line each."""
    return "\n".join(map(str, faults(data, before=PACKAGE, today=TODAY)))


def line(name: str, start: str) -> int:
    """The line of the package's file that starts so."""
    lines = package_text(name).splitlines()
    return next(number for number, one in enumerate(lines, 1) if one.startswith(start))


def test_the_packages_own_data_are_without_fault_and_change_nothing() -> None:
    """What every city begins with passes its own check."""
    assert said(CityData()) == ""
    assert effect(PACKAGE, CityData()).changes == ()


@pytest.mark.parametrize("name", file_names())
def test_no_file_is_left_unread(name: str) -> None:
    """A file that cannot be read is said to be it, whichever it is."""
    wrong = "\n[[\n" if name.endswith(".toml") else f"{'?,' * 40}?\n"
    assert name in said(CityData({name: package_text(name) + wrong}))


def test_a_wrong_cell_is_named_with_its_line_and_what_may_stand_there() -> None:
    """In both languages, with the value that was found."""
    data = changed("taxonomy.csv", "petition,other,immediate", "petition,others,immediate")
    number = line("taxonomy.csv", "TR01")
    assert f"taxonomy.csv:{number}: «petition_type» 값을 고쳐 주세요." in said(data)
    assert "cannot be «others»: Input should be 'statutory'" in said(data)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('to = "bureau"', 'to = "mayor"', "nobody is called «mayor»"),
        ('action = "remind"', 'action = "answer"', "a rung cannot answer"),
        ("share = 0.8", "shares = 0.8", "«ladder.0.rung.0.shares» is no field"),
        ('name = "urgent"', 'name = "standard"', "two ladders «standard» on one day"),
        ("urgent = true", 'departments = ["9999999.no"]', "neither a department nor an agency"),
    ],
)
def test_a_ladder_names_what_there_is(old: str, new: str, sentence: str) -> None:
    """Actions, recipients, fields, departments; the fault has a line."""
    found = said(changed("ladders.toml", old, new))
    assert found.startswith("ladders.toml:")
    assert sentence in found


def test_a_fault_deep_in_a_document_has_the_line_on_which_it_stands() -> None:
    """The third rung of the first ladder, not the file's first line."""
    data = changed("ladders.toml", 'to = "department_head"', 'to = "king"')
    number = line("ladders.toml", '  { name = "due", action = "escalate"')
    assert said(data).startswith(f"ladders.toml:{number}:")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[petitioner.assigned.en]", "[petitioner.assigned.fr]", "«petitioner.assigned.en» is mis"),
        ("{{ number }}", "{{ nummer }}", "There is no nummer"),
        ("{{ number }}", "{{ number ", "This is no template"),
        ("{{ number }}", "{{ number | shout }}", "No filter named 'shout'"),
        ("[petitioner.received.ko]", "[petitioner.got.ko]", "no words «received»"),
    ],
)
def test_a_text_is_there_in_both_languages_and_names_only_what_is_known(
    old: str, new: str, sentence: str
) -> None:
    """Also in a branch that no sample would reach."""
    data = changed("notice_texts.toml", old, new)
    if "got" in new:
        text = data.text("notice_texts.toml").replace(
            "[petitioner.received.en]", "[petitioner.got.en]"
        )
        data = CityData({"notice_texts.toml": text})
    assert sentence in said(data)


def test_an_owner_is_a_department_on_every_day_on_which_it_owns() -> None:
    """A department that ends while an item is still its own is named with the item's line."""
    found = said(changed("departments.csv", PARKING_ROW, f"{PARKING_ROW}2026-12-31"))
    number = line("taxonomy.csv", "TR01")
    assert f"taxonomy.csv:{number}: TR01의 담당 «{PARKING}»이(가) 2027-01-01에 없는 부서" in found


def test_two_rows_of_one_code_never_hold_on_one_day() -> None:
    """The later one is named."""
    both = f"{PARKING_ROW}\n{PARKING},6110000,,주차과,Parking,2026-12-01,"
    found = said(changed("departments.csv", PARKING_ROW, both))
    number = line("departments.csv", PARKING) + 1
    assert f"departments.csv:{number}: «{PARKING}»의 유효기간이 겹칩니다." in found


def test_P23_what_cases_name_cannot_disappear() -> None:
    """A row ends, it is not taken out: the log holds its code for ever."""
    found = said(changed("departments.csv", "6110000.audit,", "6110000.auditors,"))
    assert "«6110000.audit» was a department on 2026-03-09, cases name it" in found


def test_P23_what_cases_were_counted_by_cannot_change_afterwards() -> None:
    """Another target for an item is another row, from today on."""
    row = package_text("taxonomy.csv").splitlines()[1]
    other = row.replace("immediate,,3,", "immediate,,5,")
    found = said(changed("taxonomy.csv", row, other))
    assert "TR01: cases were counted by this row" in found
    assert (
        said(
            changed(
                "taxonomy.csv",
                row,
                f"{row}{TODAY - (TOMORROW - TODAY)}\n" + other.replace("2016-02-12", f"{TODAY}"),
            )
        )
        == ""
    )


def test_the_sign_on_gives_duties_only_where_there_is_a_department() -> None:
    """A misspelt department would give everybody of the group no duty, without a word."""
    old = 'department = "6110000.audit"'
    found = said(changed("sign_on.toml", old, 'department = "6110000.audits"'))
    number = next(
        place
        for place, one in enumerate(package_text("sign_on.toml").splitlines(), 1)
        if one == old
    )
    assert found.startswith(f"sign_on.toml:{number}: «minwon-auditor»")


def test_data_are_tried_beside_those_in_force() -> None:
    """In the body alone; and what was read of one is never taken for the other's."""
    other = changed("departments.csv", "주차계획과", "주차정책과")
    assert department(PARKING).name_ko == "주차계획과"
    with trying(other):
        assert department(PARKING).name_ko == "주차정책과"
    assert department(PARKING).name_ko == "주차계획과"


def test_another_version_is_read_by_every_reader_at_once() -> None:
    """Nothing that was read before is remembered: tables, documents, and what is made of them."""
    assert locate(address="가상마을 앞").district is None
    assert read_escalation().satisfaction_days == 14
    put_in_force(
        CityData(
            {
                "landmarks.csv": package_text("landmarks.csv") + "가상마을,강남구\n",
                "ladders.toml": package_text("ladders.toml").replace("days = 14", "days = 10", 1),
                "taxonomy.csv": package_text("taxonomy.csv").replace("불법 주정차", "위법 주정차"),
            },
            version=1,
        )
    )
    assert city_data().version == 1
    assert locate(address="가상마을 앞").district == "11680"
    assert read_escalation().satisfaction_days == 10
    assert leaf("TR01").name_ko.startswith("위법")


def test_the_effect_names_what_begins_changes_and_ends_with_its_day() -> None:
    """A new department, one that is renamed, one that ends with its item's new owner."""
    departments = (
        package_text("departments.csv")
        .replace(PARKING_ROW, f"{PARKING_ROW}2026-06-30")
        .rstrip("\n")
        + "\n6110000.parking,6110000,교통실,주차과,Parking Division,2026-07-01,\n"
    )
    items = []
    for row in package_text("taxonomy.csv").splitlines():
        if PARKING in row:
            later = row.replace(PARKING, "6110000.parking").replace("2016-02-12", "2026-07-01")
            items += [f"{row}2026-06-30", later]
        else:
            items.append(row)
    data = CityData({"departments.csv": departments, "taxonomy.csv": "\n".join(items)}, version=1)
    assert said(data) == ""
    seen = effect(PACKAGE, data)
    of_departments = {
        (one.name, one.how, one.since) for one in seen.changes if one.file == "departments.csv"
    }
    assert of_departments == {
        (PARKING, How.ENDED, date(2026, 6, 30)),
        ("6110000.parking", How.ADDED, date(2026, 7, 1)),
    }
    assert seen.ending == {PARKING: date(2026, 6, 30)}
    assert {"TR01", "TR02"} <= seen.owners
    assert seen.recount


def test_a_department_of_the_districts_that_ends_ends_in_every_district() -> None:
    """One row of the table is twenty-five departments."""
    row = next(
        one
        for one in package_text("district_departments.csv").splitlines()
        if one.startswith(",planning-budget,")
    )
    data = changed("district_departments.csv", row, f"{row}2026-12-31")
    assert len(effect(PACKAGE, data).ending) == 25


def test_the_effect_names_each_rung_that_differs() -> None:
    """The rung as it was and as it will be."""
    seen = effect(PACKAGE, changed("ladders.toml", "share = 0.8 }", "share = 0.7 }"))
    (change,) = seen.changes
    assert (change.name, change.how) == ("standard", How.CHANGED)
    assert "near (remind officer, 80%) → near (remind officer, 70%)" in change.detail
    assert seen.recount


def test_a_notice_that_only_moves_up_is_a_change() -> None:
    """Of the rows that fit the first counts, so their order is part of what they say."""
    text = package_text("notices.toml")
    head, *blocks = text.split("[[notice]]")
    moved = "[[notice]]".join([head, blocks[1], blocks[0], *blocks[2:]])
    seen = effect(PACKAGE, CityData({"notices.toml": moved}))
    assert [change.file for change in seen.changes] == ["notices.toml"]
    assert not seen.recount


def grievance() -> LivingCase:
    """A grievance, filed and begun on 9 March 2026."""
    case = assigned("2026-03-09 10:00", PARKING, item="HB04")
    case.act(Action.START, "2026-03-09 11:00")
    return case


def figures(case: LivingCase) -> tuple[object, ...]:
    """All that is counted of a case: its facts from the log, its deadlines, its rungs."""
    facts = facts_of(
        [event for event in case.log if isinstance(event, CaseEvent)], kind=case.facts.kind
    )
    clocks = book().clocks(case.facts, case.calendar)
    rungs = [(due.at, due.key) for due in book().rungs(case.facts, clocks, case.calendar)]
    return facts, clocks.legal_due_at, clocks.target_due_at, clocks.rule_pack, rungs


def test_P23_a_renamed_department_leaves_past_results_as_they_were() -> None:
    """Events hold codes; each day has its own name; and the same log gives the same figures."""
    case = grievance()
    before = figures(case)
    put_in_force(changed("departments.csv", PARKING_ROW, RENAMED))
    assert figures(case) == before
    assert full_name_ko(PARKING, on_date=TODAY) == "서울특별시 교통실 주차계획과"
    assert full_name_ko(PARKING, on_date=TOMORROW) == "서울특별시 교통실 주차정책과"
    assert department_near(PARKING, date(2010, 1, 1)).name_ko == "주차계획과"


def test_P23_an_items_other_period_counts_for_receipts_from_its_day_on() -> None:
    """A case received before keeps its deadlines, though the item is another today."""
    case = grievance()
    before = figures(case)
    row = next(r for r in package_text("taxonomy.csv").splitlines() if r.startswith("HB04"))
    cells = row.split(",")
    period = cells.index("days")
    cells[period + 1] = "3"
    later = ",".join(cells).replace("2016-02-12", "2026-03-11")
    data = changed("taxonomy.csv", row, f"{row}2026-03-10\n{later}")
    assert said(data) == ""
    put_in_force(data)
    assert figures(case) == before
    old = case.clocks.legal_due_at
    new = assigned("2026-03-11 10:00", PARKING, item="HB04").clocks.legal_due_at
    assert old is not None
    assert new is not None
    assert new < old


def test_P24_open_cases_leave_a_ladder_that_is_taken_out_and_nothing_fails() -> None:
    """No rung of it is ahead any more, the deadline stands, and the case goes on."""
    case = grievance()
    due = case.clocks.legal_due_at
    text = package_text("ladders.toml")
    kept = [one for one in text.split("[[ladder]]") if 'name = "standard"' not in one]
    data = CityData({"ladders.toml": "[[ladder]]".join(kept)}, version=1)
    assert said(data) == ""
    assert [one.how for one in effect(PACKAGE, data).changes] == [How.REMOVED]
    put_in_force(data)
    clocks = case.clocks
    assert clocks.legal_due_at == due
    rungs = book().rungs(case.facts, clocks, case.calendar)
    assert TimerKind.LEGAL not in {one.clock.timer for one in rungs}
    moment = next_moment(
        case.facts,
        clocks.clocks,
        escalation=read_escalation(),
        next_opening=lambda at: at,
    )
    assert moment is None or moment.timer is not TimerKind.LEGAL
    assert isinstance(case.act(Action.ANSWER, "2026-03-10 10:00", text="a"), CaseEvent)


def test_routing_takes_the_owner_of_the_day() -> None:
    """Today the old owner, from its day on the new one."""
    row = next(r for r in package_text("taxonomy.csv").splitlines() if r.startswith("TR04"))
    later = row.replace("6110000.traffic-operation", PARKING).replace("2016-02-12", "2026-03-11")
    put_in_force(changed("taxonomy.csv", row, f"{row}2026-03-10\n{later}"))
    place = locate(address="강남구 테헤란로 152")
    assert route(item="TR04", place=place, on_date=TODAY).department == "6110000.traffic-operation"
    assert route(item="TR04", place=place, on_date=TOMORROW).department == PARKING


def test_every_notice_table_of_the_package_is_still_read_through_the_data() -> None:
    """A notice loaded anew tells whom it names."""
    put_in_force(changed("notices.toml", 'to = "first_line"', 'to = "inspector"'))
    assert "inspector" in {row.to for row in read_notices().notice if row.on == "received"}
