"""A cohort file into a text table: encoding, cells, header. Nothing is converted here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

from core.errors import ReadingError
from core.findings import Findings
from core.language import say
from core.read_options import ReadOptions
from core.reading.codebook import SHEET_NAME, codebook_of, with_codebook
from core.reading.damage import damage_said
from core.reading.delimited import DELIMITERS, split
from core.reading.encoding import decode, is_markup, refuse_markup, refuse_what_is_not_text
from core.reading.grid import Grid, Progress
from core.reading.html_table import html_table
from core.reading.layout import Layout, lay_out
from core.reading.limits import check_bytes
from core.reading.numbers import decimal_mark
from core.reading.packed import unpacked
from core.reading.spaced import SPACES_BETWEEN, with_tabs
from core.reading.spreadsheet import is_spreadsheet, read_spreadsheet
from core.reading.stored import StoredTable, read_stored, stored_kind
from core.reading.text_table import Detected, TextColumn, TextTable
from core.reading.workbook import ZIP, read_workbook
from core.schema import CELL_ERRORS, CONTROLS

_MOST_CODEBOOKS = 3  # sheets of a workbook that are looked into
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
    with damage_said(say("The file")):
        return _read(data, name, options or ReadOptions(), progress)


def _read(data: bytes, name: str, options: ReadOptions, progress: Progress) -> TextTable:
    """Read a file's bytes; see `read_table`."""
    findings = Findings()
    content, inside = unpacked(data)
    if inside:
        findings.add("assumed", say("The file is an archive; {inside} was read.", inside=inside))
    if kind := stored_kind(content):
        return _of_stored(read_stored(content, kind), data, name, options, findings)
    if content.startswith(ZIP) or is_spreadsheet(content):
        read = read_spreadsheet if is_spreadsheet(content) else read_workbook
        grid = book = read(content, options.sheet, progress)
        for oddity in book.oddities:
            findings.add("warning", oddity, remedy=say("Correct the workbook and load it again."))
        if len(book.names) > 1 and not options.sheet:
            findings.add("assumed", say("The sheet {name} was read, of {names}: the first with cells that is named "
                                        "as no codebook.", name=f"{book.name!r}", names=len(book.names)),
                         remedy=say("Choose another under “How it was read”."))
        detected = Detected(encoding="", delimiter="", decimal="", header_line=0, sheet=book.name, sheets=book.names)
        table = _of_grid(grid, data, name, options, findings, detected, progress)
        return _with_sheets(table, lambda sheet: read(content, sheet, lambda share: None))
    return _of_text(content, data, name, options, findings, progress)


def _with_sheets(table: TextTable, read: Callable[[str], Grid]) -> TextTable:
    """Take what other sheets say of the columns, those named as a codebook first; others are passed over."""
    others = [n for n in table.detected.sheets if n != table.detected.sheet]
    for sheet in sorted(others, key=lambda n: not SHEET_NAME.fullmatch(n.strip()))[:_MOST_CODEBOOKS]:
        try:
            layout = lay_out(read(sheet), None, Findings(), lambda share: None)
        except ReadingError:
            continue
        page = replace(table, cells=layout.cells, lines=layout.lines)
        if book := codebook_of(page, table.columns):
            table = with_codebook(table, book, say("The sheet {sheet}", sheet=f"{sheet!r}"))
    return table


