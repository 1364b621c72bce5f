"""The maximum of Cox's partial likelihood, its tests, and its limit where some coefficients are infinite."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.likelihood.monotone import NOTHING, Limit, limit_of
from core.likelihood.newton import maximise
from core.likelihood.partial_likelihood import Point, RiskSets
from core.likelihood.tied_deaths import Ties
from core.options import takes_options

ENDED = 1e-6  # the squared distance to the maximum, in standard errors, at which an iteration has come to its end
_FAR_SHORTER = 0.05  # than the step before, so that the information of an earlier point still serves
_CONSTANT = 1e-12  # standard deviation over mean
_MANY, _PART, _EVENTS = 20_000, 16, 20  # patients from which every 16th is fitted first; least events per parameter
_FARTHEST = 200.0  # log hazard ratio between two patients, beyond which sums over risk sets are not reliable
_SHORT = 0.02  # a step that cannot lead out of bounds
_STRIDE, _GROWTH = 5.0, 0.5  # largest change of that log hazard ratio in one step: absolute, or relative to it
_ROUNDING = 1e-9  # of a likelihood, a sum over all patients
_FLAT = 1e-10  # expected gain of a step, below which steps that do not halve show that there is no maximum


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A model that was fitted.

    Attributes
    ----------
    coef, variance : (p,), (p, p), in units of the columns
    diverged : bool (p,), coefficients without a finite maximum
    unidentified : bool (p,), coefficients not identifiable beside the diverged ones; the rest are at their limits
    converged : whether the iteration came to its end
    at_maximum : the likelihood's point at its maximum, on standardised columns
    scale : (p,), the columns' standard deviations
    """

    coef: np.ndarray
    variance: np.ndarray
    diverged: np.ndarray
    unidentified: np.ndarray
    converged: bool
    at_maximum: Point
    scale: np.ndarray

    @property
    def std_error(self) -> np.ndarray:
        """The coefficients' standard errors, (p,)."""
        return np.sqrt(np.maximum(np.diag(self.variance), 0))

    @property
    def sets(self) -> RiskSets:
        """The risk sets that the model was fitted to."""
        return self.at_maximum.sets

    @cached_property
    def robust_variance(self) -> np.ndarray:
        """Lin and Wei's sandwich, (p, p): R's coxph with robust = TRUE (JASA 1989;84:1074)."""
        residuals = self.at_maximum.score_residuals
        if self.sets.weight is not None:
            residuals = residuals * self.sets.weight[:, None]
        moved = residuals @ (self.variance * self.scale[:, None])
        return np.asarray(moved.T @ moved)

    @property
    def information(self) -> np.ndarray:
        """The information at the maximum, (p, p), of standardised columns."""
        return np.asarray(self.at_maximum.products[0])

    @cached_property
    def at_zero(self) -> Point:
        """The likelihood's point at zero."""
        return self.sets.evaluate(np.zeros(self.coef.size))

    def tests(self) -> list[tuple[str, float, int]]:
        """Return the global tests: name, statistic, degrees of freedom."""
        p = self.coef.size
        start, beta = self.at_zero, self.coef * self.scale
        return [("likelihood ratio", 2 * (self.at_maximum.value - start.value), p),
                ("Wald", float(beta @ self.information @ beta), p),
                ("score", float(start.score @ np.linalg.lstsq(start.information, start.score, rcond=1e-14)[0]), p)]


@takes_options
def fit(index: np.ndarray, event: np.ndarray, design: np.ndarray, *, scale: np.ndarray | None = None,
        stratum: np.ndarray | None = None, weight: np.ndarray | None = None, entry: np.ndarray | None = None,
        ties: Ties = "efron") -> Fit:
    """Maximise the partial likelihood by Newton's method (R: coxph).

    Parameters
    ----------
    index : int (n,), each patient's place among the distinct times
    event : bool (n,)
    design : float (n, p), of full column rank
    scale : (p,), what `standardise` returned, where the design is standardised already
    stratum : int (n,); weight : float (n,); None for none
    entry : int (n,), place of the first time at which each patient is at risk; None without late entry
    """
    if scale is None:
        design, scale = standardise(design)
    sets = RiskSets(index, event, design, stratum=stratum, weight=weight, entry=entry, ties=ties)
    at, ended = _newton_ascent(*_start(sets))
    inverse, least_information = inverse_of(at.products[0])
    none = np.zeros(scale.size, bool)
    if not ended or least_information < NOTHING * sets.deaths.sum():
        if sets.never_at_risk.any():
            return _of_those_at_risk(sets, scale, ties)
        limit = limit_of(sets)
        if not limit.estimable.all():
            return _at_infinity(limit, at, scale)
    move = inverse @ at.score
    return Fit(coef=(at.beta + move) / scale, variance=inverse / np.outer(scale, scale), diverged=none,
               unidentified=none, at_maximum=at, converged=bool(at.score @ move < ENDED), scale=scale)


