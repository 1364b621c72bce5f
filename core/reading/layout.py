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
        raise ReadingError("No line was found that names the columns." if header_line is None else
                           f"Line {header_line} is no header: choose one of the first lines.",
                           "Put the column names in the first line.")
    _say_above(grid, header, findings)
    if header_line is None:
        header, joined = joined_header(grid, header)
        if joined:
            findings.add("repaired", joined, row=header.line,
                         remedy="Choose the line of the names under “How it was read”.")
    columns, lines, notes = grid.body(header, progress)
    if not len(lines):
        raise ReadingError(f"The file has a header but no rows below line {header.line}.",
                           "It needs one row per patient.")
    for note in notes:
        findings.add("repaired", "A remark below the table was skipped.", row=note.line,
                     value=" ".join(note.cells).strip(), remedy="Give it an id if it is a patient.")
    named = _name(header, columns, findings)
    keep = _rows_of_patients(named, lines, findings)
    if not keep.any():
        raise ReadingError("No row holds any value.", "It needs one row per patient.")
    if not keep.all():
        rows = np.flatnonzero(keep)
        named = {name: column.take(rows) for name, column in named.items()}
    if header_line is None:
        _ask_for_header(header, named)
    inner = grid.blank[(grid.blank > header.line) & (grid.blank < lines[-1])]
    findings.add_rows("repaired", np.setdiff1d(inner, lines), lambda i: "", "A blank row was skipped.")
    return Layout(cells=named, lines=lines[keep], header_line=header.line)


def _say_above(grid: Grid, header: Row, findings: Findings) -> None:
    for row in grid.top:
        if row.line < header.line:
            findings.add("repaired", "A line above the header was skipped.", row=row.line,
                         value=" ".join(c.strip() for c in row.cells if c.strip())[:80],
                         remedy="Choose the header line under “How it was read” if this is it.")


def _name(header: Row, columns: list[pa.ChunkedArray], findings: Findings) -> dict[str, TextColumn]:
    """Pair names and columns; R's row names and an unnamed index are known for what they are."""
    cells = [TextColumn.from_cells(column) for column in columns]
    names = _complete([_tidy(cell) for cell in header.cells], cells, header)
    if not names[0] and not _is_empty(cells[0]):
        names, cells = _index(names, cells, findings)
    kept: dict[str, TextColumn] = {}
    for place, (name, column) in enumerate(zip(names, cells, strict=True), start=1):
        if not name and not _is_empty(column):
            raise ReadingError(f"Column {place} has no name in the header (line {header.line}).",
                               "Give every column a name.")
        if name:
            kept[_numbered(name, place, {*names, *kept}, findings) if name in kept else name] = column
    if empty := sum(not name for name in names):
        findings.add("repaired", f"{empty} empty column{'s' if empty > 1 else ''} without a name "
                                 f"{'were' if empty > 1 else 'was'} left out.")
    if len(kept) < 2:
        raise ReadingError("Only one column was found.",
                           "Separate the columns by comma, semicolon, tab or |.")
    return kept


def _numbered(name: str, place: int, taken: set[str], findings: Findings) -> str:
    """Name a column whose header stands for another one already: `Date (2)`."""
    numbered = next(f"{name} ({i})" for i in count(2) if f"{name} ({i})" not in taken)
    findings.add("repaired", f"The header names {name!r} more than once; column {place} is called {numbered!r}.",
                 column=numbered, remedy="Rename one of the columns.")
    return numbered


def _complete(names: list[str], cells: list[TextColumn], header: Row) -> list[str]:
    """Return a name per column, "" where the header is one short: an empty column, or R's row names."""
    if len(names) == len(cells):
        return names
    if len(names) == len(cells) - 1 and _is_empty(cells[-1]):
        return [*names, ""]
    if len(names) == len(cells) - 1 and cells[0].n_distinct == len(cells[0].codes):
        return ["", *names]
    raise ReadingError(f"The header (line {header.line}) has {len(names)} cells; the rows have {len(cells)}.",
                       "Look for a missing name or a stray delimiter.")


def _index(names: list[str], cells: list[TextColumn], findings: Findings) -> tuple[list[str], list[TextColumn]]:
    """Leave a first column without a name out where it counts the rows; else give it one."""
    if _is_counter(cells[0]):
        findings.add("repaired", "The first column has no name and counts the rows: it was left out.",
                     remedy="Name it in the header to keep it.")
        return names[1:], cells[1:]
    name = _unused(INDEX, names)
    findings.add("assumed", f"The first column has no name; it is called {name!r}.", column=name,
                 remedy="Name it in the header.")
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
    findings.add_rows("repaired", lines[filled == 0], lambda i: "", "A blank row was skipped.")
    findings.add_rows("repaired", lines[again], lambda i: "", "The header is repeated here; the row was skipped.")
    keep = (filled > 0) & ~again
    while keep.any():
        last = int(np.flatnonzero(keep)[-1])
        remark = next((c.cell(last) for c in named.values() if c.cell(last)), "")
        if not _TOTAL.fullmatch(remark.strip(" :：")):
            break
        keep[last] = False
        findings.add("repaired", f"A row headed {remark!r} at the bottom was skipped: it is not a patient.",
                     row=int(lines[last]), value=remark, remedy="Give it a patient id if it is one.")
    return keep


def _ask_for_header(header: Row, named: dict[str, TextColumn]) -> None:
    """Ask where the first line looks like a patient: numbers, or values that stand below it again."""
    cells = [c.strip() for c in header.cells if c.strip()]
    numbers = sum(bool(re.fullmatch(r"[-+<>]?\d+([.,/:-]\d+)*%?", c)) for c in cells)
    below = sum(bool(column.is_in([name]).any()) for name, column in named.items())
    if numbers * 2 > len(cells) or (below >= 2 and (below + numbers) * 2 > len(cells)):
        raise NeedsAnswer(
            f"Line {header.line} looks like data, not a header: {', '.join(cells[:4])}. Has the file no names?",
            "Best put the column names in the first line.",
            ["No names: they are called Column 1, Column 2 …", f"Line {header.line} holds the names"],
            [{"reading": {"header_line": 0}}, {"reading": {"header_line": header.line}}],
            meanings=["Say which column is which by hand", ", ".join(cells[:8])])
