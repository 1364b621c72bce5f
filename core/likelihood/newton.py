"""Newton's method: many small likelihoods at once, and one likelihood of many covariates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

COEFFICIENT, LIKELIHOOD = 1e-15, 1e-7  # squared distance to the maximum in standard errors at which a batch ends
MAX_ITERATIONS = 60
STEP = 1e-8  # of a coefficient per standard deviation, below which a step is no longer taken
_STEEP = 1e-8  # of a gain: below it rounding decides on which side of the maximum a step ends


class PointOfEach(Protocol):
    """Several likelihoods, each at its coefficients.

    Attributes
    ----------
    coef, score : float (k, ..., p)
    """

    coef: np.ndarray
    score: np.ndarray

    def step(self) -> np.ndarray:
        """Return the step towards the maximum, (k, ..., p), within bounds."""
        ...


class Likelihoods(Protocol):
    """Several likelihoods that are maximised at once."""

    def at(self, coef: np.ndarray) -> PointOfEach:
        """Evaluate them at coefficients (k, ..., p)."""
        ...

    def only(self, rows: np.ndarray) -> Likelihoods:
        """Keep those of a mask, bool (k,)."""
        ...


class Point(Protocol):
    """One likelihood at its coefficients."""

    @property
    def value(self) -> float:
        """The logarithm of the likelihood."""
        ...

    @property
    def score(self) -> np.ndarray:
        """Its first derivative, (p,)."""
        ...


AnyPoint = TypeVar("AnyPoint", bound=Point)


def maximise_each(likelihoods: Likelihoods, start: np.ndarray, *, precision: float = COEFFICIENT) -> np.ndarray:
    """Return the coefficients at the maximum of each likelihood, (k, ..., p); NaN where the iteration does not end.

    Parameters
    ----------
    start : float (k, ..., p)
    precision : COEFFICIENT, or LIKELIHOOD if only the likelihood is needed: then the iteration ends when the expected
        gain of the next step (this gain squared, divided by the gain before) is below it. Near a maximum gains shrink
        faster and faster; towards a maximum at infinity they shrink by a constant factor
    """
    coef, rows, at, before = start.copy(), np.arange(len(start)), likelihoods.at(start), None
    for _ in range(MAX_ITERATIONS):
        move = at.step()
        gain = (at.score * move).sum(axis=-1)  # the squared distance to the maximum, in standard errors
        expected = gain if precision == COEFFICIENT or before is None else \
            gain * np.minimum(gain / np.maximum(before, precision), 1)
        going = (expected > precision).any(axis=tuple(range(1, expected.ndim)))
        if 2 * np.count_nonzero(going) <= going.size:  # dropping converged models pays only if half have converged
            coef[rows] = at.coef + move
            if not going.any():
                return coef
            rows, likelihoods, move, gain = rows[going], likelihoods.only(going), move[going], gain[going]
            at = likelihoods.at(at.coef[going])
        at, before = _ahead(likelihoods, at, move, gain), gain
    coef[rows] = np.nan
    return coef


def _ahead(likelihoods: Likelihoods, at: PointOfEach, move: np.ndarray, gain: np.ndarray) -> PointOfEach:
    """Take a step, halved until the slope down at its end is no steeper than the slope up at its start."""
    ahead = likelihoods.at(at.coef + move)
    while (worse := ((ahead.score * move).sum(axis=-1) < -gain) & (gain > _STEEP)).any():
        move = np.where(worse[..., None], move / 2, move)
        gain = np.where(worse, gain / 2, gain)
        ahead = likelihoods.at(at.coef + move)
    return ahead


def maximise(at: AnyPoint, *, step: Callable[[AnyPoint, int], np.ndarray],
             moved: Callable[[AnyPoint, np.ndarray], AnyPoint], within_reach: Callable[[AnyPoint], bool],
             flat: float = 0.0, rounding: float = 1e-12) -> tuple[AnyPoint, bool]:
    """Climb to a likelihood's maximum, or as far as floating point allows; return the point, and whether it is one.

    Parameters
    ----------
    step : from a point and the number of the iteration, the step to take, (p,)
    moved : the point that lies a step away
    within_reach : whether the likelihood can be computed reliably at a point
    rounding : relative rounding error of the likelihood, which may make a step seem to lower it
    flat : expected gain below which a step longer than half the one before shows that there is no maximum
    """
    length = np.inf
    for i in range(MAX_ITERATIONS):
        move = step(at, i)
        before, length = length, float(np.abs(move).max(initial=0))
        if length < STEP:
            return at, True
        if at.score @ move < flat and length > before / 2:
            return at, False
        ahead = moved(at, move)
        while not ahead.value >= at.value - rounding * abs(at.value) and np.abs(move).max() > STEP:
            move = move / 2
            ahead = moved(at, move)
        if not within_reach(ahead):
            return (at if ahead.value == -np.inf else ahead), False
        at = ahead
    return at, False
