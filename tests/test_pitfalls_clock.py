"""How clocks of this kind have failed elsewhere, P01 to P09: each test is the promise that this one
does not. What a whole case does with them (audit, notices, closed cases) is tested with the case.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import BusinessCalendar, CalendarError
from rules.clock import (
    add_wall_hours,
    add_working_minutes,
    deadline,
    receipt_instant,
    working_minutes_between,
)
from rules.packs import SEOUL, RulePack, pack_for
from schema.deadlines import DeadlineRequest
from tests.rules.clock_asking import Event, answer, at, due, event, korea, outage

PACK = pack_for(at("2026-03-10"))
ASKED = event("supplement_request", "2026-03-12 11:00")
CAME = event("supplement_received", "2026-03-17 16:00")


def frames(morning: tuple[int, int], afternoon: tuple[int, int]) -> RulePack:
    """A pack of a city with other office hours."""
    hours = [(time(opens), time(closes)) for opens, closes in (morning, afternoon)]
    return PACK.model_copy(update={"morning": hours[0], "afternoon": hours[1]})


def due_by(pack: RulePack, received: str, amount: int, unit: str, *events: Event) -> str:
    """The due instant by another pack."""
    request = DeadlineRequest.model_validate(
        {
            "id": "asked",
            "clock": "petition",
            "period": {"unit": unit, "amount": amount},
            "received_at": at(received),
            "events": events,
        }
    )
    found = deadline(request, korea(), pack).due_at
    assert found is not None
    return f"{found.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"


def plain(closed: dict[str, str], years: tuple[int, int] = (2026, 2027)) -> BusinessCalendar:
    """A calendar with these public holidays only."""
    days = {at(text).date(): name for text, name in closed.items()}
    return BusinessCalendar(version=1, first_year=years[0], last_year=years[1], closed=days)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-03-10 03:00:00", "2026-03-10 12:00:00"),
        ("2026-03-10 09:00:00", "2026-03-10 12:00:00"),
        ("2026-03-10 17:59:59", "2026-03-11 11:59:59"),
        ("2026-03-10 18:00:00", "2026-03-11 12:00:00"),
        ("2026-03-13 18:00:00", "2026-03-16 12:00:00"),
        ("2026-03-10 15:00:00", "2026-03-10 18:00:00"),
    ],
)
def test_P01_a_receipt_before_at_and_after_opening_and_closing_counts_from_working_time(
    received: str, expected: str
) -> None:
    """Outside hours, at the opening, at the closing second, and with nothing of the day left over:
    never an hour lost, never one won."""
    assert due(received, 3, "immediate") == expected


def test_P01_a_day_whose_time_is_used_up_ends_that_day() -> None:
    """Eight hours from 09:00 end at 18:00 of the day, not at 09:00 of the next."""
    assert due("2026-03-10 09:00", 8, "hours") == "2026-03-10 18:00:00"
    assert due("2026-03-10 18:00", 8, "hours") == "2026-03-11 18:00:00"


@pytest.mark.parametrize(
    ("morning", "afternoon", "received", "expected"),
    [
        ((9, 11), (12, 18), "2026-03-10 10:30", "2026-03-10 14:30:00"),  # lunch 11–12
        ((9, 11), (12, 18), "2026-03-10 11:30", "2026-03-10 15:00:00"),
        ((9, 13), (14, 18), "2026-03-10 10:30", "2026-03-10 14:30:00"),  # lunch 13–14
        ((9, 13), (14, 18), "2026-03-10 12:30", "2026-03-10 16:30:00"),
        ((9, 13), (14, 18), "2026-03-10 13:20", "2026-03-10 17:00:00"),
        ((9, 12), (12, 18), "2026-03-10 10:30", "2026-03-10 13:30:00"),  # no lunch
        ((9, 12), (13, 14), "2026-03-10 11:30", "2026-03-11 10:30:00"),  # a half day
        ((0, 12), (12, 23), "2026-03-10 22:00", "2026-03-11 02:00:00"),  # almost round the clock
    ],
)
def test_P02_lunch_and_office_hours_are_those_of_the_pack(
    morning: tuple[int, int], afternoon: tuple[int, int], received: str, expected: str
) -> None:
    """지방공무원 복무규정 §2②: lunch may be moved by an hour; three hours counted around it."""
    assert due_by(frames(morning, afternoon), received, 3, "hours") == expected


def test_P02_an_outage_takes_a_day_out_by_the_hours_of_the_pack() -> None:
    """With lunch from 11 to 12 an outage of 09–11 and 12–18 leaves nothing of the day."""
    events = [
        outage("2026-06-12 09:00", "2026-06-12 11:00"),
        outage("2026-06-12 12:00", "2026-06-12 18:00"),
    ]
    asking = ("2026-06-10 10:00", 7, "days")
    assert due_by(frames((9, 11), (12, 18)), *asking, *events) == "2026-06-19 23:59:59"
    assert due_by(frames((9, 12), (13, 18)), *asking, *events) == "2026-06-18 23:59:59"


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ({}, "2026-03-18 23:59:59"),
        ({"2026-03-10": "first"}, "2026-03-19 23:59:59"),
        ({"2026-03-18": "last"}, "2026-03-19 23:59:59"),
        ({"2026-03-19": "after"}, "2026-03-18 23:59:59"),
        ({f"2026-03-{day}": "run" for day in range(11, 18)}, "2026-03-25 23:59:59"),
    ],
)
def test_P03_holidays_on_the_first_and_last_day_and_in_runs_are_left_out(
    closed: dict[str, str], expected: str
) -> None:
    """Also none at all: an empty list is a calendar, not an error."""
    assert due("2026-03-10 10:00", 7, "days", calendar=plain(closed)) == expected


def test_P03_seollal_and_chuseok_with_their_substitutes_are_left_out() -> None:
    """2025: 10/3 to 10/9 are closed in one run; 2027: 설 falls on a Sunday, 2/9 stands for it."""
    assert due("2025-10-02 17:00", 2, "hours") == "2025-10-10 10:00:00"
    assert due("2027-02-05 17:00", 2, "hours") == "2027-02-10 10:00:00"


def test_P03_a_closed_year_and_a_year_that_is_not_covered_are_errors() -> None:
    """Never a loop, never a guess."""
    every_day = {f"{at('2026-01-01') + timedelta(days=n):%Y-%m-%d}": "closed" for n in range(365)}
    with pytest.raises(CalendarError):
        plain(every_day)
    with pytest.raises(CalendarError):
        due("2027-12-20 10:00", 40, "days", calendar=plain({}))
    with pytest.raises(CalendarError):
        due("2025-12-31 10:00", 7, "days", calendar=plain({}))


def test_P04_each_unit_is_counted_in_its_own_mode() -> None:
    """즉시, up to five days in hours, from six in days, and by the calendar with its clamp."""
    assert due("2026-03-10 10:00", 3, "immediate") == "2026-03-10 14:00:00"
    assert due("2026-03-10 10:00", 5, "days") == "2026-03-17 10:00:00"
    assert due("2026-03-10 10:00", 6, "days") == "2026-03-17 23:59:59"
    assert due("2025-01-31 10:00", 1, "months") == "2025-02-28 23:59:59"
    assert due("2026-01-15 10:00", 1, "months") == "2026-02-19 23:59:59"


@pytest.mark.parametrize(("first", "second"), [(1, 2), (3, 5), (8, 8), (13, 40)])
def test_P04_hours_add_up(first: int, second: int) -> None:
    """a hours and then b hours are a + b hours, over nights and 설."""
    start = at("2026-02-12 15:20")
    then = add_working_minutes(start, first * 60, korea(), PACK)
    at_once = add_working_minutes(start, (first + second) * 60, korea(), PACK)
    assert add_working_minutes(then, second * 60, korea(), PACK) == at_once


def test_P05_a_holiday_declared_after_the_receipt_moves_the_deadline_and_is_named() -> None:
    """On its day; one that lies after the deadline moves nothing."""
    declared: Event = {"type": "holiday_declared", "date": "2026-03-13"}
    found = answer("2026-03-10 10:00", 7, "days", declared)
    assert found.due_at == at("2026-03-19 23:59:59")
    assert any(step.ko == "3/13 임시공휴일 제외" for step in found.steps)
    late: Event = {"type": "holiday_declared", "date": "2026-03-19"}
    assert due("2026-03-10 10:00", 7, "days", late) == "2026-03-18 23:59:59"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Paris", "Asia/Kathmandu"])
@pytest.mark.parametrize("moment", ["2026-03-06 16:30", "2026-10-23 16:30", "2026-03-29 08:30"])
def test_P06_the_zone_of_an_instant_never_matters(zone: str, moment: str) -> None:
    """Over both changes of summer time elsewhere; the receipt, the events and the answer are
    instants, and days are days in Seoul."""
    received = at(moment)
    asked, came = received + timedelta(hours=20), received + timedelta(hours=70)
    answers = [
        deadline(
            DeadlineRequest.model_validate(
                {
                    "id": "zone",
                    "clock": "petition",
                    "period": {"unit": "days", "amount": 7},
                    "received_at": received.astimezone(where),
                    "events": [
                        {"type": "supplement_request", "at": asked.astimezone(where)},
                        {"type": "supplement_received", "at": came.astimezone(where)},
                    ],
                }
            ),
            korea(),
            PACK,
        )
        for where in (SEOUL, ZoneInfo(zone))
    ]
    assert answers[0] == answers[1]
    assert answers[0].due_at is not None
    assert answers[0].due_at.tzinfo is UTC


def test_P06_a_day_is_a_day_in_seoul_also_where_utc_has_another() -> None:
    """08:30 in Seoul is still yesterday in UTC."""
    received = datetime.fromisoformat("2026-03-09T23:30:00+00:00")
    assert receipt_instant(received, korea(), PACK) == at("2026-03-10 09:00")


def test_P07_seconds_and_less_are_kept_and_what_is_over_is_negative() -> None:
    """No rounding to minutes; minutes past the deadline are minutes below nought."""
    start = at("2026-03-10 17:59:59") + timedelta(microseconds=1)
    found = add_working_minutes(start, 180, korea(), PACK)
    assert found == at("2026-03-11 11:59:59") + timedelta(microseconds=1)
    assert working_minutes_between(found, start, korea(), PACK) == -180
    assert add_working_minutes(start, -5, korea(), PACK) == start


def test_P07_five_years_and_ten_thousand_hours_are_counted_like_a_day() -> None:
    """A look-up, not a walk: the longest spans cost what the shortest do, and are as exact."""
    assert due("2026-03-10 10:00", 5, "years") == "2031-03-10 23:59:59"  # 3/9 is a Sunday
    end = add_working_minutes(at("2026-03-10 10:00"), 10_000 * 60, korea(), PACK)
    assert working_minutes_between(at("2026-03-10 10:00"), end, korea(), PACK) == 10_000 * 60
    assert end.astimezone(SEOUL) > at("2030-12-01")


def test_P08_a_target_round_the_clock_runs_beside_a_period_in_working_time() -> None:
    """Three hours from Friday 17:00: the target is at 20:00, the law's due on Monday at 11:00."""
    received = at("2026-03-13 17:00")
    assert add_wall_hours(received, 3) == at("2026-03-13 20:00")
    assert due("2026-03-13 17:00", 3, "immediate") == "2026-03-16 11:00:00"


