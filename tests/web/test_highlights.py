"""What a query found, marked in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.search_terms import search_query
from web.highlights import excerpt


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("골목 가로등이 꺼졌습니다", "가로등", ["가로등"]),
        ("등이 꺼진 가로등", "등", ["등", "등"]),
        ("LED 가로등 ｌｅｄ", "led", ["LED", "ｌｅｄ"]),
        ("도로와 보도", "도로 보도", ["도로", "보도"]),
        ("도로도로도", "도로도", ["도로도"]),
        ("넓이 3㎡ 구멍", "m2", ["㎡"]),
        ("<b>도로</b>", "도로", ["도로"]),
        ("아무것도 없습니다", "가로등", []),
    ],
)
def test_each_place_where_a_word_stands_is_marked(text: str, typed: str, marked: list[str]) -> None:
    """As it is written in the text, whatever width or case was typed."""
    query = search_query(typed)
    assert query is not None
    pieces = excerpt(text, query.words)
    assert [piece.text for piece in pieces if piece.found] == marked
    assert "".join(piece.text for piece in pieces) == text


def test_a_long_text_is_cut_around_what_was_found() -> None:
    """So that the reader sees why a case is there."""
    text = "앞" * 500 + " 가로등 " + "뒤" * 500
    said = "".join(piece.text for piece in excerpt(text, ("가로등",)))
    assert "가로등" in said
    assert said.startswith("…")
    assert said.endswith("…")
    assert len(said) < 200


@given(
    text=st.text(alphabet="가나다라 ab㎡ＡK\n", max_size=300),
    words=st.lists(st.text(alphabet="가나다ab2mk", min_size=1, max_size=4), max_size=3),
)
def test_nothing_of_the_text_is_changed(text: str, words: list[str]) -> None:
    """Pieces put together are the text, or a part of it between two dots."""
    said = "".join(piece.text for piece in excerpt(text, words)).strip("…")
    assert said in " ".join(text.split())
