"""Firth's penalised Cox regression: finite where the likelihood has no maximum.

Half the logarithm of the information's determinant is added to the likelihood. Intervals and p are by the profile
of the penalised likelihood.

Sources: Firth D. Biometrika 1993;80:27; Heinze G, Schemper M. Biometrics 2001;57:114 (R: coxphf).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.likelihood.cox_fit import ENDED, standardise
from core.likelihood.newton import maximise
from core.likelihood.partial_likelihood import Point, RiskSets
from core.likelihood.tied_deaths import Ties
from core.options import takes_options
from core.statistics import chi_square_p

_STRIDE = 5.0  # log hazard ratio between two patients, by which a step may change it
_SLOW = 12  # steps by the likelihood's information, after which those by the penalised one's are quicker
_APART = 1e-4  # by how much the score is looked at to either side for these, per standard deviation
_FARTHEST_APART = 340.0  # log hazard ratio between two patients: the square of its exponential is still a number
_DIGITS = 1e-9  # relative size of the information, a difference of large sums, below which it is rounding error
_HIGHER, _MAXIMA = 1e-7, 5  # by how much a second maximum's likelihood is higher; how many are followed
_HALF_QUANTILE = 1.9207294103470556  # half of chi-square's 95 % quantile, one degree of freedom
_REACHED = 1e-5  # of the likelihood: a limit is where it is as high as said
_SHORTEST = 1e-3  # of a standard error: the profile cannot be followed farther


@dataclass(frozen=True, kw_only=True, eq=False)
class Penalised:
    """Coefficients, profile limits and penalised likelihood-ratio p, each (p,), in units of the columns.

    A limit is infinite where the profile likelihood cannot be followed until it falls far enough. `variance` (p, p):
    inverse information; `statistic`: twice the gain in log likelihood over coefficients of zero; `converged`: whether
    the iteration converged.
    """

    coef: np.ndarray
    variance: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray
    statistic: float
    converged: bool

    @property
    def std_error(self) -> np.ndarray:
        """The coefficients' standard errors, (p,)."""
        return np.sqrt(np.diag(self.variance))

    def tests(self) -> list[tuple[str, float, int]]:
        """Return the global test: name, statistic, degrees of freedom (R: coxphf's likelihood ratio)."""
        return [("penalised likelihood ratio", self.statistic, self.coef.size)]


@dataclass(eq=False)
class PenalisedPoint:
    """The penalised likelihood at a point; minus infinity where its information cannot be computed."""

    sets: RiskSets
    beta: np.ndarray

    @cached_property
    def point(self) -> Point:
        """The likelihood without the penalty."""
        return self.sets.evaluate(self.beta)

    @cached_property
    def value(self) -> float:
        """The logarithm of the penalised likelihood; minus infinity where rounding has taken its information."""
        if not np.ptp(self.sets.x @ self.beta) < _FARTHEST_APART:
            return -np.inf
        size = np.linalg.eigvalsh(self.point.information)
        if not size[0] > _DIGITS * self.sets.deaths.sum() * np.square(self.sets.x).max():
            return -np.inf
        return self.point.value + 0.5 * float(np.log(size).sum())

    @cached_property
    def score(self) -> np.ndarray:
        """The score and half the trace of the information's inverse times its derivative, (p,)."""
        at, sets = self.point, self.point.sets
        n, p = sets.x.shape
        inverse = np.linalg.inv(at.information)
        quadratic = np.einsum("ij,jk,ik->i", sets.x, inverse, sets.x)
        products = (sets.x[:, :, None] * sets.x[:, None, :]).reshape(n, p * p)
        stacked = at.risk[:, None] * np.column_stack([products, quadratic, quadratic[:, None] * sets.x])
        moments = sets.per_death(stacked) / at.total[:, None]
        second, first, mixed = moments[:, :p * p].reshape(-1, p, p), moments[:, p * p], moments[:, p * p + 1:]
        pulled = at.mean @ inverse
        spread = np.einsum("djk,dk->dj", second, pulled) - at.mean * (at.mean * pulled).sum(axis=1)[:, None]
        return np.asarray(at.score + 0.5 * (mixed - first[:, None] * at.mean - 2 * spread).sum(axis=0))

    def curvature(self, free: np.ndarray) -> np.ndarray:
        """Return the negative second derivative by some of the coefficients, from scores to either side."""
        def score(beta: np.ndarray) -> np.ndarray:
            return PenalisedPoint(self.sets, beta).score[free]
        sides = np.eye(self.beta.size)[free] * _APART
        out = np.array([score(self.beta - side) - score(self.beta + side) for side in sides]) / (2 * _APART)
        return np.asarray((out + out.T) / 2)


