"""Dates as hospitals write them, as days since 1970; the order of day and month decided by the data."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from core.text_table import TextColumn

Order = Literal["year first", "day first", "month first"]
ORDERS: tuple[Order, ...] = ("year first", "day first", "month first")
_EPOCH = date(1970, 1, 1)
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119
_YEARS = range(1900, 2101)
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?\s*(?:am|pm)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + _TIME, re.IGNORECASE)
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_NAMED = re.compile(r"(\d{1,2})[-/. ]*([a-z]{3,9})\.?[-/., ]*(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_MONTH_NAMED = re.compile(r"([a-z]{3,9})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4})" + _TIME,
                          re.IGNORECASE)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, eq=False, kw_only=True)
class Dates:
    """A column's distinct values as days since 1970 (d,), NaN where there is no date.

    `order` is how day and month were told apart; "" where no value needed it or none decides it,
    and then `open` is the first value that could be read in two ways.
    """

    days: np.ndarray
    order: str
    open: str
    serial: bool


def dates_of(column: TextColumn, order: str = "") -> Dates:
    """Read a column's distinct values as dates; `order` where given, else as the values decide."""
    texts = [unicodedata.normalize("NFKC", t).strip() for t in column.texts()]
    pairs = [(int(m[1]), int(m[2])) for t in texts if (m := _YEAR_LAST.fullmatch(t))]
    undecided = ""
    if pairs and not order:
        day_first = any(a > 12 for a, _ in pairs)
        month_first = any(b > 12 for _, b in pairs)
        if day_first != month_first:
            order = "day first" if day_first else "month first"
        elif any(a != b for a, b in pairs):
            undecided = next(t for t in texts if (m := _YEAR_LAST.fullmatch(t)) and m[1] != m[2])
    days = np.full(len(texts), np.nan)
    serial = False
    for i, text in enumerate(texts):
        found = _date(text, order or "day first")
        if found is not None and not (undecided and _YEAR_LAST.fullmatch(text)):
            days[i] = (found - _EPOCH).days
            serial = serial or bool(_SERIAL.fullmatch(text))
    return Dates(days=days, order=order if pairs else "", open=undecided, serial=serial)


def _date(text: str, order: str) -> date | None:
    """Read one text as a date, or None."""
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _made(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if order != "month first" else (second, first)
        return _made(_year(match[3]), month, day)
    if match := _NAMED.fullmatch(text):
        return _made(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_NAMED.fullmatch(text):
        return _made(int(match[3]), _month(match[1]), int(match[2]))
    if (match := _SERIAL.fullmatch(text)) and int(match[1]) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(match[1]))
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 50 else 1900 + int(text)


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
