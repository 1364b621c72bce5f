"""XLSX of a figure: its table as it is read, what it draws with numbers as numbers, and where it comes from."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import pandas as pd

from core.enclosed import KEY
from core.figure import Figure, headings_of, spans_of

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDEST, _LONGEST = 60, 32_767  # letters of a column, and of a cell
_WAY_BACK = "Give this file to Cohortscope, with the data loaded, to come back to this view."
_NUMBER = re.compile(r"(0|[1-9]\d{0,2}(?:,\d{3})*|[1-9]\d*)?(?:\.(\d+))?(?<=\d)")  # 1,234 or 12.50 or .023


def xlsx_bytes(figure: Figure) -> bytes:
    """Return a workbook: the figure's table, its numbers, and a sheet that says which patients and methods they are.

    Nothing in it is a formula or a link, whatever a cell begins with; nothing is written to disk.
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        for name, frame in (("Numbers", figure.drawn), ("Table", figure.table)):
            _sheet(book, name, frame, bold, table=name == "Table")
        about = book.add_worksheet("About")
        about.set_column(0, 0, 2 * _WIDEST)
        for line, text in enumerate(figure.words()):
            about.write_string(line, 0, text, bold if not line else None)
        if figure.provenance.view:
            about.write_string(len(figure.words()) + 1, 0, _WAY_BACK)
            about.write_string(len(figure.words()) + 2, 0, f"{KEY}: {figure.provenance.view}"[:_LONGEST])
    return out.getvalue()


def _sheet(book: Any, name: str, frame: pd.DataFrame, bold: Any, *, table: bool) -> None:
    """Fill a sheet with a frame under bold headings; groups of columns have a line of their own above.

    In a table a cell of text that is a number alone is one, with as many decimals; its first column holds names.
    """
    sheet = book.add_worksheet(name)
    groups = spans_of(frame)
    place = 0
    for group, columns in groups:
        if group and columns > 1:
            sheet.merge_range(0, place, 0, place + columns - 1, "", bold)
        sheet.write_string(0, place, group, bold)
        place += columns
    top = 1 if groups else 0
    for place, (_, heading) in enumerate(headings_of(frame)):
        sheet.write_string(top, place, heading, bold)
        longest = max([len(heading), *(len(str(v)) for v in frame.iloc[:200, place])])
        sheet.set_column(place, place, min(longest + 2, _WIDEST))
    for line, row in enumerate(frame.itertuples(index=False, name=None), start=top + 1):
        for place, value in enumerate(row):
            number = _NUMBER.fullmatch(value) if table and place and isinstance(value, str) else None
            if number:
                look = book.add_format({"num_format": f"{'#,##0' if number[1] else ''}{'.' * bool(number[2])}"
                                                      f"{'0' * len(number[2] or '')}"})
                sheet.write_number(line, place, float(value.replace(",", "")), look)
            else:
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
