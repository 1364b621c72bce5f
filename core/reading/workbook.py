"""An .xlsx workbook into rows of text, cell by cell as they are shown, after its size is known."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa

from core.errors import ReadingError
from core.format import megabytes
from core.language import say
from core.reading.codebook import SHEET_NAME
from core.reading.damage import damage_said
from core.reading.grid import TOP, Progress, Row
from core.reading.limits import MAX_UNPACKED, check_cell, check_columns, check_rows

ZIP = b"PK\x03\x04"
_PARTS, _CHUNK = 10_000, 5_000
_HEAD_ROWS = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A worksheet: see `Grid`. `columns` hold all rows, as long as `lines`.

    Attributes
    ----------
    names : the worksheets of its workbook
    oddities : sentences on what cells cannot tell: formulas never computed, merged cells
    """

    name: str
    names: tuple[str, ...]
    oddities: list[str]
    columns: list[pa.ChunkedArray]
    lines: np.ndarray
    blank: np.ndarray
    top: list[Row]
    width: int

    def body(self, header: Row, progress: Progress) -> tuple[list[pa.ChunkedArray], np.ndarray, list[Row]]:
        """Return columns and lines below the header; see `Grid.body`."""
        first = int(np.searchsorted(self.lines, header.line, side="right"))
        return [c.slice(first) for c in self.columns], self.lines[first:], []


def read_workbook(data: bytes, sheet: str | None, progress: Progress) -> Sheet:
    """Read a worksheet of an .xlsx workbook, the first with cells where `sheet` is None.

    Raises
    ------
    ReadingError
        If it is a zip archive of another kind, damaged, unpacks beyond the limit, or has no such sheet or an empty one.
    """
    _check_archive(data)
    book = _opened(data)
    names = tuple(book.sheetnames)
    if not names:
        raise ReadingError(say("The workbook lists no worksheet that can be read."),
                           say("Save it as an ordinary Excel workbook (.xlsx, not Strict Open XML), or as CSV UTF-8."))
    if sheet is not None and sheet not in names:
        raise ReadingError(say("The workbook has no sheet {sheet}.", sheet=f"{sheet!r}"),
                           say("Choose one of: {names}.", names=', '.join(names)))
    for name in likeliest_first(names) if sheet is None else (sheet,):
        if content := _read(book, book[name], names, progress):
            return content
    raise ReadingError(say("The workbook's sheets are empty.") if sheet is None else
                       say("The sheet {sheet} is empty.", sheet=f"{sheet!r}"),
                       say("It needs a header and one row per patient."))


def likeliest_first(names: tuple[str, ...]) -> list[str]:
    """Return the worksheets in their order, those named as a codebook last."""
    return sorted(names, key=lambda name: bool(SHEET_NAME.fullmatch(name.strip())))


def _check_archive(data: bytes) -> None:
    with damage_said(say("This workbook or zip archive")):
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    names = {p.filename for p in parts}
    if "xl/workbook.xml" not in names:
        kind = say("a Word document") if "word/document.xml" in names else say("a document of another kind")
        raise ReadingError(say("This is {kind}, not a table.", kind=kind), say("Save the table as .xlsx or CSV."))
    size = sum(p.file_size for p in parts)
    if size > MAX_UNPACKED or len(parts) > _PARTS:
        raise ReadingError(say("The workbook unpacks to {size}; the limit is {most}.",
                               size=megabytes(size), most=megabytes(MAX_UNPACKED)),
                           say("Save the sheet as CSV UTF-8."))


def _opened(data: bytes) -> Any:
    import openpyxl

    with damage_said(say("The workbook")), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not concern cells
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _read(book: Any, sheet: Any, names: tuple[str, ...], progress: Progress) -> Sheet | None:
    """Read all rows of a worksheet; None where it has no cell."""
    oddities: list[str] = []
    merged: list[tuple[int, int, int]] = []
    rows = list(_rows(book, sheet, oddities, merged, progress))
    _fill_down(rows, merged)
    return sheet_of(sheet.title, names, rows, oddities)


