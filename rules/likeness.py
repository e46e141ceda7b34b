"""How alike two petitions are: signals from which a person decides whether they are one matter.

Nothing is merged or closed by this: it suggests, with its reasons (영 §6⑦, 법 §23③).
"""

import math
from datetime import datetime, timedelta

from schema.model import Frozen

NEAR_METRES = 300
"""As far as one would walk to see whether it is the same pothole."""
NEAR_TIME = timedelta(days=30)
ALIKE = 0.45
"""Nearly the same words. The same matter in other words is known by its item and its place."""
METRES_A_DEGREE = 111_320.0
"""Of latitude; of longitude that many times the cosine of the latitude."""


class Likeness(Frozen):
    """What two petitions have in common. `metres` None where one of them has no point, `text` is 0
    to 1."""

    same_item: bool = False
    metres: int | None = None
    same_dong: bool = False
    days: int = 0
    text: float = 0.0
    same_petitioner: bool = False

    @property
    def same_place(self) -> bool:
        """Within a walk of one another, or in one dong where no more is known."""
        return self.metres <= NEAR_METRES if self.metres is not None else self.same_dong

    @property
    def same_matter(self) -> bool:
        """One item or like words."""
        return self.same_item or self.text >= ALIKE

    @property
    def duplicate(self) -> bool:
        """Perhaps one matter, told by several: there, about then, about that."""
        return self.same_place and self.days <= NEAR_TIME.days and self.same_matter

    @property
    def repeat(self) -> bool:
        """Perhaps one matter, told again by the same person, whenever that was."""
        return self.same_petitioner and self.same_matter

    @property
    def weight(self) -> float:
        """What is shown first: the likest words, then the nearest place."""
        nearness = 0.5 if self.metres is None else max(0.0, 1 - self.metres / NEAR_METRES)
        return self.text + self.same_item + 0.5 * nearness


def text_likeness(first: str, second: str) -> float:
    """How many pairs of neighbouring letters two texts share, 0 to 1 (Dice); blanks and signs do
    not count."""
    one, other = _pairs(first), _pairs(second)
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def _pairs(text: str) -> frozenset[str]:
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return frozenset(letters[n : n + 2] for n in range(len(letters) - 1))


def metres_between(
    first: tuple[float | None, float | None], second: tuple[float | None, float | None]
) -> int | None:
    """The distance on the ground of two points (WGS84 latitude, longitude), on a plane: exact to a
    metre within a city. None where one of them is no point."""
    (lat, long), (other_lat, other_long) = first, second
    if lat is None or long is None or other_lat is None or other_long is None:
        return None
    north = (other_lat - lat) * METRES_A_DEGREE
    east = (other_long - long) * METRES_A_DEGREE * math.cos(math.radians(lat))
    return round(math.hypot(north, east))


def days_between(first: datetime, second: datetime) -> int:
    """Whole days between two instants, whichever was earlier."""
    return abs(first - second) // timedelta(days=1)
