"""The masked words of a case, and finding cases by any part of them: column and query in one place.

Staff and public search share the column `search`; each adds its own condition of who may see what.
"""

from sqlalchemy import ColumnElement, and_, cast, func, literal, text
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.types import Text

from rules.masking import mask
from rules.search_terms import TERM_LETTERS, SearchQuery, index_terms
from storage.tables import cases


def masked_values(words: str) -> dict[str, object]:
    """The columns `summary` and `search` for a petition's words: what both hold is masked."""
    masked = mask(words).text
    terms = cast(list(index_terms(masked)), ARRAY(Text))
    return {"summary": masked, "search": func.array_to_tsvector(terms)}


def contains_words(query: SearchQuery) -> ColumnElement[bool]:
    """Cases whose masked words contain all words of `query`: by the index, then letter for letter
    where a word is longer than a term, since the terms of a word may stand apart in a text."""
    folded = folded_summary()
    longer = (word for word in query.words if len(word) > TERM_LETTERS)
    return and_(
        cases.c.search.op("@@")(cast(literal(query.tsquery), TSQUERY)),
        *(folded.contains(word, autoescape=True) for word in longer),
    )


def folded_summary() -> ColumnElement[str]:
    """The masked words with width and case folded, as a query's words are."""
    return func.lower(func.normalize(cases.c.summary, text("NFKC")))
