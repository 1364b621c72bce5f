"""A grid into named columns: header, index column, empty columns, and rows that are no patients."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import count

import numpy as np
import pyarrow as pa

from core.errors import NeedsAnswer, ReadingError
from core.findings import Findings
from core.language import say
from core.reading.grid import Grid, Progress, Row, header_of
from core.reading.header_rows import joined_header, unnamed
from core.reading.text_table import TextColumn

_TOTAL = re.compile(r"(sub|grand )?total|sum|mean|average|median|合计|总计|总和|平均(值|数)?|均值|小计",
                    re.IGNORECASE)
INDEX = "index"


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Named columns, the line of each row, and the line of the header."""

    cells: dict[str, TextColumn]
    lines: np.ndarray
    header_line: int


def lay_out(grid: Grid, header_line: int | None, findings: Findings, progress: Progress) -> Layout:
    """Find the header and name the columns; say what was passed over.

    Raises
    ------
    ReadingError
        If there is no header, a name is missing or double, or no row is left.
    NeedsAnswer
        If the first line looks like a patient.
    """
    header = unnamed(grid.width) if header_line == 0 else header_of(grid, header_line)
    if header is None:
        raise ReadingError(say("No line was found that names the columns.") if header_line is None else
                           say("Line {header_line} is no header: choose one of the first lines.",
                               header_line=header_line),
                           say("Put the column names in the first line."))
    _say_above(grid, header, findings)
    if header_line is None:
        header, joined = joined_header(grid, header)
        if joined:
            findings.add("repaired", joined, row=header.line,
                         remedy=say("Choose the line of the names under “How it was read”."))
    columns, lines, notes = grid.body(header, progress)
    if not len(lines):
        raise ReadingError(say("The file has a header but no rows below line {line}.", line=header.line),
                           say("It needs one row per patient."))
    for note in notes:
        findings.add("repaired", say("A remark below the table was skipped."), row=note.line,
                     value=" ".join(note.cells).strip(), remedy=say("Give it an id if it is a patient."))
    named = _name(header, columns, findings)
    keep = _rows_of_patients(named, lines, findings)
    if not keep.any():
        raise ReadingError(say("No row holds any value."), say("It needs one row per patient."))
    if not keep.all():
        rows = np.flatnonzero(keep)
        named = {name: column.take(rows) for name, column in named.items()}
    if header_line is None:
        _ask_for_header(header, named)
    inner = grid.blank[(grid.blank > header.line) & (grid.blank < lines[-1])]
    findings.add_rows("repaired", np.setdiff1d(inner, lines), lambda i: "", say("A blank row was skipped."))
    return Layout(cells=named, lines=lines[keep], header_line=header.line)


def _say_above(grid: Grid, header: Row, findings: Findings) -> None:
    for row in grid.top:
        if row.line < header.line:
            findings.add("repaired", say("A line above the header was skipped."), row=row.line,
                         value=" ".join(c.strip() for c in row.cells if c.strip())[:80],
                         remedy=say("Choose the header line under “How it was read” if this is it."))


def _name(header: Row, columns: list[pa.ChunkedArray], findings: Findings) -> dict[str, TextColumn]:
    """Pair names and columns; R's row names and an unnamed index are known for what they are."""
    cells = [TextColumn.from_cells(column) for column in columns]
    names = _complete([_tidy(cell) for cell in header.cells], cells, header)
    if not names[0] and not _is_empty(cells[0]):
        names, cells = _index(names, cells, findings)
    kept: dict[str, TextColumn] = {}
    for place, (name, column) in enumerate(zip(names, cells, strict=True), start=1):
        if not name and not _is_empty(column):
            raise ReadingError(say("Column {place} has no name in the header (line {line}).", place=place,
                                   line=header.line),
                               say("Give every column a name."))
        if name:
            kept[_numbered(name, place, {*names, *kept}, findings) if name in kept else name] = column
    if empty := sum(not name for name in names):
        findings.add("repaired", say("1 empty column without a name was left out.") if empty == 1 else
                     say("{n} empty columns without a name were left out.", n=empty))
    if len(kept) < 2:
        raise ReadingError(say("Only one column was found."),
                           say("Separate the columns by comma, semicolon, tab or |."))
    return kept


def _numbered(name: str, place: int, taken: set[str], findings: Findings) -> str:
    """Name a column whose header stands for another one already: `Date (2)`."""
    numbered = next(f"{name} ({i})" for i in count(2) if f"{name} ({i})" not in taken)
    findings.add("repaired", say("The header names {name} more than once; column {place} is called {numbered}.",
                                 name=f"{name!r}", place=place, numbered=f"{numbered!r}"),
                 column=numbered, remedy=say("Rename one of the columns."))
    return numbered


