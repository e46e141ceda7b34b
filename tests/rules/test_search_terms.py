"""Search terms: the same cut for the index and for the query."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.search_terms import bigrams


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("도로파손", "도로 로파 파손"),
        ("도로 파손", "도로 파손"),
        ("도", "도"),
        ("LED 가로등", "le ed 가로 로등"),
        ("ＬＥＤ", "le ed"),
        ("가로등, 가로등!", "가로 로등"),
        ("snake_case", "sn na ak ke ca as se"),
        ("🙂 --", ""),
        ("", ""),
    ],
)
def test_a_text_is_cut_into_pairs_of_neighbouring_letters(text: str, terms: str) -> None:
    """Each pair once, in order; width and case folded; signs divide."""
    assert bigrams(text) == terms


def test_composition_of_letters_does_not_matter() -> None:
    """A query typed on one machine finds a text typed on another."""
    assert bigrams(unicodedata.normalize("NFD", "도로파손")) == bigrams("도로파손")


@given(before=st.text(max_size=30), word=st.text(alphabet="가나다라마ab12", min_size=2, max_size=8))
def test_a_text_that_contains_a_word_contains_its_terms(before: str, word: str) -> None:
    """So that a search by terms misses nothing; what it finds too much is checked again."""
    text = f"{before} {word} 끝"
    assert set(bigrams(word).split()) <= set(bigrams(text).split())
