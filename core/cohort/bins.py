"""The bins of a number: those of its histogram, and the fine ones between which a range can end.

Every edge says which side holds its value, so that a range ends at a cut-point as the cut is closed.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.condition import Condition
from core.cohort.strata import counted, in_order, interval_codes, shortly_split
from core.errors import FilterError
from core.language import say
from core.schema import Cut

_BINS = 16
_ZEROS = 0.12  # of the other bins together, on a log axis
_STEPS = (1, 2, 5)  # bin edges of each decade on a log axis
_FINE_STEPS = (*(round(1 + i / 10, 1) for i in range(10)), *(round(2 + i / 5, 1) for i in range(15)),
               *(5 + i / 2 for i in range(10)))
_PARTS = (10, 5, 2)  # of a bin between linear edges; the most that the values' digits can tell apart
_DECIMALS = 6


def has_zeros(values: np.ndarray) -> bool:
    """Tell whether the lowest of the known values (n,) is 0, and others lie above."""
    known = values[~np.isnan(values)]
    return bool(known.size and known.min() == 0 and known.max() > 0)


def bin_edges(values: np.ndarray, *, log: bool) -> np.ndarray:
    """Return round bin edges that span all values: on a log axis 1, 2, 5 of each decade.

    On a log axis zeros have a bin of their own, at the left of the others.
    """
    known = values[~np.isnan(values)]
    if log and has_zeros(values):
        positive = bin_edges(known[known > 0], log=True)
        return np.append(positive[0] * (positive[0] / positive[-1]) ** _ZEROS, positive)
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if log and low > 0:
        steps = _per_decade(low, high, _STEPS)
        first = max(int(np.searchsorted(steps, low, side="right")) - 1, 0)
        last = int(np.searchsorted(steps, high, side="right"))
        return steps[first:last + 1]
    width = _round_step((high - low) / _BINS or 1.0)
    first_edge = math.floor(low / width) * width
    count = int((high - first_edge) // width) + 1
    return np.round(first_edge + width * np.arange(count + 1), 10)


def bins_of(cohort: Cohort, key: str) -> tuple[Cut, ...]:
    """Return the edges of a variable's bins, the outermost two included, each with the side that holds its value.

    The variable's cut-points are among them, as they are closed, so that a range can begin and end there.
    """
    return cohort.whole.remember(("bins", key), lambda: _bins_of(cohort.whole, key))


def _bins_of(whole: Cohort, key: str) -> tuple[Cut, ...]:
    variable = whole.variable(key)
    edges = bin_edges(whole.values(key).to_numpy(dtype=float), log=variable.log)
    cuts = in_order(c for c in variable.cuts if edges[0] <= c.at <= edges[-1])
    if cuts and cuts[0].at == edges[0]:  # a bin below it, for the values at the cut may belong there
        edges = np.append(edges[0] ** 2 / edges[1] if variable.log and edges[0] > 0 else 2 * edges[0] - edges[1], edges)
    return _joined(edges, cuts)


def fine_edges(cohort: Cohort, key: str) -> tuple[Cut, ...]:
    """Return the values at which a range of a variable can end: round ones between the edges of its bins, and these."""
    return cohort.whole.remember(("fine edges", key), lambda: _fine_edges(cohort.whole, key))


def _fine_edges(whole: Cohort, key: str) -> tuple[Cut, ...]:
    bins, log = bins_of(whole, key), whole.variable(key).log
    values = whole.values(key).to_numpy(dtype=float)
    low, high = bins[0].at, bins[-1].at
    if log and low > 0:
        edges = _per_decade(low, high, _FINE_STEPS)
        low = bins[1].at if has_zeros(values) else low  # zeros stay in one bin
    else:
        width = _round_step((high - low) / max(len(bins) - 1, 1))
        edges = np.arange(math.floor(low / width), math.ceil(high / width) + 1) * width
        resolution = 10.0 ** -_decimals(values)
        parts = next((p for p in _PARTS if width / p >= resolution * (1 - 1e-9)), 1)
        edges = np.round(np.arange((edges.size - 1) * parts + 1) * (width / parts) + edges[0], 10)
    return _joined(edges[(edges > low) & (edges < high)], bins)


def _joined(edges: np.ndarray, cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Return edges, closed on the left, together with cuts; an edge at a cut, or nearly there, gives way to it."""
    near = 1e-9 * (max(float(edges[-1]) if edges.size else 0.0, *(c.at for c in cuts), 0.0) or 1.0)
    ordinary = [Cut(float(e), "left") for e in edges if all(abs(e - c.at) > near for c in cuts)]
    return in_order([*ordinary, *cuts])


