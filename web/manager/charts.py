"""Small charts as shapes for an SVG: bars in units of a plane, no style."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 240
HEIGHT = 56
GAP = 1


@dataclass(frozen=True)
class Bar:
    """One bar; `label` and `value` say it in words, `here`: it is part of the period asked for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str
    here: bool


@dataclass(frozen=True)
class Chart:
    """The bars, lowest value at the foot; `most` is the value that the height stands for."""

    bars: tuple[Bar, ...]
    most: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Point:
    """A value of a series with its words."""

    label: str
    value: float | None
    words: str
    here: bool = True


def chart(points: Sequence[Point]) -> Chart:
    """A bar for each point; one below zero hangs from the line, and a missing one is a gap."""
    values = [point.value for point in points if point.value is not None]
    most, least = max([*values, 0.0]), min([*values, 0.0])
    scale = HEIGHT / ((most - least) or 1.0)
    zero = HEIGHT + least * scale
    each = WIDTH / max(len(points), 1)
    bars = []
    for place, point in enumerate(points):
        tall = abs(point.value or 0.0) * scale
        top = zero - tall if (point.value or 0.0) >= 0 else zero
        bars.append(
            Bar(
                x=round(place * each, 2),
                y=round(top, 2),
                width=round(max(each - GAP, 0.5), 2),
                height=round(tall, 2),
                label=point.label,
                value=point.words,
                here=point.here,
            )
        )
    highest = max((point for point in points if point.value is not None), key=_height, default=None)
    return Chart(tuple(bars), highest.words if highest else "")


def _height(point: Point) -> float:
    return point.value or 0.0


@dataclass(frozen=True)
class Part:
    """A stretch of a bar that shows how a whole is made up."""

    x: float
    width: float


def parts(values: Sequence[float]) -> tuple[Part, ...]:
    """The stretches of a bar of 100 units."""
    whole = sum(values) or 1.0
    found, at = [], 0.0
    for value in values:
        width = 100 * value / whole
        found.append(Part(round(at, 2), round(width, 2)))
        at += width
    return tuple(found)
