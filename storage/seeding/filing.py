"""What one petitioner files in the made-up city: where, in which words, with which telephone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random

from rules.district_outlines import Outline, district_outlines
from rules.geography import dongs
from rules.masking import mask
from rules.organisation import CITY, districts
from rules.search_terms import index_terms
from storage.seeding.words import petition, pick

POINTS = 400
"""Places in a district; each is moved by some metres."""
METRES = 3e-4
UNKNOWN_DONG = "중앙동"


@dataclass(frozen=True, slots=True)
class Filing:
    """One petition as it comes in. `pieces` are its words."""

    number: str
    district: str
    dong: str
    address: str
    place: tuple[float, float]
    """Longitude and latitude."""
    phone: str
    pieces: tuple[str, ...]

    @property
    def words(self) -> str:
        """What was written."""
        return "".join(self.pieces)

    @property
    def summary(self) -> str:
        """The same, masked."""
        return "".join(_masked(piece) for piece in self.pieces)

    @property
    def terms(self) -> str:
        """The terms of the summary, as PostgreSQL reads a tsvector."""
        return " ".join(filter(None, map(_terms, self.pieces)))

    @property
    def masked_address(self) -> str:
        """The place without the house."""
        return _masked_address(self.district, self.dong)


def filing(rng: Random, *, number: str, item: str, district: str) -> Filing:
    """A petition about `item` somewhere in `district`."""
    dong = pick(rng, _dongs()[district])
    house = f"{1 + int(rng.random() * 400)}-{1 + int(rng.random() * 30)}"
    long, lat = pick(rng, _points(district))
    return Filing(
        number=number,
        district=district,
        dong=dong,
        address=f"{districts()[district].name_ko} {dong} {house}",
        place=(
            round(long + (rng.random() - 0.5) * METRES, 6),
            round(lat + (rng.random() - 0.5) * METRES, 6),
        ),
        phone=f"0100{int(rng.paretovariate(0.7) * 1000) % 10_000_000:07d}",
        pieces=petition(rng, item[:2], dong),
    )


@cache
def district_codes() -> tuple[str, ...]:
    """The districts, without the city itself."""
    return tuple(code for code, row in districts().items() if row.org_code != CITY)


@cache
def _dongs() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {code: [] for code in district_codes()}
    for name, codes in dongs().items():
        for code in codes:
            found.get(code, []).append(name)
    return {code: tuple(sorted(names)) or (UNKNOWN_DONG,) for code, names in found.items()}


@lru_cache(maxsize=100_000)
def _masked(piece: str) -> str:
    return mask(piece).text


@lru_cache(maxsize=100_000)
def _terms(piece: str) -> str:
    return " ".join(f"'{term}'" for term in index_terms(_masked(piece)))


@cache
def _masked_address(district: str, dong: str) -> str:
    return mask(f"{districts()[district].name_ko} {dong} 12-3").text


@cache
def _points(district: str) -> tuple[tuple[float, float], ...]:
    """Points within the district's outline, the same in every run."""
    outline = district_outlines()[district]
    rng = Random(district)  # noqa: S311
    longs, lats = zip(*outline.ring, strict=True)
    found: list[tuple[float, float]] = []
    while len(found) < POINTS:
        point = (rng.uniform(min(longs), max(longs)), rng.uniform(min(lats), max(lats)))
        if _inside(point, outline):
            found.append(point)
    return tuple(found)


def _inside(point: tuple[float, float], outline: Outline) -> bool:
    """Whether a ray to the east crosses the outline an odd number of times."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(outline.ring, outline.ring[1:] + outline.ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
