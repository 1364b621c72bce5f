"""A block of lines in a corner of a plot where no curve runs and no name stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_MARGIN = 0.02  # of the plot, around the block


def in_a_corner(lines: Sequence[str], widths: Sequence[float], height: float,
                curves: Sequence[tuple[np.ndarray, np.ndarray, float]],
                names: Sequence[tuple[float, float, float]]) -> list[dict[str, Any]]:
    """Return the lines with their places, shares of the plot; [] where no corner has room.

    Parameters
    ----------
    widths : of the lines
    height : of one
    curves : places of steps along time and up, and where each begins
    names : left end, middle and width of each curve's name
    """
    if not lines:
        return []
    wide, tall = max(widths), height * len(lines)
    for left in (_MARGIN, 1 - wide - _MARGIN):
        for low in (_MARGIN * 2, 1 - tall - _MARGIN):
            box = (left - _MARGIN, left + wide + _MARGIN, low - _MARGIN, low + tall + _MARGIN)
            if left >= 0 and low >= 0 and not any(_runs_through(*curve, box) for curve in curves) \
                    and not any(_stands_in(*name, height, box) for name in names):
                return [{"x": left, "y": low + tall - (i + 0.5) * height, "text": text} for i, text in enumerate(lines)]
    return []


def _runs_through(x: np.ndarray, y: np.ndarray, start: float, box: tuple[float, float, float, float]) -> bool:
    """Tell whether a step curve runs through a box: left, right, low, high."""
    left, right, low, high = box
    if not x.size or left > x[-1]:
        return False
    first, last = np.searchsorted(x, [left, right], "right")
    inside = np.concatenate([[y[first - 1] if first else start], y[first:last]])
    return bool(inside.min() <= high and inside.max() >= low)


def _stands_in(left: float, middle: float, width: float, height: float, box: tuple[float, float, float, float]) -> bool:
    return left <= box[1] and left + width >= box[0] and middle - height / 2 <= box[3] and middle + height / 2 >= box[2]
