"""Where the words of a query stand in a text: its pieces, so that a page marks what was found."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 160
BEFORE = 40
"""Letters shown in front of the first word found, where a text is cut."""


@dataclass(frozen=True)
class Piece:
    """A part of a text; `found` where it is a word of the query."""

    text: str
    found: bool = False


def excerpt(text: str, words: Sequence[str], *, longest: int = LONGEST) -> tuple[Piece, ...]:
    """About `longest` letters of `text` around the first of `words`, which are folded as search
    terms are; «…» stands where it was cut."""
    line = " ".join(text.split())
    spans = tuple(_spans(line, words))
    first = spans[0][0] if spans else 0
    start = 0 if first <= longest - BEFORE else first - BEFORE
    end = min(len(line), start + longest)
    pieces = [Piece("…")] if start else []
    at = start
    for since, until in spans:
        if since < at or until > end:
            continue
        pieces += [Piece(line[at:since]), Piece(line[since:until], found=True)]
        at = until
    pieces.append(Piece(line[at:end] + ("…" if end < len(line) else "")))
    return tuple(piece for piece in pieces if piece.text)


def _spans(line: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of `words` in `line`, in order, none within another."""
    folded, places = _folded(line)
    found = sorted((at, at + len(word)) for word in words if word for at in _places(folded, word))
    last = 0
    for since, until in found:
        if since >= last:
            yield places[since], places[until - 1] + 1
            last = until


def _places(folded: str, word: str) -> Iterator[int]:
    at = folded.find(word)
    while at >= 0:
        yield at
        at = folded.find(word, at + len(word))


def _folded(line: str) -> tuple[str, list[int]]:
    """`line`, width and case folded letter by letter, and where each folded letter came from."""
    letters: list[str] = []
    places: list[int] = []
    for at, letter in enumerate(line):
        for one in unicodedata.normalize("NFKC", letter).lower():
            letters.append(one)
            places.append(at)
    return "".join(letters), places
