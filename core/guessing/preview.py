"""What a reading of an endpoint would mean, in one line: patients, events, median survival, first values."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from core.format import number, plural, significant
from core.language import say
from core.mapping import EndpointRole
from core.reading import UNKNOWN, TextTable, numbers_of
from core.schema import MISSING
from core.survival import quantile


def times_of(table: TextTable, column: str, missing: Collection[str] = ()) -> np.ndarray:
    """Return a column's numbers, one per row, (n,); NaN where it holds none."""
    cells = table.cells[column]
    values = numbers_of(cells, "." if table.decimal == UNKNOWN else table.decimal).values.copy()
    values[cells.is_in({*MISSING, *missing})] = math.nan
    return np.asarray(values[cells.codes])


def is_event(table: TextTable, column: str, values: Collection[str]) -> np.ndarray:
    """Tell of each row whether its cell is one of the values that mean the event, bool (n,)."""
    cells = table.cells[column]
    return np.asarray(cells.is_in(values)[cells.codes])


def events_of(table: TextTable, endpoint: EndpointRole) -> np.ndarray:
    """Tell of each row whether it has an endpoint's event, bool (n,): one of its values, or any of its dates."""
    if not endpoint.event_dates:
        return is_event(table, endpoint.event, endpoint.event_values)
    return np.any([~is_event(table, c, MISSING) for c in endpoint.event_dates], axis=0)


def median_survival(times: np.ndarray, events: np.ndarray, entry: np.ndarray | None = None) -> float:
    """Return the Kaplan-Meier median of times (n,) and events, in their unit; NaN where it is not reached.

    Parameters
    ----------
    entry : (n,), when each patient came under observation; None where all did at time zero
    """
    known = ~np.isnan(times) if entry is None else entry < times
    at, place = np.unique(times[known], return_inverse=True)
    deaths = np.bincount(place, events[known], at.size)
    at_risk = np.cumsum(np.bincount(place, minlength=at.size)[::-1])[::-1]
    if entry is not None:
        at_risk = at_risk - (known.sum() - np.searchsorted(np.sort(entry[known]), at, side="left"))
    return quantile(at, 1 - np.cumprod(1 - deaths / np.maximum(at_risk, 1)), 0.5)


def reading_meaning(months: np.ndarray, events: np.ndarray, entry: np.ndarray | None = None) -> str:
    """Say what times in months, (n,), and events would give, with late entry where it is given."""
    median = median_survival(months, events, entry)
    known = ~np.isnan(months) if entry is None else entry < months
    shown = say("median not reached") if math.isnan(median) else say("median {short} months", short=_short(median))
    longest = say("longest {short} months", short=_short(float(months[known].max()))) if known.any() else say("no time")
    return f"{plural(int(known.sum()), 'patient')}, {plural(int((events & known).sum()), 'event')}, {shown}, {longest}"


def _short(months: float) -> str:
    """Write months with one decimal, or three digits where they are few: readings in other units must differ."""
    return number(round(months, 1) if months >= 1 else float(significant(months, 2)))
