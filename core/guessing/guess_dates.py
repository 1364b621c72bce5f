"""Guess which column says when something became known: `response_months` beside `response`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.guessing.headings import heading
from core.mapping import DATE, dictionary
from core.reading import TextTable, dates_of, parse_number
from core.schema import MISSING

_UNITS = ("time", "indays", "inmonths", "inyears", "wks", "wk", "yrs", "yr", "months", "month", "days", "day", "weeks",
          "years", "year", "mo", "时间", "duration")
_MARKS = ("date", "at", "日期", "时间", *_UNITS)
_PROBE, _MOSTLY = 400, 0.8


def when_guess(table: TextTable, column: str, free: Iterable[str]) -> tuple[str, str] | None:
    """Return the column, among the free ones, that dates another, and its unit; None where no name says so.

    The unit is "date" where it holds dates; without a unit in its header numbers are no such column, for a
    wrong unit would set every landmark wrong.
    """
    base = dictionary.fold(heading(table, column))
    wanted = {base + mark for mark in _MARKS} | {mark + base for mark in _MARKS}
    for other in free:
        named = other != column and dictionary.fold(heading(table, other)) in wanted | {base}
        if named and (unit := _unit(table, other)):
            return other, unit
    return None


def _unit(table: TextTable, column: str) -> str:
    cells = table.cells[column]
    texts = [t for t in cells.values.slice(0, _PROBE).to_pylist() if t not in MISSING]
    numbers = sum(parse_number(t) is not None for t in texts)
    if texts and numbers > _MOSTLY * len(texts):
        return dictionary.time_unit_in(heading(table, column)) or ""
    dates = dates_of(cells)
    return DATE if np.isfinite(dates.days).any() or dates.open else ""
