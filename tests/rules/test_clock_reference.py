"""The clock against the slow count of reference_clock, for every kind of history."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.clock import deadline, law_for
from schema.deadlines import DeadlineRequest
from tests.rules.clock_asking import korea
from tests.rules.clock_histories import questions
from tests.rules.reference_clock import reference

bounded = settings(deadline=None, max_examples=200, derandomize=True)


def agrees(request: DeadlineRequest) -> None:
    """The same instant, and the same refusals."""
    found = deadline(request, korea(), law_for(request, korea()))
    assert (found.due_at, [one.index for one in found.refused]) == reference(request, korea())


@bounded
@given(request=questions())
def test_a_petition_is_due_when_the_days_and_minutes_walked_through_say_so(
    request: DeadlineRequest,
) -> None:
    """Hours, days, weeks, months and years; with supplements, investigations, outages, declared
    holidays, extensions and transfers, lawful or not, in any order and any zone."""
    agrees(request)


ALONE = [
    ("supplement",),
    ("investigation",),
    ("exclusion",),
    ("outage",),
    ("extend",),
    ("supplement", "extend"),
    ("investigation", "outage"),
    ("holiday", "extend", "transfer"),
]


@pytest.mark.parametrize("kinds", ALONE, ids="+".join)
@pytest.mark.parametrize("unit", ["hours", "wall_hours", "days", "months"])
def test_what_happens_alone_agrees_with_the_walk(unit: str, kinds: tuple[str, ...]) -> None:
    """Mixed histories hide small things: each kind alone, and the pairs that act on one another."""
    amounts = {"hours": (8, 40), "wall_hours": (3, 96), "days": (6, 15), "months": (1, 1)}
    periods = st.tuples(st.just(unit), st.integers(*amounts[unit]))

    @settings(bounded, max_examples=40)
    @given(request=questions(periods=periods, kinds=kinds, most=3))
    def walked(request: DeadlineRequest) -> None:
        agrees(request)

    walked()


OTHERS = [
    ("proposal_decision", "civil_days", 30),
    ("objection_decision", "civil_days", 10),
    ("objection_filing", "civil_days", 60),
    ("supplement_by_citizen", "civil_days", 10),
    ("proposal_rereview_request", "civil_days", 15),
    ("progress_notice", "civil_days", 30),
    ("information_disclosure", "days", 10),
    ("receipt_of_e_petition", "working_hours", 8),
    ("distribution", "working_hours", 1),
    ("transfer_inside", "working_hours", 3),
    ("transfer_to_agency", "working_hours", 8),
    ("supplement_request", "working_hours", 8),
]


@pytest.mark.parametrize(("clock", "unit", "amount"), OTHERS)
def test_every_other_clock_agrees_with_the_walk_too(clock: str, unit: str, amount: int) -> None:
    """Each with its own first day, its own pauses and its own extensions."""

    @settings(bounded, max_examples=40)
    @given(request=questions(clock, st.just((unit, amount)), most=3))
    def walked(request: DeadlineRequest) -> None:
        agrees(request)

    walked()
