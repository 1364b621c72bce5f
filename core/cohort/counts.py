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
from core.language import say
from core.memo import Remembers

TOLERANCE = 1.4901161193847656e-08  # R's sqrt(.Machine$double.eps), for times and quantiles


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline:
    """An endpoint of the whole cohort.

    Attributes
    ----------
    times : float (t,), the distinct times in months
    index : int (n,), each patient's place among them, -1 where time, event or entry is missing
    event : bool (n,)
    entry : int (n,), place of the first time at which each patient is at risk; None without late entry. A patient is
        at risk at the times after entry, up to their own (R: Surv(entry, time, event))
    """

    times: np.ndarray
    index: np.ndarray
    event: np.ndarray
    entry: np.ndarray | None = None

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

    @cached_property
    def n(self) -> np.ndarray:
        """Patients per stratum."""
        return np.asarray((self.deaths + self.censored).sum(axis=1))

    @property
    def n_event(self) -> np.ndarray:
        """Events per stratum."""
        return self.deaths.sum(axis=1)

    def at_risk_at(self, times: np.ndarray) -> np.ndarray:
        """Return the number at risk at some months, (k, m): at the first time of each stratum that is not before it.

        That is how R's summary.survfit counts; with late entry it differs from who is under observation at the month.
        """
        out = np.zeros((len(self.at_risk), len(times)), int)
        for i, present in enumerate(self.present):
            at = np.searchsorted(self.times[present], np.asarray(times) - TOLERANCE)
            out[i] = np.append(self.at_risk[i, present], 0)[at]
        return out


def timeline(cohort: Cohort, endpoint: str) -> Timeline:
    """Return an endpoint's distinct times and each patient's place among them.

    Times that differ by no more than R's tolerance are one (survival::aeqSurv).

    Raises
    ------
    MappingError
        If the cohort has no such endpoint.
    """
    if endpoint not in cohort.endpoints:
        raise MappingError(say("There is no endpoint {endpoint} in this cohort.", endpoint=f"{endpoint!r}"),
                           say("Choose one of: {endpoints}.",
                               endpoints=", ".join(cohort.endpoints) or say("none is mapped")))
    return cohort.whole.remember(("timeline", endpoint), lambda: _timeline(cohort.whole, endpoint))


def _timeline(whole: Cohort, endpoint: str) -> Timeline:
    time = whole.table[schema.time_column(endpoint)].to_numpy(dtype=float)
    event = whole.table[schema.event_column(endpoint)].to_numpy(dtype=float)
    known = ~(np.isnan(time) | np.isnan(event))
    entry = entry_months(whole, endpoint)
    if entry is not None:
        with np.errstate(invalid="ignore"):
            known &= entry < time - TOLERANCE
    distinct, index = distinct_times(time, known)
    return Timeline(times=distinct, index=index, event=np.where(known, event, 0).astype(bool),
                    entry=None if entry is None else _first_at_risk(distinct, np.where(known, entry, 0.0)))


def _first_at_risk(times: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """Return the place of the first of the times that is later than each patient's entry, int (n,)."""
    return np.searchsorted(times, entry + TOLERANCE, side="right")


def entry_months(cohort: Cohort, endpoint: str) -> np.ndarray | None:
    """Return when each patient comes under observation, in months (n of the whole,); None without late entry."""
    column = schema.entry_column(endpoint)
    return cohort.whole.table[column].to_numpy(dtype=float) if column in cohort.whole.table else None


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
    at_risk = np.cumsum((censored + deaths)[:, ::-1], axis=1)[:, ::-1]
    if line.entry is not None:
        entering = counted(cohort.whole, rows, ("entries", endpoint, by), lambda: entry_cells(line, groups.codes, k),
                           k * t + 1)[:-1].reshape(k, t)
        at_risk = at_risk - not_yet_at_risk(entering)[:, has_any]
    return Counts(
        endpoint=endpoint, strata=groups, times=line.times[has_any], deaths=deaths, censored=censored,
        at_risk=at_risk, missing_endpoint=int(cells[-1]), missing_stratum=int(cells[-2]),
    )


def _cells(line: Timeline, groups: Strata) -> np.ndarray:
    """Number each patient's cell of the table (event, stratum, time); two more for who belongs in none.

    The last but one holds those without a stratum, the last those without a time or event.
    """
    k, t = len(groups.levels), line.times.size
    cell = (line.event * k + groups.codes) * t + line.index
    cell = np.where(line.index < 0, 2 * k * t + 1, np.where(groups.codes < 0, 2 * k * t, cell))
    return cell.astype(np.int32 if 2 * k * t + 2 < 2**31 else np.int64)


def entry_cells(line: Timeline, codes: np.ndarray, k: int) -> np.ndarray:
    """Number each patient's cell (stratum, first time at risk), (n,); one more for who belongs in none.

    Parameters
    ----------
    line : with late entry
    codes : int (n,), the stratum of each patient, outside of 0 ... k - 1 where there is none
    """
    if line.entry is None:
        raise ValueError("an endpoint without late entry")
    inside = (line.index >= 0) & (codes >= 0) & (codes < k)
    return np.where(inside, codes * line.times.size + line.entry, k * line.times.size)


def not_yet_at_risk(entering: np.ndarray) -> np.ndarray:
    """Return how many enter only after each time, (k, t), from how many are first at risk at each time."""
    return np.asarray(entering.sum(axis=1, keepdims=True) - np.cumsum(entering, axis=1))
