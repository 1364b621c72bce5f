"""A covariate's columns in a model: levels, a number per unit or per doubling, cut, or as a spline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.cohort import Cohort, reference_place, strata, timeline
from core.errors import MappingError, NotEstimable
from core.language import say
from core.options import takes_options
from core.statistics import spline_basis

Form = Literal["levels", "linear", "log2", "cut", "spline"]
FORMS: dict[Form, str] = {"linear": "per unit", "log2": "per doubling", "cut": "cut", "spline": "spline"}
_KNOTS = (0.05, 0.35, 0.65, 0.95)  # Harrell's, for four


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column of the design.

    Attributes
    ----------
    source : (n of the whole cohort,), numbers, NaN where missing; or a level's codes, -1 where missing
    code : the level's code; None where the numbers are meant
    log2 : the numbers' logarithms are meant
    part : one of several that mean something only together, as a spline's do
    """

    term: str
    level: str
    reference: str
    source: np.ndarray
    code: int | None = None
    log2: bool = False
    part: bool = False

    def of(self, patients: np.ndarray) -> np.ndarray:
        """Return the column of some patients, by place or by a mask, float (m,)."""
        values = self.source[patients]
        if self.code is not None:
            return (values == self.code).astype(float)
        return np.log2(values) if self.log2 else values


def design_of(columns: list[Column], patients: np.ndarray) -> np.ndarray:
    """Return some patients' columns, by place, float (m, p), by column in memory."""
    return _filled(columns, patients.size, lambda column: column.source[patients])


def design_in_order(cohort: Cohort, endpoint: str, columns: list[Column], rows: np.ndarray | None) -> np.ndarray:
    """Return the columns of an endpoint's patients, latest first, float (m, p); `rows`: bool, which of these, or all.

    Sorted columns are cached, except those of a spline, which depend on the filter.
    """
    order, *_ = timeline(cohort, endpoint).latest_first

    def values_of(column: Column) -> np.ndarray:
        ordered = _ordered(cohort, endpoint, column, order)
        return ordered if rows is None else np.compress(rows, ordered)
    return _filled(columns, order.size if rows is None else int(np.count_nonzero(rows)), values_of)


def _filled(columns: list[Column], n: int, values_of: Callable[[Column], np.ndarray]) -> np.ndarray:
    """Fill a design of n patients, each variable's values looked up once for all of its levels."""
    out = np.empty((len(columns), n))
    source, values = None, out
    for column_values, column in zip(out, columns, strict=True):
        if source is not column.source:
            source, values = column.source, values_of(column)
        if column.code is not None:
            np.equal(values, column.code, out=column_values)
        elif column.log2:
            np.log2(values, out=column_values)
        else:
            column_values[:] = values
    return out.T


def _ordered(cohort: Cohort, endpoint: str, column: Column, order: np.ndarray) -> np.ndarray:
    if column.part:
        return column.source[order]
    few = column.code is not None and int(column.source.max(initial=0)) < 128
    return cohort.whole.remember(("latest first", endpoint, column.term, column.code is None),
                                 lambda: column.source[
        order].astype(np.int8 if few else column.source.dtype))


def missing(cohort: Cohort, key: str) -> np.ndarray | None:
    """Return in which patients of the whole cohort a variable is missing, bool (n,); None if in nobody."""
    def find() -> np.ndarray | None:
        absent = cohort.whole.values(key).isna().to_numpy()
        return absent if absent.any() else None
    return cohort.whole.remember(("missing", key), find)


@takes_options
def form_of(cohort: Cohort, key: str, asked: Form | None = None) -> Form:
    """Return how a covariate enters: as asked where it can, else by levels, or per unit."""
    categorical = cohort.variable(key).kind == "categorical"
    return "levels" if categorical else asked if asked and asked != "levels" else "linear"


def default_form(cohort: Cohort, key: str) -> Form:
    """Return a covariate's form in a screen: levels, per doubling if on a log scale and positive, else per unit."""
    variable = cohort.variable(key)
    if variable.kind == "categorical":
        return "levels"
    return "log2" if variable.log and _positive(cohort.whole, key) else "linear"


@takes_options
def columns_of(cohort: Cohort, key: str, form: Form, reference: str = "") -> list[Column]:
    """Return a covariate's columns.

    Parameters
    ----------
    reference : the level that the others are compared with; "" for the mapping's

    Raises
    ------
    NotEstimable
        If a number has no logarithm, or too few values for a spline.
    MappingError
        If there is no such level.
    """
    if form in ("levels", "cut"):
        return _levels(cohort, key, reference)
    if form == "log2" and not _positive(cohort.whole, key) and (cohort.values(key)[cohort.rows] <= 0).any():
        raise NotEstimable(say("{label} has values of 0 or less: no ratio per doubling exists.",
                               label=cohort.variable(key).label),
                           say("Choose “per unit” or “cut” for it."))
    if form in ("linear", "log2"):
        return cohort.whole.remember(("columns", key, form), lambda: [
            Column(term=key, level=FORMS["log2"] if form == "log2" else "", reference="", log2=form == "log2",
                   source=cohort.values(key).to_numpy(dtype=float))])
    basis = spline_basis(cohort.values(key).to_numpy(dtype=float), knots(cohort, key))
    names = ("linear part", "nonlinear part", "nonlinear part, second")
    return [Column(term=key, level=name, reference="", source=column, part=True)
            for name, column in zip(names, basis.T, strict=True)]


def _positive(whole: Cohort, key: str) -> bool:
    """Tell whether all of the whole cohort's numbers have a logarithm."""
    return whole.remember(("positive", key), lambda: not bool((whole.values(key) <= 0).any()))


def _levels(cohort: Cohort, key: str, reference: str) -> list[Column]:
    groups = strata(cohort, key)
    if reference and reference not in groups.levels:
        raise MappingError(say("{label} has no level {reference}.", label=groups.label, reference=f"{reference!r}"),
                           say("Choose from: {levels}.", levels=', '.join(groups.levels)))
    place = groups.levels.index(reference) if reference else reference_place(cohort, key, groups.levels)
    return cohort.whole.remember(("columns", key, place), lambda: [
        Column(term=key, level=level, reference=groups.levels[place], source=groups.codes, code=i)
        for i, level in enumerate(groups.levels) if i != place])


def knots(cohort: Cohort, key: str) -> np.ndarray:
    """Return a spline's four knots: the quantiles 5, 35, 65 and 95 % of the filtered patients (R: quantile, type 7)."""
    values = cohort.values(key).to_numpy(dtype=float)[cohort.rows]
    values = values[~np.isnan(values)]
    places = np.quantile(values, _KNOTS) if values.size else np.zeros(4)
    if np.unique(places).size < len(_KNOTS):
        raise NotEstimable(say("{label} has too few different values for a spline.", label=cohort.variable(key).label),
                           say("Choose “per unit” or “cut” for it."))
    return np.asarray(places)


