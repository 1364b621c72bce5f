"""Proportional hazards of groups of patients: the score test of cox.zph for many small models at once.

The test is that of `hazards/proportional_hazards.py`, from deaths and numbers at risk by group and time in place of
patients.
"""

from __future__ import annotations

import math

import numpy as np

from core.likelihood.efron_nodes import DeathTimes, EfronRiskSets
from core.statistics import chi_square_p

_NOTHING = 1e-13  # of the information
_RANK_TOLERANCE = 1e-9  # of the largest eigenvalue of a scaled information, below which a direction is not identified
_CLEARLY = 1e-4  # of the Cholesky factor's largest diagonal element: above it no column is nearly collinear
DOUBT = 0.05  # a p below it says that hazards seem not to be proportional


def proportional_hazards_of(times: DeathTimes, sets: EfronRiskSets, deaths: np.ndarray, at_risk: np.ndarray,
                            coef: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Test for each model whether its groups' log hazard ratios are constant over time (R: cox.zph, transform = "km").

    Parameters
    ----------
    sets : the models as `times` lays them out
    deaths, at_risk : float (b models, g groups, t), in the order of `times`; a group that is not in a model is empty
    coef : float (b, g - 1), fitted against the first group; NaN where a group has no ratio

    Returns
    -------
    statistic, df, p_value, each (b,); NaN, 0 and NaN where the deaths tell nothing of it
    """
    km_time = _centred_km_time(times, deaths.sum(axis=1), at_risk.sum(axis=1))
    ratio = np.exp(np.column_stack([np.zeros(len(coef)), np.nan_to_num(coef)]))
    share = sets.left[:, 1:] * ratio[:, 1:, None]
    share /= np.maximum(ratio[:, None] @ sets.left, 1e-300)
    mean, products = _moments(share, sets.weight, times.by_node(km_time))
    score = np.stack([deaths[:, 1:].sum(axis=2), (deaths[:, 1:] * km_time[:, None]).sum(axis=2)], axis=1) - mean[:, :2]
    fitted = ~np.isnan(coef)
    if coef.shape[1] == 1:
        statistic = _of_pairs(products[..., 0, 0], score[..., 0], fitted[:, 0])
        df = (~np.isnan(statistic)).astype(int)
    else:
        tested = [_tested(*parts) for parts in zip(products, score, fitted, strict=True)]
        statistic, df = np.array([s for s, _ in tested]), np.array([d for _, d in tested], int)
    p = [chi_square_p(s, d) if d else math.nan for s, d in zip(statistic.tolist(), df.tolist(), strict=True)]
    return statistic, df, np.array(p)


def _moments(share: np.ndarray, weight: np.ndarray, node: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum groups' shares of those at risk, (b, g, s), over nodes weighted by the powers 0, 1 and 2 of time, (b, s).

    Returns the sums, (b, 3, g), and the information by powers of time, (b, 3, g, g).
    """
    by_power = [v[..., None] for v in (weight, weight * node, weight * node**2)]
    first, second = np.triu_indices(share.shape[1])
    mean, crossed = (np.stack([(v @ w)[..., 0] for w in by_power], axis=1)
                     for v in (share, share[:, first] * share[:, second]))
    products = np.empty((*mean.shape, share.shape[1]))
    products[..., first, second] = products[..., second, first] = -crossed
    places = np.arange(share.shape[1])
    products[..., places, places] += mean
    return mean, products


def _centred_km_time(times: DeathTimes, deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return 1 - Kaplan-Meier's survival just before each time less its mean over deaths, (b, t) in the given order."""
    in_time = np.argsort(times.order)
    stays = (1 - deaths / np.maximum(at_risk, 1))[:, in_time]
    before = np.empty_like(stays)
    before[:, in_time] = np.column_stack([np.ones(len(stays)), np.cumprod(stays, axis=1)[:, :-1]])[:, :stays.shape[1]]
    km_time = 1 - before
    total = np.maximum(deaths.sum(axis=1, keepdims=True), 1)
    return np.asarray(km_time - (km_time * deaths).sum(axis=1, keepdims=True) / total)


def _of_pairs(products: np.ndarray, score: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """Return the statistics of models of two groups, (b,).

    Parameters
    ----------
    products, score : the information (b, 3) and the score (b, 2) by powers of time
    """
    information, crossed, squared = products.T
    with np.errstate(divide="ignore", invalid="ignore"):
        left = squared - crossed**2 / information
        statistic = (score[:, 1] - crossed / information * score[:, 0]) ** 2 / left
    return np.where(fitted & (left > _NOTHING * information), statistic, math.nan)


def _tested(products: np.ndarray, score: np.ndarray, fitted: np.ndarray) -> tuple[float, int]:
    """Return one model's statistic and degrees of freedom, from its information by powers of time, (3, g, g)."""
    if not fitted.any():
        return math.nan, 0
    information, crossed, squared = products[:, fitted][:, :, fitted]
    first, second = score[:, fitted]
    beside = np.linalg.lstsq(information, np.column_stack([crossed, first]), rcond=1e-12)[0]
    left = squared - crossed.T @ beside[:, :-1]
    left[np.abs(left) < _NOTHING * np.diag(information).max()] = 0.0
    if not (np.diag(left) > 0).any():
        return math.nan, 0
    return squared_length(left, second - crossed.T @ beside[:, -1])


def squared_length(information: np.ndarray, score: np.ndarray) -> tuple[float, int]:
    """Return the score statistic (score' information⁻¹ score), and the number of directions that are identifiable.

    NaN where none is.
    """
    informative = np.diag(information) > 0
    if not informative.any():
        return math.nan, score.size
    try:
        half = np.linalg.cholesky(information)
        if np.diag(half).min() > _CLEARLY * np.diag(half).max():
            away = np.linalg.solve(half, score)
            return float(away @ away), score.size
    except np.linalg.LinAlgError:  # a part of it tells nothing
        pass
    unit = 1 / np.sqrt(np.diag(information)[informative])
    size, along = np.linalg.eigh(information[np.ix_(informative, informative)] * np.outer(unit, unit))
    identified = size > _RANK_TOLERANCE * size[-1]
    away = along[:, identified].T @ (score[informative] * unit)
    return float(np.sum(away**2 / size[identified])), int(identified.sum())
