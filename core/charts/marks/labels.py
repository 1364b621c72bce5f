"""Where a curve's name stands: beside its own curve, clear of the others and of other names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_GRID = 72  # columns in which the plot is searched
_HEIGHT = 0.062  # a name's height as a share of the plot, where nothing else is said
_GAP = 0.2  # of that: between a name and its curve
_MEDIAN = 0.5  # as high as the line stands that drops from a curve to its median


@dataclass(frozen=True, kw_only=True)
class Place:
    """The left end of a name: x as a share of the plot's width, y as survival at its middle."""

    x: float
    y: float


def place_names(curves: list[tuple[np.ndarray, np.ndarray]], widths: list[float], longest: float,
                starts: list[float] | None = None, *, height: float = _HEIGHT,
                medians: Sequence[float] = (), lines: Sequence[float] = ()) -> list[Place]:
    """Return a place per curve.

    Parameters
    ----------
    curves : per curve, times and survival at each step
    widths : per name, its width as a share of the plot's width
    longest : time at the right end of the plot
    starts : per curve, its value before the first step; 1 where not given
    height : of a name, as a share of the plot's
    medians : times at which a line drops from the middle of the plot to its foot
    lines : times at which one goes through the whole plot
    """
    grid = (np.arange(_GRID) + 0.5) / _GRID * longest
    heights = np.array([_at(grid, time, value, start) for (time, value), start in
                        zip(curves, starts or [1.0] * len(curves), strict=True)])
    drops = [(int(at / longest * _GRID), top) for of, top in ((medians, _MEDIAN), (lines, 1.0)) for at in of]
    taken: list[tuple[int, int, float]] = []
    places = []
    for label, width in enumerate(widths):
        span = min(int(np.ceil(width * _GRID)) + 2, _GRID)  # a column of air on either side
        start, middle = _best(heights, label, span, taken, height, drops)
        taken.append((start, start + span, middle))
        places.append(Place(x=(start + 1) / _GRID, y=middle))
    return places


def _at(grid: np.ndarray, time: np.ndarray, value: np.ndarray, start: float) -> np.ndarray:
    """Return a curve's value at each column; NaN after the curve has ended."""
    steps = np.concatenate([[start], value])
    return np.where(grid > time[-1], np.nan, steps[np.searchsorted(time, grid, side="right")])


def _best(heights: np.ndarray, label: int, span: int, taken: list[tuple[int, int, float]], height: float,
          drops: list[tuple[int, float]]) -> tuple[int, float]:
    """Choose start column and middle height with the most room around the name."""
    windows = np.lib.stride_tricks.sliding_window_view(heights, span, axis=1)
    filled = np.where(np.isnan(windows), -9.0, windows)
    low = np.where(np.isnan(windows), 9.0, windows).min(axis=2)
    high = filled.max(axis=2)
    best, room = (0, 1 - height), -np.inf
    away = height * (0.5 + _GAP)
    for above in (True, False):
        middle = high[label] + away if above else low[label] - away
        inside = (middle > height / 2) & (middle < 1 - height / 3) & (high[label] > -1)
        # Distance to every other curve over the name's width; negative where one runs through it.
        gap = np.maximum(low - middle, middle - high) - height / 2
        gap[label] = np.inf
        clear = np.minimum(gap.min(axis=0), 0.2)
        # A flat stretch of the own curve keeps the name close to it.
        clear = clear - 0.5 * np.minimum(high[label] - low[label], 0.4)
        starts = np.arange(clear.size)
        for first, last, at in taken:
            meets = (starts < last) & (starts + span > first) & (np.abs(middle - at) < height)
            clear = np.where(meets, clear - 1, clear)
        for at, top in drops:
            meets = (starts <= at) & (starts + span > at) & (middle - height / 2 < top)
            clear = np.where(meets, clear - 0.3, clear)
        clear = np.where(inside, clear, -np.inf)
        i = int(np.argmax(clear))
        if clear[i] > room:
            best, room = (i, float(middle[i])), float(clear[i])
    return best
