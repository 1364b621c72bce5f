"""Two groups, event or not: Fisher's exact test and the score interval of the risk difference.

Both take whole arrays, one table per element, so that all terms and bands are one call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from core.statistics.distributions import Z95

_RELATIVE = 1 + 1e-7  # R's fisher.test counts tables up to this factor as equally likely
_AT_ONCE = 200_000  # cells of a padded support that are computed together
_PRECISION = 1e-7  # of the last step; the error left is of the order of its power of 1.6
# How far from the estimate the limits lie, as a share of how far Newcombe's do; 999 of 1,000 between the outer two.
_TRIED = np.array([1e-9, 0.72, 0.8, 0.89, 0.96, 1.0, 1.015, 1.03, 1.06, 1.3])[:, None, None]
_TINY = 1e-60  # keeps a root of zero from being divided by


def fisher_exact(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray, *, mid: bool = False) -> np.ndarray:
    """Return two-sided exact p-values by R's rule: the sum of all tables not likelier than this.

    Parameters
    ----------
    x1, n1, x0, n0 : int (m,), events and patients of the test and the reference group
    mid : take the observed table at half its weight (mid-p; Lancaster. JASA 1961;56:223)

    Returns
    -------
    float (m,); NaN where a group is empty or no group had an event
    """
    events = x1 + x0
    low, high = _support(x1, n1, n0, events)
    out = np.full(x1.shape, np.nan)
    valid = np.flatnonzero((n1 > 0) & (n0 > 0) & (events > 0))
    if not valid.size:
        return out
    width = high - low + 1
    widest_first, start = valid[np.argsort(-width[valid], kind="stable")], 0
    while start < valid.size:
        i = widest_first[start:start + max(1, _AT_ONCE // int(width[widest_first[start]]))]
        start += i.size
        out[i] = _fisher(x1[i], n1[i], n0[i], events[i], low[i], high[i], 0.5 if mid else 0.0)
    return out


def _support(x1: np.ndarray, n1: np.ndarray, n0: np.ndarray,
             events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of tables to sum over, per element.

    Those within nine and a half standard deviations of the mean, and beyond the observed one and its
    mirror image with half as much again: the rest weigh less than 1e-15 of the sum.
    """
    low, high = np.maximum(0, events - n0), np.minimum(events, n1)
    total = np.maximum(n1 + n0, 2).astype(float)
    mean = events * n1 / total
    spread = np.sqrt(mean * n0 / total * (total - events) / (total - 1)) + 1
    half = np.maximum(9.5 * spread, 1.5 * np.abs(x1 - mean) + 4 * spread)
    return (np.maximum(low, np.floor(mean - half).astype(int)),
            np.minimum(high, np.ceil(mean + half).astype(int)))


def _fisher(x1: np.ndarray, n1: np.ndarray, n0: np.ndarray, events: np.ndarray,
            low: np.ndarray, high: np.ndarray, off: float) -> np.ndarray:
    log_factorial = log_factorials(int(np.max(n1 + n0)))
    support = low[:, None] + np.arange(int((high - low).max()) + 1)
    inside = support <= high[:, None]
    a = np.where(inside, support, low[:, None])
    n1, n0, events = n1[:, None], n0[:, None], events[:, None]
    log_weight = -(log_factorial[a] + log_factorial[n1 - a] + log_factorial[events - a]
                   + log_factorial[n0 - events + a])
    weight = np.where(inside, np.exp(log_weight - log_weight.max(axis=1, keepdims=True)), 0)
    weight /= weight.sum(axis=1, keepdims=True)
    observed = np.take_along_axis(weight, (x1 - low)[:, None], axis=1)
    return np.minimum(np.where(weight <= observed * _RELATIVE, weight, 0).sum(axis=1), 1) - off * observed[:, 0]


def log_factorials(most: int) -> np.ndarray:
    """Return the logarithms of the factorials of 0 ... `most`, and of some more."""
    return _log_factorials(1 << most.bit_length())


@lru_cache(maxsize=4)
def _log_factorials(size: int) -> np.ndarray:
    logs = np.log(np.arange(1, size + 1, dtype=np.longdouble))
    return np.concatenate([[0.0], np.cumsum(logs)]).astype(float)


