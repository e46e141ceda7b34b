"""The law's clock: where each unit of a period begins and ends."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.clock import add_wall_hours, deadline, law_for, receipt_instant
from rules.packs import SEOUL, pack_for
from schema.deadlines import DeadlineRequest
from tests.rules.clock_asking import at, due, event, korea

WORKED = json.loads(
    (Path(__file__).parent / "data" / "worked_deadlines.json").read_text(encoding="utf-8")
)
PACK = pack_for(at("2026-03-10"))


@pytest.mark.parametrize("case", WORKED, ids=lambda case: case["id"])
def test_every_worked_deadline_is_met_to_the_second(case: dict[str, Any]) -> None:
    """The 32 deadlines that were worked out by hand come out, with the same refusals."""
    request = DeadlineRequest.model_validate(case)
    found = deadline(request, korea(), law_for(request, korea()))
    assert found.due_at == datetime.fromisoformat(case["expected_due_at"])
    assert [one.index for one in found.refused] == case["expected_refused"]


@pytest.mark.parametrize(
    ("received", "hours", "expected"),
    [
        ("2026-03-10 09:00:00", 3, "2026-03-10 12:00:00"),
        ("2026-03-10 08:59:59", 3, "2026-03-10 12:00:00"),
        ("2026-03-10 00:00:00", 3, "2026-03-10 12:00:00"),
        ("2026-03-10 09:00:01", 3, "2026-03-10 13:00:01"),
        ("2026-03-10 11:59:59", 3, "2026-03-10 15:59:59"),
        ("2026-03-10 12:00:00", 3, "2026-03-10 16:00:00"),
        ("2026-03-10 12:59:59", 3, "2026-03-10 16:00:00"),
        ("2026-03-10 13:00:00", 3, "2026-03-10 16:00:00"),
        ("2026-03-10 15:00:00", 3, "2026-03-10 18:00:00"),
        ("2026-03-10 15:00:01", 3, "2026-03-11 09:00:01"),
        ("2026-03-10 17:59:59", 3, "2026-03-11 11:59:59"),
        ("2026-03-10 18:00:00", 3, "2026-03-11 12:00:00"),
        ("2026-03-10 23:59:59", 3, "2026-03-11 12:00:00"),
        ("2026-03-14 10:00:00", 3, "2026-03-16 12:00:00"),  # Saturday
        ("2026-02-13 18:00:00", 8, "2026-02-19 18:00:00"),  # the eve of 설
        ("2025-10-02 17:00:00", 2, "2025-10-10 10:00:00"),  # 개천절, 추석, 대체, 한글날 in a run
        ("2024-02-28 14:00:00", 16, "2024-03-04 14:00:00"),  # over 29 February and 삼일절
        ("2026-04-30 17:00:00", 8, "2026-05-04 17:00:00"),  # 노동절 is a holiday from 2026
        ("2027-04-30 17:00:00", 8, "2027-05-04 17:00:00"),  # and has a substitute in 2027
    ],
)
def test_hour_periods_count_working_seconds(received: str, hours: int, expected: str) -> None:
    """법 §19①: 09–12 and 13–18 of working days; used up at 12:00 or 18:00 ends there (A1)."""
    assert due(received, hours, "hours") == expected


@pytest.mark.parametrize(
    ("received", "days", "expected"),
    [
        ("2026-03-10 17:59:59", 7, "2026-03-18"),
        ("2026-03-10 18:00:00", 7, "2026-03-19"),
        ("2026-03-10 07:00:00", 7, "2026-03-18"),
        ("2026-03-10 12:30:00", 7, "2026-03-18"),
        ("2026-03-14 12:00:00", 7, "2026-03-24"),
        ("2024-02-23 10:00:00", 6, "2024-03-04"),
        ("2025-10-02 10:00:00", 6, "2025-10-16"),
        ("2026-12-31 10:00:00", 14, "2027-01-20"),
        ("2027-07-16 10:00:00", 6, "2027-07-26"),  # 제헌절 and its substitute on 7/19
    ],
)
def test_day_periods_count_working_days_with_the_first(
    received: str, days: int, expected: str
) -> None:
    """법 §19②: the first day counts, public holidays and Saturdays do not; the last day ends at
    23:59:59 (A3), and what comes after 18:00 is received on the next working day (A2)."""
    assert due(received, days, "days") == f"{expected} 23:59:59"


@pytest.mark.parametrize(
    ("received", "amount", "unit", "expected"),
    [
        ("2024-01-30 10:00", 1, "months", "2024-02-29"),
        ("2024-01-31 10:00", 1, "months", "2024-02-29"),
        ("2025-01-24 10:00", 1, "months", "2025-02-24"),  # 2/23 is a Sunday
        ("2026-03-31 10:00", 1, "months", "2026-04-30"),
        ("2026-03-02 10:00", 1, "months", "2026-04-02"),  # a holiday: received on 3/3
        ("2026-02-28 10:00", 1, "months", "2026-04-02"),  # the Saturday before it: the same
        ("2026-12-01 10:00", 1, "months", "2026-12-31"),
        ("2024-02-29 10:00", 1, "years", "2025-02-28"),
        ("2023-03-02 10:00", 1, "years", "2024-03-04"),  # 3/1 is closed, and the weekend
        ("2026-03-10 10:00", 3, "weeks", "2026-03-30"),
        ("2026-03-16 10:00", 1, "weeks", "2026-03-23"),  # Sunday 3/22 moves to Monday
    ],
)
def test_weeks_months_and_years_follow_the_civil_code_with_the_first_day(
    received: str, amount: int, unit: str, expected: str
) -> None:
    """법 §19③, 민법 §160–161: the day before the one that answers to the first day; the month's
    last where there is none; a closed last day moves on."""
    assert due(received, amount, unit) == f"{expected} 23:59:59"


@pytest.mark.parametrize("days", [1, 3, 5])
def test_a_period_of_five_days_or_less_is_counted_in_hours_however_it_is_written(
    days: int,
) -> None:
    """법 §19①: one day is 8 working hours."""
    assert due("2026-03-10 10:00", days, "days") == due("2026-03-10 10:00", days * 8, "hours")
    assert due("2026-03-10 10:00", 6, "days") == "2026-03-17 23:59:59"


@pytest.mark.parametrize("unit", ["hours", "working_hours"])
def test_hours_and_working_hours_are_the_same(unit: str) -> None:
    """Both names count working hours."""
    assert due("2026-03-10 16:30", 3, unit) == "2026-03-11 10:30:00"


@pytest.mark.parametrize("amount", [1, 3, 40])
def test_immediate_is_three_working_hours_whatever_amount_stands_beside_it(amount: int) -> None:
    """영 §19."""
    assert due("2026-03-10 09:00", amount, "immediate") == "2026-03-10 12:00:00"


@pytest.mark.parametrize(
    ("clock", "amount", "unit", "received", "expected"),
    [
        ("receipt_of_e_petition", 8, "working_hours", "2026-03-10 10:00", "2026-03-11 10:00:00"),
        ("distribution", 1, "working_hours", "2026-03-10 17:30", "2026-03-11 09:30:00"),
        ("distribution", 3, "working_hours", "2026-03-10 11:00", "2026-03-10 15:00:00"),
        ("transfer_inside", 3, "working_hours", "2026-03-13 16:00", "2026-03-16 10:00:00"),
        ("transfer_to_agency", 8, "working_hours", "2026-02-13 13:00", "2026-02-19 12:00:00"),
        ("supplement_request", 8, "working_hours", "2026-03-10 09:00", "2026-03-10 18:00:00"),
        ("supplement_by_citizen", 10, "civil_days", "2026-03-10 20:00", "2026-03-20 23:59:59"),
        ("objection_filing", 60, "civil_days", "2026-03-14 11:00", "2026-05-13 23:59:59"),
        ("objection_decision", 10, "civil_days", "2026-03-14 11:00", "2026-03-26 23:59:59"),
        ("proposal_rereview_request", 15, "civil_days", "2026-03-12 09:00", "2026-03-27 23:59:59"),
        ("information_disclosure", 10, "days", "2026-03-10 10:00", "2026-03-23 23:59:59"),
        ("progress_notice", 30, "civil_days", "2026-03-10 10:00", "2026-04-10 23:59:59"),
        ("progress_notice", 60, "civil_days", "2026-03-10 10:00", "2026-05-11 23:59:59"),
        ("proposal_decision", 30, "civil_days", "2023-09-01 10:00", "2023-10-04 23:59:59"),
        ("proposal_decision", 30, "civil_days", "2023-08-31 10:00", "2023-10-04 23:59:59"),
        ("proposal_decision", 30, "civil_days", "2023-07-10 10:00", "2023-08-10 23:59:59"),
        ("proposal_decision", 30, "civil_days", "2024-07-10 10:00", "2024-08-09 23:59:59"),
    ],
)
def test_each_limit_beside_the_main_one_is_a_clock_of_its_own(
    clock: str, amount: int, unit: str, received: str, expected: str
) -> None:
    """영 §6⑧, §13, §23, §24; 법 §35; 국민 제안 규정 §10; 정보공개법 §29②. An agency's periods run
    from its receipt, a citizen's from the day of the notice itself."""
    assert due(received, amount, unit, clock=clock, petition_type=None) == expected


