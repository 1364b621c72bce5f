"""Cox regression of one or several covariates, as R's coxph: stratified, by either rule of ties, or Firth-penalised."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from core.cohort import Cohort, strata, stratified_by, timeline
from core.errors import NotEstimable
from core.format import plural
from core.hazards.complete_cases import CompleteCases, independent, without_events
from core.hazards.design import Column, Form, columns_of, form_of
from core.hazards.estimability import (
    BEYOND,
    NO_FINITE_RATIO,
    NOT_FOUND,
    NOT_IDENTIFIED,
    TOO_FAR,
    model_reason,
    own_reason,
)
from core.hazards.proportional_hazards import proportional_hazards
from core.language import say
from core.likelihood import Fit, Penalised, RiskSets, Ties, concordance, estimable_in, fit, penalised, standardise
from core.options import Checked
from core.schema import ARM
from core.statistics import Z95, chi_square_p, two_sided_p

_FIGURES = ("coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value")


@dataclass(frozen=True, kw_only=True)
class CoxOptions(Checked):
    """How covariates enter, and how the model is fitted.

    Attributes
    ----------
    forms : covariate and form, for numbers: per unit unless asked otherwise
    references : covariate and the level that the others are compared with; the mapping's unless asked otherwise
    stratify_by : covariates whose levels have baseline hazards of their own (a stratified model)
    firth : penalise the likelihood
    """

    forms: tuple[tuple[str, Form], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    stratify_by: tuple[str, ...] = ()
    ties: Ties = "efron"
    firth: bool = False

    @classmethod
    def of(cls, *, forms: Mapping[str, Form] | None = None, references: Mapping[str, str] | None = None,
           stratify_by: Sequence[str] = (), ties: Ties = "efron", firth: bool = False) -> CoxOptions:
        """Make options from mappings."""
        return cls(forms=tuple((forms or {}).items()), references=tuple((references or {}).items()),
                   stratify_by=tuple(stratify_by), ties=ties, firth=firth)


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
    fit : the columns' coefficients and what the tests need; None where none could be fitted, or Firth's penalised
        likelihood was
    penalised : the same by Firth's
    columns : term of each fitted column, and its place in `terms`
    without_levels : covariates that have fewer than two levels, and are not in the model
    stratified_by : what the model is stratified by, with the strata, in words; "" for one baseline hazard
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
    penalised: Penalised | None = None
    columns: tuple[tuple[str, int], ...] = field(default=())
    without_levels: tuple[str, ...] = ()
    stratified_by: str = ""

    @property
    def estimate(self) -> Fit | Penalised | None:
        """The fitted columns' coefficients and variance, by whichever likelihood; None where none could be fitted."""
        return self.fit or self.penalised

    @property
    def strata(self) -> int:
        """How many baseline hazards there are."""
        return self.fit.sets.first_rows.size if self.fit else 1

    @cached_property
    def n_telling(self) -> int:
        """The number of events with somebody else at risk in their stratum; only these inform the coefficients."""
        if self.fit is None or not self.options.stratify_by:
            return self.n_event
        sets = self.fit.sets
        return int(sets.deaths[sets.sums(np.ones(sets.event.size))[0] > 1].sum())

    @cached_property
    def tests(self) -> pd.DataFrame:
        """The global tests: test, statistic, df, p_value (likelihood ratio, Wald, score; Firth's the ratio)."""
        rows = [] if self.estimate is None else self.estimate.tests()
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
        if self.estimate is None or not places:
            return math.nan, 0, math.nan
        beta, variance = self.estimate.coef[places], self.estimate.variance[np.ix_(places, places)]
        try:
            statistic = float(beta @ np.linalg.solve(variance, beta))
        except np.linalg.LinAlgError:  # one of them is not identifiable beside the others
            return math.nan, 0, math.nan
        return statistic, len(places), chi_square_p(statistic, len(places))

    @cached_property
    def concordance(self) -> tuple[float, float]:
        """Harrell's concordance and its standard error (R: coxph's)."""
        if self.fit is None:
            return math.nan, math.nan
        sets = self.fit.sets
        return concordance(self.fit.at_maximum.eta, sets.index, sets.event, sets.stratum, sets.entry)


