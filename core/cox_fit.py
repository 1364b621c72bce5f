"""The maximum of Cox's partial likelihood, its tests, and what it says of coefficients that have none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.partial_likelihood import Point, RiskSets, Ties

_STEP = 1e-7  # of a coefficient per standard deviation; the error left is of the order of its square
_MAX_ITERATIONS = 40
_DIVERGED = 20.0  # log hazard ratio between two patients: beyond it a coefficient runs to infinity
_STRIDE = 5.0  # the most that a log hazard ratio between two patients may change at a time
_VANISHED = 1e-8  # information left of a column, as a share of what it was at the start


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A model that was fitted.

    Attributes
    ----------
    coef, variance : (p,), (p, p), in units of the columns
    diverged : bool (p,), coefficients without a finite maximum
    null, best : the likelihood's points at zero and at its maximum, on standardised columns
    scale : (p,), the columns' standard deviations
    """

    coef: np.ndarray
    variance: np.ndarray
    diverged: np.ndarray
    null: Point
    best: Point
    scale: np.ndarray

    @property
    def std_error(self) -> np.ndarray:
        return np.sqrt(np.maximum(np.diag(self.variance), 0))

    @property
    def sets(self) -> RiskSets:
        return self.best.sets

    @cached_property
    def robust_variance(self) -> np.ndarray:
        """Lin and Wei's sandwich, (p, p): R's coxph with robust = TRUE (JASA 1989;84:1074)."""
        residuals = self.best.score_residuals
        if self.sets.weight is not None:
            residuals = residuals * self.sets.weight[:, None]
        moved = residuals @ (self.variance * self.scale[:, None])
        return np.asarray(moved.T @ moved)

    def tests(self) -> list[tuple[str, float, int]]:
        """Return the global tests: name, statistic, degrees of freedom."""
        p = self.coef.size
        start, beta = self.null, self.best.beta
        return [("likelihood ratio", 2 * (self.best.likelihood - start.likelihood), p),
                ("Wald", float(beta @ self.best.information @ beta), p),
                ("score", float(start.score @ np.linalg.lstsq(start.information, start.score, rcond=1e-14)[0]), p)]


def fit(index: np.ndarray, event: np.ndarray, design: np.ndarray, *, stratum: np.ndarray | None = None,
        weight: np.ndarray | None = None, ties: Ties = "efron") -> Fit:
    """Maximise the partial likelihood by Newton's method (R: coxph).

    Parameters
    ----------
    index : int (n,), each patient's place among the distinct times
    event : bool (n,)
    design : float (n, p), of full column rank
    stratum : int (n,); weight : float (n,); None for none
    """
    x, scale = standardised(design)
    sets = RiskSets(index, event, x, stratum=stratum, weight=weight, ties=ties)
    null = sets.evaluate(np.zeros(x.shape[1]))
    span = np.ptp(x, axis=0)
    best = _climb(sets, null)
    inverse = np.linalg.pinv(best.information, rcond=1e-14)
    spread = np.diag(inverse)
    far = np.ptp(best.eta) > _DIVERGED  # a spline's columns may each be far and together near
    diverged = (far & (np.abs(best.beta * span) > _DIVERGED / 2) | ~(spread > 0)
                | (np.diag(best.information) < _VANISHED * np.diag(null.information)))
    return Fit(coef=best.beta / scale, variance=inverse / np.outer(scale, scale), diverged=diverged, null=null,
               best=best, scale=scale)


def standardised(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns less their means, by their standard deviations, and these."""
    scale = design.std(axis=0)
    scale[scale == 0] = 1.0
    return (design - design.mean(axis=0)) / scale, scale


def _climb(sets: RiskSets, at: Point) -> Point:
    """Go up to the maximum, or until a coefficient has left all bounds."""
    for _ in range(_MAX_ITERATIONS):
        move = np.linalg.lstsq(at.information, at.score, rcond=1e-14)[0]
        move *= min(1.0, _STRIDE / max(float(np.ptp(sets.x @ move)), 1e-300))
        ahead = sets.evaluate(at.beta + move)
        while not ahead.likelihood >= at.likelihood - 1e-9 * abs(at.likelihood) and np.abs(move).max() > _STEP:
            move /= 2
            ahead = sets.evaluate(at.beta + move)
        at = ahead
        if np.abs(move).max(initial=0) < _STEP or np.ptp(at.eta) > 1.5 * _DIVERGED:
            break
    return at
