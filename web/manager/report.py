"""The monthly report of the city's petitions office: what it says, for the page and the sheet.

Its sections are those of the office's own reports (준수율, 단축률, 만족도, 점검) and of the monthly
inspection of 민원처리법 시행령 §22; its numbers are the board's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.figures import Cohort, Figure, figures
from storage.figure_terms import AsOf
from storage.figures import Counted, Dimension, Value, count, count_by
from web.manager.asking import Asked
from web.manager.saying import Change, Saying

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "handled": (
        *("filed", "resolved", "withdrawn", "merged_away", "flow_ratio", "backlog_change"),
        *("immediate", "open"),
    ),
    "kept": (
        *("on_time", "on_time_hours_3", "on_time_hours_24", "on_time_days_5"),
        *(
            "on_time_legal_7",
            "on_time_legal_14",
            "on_time_opinions",
            "on_time_other_period",
            "late",
            "overrun_median",
            "again_on_time",
        ),
    ),
    "shortened": ("shortened", "resolution_median", "resolution_p90", "work_median"),
    "liked": ("satisfaction", "low_grades", "rated_share", "reopened", "objected"),
    "inspected": (
        *("overdue", "left_over_age", "extension_rate", "paused", "escalated", "acted_24h"),
        *("first_right", "ping_pong", "refused", "declined", "returned", "message_failed"),
    ),
}
COLUMNS = ("filed", "resolved", "on_time", "late", "shortened", "satisfaction", "overdue")
TABLES = (Dimension.AGENCY, Dimension.ITEM_GROUP, Dimension.DEPARTMENT)
ON_PAPER = TABLES[:2]
"""The tables of the page; several hundred departments are in the workbook."""


@dataclass(frozen=True)
class Line:
    """One figure of the report: now, before, and the difference."""

    figure: Figure
    now: Value
    before: Value | None
    value: str
    was: str
    change: Change | None


@dataclass(frozen=True)
class Group:
    """One line of a table by agency or department."""

    code: str | None
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Report:
    """Everything that the report says of one month."""

    sections: Mapping[str, Sequence[Line]]
    columns: tuple[Figure, ...]
    tables: Mapping[Dimension, Sequence[Group]]


async def make_report(conn: AsyncConnection, asked: Asked, at: AsOf, saying: Saying) -> Report:
    """The report for the month of `asked`."""
    known = figures()
    wanted = [known[code] for codes in SECTIONS.values() for code in codes]
    now = await count(conn, wanted, asked.scope, at)
    moving = [one for one in wanted if one.cohort is not Cohort.OPEN]
    before = await count(conn, moving, asked.before, at)
    columns = tuple(known[code] for code in COLUMNS)
    tables = {}
    for by in TABLES:
        found = await count_by(conn, columns, asked.scope, at, by)
        tables[by] = _groups(by, found, saying)
    return Report(
        sections={
            name: [_line(known[code], now, before, saying) for code in codes]
            for name, codes in SECTIONS.items()
        },
        columns=columns,
        tables=tables,
    )


def _line(figure: Figure, now: Counted, before: Counted, saying: Saying) -> Line:
    found, was = now[figure.code], before.get(figure.code)
    return Line(
        figure=figure,
        now=found,
        before=was,
        value=saying.value(figure, found),
        was=saying.value(figure, was) if was else "",
        change=saying.change(figure, found, was) if was else None,
    )


def _groups(by: Dimension, found: Mapping[str | None, Counted], saying: Saying) -> list[Group]:
    rows = [
        Group(code, saying.dimension(by, code), tuple(values[one] for one in COLUMNS))
        for code, values in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.values[0].n, row.name))