def fine_codes(cohort: Cohort, key: str) -> np.ndarray:
    """Return the fine bin of each patient of the whole cohort, int (n,); -1 where the value is missing."""
    def codes() -> np.ndarray:
        values = cohort.whole.values(key).to_numpy(dtype=float)
        inner = fine_edges(cohort, key)[1:-1]
        return np.where(np.isnan(values), -1, interval_codes(values, inner)).astype(np.int32)
    return cohort.whole.remember(("fine codes", key), codes)


def bin_codes(cohort: Cohort, key: str) -> np.ndarray:
    """Return the bin of each patient of the whole cohort, int (n,); -1 where the value is missing."""
    def codes() -> np.ndarray:
        values = cohort.whole.values(key).to_numpy(dtype=float)
        return np.where(np.isnan(values), -1, interval_codes(values, bins_of(cohort, key)[1:-1])).astype(np.int32)
    return cohort.whole.remember(("bin codes", key), codes)


def bin_counts(cohort: Cohort, key: str) -> tuple[tuple[Cut, ...], np.ndarray, np.ndarray]:
    """Return a variable's bins and how many patients each holds: of those who pass the filters, and of all."""
    bins = bins_of(cohort, key)
    selected, whole = (counted(cohort.whole, rows, ("binned", key), lambda: bin_codes(cohort, key) + 1, len(bins))[1:]
                       for rows in (cohort.rows, cohort.whole.rows))
    return bins, selected, whole


def between(cohort: Cohort, key: str, low: int, high: int) -> Condition | None:
    """Turn the places of two fine edges into a condition on what lies between; None where that is everything.

    Raises
    ------
    FilterError
        If these are no places of two different edges.
    """
    edges = fine_edges(cohort, key)
    if not 0 <= low < high < len(edges):
        raise FilterError(say("{low} and {high} are no ends of a range of {label}.", low=low, high=high,
                              label=cohort.variable(key).label),
                          say("Choose two of the {edges} edges.", edges=len(edges)))
    if low == 0 and high == len(edges) - 1:
        return None
    return Condition.between(edges[low] if low > 0 else None, edges[high] if high < len(edges) - 1 else None)


def quarters(cohort: Cohort, key: str) -> tuple[Condition, ...]:
    """Return the ranges that part a number's values in quarters, as far as ties let them be parted.

    The quartiles (R's quantile, type 7) are written with as few digits as part the values in the same way.
    """
    values = cohort.whole.values(key).to_numpy(dtype=float)
    values = values[~np.isnan(values)]
    if not values.size:
        return ()
    quartiles = sorted({shortly_split(values, float(q)) for q in np.quantile(values, (0.25, 0.5, 0.75))})
    ends = [None, *(Cut(q, "right") for q in quartiles), None]
    groups = [Condition.between(a, b) for a, b in pairwise(ends)]
    return tuple(g for g in groups if g.mask(values).any())


def _per_decade(low: float, high: float, steps: tuple[float, ...]) -> np.ndarray:
    """Return the multiples of each power of ten from that below `low` to that above `high`."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return np.array([float(f"{m}e{d}") for d in decades for m in steps])


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= step * 0.999)


def _decimals(values: np.ndarray) -> int:
    """Return how many decimals the values (n,) have, at most six."""
    known = values[~np.isnan(values)]
    return next((d for d in range(_DECIMALS) if (np.abs(np.round(known, d) - known) < 1e-9).all()), _DECIMALS)
