"""Two groups, event or not: Fisher's exact test and the score interval of the risk difference.

Both take whole arrays, one table per element, so that all terms and bands are one call.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.kaplan_meier import Z95

_RELATIVE = 1 + 1e-7  # R's fisher.test counts tables up to this factor as equally likely
_AT_ONCE = 2_000_000  # cells of a padded support that are computed together
_PRECISION = 1e-11


def fisher_exact(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray) -> np.ndarray:
    """Return two-sided exact p-values by R's rule: the sum of all tables not likelier than this.

    Parameters
    ----------
    x1, n1, x0, n0 : int (m,), events and patients of the test and the reference group

    Returns
    -------
    float (m,); NaN where a group is empty or no group had an event
    """
    events = x1 + x0
    low, high = np.maximum(0, events - n0), np.minimum(events, n1)
    out = np.full(x1.shape, np.nan)
    valid = np.flatnonzero((n1 > 0) & (n0 > 0) & (events > 0))
    if not valid.size:
        return out
    width = int((high - low)[valid].max()) + 1
    chunk = max(1, _AT_ONCE // width)
    for start in range(0, valid.size, chunk):
        i = valid[start:start + chunk]
        out[i] = _fisher(x1[i], n1[i], n0[i], events[i], low[i], high[i])
    return out


def _fisher(x1: np.ndarray, n1: np.ndarray, n0: np.ndarray, events: np.ndarray,
            low: np.ndarray, high: np.ndarray) -> np.ndarray:
    log_factorial = _log_factorials(1 << int(np.max(n1 + n0)).bit_length())
    support = low[:, None] + np.arange(int((high - low).max()) + 1)
    inside = support <= high[:, None]
    a = np.where(inside, support, low[:, None])
    n1, n0, events = n1[:, None], n0[:, None], events[:, None]
    log_weight = -(log_factorial[a] + log_factorial[n1 - a] + log_factorial[events - a]
                   + log_factorial[n0 - events + a])
    weight = np.where(inside, np.exp(log_weight - log_weight.max(axis=1, keepdims=True)), 0)
    weight /= weight.sum(axis=1, keepdims=True)
    own = np.take_along_axis(weight, (x1 - low)[:, None], axis=1)
    return np.minimum(np.where(weight <= own * _RELATIVE, weight, 0).sum(axis=1), 1)


@lru_cache(maxsize=4)
def _log_factorials(size: int) -> np.ndarray:
    logs = np.log(np.arange(1, size + 1, dtype=np.longdouble))
    return np.concatenate([[0.0], np.cumsum(logs)]).astype(float)


def miettinen_nurminen(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray,
                       n0: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return risk differences (test minus reference) with 95 % score limits, N / (N - 1) included.

    Source: Miettinen O, Nurminen M. Stat Med 1985;4:213. NaN where a group is empty.
    """
    valid = (n1 > 0) & (n0 > 0)
    x1, n1, x0, n0 = (np.where(valid, v, 1).astype(float) for v in (x1, n1, x0, n0))
    difference = x1 / n1 - x0 / n0
    ends = np.array([[-1.0], [1.0]])
    near = np.broadcast_to(difference, (2, difference.size)) + ends * 1e-9
    far = np.broadcast_to(ends, near.shape)
    limits = _root(near, far, lambda d: _excess(d, difference, x1, n1, x0, n0))
    limits = np.where(difference == ends, ends, np.clip(limits, -1, 1))
    blank = np.where(valid, 0.0, np.nan)
    return difference + blank, limits[0] + blank, limits[1] + blank


def _excess(delta: np.ndarray, difference: np.ndarray, x1: np.ndarray, n1: np.ndarray,
            x0: np.ndarray, n0: np.ndarray) -> np.ndarray:
    """Return the distance beyond the limit: negative inside the interval."""
    total = n1 + n0
    p0 = _constrained(delta, x1, n1, x0, n0)
    p1 = np.minimum(np.maximum(p0 + delta, 0), 1)
    variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * total / (total - 1)
    return np.abs(difference - delta) - Z95 * np.sqrt(variance)


def _constrained(delta: np.ndarray, x1: np.ndarray, n1: np.ndarray, x0: np.ndarray,
                 n0: np.ndarray) -> np.ndarray:
    """Return the reference group's most likely risk, given the difference (their closed form)."""
    total, events = n1 + n0, x1 + x0
    b = ((n1 + 2 * n0) * delta - total - events) / (3 * total)
    c = ((n0 * delta - total - 2 * x0) * delta + events) / (3 * total)
    d = x0 * delta * (1 - delta) / total
    q = b**3 - 1.5 * b * c + d / 2
    p = np.copysign(np.sqrt(np.maximum(b * b - c, 0)), q)
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.where(p == 0, 0, np.minimum(np.maximum(q / p**3, -1), 1))
    return np.minimum(np.maximum(2 * p * np.cos((np.pi + np.arccos(angle)) / 3) - b, 0), 1)


def _root(inner: np.ndarray, outer: np.ndarray, f) -> np.ndarray:  # type: ignore[no-untyped-def]  # array -> array
    """Find where f changes sign between two arrays (Illinois variant of regula falsi)."""
    a, b = inner, outer
    fa, fb = f(a), f(b)
    for _ in range(100):
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = np.where(fa == fb, (a + b) / 2, b - fb * (b - a) / (fb - fa))
        fm = f(middle)
        crossed = np.sign(fm) != np.sign(fb)
        a, fa = np.where(crossed, b, a), np.where(crossed, fb, fa / 2)
        moved = np.abs(middle - b)
        b, fb = middle, fm
        if (np.minimum(moved, np.abs(b - a)) < _PRECISION).all():
            break
    return b
