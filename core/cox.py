"""Cox regression of one or several covariates, as R's coxph: stratified, by either rule of ties, or Firth-penalised."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from core.adequacy import BEYOND, model_reason, own_reason
from core.cohort import Cohort
from core.concordance import concordance
from core.counts import Timeline, strata, timeline
from core.cox_fit import Fit, fit
from core.design import Column, Form, columns_of, form_of
from core.errors import NotEstimable
from core.firth import Penalised, penalised
from core.format import plural
from core.p_values import chi_square_p, two_sided_p
from core.partial_likelihood import Ties
from core.product_limit import Z95
from core.schema import ARM
from core.zph import proportional_hazards

_NEW = 1e-8  # of a column's length that the columns before it do not give
_FIGURES = ("coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value")


@dataclass(frozen=True, kw_only=True)
class CoxOptions:
    """How covariates enter, and how the model is fitted.

    Attributes
    ----------
    forms : covariate and form, for numbers: per unit unless asked otherwise
    references : covariate and the level that the others are compared with; the mapping's unless asked otherwise
    within : covariates whose levels have baseline hazards of their own (a stratified model)
    firth : penalise the likelihood
    """

    forms: tuple[tuple[str, Form], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    within: tuple[str, ...] = ()
    ties: Ties = "efron"
    firth: bool = False

    @classmethod
    def of(cls, *, forms: Mapping[str, Form] | None = None, references: Mapping[str, str] | None = None,
           within: Sequence[str] = (), ties: Ties = "efron", firth: bool = False) -> CoxOptions:
        """Make options from mappings."""
        return cls(forms=tuple((forms or {}).items()), references=tuple((references or {}).items()),
                   within=tuple(within), ties=ties, firth=firth)


@dataclass(frozen=True, kw_only=True, eq=False)
class CoxModel:
    """A fitted model.

    Attributes
    ----------
    terms : term, level, reference, n, n_event (of the level), coef, std_error, hazard_ratio,
        conf_low, conf_high, p_value, reason; Wald, or by the profile of the penalised likelihood; where
        `reason` says why a level cannot be estimated the numbers are NaN; a spline's parts have no ratios
    levels : term, level, n, n_event of each covariate's levels, the reference's too
    reason : why the model as a whole cannot be read, or ""
    missing_endpoint, missing_covariate : patients left out, and why
    fit : the columns' coefficients and what the tests need; None where none could be fitted
    columns : term of each fitted column, and its place in `terms`
    """

    endpoint: str
    terms: pd.DataFrame
    levels: pd.DataFrame
    n: int
    n_event: int
    missing_endpoint: int
    missing_covariate: int
    options: CoxOptions
    reason: str = ""
    fit: Fit | None = None
    columns: tuple[tuple[str, int], ...] = field(default=())

    @cached_property
    def tests(self) -> pd.DataFrame:
        """The global tests: test, statistic, df, p_value (likelihood ratio, Wald, score)."""
        rows = [] if self.fit is None else self.fit.tests()
        return pd.DataFrame([(n, s, df, chi_square_p(s, df)) for n, s, df in rows],
                            columns=["test", "statistic", "df", "p_value"])

    @cached_property
    def zph(self) -> pd.DataFrame:
        """The test of proportional hazards: term, statistic, df, p_value, last row GLOBAL (R: cox.zph)."""
        if self.fit is None:
            return pd.DataFrame(columns=["term", "statistic", "df", "p_value"])
        return proportional_hazards(self.fit, [term for term, _ in self.columns])

    def joint(self, term: str) -> tuple[float, int, float]:
        """Return Wald's test of all of a term's columns: statistic, df, p; NaN where none were fitted."""
        places = [i for i, (key, _) in enumerate(self.columns) if key == term]
        if self.fit is None or not places:
            return math.nan, 0, math.nan
        beta, variance = self.fit.coef[places], self.fit.variance[np.ix_(places, places)]
        statistic = float(beta @ np.linalg.solve(variance, beta))
        return statistic, len(places), chi_square_p(statistic, len(places))

    @cached_property
    def concordance(self) -> tuple[float, float]:
        """Harrell's concordance and its standard error (R: coxph's)."""
        if self.fit is None:
            return math.nan, math.nan
        sets = self.fit.sets
        return concordance(self.fit.best.eta, sets.index, sets.event, sets.stratum)


def cox(cohort: Cohort, *, endpoint: str, covariates: Sequence[str] = (ARM,),
        options: CoxOptions | None = None) -> CoxModel:
    """Fit a model of one or several covariates (R: coxph on complete cases).

    Categorical covariates enter by level against their reference, numbers per unit unless the options say
    otherwise. Patients with any covariate missing are left out and counted.

    Raises
    ------
    NotEstimable
        If no covariate is given, none varies, or no patient or no event is left.
    """
    options = options or CoxOptions()
    if not covariates:
        raise NotEstimable("A model needs a covariate.", f"Choose from: {', '.join(cohort.variables)}.")
    forms, references = dict(options.forms), dict(options.references)
    columns = [column for key in covariates if key not in options.within
               for column in columns_of(cohort, key, form_of(cohort, key, forms.get(key)), references.get(key, ""))]
    if not columns:
        raise NotEstimable("No covariate is left: each has a single level, or a baseline hazard per level.",
                           "Choose one that varies.")
    line = timeline(cohort, endpoint)
    here = cohort.rows & (line.index >= 0)
    inside = _stratum(cohort, options.within)
    known = ~np.isnan(np.column_stack([c.values for c in columns])).any(axis=1) & (inside >= 0)
    complete = here & known
    n, n_event = int(complete.sum()), int(line.event[complete].sum())
    if not n_event:
        raise NotEstimable(f"No {endpoint} event among {plural(n, 'patient')} with all covariates known.",
                           "Take a covariate or a filter away.")
    levels = _levels(cohort, columns, line, complete)
    model = CoxModel(endpoint=endpoint, terms=_frame(columns, levels, n, n_event), n=n, n_event=n_event,
                     levels=levels, missing_endpoint=cohort.n - int(here.sum()),
                     missing_covariate=int(here.sum()) - n, options=options)
    return _fitted(model, columns, line, complete, inside)


def univariable(cohort: Cohort, *, endpoint: str, covariates: Sequence[str],
                options: CoxOptions | None = None) -> dict[str, CoxModel | NotEstimable]:
    """Fit each covariate by itself, on the patients who have it; what cannot be fitted says why."""
    found: dict[str, CoxModel | NotEstimable] = {}
    for key in covariates:
        try:
            found[key] = cox(cohort, endpoint=endpoint, covariates=(key,), options=options)
        except NotEstimable as error:
            found[key] = error
    return found


def _stratum(cohort: Cohort, within: tuple[str, ...]) -> np.ndarray:
    """Number the combinations of levels that have baseline hazards of their own, (n,); -1 where missing."""
    out = np.zeros(len(cohort.rows), int)
    for key in within:
        codes = strata(cohort, key).codes
        out = np.where((out < 0) | (codes < 0), -1, out * (int(codes.max(initial=0)) + 1) + codes)
    return out


def _levels(cohort: Cohort, columns: list[Column], line: Timeline, complete: np.ndarray) -> pd.DataFrame:
    """Count patients and events of every level, in the levels' order."""
    rows = []
    events = complete & line.event
    for key in dict.fromkeys(c.term for c in columns if c.reference):
        groups = strata(cohort, key)
        n, dead = (np.bincount(np.compress(some, groups.codes), minlength=len(groups.levels))
                   for some in (complete, events))
        rows += [(key, level, int(a), int(b)) for level, a, b in zip(groups.levels, n, dead, strict=True)]
    return pd.DataFrame(rows, columns=["term", "level", "n", "n_event"])


