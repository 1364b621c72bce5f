"""The forest's models on the engine's table: each subgroup's, and each factor's with and without its interaction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.cohort import Cohort, Strata, count_all_times, strata
from core.likelihood import (
    LIKELIHOOD,
    DeathTimes,
    LeftAtRisk,
    against_first,
    finite_against_first,
    fit_all,
    log_likelihood,
    proportional_hazards_of,
)

MANY_TIMES = 300  # of death, from which on models cost by their sizes and no more by the calls that fit them


@dataclass(frozen=True, kw_only=True, eq=False)
class ForestTables:
    """Deaths and at risk, float (cells, t), per endpoint of the arms and of the arms by each factor's levels.

    The last is an empty cell; of endpoints with fewer times the others are empty. `n`: the cells' patients. Endpoint by
    endpoint, `subgroups` (k, arms): the cells of all patients and of each level; `places` (arms, levels): those of each
    factor. The reference arm comes first.
    """

    times: DeathTimes
    deaths: np.ndarray
    at_risk: np.ndarray
    n: np.ndarray
    groups: list[Strata]
    subgroups: np.ndarray
    places: tuple[np.ndarray, ...]

    @staticmethod
    def of(cohort: Cohort, endpoints: tuple[str, ...], by: str, factors: tuple[str, ...],
           order: tuple[int, ...]) -> ForestTables:
        deaths, risk = count_all_times(cohort, endpoints, (by, *((by, key) for key in factors)))
        cells, groups = len(deaths) // len(endpoints), [strata(cohort, key) for key in factors]
        died = np.array([deaths[e * cells:e * cells + len(order)].sum(axis=0) for e in range(len(endpoints))])
        times = DeathTimes.of(deaths, risk, died.max(axis=0))
        subgroups, places = _layout(order, tuple(len(g.levels) for g in groups), len(endpoints))
        return ForestTables(times=times, deaths=deaths[:, times.order], groups=groups, subgroups=subgroups,
                       at_risk=risk[:, times.order], places=places,
                       n=(risk[:, 0] if risk.shape[1] else np.zeros(len(risk))).astype(int))

    def left(self, cells: np.ndarray) -> LeftAtRisk:
        """Lay out models of some cells each, (b, g)."""
        return self.times.left(self.deaths[cells], self.at_risk[cells])


@lru_cache(maxsize=64)
def _layout(order: tuple[int, ...], levels: tuple[int, ...],
            endpoints: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return where the cells of each subgroup and factor stand, from the arms' order and the factors' levels."""
    arms = np.array(order)
    starts = len(order) * (1 + np.concatenate([[0], np.cumsum(levels)]).astype(int))
    places = [start + arms[:, None] * n + np.arange(n) for start, n in zip(starts, levels, strict=False)]
    subgroups = np.concatenate([arms[None], *(p.T for p in places)])
    each = [e * int(starts[-1]) for e in range(endpoints)]
    return np.concatenate([subgroups + e for e in each]), tuple(p + e for e in each for p in places)


def finite_ratios(tables: ForestTables) -> np.ndarray:
    """Tell which arms have a finite hazard ratio against the first, bool (k, arms).

    Of two arms: where each had a death while the other was at risk.
    """
    cells, dies, there = tables.subgroups, tables.deaths > 0, tables.at_risk > 0
    if cells.shape[1] > 2:
        return np.array([finite_against_first(dies[own], there[own]) for own in cells])
    both = (dies[cells] & there[cells[:, ::-1]]).any(axis=2).all(axis=1)
    return np.column_stack([np.ones_like(both), both])