def cox(cohort: Cohort, *, endpoint: str, covariates: Sequence[str] = (ARM,),
        options: CoxOptions | None = None) -> CoxModel:
    """Fit a model of one or several covariates (R: coxph on complete cases).

    Categorical covariates enter by level against their reference, or the first level that has patients where it has
    none; numbers per unit unless the options say otherwise. Patients with any covariate missing are left out and
    counted.

    Raises
    ------
    NotEstimable
        If no covariate is given, none varies, or no patient or no event is left.

    Examples
    --------
    >>> from core import cox, read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> model = cox(cohort, endpoint="OS", covariates=["arm", "age"])
    >>> model.terms[["term", "hazard_ratio", "p_value"]].round(3)
      term  hazard_ratio  p_value
    0  arm         0.404    0.002
    1  age         1.007    0.648
    >>> model.zph[["term", "df", "p_value"]].round(3)
         term  df  p_value
    0     arm   1    0.783
    1     age   1    0.247
    2  GLOBAL   2    0.478
    """
    options = options or CoxOptions()
    if not covariates:
        known = [v.label for v in cohort.variables.values() if v.known == "baseline"]
        raise NotEstimable(say("A model needs a covariate."), say("Choose from: {known}.", known=', '.join(known)))
    rows = cohort.rows & (timeline(cohort, endpoint).index >= 0)
    columns, cases, counts, at_risk = _laid_out(cohort, endpoint, rows, covariates, options)
    n_here, n, n_event = int(np.count_nonzero(rows)), len(cases.index), int(np.count_nonzero(cases.event))
    if not n_event:
        raise NotEstimable(say("No {endpoint} event among {patients} with all covariates known.", endpoint=endpoint,
                               patients=plural(n, 'patient')),
                           say("Take a covariate or a filter away."))
    cases, reasons = without_events(cases, columns, counts, kept=(at_risk > 0) & (counts[:, 0] > 1) & options.firth)
    fitted = _fitted(cases, columns, _first_of(reasons, _against_one(columns, counts[:, 0], n)), options)
    return CoxModel(endpoint=endpoint, terms=_terms(columns, counts, fitted), n=n, n_event=n_event, options=options,
                    levels=_levels(cohort, columns, counts, (n, n_event)), missing_endpoint=cohort.n - n_here,
                    missing_covariate=n_here - n, reason=fitted.reason, fit=fitted.fit, penalised=fitted.penalised,
                    columns=tuple((columns[i].term, i) for i in fitted.kept),
                    stratified_by=stratified_by(cohort, options.stratify_by),
                    without_levels=tuple(k for k in dict.fromkeys(covariates) if k not in options.stratify_by
                                         and all(c.term != k for c in columns)))


def _laid_out(cohort: Cohort, endpoint: str, rows: np.ndarray, covariates: Sequence[str],
              options: CoxOptions) -> tuple[list[Column], CompleteCases, np.ndarray, np.ndarray]:
    """Return the columns, complete cases, each column's patients and events (p, 2), and its patients at risk (p,).

    If no patient at risk has the reference level, the first level with such patients replaces it: otherwise the other
    levels would be compared with each other under its name.
    """
    forms, references = dict(options.forms), dict(options.references)
    while True:
        columns = [column for key in covariates if key not in options.stratify_by
                   for column in columns_of(cohort, key, form_of(cohort, key, forms.get(key)), references.get(key, ""))]
        if not columns:
            raise NotEstimable(say("No covariate is left: each has a single level, or stratifies the baseline hazard."),
                               say("Choose one that varies."))
        cases = CompleteCases.from_cohort(cohort, endpoint, rows, columns, options.stratify_by)
        counts, never = cases.counts(columns), cases.never_at_risk()
        at_risk = counts[:, 0] - np.rint(cases.design[never].sum(axis=0)).astype(int)
        instead = _instead_of_empty(columns, at_risk, len(cases.index) - never.size)
        if not instead:
            return columns, cases, counts, at_risk
        references |= instead


