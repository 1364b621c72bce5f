"""CSV of what a figure draws: plain data, safe to open in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
import math

import pandas as pd

from core.figure import Figure

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(figure: Figure) -> bytes:
    """Return the figure's numbers, after `#` lines that say which patients and methods they are.

    Text that a spreadsheet would run as a formula is written with a leading apostrophe. UTF-8 with
    BOM, so that Excel shows every script.
    """
    out = io.StringIO()
    for line in figure.words():
        out.write(f"# {' '.join(line.split())}\r\n")
    return out.getvalue().encode("utf-8-sig") + _rows(figure.drawn)


def table_bytes(frame: pd.DataFrame) -> bytes:
    """Return any table as CSV, as safe to open as `csv_bytes`."""
    return codecs.BOM_UTF8 + _rows(frame)


def _rows(frame: pd.DataFrame) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(str(c)) for c in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _safe(value)
    return "" if isinstance(value, float) and math.isnan(value) else value


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
