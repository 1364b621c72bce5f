"""What a delimited file and a worksheet have in common: rows of text, and where each one stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa

Progress = Callable[[float], None]  # called with the share that is done; may raise to abandon
TOP = 60  # so many first rows are looked at for the header


class Row(NamedTuple):
    """A row as it stands in the file: its line (or sheet row) and its cells."""

    line: int
    cells: list[str]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(bool(c.strip()) for c in self.cells)


class Grid(Protocol):
    """A file cut into cells."""

    @property
    def top(self) -> Sequence[Row]:
        """The first rows, where the header is looked for."""
        ...

    @property
    def width(self) -> int:
        """How many cells a row has."""
        ...

    @property
    def blank(self) -> np.ndarray:
        """The lines that hold no text."""
        ...

    def body(self, header: Row, progress: Progress) -> tuple[list[pa.ChunkedArray], np.ndarray, list[Row]]:
        """Return the columns below the header, the line of each row, and the notes under the table.

        Raises
        ------
        ReadingError
            If a row has more or fewer cells than the others.
        """
        ...


def header_of(grid: Grid, line: int | None) -> Row | None:
    """Return the row that holds the column names: the one asked for, or the first that can."""
    comments = _comment_lines(grid.top) if line is None else set()
    for row in grid.top:
        if row.line == line or (line is None and row.line not in comments and _may_name_columns(row, grid.width)):
            return row
    return None


def _comment_lines(top: Sequence[Row]) -> set[int]:
    """Return the lines of a block of comments above a table: two and more that begin with #, as cBioPortal has."""
    block: list[int] = []
    for row in top:
        if not row.cells[0].lstrip().startswith("#"):
            break
        block.append(row.line)
    return set(block) if 1 < len(block) < len(top) else set()


def _may_name_columns(row: Row, width: int) -> bool:
    """Tell names from a title or remark: about as many cells as the table is wide, most of them filled."""
    comment = row.cells[0].lstrip().startswith("#") and row.filled < width
    return not comment and len(row.cells) >= width - 1 and row.filled >= max(2, (width + 1) // 2)
