"""The engine's table: deaths and number at risk by distinct time and stratum.

Everything that the board shows of survival follows from it. Times are put in order once per whole
cohort and endpoint, strata once per variable; a filtered cohort then costs two `bincount`s and a
reversed cumulative sum, whatever is computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core import schema
from core.cohort.cohort import Cohort
from core.cohort.strata import Strata, counted, strata, stratification
from core.errors import MappingError
from core.memo import Remembers

TOLERANCE = 1.4901161193847656e-08  # R's sqrt(.Machine$double.eps), for times and quantiles


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline:
    """An endpoint of the whole cohort: `index` (n,) into the distinct `times`, -1 where missing."""

    times: np.ndarray
    index: np.ndarray
    event: np.ndarray

    @cached_property
    def latest_first(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The patients whose time and event are known, latest first, and of one time the events first, (m,).

        Their places, and their `index` and `event`.
        """
        known = np.flatnonzero(self.index >= 0)
        order = known[np.argsort(-(2 * self.index[known] + self.event[known]), kind="stable")]
        return order, self.index[order], self.event[order]


@dataclass(frozen=True, kw_only=True, eq=False)
class Counts(Remembers):
    """Deaths, censored and at risk, each (k strata, t distinct times), of a filtered cohort."""

    endpoint: str
    strata: Strata
    times: np.ndarray
    deaths: np.ndarray
    censored: np.ndarray
    at_risk: np.ndarray
    missing_endpoint: int
    missing_stratum: int

    @cached_property
    def present(self) -> np.ndarray:
        """Which strata have someone leave at which time, bool (k, t)."""
        return np.asarray(self.deaths + self.censored > 0)

    @property
    def n(self) -> np.ndarray:
        """Patients per stratum."""
        return self.at_risk[:, 0] if self.times.size else np.zeros(len(self.strata.levels), int)

    @property
    def n_event(self) -> np.ndarray:
        """Events per stratum."""
        return self.deaths.sum(axis=1)


def timeline(cohort: Cohort, endpoint: str) -> Timeline:
    """Return an endpoint's distinct times and each patient's place among them.

    Times that differ by no more than R's tolerance are one (survival::aeqSurv).

    Raises
    ------
    MappingError
        If the cohort has no such endpoint.
    """
    if endpoint not in cohort.endpoints:
        raise MappingError(f"There is no endpoint {endpoint!r} in this cohort.",
                           f"Choose one of: {', '.join(cohort.endpoints) or 'none is mapped'}.")
    return cohort.whole.remember(("timeline", endpoint), lambda: _timeline(cohort.whole, endpoint))


def _timeline(whole: Cohort, endpoint: str) -> Timeline:
    time = whole.table[schema.time_column(endpoint)].to_numpy(dtype=float)
    event = whole.table[schema.event_column(endpoint)].to_numpy(dtype=float)
    known = ~(np.isnan(time) | np.isnan(event))
    distinct, index = distinct_times(time, known)
    return Timeline(times=distinct, index=index, event=np.where(known, event, 0).astype(bool))


def distinct_times(time: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct times (survival::aeqSurv) and each patient's place among them, -1 where not known."""
    distinct = np.unique(time[known])
    if distinct.size:
        step = np.diff(distinct)
        apart = (step > TOLERANCE) & (step / np.mean(np.abs(distinct)) > TOLERANCE)
        distinct = distinct[np.concatenate([[True], apart])]
    index = np.full(time.size, -1)
    index[known] = np.searchsorted(distinct, time[known], side="right") - 1
    return distinct, index


def count(cohort: Cohort, endpoint: str, by: str | None) -> Counts:
    """Return the table of a filtered cohort; made once and held by it."""
    return cohort.remember(("counts", endpoint, by), lambda: _count(cohort, endpoint, by, cohort.rows))


def count_by_strata(cohort: Cohort, endpoint: str, by: str | None, keys: tuple[str, ...]) -> list[Counts]:
    """Return a table per combination of the levels of some variables that has patients.

    Patients with any of these missing are in none.
    """
    whole = [stratification(cohort, key).codes for key in keys]
    known = cohort.rows & np.all([codes >= 0 for codes in whole], axis=0)
    cell = np.ravel_multi_index(tuple(np.where(known, c, 0) for c in whole),
                                tuple(int(c.max()) + 1 for c in whole))
    return [_count(cohort, endpoint, by, known & (cell == c)) for c in np.unique(cell[known])]


def _count(cohort: Cohort, endpoint: str, by: str | None, rows: np.ndarray) -> Counts:
    line, groups = timeline(cohort, endpoint), strata(cohort, by)
    k, t = len(groups.levels), line.times.size
    cells = counted(cohort.whole, rows, ("cells", endpoint, by), lambda: _cells(line, groups), 2 * k * t + 2)
    left = cells[:-2].reshape(2, k, t)
    has_any = left.any(axis=(0, 1))
    censored, deaths = left if has_any.all() else left[:, :, has_any]
    return Counts(
        endpoint=endpoint, strata=groups, times=line.times[has_any], deaths=deaths, censored=censored,
        at_risk=np.cumsum((censored + deaths)[:, ::-1], axis=1)[:, ::-1],
        missing_endpoint=int(cells[-1]), missing_stratum=int(cells[-2]),
    )


def _cells(line: Timeline, groups: Strata) -> np.ndarray:
    """Number each patient's cell of the table (event, stratum, time); two more for who belongs in none.

    The last but one holds those without a stratum, the last those without a time or event.
    """
    k, t = len(groups.levels), line.times.size
    cell = (line.event * k + groups.codes) * t + line.index
    cell = np.where(line.index < 0, 2 * k * t + 1, np.where(groups.codes < 0, 2 * k * t, cell))
    return cell.astype(np.int32 if 2 * k * t + 2 < 2**31 else np.int64)


