"""CSV of what a figure draws: plain data that R, pandas and spreadsheets open as they are; notes in a second file."""

from __future__ import annotations

import codecs
import csv
import io
import math
import zipfile

import pandas as pd

from core.figure import Figure

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(figure: Figure) -> bytes:
    """Return the figure's numbers under one row of names.

    Text that a spreadsheet would run as a formula is written with a leading apostrophe. UTF-8; with BOM where it is
    needed for Excel to show every script, for R's read.csv would take it into the first name.
    """
    return _marked(_rows(figure.drawn))


def csv_with_notes(figure: Figure) -> bytes:
    """Return a zip of the figure's numbers and, as text, of which patients and methods they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{figure.slug}.csv", csv_bytes(figure))
        packed.writestr(f"{figure.slug}-notes.txt", _marked("".join(f"{line}\r\n" for line in figure.words()).encode()))
    return out.getvalue()


def table_bytes(frame: pd.DataFrame) -> bytes:
    """Return any table as CSV, as safe to open as `csv_bytes`."""
    return codecs.BOM_UTF8 + _rows(frame)


def _marked(text: bytes) -> bytes:
    """Begin a text with the mark of UTF-8 unless it is plain ASCII."""
    return text if text.isascii() else codecs.BOM_UTF8 + text


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