def _frame(columns: list[Column], levels: pd.DataFrame, n: int, n_event: int) -> pd.DataFrame:
    """Begin the table of terms: who is in each."""
    inside = {(term, level): (a, b) for term, level, a, b in levels.itertuples(index=False)}
    rows = [(c.term, c.level, c.reference, *(inside[c.term, c.level] if c.reference else (n, n_event)))
            for c in columns]
    return pd.DataFrame(rows, columns=["term", "level", "reference", "n", "n_event"])


def _fitted(model: CoxModel, columns: list[Column], line: Timeline, complete: np.ndarray,
            inside: np.ndarray) -> CoxModel:
    """Fit the columns that can be; say of each other one why not."""
    used, reasons = _levels_with_events(columns, model.terms, complete, keep_empty=model.options.firth)
    kept = _independent(columns, used, reasons)
    figures = np.full((len(_FIGURES), len(columns)), math.nan)
    reason = model_reason(len(kept), int(line.event[used].sum()))
    found = None
    if kept and not reason:
        arguments = (line.index[used], line.event[used], np.column_stack([columns[i].values[used] for i in kept]))
        within = inside[used] if model.options.within else None
        if model.options.firth:
            figures[:, kept] = _penalised(penalised(*arguments, stratum=within, ties=model.options.ties))
        else:
            found = fit(*arguments, stratum=within, ties=model.options.ties)
            figures[:, kept] = _wald(found)
            for place in np.flatnonzero(found.diverged):
                reasons[kept[place]] = reasons[kept[place]] or \
                    "the hazard ratio has no finite value (monotone likelihood)"
    for i in kept:
        if columns[i].part:
            figures[2:5, i] = math.nan  # no hazard ratio by itself
        elif not reasons[i] and abs(figures[0, i]) > BEYOND:
            reasons[i] = "the hazard ratio per unit is beyond 1000: take a larger unit, a doubling or a cut" \
                if not columns[i].reference else "the hazard ratio is beyond 1000: hardly anything holds it"
    reasons = [r or reason for r in reasons]
    figures[:, [bool(r) for r in reasons]] = math.nan
    usable = found is not None and not found.diverged.any()
    return replace(model, terms=model.terms.assign(**dict(zip(_FIGURES, figures, strict=True)), reason=reasons),
                   reason=reason, fit=found if usable else None,
                   columns=tuple((columns[i].term, i) for i in kept))


