"""Places as everybody may know them: cells of some 100 m, never the house."""

from math import floor, isfinite

from schema.model import Frozen

CELL_LAT = 0.0009
"""Degrees of latitude of a cell: 100 m."""
CELL_LONG = 0.00113
"""Degrees of longitude of a cell: 100 m at the latitude of Seoul."""
MOST = 400_000
"""No row or column of a cell on the globe is larger."""


class Cell(Frozen):
    """A cell of the grid, by its row (from the equator) and column (from Greenwich)."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.row}.{self.column}"

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the cell, latitude and longitude in degrees."""
        return (
            round((self.row + 0.5) * CELL_LAT, 5),
            round((self.column + 0.5) * CELL_LONG, 5),
        )


def cell_of(lat: float | None, long: float | None) -> Cell | None:
    """The cell that a place lies in; None without a place on the globe."""
    if lat is None or long is None or not (isfinite(lat) and isfinite(long)):
        return None
    return Cell(row=floor(lat / CELL_LAT), column=floor(long / CELL_LONG))


def read_cell(typed: str) -> Cell | None:
    """The cell that `str` of a cell names, or None."""
    row, _, column = typed.partition(".")
    try:
        cell = Cell(row=int(row), column=int(column))
    except ValueError:
        return None
    return cell if max(abs(cell.row), abs(cell.column)) <= MOST else None
