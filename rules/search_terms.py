"""Search terms of Korean text: pairs of neighbouring letters, which any PostgreSQL can index."""

import re
import unicodedata

from schema.model import Frozen

TERM_LETTERS = 2
"""The letters of a term: what is not longer is found exactly by the index alone."""
_RUN = re.compile(r"[^\W_]+")


def bigrams(text: str) -> str:
    """The pairs of neighbouring letters of `text`, each once, in order, joined by spaces.

    Width and case are folded (NFKC, lower). A run of one letter gives that letter. The same
    function makes the index and the query: a text that contains the words of a query contains all
    of the query's terms. Index masked text only.
    """
    terms: dict[str, None] = {}
    for run in _runs(text):
        terms |= dict.fromkeys(
            [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
        )
    return " ".join(terms)


def index_terms(text: str) -> tuple[str, ...]:
    """What the index holds of `text`: its bigrams, and the last letter of each run of letters, so
    that one letter, asked for as the beginning of a term, is found wherever it stands."""
    terms = dict.fromkeys(bigrams(text).split())
    terms |= dict.fromkeys(run[-1] for run in _runs(text))
    return tuple(terms)


class SearchQuery(Frozen):
    """A typed query: `tsquery` for the index, `words` that a found text, folded by `folded`, must
    contain as they are (the terms of a word may stand apart in a text)."""

    tsquery: str
    words: tuple[str, ...]


def search_query(typed: str) -> SearchQuery | None:
    """The query for what somebody typed: all of its words, each as any part of a text; None where
    it has no letter or digit. One letter is a query too."""
    words = tuple(dict.fromkeys(_runs(typed)))
    if not words:
        return None
    terms = dict.fromkeys(term for word in words for term in bigrams(word).split())
    return SearchQuery(
        tsquery=" & ".join(f"'{term}'{':*' if len(term) == 1 else ''}" for term in terms),
        words=words,
    )


def folded(text: str) -> str:
    """Width and case folded, as terms are."""
    return unicodedata.normalize("NFKC", text).lower()


def _runs(text: str) -> list[str]:
    return _RUN.findall(folded(text))