def wilson(x: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a share's 95 % score limits (Wilson. JASA 1927;22:209; R: prop.test without correction)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share, square = x / n, Z95**2
        middle = (x + square / 2) / (n + square)
        half = Z95 / (n + square) * np.sqrt(n * share * (1 - share) + square / 4)
    return middle - half, middle + half


def miettinen_nurminen(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray,
                       n0: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return risk differences (test minus reference) with 95 % score limits, N / (N - 1) included.

    Source: Miettinen O, Nurminen M. Stat Med 1985;4:213. NaN where a group is empty.
    """
    valid = (n1 > 0) & (n0 > 0)
    x1, n1, x0, n0 = (np.where(valid, v, 1).astype(float) for v in (x1, n1, x0, n0))
    difference = x1 / n1 - x0 / n0
    ends = np.array([[-1.0], [1.0]])
    excess = _excess_of(x1, n1, x0, n0)
    (low1, high1), (low0, high0) = wilson(x1, n1), wilson(x0, n0)
    away = ends * np.hypot([x1 / n1 - low1, high1 - x1 / n1], [high0 - x0 / n0, x0 / n0 - low0])
    tried = np.concatenate([difference + _TRIED * away, np.broadcast_to(ends, (1, 2, difference.size))]).clip(-1, 1)
    beyond = excess(tried)
    outer = np.where((past := beyond[:-1] > 0).any(axis=0), past.argmax(axis=0), len(past))
    near, far = ((place, *np.ogrid[:2, :difference.size]) for place in (np.maximum(outer - 1, 0), outer))
    limits = root_between(tried[near], tried[far], excess, (beyond[near], beyond[far]))
    limits = np.where(difference == ends, ends, np.clip(limits, -1, 1))
    blank = np.where(valid, 0.0, np.nan)
    return difference + blank, limits[0] + blank, limits[1] + blank


def _excess_of(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray,
               n0: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function of an assumed difference: the distance of the observed one beyond its limit.

    The distance is negative inside the interval. The variance is taken at the most likely risks under the assumed
    difference, in closed form: a root of a cubic in the reference group's risk.
    """
    total, events, observed = n1 + n0, x1 + x0, x1 / n1 - x0 / n0
    b1, b0 = (n1 + 2 * n0) / (3 * total), (total + events) / (3 * total)
    c2, c1, c0 = n0 / (3 * total), (total + 2 * x0) / (3 * total), events / (3 * total)
    half = x0 / (2 * total)
    v1, v0 = (Z95**2 * total / ((total - 1) * n) for n in (n1, n0))

    def excess(delta: np.ndarray) -> np.ndarray:
        b = b1 * delta - b0
        c = (c2 * delta - c1) * delta + c0
        square = b * b
        q = b * (square - 1.5 * c) + half * delta * (1 - delta)
        p = np.copysign(np.sqrt(np.maximum(square - c, _TINY)), q)
        angle = np.arccos(np.minimum(np.maximum(q / (p * p * p), -1), 1))
        p0 = np.minimum(np.maximum(2 * p * np.cos((np.pi + angle) / 3) - b, 0), 1)
        p1 = np.minimum(np.maximum(p0 + delta, 0), 1)
        return np.abs(observed - delta) - np.sqrt(v1 * p1 * (1 - p1) + v0 * p0 * (1 - p0))

    return excess


def root_between(inner: np.ndarray, outer: np.ndarray, f: Callable[[np.ndarray], np.ndarray],
                 values: tuple[np.ndarray, np.ndarray] | None = None) -> np.ndarray:
    """Find where f changes sign between two arrays (regula falsi; Anderson and Björck. BIT 1973;13:253).

    `values`: those of f there, where they are known.
    """
    a, b = inner, outer
    fa, fb = values or f(np.stack([a, b]))
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(100):
            middle = np.where(fa == fb, (a + b) / 2, b - fb * (b - a) / (fb - fa))
            fm = f(middle)
            kept = 1 - fm / fb
            crossed = (fm > 0) != (fb > 0)
            a, fa = np.where(crossed, b, a), np.where(crossed, fb, fa * np.where(kept > 0, kept, 0.5))
            moved = np.abs(middle - b)
            b, fb = middle, fm
            if (np.minimum(moved, np.abs(b - a)) < _PRECISION).all():
                break
    return b
