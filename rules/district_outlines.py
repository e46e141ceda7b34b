"""The outlines of the districts, simplified for drawing; not for telling where a point lies."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.tables import of_city_data, rows
from schema.model import Frozen

OUTLINES = "district_outlines.csv"


class Outline(Frozen):
    """A district's outline, and a point well inside it, as (longitude, latitude) in degrees."""

    bjd5: str
    label: tuple[float, float]
    ring: tuple[tuple[float, float], ...]


class _OutlineRow(Frozen):
    bjd5: str
    label: str
    outline: str


@of_city_data
def district_outlines() -> Mapping[str, Outline]:
    """Outlines by district, made by `bench/district_outlines.py`, where the source is named."""
    return MappingProxyType(
        {
            row.bjd5: Outline(bjd5=row.bjd5, label=_points(row.label)[0], ring=_points(row.outline))
            for row in rows(OUTLINES, _OutlineRow)
        }
    )


def _points(pairs: str) -> tuple[tuple[float, float], ...]:
    return tuple((float(long), float(lat)) for long, lat in (p.split(",") for p in pairs.split()))
