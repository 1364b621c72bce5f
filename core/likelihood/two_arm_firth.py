"""Firth's penalised hazard ratio of two arms, from counts: finite where an arm has no event.

The same estimate as firth.py's for a single covariate of two levels, at the price of the deaths and not the patients;
many subgroups at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.likelihood.efron_nodes import LeftAtRisk
from core.likelihood.two_arm_cox import Pairs
from core.statistics import chi_square_p

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


def _slopes(pairs: Pairs, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return at b (k,) the penalised likelihood, its first two derivatives, and the information."""
    other, p = pairs.shares(b)
    product = p * other
    spread = pairs.weight * product
    information = spread.sum(axis=1)
    first = np.vecdot(spread, other - p) / information
    second = 1 - 6 * np.vecdot(spread, product) / information
    value = pairs.observed * b + np.vecdot(pairs.weight, np.log(other)) + 0.5 * np.log(information)
    return (value, pairs.observed - np.vecdot(pairs.weight, p) + 0.5 * first,
            -information + 0.5 * (second - first**2), information)


def penalised_pairs(cells: LeftAtRisk) -> PenalisedPairs:
    """Maximise Firth's penalised partial likelihoods of two arms, the reference first."""
    pairs = Pairs.of(cells)
    told = np.asarray(pairs.weight.any(axis=1))
    out = np.full((5, told.size), np.nan)
    if told.any():
        out[:, told] = _maxima(pairs.only(told))
    return PenalisedPairs(coef=out[0], std_error=out[1], low=out[2], high=out[3], p_value=out[4])


def _maxima(pairs: Pairs) -> np.ndarray:
    """Return coefficient, error, limits and p of each pair, (5, k)."""
    nothing, b = _slopes(pairs, np.zeros(pairs.observed.size))[0], pairs.start()
    for _ in range(_MAX_ITERATIONS):
        best, slope, bend, information = _slopes(pairs, b)
        concave = bend < 0
        move = np.where(concave, slope / np.where(concave, -bend, 1), np.copysign(_STRIDE, slope))
        move = np.minimum(np.maximum(move, -_STRIDE), _STRIDE)
        b = b + move
        if (np.abs(move) < _STEP).all():
            break
    error = 1 / np.sqrt(information)
    twice = np.arange(2 * b.size) % b.size
    ends = _limits(pairs.only(twice), b[twice], (best - _HALF_QUANTILE)[twice],
                   np.concatenate([-error, error])).reshape(2, -1)
    return np.array([b, error, *ends, [chi_square_p(v, 1) for v in 2 * (best - nothing)]])


def _limits(pairs: Pairs, best: np.ndarray, level: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Find where the penalised likelihoods fall to a level: Halley's steps between bounds, else bisections."""
    inner, at = best, best + 2 * step
    found = _slopes(pairs, at)
    while (above := found[0] > level).any():
        inner, at = np.where(above, at, inner), np.where(above, at + 2 * (at - inner), at)
        found = _slopes(pairs, at)
    outer = at
    for _ in range(_MAX_ITERATIONS):
        value, slope, bend, _ = found
        above = value > level
        inner, outer = np.where(above, at, inner), np.where(above, outer, at)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = at - 2 * (value - level) * slope / (2 * slope**2 - (value - level) * bend)
            between = (new - inner) * (outer - new) > 0
        new = np.where(between | (new == at), new, (inner + outer) / 2)
        moved, at = np.abs(new - at), new
        if (moved < _STEP).all():
            break
        found = _slopes(pairs, at)
    return at
