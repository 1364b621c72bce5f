"""The engine's table: deaths and number at risk by distinct time and stratum.

Everything that the board shows of survival follows from it. Times are put in order once per whole
cohort and endpoint, strata once per variable; a filtered cohort then costs two `bincount`s and a
reversed cumulative sum, whatever is computed from them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from core import schema
from core.cohort import Cohort
from core.errors import MappingError, NotEstimable
from core.format import exact
from core.memory import Remembers
from core.schema import Cut

MOST_DISTINCT = 12  # values of a number that are strata by themselves
_NAMED = 8  # strata that are named one by one
ALL_PATIENTS = "All patients"
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
class Strata:
    """Who is in which stratum of the whole cohort: `codes` (n,), -1 where missing."""

    by: str | tuple[str | None, ...] | None
    label: str
    levels: tuple[str, ...]
    codes: np.ndarray


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


def strata(cohort: Cohort, by: str | tuple[str | None, ...] | None) -> Strata:
    """Return the strata of a variable: its levels, a number's cuts (else its median), or one.

    Of several variables: their combinations, the last one's levels running fastest.
    """
    make: Any = _crossed if isinstance(by, tuple) else _strata
    return cohort.whole.remember(("strata", by), lambda: make(cohort.whole, by))


def _crossed(whole: Cohort, by: tuple[str | None, ...]) -> Strata:
    parts = [strata(whole, key) for key in by]
    sizes = tuple(len(p.levels) for p in parts)
    known = np.all([p.codes >= 0 for p in parts], axis=0)
    codes = np.ravel_multi_index(tuple(np.where(known, p.codes, 0) for p in parts), sizes) if all(sizes) else -1
    return Strata(by=by, label=" by ".join(p.label for p in parts), codes=np.where(known, codes, -1),
                  levels=tuple(", ".join(names) for names in product(*(p.levels for p in parts))))


def _strata(whole: Cohort, by: str | None) -> Strata:
    if by is None:
        return Strata(by=None, label=ALL_PATIENTS, levels=(ALL_PATIENTS,),
                      codes=np.zeros(len(whole.table), int))
    variable = whole.variable(by)
    values = whole.values(by)
    if variable.kind == "categorical":
        return Strata(by=by, label=variable.label, levels=whole.levels(by),
                      codes=values.cat.codes.to_numpy(dtype=int))
    number_of = values.to_numpy(dtype=float)
    if np.isnan(number_of).all():
        raise NotEstimable(f"{variable.label} is missing in every patient.", "Choose another variable.")
    levels: tuple[str, ...]
    if variable.kind == "grade":
        codes, levels = (number_of > 0).astype(int), (f"no {variable.label}", variable.label)
    else:
        codes, levels = cut_codes(number_of, cuts_of(whole, by))
        if not variable.cuts:
            levels = tuple(f"{level} (median)" for level in levels)
    return Strata(by=by, label=variable.label, levels=levels,
                  codes=np.where(np.isnan(number_of), -1, codes))


def stratification(cohort: Cohort, key: str) -> Strata:
    """Return the strata of a variable that a test or model is stratified by (R: strata()).

    Levels as they are; of a number its distinct values where they are few, else the mapping's cuts.

    Raises
    ------
    NotEstimable
        If a number has many values and no cut: how it would be cut is not for the app to choose.
    """
    return cohort.whole.remember(("stratification", key), lambda: _stratification(cohort.whole, key))


def _stratification(whole: Cohort, key: str) -> Strata:
    variable = whole.variable(key)
    if variable.kind != "numeric":
        return strata(whole, key)
    values = whole.values(key).to_numpy(dtype=float)
    distinct, codes = np.unique(values[~np.isnan(values)], return_inverse=True)
    if not distinct.size:
        return strata(whole, key)  # which says that it is missing in every patient
    if distinct.size <= MOST_DISTINCT:
        places = np.full(values.size, -1)
        places[~np.isnan(values)] = codes
        return Strata(by=key, label=variable.label, levels=tuple(exact(v) for v in distinct), codes=places)
    if variable.cuts:
        return strata(whole, key)
    raise NotEstimable(f"{variable.label} is a number with {distinct.size:,} different values and no cut-point: it "
                       "makes no strata.", "Give it cut-points on the Cohort page, or choose what has levels.")


def stratified_by(cohort: Cohort, keys: Iterable[str]) -> str:
    """Name what a result is stratified by, with the strata: `Grade (1, 2, 3); Centre (A, B)`."""
    named = []
    for key in keys:
        levels = stratification(cohort, key).levels
        rest = f", … {len(levels)} in all" if len(levels) > _NAMED else ""
        named.append(f"{cohort.variable(key).label} ({', '.join(levels[:_NAMED])}{rest})")
    return "; ".join(named)


def number_of_strata(cohort: Cohort, by: str) -> int:
    """Return how many strata a variable makes; 0 where it is missing in every patient."""
    try:
        return len(strata(cohort, by).levels)
    except NotEstimable:
        return 0


def baseline_groups(cohort: Cohort, *, most: int, least: int = 2) -> list[str]:
    """Return the arm and the factors known at time zero that make so many strata: what a comparison is offered by."""
    return [k for k, v in cohort.variables.items() if k == schema.ARM or (
        v.known == "baseline" and v.kind != "grade" and least <= number_of_strata(cohort, k) <= most)]


def cuts_of(whole: Cohort, key: str) -> tuple[Cut, ...]:
    """Return a number's cuts in order; the whole cohort's median, shortly written, where it has none."""
    cuts = whole.variable(key).cuts
    return in_order(cuts) if cuts else (Cut(_median(whole.values(key).to_numpy(dtype=float)), "right"),)


def in_order(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """Return cuts from the lowest on; of two at one value first the one that leaves the value above it."""
    return tuple(sorted(cuts, key=lambda c: (c.at, c.closed)))


def _median(values: np.ndarray) -> float:
    """Return a number with few digits that parts the values as their median does, so that a label tells all of it."""
    known = values[~np.isnan(values)]
    median = float(np.median(known))
    above = known[known > median]
    if not above.size:
        return median
    lowest, end = float(known[known <= median].max()), float(above.min())
    return next((v for decimals in range(-6, 16) if lowest <= (v := round(median, decimals)) < end), median)


def cut_codes(values: np.ndarray, cuts: tuple[Cut, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return each value's interval and the intervals' labels; each cut says which side is closed."""
    cuts = in_order(cuts)
    below = [f"{'≤' if c.closed == 'right' else '<'} {exact(c.at)}" for c in cuts]
    above = [f"{'>' if c.closed == 'right' else '≥'} {exact(c.at)}" for c in cuts]
    between = [f"{a} to {b}" for a, b in zip(above, below[1:], strict=False)]
    return interval_codes(values, cuts), (below[0], *between, above[-1])


