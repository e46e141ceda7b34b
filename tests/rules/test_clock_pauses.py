"""What does not count (영 §17⑤, §20; 국민 제안 규정 §6②, §9④), alone, together and too late."""

from typing import Any

import pytest

from tests.rules.clock_asking import Event, answer, due, event, extend, outage

ASKED = event("supplement_request", "2026-03-12 11:00")
GIVEN = event("supplement_received", "2026-03-17 16:00")


def looked(start: str, end: str, **more: object) -> list[Event]:
    """A field investigation from `start` to `end`."""
    return [
        event("investigation_start", start, **more),
        event("investigation_end", end),
    ]


def test_the_days_of_dispatch_and_arrival_of_a_supplement_do_not_count() -> None:
    """행정절차법 시행령 §11 1호: 3/12 to 3/17 are four working days."""
    assert due("2026-03-10 10:00", 7, "days", ASKED, GIVEN) == "2026-03-24 23:59:59"


def test_while_a_supplement_is_awaited_there_is_no_deadline() -> None:
    """Due is null, whatever the unit, and a second request inside changes nothing (P09)."""
    again = event("supplement_request", "2026-03-13 11:00")
    assert due("2026-03-10 10:00", 7, "days", ASKED) is None
    assert due("2026-03-10 10:00", 40, "hours", ASKED) is None
    assert due("2026-03-10 10:00", 1, "months", ASKED) is None
    assert due("2026-03-10 10:00", 7, "days", ASKED, again) is None
    assert due("2026-03-10 10:00", 7, "days", ASKED, again, GIVEN) == "2026-03-24 23:59:59"


def test_a_supplement_asked_for_on_the_day_of_receipt_takes_that_day_out() -> None:
    """A16: the receipt's own day is then not the first."""
    asked = event("supplement_request", "2026-03-10 11:00")
    given = event("supplement_received", "2026-03-10 15:00")
    assert due("2026-03-10 10:00", 7, "days", asked, given) == "2026-03-19 23:59:59"
    assert due("2026-03-10 10:00", 3, "hours", asked, given) == "2026-03-11 12:00:00"


@pytest.mark.parametrize(
    ("unit", "amount", "late"),
    [
        ("hours", 3, "2026-03-10 15:00"),
        ("days", 7, "2026-03-19 09:00"),
        ("weeks", 1, "2026-03-17 09:00"),
    ],
)
def test_a_pause_after_the_deadline_does_not_undo_that_it_was_missed(
    unit: str, amount: int, late: str
) -> None:
    """P09: neither while the supplement is awaited nor when it has come."""
    missed = due("2026-03-10 10:00", amount, unit)
    asked = event("supplement_request", late)
    given = event("supplement_received", "2026-03-23 10:00")
    assert missed is not None
    assert due("2026-03-10 10:00", amount, unit, asked) == missed
    assert due("2026-03-10 10:00", amount, unit, asked, given) == missed


def test_a_supplement_that_arrives_unasked_changes_nothing() -> None:
    """There is no pause without its beginning."""
    assert due("2026-03-10 10:00", 7, "days", GIVEN) == "2026-03-18 23:59:59"


def test_a_month_is_pushed_by_the_calendar_days_of_a_supplement() -> None:
    """3/12 to 3/17 are six calendar days: 4/9 becomes 4/15."""
    assert due("2026-03-10 10:00", 1, "months") == "2026-04-09 23:59:59"
    assert due("2026-03-10 10:00", 1, "months", ASKED, GIVEN) == "2026-04-15 23:59:59"


def test_a_deadline_never_falls_on_a_day_that_does_not_count() -> None:
    """The week ends on Sunday, moves to Monday, and Monday to Tuesday are left out."""
    asked = event("supplement_request", "2026-03-23 10:00")
    given = event("supplement_received", "2026-03-24 10:00")
    assert due("2026-03-16 10:00", 1, "weeks") == "2026-03-23 23:59:59"
    assert due("2026-03-16 10:00", 1, "weeks", asked, given) == "2026-03-25 23:59:59"


def test_reading_a5_can_stop_the_hours_at_the_instants() -> None:
    """A5 is a setting of the rule pack: whole days by the wording, or from request to arrival."""
    asked = event("supplement_request", "2026-03-17 15:00")
    given = event("supplement_received", "2026-03-19 11:00")
    asking = ("2026-03-16 10:00", 40, "hours", asked, given)
    assert due(*asking) == "2026-03-26 10:00:00"
    assert due(*asking, hour_supplement="instants") == "2026-03-24 16:00:00"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2026-03-12 18:00", "2026-03-19"),
        ("2026-03-18 18:00", "2026-03-25"),
        ("2026-03-31 18:00", "2026-04-07"),  # the 14th working day
        ("2026-04-01 18:00", "2026-04-07"),  # the cap is reached
        ("2026-05-29 18:00", "2026-04-07"),
    ],
)
def test_an_investigation_of_a_grievance_leaves_out_at_most_fourteen_days(
    end: str, expected: str
) -> None:
    """영 §17④⑤, A12: working days, both ends included."""
    events = looked("2026-03-12 09:00", end)
    found = due("2026-03-10 10:00", 7, "days", *events, petition_type="grievance")
    assert found == f"{expected} 23:59:59"