def _instead_of_empty(columns: list[Column], n: np.ndarray, everyone: int) -> dict[str, str]:
    """Return a level that has patients for each covariate whose reference has none."""
    filled: dict[str, list[tuple[str, int]]] = {}
    for column, patients in zip(columns, n.tolist(), strict=True):
        if column.reference and patients:
            filled.setdefault(column.term, []).append((column.level, patients))
    return {key: levels[0][0] for key, levels in filled.items()
            if len(levels) > 1 and sum(n for _, n in levels) == everyone}


def _first_of(reasons: tuple[str, ...], more: Mapping[int, str]) -> tuple[str, ...]:
    """Return each column's reason, or the one in `more` if it has none."""
    return tuple(reason or more.get(i, "") for i, reason in enumerate(reasons))


def _against_one(columns: list[Column], n: np.ndarray, everyone: int) -> dict[int, str]:
    """Say for each level whose reference is a single patient why no likelihood gives it a ratio."""
    others: dict[str, int] = {}
    for column, patients in zip(columns, n.tolist(), strict=True):
        others[column.term] = others.get(column.term, 0) + patients
    return {i: own_reason(column.reference, 1, 1) for i, column in enumerate(columns)
            if column.reference and everyone - others[column.term] == 1}


@dataclass(frozen=True, kw_only=True, eq=False)
class UnivariableModel:
    """A covariate's own model: its `terms`, Wald's test of its columns together as `joint` (see CoxModel), its `n`.

    `p_proportional`: of the test of proportional hazards of all its columns, NaN where there is none.

    A screen keeps a dozen of these; with many patients, whole models with their risk sets would be too large.
    """

    terms: pd.DataFrame
    joint: tuple[float, int, float]
    n: int
    p_proportional: float = math.nan


def univariable(cohort: Cohort, *, endpoint: str, covariates: Sequence[str],
                options: CoxOptions | None = None) -> dict[str, UnivariableModel | NotEstimable]:
    """Fit a univariable model of each covariate on the patients in whom it is known, or return why there is none.

    Examples
    --------
    >>> from core import read_cohort, univariable
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> models = univariable(cohort, endpoint="OS", covariates=["arm", "age"])
    >>> models["arm"].terms[["level", "hazard_ratio", "p_value"]].round(3)
                     level  hazard_ratio  p_value
    0  TACE+IMRT+sorafenib         0.399    0.002
    """
    models: dict[str, UnivariableModel | NotEstimable] = {}
    for key in covariates:
        try:
            model = cox(cohort, endpoint=endpoint, covariates=(key,), options=options)
        except NotEstimable as error:
            models[key] = error
        else:
            models[key] = UnivariableModel(terms=model.terms, joint=model.joint(key), n=model.n,
                                           p_proportional=float(model.zph.p_value.iloc[-1]) if model.fit else math.nan)
    return models


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    """Figures (6, p), reasons per column, the columns that were fitted, and why the model cannot be read, or ""."""

    figures: np.ndarray
    reasons: tuple[str, ...]
    kept: list[int]
    reason: str
    fit: Fit | None
    penalised: Penalised | None


def _levels(cohort: Cohort, columns: list[Column], counts: np.ndarray, everyone: tuple[int, int]) -> pd.DataFrame:
    """Count patients and events of every level, in the levels' order."""
    by_term: dict[str, dict[str, list[int]]] = {}
    for column, counts_of_column in zip(columns, counts.tolist(), strict=True):
        if column.reference:
            by_term.setdefault(column.term, {})[column.level] = counts_of_column
    names, rows = [], []
    for key, levels in by_term.items():
        others = [every - sum(of) for every, of in zip(everyone, zip(*levels.values(), strict=True), strict=True)]
        for level in strata(cohort, key).levels:
            names.append((key, level))
            rows.append(levels.get(level, others))
    table = np.array(rows, int).reshape(-1, 2)
    return pd.DataFrame({"term": [key for key, _ in names], "level": [level for _, level in names], "n": table[:, 0],
                         "n_event": table[:, 1]})


def _terms(columns: list[Column], counts: np.ndarray, fitted: _Fitted) -> pd.DataFrame:
    return pd.DataFrame({"term": [c.term for c in columns], "level": [c.level for c in columns],
                         "reference": [c.reference for c in columns], "n": counts[:, 0], "n_event": counts[:, 1],
                         **dict(zip(_FIGURES, fitted.figures, strict=True)), "reason": fitted.reasons})


