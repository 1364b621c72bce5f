"""The forest's models on the engine's table: each subgroup's, and each factor's with and without its interaction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.cohort import Cohort, Strata, counts_over_time, strata
from core.likelihood import (
    LIKELIHOOD,
    DeathTimes,
    EfronRiskSets,
    against_first,
    finite_against_first,
    fit_all,
    log_likelihood,
    proportional_hazards_of,
)

_MANY_TIMES = 300  # times of death, from which a model's size and not the number of calls decides its cost


@dataclass(frozen=True, kw_only=True, eq=False)
class ForestTables:
    """Deaths and at risk, float (cells, t), of the arms, then of the arms by each factor's levels; the last is empty.

    Attributes
    ----------
    n : the cells' patients
    subgroups : int (k, arms), the cells of all patients and of each level; the reference arm first
    places : of each factor the cells (arms, levels)
    """

    times: DeathTimes
    deaths: np.ndarray
    at_risk: np.ndarray
    n: np.ndarray
    groups: list[Strata]
    subgroups: np.ndarray
    places: tuple[np.ndarray, ...]

    @staticmethod
    def from_cohort(cohort: Cohort, endpoint: str, by: str, factors: tuple[str, ...],
                    order: tuple[int, ...]) -> ForestTables:
        """Count a cohort; the reference arm first in `order`."""
        deaths, at_risk, n = counts_over_time(cohort, endpoint, (by, *((by, key) for key in factors)))
        groups = [strata(cohort, key) for key in factors]
        times = DeathTimes.from_counts(deaths, at_risk, deaths[:len(order)].sum(axis=0))
        subgroups, places = _layout(order, tuple(len(g.levels) for g in groups))
        return ForestTables(times=times, deaths=deaths[:, times.order], at_risk=at_risk[:, times.order], groups=groups,
                            subgroups=subgroups, places=places, n=n)

    def risk_sets(self, cells: np.ndarray) -> EfronRiskSets:
        """Lay out models of the cells of each row, (b, g)."""
        return self.times.risk_sets(self.deaths[cells], self.at_risk[cells])


@lru_cache(maxsize=64)
def _layout(order: tuple[int, ...], levels: tuple[int, ...]) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return where the cells of each subgroup and factor stand, from the arms' order and the factors' levels."""
    arms = np.array(order)
    starts = len(order) * (1 + np.concatenate([[0], np.cumsum(levels)]).astype(int))
    places = tuple(start + arms[:, None] * n + np.arange(n) for start, n in zip(starts, levels, strict=False))
    return np.concatenate([arms[None], *(p.T for p in places)]), places


def finite_ratios(tables: ForestTables) -> np.ndarray:
    """Tell which arms have a finite hazard ratio against the first, bool (k, arms).

    Of two arms: where each had a death while the other was at risk.
    """
    cells, dies, there = tables.subgroups, tables.deaths > 0, tables.at_risk > 0
    if cells.shape[1] > 2:
        return np.array([finite_against_first(dies[arms], there[arms]) for arms in cells])
    both = (dies[cells] & there[cells[:, ::-1]]).any(axis=2).all(axis=1)
    return np.column_stack([np.ones_like(both), both])


