"""Harrell's concordance and its standard error (R: survival::concordance, as coxph reports it)."""

from __future__ import annotations

import math

import numpy as np


def concordance(score: np.ndarray, index: np.ndarray, event: np.ndarray,
                stratum: np.ndarray | None = None) -> tuple[float, float]:
    """Return the share of comparable pairs in which the higher score has the earlier event, and its error.

    Parameters
    ----------
    score : float (n,), of risk; ties count half
    index : int (n,), each patient's place among the times; event : bool (n,)
    stratum : int (n,), pairs are compared within; None for one

    Pairs that die at once are not comparable; who is censored at a death's time outlived it. The error is the
    infinitesimal jackknife's. NaN where no pair can be compared.
    """
    when = 2 * index + ~event  # of a pair the earlier: an event; later: any with a larger number
    inside = np.zeros(index.size, int) if stratum is None else stratum
    _, rank = np.unique(np.round(score, 12), return_inverse=True)
    _, place = np.unique(inside * (when.max(initial=0) + 1) + when, return_inverse=True)
    _, group = np.unique(inside, return_inverse=True)
    every = np.ones(index.size, bool)
    below, level, later = _beyond(place, rank, every, group)  # as the earlier of a pair
    above, same, sooner = _beyond(-place + place.max(initial=0), rank.max(initial=0) - rank, event, group)
    agreed = np.where(event, below + level / 2, 0) + above + same / 2
    pairs = np.where(event, later, 0) + sooner
    total = pairs.sum() / 2
    if not total:
        return math.nan, math.nan
    found = float(agreed.sum() / 2 / total)
    return found, float(np.sqrt((((agreed - found * pairs) / total) ** 2).sum()))


def _beyond(place: np.ndarray, rank: np.ndarray, counted: np.ndarray,
            group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count, for each, those counted of a larger place in its group: of smaller rank, of the same, and all, each (n,).

    Two places differ first in one bit: there they are in the same block and on its two sides, so that each pair is
    met once among log n sortings.
    """
    n, top = place.size, int(rank.max(initial=0)) + 1
    less, no_more, every = np.zeros(n), np.zeros(n), np.zeros(n)
    for bit in range(int(place.max(initial=0)).bit_length()):
        block = ((place >> (bit + 1)) * (int(group.max(initial=0)) + 1) + group) * top
        side = (place >> bit) & 1
        candidate = (side == 1) & counted
        for out, tie in ((less, side), (no_more, 1 - side)):
            order = np.argsort((block + rank) * 2 + tie, kind="stable")
            seen = np.cumsum(candidate[order])
            start = np.flatnonzero(np.append(True, np.diff(block[order]) != 0))
            before = np.repeat(np.append(0, seen)[start], np.diff(np.append(start, n)))
            out[order] += np.where(side[order] == 0, seen - before, 0)
        last = np.append(start[1:], n) - 1
        size = np.repeat(seen[last], np.diff(np.append(start, n))) - before
        every[order] += np.where(side[order] == 0, size, 0)
    return less, no_more - less, every
