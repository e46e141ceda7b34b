"""The file of an export: a line a case, in the words of its reader, written as it is read.

A cell that a spreadsheet would take for a formula is made a text: in CSV by an apostrophe before
it (OWASP, «CSV Injection»), in XLSX by the cell's own type.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from storage.exports import ExportForm
from web.wording import SEOUL, Wording

COLUMNS: Mapping[str, int] = {
    "number": 18,
    "submitted_at": 17,
    "state": 14,
    "kind": 10,
    "channel": 16,
    "item": 24,
    "district": 10,
    "dong": 10,
    "department": 28,
    "urgent": 7,
    "extended": 9,
    "due_at": 17,
    "answered_at": 17,
    "summary": 80,
}
"""The columns, with their widths in XLSX."""
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MEDIA_TYPES: Mapping[ExportForm, str] = {
    ExportForm.CSV: "text/csv; charset=utf-8",
    ExportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportFile(Protocol):
    """A file being written; its rows are never all in memory."""

    def add(self, rows: Iterable[Any]) -> None:
        """Write some rows of `storage.exports.rows_wanted`."""

    def finish(self) -> IO[bytes]:
        """The whole file, to be read and closed by the caller."""

    def close(self) -> None:
        """Drop what was written, unless it was finished."""


class Cells:
    """What stands in a row. Names are looked up once for each code."""

    def __init__(self, wording: Wording) -> None:
        self._yes = wording.t("exports.yes")
        self.headings = tuple(wording.t(f"export_column.{name}") for name in COLUMNS)
        self._state, self._item = cache(wording.state), cache(wording.item)
        self._district, self._department = cache(wording.district), cache(wording.department)
        self._code: Callable[[str, object], str] = cache(wording.code)

    def of(self, case: Any) -> tuple[str, ...]:
        """The cells of a case, as texts."""
        return (
            case.number,
            _when(case.submitted_at),
            self._state(case.state),
            self._code("case_kind", case.kind),
            self._code("channel", case.channel),
            self._item(case.item),
            self._district(case.district),
            case.dong or "",
            self._department(case.department),
            self._yes if case.urgent else "",
            self._yes if case.extended else "",
            _when(case.legal_due_at or case.target_due_at),
            _when(case.answered_at),
            case.summary,
        )


def _when(at: datetime | None) -> str:
    """Minutes in Seoul, as every spreadsheet reads and sorts them."""
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}" if at else ""


class CsvFile:
    """CSV as spreadsheets of Korean offices open it: UTF-8 with a byte order mark."""

    def __init__(self, wording: Wording) -> None:
        self._cells = Cells(wording)
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by its reader
        self._file.write(b"\xef\xbb\xbf" + _lines([self._cells.headings]))

    def add(self, rows: Iterable[Any]) -> None:
        """Write some rows."""
        self._file.write(_lines(self._cells.of(row) for row in rows))

    def finish(self) -> IO[bytes]:
        """The whole file."""
        return self._file

    def close(self) -> None:
        """Drop what was written."""
        self._file.close()


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows([defused(cell) for cell in row] for row in rows)
    return lines.getvalue().encode()


def defused(cell: str) -> str:
    """The cell, never a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(BEGINS_A_FORMULA) else cell


class XlsxFile:
    """A workbook of one sheet, every cell a text."""

    def __init__(self, wording: Wording) -> None:
        self._cells = Cells(wording)
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(wording.t("exports.sheet"))
        for at, width in enumerate(COLUMNS.values(), start=1):
            self._sheet.column_dimensions[get_column_letter(at)].width = width
        self._sheet.freeze_panes = "B2"
        self._sheet.append([self._heading(words) for words in self._cells.headings])

    def _heading(self, words: str) -> WriteOnlyCell:
        cell = self._text(words)
        cell.font = Font(bold=True)
        return cell

    def _text(self, words: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, ILLEGAL_CHARACTERS_RE.sub("", words))
        cell.data_type = "s"
        return cell

    def add(self, rows: Iterable[Any]) -> None:
        """Write some rows."""
        for row in rows:
            self._sheet.append(
                [self._text(words) if words else None for words in self._cells.of(row)]
            )

    def finish(self) -> IO[bytes]:
        """The whole workbook."""
        file = TemporaryFile()  # noqa: SIM115 - closed by its reader
        self._book.save(file)
        return file

    def close(self) -> None:
        """Drop what was written."""
        if not self._sheet.closed:
            self._sheet.close()


FILES: Mapping[ExportForm, Callable[[Wording], ExportFile]] = {
    ExportForm.CSV: CsvFile,
    ExportForm.XLSX: XlsxFile,
}
