"""CSV of what a figure draws: plain data, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math

from core.figure import Figure

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(figure: Figure) -> bytes:
    """Return the figure's numbers, after `#` lines that say which patients and methods they are.

    Text that a spreadsheet would run as a formula is written with a leading apostrophe. UTF-8 with
    BOM, so that Excel shows every script.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in (figure.title, *figure.footnote()):
        out.write(f"# {' '.join(line.split())}\r\n")
    writer.writerow([_safe(str(c)) for c in figure.drawn.columns])
    for row in figure.drawn.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _safe(value)
    return "" if isinstance(value, float) and math.isnan(value) else value


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