def test_an_extended_investigation_leaves_out_seven_days_more() -> None:
    """영 §17④: once, by at most seven days."""
    events = looked("2026-03-12 09:00", "2026-05-29 18:00", extended=True)
    found = due("2026-03-10 10:00", 7, "days", *events, petition_type="grievance")
    assert found == "2026-04-16 23:59:59"


def test_the_cap_of_an_investigation_holds_for_several_together() -> None:
    """Ten days, then ten more, are fourteen."""
    events = [
        *looked("2026-03-11 09:00", "2026-03-24 18:00"),
        *looked("2026-03-26 09:00", "2026-04-08 18:00"),
    ]
    found = due("2026-03-10 10:00", 7, "days", *events, petition_type="grievance")
    assert found == "2026-04-07 23:59:59"


def test_an_investigation_that_goes_on_is_left_out_up_to_its_cap() -> None:
    """It has a deadline, unlike an open supplement: the law ends it."""
    begun = event("investigation_start", "2026-03-12 09:00")
    found = due("2026-03-10 10:00", 7, "days", begun, petition_type="grievance")
    assert found == "2026-04-07 23:59:59"


def test_reading_a12_can_count_the_cap_by_the_calendar() -> None:
    """A12 is a setting of the rule pack: 14 calendar days from 3/12 end on 3/25."""
    events = looked("2026-03-12 09:00", "2026-05-29 18:00")
    asking = ("2026-03-10 10:00", 7, "days")
    by_calendar = due(*asking, *events, petition_type="grievance", investigation_cap="civil_days")
    assert by_calendar == "2026-04-01 23:59:59"


def test_only_a_grievance_has_a_field_investigation() -> None:
    """영 §17 speaks of 고충민원."""
    events = looked("2026-03-12 09:00", "2026-03-18 18:00")
    found = due("2026-03-10 10:00", 14, "days", *events, petition_type="suggestion")
    assert found == due("2026-03-10 10:00", 14, "days", petition_type="suggestion")


def test_a_proposal_waits_for_opinions_from_the_day_after_the_request() -> None:
    """국민 제안 규정 §9④, A9: 3/17 to 3/30 are fourteen days."""
    asked = event("consult_request", "2026-03-16 10:00")
    replied = event("consult_reply", "2026-03-30 10:00")
    proposal: dict[str, Any] = {"clock": "proposal_decision", "petition_type": None}
    asking = ("2026-03-10 10:00", 30, "civil_days")
    assert due(*asking, asked, replied, **proposal) == "2026-04-23 23:59:59"
    assert due(*asking, asked, **proposal) is None
    # a petition has no such pause: its officers cooperate within the period (법 §20)
    assert due("2026-03-10 10:00", 7, "days", asked, replied) == "2026-03-18 23:59:59"


def test_overlapping_pauses_are_left_out_once() -> None:
    """A15: consultation 3/17–3/30 and supplement 3/24–4/6 leave out 3/17 to 4/6, 21 days."""
    events = [
        event("consult_request", "2026-03-16 10:00"),
        event("supplement_request", "2026-03-23 10:00"),
        event("consult_reply", "2026-03-30 10:00"),
        event("supplement_received", "2026-04-06 10:00"),
    ]
    proposal: dict[str, Any] = {"clock": "proposal_decision", "petition_type": None}
    found = due("2026-03-10 10:00", 30, "civil_days", *events, **proposal)
    assert found == "2026-04-30 23:59:59"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-06-12 00:00", "2026-06-13 00:00", "2026-06-19"),
        ("2026-06-12 09:00", "2026-06-12 18:00", "2026-06-19"),
        ("2026-06-12 09:00", "2026-06-12 17:59:59", "2026-06-18"),
        ("2026-06-12 09:00:01", "2026-06-12 18:00", "2026-06-18"),
        ("2026-06-12 15:00", "2026-06-15 18:00", "2026-06-19"),  # Monday wholly, Friday not
        ("2026-06-13 00:00", "2026-06-15 00:00", "2026-06-18"),  # a weekend
    ],
)
def test_a_day_period_leaves_out_only_days_that_were_wholly_out(
    start: str, end: str, expected: str
) -> None:
    """영 §20 2호, A6."""
    found = due("2026-06-10 10:00", 7, "days", outage(start, end))
    assert found == f"{expected} 23:59:59"


def test_two_outages_can_take_a_day_out_together() -> None:
    """Morning and afternoon; lunch is no working time."""
    events = [
        outage("2026-06-12 13:00", "2026-06-12 18:00"),
        outage("2026-06-12 09:00", "2026-06-12 12:00"),
    ]
    assert due("2026-06-10 10:00", 7, "days", *events) == "2026-06-19 23:59:59"


