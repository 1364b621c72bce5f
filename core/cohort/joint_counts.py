"""Counts of the filtered patients by several variables' levels, one variable after the other.

With few patients the number of calls determines the cost, so all variables are counted in one call. With many, each
variable is counted by itself, and any choice of variables reuses its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.counts import entry_cells, not_yet_at_risk, timeline
from core.cohort.strata import counted, strata

By = str | tuple[str | None, ...]
_MANY = 20_000  # patients


def counts_over_time(cohort: Cohort, endpoint: str,
                     variables: tuple[By, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return deaths and number at risk by the levels of all variables, float (cells, t), and patients, int (cells,).

    The times are the whole cohort's. The levels of the variables follow each other; the last row is a cell without
    patients.
    """
    line = timeline(cohort, endpoint)
    times = line.times.size
    cells = sum(len(strata(cohort, by).levels) for by in variables)
    deaths, leaving = np.zeros((2, cells + 1, times))
    waiting = np.zeros((cells + 1, times)) if line.entry is not None else None
    start = 0
    for counted_at_once, size in _batches(cohort, variables):
        rows = slice(start, start := start + size)
        counts = counted(cohort.whole, cohort.rows, ("times", endpoint, counted_at_once),
                         partial(_time_cells, cohort.whole, endpoint, counted_at_once), 2 * size * times + 1)
        censored, deaths[rows] = counts[:-1].reshape(2, size, times)
        np.add(censored, deaths[rows], out=leaving[rows])
        if waiting is not None:
            entering = counted(cohort.whole, cohort.rows, ("entries of all", endpoint, counted_at_once),
                               partial(_entry_cells, cohort.whole, endpoint, counted_at_once), size * times + 1)
            waiting[rows] = not_yet_at_risk(entering[:-1].reshape(size, times))
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    return deaths, at_risk if waiting is None else at_risk - waiting, leaving.sum(axis=1).astype(int)


def level_counts_by_group(cohort: Cohort, by: str | None, keys: Sequence[str]) -> list[np.ndarray]:
    """Count the filtered patients by level and group of each of some variables, int (levels, groups) each."""
    groups, out = len(strata(cohort, by).levels), []
    for counted_at_once, size in _batches(cohort, tuple((by, key) for key in keys)):
        counts = counted(cohort.whole, cohort.rows, ("levels of all", counted_at_once),
                         partial(_level_cells, cohort.whole, counted_at_once), size + 1)
        ends = np.cumsum([len(strata(cohort, pair).levels) for pair in counted_at_once])
        out += [part.reshape(groups, -1).T for part in np.split(counts[:-1], ends[:-1])]
    return out


def _batches(cohort: Cohort, variables: tuple[By, ...]) -> list[tuple[tuple[By, ...], int]]:
    """Return which variables are counted at once, and how many levels they have."""
    batches = [(by,) for by in variables] if cohort.rows.size >= _MANY else [variables] if variables else []
    return [(batch, sum(len(strata(cohort, by).levels) for by in batch)) for batch in batches]


def _level_cells(whole: Cohort, variables: tuple[By, ...]) -> np.ndarray:
    """Number the levels of all variables consecutively, (v, n); one further number stands for a missing value."""
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


def _entry_cells(whole: Cohort, endpoint: str, variables: tuple[By, ...]) -> np.ndarray:
    """Number the cells (level, first time at risk) of all variables, (v, n); one more for who belongs in none."""
    line, k = timeline(whole, endpoint), sum(len(strata(whole, by).levels) for by in variables)
    return np.array([entry_cells(line, level, k) for level in _level_cells(whole, variables)])
