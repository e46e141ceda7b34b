"""What a rule finds in a public text that a person should look at. It never hides anything."""

import re
import unicodedata

from rules.tables import document, of_city_data
from schema.grounds import HideGround
from schema.model import Frozen


class Candidate(Frozen):
    """A ground, and the word of the table that was found."""

    ground: HideGround
    word: str


class _Table(Frozen):
    words: dict[HideGround, tuple[str, ...]]


@of_city_data
def moderation_words() -> dict[HideGround, tuple[str, ...]]:
    """The words by what they may be."""
    return _Table.model_validate(document("moderation.toml")).words


def candidates(masked: str) -> tuple[Candidate, ...]:
    """The grounds for which `masked` should be looked at, each with the first word found."""
    folded = re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", masked).lower())
    found = []
    for ground, words in moderation_words().items():
        word = next((one for one in words if one in folded), None)
        if word is not None:
            found.append(Candidate(ground=ground, word=word))
    return tuple(found)
