"""Firth's penalised hazard ratio of two arms, from counts: finite where an arm has no event.

The same estimate as firth.py's for a single covariate of two levels, at the price of the deaths and not the patients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.p_values import chi_square_p

_HALF_QUANTILE = 1.9207294103470556  # half of chi-square's 95 % quantile, one degree of freedom
_STEP, _MAX_ITERATIONS, _STRIDE = 1e-9, 60, 2.0


@dataclass(frozen=True)
class PenalisedPair:
    """Log hazard ratio of the second arm against the first, profile limits and penalised likelihood-ratio p."""

    coef: float
    std_error: float
    low: float
    high: float
    p_value: float


class _Peak:
    """The penalised likelihood of the pair; each death sees n0 and n1 at risk by Efron's rule."""

    def __init__(self, deaths: np.ndarray, at_risk: np.ndarray) -> None:
        tied = deaths.sum(axis=0)
        at = np.repeat(np.arange(tied.size), tied)
        share = (np.arange(at.size) - np.repeat(np.cumsum(tied) - tied, tied)) / tied[at]
        n0, n1 = at_risk[:, at] - share * deaths[:, at]
        both = (n0 > 0) & (n1 > 0)  # the other deaths say nothing of the ratio
        self.observed = float(deaths[1].sum() - (~both & (n1 > 0)).sum())
        self.odds = n1[both] / n0[both]

    def slopes(self, b: float) -> tuple[float, float, float]:
        """Return the penalised likelihood at b and its first two derivatives."""
        weight = self.odds * math.exp(b)
        p = weight / (1 + weight)
        spread = p * (1 - p)
        information = float(spread.sum())
        first = float((spread * (1 - 2 * p)).sum()) / information
        second = float((spread * (1 - 6 * spread)).sum()) / information
        value = self.observed * b - float(np.log1p(weight).sum()) + 0.5 * math.log(information)
        return value, self.observed - float(p.sum()) + 0.5 * first, -information + 0.5 * (second - first**2)


def penalised_pair(deaths: np.ndarray, at_risk: np.ndarray) -> PenalisedPair | None:
    """Maximise Firth's penalised partial likelihood of two arms; None where no death tells anything of them.

    Parameters
    ----------
    deaths, at_risk : int (2, t), the reference first
    """
    peak = _Peak(deaths, at_risk)
    if not peak.odds.size:
        return None
    b = 0.0
    for _ in range(_MAX_ITERATIONS):
        _, slope, bend = peak.slopes(b)
        move = slope / -bend if bend < 0 else math.copysign(_STRIDE, slope)
        move = max(-_STRIDE, min(_STRIDE, move))
        b += move
        if abs(move) < _STEP:
            break
    best, _, bend = peak.slopes(b)
    weight = peak.odds * math.exp(b)
    error = 1 / math.sqrt(float((weight / (1 + weight) ** 2).sum()))
    low, high = (_limit(peak, b, best - _HALF_QUANTILE, sign * error) for sign in (-1, 1))
    return PenalisedPair(coef=b, std_error=error, low=low, high=high,
                         p_value=chi_square_p(2 * (best - peak.slopes(0.0)[0]), 1))


def _limit(peak: _Peak, best: float, level: float, step: float) -> float:
    """Find where the penalised likelihood falls to a level: Newton between bounds, a bisection where it leaves them."""
    inner, outer = best, best + 2 * step
    while peak.slopes(outer)[0] > level:
        inner, outer = outer, outer + 2 * (outer - inner)
    at = outer
    for _ in range(_MAX_ITERATIONS):
        value, slope, _ = peak.slopes(at)
        inner, outer = (at, outer) if value > level else (inner, at)
        new = at - (value - level) / slope if slope else math.nan
        if not min(inner, outer) < new < max(inner, outer):
            new = (inner + outer) / 2
        if abs(new - at) < _STEP:
            return new
        at = new
    return at
