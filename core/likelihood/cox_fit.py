"""The maximum of Cox's partial likelihood, its tests, and what it says of coefficients that have none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.likelihood.monotone import NOTHING, Limit, limit_of
from core.likelihood.partial_likelihood import Point, RiskSets, Ties
from core.options import takes_options

_STEP = 3e-8  # of a coefficient per standard deviation; the error left is of the order of its square
_SHORT = 0.02  # a step that cannot lead out of bounds
_FAR_SHORTER = 0.05
ENDED = 1e-6  # the squared distance to the maximum, in standard errors, at which an iteration has come to its end
_CONSTANT = 1e-12  # standard deviation over mean
_MANY, _PART, _EVENTS = 20_000, 16, 20  # patients from which on every so many-th begins; events per parameter of them
_MAX_ITERATIONS = 60
_FARTHEST = 200.0  # log hazard ratio between two patients, beyond which numbers have no room for what is at risk
_STRIDE, _GROWTH = 5.0, 0.5  # by how much that may change at a time, and by what part of what it is
_FLAT = 1e-10  # what a step promises to lift the likelihood by, so little that only a shrinking step has an end


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A model that was fitted.

    Attributes
    ----------
    coef, variance : (p,), (p, p), in units of the columns
    diverged : bool (p,), coefficients without a finite maximum
    untold : bool (p,), those of which nothing is left to tell beside them; the others are what they tend to
    converged : whether the iteration came to its end
    best : the likelihood's point at its maximum, on standardised columns
    scale : (p,), the columns' standard deviations
    """

    coef: np.ndarray
    variance: np.ndarray
    diverged: np.ndarray
    untold: np.ndarray
    converged: bool
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

    @property
    def information(self) -> np.ndarray:
        """The information at the maximum, (p, p), of standardised columns."""
        return np.asarray(self.best.products[0])

    @cached_property
    def null(self) -> Point:
        """The likelihood's point at zero."""
        return self.sets.evaluate(np.zeros(self.coef.size))

    def tests(self) -> list[tuple[str, float, int]]:
        """Return the global tests: name, statistic, degrees of freedom."""
        p = self.coef.size
        start, beta = self.null, self.coef * self.scale
        return [("likelihood ratio", 2 * (self.best.likelihood - start.likelihood), p),
                ("Wald", float(beta @ self.information @ beta), p),
                ("score", float(start.score @ np.linalg.lstsq(start.information, start.score, rcond=1e-14)[0]), p)]


@takes_options
def fit(index: np.ndarray, event: np.ndarray, design: np.ndarray, *, scale: np.ndarray | None = None,
        stratum: np.ndarray | None = None, weight: np.ndarray | None = None, ties: Ties = "efron") -> Fit:
    """Maximise the partial likelihood by Newton's method (R: coxph).

    Parameters
    ----------
    index : int (n,), each patient's place among the distinct times
    event : bool (n,)
    design : float (n, p), of full column rank; its columns are standardised in place
    scale : (p,), what `standardise` returned, where they are standardised already
    stratum : int (n,); weight : float (n,); None for none
    """
    scale = standardise(design) if scale is None else scale
    sets = RiskSets(index, event, design, stratum=stratum, weight=weight, ties=ties)
    best, ended = _climb(sets, *_start(sets))
    inverse, held = inverse_of(best.products[0])
    none = np.zeros(scale.size, bool)
    if not ended or held < NOTHING * sets.deaths.sum():
        if sets.unseen.any():
            return _of_those_at_risk(sets, scale, ties)
        limit = limit_of(sets)
        if not limit.held.all():
            return _at_infinity(limit, best, scale)
    left = inverse @ best.score
    return Fit(coef=(best.beta + left) / scale, variance=inverse / np.outer(scale, scale), diverged=none, untold=none,
               best=best, converged=bool(best.score @ left < ENDED), scale=scale)


def _of_those_at_risk(sets: RiskSets, scale: np.ndarray, ties: Ties) -> Fit:
    """Fit without the patients whom no risk set holds: a value of theirs far from the others must not set the scale."""
    part = sets.part(np.repeat(~sets.unseen, sets.sizes))
    found = fit(part.index, part.event, part.x, stratum=part.stratum, weight=part.weight, ties=ties)
    return replace(found, coef=found.coef / scale, variance=found.variance / np.outer(scale, scale),
                   scale=found.scale * scale)


