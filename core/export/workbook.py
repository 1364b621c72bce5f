"""XLSX of a figure: its table as it is read, what it draws with numbers as numbers, and where it comes from."""

from __future__ import annotations

import io
import math
from typing import Any

import pandas as pd

from core.figure import Figure, headings_of, spans_of

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDEST = 60


def xlsx_bytes(figure: Figure) -> bytes:
    """Return a workbook: the figure's table, its numbers, and a sheet that says which patients and methods they are.

    Nothing in it is a formula or a link, whatever a cell begins with; nothing is written to disk.
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        for name, frame in (("Numbers", figure.drawn), ("Table", figure.table)):
            _sheet(book.add_worksheet(name), frame, bold)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 2 * _WIDEST)
        for line, text in enumerate(figure.words()):
            about.write_string(line, 0, text, bold if not line else None)
    return out.getvalue()


def _sheet(sheet: Any, frame: pd.DataFrame, bold: Any) -> None:
    """Fill a sheet with a frame under bold headings; groups of columns have a line of their own above."""
    groups = spans_of(frame)
    place = 0
    for group, columns in groups:
        if group and columns > 1:
            sheet.merge_range(0, place, 0, place + columns - 1, "", bold)
        sheet.write_string(0, place, group, bold)
        place += columns
    top = 1 if groups else 0
    for place, (_, name) in enumerate(headings_of(frame)):
        sheet.write_string(top, place, name, bold)
        longest = max([len(name), *(len(str(v)) for v in frame.iloc[:200, place])])
        sheet.set_column(place, place, min(longest + 2, _WIDEST))
    for line, row in enumerate(frame.itertuples(index=False, name=None), start=top + 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value)
    sheet.freeze_panes(top + 1, 0)


def _write(sheet: Any, line: int, place: int, value: Any) -> None:
    """Write one value by its kind; what is missing or infinite stays empty."""
    if isinstance(value, str):
        sheet.write_string(line, place, value)
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif value is not None and math.isfinite(value):
        sheet.write_number(line, place, float(value))
