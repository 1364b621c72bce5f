"""Which stratum each patient is in: the levels of a variable, the cuts of a number, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, cast

import numpy as np
import pandas as pd

from core import schema
from core.cohort.cohort import Cohort
from core.errors import NotEstimable
from core.format import exact
from core.language import say
from core.schema import Cut

MOST_DISTINCT = 12  # values of a number that are strata by themselves
_NAMED = 8  # strata that are named one by one
ALL_PATIENTS = "All patients"


@dataclass(frozen=True, kw_only=True, eq=False)
class Strata:
    """Who is in which stratum of the whole cohort: `codes` (n,), -1 where missing."""

    by: str | tuple[str | None, ...] | None
    label: str
    levels: tuple[str, ...]
    codes: np.ndarray


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
        return Strata(by=None, label=say(ALL_PATIENTS), levels=(say(ALL_PATIENTS),),
                      codes=np.zeros(len(whole.table), int))
    variable = whole.variable(by)
    values = whole.values(by)
    if variable.kind == "categorical":
        return Strata(by=by, label=variable.label, levels=whole.levels(by),
                      codes=values.cat.codes.to_numpy(dtype=int))
    number_of = values.to_numpy(dtype=float)
    if np.isnan(number_of).all():
        raise NotEstimable(say("{label} is missing in every patient.", label=variable.label),
                           say("Choose another variable."))
    levels: tuple[str, ...]
    if variable.kind == "grade":
        codes, levels = (number_of > 0).astype(int), (f"no {variable.label}", variable.label)
    else:
        codes, levels = cut_codes(number_of, cuts_of(whole, by))
        if not variable.cuts:
            levels = tuple(say("{level} (median)", level=level) for level in levels)
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
    raise NotEstimable(say("{label} is a number with {size} different values and no cut-point: it cannot define "
                           "strata.", label=variable.label, size=f"{distinct.size:,}"),
                       say("Set cut-points on the Cohort page, or choose a variable with levels."))


def stratified_by(cohort: Cohort, keys: Iterable[str]) -> str:
    """Name what a result is stratified by, with the strata: `Grade (1, 2, 3); Centre (A, B)`."""
    named = []
    for key in keys:
        levels = stratification(cohort, key).levels
        rest = say(", … {levels} in all", levels=len(levels)) if len(levels) > _NAMED else ""
        named.append(f"{cohort.variable(key).label} ({', '.join(levels[:_NAMED])}{rest})")
    return "; ".join(named)


def number_of_strata(cohort: Cohort, by: str) -> int:
    """Return how many strata a variable makes; 0 where it is missing in every patient."""
    try:
        return len(strata(cohort, by).levels)
    except NotEstimable:
        return 0


def baseline_groups(cohort: Cohort, *, most: int, least: int = 2) -> list[str]:
    """Return the variables offered for comparisons: the arm, and factors known at time zero with so many strata."""
    return [k for k, v in cohort.variables.items() if k == schema.ARM or (
        v.known == "baseline" and v.kind != "grade" and least <= number_of_strata(cohort, k) <= most)]


def cuts_of(whole: Cohort, key: str) -> tuple[Cut, ...]:
    """Return a number's cuts in order; the whole cohort's median, shortly written, where it has none."""
    cuts = whole.variable(key).cuts
    return in_order(cuts) if cuts else (Cut(_median(whole.values(key).to_numpy(dtype=float)), "right"),)


def in_order(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """Return cuts in ascending order; of two at the same value, first the one that puts the value above it."""
    return tuple(sorted(cuts, key=lambda c: (c.at, c.closed)))


def _median(values: np.ndarray) -> float:
    """Return a number with few digits that splits the values as their median does."""
    known = values[~np.isnan(values)]
    return shortly_split(known, float(np.median(known)))


def shortly_split(known: np.ndarray, at: float) -> float:
    """Return a number with few digits that splits known values as `at` does, so that a label shows it in full."""
    above = known[known > at]
    if not above.size:
        return at
    lowest, end = float(known[known <= at].max()), float(above.min())
    return next((v for decimals in range(-6, 16) if lowest <= (v := round(at, decimals)) < end), at)


def cut_codes(values: np.ndarray, cuts: tuple[Cut, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return each value's interval and the intervals' labels; each cut says which side is closed."""
    cuts = in_order(cuts)
    below = [f"{'≤' if c.closed == 'right' else '<'} {exact(c.at)}" for c in cuts]
    above = [f"{'>' if c.closed == 'right' else '≥'} {exact(c.at)}" for c in cuts]
    between = [f"{a} to {b}" for a, b in zip(above, below[1:], strict=False)]
    return interval_codes(values, cuts), (below[0], *between, above[-1])


def interval_codes(values: np.ndarray, cuts: Sequence[Cut]) -> np.ndarray:
    """Return how many cuts lie below each value, int (n,): the place of its interval; NaN is in the last."""
    at = {side: np.sort([c.at for c in cuts if c.closed == side]) for side in ("left", "right")}
    return np.searchsorted(at["left"], values, side="right") + np.searchsorted(at["right"], values, side="left")


def counted(whole: Cohort, rows: np.ndarray, name: tuple[Hashable, ...], make: Callable[[], np.ndarray],
            size: int) -> np.ndarray:
    """Count some patients by cell, (size,): directly, or as all less the others if the others are fewer.

    Parameters
    ----------
    rows : bool (n of the whole cohort,), who is counted
    name, make : key under which the patients' cells are cached, and function that returns them, int (n,) or (v, n)
    """
    cells = whole.remember(name, make)

    def count_of(rows_counted: np.ndarray) -> np.ndarray:  # compress is six times as fast as cells[..., some]
        return np.bincount(np.compress(rows_counted, cells, axis=-1).ravel(), minlength=size)
    if 2 * np.count_nonzero(rows) < rows.size:
        return count_of(rows)
    return whole.remember((*name, "counted"), lambda: np.bincount(cells.ravel(), minlength=size)) - count_of(~rows)


def level_counts(cohort: Cohort, key: str | tuple[str | None, ...] | None) -> np.ndarray:
    """Return how many of the filtered patients have each level of a variable, (levels,)."""
    groups = strata(cohort, key)
    return cohort.remember(("level counts", key), lambda: counted(
        cohort.whole, cohort.rows, ("levels", key), lambda: (groups.codes + 1).astype(np.int32),
        len(groups.levels) + 1)[1:])


def reference_place(cohort: Cohort, by: str, levels: tuple[str, ...]) -> int:
    """Return the place of the reference among the strata.

    The reference is the stratum that the mapping names, else the first; if a filter has emptied it, the first of those
    left to be compared.
    """
    named = cohort.variable(by).reference
    place = levels.index(named) if named in levels else 0
    left = np.flatnonzero(level_counts(cohort, by))
    return place if place in left or left.size < 2 else int(left[0])


def reference_level(cohort: Cohort, by: str | None) -> str:
    """Return the stratum that the others are compared with, "" of one curve."""
    levels = strata(cohort, by).levels if by else ()
    return levels[reference_place(cohort, by, levels)] if by and levels else ""


def categorical(codes: np.ndarray, levels: Sequence[str]) -> pd.Categorical:
    """Return levels by their codes (n,), -1 where missing, in the order given."""
    whole = codes if codes.dtype.kind == "i" else codes.astype(np.int64)
    return pd.Categorical.from_codes(cast(Any, whole), cast(Any, list(levels)), ordered=True)