@takes_options
def penalised(index: np.ndarray, event: np.ndarray, design: np.ndarray, *, scale: np.ndarray | None = None,
              stratum: np.ndarray | None = None, entry: np.ndarray | None = None, ties: Ties = "efron") -> Penalised:
    """Maximise the penalised likelihood; parameters as for `cox_fit.fit`.

    Raises
    ------
    numpy.linalg.LinAlgError
        If no risk set tells some of the columns apart, or each maximum that is found leads to a higher one.
    """
    if scale is None:
        design, scale = standardise(design)
    sets = RiskSets(index, event, design, stratum=stratum, entry=entry, ties=ties)
    p = design.shape[1]
    at_zero = at = PenalisedPoint(sets, np.zeros(p))
    for _ in range(_MAXIMA if at_zero.value > -np.inf else 0):
        at = _newton_ascent(at, np.arange(p))
        inverse = np.linalg.inv(at.point.information)
        error = np.sqrt(np.diag(inverse))
        down, still, up = ([_Profile(at, j) for j in range(p)] for _ in range(3))
        p_value = np.array([chi_square_p(2 * (at.value - profile.at_zero()), 1) for profile in still])
        low, high = (np.array([profile.limit(step) for profile, step in zip(side, sign * error, strict=True)])
                     for side, sign in ((down, -1), (up, 1)))
        higher = max((profile.highest for profile in (*down, *still, *up)), key=lambda point: point.value)
        if higher.value <= at.value + _HIGHER:
            return Penalised(coef=at.beta / scale, variance=inverse / np.outer(scale, scale), low=low / scale,
                             high=high / scale, p_value=p_value, statistic=2 * (at.value - at_zero.value),
                             converged=bool(at.score @ inverse @ at.score < ENDED))
        at = higher
    raise np.linalg.LinAlgError("no maximum of the penalised likelihood")


@dataclass(eq=False)
class _Profile:
    """The penalised profile likelihood of the `j`-th coefficient: the maximum over the others at each of its values.

    Each search starts from the nearest maximum already known.
    """

    maximum: PenalisedPoint
    j: int
    known: dict[float, PenalisedPoint] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {float(self.maximum.beta[self.j]): self.maximum}

    @property
    def highest(self) -> PenalisedPoint:
        return max(self.known.values(), key=lambda point: point.value)

    def at(self, b: float) -> float:
        """Return the profile's value at b; minus infinity where it cannot be followed so far."""
        if b not in self.known:
            near = min(self.known, key=lambda other: abs(other - b))
            point = self._from(self.known[near].beta, b)
            if point.value == -np.inf or not self._is_maximum(point):
                return -np.inf
            self.known[b] = point
        return self.known[b].value

    def at_zero(self) -> float:
        """Return the value where the coefficient is zero, looked for from where all are, too."""
        self.at(0.0)
        point = self._from(np.zeros(self.maximum.beta.size), 0.0)
        self.known[0.0] = max(self.known.get(0.0, point), point, key=lambda other: other.value)
        return self.known[0.0].value

    def _is_maximum(self, point: PenalisedPoint) -> bool:
        """Tell whether it is a maximum over the others, and not where numbers ended."""
        free = np.delete(np.arange(point.beta.size), self.j)
        move = np.linalg.solve(point.point.information[np.ix_(free, free)], point.score[free])
        return bool(point.score[free] @ move < ENDED)

    def _from(self, beta: np.ndarray, b: float) -> PenalisedPoint:
        fixed = beta.copy()
        fixed[self.j] = b
        return _newton_ascent(PenalisedPoint(self.maximum.sets, fixed), np.delete(np.arange(fixed.size), self.j))

    def limit(self, error: float) -> float:
        """Find a profile limit: step outwards in units of the error until past the limit, then solve in between.

        Infinite if the profile does not fall so far, or cannot be followed until it does.
        """
        from scipy.optimize import brentq

        level, inner, ahead = self.maximum.value - _HALF_QUANTILE, float(self.maximum.beta[self.j]), 2 * error
        farthest = _FARTHEST_APART / self.maximum.sets.span[self.j]
        while abs(inner + ahead) <= farthest and abs(ahead) > _SHORTEST * abs(error):
            value = self.at(inner + ahead)
            if value == -np.inf:
                ahead /= 4
            elif value < level:
                end = brentq(lambda b: max(self.at(b), level - 1e3) - level, inner, inner + ahead, xtol=1e-9,
                             rtol=1e-10)
                if abs(self.at(end) - level) < _REACHED:
                    return float(end)
                break
            else:
                inner, ahead = inner + ahead, 2 * ahead
        return float(np.copysign(np.inf, error))


def _newton_ascent(start: PenalisedPoint, free: np.ndarray) -> PenalisedPoint:
    """Maximise over the free coefficients, places (q,), the others as they are."""
    def step(at: PenalisedPoint, i: int) -> np.ndarray:
        move = np.zeros(at.beta.size)
        move[free] = _step(at, free, penalised=i >= _SLOW)
        return move * min(1.0, _STRIDE / max(np.abs(move * at.sets.span).max(), 1e-300))
    if not free.size or start.value == -np.inf:
        return start
    return maximise(start, step=step, moved=lambda at, move: PenalisedPoint(at.sets, at.beta + move),
                    within_reach=lambda at: at.value > -np.inf)[0]


def _step(at: PenalisedPoint, free: np.ndarray, *, penalised: bool) -> np.ndarray:
    """Return a step by the likelihood's information, or by the penalised likelihood's where it is concave there."""
    if penalised:
        curvature = at.curvature(free)
        if np.linalg.eigvalsh(curvature)[0] > 0:
            return np.asarray(np.linalg.solve(curvature, at.score[free]))
    return np.asarray(np.linalg.solve(at.point.information[np.ix_(free, free)], at.score[free]))
