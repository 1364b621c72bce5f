"""Firth's penalised hazard ratio of two arms, from counts: finite where an arm has no event.

The same estimate as firth.py's for a single covariate of two levels, at the price of the deaths and not the patients;
many subgroups at once. With n0 and n1 at risk and a log hazard ratio b the death is the second arm's with probability
p = n1 exp(b) / (n0 + n1 exp(b)); score and information are sums over deaths.

Sources: Firth D. Biometrika 1993;80:27; Heinze G, Schemper M. Biometrics 2001;57:114 (R: coxphf).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.likelihood.efron_nodes import EfronRiskSets
from core.likelihood.newton import maximise_each
from core.statistics import chi_square_p

_HALF_QUANTILE = 1.9207294103470556  # half of chi-square's 95 % quantile, one degree of freedom
_STEP, _MAX_ITERATIONS, _STRIDE = 1e-6, 60, 2.0  # the error that remains is of the order of the step's square


@dataclass(frozen=True, kw_only=True, eq=False)
class PenalisedPairs:
    """Log hazard ratios of the second arm against the first, profile limits, penalised likelihood-ratio p, each (b,).

    NaN where no risk set has patients of both arms.
    """

    coef: np.ndarray
    std_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray


def penalised_pairs(sets: EfronRiskSets) -> PenalisedPairs:
    """Maximise Firth's penalised partial likelihoods of two arms, the reference first."""
    models = _TwoArms.from_risk_sets(sets)
    identified = np.asarray(models.weight.any(axis=1))
    out = np.full((5, identified.size), np.nan)
    if identified.any():
        out[:, identified] = _maxima(models.only(identified))
    return PenalisedPairs(coef=out[0], std_error=out[1], low=out[2], high=out[3], p_value=out[4])


@dataclass(frozen=True, kw_only=True, eq=False)
class _TwoArms:
    """Two arms at their deaths.

    Attributes
    ----------
    observed : (k,), deaths of the second arm while both were at risk
    odds : (k, s), patients at risk of the second arm per patient of the first
    weight : (k, s), for how many deaths that stands; 0 where one arm has nobody at risk
    """

    observed: np.ndarray
    odds: np.ndarray
    weight: np.ndarray

    @staticmethod
    def from_risk_sets(sets: EfronRiskSets) -> _TwoArms:
        first, second = sets.left[:, 0], sets.left[:, 1]
        both = (first > 0) & (second > 0)  # the other deaths say nothing of the ratio
        certain = np.vecdot(sets.weight, (second > 0) & ~both)
        return _TwoArms(observed=sets.deaths[:, 1] - certain, weight=sets.weight * both,
                        odds=np.where(both, second, 1.0) / np.where(both, first, 1.0))

    def only(self, rows: np.ndarray) -> _TwoArms:
        """Keep the models of a mask or of places."""
        return _TwoArms(observed=self.observed[rows], odds=self.odds[rows], weight=self.weight[rows])

    def at(self, coef: np.ndarray) -> _Point:
        """Evaluate the likelihoods at coefficients (k, 1)."""
        return _Point(self, coef)

    def start(self) -> np.ndarray:
        """Return coefficients near the maximum, (k, 1): observed over expected deaths, a half added to each."""
        expected = np.vecdot(self.weight, self.odds / (1 + self.odds))
        total = self.weight.sum(axis=1)
        return np.asarray(np.log((self.observed + 0.5) / (expected + 0.5) * (total - expected + 0.5)
                                 / (total - self.observed + 0.5)))[:, None]


class _Point:
    """The penalised likelihoods at coefficients (k, 1).

    Attributes
    ----------
    value, bend, information : (k,), the penalised likelihood, its second derivative, the likelihood's information
    score : (k, 1), the penalised likelihood's first derivative
    """

    def __init__(self, models: _TwoArms, coef: np.ndarray) -> None:
        b = coef[:, 0]
        first = 1 / (1 + models.odds * np.exp(coef))
        second = 1 - first
        product = second * first
        spread = models.weight * product
        information = spread.sum(axis=1)
        slope = np.vecdot(spread, first - second) / information
        bend = 1 - 6 * np.vecdot(spread, product) / information
        self.coef, self.information = coef, information
        self.value = models.observed * b + np.vecdot(models.weight, np.log(first)) + 0.5 * np.log(information)
        self.score = (models.observed - np.vecdot(models.weight, second) + 0.5 * slope)[:, None]
        self.bend = -information + 0.5 * (bend - slope**2)

    def step(self) -> np.ndarray:
        """Return Newton's step where the likelihood is concave, the longest one up where it is not, (k, 1)."""
        concave, slope = self.bend < 0, self.score[:, 0]
        move = np.where(concave, slope / np.where(concave, -self.bend, 1), np.copysign(_STRIDE, slope))
        return np.clip(move, -_STRIDE, _STRIDE)[:, None]


def _maxima(models: _TwoArms) -> np.ndarray:
    """Return coefficient, error, limits and p of each model, (5, k)."""
    coef = maximise_each(models, models.start())
    at_maximum, at_zero = models.at(coef), models.at(np.zeros_like(coef))
    b, error = coef[:, 0], 1 / np.sqrt(at_maximum.information)
    both = np.arange(2 * b.size) % b.size
    ends = _limits(models.only(both), b[both], (at_maximum.value - _HALF_QUANTILE)[both],
                   np.concatenate([-error, error])).reshape(2, -1)
    return np.array([b, error, *ends, [chi_square_p(v, 1) for v in 2 * (at_maximum.value - at_zero.value)]])


def _limits(models: _TwoArms, maximum: np.ndarray, level: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Find where the penalised likelihoods fall to a level: Halley's steps between bounds, else bisections."""
    inner, b = maximum, maximum + 2 * step
    while (above := models.at(b[:, None]).value > level).any():
        inner, b = np.where(above, b, inner), np.where(above, b + 2 * (b - inner), b)
    outer = b
    for _ in range(_MAX_ITERATIONS):
        at = models.at(b[:, None])
        excess, slope = at.value - level, at.score[:, 0]
        inner, outer = np.where(excess > 0, b, inner), np.where(excess > 0, outer, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = b - 2 * excess * slope / (2 * slope**2 - excess * at.bend)
            between = (new - inner) * (outer - new) > 0
        new = np.where(between | (new == b), new, (inner + outer) / 2)
        moved, b = np.abs(new - b), new
        if (moved < _STEP).all():
            break
    return b
