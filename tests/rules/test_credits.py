"""Volunteer credit: what counts, the day's cap, and that the order of counting does not matter."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.credits import (
    CreditLine,
    CreditRules,
    Report,
    claimable,
    credit_rules,
    hours_by_day,
    is_accepted,
)
from schema.codes import CaseKind, Channel, PetitionType, State

RULES = credit_rules()
DAY = date(2026, 11, 23)
DAYS = st.dates(date(2026, 11, 1), date(2026, 11, 30))
COUNTS = st.dictionaries(DAYS, st.integers(0, 40), max_size=12)


def report(**fields: Any) -> Report:
    """An answered report from the app."""
    usual: dict[str, Any] = {
        "number": "261123-000042-K",
        "channel": Channel.SMART_REPORT,
        "kind": CaseKind.PETITION,
        "petition_type": PetitionType.OTHER,
        "state": State.ANSWERED,
        "submitted_at": datetime(2026, 11, 23, 3, tzinfo=UTC),
        "hidden": False,
        "synthetic": False,
        "root_answered": True,
        "root_state": fields.get("state", State.ANSWERED),
        "of_own": False,
    }
    return Report(**(usual | fields))


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ({}, True),
        ({"state": State.CLOSED}, True),
        ({"state": State.REANSWER}, True),
        ({"state": State.MERGED, "root_state": State.ANSWERED}, True),
        ({"state": State.PROCESSING, "root_answered": False}, False),
        ({"state": State.CLOSED, "root_answered": False}, False),
        ({"state": State.WITHDRAWN}, False),
        ({"state": State.DECLINED}, False),
        ({"state": State.MERGED, "root_state": State.WITHDRAWN}, False),
        ({"state": State.MERGED, "root_state": State.ANSWERED, "of_own": True}, False),
        ({"channel": Channel.WEB_FORM}, False),
        ({"petition_type": PetitionType.GRIEVANCE}, False),
        ({"petition_type": PetitionType.ENQUIRY_LAW}, False),
        ({"kind": CaseKind.PROPOSAL}, False),
        ({"hidden": True}, False),
        ({"synthetic": True}, False),
    ],
)
def test_what_counts_is_one_rule(fields: dict[str, Any], accepted: bool) -> None:
    """Answered, and not taken back, declined, hidden, or one's own twice."""
    assert is_accepted(report(**fields), RULES) is accepted


def test_a_report_counts_on_its_day_in_seoul() -> None:
    """Half past midnight in Seoul is the afternoon before in UTC."""
    assert report(submitted_at=datetime(2026, 11, 22, 15, 30, tzinfo=UTC)).day == DAY


@pytest.mark.parametrize(
    ("counts", "hours"),
    [
        ({DAY: 3}, {}),
        ({DAY: 4}, {DAY: 1}),
        ({DAY: 7}, {DAY: 1}),
        ({DAY: 16}, {DAY: 4}),
        ({DAY: 40}, {DAY: 4}),
        ({DAY: 3, DAY + timedelta(days=5): 1}, {DAY + timedelta(days=5): 1}),
        ({DAY: 19, DAY + timedelta(days=1): 3}, {DAY: 4}),
        ({DAY: 3, DAY + timedelta(days=1): 30}, {DAY + timedelta(days=1): 4}),
        ({DAY: -2}, {}),
    ],
)
def test_four_reports_are_an_hour(counts: dict[date, int], hours: dict[date, int]) -> None:
    """On the day of the fourth; beyond sixteen a day nothing more counts or is carried."""
    assert hours_by_day(counts, RULES) == hours


@given(COUNTS)
def test_no_day_has_more_than_its_hours(counts: dict[date, int]) -> None:
    """Whatever was carried into it."""
    made = hours_by_day(counts, RULES)
    assert all(0 < hours <= RULES.most_hours_a_day for hours in made.values())


@given(COUNTS, DAYS)
def test_one_report_more_never_takes_an_hour_away(counts: dict[date, int], day: date) -> None:
    """And it makes one at most."""
    before = sum(hours_by_day(counts, RULES).values())
    more = counts | {day: counts.get(day, 0) + 1}
    assert sum(hours_by_day(more, RULES).values()) - before in (0, 1)


@given(st.lists(DAYS, max_size=60), st.randoms())
def test_the_order_of_counting_does_not_matter(days: list[date], dice: Any) -> None:
    """The same reports make the same hours, in whichever order they were accepted."""

    def counted(order: list[date]) -> dict[date, int]:
        counts: dict[date, int] = {}
        for day in order:
            counts[day] = counts.get(day, 0) + 1
        return hours_by_day(counts, RULES)

    shuffled = list(days)
    dice.shuffle(shuffled)
    assert counted(shuffled) == counted(days)


@given(COUNTS, st.lists(COUNTS, max_size=4))
def test_claims_add_up_to_the_hours_whatever_came_between(
    last: dict[date, int], earlier: list[dict[date, int]]
) -> None:
    """Each claim brings the sum of all to what the ledger then said; twice claims nothing more."""
    claimed: list[CreditLine] = []
    for counts in (*earlier, last):
        claimed += claimable(hours_by_day(counts, RULES), claimed)
    assert claimable(hours_by_day(last, RULES), claimed) == ()
    assert sum(line.hours for line in claimed) == sum(hours_by_day(last, RULES).values())


def test_the_rules_are_the_citys_data() -> None:
    """Another city may count otherwise."""
    other = CreditRules(
        reports_per_hour=2,
        most_hours_a_day=8,
        channels=frozenset({Channel.SMART_REPORT}),
        petition_types=frozenset({PetitionType.OTHER}),
        not_in_states=frozenset(),
    )
    assert hours_by_day({DAY: 20}, other) == {DAY: 8}
