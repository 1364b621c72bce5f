"""Counts of the filtered patients by several variables' levels, one variable after the other.

Of few patients it is the number of calls that costs: all variables are counted in one. Of many each has its cells by
itself, and any choice of variables shares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.counts import timeline
from core.cohort.strata import counted, strata

By = str | tuple[str | None, ...]
_MANY = 20_000  # patients


def count_all_times(cohort: Cohort, endpoints: Sequence[str],
                    variables: tuple[By, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return deaths and number at risk, float (k, t) each, over the whole cohort's times: alike for all variables.

    The cells of all endpoints and of each one's variables follow each other; the last row is a cell without patients.
    An endpoint with fewer times than another has nobody at the rest.
    """
    times = [timeline(cohort, endpoint).times.size for endpoint in endpoints]
    cells = sum(len(strata(cohort, by).levels) for by in variables)
    deaths, leaving = np.zeros((2, len(times) * cells + 1, max(times)))
    start = 0
    for endpoint, t in zip(endpoints, times, strict=True):
        for some, k in _parts(cohort, variables):
            own = slice(start, start := start + k), slice(t)
            found = counted(cohort.whole, cohort.rows, ("times", endpoint, some),
                            partial(_time_cells, cohort.whole, endpoint, some), 2 * k * t + 1)
            censored, deaths[own] = found[:-1].reshape(2, k, t)
            np.add(censored, deaths[own], out=leaving[own])
    return deaths, np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]


def level_tables(cohort: Cohort, by: str | None, keys: Sequence[str]) -> list[np.ndarray]:
    """Count the filtered patients by level and group of each of some variables, int (levels, groups) each."""
    groups, out = len(strata(cohort, by).levels), []
    for some, k in _parts(cohort, tuple((by, key) for key in keys)):
        found = counted(cohort.whole, cohort.rows, ("levels of all", some),
                        partial(_level_cells, cohort.whole, some), k + 1)
        ends = np.cumsum([len(strata(cohort, pair).levels) for pair in some])
        out += [own.reshape(groups, -1).T for own in np.split(found[:-1], ends[:-1])]
    return out


def _parts(cohort: Cohort, variables: tuple[By, ...]) -> list[tuple[tuple[By, ...], int]]:
    """Return which variables are counted together, and how many levels they have."""
    parts = [(by,) for by in variables] if cohort.rows.size >= _MANY else [variables] if variables else []
    return [(some, sum(len(strata(cohort, by).levels) for by in some)) for some in parts]


def _level_cells(whole: Cohort, variables: tuple[By, ...]) -> np.ndarray:
    """Number the levels of all variables through, (v, n); a number more for patients of whom one is missing."""
    groups = [strata(whole, by) for by in variables]
    *starts, size = np.cumsum([0, *(len(g.levels) for g in groups)]).tolist()
    return np.array([np.where(g.codes < 0, size, start + g.codes).astype(np.int32)
                     for start, g in zip(starts, groups, strict=True)])


def _time_cells(whole: Cohort, endpoint: str, variables: tuple[By, ...]) -> np.ndarray:
    """Number the cells (event, level, time) of all variables, (v, n); one more for who belongs in none."""
    line, k = timeline(whole, endpoint), sum(len(strata(whole, by).levels) for by in variables)
    t = line.times.size
    none, kind = 2 * k * t, np.int32 if 2 * k * t < 2**31 else np.int64
    return np.array([np.where((line.index < 0) | (level == k), none, (line.event * k + level) * t + line.index)
                    .astype(kind) for level in _level_cells(whole, variables)])
