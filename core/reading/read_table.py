"""A cohort file into a text table: encoding, cells, header. Nothing is converted here."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

from core.errors import ReadingError
from core.findings import Findings
from core.format import plural
from core.read_options import ReadOptions
from core.reading.damage import damage_said
from core.reading.delimited import DELIMITERS, split
from core.reading.encoding import decode, refuse_what_is_not_text
from core.reading.grid import Grid, Progress
from core.reading.layout import Layout, lay_out
from core.reading.limits import check_bytes
from core.reading.numbers import decimal_mark
from core.reading.text_table import Detected, TextColumn, TextTable
from core.reading.workbook import ZIP, read_workbook
from core.schema import CELL_ERRORS, CONTROLS

Source = str | Path | bytes | IO[bytes]


def read_table(source: Source, *, name: str = "", options: ReadOptions | None = None,
               progress: Progress = lambda share: None) -> TextTable:
    """Read a cohort file (path, bytes or binary file object) as text.

    Parameters
    ----------
    name : the file's name, where the source has none
    options : how to read it; what they leave open is detected
    progress : called with the share of the file that is read; it may raise to abandon the reading

    Raises
    ------
    ReadingError
        If the content is no table; it names the line and the remedy.
    """
    data, name = _bytes_of(source, name)
    with damage_said("The file"):
        return _read(data, name, options or ReadOptions(), progress)


def _read(data: bytes, name: str, options: ReadOptions, progress: Progress) -> TextTable:
    """Read a file's bytes; see `read_table`."""
    findings = Findings()
    sheet, sheets = "", tuple[str, ...]()
    grid: Grid
    if data.startswith(ZIP):
        encoding, delimiter = "", ""
        grid = book = read_workbook(data, options.sheet, progress)
        sheet, sheets = book.name, book.names
        for oddity in book.oddities:
            findings.add("warning", oddity, remedy="Correct the workbook and load it again.")
        if len(sheets) > 1 and not options.sheet:
            findings.add("assumed", f"The sheet {sheet!r} was read: the first of {len(sheets)} that has cells.",
                         remedy="Choose another under “How it was read”.")
    else:
        refuse_what_is_not_text(data)
        decoded = decode(data, options.encoding)
        encoding = decoded.encoding
        if not decoded.certain:
            findings.add("assumed", f"The text is not UTF-8; it was read as {encoding}.",
                         remedy="Choose another encoding if letters look wrong.")
        content = _without_controls(decoded.text, findings)
        grid = text = split(content, options.delimiter)
        delimiter = next(k for k, v in DELIMITERS.items() if v == text.delimiter)
        _say_damage(content, findings)
        del decoded, content
    layout = lay_out(grid, options.header_line, findings, progress)
    _say_failed_formulas(layout, findings)
    decimal = options.decimal or decimal_mark(layout.cells, delimiter, findings)
    return TextTable(
        cells=layout.cells, lines=layout.lines, sha256=hashlib.sha256(data).hexdigest(), name=name,
        options=options, findings=findings.records,
        detected=Detected(encoding=encoding, delimiter=delimiter, decimal=decimal,
                          header_line=layout.header_line, sheet=sheet, sheets=sheets),
    )


def _say_failed_formulas(layout: Layout, findings: Findings) -> None:
    for column, cells in layout.cells.items():
        at = np.flatnonzero(cells.is_in(CELL_ERRORS)[cells.codes])
        findings.add_rows("warning", layout.lines[at], partial(_cell_of, cells, at),
                          "Line {line}: a formula failed in the spreadsheet ({value}); the cell is missing.",
                          column=column, remedy="Correct the formula and save the file anew.")


def _cell_of(cells: TextColumn, rows: np.ndarray, i: int) -> str:
    return cells.cell(int(rows[i]))


def _bytes_of(source: Source, name: str) -> tuple[bytes, str]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    elif isinstance(source, (str, Path)):
        try:
            check_bytes(Path(source).stat().st_size)
            data, name = Path(source).read_bytes(), name or Path(source).name
        except (OSError, ValueError) as error:
            raise ReadingError(f"There is no file {str(source)[:80]!r}.",
                               "Give a path, bytes or an open file.") from error
    else:
        data, name = source.read(), name or Path(str(getattr(source, "name", ""))).name
        if not isinstance(data, bytes):
            raise ReadingError("The file was opened as text.", "Open it as bytes: open(path, 'rb').")
    check_bytes(len(data))
    return data, name


def _without_controls(text: str, findings: Findings) -> str:
    """Take control characters away, which no chart, slide or document can hold; say where the first one stood."""
    first = CONTROLS.search(text)
    if first is None:
        return text
    bare, n = CONTROLS.subn("", text)
    findings.add("repaired", f"{plural(n, 'control character')} (invisible) in the text {'was' if n == 1 else 'were'} "
                 "removed.", row=text.count("\n", 0, first.start()) + 1, value=ascii(first[0])[1:-1])
    return bare


def _say_damage(text: str, findings: Findings) -> None:
    """Say of text that was damaged before it came here, with the first line that shows it."""
    place = text.find("\ufffd")
    if place >= 0:
        findings.add("warning", "Some letters were lost before this file was saved: they appear as \ufffd.",
                     row=text.count("\n", 0, place) + 1, value="\ufffd",
                     remedy="Export the table again from its source, as CSV UTF-8.")
