"""When a search walks the newest cases, and when it asks the words' index."""

import pytest
from sqlalchemy import text

from rules.search_terms import search_query
from storage.search_plans import plan_for, walks
from storage.store import Store

SHARES = {"횡단": 0.07, "단보": 0.07, "보도": 0.11, "층간": 0.004, "간소": 0.004, "소음": 0.03}
CROSSING, NOISE = ["횡단", "단보", "보도"], ["층간", "간소", "소음"]


@pytest.mark.parametrize(
    ("words", "cases", "expected"),
    [
        ([CROSSING], 1e6, True),
        ([NOISE], 1e6, False),
        ([NOISE], 1e8, True),
        ([CROSSING, NOISE], 1e6, False),
        ([CROSSING], 1e4, False),
        ([["고래", "래상"]], 1e9, False),
    ],
)
def test_common_words_are_walked_to_and_rare_ones_looked_up(
    words: list[list[str]], cases: float, expected: bool
) -> None:
    """A word is as common as the rarest of its terms; what is rarer than the statistics know, and
    what a small city has little of, is looked up."""
    assert walks(words, SHARES, cases=cases, most=1_000) is expected


async def test_a_plan_is_chosen_for_the_words_and_ends_with_the_transaction(store: Store) -> None:
    """No plan made for one word is kept for another, and nothing outlasts the search."""
    async with store.engine.connect() as conn:
        await plan_for(conn, search_query("횡단보도"))
        assert await conn.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"
        assert await conn.scalar(text("SHOW enable_bitmapscan")) == "on"
        await conn.rollback()
        assert await conn.scalar(text("SHOW plan_cache_mode")) == "auto"
