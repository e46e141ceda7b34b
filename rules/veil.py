"""Words covered on an officer's page until somebody wants to read them (영 §4)."""

import unicodedata
from collections.abc import Iterator

from rules.tables import document, of_city_data
from schema.model import Frozen

COVER = "●"


class Veiled(Frozen):
    """A text with its hard words covered, letter for letter, and how many there were."""

    text: str
    words: int


class _Words(Frozen):
    insults: tuple[str, ...]
    threats: tuple[str, ...]
    harassment: tuple[str, ...]


@of_city_data
def veil_words() -> tuple[str, ...]:
    """The words of `rules/data/veil.toml` without signs, the longest first; raises
    pydantic.ValidationError where the data is not usable."""
    found = _Words.model_validate(document("veil.toml"))
    words = {_letters(word)[0] for word in (*found.insults, *found.threats, *found.harassment)}
    return tuple(sorted(words - {""}, key=len, reverse=True))


def veil(text: str) -> Veiled:
    """`text` (made NFC) with every word of the table covered, whatever stands between its
    letters."""
    normal = unicodedata.normalize("NFC", text)
    spans = list(_spans(normal))
    letters = list(normal)
    for start, end in spans:
        for place in range(start, end):
            if not letters[place].isspace():
                letters[place] = COVER
    return Veiled(text="".join(letters), words=len(spans))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    folded, origin = _letters(text)
    taken = [False] * len(folded)
    for word in veil_words():
        at = folded.find(word)
        while at >= 0:
            if not any(taken[at : at + len(word)]):
                taken[at : at + len(word)] = [True] * len(word)
                yield origin[at], origin[at + len(word) - 1] + 1
            at = folded.find(word, at + 1)


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, and where each stood."""
    kept = [(letter.casefold(), place) for place, letter in enumerate(text) if letter.isalnum()]
    single = [(letter, place) for letter, place in kept if len(letter) == 1]
    return "".join(letter for letter, _ in single), [place for _, place in single]
