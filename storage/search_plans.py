"""How the words of a search are looked for: by their index, or by walking the newest cases.

The words' index (GIN) knows no order: for a common word it gives a great part of all cases, which
are then read and sorted to show twenty. Walking from the newest case on finds twenty of a common
word at once, and of a rare one hardly ever. PostgreSQL weighs both, but takes the terms of a word
to be independent of each other («횡단», «단보», «보도»), and so the word for a hundred times rarer
than it is. Where that misleads it, what it knows of single terms decides here. A plan made for one
word is never kept for another.
"""

from collections.abc import Mapping

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.search_terms import SearchQuery, bigrams

DEARER = 10.0
"""What a case found by the index costs against one that is walked past (measured: 20 and 2 µs)."""
_EACH_ITS_PLAN = ("plan_cache_mode", "force_custom_plan")
_WALK = tuple(
    (f"enable_{way}", "off") for way in ("bitmapscan", "seqscan", "hashjoin", "mergejoin")
)
_KNOWN = text(
    """
    SELECT known.term, known.share
    FROM pg_stats,
         LATERAL unnest(most_common_elems::text::text[], most_common_elem_freqs)
             AS known (term, share)
    WHERE schemaname = ANY (current_schemas(false)) AND tablename = 'cases'
      AND attname = 'search' AND known.term = ANY (:terms)
    """
)
_CASES = text("SELECT reltuples FROM pg_class WHERE oid = 'cases'::regclass")


async def plan_for(conn: AsyncConnection, query: SearchQuery | None, *, most: int = 1_000) -> None:
    """Have the statements of this transaction walk the newest cases where finding `most` of `query`
    costs less so. A single term is left to PostgreSQL, which knows it."""
    chosen = [_EACH_ITS_PLAN]
    if query is not None and await _walks(conn, query, most):
        chosen += _WALK
    await conn.execute(
        select(*(func.set_config(name, value, literal_column("true")) for name, value in chosen))
    )


async def _walks(conn: AsyncConnection, query: SearchQuery, most: int) -> bool:
    words = [bigrams(word).split() for word in query.words]
    if sum(map(len, words)) == 1:
        return False
    terms = {term for word in words for term in word}
    known = {row.term: row.share for row in await conn.execute(_KNOWN, {"terms": list(terms)})}
    cases = float(await conn.scalar(_CASES) or 0)
    return walks(words, known, cases=cases, most=most)


def walks(words: list[list[str]], known: Mapping[str, float], *, cases: float, most: int) -> bool:
    """Whether walking is cheaper: a word is as common as the rarest of its terms, several words
    together as rare as each makes the others. A term that is not `known` is rare."""
    share = 1.0
    for terms in words:
        share *= min(known.get(term, 0.0) for term in terms)
    found = share * cases
    return found > 0 and most / share < DEARER * found