def _complete(names: list[str], cells: list[TextColumn], header: Row) -> list[str]:
    """Return a name per column, "" where the header is one short: an empty column, or R's row names."""
    if len(names) == len(cells):
        return names
    if len(names) == len(cells) - 1 and _is_empty(cells[-1]):
        return [*names, ""]
    if len(names) == len(cells) - 1 and cells[0].n_distinct == len(cells[0].codes):
        return ["", *names]
    raise ReadingError(say("The header (line {line}) has {names} cells; the rows have {cells}.", line=header.line,
                           names=len(names), cells=len(cells)),
                       say("Look for a missing name or a stray delimiter."))


def _index(names: list[str], cells: list[TextColumn], findings: Findings) -> tuple[list[str], list[TextColumn]]:
    """Leave a first column without a name out where it counts the rows; else give it one."""
    if _is_counter(cells[0]):
        findings.add("repaired", say("The first column has no name and counts the rows: it was left out."),
                     remedy=say("Name it in the header to keep it."))
        return names[1:], cells[1:]
    name = _unused(INDEX, names)
    findings.add("assumed", say("The first column has no name; it is called {name}.", name=f"{name!r}"), column=name,
                 remedy=say("Name it in the header."))
    return [name, *names[1:]], cells


def _tidy(cell: str) -> str:
    """Return a header's name: without line breaks, marks of no width and double spaces."""
    shown = "".join(" " if c.isspace() else c for c in cell if unicodedata.category(c) not in ("Cf", "Cc")
                    or c.isspace())
    return " ".join(shown.split())


def _unused(name: str, names: list[str]) -> str:
    return name if name not in names else _unused(f"{name}_", names)


def _is_empty(column: TextColumn) -> bool:
    return column.texts() == [""] if column.n_distinct == 1 else False


def _is_counter(column: TextColumn) -> bool:
    """Tell whether a column counts its rows from 0 or 1."""
    n = len(column.codes)
    if column.n_distinct != n:
        return False
    texts = column.series().tolist()
    return texts in ([str(i) for i in range(n)], [str(i + 1) for i in range(n)])


def _rows_of_patients(named: dict[str, TextColumn], lines: np.ndarray, findings: Findings) -> np.ndarray:
    """Tell which rows are patients: not blank, not the header again, not a total at the bottom."""
    filled = np.zeros(len(lines), int)
    again = np.ones(len(lines), bool)
    for name, column in named.items():
        filled += ~column.is_in([""])[column.codes]
        again &= column.is_in([name])[column.codes]
    findings.add_rows("repaired", lines[filled == 0], lambda i: "", say("A blank row was skipped."))
    findings.add_rows("repaired", lines[again], lambda i: "", say("The header is repeated here; the row was skipped."))
    keep = (filled > 0) & ~again
    while keep.any():
        last = int(np.flatnonzero(keep)[-1])
        remark = next((c.cell(last) for c in named.values() if c.cell(last)), "")
        if not _TOTAL.fullmatch(remark.strip(" :：")):
            break
        keep[last] = False
        findings.add("repaired", say("A row headed {remark} at the bottom was skipped: it is not a patient.",
                                     remark=f"{remark!r}"),
                     row=int(lines[last]), value=remark, remedy=say("Give it a patient id if it is one."))
    return keep


def _ask_for_header(header: Row, named: dict[str, TextColumn]) -> None:
    """Ask where the first line looks like a patient: numbers, or values that stand below it again."""
    cells = [c.strip() for c in header.cells if c.strip()]
    numbers = sum(bool(re.fullmatch(r"[-+<>]?\d+([.,/:-]\d+)*%?", c)) for c in cells)
    below = sum(bool(column.is_in([name]).any()) for name, column in named.items())
    if numbers * 2 > len(cells) or (below >= 2 and (below + numbers) * 2 > len(cells)):
        raise NeedsAnswer(
            say("Line {line} looks like data, not a header: {cells}. Has the file no names?", line=header.line,
                cells=', '.join(cells[:4])),
            say("Best put the column names in the first line."),
            [say("No names: they are called Column 1, Column 2 …"),
             say("Line {line} holds the names", line=header.line)],
            [{"reading": {"header_line": 0}}, {"reading": {"header_line": header.line}}],
            meanings=[say("Say which column is which by hand"), ", ".join(cells[:8])])