def _fitted(cases: CompleteCases, columns: list[Column], known: tuple[str, ...], options: CoxOptions) -> _Fitted:
    """Fit the columns that can be fitted; for each other one add why not to the known reasons."""
    design, scale = standardise(cases.design)
    kept, reasons = independent(columns, design)
    figures = np.full((len(_FIGURES), len(columns)), math.nan)
    reason = model_reason(len(kept), int(np.count_nonzero(cases.event)))
    result: Fit | Penalised | None = None
    if options.firth:
        kept, unidentified = _identified(cases, design, kept, options)
        reasons |= unidentified
    if kept and not reason:
        try:
            result = (penalised if options.firth else fit)(
                cases.index, cases.event, design if len(kept) == len(columns) else design.T[kept].T,
                scale=scale[kept], stratum=cases.stratum, entry=cases.entry, ties=options.ties)
        except np.linalg.LinAlgError:  # an information without an inverse
            reason = say("{reason}: take covariates away", reason=say(NOT_FOUND))
        else:
            figures[:, kept] = _penalised(result) if isinstance(result, Penalised) else _wald(result)
            reason = "" if result.converged else say("{reason}: take covariates away", reason=say(NOT_FOUND))
            reasons |= _without_finite_ratio(columns, kept, result, figures[0])
    figures[2:5, [i for i in kept if columns[i].part]] = math.nan  # no hazard ratio by itself
    all_reasons = tuple(r or reason for r in _first_of(known, reasons))
    figures[:, [bool(r) for r in all_reasons]] = math.nan
    usable = None if result is None or reason or _diverged(result) else result
    return _Fitted(figures=figures, reasons=all_reasons, kept=kept, reason=reason,
                   fit=usable if isinstance(usable, Fit) else None,
                   penalised=usable if isinstance(usable, Penalised) else None)


def _identified(cases: CompleteCases, design: np.ndarray, kept: list[int],
                options: CoxOptions) -> tuple[list[int], dict[int, str]]:
    """Return the columns that risk sets identify beside the others, and say of the rest that they are not."""
    if not kept:
        return kept, {}
    sets = RiskSets(cases.index, cases.event, design.T[kept].T, stratum=cases.stratum, entry=cases.entry,
                    ties=options.ties)
    identified, _ = estimable_in(sets, len(kept))
    return np.array(kept)[identified].tolist(), dict.fromkeys(np.array(kept)[~identified].tolist(), say(NOT_IDENTIFIED))


def _diverged(fitted: Fit | Penalised) -> bool:
    return isinstance(fitted, Fit) and bool((fitted.diverged | fitted.unidentified).any())


def _without_finite_ratio(columns: list[Column], kept: list[int], fitted: Fit | Penalised,
                          coef: np.ndarray) -> dict[int, str]:
    """Return the reason for each column whose ratio is infinite, not identifiable or too extreme."""
    reasons: dict[int, str] = {}
    for place, i in enumerate(kept):
        if isinstance(fitted, Fit) and fitted.diverged[place]:
            reasons[i] = say(NO_FINITE_RATIO)
        elif isinstance(fitted, Fit) and fitted.unidentified[place]:
            reasons[i] = say(NOT_IDENTIFIED)
        elif not columns[i].part and abs(coef[i]) > BEYOND:
            reasons[i] = say("the hazard ratio per unit is beyond 1000: take a larger unit, a doubling or a cut") \
                if not columns[i].reference else TOO_FAR
    return reasons


def _wald(fitted: Fit) -> np.ndarray:
    coef, error = fitted.coef, fitted.std_error
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        ratio, low, high = (np.exp(coef + z * error) for z in (0, -Z95, Z95))
        p = [two_sided_p(c / e) for c, e in zip(coef, error, strict=True)]
    return np.array([coef, error, ratio, low, high, p])


def _penalised(fitted: Penalised) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.array([fitted.coef, fitted.std_error, np.exp(fitted.coef), np.exp(fitted.low), np.exp(fitted.high),
                         fitted.p_value])