def test_reading_a6_can_leave_out_every_day_touched() -> None:
    """A6 is a setting of the rule pack."""
    short = outage("2026-06-12 10:00", "2026-06-12 10:05")
    assert due("2026-06-10 10:00", 7, "days", short) == "2026-06-18 23:59:59"
    touched = due("2026-06-10 10:00", 7, "days", short, day_outage="any_day")
    assert touched == "2026-06-19 23:59:59"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-06-12 11:00", "2026-06-12 15:00", "2026-06-12 17:00:00"),
        ("2026-06-12 08:00", "2026-06-12 10:30", "2026-06-12 14:30:00"),
        ("2026-06-12 12:00", "2026-06-12 13:00", "2026-06-12 14:00:00"),  # lunch
        ("2026-06-12 14:00", "2026-06-12 18:00", "2026-06-12 14:00:00"),  # after the deadline
        ("2026-06-12 13:30", "2026-06-15 09:30", "2026-06-15 10:00:00"),
    ],
)
def test_an_hour_period_leaves_out_the_working_time_of_an_outage(
    start: str, end: str, expected: str
) -> None:
    """영 §20 2호, A6: three hours from 10:00."""
    assert due("2026-06-12 10:00", 3, "immediate", outage(start, end)) == expected


def test_overlapping_outages_are_left_out_once() -> None:
    """A15, in hours."""
    events = [
        outage("2026-06-12 10:30", "2026-06-12 11:30"),
        outage("2026-06-12 11:00", "2026-06-12 12:00"),
    ]
    assert due("2026-06-12 10:00", 3, "immediate", *events) == "2026-06-12 15:30:00"


def test_the_outage_rule_refers_to_the_beginning_of_the_outage() -> None:
    """부칙 <제36296호> §3: not to the receipt; one that began before 2026-05-06 counts."""
    before = outage("2026-05-04 00:00", "2026-05-08 00:00")
    after = outage("2026-05-06 00:00", "2026-05-08 00:00")
    assert due("2026-04-30 10:00", 7, "days", before) == due("2026-04-30 10:00", 7, "days")
    assert due("2026-04-30 10:00", 7, "days") == "2026-05-12 23:59:59"
    assert due("2026-04-30 10:00", 7, "days", after) == "2026-05-14 23:59:59"


@pytest.mark.parametrize(
    ("clock", "unit", "amount"),
    [
        ("receipt_of_e_petition", "working_hours", 8),
        ("objection_decision", "civil_days", 10),
        ("progress_notice", "civil_days", 30),
        ("supplement_by_citizen", "civil_days", 10),
        ("information_disclosure", "days", 10),
    ],
)
def test_only_periods_of_processing_leave_time_out(clock: str, unit: str, amount: int) -> None:
    """영 §20 speaks of the 처리기간: the limits around it run on."""
    events = [
        event("supplement_request", "2026-06-11 10:00"),
        outage("2026-06-10 00:00", "2026-06-13 00:00"),
        *looked("2026-06-11 10:00", "2026-06-12 10:00"),
        event("consult_request", "2026-06-11 10:00"),
    ]
    asking = ("2026-06-10 10:00", amount, unit)
    of: dict[str, Any] = {"clock": clock, "petition_type": "grievance"}
    assert due(*asking, *events, **of) == due(*asking, **of)


def test_a_holiday_declared_after_the_receipt_is_left_out() -> None:
    """A13: on its day, in both languages, and a second declaration of it changes nothing."""
    declared: Event = {"type": "holiday_declared", "date": "2026-03-13"}
    assert due("2026-03-10 10:00", 7, "days", declared) == "2026-03-19 23:59:59"
    assert due("2026-03-10 10:00", 7, "days", declared, declared) == "2026-03-19 23:59:59"
    assert due("2026-03-10 10:00", 32, "hours", declared) == "2026-03-17 10:00:00"
    steps = answer("2026-03-10 10:00", 7, "days", declared).steps
    assert "3/13 임시공휴일 제외" in [step.ko for step in steps]
    assert "3/13 left out: Temporary Public Holiday" in [step.en for step in steps]


def test_a_pause_after_an_extension_shifts_the_extended_deadline() -> None:
    """A15: pauses and extensions add up, whichever came first."""
    longer = extend("2026-03-11 10:00", 7, reason_code="cooperation")
    extended = due("2026-03-10 10:00", 7, "days", longer)
    assert extended == "2026-03-27 23:59:59"
    asked = event("supplement_request", "2026-03-25 10:00")
    given = event("supplement_received", "2026-03-26 10:00")
    assert due("2026-03-10 10:00", 7, "days", longer, asked, given) == "2026-03-31 23:59:59"
    assert due("2026-03-10 10:00", 7, "days", ASKED, GIVEN, longer) == "2026-04-02 23:59:59"