def _of_those_at_risk(sets: RiskSets, scale: np.ndarray, ties: Ties) -> Fit:
    """Fit without patients who are in no risk set: their extreme values must not determine the scale."""
    part = sets.part(~sets.never_at_risk)
    result = fit(part.index, part.event, part.x, stratum=part.stratum, weight=part.weight, entry=part.entry, ties=ties)
    return replace(result, coef=result.coef / scale, variance=result.variance / np.outer(scale, scale),
                   scale=result.scale * scale)


def _at_infinity(limit: Limit, last: Point, scale: np.ndarray) -> Fit:
    """Fit the coefficients that stay finite where others diverge (monotone likelihood)."""
    basis, converged = limit.basis, True
    coef, variance = np.full(scale.size, np.nan), np.full((scale.size, scale.size), np.nan)
    if limit.sets:
        at_zero = limit.sets.evaluate(np.zeros(basis.shape[1]))
        at, _ = _newton_ascent(at_zero, at_zero.information)
        inverse, _ = inverse_of(at.information)
        move = inverse @ at.score
        coef, variance = basis @ (at.beta + move), basis @ inverse @ basis.T
        converged = bool(at.score @ move < ENDED)
    return Fit(coef=coef / scale, variance=variance / np.outer(scale, scale), diverged=limit.diverging,
               unidentified=~limit.diverging & ~limit.estimable, at_maximum=last, converged=converged, scale=scale)


def standardise(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns (n, p) less their means, divided by their standard deviations, and these, (p,).

    A column that does not vary is zero, its deviation 1.
    """
    n = max(len(design), 1)
    columns = np.array(design.T, order="C")  # a copy, which is altered in place
    mean = columns @ np.ones(len(design)) / n
    columns -= mean[:, None]
    scale = np.sqrt(np.vecdot(columns, columns) / n)
    still = scale <= _CONSTANT * np.abs(mean)
    columns[still], scale[still] = 0.0, 1.0
    columns /= scale[:, None]
    return columns.T, np.asarray(scale)


def _start(sets: RiskSets) -> tuple[Point, np.ndarray]:
    """Return the starting point, and an information matrix, (p, p), for the first step.

    With many patients, start at the maximum of every sixteenth patient, otherwise at zero.
    """
    n, p = sets.x.shape
    if n >= _MANY:
        part = sets.part(slice(None, None, _PART))
        if part.deaths.sum() >= _EVENTS * p:
            at_zero = part.evaluate(np.zeros(p))
            at, ended = _newton_ascent(at_zero, at_zero.information)
            if ended:
                return sets.evaluate(at.beta), at.information * (sets.deaths.sum() / part.deaths.sum())
    at_zero = sets.evaluate(np.zeros(p))
    return at_zero, at_zero.information


def _newton_ascent(start: Point, information: np.ndarray) -> tuple[Point, bool]:
    """Climb to the maximum, or as far as floating point allows; return the point, and whether it is the maximum.

    The information of one point, (p, p), is reused while each step is far shorter than the one before.
    """
    length = 0.0

    def step(at: Point, _: int) -> np.ndarray:
        nonlocal information, length
        move = solved(information, at.score)
        if length and np.abs(move).max() > _FAR_SHORTER * length:
            information = at.information
            move = solved(information, at.score)
        length = float(np.abs(move).max(initial=0))
        if length > _SHORT:
            stride = max(_STRIDE, _GROWTH * float(np.ptp(at.eta)))
            move = move * min(1.0, stride / max(float(np.ptp(at.sets.x @ move)), 1e-300))
        return move
    return maximise(start, step=step, moved=lambda at, move: at.sets.evaluate(at.beta + move),
                    within_reach=lambda at: bool(np.ptp(at.eta) <= _FARTHEST), flat=_FLAT, rounding=_ROUNDING)


def solved(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return Newton's step, (p,) or (p, k); the shortest where there are many."""
    try:
        return np.asarray(np.linalg.solve(information, score))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, score, rcond=1e-14)[0])


def inverse_of(information: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the inverse, (p, p), and the least information of a coefficient; the pseudo-inverse and 0 if singular.

    A coefficient's information, given the others, is 1 divided by its element on the inverse's diagonal.
    """
    try:
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        inverse = np.full_like(information, np.nan)
    spread = inverse.diagonal()
    if (spread > 0).all():
        return inverse, 1 / float(spread.max())
    return np.linalg.pinv(information, rcond=1e-14), 0.0