def test_a_receipt_by_another_agency_begins_a_new_period() -> None:
    """법 §16, A7: the receiving agency has the whole period from its own receipt."""
    sent = event("transfer_out", "2026-03-12 09:40", frm="서울특별시", to="강남구")
    got = event("transfer_received", "2026-03-12 14:00", by="강남구")
    assert due("2026-03-10 10:00", 7, "days", sent, got) == due("2026-03-12 14:00", 7, "days")


def test_a_transfer_from_before_the_receipt_changes_nothing() -> None:
    """What the sending agency did lies before the clock."""
    sent = event("transfer_out", "2026-03-10 09:40")
    got = event("transfer_received", "2026-03-10 10:00")
    assert due("2026-03-10 10:00", 7, "days", sent, got) == "2026-03-18 23:59:59"


def test_a_transfer_that_no_agency_has_received_leaves_the_clock_running() -> None:
    """Until somebody else has it, the period of the sender stands."""
    sent = event("transfer_out", "2026-03-12 09:40")
    assert due("2026-03-10 10:00", 7, "days", sent) == "2026-03-18 23:59:59"


def test_what_happened_at_the_sending_agency_does_not_count_at_the_receiving_one() -> None:
    """The supplement of 3/11 belongs to the term that ended; so does its extension."""
    events = [
        event("supplement_request", "2026-03-11 10:00"),
        event("supplement_received", "2026-03-12 10:00"),
        event("extend", "2026-03-12 11:00", days=7, reason_code="cooperation"),
        event("transfer_received", "2026-03-13 10:00"),
    ]
    assert due("2026-03-10 10:00", 7, "days", *events) == due("2026-03-13 10:00", 7, "days")


