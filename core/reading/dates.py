"""Dates as hospitals write them, as days since 1970; the order of day and month decided by the data."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from core.reading.text_table import TextColumn

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
_DAYS, _MONTHS_A_YEAR = 31, 12
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, eq=False, kw_only=True)
class Dates:
    """A column's distinct values as days since 1970 (d,), NaN where there is no date.

    `order` is how day and month were told apart; "" where no value needed it or none decides it,
    and then `open` is the first value that could be read in two ways and `orders` are these.
    """

    days: np.ndarray
    order: str
    open: str
    orders: tuple[Order, ...]
    serial: bool
    exchanged: bool  # the marks of a spreadsheet that took days for months where it could

    @property
    def any(self) -> bool:
        """Whether there is a date among the values, be it one that can be read in two ways."""
        return bool(np.isfinite(self.days).any() or self.open)


def dates_of(column: TextColumn, order: str = "") -> Dates:
    """Read a column's distinct values as dates; `order` where given, else as the values decide."""
    texts = [unicodedata.normalize("NFKC", t).strip() for t in column.texts()]
    matches = {t: m for t in texts if (m := _YEAR_LAST.fullmatch(t))}
    fields = [(int(m[1]), int(m[2]), m[3]) for m in matches.values()]
    orders = _orders(fields)
    decided = order or (orders[0] if len(orders) == 1 else "")
    undecided = "" if decided or not fields else next(iter(matches))
    days = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        if not (undecided and text in matches):
            day = _date(text, decided)
            days[i] = np.nan if day is None else (day - _EPOCH).days
    whole = [m for t in texts if (m := _YEAR_FIRST.fullmatch(t))]
    return Dates(
        days=days, order=decided if fields else "", open=undecided, orders=orders,
        serial=any(_SERIAL.fullmatch(t) and not np.isnan(d) for t, d in zip(texts, days, strict=True)),
        exchanged=bool(whole and fields) and all(int(m[3]) <= _MONTHS_A_YEAR for m in whole)
        and all(first > _MONTHS_A_YEAR for first, _, _ in fields))


def _orders(fields: list[tuple[int, int, str]]) -> tuple[Order, ...]:
    """Return the orders of day, month and year that all dates can be in; years of two digits may stand
    first or last. Where none fits all, day first: validation names those that do not."""
    if not fields:
        return ()
    first, second = max(a for a, _, _ in fields), max(b for _, b, _ in fields)
    short = all(len(year) == 2 and int(year) <= _DAYS for _, _, year in fields)
    possible: dict[Order, bool] = {
        "day first": first <= _DAYS and second <= _MONTHS_A_YEAR,
        "month first": second <= _DAYS and first <= _MONTHS_A_YEAR and any(a != b for a, b, _ in fields),
        "year first": short and second <= _MONTHS_A_YEAR,
    }
    return tuple(o for o, may in possible.items() if may) or ("day first",)


def _date(text: str, order: str) -> date | None:
    """Read one text as a date, or None."""
    day: date | None = None
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        day = _made(int(match[1]), int(match[2]), int(match[3]))
    elif match := _YEAR_LAST.fullmatch(text):
        first, second, last = match.groups()
        parts = {"year first": (first, second, last), "month first": (last, first, second)}.get(
            order, (last, second, first))
        day = _made(_year(parts[0]), int(parts[1]), int(parts[2]))
    elif match := _NAMED.fullmatch(text):
        day = _made(_year(match[3]), _month(match[2]), int(match[1]))
    elif match := _MONTH_NAMED.fullmatch(text):
        day = _made(int(match[3]), _month(match[1]), int(match[2]))
    elif (match := _SERIAL.fullmatch(text)) and int(match[1]) in _SERIALS:
        day = _EXCEL_EPOCH + timedelta(days=int(match[1]))
    return day


def _year(text: str) -> int:
    text = text.zfill(2)
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 50 else 1900 + int(text)


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def is_date(text: str) -> bool:
    """Tell whether a text is written as a date; a bare number is none."""
    wide = unicodedata.normalize("NFKC", text).strip()
    return any(pattern.fullmatch(wide) for pattern in (_YEAR_FIRST, _YEAR_LAST, _NAMED, _MONTH_NAMED))
