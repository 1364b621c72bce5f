"""The limits of a cohort file, in one place; all are checked before any cell is converted."""

from __future__ import annotations

from core.errors import ReadingError
from core.format import megabytes

MAX_BYTES = 200 * 1024**2
MAX_UNPACKED = 600 * 1024**2  # a workbook's parts, unpacked
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_LINE = 1_000_000
MAX_CELL = 32_767


def check_bytes(size: int) -> None:
    """Refuse a file of more than `MAX_BYTES` bytes."""
    if size > MAX_BYTES:
        raise ReadingError(f"The file has {megabytes(size)}; the limit is "
                           f"{megabytes(MAX_BYTES)}.", "Keep the columns you need.")


def check_rows(rows: int) -> None:
    """Refuse a table of more than `MAX_ROWS` rows."""
    if rows > MAX_ROWS:
        raise ReadingError(f"The file has more than {MAX_ROWS:,} rows.", "Load a part of it.")


def check_columns(columns: int) -> None:
    """Refuse a table of more than `MAX_COLUMNS` columns."""
    if columns > MAX_COLUMNS:
        raise ReadingError(f"The file has {columns:,} columns; the limit is {MAX_COLUMNS:,}.",
                           "Keep the columns you need.")


def check_cell(length: int, line: int) -> None:
    """Refuse a cell of more than `MAX_CELL` characters."""
    if length > MAX_CELL:
        raise ReadingError(f"A cell on line {line} is longer than {MAX_CELL:,} characters.",
                           "Is this the right file? Look for a quote that was not closed.")