def test_a_transfer_does_not_move_the_limits_of_the_sender_or_of_the_citizen() -> None:
    """Distribution is counted from the first receipt; an objection from the refusal."""
    got = event("transfer_received", "2026-03-10 11:00")
    limit = due("2026-03-10 10:00", 1, "hours", got, clock="distribution", petition_type=None)
    assert limit == "2026-03-10 11:00:00"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_zone_in_which_an_instant_is_written_does_not_matter(zone: str) -> None:
    """P06: the same instant, the same deadline, over a change of summer time elsewhere too."""
    received = at("2026-03-06 16:30").astimezone(ZoneInfo(zone))
    request = DeadlineRequest.model_validate(
        {
            "id": "zone",
            "clock": "petition",
            "period": {"unit": "hours", "amount": 8},
            "received_at": received,
        }
    )
    found = deadline(request, korea(), PACK).due_at
    assert found == at("2026-03-09 16:30")
    assert found.utcoffset() == datetime.now(UTC).utcoffset()


@pytest.mark.parametrize(
    ("arrived", "received"),
    [
        ("2026-03-10 08:00:00", "2026-03-10 09:00:00"),
        ("2026-03-10 10:15:30", "2026-03-10 10:15:30"),
        ("2026-03-10 12:00:00", "2026-03-10 13:00:00"),
        ("2026-03-10 17:59:59", "2026-03-10 17:59:59"),
        ("2026-03-10 18:00:00", "2026-03-11 09:00:00"),
        ("2026-02-13 18:30:00", "2026-02-19 09:00:00"),
    ],
)
def test_receipt_is_at_once_in_working_time_and_else_at_the_next_opening(
    arrived: str, received: str
) -> None:
    """A2."""
    assert receipt_instant(at(arrived), korea(), PACK) == at(received)


def test_a_service_target_runs_at_night_and_on_holidays() -> None:
    """P08: 24 hours from Friday evening are Saturday evening."""
    found = add_wall_hours(at("2026-03-13 20:00"), 24)
    assert found.astimezone(SEOUL) == at("2026-03-14 20:00")


@pytest.mark.parametrize(
    ("hours", "reading", "expected"),
    [
        (3, "earliest", "2026-03-10 12:00:00"),
        (3, "next_opening", "2026-03-10 13:00:00"),
        (8, "earliest", "2026-03-10 18:00:00"),
        (8, "next_opening", "2026-03-11 09:00:00"),
        (4, "next_opening", "2026-03-10 14:00:00"),
    ],
)
def test_reading_a1_says_when_a_used_up_segment_ends(
    hours: int, reading: str, expected: str
) -> None:
    """A1 is a setting of the rule pack."""
    assert due("2026-03-10 09:00", hours, "hours", exhaustion=reading) == expected


def test_reading_a3_can_end_the_last_day_with_the_office() -> None:
    """A3 is a setting of the rule pack; it does not touch hour periods."""
    assert due("2026-03-10 10:00", 7, "days", day_due="18:00") == "2026-03-18 18:00:00"
    assert due("2026-03-10 10:00", 8, "hours", day_due="18:00") == "2026-03-11 10:00:00"