def _of_text(content: bytes, data: bytes, name: str, options: ReadOptions, findings: Findings,
             progress: Progress) -> TextTable:
    """Read delimited text, columns between spaces, or the table of a web page."""
    refuse_what_is_not_text(content)
    decoded = decode(content, options.encoding)
    if not decoded.certain:
        findings.add("assumed", say("The text is not UTF-8; it was read as {encoding}.", encoding=decoded.encoding),
                     remedy=say("Choose another encoding if letters look wrong."))
    text = _without_controls(decoded.text, findings)
    _say_damage(text, findings)
    detected = Detected(encoding=decoded.encoding, delimiter="", decimal="", header_line=0)
    if is_markup(text):
        page = html_table(text)
        if page is None:
            raise refuse_markup()
        findings.add("assumed", say("The file is a web page; its largest table was read."))
        return _of_grid(page, data, name, options, findings, replace(detected, kind="web page"), progress)
    spaced = with_tabs(text) if options.delimiter in (None, SPACES_BETWEEN) else None
    grid = split(spaced or text, "tab" if spaced else options.delimiter)
    del decoded, text
    sign = SPACES_BETWEEN if spaced else next(k for k, v in DELIMITERS.items() if v == grid.delimiter)
    return _of_grid(grid, data, name, options, findings, replace(detected, delimiter=sign), progress)


def _of_grid(grid: Grid, data: bytes, name: str, options: ReadOptions, findings: Findings, detected: Detected,
             progress: Progress) -> TextTable:
    """Find the header of a grid and name its columns."""
    layout = lay_out(grid, options.header_line, findings, progress)
    _say_failed_formulas(layout, findings)
    decimal = options.decimal or decimal_mark(layout.cells, detected.delimiter, findings)
    return TextTable(
        cells=layout.cells, lines=layout.lines, sha256=hashlib.sha256(data).hexdigest(), name=name, options=options,
        findings=findings.records, detected=replace(detected, decimal=decimal, header_line=layout.header_line))


def _of_stored(table: StoredTable, data: bytes, name: str, options: ReadOptions, findings: Findings) -> TextTable:
    """Take a table whose columns have names, types and labels already."""
    for column, oddity in table.oddities:
        findings.add("warning", oddity, column=column,
                     remedy=say("Add those that mean missing to the codes for missing."))
    if len(table.cells) < 2:
        raise ReadingError(say("Only one column was found."), say("A cohort needs several."))
    return TextTable(
        cells=table.cells, lines=np.arange(1, table.rows + 1), sha256=hashlib.sha256(data).hexdigest(), name=name,
        options=options, findings=findings.records, labels=table.labels, orders=table.orders,
        detected=Detected(encoding="", delimiter="", decimal=".", header_line=0, kind=table.kind))


def _say_failed_formulas(layout: Layout, findings: Findings) -> None:
    for column, cells in layout.cells.items():
        at = np.flatnonzero(cells.is_in(CELL_ERRORS)[cells.codes])
        findings.add_rows("warning", layout.lines[at], partial(_cell_of, cells, at),
                          say("Line {line}: a formula failed in the spreadsheet ({value}); the cell is missing."),
                          column=column, remedy=say("Correct the formula and save the file anew."))


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
            raise ReadingError(say("There is no file {source}.", source=f"{str(source)[:80]!r}"),
                               say("Give a path, bytes or an open file.")) from error
    else:
        data, name = source.read(), name or Path(str(getattr(source, "name", ""))).name
        if not isinstance(data, bytes):
            raise ReadingError(say("The file was opened as text."), say("Open it as bytes: open(path, 'rb')."))
    check_bytes(len(data))
    return data, name


def _without_controls(text: str, findings: Findings) -> str:
    """Take control characters away, which no chart, slide or document can hold; say where the first one stood."""
    first = CONTROLS.search(text)
    if first is None:
        return text
    bare, n = CONTROLS.subn("", text)
    findings.add("repaired", say("1 control character (invisible) in the text was removed.") if n == 1 else
                 say("{n} control characters (invisible) in the text were removed.", n=f"{n:,}"),
                 row=text.count("\n", 0, first.start()) + 1, value=ascii(first[0])[1:-1])
    return bare


def _say_damage(text: str, findings: Findings) -> None:
    """Say of text that was damaged before it came here, with the first line that shows it."""
    place = text.find("\ufffd")
    if place >= 0:
        findings.add("warning", say("Some letters were lost before this file was saved: they appear as �."),
                     row=text.count("\n", 0, place) + 1, value="\ufffd",
                     remedy=say("Export the table again from its source, as CSV UTF-8."))
