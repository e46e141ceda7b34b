"""What holds for every receipt: the clock against a slow count, and against itself."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import SATURDAY, BusinessCalendar
from rules.clock import (
    add_working_minutes,
    deadline,
    receipt_instant,
    working_minutes_between,
)
from rules.packs import SEOUL, pack_for
from schema.deadlines import DeadlineRequest
from tests.rules.clock_asking import Event, korea

PACK = pack_for(datetime(2026, 1, 1, tzinfo=SEOUL))
MINUTE = timedelta(minutes=1)

BEGIN = datetime(2024, 1, 1, tzinfo=SEOUL)
SECONDS = int(timedelta(days=1640).total_seconds())

instants = st.integers(0, SECONDS).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
whole_minutes = instants.map(lambda at: at.replace(second=0))
day_counts = st.integers(6, 60)
hours = st.integers(1, 40)
periods = st.one_of(
    st.tuples(st.just("days"), day_counts),
    st.tuples(st.just("hours"), hours),
    st.tuples(st.just("weeks"), st.integers(1, 8)),
    st.tuples(st.just("months"), st.integers(1, 12)),
    st.tuples(st.just("years"), st.integers(1, 3)),
)


def due(
    received: datetime,
    period: tuple[str, int],
    *events: Event,
    calendar: BusinessCalendar | None = None,
) -> datetime:
    """The due instant in Seoul."""
    request = DeadlineRequest.model_validate(
        {
            "id": "any",
            "clock": "petition",
            "petition_type": "grievance",
            "period": {"unit": period[0], "amount": period[1]},
            "received_at": received,
            "events": events,
        }
    )
    found = deadline(request, calendar or korea(), PACK).due_at
    assert found is not None
    return found.astimezone(SEOUL)


def is_working(at: datetime) -> bool:
    """Written down once more, by hand: the slow reference."""
    hour = at.hour
    return korea().why_closed(at.date()) is None and (9 <= hour < 12 or 13 <= hour < 18)


@given(start=whole_minutes, minutes=st.integers(1, 600))
def test_adding_working_minutes_agrees_with_counting_them_one_by_one(
    start: datetime, minutes: int
) -> None:
    """The look-up in the list of working days is as right as walking through them."""
    at, left = start, minutes
    while left:
        left -= is_working(at)
        at += MINUTE
    assert add_working_minutes(start, minutes, korea(), PACK) == at


@given(start=instants, minutes=st.integers(1, 5000))
def test_what_was_added_is_what_lies_between(start: datetime, minutes: int) -> None:
    """From the receipt to the deadline are exactly the period's working minutes."""
    received = receipt_instant(start, korea(), PACK)
    end = add_working_minutes(received, minutes, korea(), PACK)
    assert working_minutes_between(received, end, korea(), PACK) == minutes


@given(start=instants, first=hours, second=hours)
def test_hour_periods_add_up(start: datetime, first: int, second: int) -> None:
    """P04: a and then b hours are a + b hours."""
    received = receipt_instant(start, korea(), PACK)
    then = add_working_minutes(received, first * 60, korea(), PACK)
    at_once = add_working_minutes(received, (first + second) * 60, korea(), PACK)
    assert add_working_minutes(then, second * 60, korea(), PACK) == at_once


@given(one=instants, other=instants, period=periods)
def test_who_came_later_is_not_due_earlier(
    one: datetime, other: datetime, period: tuple[str, int]
) -> None:
    """Monotone in the receipt, in every unit."""
    earlier, later = sorted((one, other))
    assert due(earlier, period) <= due(later, period)


@given(received=instants, period=periods)
def test_a_deadline_never_falls_into_closed_time(
    received: datetime, period: tuple[str, int]
) -> None:
    """On a working day; hour periods between 09:00 and 18:00 and not inside lunch."""
    found = due(received, period)
    assert found.weekday() < SATURDAY
    assert korea().why_closed(found.date()) is None
    if period[0] == "hours":
        assert time(9) < found.time() <= time(12) or time(13) < found.time() <= time(18)
    else:
        assert found.time() == time(23, 59, 59)


@given(received=instants, period=periods, away=st.integers(0, 90))
def test_one_holiday_more_never_makes_a_deadline_earlier(
    received: datetime, period: tuple[str, int], away: int
) -> None:
    """In every unit, wherever the new holiday lies."""
    declared = received.date() + timedelta(days=away)
    more = korea().with_declared([declared])
    assert due(received, period, calendar=more) >= due(received, period)


@given(received=instants, amount=day_counts, after=st.integers(0, 5), length=st.integers(0, 12))
def test_a_supplement_shifts_a_day_period_by_its_working_days(
    received: datetime, amount: int, after: int, length: int
) -> None:
    """Exactly: the period's working days, less those from dispatch to arrival, remain counted."""
    calendar = korea()
    first = receipt_instant(received, calendar, PACK).astimezone(SEOUL).date()
    asked_on = calendar.nth(calendar.days_before(first) + after)
    given_on = asked_on + timedelta(days=length)
    events = [
        {"type": kind, "at": datetime.combine(day, at, tzinfo=SEOUL)}
        for kind, day, at in (
            ("supplement_request", asked_on, time(13)),
            ("supplement_received", given_on, time(17)),
        )
    ]
    found = due(max(received, receipt_instant(received, calendar, PACK)), ("days", amount), *events)
    counted = [
        day
        for day in days(first, found.date())
        if calendar.is_open(day) and not asked_on <= day <= given_on
    ]
    assert len(counted) == amount
    assert counted[-1] == found.date()


@given(received=instants, amount=day_counts, by=st.integers(1, 60), again=st.integers(1, 60))
def test_extensions_never_make_more_than_three_periods(
    received: datetime, amount: int, by: int, again: int
) -> None:
    """Each within the period: the two together are at most two periods more."""
    events = [
        {
            "type": "extend",
            "at": receipt_instant(received, korea(), PACK) + timedelta(minutes=n),
            "days": days,
            "reason_code": "cooperation",
            "consent": True,
        }
        for n, days in enumerate((by, again))
    ]
    found = due(received, ("days", amount), *events)
    granted = sum(days for days in (by, again) if days <= amount)
    assert found == due(received, ("days", amount + granted))
    assert found <= due(received, ("days", 3 * amount))


@given(received=instants, period=periods)
def test_the_same_question_has_the_same_answer_from_a_stored_calendar(
    received: datetime, period: tuple[str, int]
) -> None:
    """Recomputing from what was stored gives what was stored."""
    assert due(received, period, calendar=STORED) == due(received, period)


STORED = BusinessCalendar.model_validate_json(korea().model_dump_json())


def days(first: date, last: date) -> list[date]:
    """Every day from first to last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
