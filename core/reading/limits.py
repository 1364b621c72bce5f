"""The limits of a cohort file, in one place; all are checked before any cell is converted."""

from __future__ import annotations

from core.errors import ReadingError
from core.format import megabytes
from core.language import say

MAX_BYTES = 200 * 1024**2
MAX_UNPACKED = 600 * 1024**2  # a workbook's parts, unpacked
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_LINE = 1_000_000
MAX_CELL = 32_767


def check_bytes(size: int) -> None:
    """Refuse a file of more than `MAX_BYTES` bytes."""
    if size > MAX_BYTES:
        raise ReadingError(say("The file has {size}; the limit is {most}.", size=megabytes(size),
                               most=megabytes(MAX_BYTES)), say("Keep the columns you need."))


def check_rows(rows: int) -> None:
    """Refuse a table of more than `MAX_ROWS` rows."""
    if rows > MAX_ROWS:
        raise ReadingError(say("The file has more than {max_rows} rows.", max_rows=f"{MAX_ROWS:,}"),
                           say("Load a part of it."))


def check_columns(columns: int) -> None:
    """Refuse a table of more than `MAX_COLUMNS` columns."""
    if columns > MAX_COLUMNS:
        raise ReadingError(say("The file has {columns} columns; the limit is {max_columns}.", columns=f"{columns:,}",
                               max_columns=f"{MAX_COLUMNS:,}"),
                           say("Keep the columns you need."))


def check_cell(length: int, line: int) -> None:
    """Refuse a cell of more than `MAX_CELL` characters."""
    if length > MAX_CELL:
        raise ReadingError(say("A cell on line {line} is longer than {max_cell} characters.", line=line,
                               max_cell=f"{MAX_CELL:,}"),
                           say("Is this the right file? Look for a quote that was not closed."))