def _at_infinity(limit: Limit, last: Point, scale: np.ndarray) -> Fit:
    """Fit what is left where some coefficients run off."""
    basis, converged = limit.basis, True
    coef, variance = np.full(scale.size, np.nan), np.full((scale.size, scale.size), np.nan)
    if limit.sets:
        nothing = limit.sets.evaluate(np.zeros(basis.shape[1]))
        best, _ = _climb(limit.sets, nothing, nothing.information)
        inverse, _ = inverse_of(best.information)
        left = inverse @ best.score
        coef, variance = basis @ (best.beta + left), basis @ inverse @ basis.T
        converged = bool(best.score @ left < ENDED)
    return Fit(coef=coef / scale, variance=variance / np.outer(scale, scale), diverged=limit.endless,
               untold=~limit.endless & ~limit.held, best=last, converged=converged, scale=scale)


def standardise(design: np.ndarray) -> np.ndarray:
    """Take from the columns (n, p) their means, divide them by their standard deviations, and return these, (p,).

    A column that does not vary is left at zero, its deviation 1.
    """
    columns = design.T
    mean = columns @ np.ones(columns.shape[1]) / max(columns.shape[1], 1)
    columns -= mean[:, None]
    scale = np.sqrt(np.vecdot(columns, columns) / max(columns.shape[1], 1))
    still = scale <= _CONSTANT * np.abs(mean)
    columns[still] = 0.0
    scale[still] = 1.0
    columns /= scale[:, None]
    return np.asarray(scale)


def _start(sets: RiskSets) -> tuple[Point, np.ndarray]:
    """Return the point to begin at, and an information, (p, p), that leads towards the maximum.

    Of many patients the maximum of every sixteenth, else zero.
    """
    n, p = sets.x.shape
    if n >= _MANY:
        part = sets.part(slice(None, None, _PART))
        if part.deaths.sum() >= _EVENTS * p:
            nothing = part.evaluate(np.zeros(p))
            found, ended = _climb(part, nothing, nothing.information)
            if ended:
                return sets.evaluate(found.beta), found.information * (sets.deaths.sum() / part.deaths.sum())
    nothing = sets.evaluate(np.zeros(p))
    return nothing, nothing.information


def _climb(sets: RiskSets, at: Point, information: np.ndarray) -> tuple[Point, bool]:
    """Go up to the maximum, or as far as numbers reach; return the point, and whether it is the maximum.

    The information of one point serves the next ones as long as each step is far shorter than the one before.
    """
    before = 0.0
    for _ in range(_MAX_ITERATIONS):
        move = solved(information, at.score)
        if before and np.abs(move).max() > _FAR_SHORTER * before:
            information = at.information
            move = solved(information, at.score)
        length = np.abs(move).max(initial=0)
        if length < _STEP:
            return at, True
        if at.score @ move < _FLAT and length > before / 2 > 0:
            break
        before = length
        if before > _SHORT:
            stride = max(_STRIDE, _GROWTH * float(np.ptp(at.eta)))
            move *= min(1.0, stride / max(float(np.ptp(sets.x @ move)), 1e-300))
        ahead = sets.evaluate(at.beta + move)
        while not ahead.likelihood >= at.likelihood - 1e-9 * abs(at.likelihood) and np.abs(move).max() > _STEP:
            move /= 2
            ahead = sets.evaluate(at.beta + move)
        at = ahead
        if np.ptp(at.eta) > _FARTHEST:
            break
    return at, False


def solved(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return Newton's step, (p,) or (p, k); the shortest where there are many."""
    try:
        return np.asarray(np.linalg.solve(information, score))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, score, rcond=1e-14)[0])


def inverse_of(information: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the inverse, (p, p), and what is told of the coefficient that least is; the pseudo-inverse and 0 if none.

    What is told of one beside the others is 1 by its place on the inverse's diagonal.
    """
    try:
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        inverse = np.full_like(information, np.nan)
    spread = inverse.diagonal()
    if (spread > 0).all():
        return inverse, 1 / float(spread.max())
    return np.linalg.pinv(information, rcond=1e-14), 0.0
