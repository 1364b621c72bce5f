"""Firth's penalised hazard ratio of two arms, from counts: finite where an arm has no event.

The same estimate as firth.py's for a single covariate of two levels, at the price of the deaths and not the patients;
many subgroups at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.left_at_risk import LeftAtRisk
from core.p_values import chi_square_p

_HALF_QUANTILE = 1.9207294103470556  # half of chi-square's 95 % quantile, one degree of freedom
_STEP, _MAX_ITERATIONS, _STRIDE = 1e-6, 60, 2.0  # the error left is of the order of the step's square


@dataclass(frozen=True, kw_only=True, eq=False)
class PenalisedPairs:
    """Log hazard ratios of the second arm against the first, profile limits, penalised likelihood-ratio p, each (b,).

    NaN where no death tells anything of the two.
    """

    coef: np.ndarray
    std_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray


class _Peaks:
    """The penalised likelihoods of some pairs; each death sees `odds` of the second arm to the first."""

    def __init__(self, observed: np.ndarray, odds: np.ndarray, weight: np.ndarray) -> None:
        self.observed, self.odds, self.weight = observed, odds, weight

    @staticmethod
    def of(cells: LeftAtRisk) -> _Peaks:
        first, second = cells.left[:, 0], cells.left[:, 1]
        both = (first > 0) & (second > 0)  # the other deaths say nothing of the ratio
        certain = np.where((second > 0) & ~both, cells.weight, 0).sum(axis=1)
        return _Peaks(cells.deaths[:, 1] - certain, np.where(both, second, 1.0) / np.where(both, first, 1.0),
                      np.where(both, cells.weight, 0.0))

    def only(self, some: np.ndarray) -> _Peaks:
        return _Peaks(self.observed[some], self.odds[some], self.weight[some])

    def start(self) -> np.ndarray:
        """Return coefficients near the maximum, (k,): observed over expected deaths, a half added to each."""
        expected = (self.weight * self.odds / (1 + self.odds)).sum(axis=1)
        total = self.weight.sum(axis=1)
        return np.asarray(np.log((self.observed + 0.5) / (expected + 0.5) * (total - expected + 0.5)
                                 / (total - self.observed + 0.5)))

    def slopes(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return at b (k,) the penalised likelihood, its first two derivatives, and the information."""
        other = 1 / (1 + self.odds * np.exp(b)[:, None])
        p = 1 - other
        product = p * other
        spread = self.weight * product
        information = spread.sum(axis=1)
        first = np.vecdot(spread, other - p) / information
        second = 1 - 6 * np.vecdot(spread, product) / information
        value = self.observed * b + np.vecdot(self.weight, np.log(other)) + 0.5 * np.log(information)
        return (value, self.observed - np.vecdot(self.weight, p) + 0.5 * first,
                -information + 0.5 * (second - first**2), information)


def penalised_pairs(cells: LeftAtRisk) -> PenalisedPairs:
    """Maximise Firth's penalised partial likelihoods of two arms, the reference first."""
    peaks = _Peaks.of(cells)
    told = np.asarray(peaks.weight.any(axis=1))
    out = np.full((5, told.size), np.nan)
    if told.any():
        out[:, told] = _maxima(peaks.only(told))
    return PenalisedPairs(coef=out[0], std_error=out[1], low=out[2], high=out[3], p_value=out[4])


def _maxima(peaks: _Peaks) -> np.ndarray:
    """Return coefficient, error, limits and p of each pair, (5, k)."""
    nothing, b = peaks.slopes(np.zeros(peaks.observed.size))[0], peaks.start()
    for _ in range(_MAX_ITERATIONS):
        best, slope, bend, information = peaks.slopes(b)
        concave = bend < 0
        move = np.where(concave, slope / np.where(concave, -bend, 1), np.copysign(_STRIDE, slope))
        move = np.minimum(np.maximum(move, -_STRIDE), _STRIDE)
        b = b + move
        if (np.abs(move) < _STEP).all():
            break
    error = 1 / np.sqrt(information)
    twice = np.arange(2 * b.size) % b.size
    ends = _limits(peaks.only(twice), b[twice], (best - _HALF_QUANTILE)[twice],
                   np.concatenate([-error, error])).reshape(2, -1)
    return np.array([b, error, *ends, [chi_square_p(v, 1) for v in 2 * (best - nothing)]])


def _limits(peaks: _Peaks, best: np.ndarray, level: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Find where the penalised likelihoods fall to a level: Halley's steps between bounds, else bisections."""
    inner, outer = best, best + 2 * step
    while (above := peaks.slopes(outer)[0] > level).any():
        inner, outer = np.where(above, outer, inner), np.where(above, outer + 2 * (outer - inner), outer)
    at = outer
    for _ in range(_MAX_ITERATIONS):
        value, slope, bend, _ = peaks.slopes(at)
        above = value > level
        inner, outer = np.where(above, at, inner), np.where(above, outer, at)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = at - 2 * (value - level) * slope / (2 * slope**2 - (value - level) * bend)
            between = (new - inner) * (outer - new) > 0
        new = np.where(between | (new == at), new, (inner + outer) / 2)
        moved, at = np.abs(new - at), new
        if (moved < _STEP).all():
            break
    return at
