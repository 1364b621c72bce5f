"""An .xlsx workbook into rows of text, cell by cell as they are shown, after its size is known."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa

from core.errors import ReadingError
from core.files.grid import TOP, Progress, Row
from core.files.limits import MAX_UNPACKED, check_cell, check_columns, check_rows
from core.format import megabytes

ZIP = b"PK\x03\x04"
_PARTS, _CHUNK = 10_000, 5_000
_UNCOMPUTED = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')
_MERGED = re.compile(rb'<mergeCell ref="[A-Z]+(\d+):[A-Z]+(\d+)"')
_HEAD_ROWS = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A worksheet: see `Grid`. `columns` hold all rows, as long as `lines`."""

    columns: list[pa.ChunkedArray]
    lines: np.ndarray
    blank: np.ndarray
    top: list[Row]
    width: int

    def body(self, header: Row, progress: Progress) -> tuple[list[pa.ChunkedArray], np.ndarray, list[Row]]:
        """Return columns and lines below the header; see `Grid.body`."""
        first = int(np.searchsorted(self.lines, header.line, side="right"))
        return [c.slice(first) for c in self.columns], self.lines[first:], []


def oddities(data: bytes) -> list[str]:
    """Return what cells of a workbook cannot tell: formulas never computed, merged cells below the first rows."""
    said = []
    with _damage_said("A sheet"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if not part.startswith("xl/worksheets/sheet"):
                continue
            xml = archive.read(part)
            if empty := _UNCOMPUTED.findall(xml):
                said.append(f"{len(empty):,} formulas were never computed and are empty, the first in cell "
                            f"{empty[0].decode()}: open the workbook in Excel and save it.")
            if merged := [m for m in _MERGED.findall(xml) if int(m[0]) > _HEAD_ROWS and m[0] != m[1]]:
                first, last = int(merged[0][0]), int(merged[0][1])
                said.append(f"{len(merged):,} groups of rows have merged cells, the first from row {first} "
                            f"to {last}: only the first row of each holds the value. Unmerge and fill down.")
    return said


def sheet_names(data: bytes) -> list[str]:
    """Return the names of a workbook's worksheets.

    Raises
    ------
    ReadingError
        If it is a zip archive of another kind, damaged, or unpacks beyond the limit.
    """
    _check_archive(data)
    return list(_workbook(data).sheetnames)


def read_sheet(data: bytes, sheet: str | None, progress: Progress) -> tuple[Sheet, str]:
    """Read a worksheet, the first with cells where `sheet` is None; return it and its name."""
    names = sheet_names(data)
    if sheet is not None and sheet not in names:
        raise ReadingError(f"The workbook has no sheet {sheet!r}.", f"Choose one of: {', '.join(names)}.")
    for name in [sheet] if sheet is not None else names:
        if found := _read(_workbook(data)[name], progress):
            return found, name
    raise ReadingError("The workbook's sheets are empty." if sheet is None else f"The sheet {sheet!r} is empty.",
                       "It needs a header and one row per patient.")


def _check_archive(data: bytes) -> None:
    with _damage_said("This workbook or zip archive"):
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    names = {p.filename for p in parts}
    if "xl/workbook.xml" not in names:
        kind = "a Word document" if "word/document.xml" in names else \
            "an OpenDocument file" if "mimetype" in names else \
            "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "a zip archive"
        raise ReadingError(f"This is {kind}, not a table.",
                           "Unpack it first." if kind == "a zip archive" else "Save the table as .xlsx or CSV.")
    size = sum(p.file_size for p in parts)
    if size > MAX_UNPACKED or len(parts) > _PARTS:
        raise ReadingError(f"The workbook unpacks to {megabytes(size)}; the limit is "
                           f"{megabytes(MAX_UNPACKED)}.", "Save the sheet as CSV UTF-8.")


@contextmanager
def _damage_said(what: str) -> Iterator[None]:
    """Turn what a damaged file makes of openpyxl's, the XML and the zip parsers into one error in words."""
    try:
        yield
    except ReadingError:
        raise
    except Exception as error:  # of a dozen kinds without a common base; a file must never end in a traceback
        raise ReadingError(f"{what} cannot be read: a part of it is damaged.",
                           "Save it anew, or as CSV UTF-8.") from error


def _workbook(data: bytes) -> Any:
    import openpyxl

    with _damage_said("The workbook"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not concern cells
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)


def _read(sheet: Any, progress: Progress) -> Sheet | None:
    """Read all rows of a worksheet; None where it has no cell."""
    rows: list[Row] = []
    chunks: list[list[Row]] = [rows]
    blank: list[int] = []
    expected = getattr(sheet, "max_row", None) or 0
    total = 0
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # some programs write a wrong one, and rows beyond it would be lost
    for row in _rows(sheet):
        if not row.filled:
            blank.append(row.line)
            continue
        rows.append(row)
        total += 1
        if len(rows) == _CHUNK:
            check_rows(total)
            progress(min(row.line / max(expected, row.line), 1.0))
            rows = []
            chunks.append(rows)
    if not total:
        return None
    width = max(len(r.cells) for chunk in chunks for r in chunk)
    check_columns(width)
    lines = np.array([r.line for chunk in chunks for r in chunk])
    columns = [pa.chunked_array([pa.array([r.cells[i] if i < len(r.cells) else "" for r in chunk], pa.string())
                                 for chunk in chunks], pa.string()) for i in range(width)]
    inner = [n for n in blank if n < lines[-1]]
    padded = [Row(r.line, r.cells + [""] * (width - len(r.cells))) for r in chunks[0][:TOP]]
    return Sheet(columns=columns, lines=lines, blank=np.array(inner, int), top=padded, width=width)


def _rows(sheet: Any) -> Iterator[Row]:
    if not hasattr(sheet, "iter_rows"):  # a sheet that holds a chart alone
        return
    with _damage_said(f"The sheet {sheet.title!r}"):
        for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [_text(v) for v in values]
            while cells and not cells[-1]:
                cells.pop()
            for cell in cells:
                check_cell(len(cell), line)
            yield Row(line, cells or [""])


def _text(value: object) -> str:
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
