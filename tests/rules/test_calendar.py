"""The working calendar: which days are closed, why, and that it never guesses or loops."""

import csv
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from rules.calendar import (
    BusinessCalendar,
    CalendarError,
    Override,
    national_calendar,
)
from rules.clock import add_working_minutes
from rules.packs import SEOUL, pack_for
from tests.rules.clock_asking import at, due, korea

HOLIDAYS = Path(__file__).parent / "data" / "public_holidays.csv"


def weekdays_of(year: int) -> dict[date, str]:
    """Every Monday to Friday of a year, to close them all."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return {day: "폐쇄" for day in days if day.year == year and day.weekday() < 5}


def test_the_public_holidays_of_2024_to_2028_are_those_of_the_decree() -> None:
    """관공서의 공휴일에 관한 규정, with its substitutes and elections: no day more or less."""
    with HOLIDAYS.open(encoding="utf-8") as file:
        expected = {date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    found = {day for day in korea().closed if 2024 <= day.year <= 2028}
    assert found == expected


@pytest.mark.parametrize(
    ("day", "ko", "en"),
    [
        ("2026-05-01", "노동절", "Labor Day"),
        ("2026-07-17", "제헌절", "Constitution Day"),
        ("2027-05-03", "노동절 대체 휴일", "Alternative holiday for Labor Day"),
        ("2027-07-19", "제헌절 대체 휴일", "Alternative holiday for Constitution Day"),
        ("2025-01-27", "임시공휴일", "Temporary Public Holiday"),
    ],
)
def test_the_library_is_new_enough_to_know_the_holidays_of_2026(day: str, ko: str, en: str) -> None:
    """An older release would not know 노동절 and 제헌절, and deadlines would be too early."""
    closed = date.fromisoformat(day)
    assert not korea().is_open(closed)
    assert (korea().why_closed(closed), korea().name_en(closed)) == (ko, en)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2025-05-01", None),  # 근로자의 날 was a working day of public servants before 2026
        ("2026-03-14", "토요일"),
        ("2026-03-15", "일요일"),
        ("2026-03-16", None),
        ("2026-06-06", "현충일"),  # a Saturday, and 현충일 has no substitute
        ("2026-06-08", None),
    ],
)
def test_every_closed_day_says_why(day: str, why: str | None) -> None:
    """A holiday by its name, a weekend by its day, a working day by nothing."""
    assert korea().why_closed(date.fromisoformat(day)) == why


def test_an_override_closes_a_day_or_opens_it_again() -> None:
    """임시공휴일 is decided faster than libraries are released, and may be withdrawn."""
    table = [
        Override(day=date(2026, 3, 13), name_ko="임시공휴일", kind="closed", source="관보"),
        Override(day=date(2025, 1, 27), name_ko="임시공휴일", kind="open", source="관보"),
    ]
    made = national_calendar(version=2, overrides=table)
    assert made.version == 2
    assert made.why_closed(date(2026, 3, 13)) == "임시공휴일"
    assert made.is_open(date(2025, 1, 27))
    assert due("2026-03-10 10:00", 7, "days", calendar=made) == "2026-03-19 23:59:59"


def test_a_calendar_survives_its_storage() -> None:
    """What is stored as JSON is the same value, with its version."""
    assert BusinessCalendar.model_validate_json(korea().model_dump_json()) == korea()


def test_a_calendar_that_was_stored_without_english_names_can_still_be_read() -> None:
    """The Korean name stands in."""
    old = BusinessCalendar.model_validate(
        {"version": 1, "first_year": 2026, "last_year": 2026, "closed": {"2026-05-01": "노동절"}}
    )
    assert old.name_en(date(2026, 5, 1)) == "노동절"


def test_a_calendar_without_holidays_still_leaves_weekends_out() -> None:
    """P03: an empty list of holidays is a calendar, not a fault."""
    bare = BusinessCalendar(version=1, first_year=2026, last_year=2027, closed={})
    assert due("2026-02-13 17:00", 2, "hours", calendar=bare) == "2026-02-16 10:00:00"


def test_a_year_without_a_working_day_is_refused_when_the_calendar_is_made() -> None:
    """P03: never a loop that looks for the next opening."""
    with pytest.raises(CalendarError, match="2026"):
        BusinessCalendar(version=1, first_year=2026, last_year=2026, closed=weekdays_of(2026))
    with pytest.raises(CalendarError, match="2026"):
        korea().with_declared(weekdays_of(2026))


@pytest.mark.parametrize(
    ("received", "amount", "unit"),
    [
        ("2015-12-31 10:00", 3, "hours"),
        ("2015-12-31 10:00", 7, "days"),
        ("2037-01-02 10:00", 7, "days"),
        ("2036-12-30 10:00", 7, "days"),
        ("2036-12-30 10:00", 40, "hours"),
        ("2036-12-30 10:00", 1, "months"),
        ("2026-03-10 10:00", 11, "years"),
        ("2026-03-10 10:00", 10_000, "days"),
    ],
)
def test_what_the_calendar_does_not_cover_is_an_error_and_never_a_guess(
    received: str, amount: int, unit: str
) -> None:
    """The years that were never loaded have no holidays that could be left out."""
    with pytest.raises(CalendarError, match="2036"):
        due(received, amount, unit)


def test_ten_thousand_hours_reach_over_five_years_exactly() -> None:
    """P07: from an opening, 1250 working days later at closing time, whatever lies between."""
    start = at("2026-03-10 09:00")
    found = add_working_minutes(start, 10_000 * 60, korea(), pack_for(start)).astimezone(SEOUL)
    walked = [
        day
        for n in range((found.date() - start.date()).days + 1)
        if korea().why_closed(day := start.date() + timedelta(days=n)) is None
    ]
    assert (len(walked), walked[-1], found.time()) == (1250, found.date(), time(18))
