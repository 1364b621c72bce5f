"""The rows of one worksheet as openpyxl's parser gives them: with the numbers that they have in Excel, none made up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser  # no public name gives rows without filling gaps

from core.errors import ReadingError
from core.language import say

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # of Excel


class SheetParser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
    """A pass over a worksheet; after it, what cells cannot tell: formulas never computed, and merged cells.

    `openpyxl`'s read-only sheet fills the gap before a row of number 1,000,000,000 with as many rows; its parser, which
    this is, gives the rows that are there.

    Parameters
    ----------
    book : openpyxl's read-only workbook
    source : the worksheet's XML
    """

    def __init__(self, book: Any, texts: Any, source: IO[bytes]) -> None:
        super().__init__(source, texts, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
                         timedelta_formats=book._timedelta_formats)
        self.uncomputed: list[tuple[int, int]] = []

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return a cell's row, column and value; remember a formula without one."""
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.get("t") != "str" and element.find(FORMULA_TAG) is not None:
            self.uncomputed.append((self.row_counter, cell["column"]))
        return cell

    def rows(self) -> Iterator[tuple[int, list[object]]]:
        """Give each row's number and its values from column A on.

        Raises
        ------
        ReadingError
            If a row or column is beyond Excel's last, or a row does not come after the one before it.
        """
        before = 0
        for line, cells in self.parse():
            width = max((c["column"] for c in cells), default=0)
            if not before < line <= _LAST_ROW or width > _LAST_COLUMN:
                raise ReadingError(say("After row {before} the sheet's rows are not in order, or beyond Excel's last "
                                       "row or column.", before=f"{before:,}"),
                                   say("The workbook is damaged: save it anew from Excel, or as CSV UTF-8."))
            values: list[object] = [None] * width
            for cell in cells:
                values[cell["column"] - 1] = cell["value"]
            before = line
            yield line, values

    def merged_rows(self) -> list[tuple[int, int, int]]:
        """Return of merged cells that reach over several rows the first row, the last row and the first column."""
        groups = self.merged_cells.mergeCell if self.merged_cells else []
        return [(g.min_row, g.max_row, g.min_col) for g in groups if g.max_row > g.min_row]
