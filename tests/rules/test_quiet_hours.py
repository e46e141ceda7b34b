"""Citizens sleep from nine to eight, unless it cannot wait or they have just written."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.quiet_hours import (
    SEOUL,
    QuietHours,
    answers_own_message,
    read_quiet_hours,
    told_at,
)

NIGHT = QuietHours(begins=21, ends=8)


def seoul(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (seoul(23, 20, 59, 59), seoul(23, 20, 59, 59)),
        (seoul(23, 21), seoul(24, 8)),
        (seoul(23, 23, 59, 59), seoul(24, 8)),
        (seoul(24, 0), seoul(24, 8)),
        (seoul(24, 7, 59, 59), seoul(24, 8)),
        (seoul(24, 8), seoul(24, 8)),
        (seoul(30, 22), datetime(2026, 12, 1, 8, tzinfo=SEOUL)),
        (datetime(2026, 12, 31, 14, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=SEOUL)),
    ],
)
def test_what_is_known_at_night_is_told_in_the_morning(now: datetime, told: datetime) -> None:
    """Nothing is told from 21:00 until 08:00 in Seoul, whatever the zone of the server."""
    for zone in (SEOUL, UTC):
        heard = told_at(now.astimezone(zone), hours=NIGHT, urgent=False, answers_own_message=False)
        assert heard == told


@pytest.mark.parametrize(("urgent", "answers"), [(True, False), (False, True), (True, True)])
def test_what_cannot_wait_is_told_at_once(urgent: bool, answers: bool) -> None:
    """An urgent notice, and the receipt for a message just sent, are told at night too."""
    now = seoul(24, 3)
    assert told_at(now, hours=NIGHT, urgent=urgent, answers_own_message=answers) == now


def test_only_a_fresh_message_is_answered_at_night() -> None:
    """Ten minutes after writing a citizen is taken to be awake, and not a second longer."""
    sent = seoul(24, 2)
    assert answers_own_message(sent + timedelta(minutes=10), sent)
    assert not answers_own_message(sent + timedelta(minutes=10, seconds=1), sent)


@pytest.mark.parametrize(
    ("setting", "hours"),
    [
        ("21-8", NIGHT),
        ("0-6", QuietHours(begins=0, ends=6)),
        ("", None),
        ("9-9", None),
    ],
)
def test_the_setting_names_two_hours_or_none(setting: str, hours: QuietHours | None) -> None:
    """Empty hours, and hours that end where they begin, keep nobody from being told."""
    assert read_quiet_hours(setting) == hours


@pytest.mark.parametrize("setting", ["21", "21-24", "ten-six", "1-2-3"])
def test_a_setting_that_is_no_hours_is_refused(setting: str) -> None:
    """A mistyped setting stops the start instead of waking people."""
    with pytest.raises(ValueError):
        read_quiet_hours(setting)


@given(
    seconds=st.integers(0, 5 * 366 * 24 * 3600),
    begins=st.integers(0, 23),
    ends=st.integers(0, 23),
)
def test_a_notice_is_never_early_never_in_quiet_hours_and_never_a_day_late(
    seconds: int, begins: int, ends: int
) -> None:
    """Whatever the hours, the instant found is the first one outside of them."""
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    hours = read_quiet_hours(f"{begins}-{ends}")
    told = told_at(now, hours=hours, urgent=False, answers_own_message=False)
    assert now <= told < now + timedelta(days=1)
    assert hours is None or not hours.cover(told)
    assert told_at(told, hours=hours, urgent=False, answers_own_message=False) == told
