"""Shares and what compares two of them: chi-square tests, intervals of the difference and of both ratios.

All take whole arrays, one 2 x 2 table per element: events x1 of n1 in the test group, x0 of n0 in the reference.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from core.options import takes_options
from core.statistics.distributions import Z95
from core.statistics.two_by_two import fisher_exact, root_between, wilson

PairTest = Literal["Fisher exact", "Fisher mid-p", "Pearson χ²", "Yates χ²"]
PAIR_TESTS: tuple[PairTest, ...] = ("Fisher exact", "Fisher mid-p", "Pearson χ²", "Yates χ²")
Estimate = tuple[np.ndarray, np.ndarray, np.ndarray]


@takes_options
def pair_p(test: PairTest, x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray) -> np.ndarray:
    """Return two-sided p-values by the named test; NaN where a group is empty or nobody or everybody had an event.

    R: fisher.test, chisq.test with and without correct.
    """
    if test in ("Fisher exact", "Fisher mid-p"):
        return fisher_exact(x1, n1, x0, n0, mid=test == "Fisher mid-p")
    events, total = (x1 + x0).astype(float), (n1 + n0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(x1 - n1 * events / total)
        step = np.minimum(0.5, apart) if test == "Yates χ²" else 0.0
        statistic = (apart - step) ** 2 * total**3 / (n1 * n0 * events * (total - events))
    known = np.isfinite(statistic) & (events > 0) & (events < total)
    return np.array([math.erfc(math.sqrt(s / 2)) if k else math.nan for s, k in zip(statistic, known, strict=True)])


def clopper_pearson(x: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a share's exact 95 % limits (R: binom.test); NaN where there is nobody."""
    from scipy.special import betaincinv

    x, n = np.asarray(x, float), np.asarray(n, float)
    with np.errstate(invalid="ignore"):
        low = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, 0.025), 0.0)
        high = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1), 0.975), 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def newcombe(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray) -> Estimate:
    """Return risk differences with 95 % limits from the two score intervals.

    Source: Newcombe R. Stat Med 1998;17:873, method 10. NaN where a group is empty.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p0 = x1 / n1, x0 / n0
    (low1, high1), (low0, high0) = wilson(x1, n1), wilson(x0, n0)
    apart = p1 - p0
    return apart, apart - np.hypot(p1 - low1, high0 - p0), apart + np.hypot(high1 - p1, p0 - low0)


def log_ratio(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray) -> Estimate:
    """Return risk ratios with 95 % limits on the log scale (Katz et al. Biometrics 1978;34:469).

    The limits are NaN where a group had no event.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x1 / n1) / (x0 / n0)
        half = Z95 * np.sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)
        low, high = ratio * np.exp(-half), ratio * np.exp(half)
    estimable = (x1 > 0) & (x0 > 0)
    return ratio, np.where(estimable, low, np.nan), np.where(estimable, high, np.nan)


def koopman(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray) -> Estimate:
    """Return risk ratios with 95 % score limits (Koopman P. Biometrics 1984;40:513).

    A lower limit is 0 where the test group had no event, an upper one infinite where the reference had none; all are
    NaN where neither had, or a group is empty.
    """
    valid = (n1 > 0) & (n0 > 0) & (x1 + x0 > 0)
    a1, b1, a0, b0 = (np.where(valid, v, 1).astype(float) for v in (x1, n1, x0, n0))
    with np.errstate(divide="ignore"):
        ratio = (a1 / b1) / (a0 / b0)
    excess = _score_of_ratio(a1, b1, a0, b0)
    centre = np.log(np.clip((a1 + 0.5) / (b1 + 1) / ((a0 + 0.5) / (b0 + 1)), 1e-12, 1e12))
    centre = np.where((a1 > 0) & (a0 > 0), np.log(np.where(a1 * a0 > 0, ratio, 1)), centre)
    low, high = (np.exp(root_between(centre, _beyond(excess, centre, sign), excess)) for sign in (-1.0, 1.0))
    low, high = np.where(a1 > 0, low, 0.0), np.where(a0 > 0, high, np.inf)
    blank = np.where(valid, 0.0, np.nan)
    return ratio + blank, low + blank, high + blank


def _score_of_ratio(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray,
                    n0: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return, as a function of an assumed log ratio, by how much the score statistic exceeds what the limits allow."""
    total, events = n1 + n0, x1 + x0

    def excess(log: np.ndarray) -> np.ndarray:
        ratio = np.exp(log)
        a, b = total * ratio, n1 * ratio + x1 + n0 + x0 * ratio
        p0 = (b - np.sqrt(np.maximum(b * b - 4 * a * events, 0))) / (2 * a)  # the likeliest risks with this ratio
        p1 = np.minimum(p0 * ratio, 1)
        return np.sqrt(np.minimum(_chi_square(x1, n1, p1) + _chi_square(x0, n0, p0), 1e12)) - Z95

    return excess


def _chi_square(x: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return how far events lie from a risk; 0 where a risk of 0 or 1 is what was seen."""
    apart, spread = (x - n * p) ** 2, n * p * (1 - p)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, apart / spread, np.where(apart < 1e-12, 0.0, np.inf))


def _beyond(excess: Callable[[np.ndarray], np.ndarray], centre: np.ndarray, sign: float) -> np.ndarray:
    """Go from the estimate until the excess is positive everywhere, or nowhere any more."""
    out = centre + sign * 0.5
    for _ in range(40):
        inside = excess(out) < 0
        if not inside.any() or np.abs(out).max() > 60:
            break
        out = np.where(inside, out + (out - centre), out)
    return out


def odds_ratio(x1: np.ndarray, n1: np.ndarray, x0: np.ndarray, n0: np.ndarray) -> Estimate:
    """Return conditional odds ratios with exact 95 % limits (R: fisher.test's estimate and conf.int).

    NaN where a group is empty or nobody or everybody had an event.
    """
    tables = zip(*(np.asarray(v, int).tolist() for v in (x1, n1, x0, n0)), strict=True)
    estimates = np.array([_conditional(*t) for t in tables]).reshape(-1, 3)
    return estimates[:, 0], estimates[:, 1], estimates[:, 2]


def _conditional(x1: int, n1: int, x0: int, n0: int) -> tuple[float, float, float]:
    """Return one table's conditional odds ratio and its limits."""
    from scipy.optimize import brentq
    from scipy.special import gammaln

    events = x1 + x0
    low, high = max(0, events - n0), min(events, n1)
    if not n1 or not n0 or low == high:
        return math.nan, math.nan, math.nan
    support = np.arange(low, high + 1)
    log_weight = -(gammaln(support + 1) + gammaln(n1 - support + 1) + gammaln(events - support + 1)
                   + gammaln(n0 - events + support + 1))

    def share(log: float, of: np.ndarray) -> float:
        weight = log_weight + support * log
        weight = np.exp(weight - weight.max())
        return float((of * weight).sum() / weight.sum())

    def solve(target: Callable[[float], float]) -> float:
        reach = 1.0
        while target(-reach) * target(reach) > 0:
            reach *= 2
        return math.exp(brentq(target, -reach, reach, xtol=1e-13, rtol=1e-13))

    at_least, at_most = (support >= x1).astype(float), (support <= x1).astype(float)
    estimate = 0.0 if x1 == low else math.inf if x1 == high else solve(lambda log: share(log, support) - x1)
    lower = 0.0 if x1 == low else solve(lambda log: share(log, at_least) - 0.025)
    upper = math.inf if x1 == high else solve(lambda log: share(log, at_most) - 0.025)
    return estimate, lower, upper
