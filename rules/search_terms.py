"""Search terms of Korean text: pairs of neighbouring letters, which any PostgreSQL can index."""

import re
import unicodedata

_RUN = re.compile(r"[^\W_]+")


def bigrams(text: str) -> str:
    """The pairs of neighbouring letters of `text`, each once, in order, joined by spaces.

    Width and case are folded (NFKC, lower). A run of one letter gives that letter. The same
    function makes the index and the query: a text that contains the words of a query contains all
    of the query's terms. Index masked text only.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    terms: dict[str, None] = {}
    for run in _RUN.findall(folded):
        terms |= dict.fromkeys(
            [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
        )
    return " ".join(terms)
