"""The map of the districts as shapes for an SVG: places on a plane of whole units."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians

from rules.coarse_place import Cell
from rules.district_outlines import Outline, district_outlines

WIDTH = 1000
MARGIN = 12
LEVELS = 4
"""How many shades there are for districts that have cases; 0 is none."""


@dataclass(frozen=True)
class Shape:
    """A district: its outline as a path, where its name stands, and how much of the colour."""

    bjd5: str
    path: str
    x: int
    y: int
    count: int
    level: int


@dataclass(frozen=True)
class Mark:
    """Cases in one cell of 100 m: the circle that stands for them."""

    cell: Cell
    x: int
    y: int
    radius: int
    count: int


@dataclass(frozen=True)
class Drawing:
    """A map of `width` by `height` units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    marks: tuple[Mark, ...] = ()


class _Plane:
    """Longitude and latitude to the units of a drawing that holds `outlines`."""

    def __init__(self, outlines: tuple[Outline, ...]) -> None:
        ring = [point for outline in outlines for point in outline.ring]
        self._west, self._north = min(x for x, _ in ring), max(y for _, y in ring)
        east, south = max(x for x, _ in ring), min(y for _, y in ring)
        self._narrow = cos(radians((self._north + south) / 2))
        self._scale = (WIDTH - 2 * MARGIN) / ((east - self._west) * self._narrow)
        self.height = round((self._north - south) * self._scale) + 2 * MARGIN

    def place(self, long: float, lat: float) -> tuple[int, int]:
        return (
            MARGIN + round((long - self._west) * self._narrow * self._scale),
            MARGIN + round((self._north - lat) * self._scale),
        )


def city_map(counts: Mapping[str, int]) -> Drawing:
    """All districts, shaded by how many cases each has."""
    outlines = tuple(district_outlines().values())
    most = max((counts.get(one.bjd5, 0) for one in outlines), default=0)
    return _drawing(outlines, {one.bjd5: counts.get(one.bjd5, 0) for one in outlines}, most)


def district_map(bjd5: str, cells: tuple[tuple[Cell, int], ...]) -> Drawing | None:
    """One district with a mark for each cell that has cases; None without an outline."""
    outline = district_outlines().get(bjd5)
    if outline is None:
        return None
    plane = _Plane((outline,))
    drawing = _drawing((outline,), {}, 0)
    marks = []
    for cell, count in cells:
        lat, long = cell.centre
        x, y = plane.place(long, lat)
        if 0 <= x <= WIDTH and 0 <= y <= drawing.height:
            marks.append(Mark(cell, x, y, min(34, 9 + 3 * count), count))
    return Drawing(drawing.width, drawing.height, drawing.shapes, tuple(marks))


def _drawing(outlines: tuple[Outline, ...], counts: Mapping[str, int], most: int) -> Drawing:
    plane = _Plane(outlines)
    shapes = []
    for one in outlines:
        points = [plane.place(long, lat) for long, lat in one.ring]
        x, y = plane.place(*one.label)
        count = counts.get(one.bjd5, 0)
        path = "M" + "L".join(f"{px} {py}" for px, py in points) + "Z"
        shapes.append(Shape(one.bjd5, path, x, y, count, _level(count, most)))
    return Drawing(WIDTH, plane.height, tuple(shapes))


def _level(count: int, most: int) -> int:
    return 0 if count == 0 else 1 + (count - 1) * LEVELS // most
