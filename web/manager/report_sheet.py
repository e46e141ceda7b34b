"""The monthly report as a workbook: numbers as numbers, for a spreadsheet to go on with."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rules.figures import Figure, Kind, Unit
from storage.figures import Value
from web.manager.report import Report
from web.manager.saying import Saying

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    Unit.CASES: "#,##0",
    Unit.PERCENT: "0.0%",
    Unit.TIME: "[h]:mm",
    Unit.WORKING_TIME: "[h]:mm",
    Unit.GRADE: "0.00",
    Unit.TIMES: "0.00",
}
DAY_SECONDS = 86_400
"""A spreadsheet counts time in days."""
BOLD = Font(bold=True)
Cell = str | float | None


def as_workbook(report: Report, saying: Saying, *, title: str, as_of: str) -> bytes:
    """The report: a sheet of figures with their definitions, one by agency, one by department."""
    book = Workbook()
    book.remove(book.active)
    t = saying.w.t
    sheet = book.create_sheet(t("board.report"))
    _head(sheet, [title], (26, 34, 14, 14, 70))
    _row(sheet, [as_of])
    _head(sheet, [t(f"board.{one}") for one in ("section", "figure", "value", "before", "what")])
    for section, lines in report.sections.items():
        for line in lines:
            name = saying.name(line.figure)
            said: list[Cell] = [t(f"board_report.{section}"), name]
            said += [number(line.figure, line.now), number(line.figure, line.before)]
            _row(sheet, [*said, saying.pick(line.figure.says)], [line.figure] * 2, first=3)
    for by, groups in report.tables.items():
        sheet = book.create_sheet(t("board.by_title", by=t(f"board.{by}")))
        names = [saying.name(one) for one in report.columns]
        _head(sheet, [t(f"board.{by}"), *names], (38, *(14 for _ in names)))
        for group in groups:
            found = zip(report.columns, group.values, strict=True)
            _row(
                sheet,
                [group.name, *(number(one, value) for one, value in found)],
                report.columns,
                first=2,
            )
        sheet.freeze_panes = "B2"
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def number(figure: Figure, value: Value | None) -> float | None:
    """The value as a cell holds it: a time in days, a share as it is."""
    if value is None or value.value is None:
        return None
    if figure.unit in (Unit.TIME, Unit.WORKING_TIME):
        return value.value / DAY_SECONDS
    return round(value.value) if figure.kind in (Kind.COUNT, Kind.DIFFERENCE) else value.value


def _head(sheet: Worksheet, cells: Sequence[str], widths: Sequence[int] = ()) -> None:
    _row(sheet, list(cells))
    for cell in sheet[sheet.max_row]:
        cell.font = BOLD
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def _row(
    sheet: Worksheet, cells: Sequence[Cell], formatted: Sequence[Figure] = (), *, first: int = 1
) -> None:
    sheet.append(list(cells))
    for place, figure in enumerate(formatted, start=first):
        sheet.cell(sheet.max_row, place).number_format = FORMATS[figure.unit]