def fit_arms(tables: ForestTables, finite: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit each arm against the first in each subgroup; NaN where it has no finite ratio.

    Returns the log ratios and their errors, each (k, arms - 1), and each subgroup's p of proportional hazards, (k,).
    """
    coef, error = np.full((2, len(finite), finite.shape[1] - 1), math.nan)
    proportional = np.full(len(finite), math.nan)
    some = np.flatnonzero(finite[:, 1:].any(axis=1))
    if some.size and tables.deaths.shape[1]:  # an arm without a finite ratio leaves the risk sets
        cells = np.where(finite, tables.subgroups, len(tables.deaths) - 1)[some]
        left = tables.left(cells)
        coef[some], error[some] = against_first(left)
        coef[~finite[:, 1:]] = error[~finite[:, 1:]] = math.nan
        *_, proportional[some] = proportional_hazards_of(tables.times, left, tables.deaths[cells],
                                                         tables.at_risk[cells], coef[some])
    return coef, error, proportional


def likelihood_ratios(tables: ForestTables) -> tuple[np.ndarray, np.ndarray]:
    """Return each factor's likelihood ratio of arm + factor against arm * factor, and its degrees of freedom, (k,).

    Endpoint by endpoint; NaN where the patients tell nothing of it.
    """
    size = len(tables.places)
    df, statistic, told = np.zeros(size, int), np.zeros(size), np.zeros(size, bool)
    for some in _together(tables):
        df[some], statistic[some], told[some] = _likelihood_ratios(tables, some)
    return np.where(told, statistic, math.nan), df


def _together(tables: ForestTables) -> list[list[int]]:
    """Return the factors whose models are fitted together: all of them, or, where times are many, those of one size."""
    levels = [p.shape[1] for p in tables.places]
    if tables.deaths.shape[1] < MANY_TIMES:
        return [list(range(len(levels)))] if levels else []
    return [[i for i, n in enumerate(levels) if n == size] for size in sorted(set(levels))]


def _likelihood_ratios(tables: ForestTables, some: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of some factors the terms by which the two models differ, the statistic, and whether it tells anything."""
    arms, most = tables.places[some[0]].shape[0], max(tables.places[i].shape[1] for i in some)
    cells = np.full((len(some), arms, most), len(tables.deaths) - 1)
    for row, i in enumerate(some):
        cells[row, :, :tables.places[i].shape[1]] = tables.places[i]
    events, patients = (np.asarray(v.any(axis=1))[cells] for v in (tables.deaths, tables.at_risk))
    # A level without events says nothing, nor does an arm: both models have minus infinity for it.
    useful = events.any(axis=1, keepdims=True) & events.any(axis=2, keepdims=True)
    patients &= useful
    df = _more_terms(patients)
    told = df > 0
    statistic = np.zeros(len(some))
    if told.any():
        own = cells[told].reshape(-1, arms * most)
        alive = np.stack(np.broadcast_arrays(useful, events), axis=1)[told].reshape(len(own), 2, -1)
        statistic[told] = _twice_gained(tables.left(own), alive, _designs(arms, most))
    return df, statistic, told


def _more_terms(patients: np.ndarray) -> np.ndarray:
    """Return how many terms more arm * factor has than arm + factor, (k,), from the cells with patients.

    Of three arms and more, levels that share no arm with the others make the second of fewer terms than it has names.
    """
    k, arms, levels = patients.shape
    if arms > 2:
        both = _designs(arms, levels)[0] * patients.reshape(k, -1, 1)
        return np.asarray(patients.sum(axis=(1, 2)) - np.linalg.matrix_rank(both))
    named = sum(np.maximum(patients.any(axis=axis).sum(axis=1) - 1, 0) for axis in (1, 2))
    return np.asarray(np.maximum(patients.sum(axis=(1, 2)) - 1 - named, 0))


def _twice_gained(cells: LeftAtRisk, alive: np.ndarray, designs: np.ndarray) -> np.ndarray:
    """Return twice what the second model's likelihood is above the first's, (b,)."""
    coef, _ = fit_all(cells, alive=alive, design=designs, precision=LIKELIHOOD)
    likelihood = log_likelihood(cells, coef, alive=alive)
    return np.asarray(np.maximum(2 * (likelihood[:, 1] - likelihood[:, 0]), 0))


@lru_cache(maxsize=64)
def _designs(arms: int, levels: int) -> np.ndarray:
    """Return the columns of arm + factor and of arm * factor on cells of arm and level, (2, cells, cells)."""
    arm, level = np.divmod(np.arange(arms * levels), levels)
    both = np.column_stack([np.eye(arms)[arm], np.eye(levels)[level]])
    return np.stack([np.pad(both, ((0, 0), (0, max(arms * levels - arms - levels, 0))))[:, :arms * levels],
                     np.eye(arms * levels)])
