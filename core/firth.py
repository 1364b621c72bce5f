"""Firth's penalised Cox regression: finite where the likelihood has no maximum.

Half the logarithm of the information's determinant is added to the likelihood. Intervals and p are by the profile
of the penalised likelihood.

Sources: Firth D. Biometrika 1993;80:27; Heinze G, Schemper M. Biometrics 2001;57:114 (R: coxphf).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from core.cox_fit import ENDED, standardise
from core.p_values import chi_square_p
from core.partial_likelihood import Point, RiskSets, Ties

_STEP, _STRIDE, _MAX_ITERATIONS = 1e-8, 5.0, 60
_HALF_QUANTILE = 1.9207294103470556  # half of chi-square's 95 % quantile, one degree of freedom
_FARTHEST = 60.0  # log hazard ratio over a column's range, beyond which a limit is not looked for


@dataclass(frozen=True, kw_only=True, eq=False)
class Penalised:
    """Coefficients, profile limits and penalised likelihood-ratio p, each (p,), in units of the columns.

    A limit is infinite where the profile does not fall far enough; `variance` (p, p): the information's inverse;
    `statistic`: twice what the maximum lies above zero; `converged`: the iteration came to its end.
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
        return np.sqrt(np.diag(self.variance))

    def tests(self) -> list[tuple[str, float, int]]:
        """Return the global test: name, statistic, degrees of freedom (R: coxphf's likelihood ratio)."""
        return [("penalised likelihood ratio", self.statistic, self.coef.size)]


@dataclass(eq=False)
class _Peak:
    """The penalised likelihood at a point."""

    point: Point

    @cached_property
    def value(self) -> float:
        return self.point.likelihood + 0.5 * float(np.linalg.slogdet(self.point.information)[1])

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


def penalised(index: np.ndarray, event: np.ndarray, design: np.ndarray, *, scale: np.ndarray | None = None,
              stratum: np.ndarray | None = None, ties: Ties = "efron") -> Penalised:
    """Maximise the penalised likelihood; parameters as for `cox_fit.fit`."""
    scale = standardise(design) if scale is None else scale
    sets = RiskSets(index, event, design, stratum=stratum, ties=ties)
    p, span = design.shape[1], np.ptp(design, axis=0)
    best = _climb(sets, np.zeros(p), np.arange(p), span)
    nothing = _Peak(sets.evaluate(np.zeros(p)))
    inverse = np.linalg.inv(best.point.information)
    error = np.sqrt(np.diag(inverse))
    low, high, p_value = np.empty(p), np.empty(p), np.empty(p)
    for j in range(p):
        profile = partial(_profile, sets, best.point.beta, j, span)
        p_value[j] = chi_square_p(2 * (best.value - profile(0.0)), 1)
        above = partial(_above, profile, best.value - _HALF_QUANTILE)
        low[j], high[j] = (_limit(above, float(best.point.beta[j]), sign * error[j], _FARTHEST / span[j])
                           for sign in (-1, 1))
    return Penalised(coef=best.point.beta / scale, variance=inverse / np.outer(scale, scale), low=low / scale,
                     high=high / scale, p_value=p_value, statistic=2 * (best.value - nothing.value),
                     converged=bool(best.score @ inverse @ best.score < ENDED))


def _profile(sets: RiskSets, start: np.ndarray, j: int, span: np.ndarray, b: float) -> float:
    """Return the penalised likelihood's maximum over the other coefficients, one held fast."""
    fixed = start.copy()
    fixed[j] = b
    return _climb(sets, fixed, np.delete(np.arange(start.size), j), span).value


def _above(profile: Callable[[float], float], level: float, b: float) -> float:
    return profile(b) - level


def _climb(sets: RiskSets, beta: np.ndarray, free: np.ndarray, span: np.ndarray) -> _Peak:
    """Maximise over the free coefficients, the others as they are."""
    at = _Peak(sets.evaluate(beta))
    for _ in range(_MAX_ITERATIONS if free.size else 0):
        move = np.zeros(beta.size)
        move[free] = np.linalg.solve(at.point.information[np.ix_(free, free)], at.score[free])
        move *= min(1.0, _STRIDE / max(np.abs(move * span).max(), 1e-300))
        ahead = _Peak(sets.evaluate(at.point.beta + move))
        while not ahead.value >= at.value - 1e-12 * abs(at.value) and np.abs(move).max() > _STEP:
            move /= 2
            ahead = _Peak(sets.evaluate(at.point.beta + move))
        at = ahead
        if np.abs(move).max() < _STEP:
            break
    return at


def _limit(above: Callable[[float], float], start: float, step: float, farthest: float) -> float:
    """Find where the profile falls by what the interval allows, going by steps and then between them."""
    from scipy.optimize import brentq

    inner, outer = start, start + 2 * step
    while above(outer) > 0:
        inner, outer = outer, outer + 2 * (outer - inner)
        if abs(outer) > farthest:
            return float(np.copysign(np.inf, step))
    return float(brentq(above, inner, outer, xtol=1e-9, rtol=1e-10))