def fit_arms(tables: ForestTables, finite: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit each arm against the first in each subgroup; NaN where it has no finite ratio.

    Returns the log ratios and their errors, each (k, arms - 1), and each subgroup's p of proportional hazards, (k,).
    """
    coef, error = np.full((2, len(finite), finite.shape[1] - 1), math.nan)
    proportional = np.full(len(finite), math.nan)
    fitted = np.flatnonzero(finite[:, 1:].any(axis=1))
    if fitted.size and tables.deaths.shape[1]:  # an arm without a finite ratio leaves the risk sets
        cells = np.where(finite, tables.subgroups, len(tables.deaths) - 1)[fitted]
        deaths, at_risk = tables.deaths[cells], tables.at_risk[cells]
        sets = tables.times.risk_sets(deaths, at_risk)
        coef[fitted], error[fitted] = against_first(sets)
        coef[~finite[:, 1:]] = error[~finite[:, 1:]] = math.nan
        *_, proportional[fitted] = proportional_hazards_of(tables.times, sets, deaths, at_risk, coef[fitted])
    return coef, error, proportional


def likelihood_ratios(tables: ForestTables) -> tuple[np.ndarray, np.ndarray]:
    """Return each factor's likelihood ratio of arm + factor against arm * factor, and its degrees of freedom, (k,).

    NaN where the interaction is not identifiable.
    """
    df, statistic = np.zeros(len(tables.places), int), np.full(len(tables.places), math.nan)
    for factors in _fitted_together(tables):
        df[factors], statistic[factors] = _likelihood_ratios(tables, factors)
    return statistic, df


def _fitted_together(tables: ForestTables) -> list[list[int]]:
    """Return the groups of factors that are fitted together: all, or with many times those with equally many levels."""
    levels = [p.shape[1] for p in tables.places]
    if tables.deaths.shape[1] < _MANY_TIMES:
        return [list(range(len(levels)))] if levels else []
    return [[i for i, n in enumerate(levels) if n == size] for size in sorted(set(levels))]


def _likelihood_ratios(tables: ForestTables, factors: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return how many more terms each factor's second model has, and the statistic, NaN if it has none."""
    arms, most = tables.places[factors[0]].shape[0], max(tables.places[i].shape[1] for i in factors)
    cells = np.full((len(factors), arms, most), len(tables.deaths) - 1)
    for row, i in enumerate(factors):
        cells[row, :, :tables.places[i].shape[1]] = tables.places[i]
    events, patients = (np.asarray(v.any(axis=1))[cells] for v in (tables.deaths, tables.at_risk))
    # A level or arm without events is not informative: its coefficient is minus infinity in both models.
    useful = events.any(axis=1, keepdims=True) & events.any(axis=2, keepdims=True)
    df = _more_terms(patients & useful)
    identified = df > 0
    statistic = np.full(len(factors), math.nan)
    if identified.any():
        sets = tables.risk_sets(cells[identified].reshape(-1, arms * most))
        has_events = np.stack(np.broadcast_arrays(useful, events), axis=1)[identified]
        statistic[identified] = _twice_gained(sets, has_events.reshape(len(has_events), 2, -1), _designs(arms, most))
    return df, statistic


def _more_terms(patients: np.ndarray) -> np.ndarray:
    """Return how many terms more arm * factor has than arm + factor, (k,), from the cells with patients.

    With three or more arms, arm + factor has fewer terms than names if some levels share no arm with the others.
    """
    k, arms, levels = patients.shape
    if arms > 2:
        both = _designs(arms, levels)[0] * patients.reshape(k, -1, 1)
        return np.asarray(patients.sum(axis=(1, 2)) - np.linalg.matrix_rank(both))
    named = sum(np.maximum(patients.any(axis=axis).sum(axis=1) - 1, 0) for axis in (1, 2))
    return np.asarray(np.maximum(patients.sum(axis=(1, 2)) - 1 - named, 0))


def _twice_gained(sets: EfronRiskSets, has_events: np.ndarray, designs: np.ndarray) -> np.ndarray:
    """Return twice what the second model's likelihood is above the first's, (b,)."""
    coef = fit_all(sets, has_events=has_events, design=designs, precision=LIKELIHOOD)
    likelihood = log_likelihood(sets, coef, has_events=has_events)
    return np.asarray(np.maximum(2 * (likelihood[:, 1] - likelihood[:, 0]), 0))


@lru_cache(maxsize=64)
def _designs(arms: int, levels: int) -> np.ndarray:
    """Return the columns of arm + factor and of arm * factor on cells of arm and level, (2, cells, cells)."""
    arm, level = np.divmod(np.arange(arms * levels), levels)
    both = np.column_stack([np.eye(arms)[arm], np.eye(levels)[level]])
    return np.stack([np.pad(both, ((0, 0), (0, max(arms * levels - arms - levels, 0))))[:, :arms * levels],
                     np.eye(arms * levels)])
