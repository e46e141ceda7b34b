"""The fine-evidence rule: two photographs of one place, far enough apart in time, and the plate."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.evidence import Evidence, EvidenceRule, Lack, Shot, evidence, evidence_rule

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = date(2026, 11, 23)
HERE = (37.5665, 126.978)
NEAR = (37.5667, 126.978)
"""22 metres to the north."""
FAR = (37.5765, 126.978)


def rule(seconds: int = 60, *, photos: int = 2, metres: int | None = 50) -> EvidenceRule:
    """A row of the table."""
    return EvidenceRule(
        valid_from=DAY, item="TR02", photos=photos, seconds=seconds, metres=metres, plate=True
    )


def shot(seconds: float | None, place: tuple[float, float] | None = HERE) -> Shot:
    """A photograph, so many seconds after the first."""
    lat, long = place or (None, None)
    at = None if seconds is None else AT + timedelta(seconds=seconds)
    return Shot(captured_at=at, lat=lat, long=long)


def lacks(found: Evidence) -> list[Lack]:
    """The codes of what is lacking."""
    return [one.code for one in found.lacking]


@pytest.mark.parametrize(
    ("shots", "lacking"),
    [
        ([shot(0), shot(60)], []),
        ([shot(60), shot(0)], []),
        ([shot(0), shot(59)], [Lack.TOO_CLOSE_IN_TIME]),
        ([shot(0), shot(30), shot(61)], []),
        ([shot(0), shot(60, NEAR)], []),
        ([shot(0), shot(60, FAR)], [Lack.NOT_THE_SAME_PLACE]),
        ([shot(0), shot(60, FAR), shot(70)], []),
        ([shot(0, None), shot(60, FAR)], []),
        ([shot(0), shot(60, None)], []),
        ([shot(0), shot(None)], [Lack.NO_TIME]),
        ([shot(None), shot(None)], [Lack.NO_TIME]),
        ([shot(None), shot(0), shot(90)], []),
        ([shot(0)], [Lack.TOO_FEW_PHOTOS]),
        ([], [Lack.TOO_FEW_PHOTOS]),
    ],
)
def test_two_photographs_a_minute_apart_at_one_place(
    shots: list[Shot], lacking: list[Lack]
) -> None:
    """In whichever order; a photograph that does not say where it was taken is believed."""
    found = evidence(rule(), shots, plate=True)
    assert (lacks(found), found.fine) == (lacking, not lacking)


def test_the_plate_is_asked_for_too() -> None:
    """Beside whatever else is lacking."""
    assert lacks(evidence(rule(), [shot(0), shot(60)], plate=False)) == [Lack.NO_PLATE]
    assert lacks(evidence(rule(), [shot(0)], plate=False)) == [Lack.TOO_FEW_PHOTOS, Lack.NO_PLATE]


@pytest.mark.parametrize(("seconds", "fine"), [(60, True), (120, True), (300, False)])
def test_the_interval_is_data(seconds: int, fine: bool) -> None:
    """One minute for one kind, five for another; said in what is lacking."""
    found = evidence(rule(seconds), [shot(0), shot(120)], plate=True)
    assert found.fine is fine
    assert fine or "5분 이상" in found.lacking[0].message_ko


def test_what_was_found_is_told_in_seconds_and_metres() -> None:
    """For the officer, also where it is not enough."""
    assert (evidence(rule(), [shot(0), shot(75, NEAR)], plate=True).seconds) == 75
    assert (evidence(rule(), [shot(0), shot(75, NEAR)], plate=True).metres) == 22
    assert evidence(rule(), [shot(0), shot(10)], plate=True).seconds == 10
    assert evidence(rule(), [shot(0)], plate=True).seconds is None


@given(
    st.lists(st.integers(0, 600), min_size=2, max_size=5), st.integers(0, 600), st.integers(0, 599)
)
def test_another_photograph_never_takes_evidence_away(
    taken: list[int], more: int, seconds: int
) -> None:
    """And a longer interval never gives it."""
    shots = [shot(at) for at in taken]
    fine = evidence(rule(seconds), shots, plate=True).fine
    assert evidence(rule(seconds), [*shots, shot(more)], plate=True).fine or not fine
    assert fine or not evidence(rule(seconds + 1), shots, plate=True).fine


@pytest.mark.parametrize(
    ("item", "asked"), [("TR02", True), ("TR03", True), ("TR01", False), (None, False)]
)
def test_parking_fines_ask_for_evidence_and_nothing_else_does(
    item: str | None, asked: bool
) -> None:
    """By the city's table."""
    assert (evidence_rule(item, DAY) is not None) is asked
    assert evidence_rule(item, date(2010, 1, 1)) is None