def sheet_of(name: str, names: tuple[str, ...], content: Iterable[Row], oddities: list[str]) -> Sheet | None:
    """Lay rows out as columns; None where no row has a cell. `oddities` may fill as rows are read."""
    rows: list[Row] = []
    chunks: list[list[Row]] = [rows]
    for row in content:
        if not row.filled:
            continue
        rows.append(row)
        if len(rows) == _CHUNK:
            check_rows(len(chunks) * _CHUNK)
            rows = []
            chunks.append(rows)
    if not chunks[0]:
        return None
    width = max(len(r.cells) for chunk in chunks for r in chunk)
    check_columns(width)
    lines = np.array([r.line for chunk in chunks for r in chunk])
    columns = [pa.chunked_array([pa.array([r.cells[i] if i < len(r.cells) else "" for r in chunk], pa.string())
                                 for chunk in chunks], pa.string()) for i in range(width)]
    padded = [Row(r.line, r.cells + [""] * (width - len(r.cells))) for r in chunks[0][:TOP]]
    return Sheet(name=name, names=names, oddities=oddities, columns=columns, lines=lines, top=padded,
                 width=width, blank=np.setdiff1d(np.arange(1, lines[-1]), lines))


def _fill_down(rows: list[Row], merged: list[tuple[int, int, int]]) -> None:
    """Give each row of merged cells, below the first row of the sheet, the value that they show."""
    at = {row.line: row.cells for row in rows}
    for first, last, column in merged:
        top = at.get(first, [])
        if first <= _HEAD_ROWS or len(top) < column or not top[column - 1]:
            continue
        for line in range(first + 1, min(last, rows[-1].line) + 1):
            cells = at.get(line)
            if cells is not None:
                cells += [""] * (column - len(cells))
                cells[column - 1] = cells[column - 1] or top[column - 1]


def _rows(book: Any, sheet: Any, oddities: list[str], merged: list[tuple[int, int, int]],
          progress: Progress) -> Iterator[Row]:
    """Give a worksheet's rows as text; `oddities` takes what cells cannot tell, `merged` the merged cells."""
    from core.reading.worksheet import SheetParser

    part = getattr(sheet, "_worksheet_path", None)
    if part is None:  # a sheet that holds a chart alone
        return
    with damage_said(say("The sheet {title}",
                         title=f"{sheet.title!r}")), warnings.catch_warnings(), book._archive.open(part) as xml:
        warnings.simplefilter("ignore")  # of serial numbers that are no dates: their cells are errors
        size = book._archive.getinfo(part).file_size
        parser = SheetParser(book, sheet._shared_strings, xml)
        for line, values in parser.rows():
            if line % _CHUNK == 0:
                check_rows(line)
                progress(xml.tell() / size)
            yield row_of(line, values)
        merged += parser.merged_rows()
        oddities += _oddities(parser.uncomputed, merged)


def _oddities(uncomputed: list[tuple[int, int]], merged: list[tuple[int, int, int]]) -> Iterator[str]:
    """Say which formulas were never computed, and which cells below the first row are merged over rows."""
    from openpyxl.utils import get_column_letter

    if uncomputed:
        line, column = uncomputed[0]
        yield (say("{uncomputed} formulas were never computed and are empty, the first in cell "
                   "{get_column_letter}{line}: open the workbook in Excel and save it.",
                   uncomputed=f"{len(uncomputed):,}", get_column_letter=get_column_letter(column), line=line))
    if below := [m for m in merged if m[0] > _HEAD_ROWS]:
        first, last, _ = below[0]
        yield (say("{below} groups of rows have merged cells, the first from row {first} to {last}: each row of a "
                   "group was given the value that they show.", below=f"{len(below):,}", first=first, last=last))


def row_of(line: int, values: Iterable[object]) -> Row:
    """Write a row's values as text; empty cells at its end are none."""
    cells = [cell_text(v) for v in values]
    while cells and not cells[-1]:
        cells.pop()
    for cell in cells:
        check_cell(len(cell), line)
    return Row(line, cells or [""])


def cell_text(value: object) -> str:
    """Write a cell's value: whole numbers without a point, dates year first."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