def test_P09_a_pause_in_closed_hours_takes_out_its_days() -> None:
    """Asked on Friday at 20:00, answered on Saturday: Friday is out, the weekend was anyway."""
    asked = event("supplement_request", "2026-03-13 20:00")
    came = event("supplement_received", "2026-03-14 11:00")
    assert due("2026-03-10 10:00", 7, "days", asked, came) == "2026-03-19 23:59:59"


def test_P09_a_pause_inside_a_pause_and_one_that_never_ends() -> None:
    """The first request counts; without an answer there is no deadline, not a wrong one."""
    again = event("supplement_request", "2026-03-13 11:00")
    asking = ("2026-03-10 10:00", 7, "days")
    assert due(*asking, ASKED, again, CAME) == due(*asking, ASKED, CAME) == "2026-03-24 23:59:59"
    assert due(*asking, ASKED, again) is None
    assert due(*asking, CAME) == due(*asking) == "2026-03-18 23:59:59"


def test_P09_a_pause_over_a_holiday_leaves_out_each_day_once() -> None:
    """2/13 to 2/19 are two working days and 설: two days, not five."""
    asked = event("supplement_request", "2026-02-13 10:00")
    came = event("supplement_received", "2026-02-19 10:00")
    assert due("2026-02-10 10:00", 7, "days") == "2026-02-23 23:59:59"
    assert due("2026-02-10 10:00", 7, "days", asked, came) == "2026-02-25 23:59:59"


LATE: list[Any] = [
    ("days", 7, "2026-03-19 09:00"),
    ("hours", 8, "2026-03-11 10:00"),
    ("months", 1, "2026-04-10 09:00"),
]


@pytest.mark.parametrize(("unit", "amount", "late"), LATE)
def test_P09_a_pause_after_the_breach_does_not_undo_it(unit: str, amount: int, late: str) -> None:
    """What was missed stays missed, while the supplement is awaited and when it has come."""
    missed = due("2026-03-10 10:00", amount, unit)
    asked = event("supplement_request", late)
    came = event("supplement_received", "2026-04-20 10:00")
    assert due("2026-03-10 10:00", amount, unit, asked) == missed
    assert due("2026-03-10 10:00", amount, unit, asked, came) == missed
