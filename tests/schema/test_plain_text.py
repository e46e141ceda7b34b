"""Text as it is kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.plain_text import is_blank, plain_text


@given(st.text())
def test_text_is_composed_and_storable_and_stays_so(text: str) -> None:
    """NFC, nothing that UTF-8 or the database refuses, and the same when done again."""
    plain = plain_text(text)
    assert unicodedata.is_normalized("NFC", plain)
    assert "\x00" not in plain
    plain.encode()
    assert plain_text(plain) == plain


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("각", "각"),
        ("  가\r\n나\r다\t라  ", "가\n나\n다\t라"),
        ("가\x00나\x1b[31m", "가나[31m"),
        ("가\ud800나", "가나"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ],
)
def test_what_is_kept(written: str, kept: str) -> None:
    """Lines, tabs and joined pictures stay; what nobody sees and much trips over goes."""
    assert plain_text(written) == kept


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        (" \n\u200b\ufeff", True),
        ("\u3164\u115f\u2800", True),
        (".", False),
        ("😭", False),
    ],
)
def test_what_says_nothing(text: str, blank: bool) -> None:
    """Spaces and fillers do not; one sign does."""
    assert is_blank(text) is blank