def interval_codes(values: np.ndarray, cuts: Sequence[Cut]) -> np.ndarray:
    """Return how many cuts lie below each value, int (n,): the place of its interval; NaN is in the first."""
    codes = np.zeros(values.size, int)
    for cut in cuts:
        codes += (values > cut.at) if cut.closed == "right" else (values >= cut.at)
    return codes


def count(cohort: Cohort, endpoint: str, by: str | None) -> Counts:
    """Return the table of a filtered cohort; made once and held by it."""
    return cohort.remember(("counts", endpoint, by), lambda: _count(cohort, endpoint, by, cohort.rows))


def count_within(cohort: Cohort, endpoint: str, by: str | None, within: tuple[str, ...]) -> list[Counts]:
    """Return a table per combination of the levels of some variables that has patients.

    Patients with any of these missing are in none.
    """
    whole = [stratification(cohort, key).codes for key in within]
    known = cohort.rows & np.all([codes >= 0 for codes in whole], axis=0)
    cell = np.ravel_multi_index(tuple(np.where(known, c, 0) for c in whole),
                                tuple(int(c.max()) + 1 for c in whole))
    return [_count(cohort, endpoint, by, known & (cell == c)) for c in np.unique(cell[known])]


def _count(cohort: Cohort, endpoint: str, by: str | None, rows: np.ndarray) -> Counts:
    line, groups = timeline(cohort, endpoint), strata(cohort, by)
    k, t = len(groups.levels), line.times.size
    found = counted(cohort.whole, rows, ("cells", endpoint, by), lambda: _cells(line, groups), 2 * k * t + 2)
    left = found[:-2].reshape(2, k, t)
    some = left.any(axis=(0, 1))
    censored, deaths = left if some.all() else left[:, :, some]
    return Counts(
        endpoint=endpoint, strata=groups, times=line.times[some], deaths=deaths, censored=censored,
        at_risk=np.cumsum((censored + deaths)[:, ::-1], axis=1)[:, ::-1],
        missing_endpoint=int(found[-1]), missing_stratum=int(found[-2]),
    )


def counted(whole: Cohort, rows: np.ndarray, name: tuple[Hashable, ...], make: Callable[[], np.ndarray],
            size: int) -> np.ndarray:
    """Count some patients by cell, (size,): they themselves, or all less the others, whichever are fewer.

    Parameters
    ----------
    rows : bool (n of the whole cohort,), who is counted
    name, make : the patients' cells, int (n,) or several (v, n), by what they are remembered, and how they are made
    """
    cells = whole.remember(name, make)

    def count_of(some: np.ndarray) -> np.ndarray:  # compress is six times as fast as cells[..., some]
        return np.bincount(np.compress(some, cells, axis=-1).ravel(), minlength=size)
    if 2 * np.count_nonzero(rows) < rows.size:
        return count_of(rows)
    return whole.remember((*name, "counted"), lambda: np.bincount(cells.ravel(), minlength=size)) - count_of(~rows)


def _cells(line: Timeline, groups: Strata) -> np.ndarray:
    """Number each patient's cell of the table (event, stratum, time); two more for who belongs in none.

    The last but one holds those without a stratum, the last those without a time or event.
    """
    k, t = len(groups.levels), line.times.size
    cell = (line.event * k + groups.codes) * t + line.index
    cell = np.where(line.index < 0, 2 * k * t + 1, np.where(groups.codes < 0, 2 * k * t, cell))
    return cell.astype(np.int32 if 2 * k * t + 2 < 2**31 else np.int64)


def level_counts(cohort: Cohort, key: str | tuple[str | None, ...] | None) -> np.ndarray:
    """Return how many of the filtered patients have each level of a variable, (levels,)."""
    groups = strata(cohort, key)
    return cohort.remember(("level counts", key), lambda: counted(
        cohort.whole, cohort.rows, ("levels", key), lambda: (groups.codes + 1).astype(np.int32),
        len(groups.levels) + 1)[1:])
