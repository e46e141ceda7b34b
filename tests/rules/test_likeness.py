"""How alike two petitions are."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.likeness import Likeness, days_between, metres_between, text_likeness
from tests.rules.clock_asking import at

PAVING = "서교동 골목 보도블록이 깨져 있습니다. 고쳐 주세요."


@pytest.mark.parametrize(
    ("likeness", "duplicate", "repeat"),
    [
        (Likeness(same_item=True, metres=40, days=2), True, False),
        (Likeness(same_item=True, metres=301, days=2), False, False),
        (Likeness(same_item=True, metres=301, same_dong=True, days=2), False, False),
        (Likeness(same_item=True, same_dong=True, days=2), True, False),
        (Likeness(same_item=True, days=2), False, False),
        (Likeness(same_item=True, metres=40, days=31), False, False),
        (Likeness(metres=40, days=2, text=0.2), False, False),
        (Likeness(metres=40, days=2, text=0.6), True, False),
        (Likeness(same_petitioner=True, same_item=True, days=400), False, True),
        (Likeness(same_petitioner=True, text=0.1), False, False),
    ],
)
def test_a_duplicate_is_there_then_and_about_that_and_a_repeat_is_the_same_persons(
    likeness: Likeness, duplicate: bool, repeat: bool
) -> None:
    """Where both have a point the metres decide; a repeat may be of any time and place."""
    assert (likeness.duplicate, likeness.repeat) == (duplicate, repeat)


def test_like_words_are_told_from_others() -> None:
    """Blanks, signs and letter case do not count."""
    assert text_likeness(PAVING, "서교동  골목!! 보도블록이 깨져 있습니다 고쳐주세요") == 1.0
    assert text_likeness(PAVING, "가로등이 꺼져서 밤길이 어둡습니다") < 0.2
    assert text_likeness(PAVING, "") == 0.0


@given(first=st.text(max_size=60), second=st.text(max_size=60))
def test_likeness_is_mutual_and_bounded(first: str, second: str) -> None:
    """Whoever is asked first."""
    found = text_likeness(first, second)
    assert found == text_likeness(second, first)
    assert 0 <= found <= 1


def test_the_distance_on_the_ground() -> None:
    """City hall to the gate of Deoksu palace is some 160 m; without a point there is none."""
    assert metres_between((37.5663, 126.9779), (37.5658, 126.9762)) == pytest.approx(160, abs=10)
    assert metres_between((37.5663, None), (37.5658, 126.9762)) is None


def test_days_apart_are_whole_and_have_no_direction() -> None:
    """47 hours are a day."""
    now = at("2026-06-10 10:00")
    assert days_between(now, now - timedelta(hours=47)) == 1
    assert days_between(now - timedelta(hours=47), now) == 1
