"""The table of a web page, as hospital systems save it under the name .xls."""

from __future__ import annotations

import re
from typing import Any

from core.errors import ReadingError
from core.language import say
from core.reading.damage import damage_said
from core.reading.grid import Row
from core.reading.limits import check_columns, check_rows
from core.reading.workbook import Sheet, sheet_of

_MOST_SPANNED = 1000
_OPENS, _CLOSES = re.compile(r"<table[\s>]", re.IGNORECASE), re.compile(r"</table\s*>", re.IGNORECASE)


def html_table(text: str) -> Sheet | None:
    """Return the largest table of a web page; None where it has none of two rows and two columns.

    Raises
    ------
    ReadingError
        If the page ends within a table.
    """
    import lxml.html

    if len(_OPENS.findall(text)) > len(_CLOSES.findall(text)):
        raise ReadingError(say("The web page ends within its table: rows may be missing."),
                           say("Download or save it again."))
    with damage_said(say("The web page")):
        parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        tables = [_cells_of(table) for table in lxml.html.fromstring(text.encode(), parser=parser).iter("table")]
    best = max(tables, key=lambda rows: sum(map(len, rows)), default=[])
    if len(best) < 2 or max(map(len, best)) < 2:
        return None
    check_columns(max(map(len, best)))
    check_rows(len(best))
    return sheet_of("", (), (Row(i, cells) for i, cells in enumerate(best, start=1)), [])


def _cells_of(table: Any) -> list[list[str]]:
    """Return a table's cells by row; a cell that spans rows or columns stands in each of them."""
    at: dict[tuple[int, int], str] = {}
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    for i, row in enumerate(rows):
        j = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (i, j) in at:
                j += 1
            text, across = " ".join(cell.text_content().split()), _span(cell.get("colspan"))
            for down in range(min(_span(cell.get("rowspan")), len(rows) - i)):
                at |= {(i + down, j + right): text for right in range(across)}
            j += across
    widths: dict[int, int] = {}
    for i, j in at:
        widths[i] = max(widths.get(i, 0), j + 1)
    return [[at.get((i, j), "") for j in range(widths[i])] for i in sorted(widths)]


def _span(text: str | None) -> int:
    return min(int(text), _MOST_SPANNED) if text and text.isdecimal() and int(text) > 0 else 1