def _wald(found: Fit) -> np.ndarray:
    coef, error = found.coef, found.std_error
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        ratio, low, high = (np.exp(coef + z * error) for z in (0, -Z95, Z95))
        p = [two_sided_p(c / e) for c, e in zip(coef, error, strict=True)]
    return np.array([coef, error, ratio, low, high, p])


def _penalised(found: Penalised) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.array([found.coef, found.std_error, np.exp(found.coef), np.exp(found.low), np.exp(found.high),
                         found.p_value])


def _levels_with_events(columns: list[Column], terms: pd.DataFrame, complete: np.ndarray, *,
                        keep_empty: bool) -> tuple[np.ndarray, list[str]]:
    """Return who the model is fitted on, and why a level has no hazard ratio.

    A level without events has a coefficient of minus infinity: its patients weigh nothing in any
    risk set, so the others are fitted without them. With `keep_empty` (Firth) it has a finite one.
    """
    reasons = [""] * len(columns)
    used = complete.copy()
    for i, (column, n, events) in enumerate(zip(columns, terms.n.tolist(), terms.n_event.tolist(), strict=True)):
        if column.reference and not (keep_empty and n):
            reasons[i] = own_reason(column.level, n, events)
            if not events:
                used &= ~(column.values == 1)
    return used, reasons


def _independent(columns: list[Column], used: np.ndarray, reasons: list[str]) -> list[int]:
    """Return the columns to fit; say of one that follows from those before it that it does."""
    values = np.column_stack([c.values[used] for c in columns])
    length = np.sqrt(np.maximum(values.var(axis=0), 0) * len(values))
    varies = length > 1e-12 * np.abs(values).max(axis=0, initial=0) * math.sqrt(max(len(values), 1))
    for i in np.flatnonzero(~varies):
        reasons[i] = reasons[i] or f"{_named(columns[i])} does not vary in these patients"
    kept = np.flatnonzero(varies).tolist()
    centred = (values[:, kept] - values[:, kept].mean(axis=0)) / length[kept]
    while True:  # what is left of a column beside those before it stands on R's diagonal
        left = np.abs(np.diag(np.linalg.qr(centred, mode="r")))
        left = np.append(left, np.zeros(len(kept) - left.size))
        follows = next((i for i, v in enumerate(left) if v <= _NEW), None)
        if follows is None:
            return kept
        reasons[kept[follows]] = f"{_named(columns[kept[follows]])} follows from the terms before it"
        kept.pop(follows)
        centred = np.delete(centred, follows, axis=1)


def _named(column: Column) -> str:
    return column.level if column.reference else column.term
