"""Cox regression, Efron ties, Wald intervals, as R's coxph: one factor from the engine's table, several
from the patients' design matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.adequacy import comparison_reasons, estimable, own_reason
from core.cohort import Cohort
from core.counts import Counts, Timeline, count, strata, timeline
from core.efron import Ties
from core.errors import NotEstimable
from core.format import plural
from core.partial_likelihood import fit
from core.product_limit import Z95
from core.schema import ARM

_STEP = 1e-6  # Newton ends after a step so small: the error left is of the order of its square
_MAX_ITERATIONS = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class CoxModel:
    """A fitted model.

    Attributes
    ----------
    terms : term, level, reference, n, n_event (of the level), coef, std_error, hazard_ratio,
        conf_low, conf_high, p_value (Wald), reason; where `reason` says why a level cannot be
        estimated the numbers are NaN
    """

    endpoint: str
    terms: pd.DataFrame
    n: int
    n_event: int
    missing_endpoint: int
    missing_stratum: int


def treatment_effect(cohort: Cohort, *, endpoint: str, by: str) -> CoxModel:
    """Fit the hazard ratio of each stratum against the reference (R: coxph, ties = "efron").

    The reference is the level that the mapping names, else the first.

    Raises
    ------
    NotEstimable
        If the variable has fewer than two strata.
    """
    counts = _reference_first(cohort, count(cohort, endpoint, by))
    levels = counts.strata.levels
    if len(levels) < 2:
        raise NotEstimable(f"{counts.strata.label} has one level: there is no hazard ratio.",
                           "Compare by another variable.")
    reasons = comparison_reasons(counts)
    shown = np.array([not reason for reason in reasons])
    coef = np.full(len(levels), math.nan)
    error = coef.copy()
    if shown.any():
        fitted = estimable(counts)
        coef[fitted], error[fitted] = newton(counts.deaths[fitted], counts.at_risk[fitted])
        coef[~shown] = error[~shown] = math.nan
    return CoxModel(
        endpoint=endpoint, n=int(counts.n.sum()), n_event=int(counts.n_event.sum()),
        missing_endpoint=counts.missing_endpoint, missing_stratum=counts.missing_stratum,
        terms=pd.DataFrame({
            "term": np.full(len(levels) - 1, by, dtype=object),
            "level": np.asarray(levels[1:], dtype=object),
            "reference": np.full(len(levels) - 1, levels[0], dtype=object),
            "n": counts.n[1:], "n_event": counts.n_event[1:],
            "coef": coef[1:], "std_error": error[1:], "hazard_ratio": np.exp(coef[1:]),
            "conf_low": np.exp(coef - Z95 * error)[1:], "conf_high": np.exp(coef + Z95 * error)[1:],
            "p_value": np.array([math.erfc(abs(c / e) / math.sqrt(2))
                                 for c, e in zip(coef[1:], error[1:], strict=True)]),
            "reason": np.asarray(reasons[1:], dtype=object),
        }, copy=False),
    )


def reference_place(cohort: Cohort, by: str, levels: tuple[str, ...]) -> int:
    """Return where among the strata the one stands that others are compared with."""
    named = cohort.variable(by).reference
    return levels.index(named) if named in levels else 0


def _reference_first(cohort: Cohort, counts: Counts) -> Counts:
    """Return the table with the reference as its first stratum."""
    groups = counts.strata
    place = reference_place(cohort, groups.by, groups.levels) if groups.by else 0
    if not place:
        return counts
    order = [place, *(i for i in range(len(groups.levels)) if i != place)]
    rank = np.argsort(order)
    moved = replace(groups, levels=tuple(groups.levels[i] for i in order),
                    codes=np.where(groups.codes < 0, -1, rank[groups.codes]))
    return replace(counts, strata=moved, deaths=counts.deaths[order], censored=counts.censored[order],
                   at_risk=counts.at_risk[order])


def cox(cohort: Cohort, *, endpoint: str, covariates: Sequence[str] = (ARM,)) -> CoxModel:
    """Fit a model of one or several covariates (R: coxph on complete cases).

    Categorical covariates enter by level against their reference, numbers per unit. Patients with any
    covariate missing are left out and counted.

    Raises
    ------
    NotEstimable
        If no covariate is given, or no patient or no event is left.
    """
    if not covariates:
        raise NotEstimable("A model needs a covariate.", f"Choose from: {', '.join(cohort.variables)}.")
    if len(covariates) == 1 and cohort.variable(covariates[0]).kind == "categorical":
        return treatment_effect(cohort, endpoint=endpoint, by=covariates[0])
    line = timeline(cohort, endpoint)
    columns = [column for key in covariates for column in _columns(cohort, key)]
    if not columns:
        raise NotEstimable("Every covariate has a single level.", "Choose one that varies.")
    here = cohort.rows & (line.index >= 0)
    complete = here & ~np.isnan(np.column_stack([c.values for c in columns])).any(axis=1)
    n, n_event = int(complete.sum()), int(line.event[complete].sum())
    if not n_event:
        raise NotEstimable(f"No {endpoint} event among {plural(n, 'patient')} with all covariates known.",
                           "Take a covariate or a filter away.")
    coef, error, reasons = _fit_columns(columns, line, complete)
    table = pd.DataFrame([{
        "term": c.term, "level": c.level, "reference": c.reference,
        "n": int((c.values[complete] != 0).sum()) if c.level else n,
        "n_event": int((line.event & (c.values != 0))[complete].sum()) if c.level else n_event,
    } for c in columns])
    with np.errstate(over="ignore"):  # per unit of a tiny covariate a ratio can be beyond all numbers
        ratio, low, high = (np.exp(coef + z * error) for z in (0, -Z95, Z95))
    return CoxModel(
        endpoint=endpoint, n=n, n_event=n_event, missing_endpoint=cohort.n - int(here.sum()),
        missing_stratum=int(here.sum()) - n,
        terms=table.assign(
            coef=coef, std_error=error, hazard_ratio=ratio, conf_low=low, conf_high=high,
            reason=reasons,
            p_value=[math.erfc(abs(c / e) / math.sqrt(2)) for c, e in zip(coef, error, strict=True)]),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Column:
    """A column of the design: `values` (n of the whole cohort,), NaN where missing."""

    term: str
    level: str
    reference: str
    values: np.ndarray


def _columns(cohort: Cohort, key: str) -> list[_Column]:
    """Return a covariate's columns: an indicator per level but the reference, or the number itself."""
    variable = cohort.variable(key)
    if variable.kind != "categorical":
        number = cohort.values(key).to_numpy(dtype=float)
        return [_Column(term=key, level="", reference="", values=number)]
    groups = strata(cohort, key)
    place = reference_place(cohort, key, groups.levels)
    return [_Column(term=key, level=level, reference=groups.levels[place],
                    values=np.where(groups.codes < 0, np.nan, (groups.codes == i).astype(float)))
            for i, level in enumerate(groups.levels) if i != place]


def _fit_columns(columns: list[_Column], line: Timeline,
                 complete: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Fit the columns that can be; say of each other one why not."""
    used, reasons = _levels_with_events(columns, line, complete)
    kept = _independent(columns, used, reasons)
    coef = np.full(len(columns), math.nan)
    error = coef.copy()
    if not kept:
        return coef, error, reasons
    design = np.column_stack([columns[i].values[used] for i in kept])
    fitted = fit(line.index[used], line.event[used], design)
    for place, i in enumerate(kept):
        if fitted.diverged[place]:
            reasons[i] = reasons[i] or "the hazard ratio has no finite value (monotone likelihood)"
        if not reasons[i]:
            coef[i], error[i] = fitted.coef[place], fitted.std_error[place]
    return coef, error, reasons


def _levels_with_events(columns: list[_Column], line: Timeline,
                        complete: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return who the model is fitted on, and why a level has no hazard ratio.

    A level without events has a coefficient of minus infinity: its patients weigh nothing in any
    risk set, so the others are fitted without them.
    """
    reasons = [""] * len(columns)
    used = complete.copy()
    for i, column in enumerate(columns):
        if column.level:
            inside = complete & (column.values == 1)
            events = int(line.event[inside].sum())
            reasons[i] = own_reason(column.level, int(inside.sum()), events)
            if not events:
                used &= ~inside
    return used, reasons


def _independent(columns: list[_Column], used: np.ndarray, reasons: list[str]) -> list[int]:
    """Return the columns to fit; say of one that follows from those before it that it does."""
    kept: list[int] = []
    base = np.empty((int(used.sum()), 0))
    for i, column in enumerate(columns):
        centred = column.values[used] - column.values[used].mean()
        spread = centred.std()
        if not spread > 1e-12 * np.abs(column.values[used]).max():
            reasons[i] = reasons[i] or f"{column.level or column.term} does not vary in these patients"
            continue
        trial = np.column_stack([base, centred / spread])
        if np.linalg.matrix_rank(trial, rtol=1e-9) == trial.shape[1]:
            kept.append(i)
            base = trial
        else:
            reasons[i] = f"{column.level or column.term} follows from the terms before it"
    return kept


def newton(deaths: np.ndarray, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Maximise Efron's partial likelihood of k strata against the first.

    Parameters
    ----------
    deaths, at_risk : int (k, t), strata that `estimable` finds so

    Returns
    -------
    coefficients (k,) and standard errors (k,); 0 and 0 for the first
    """
    k = len(deaths)
    if k == 1:
        return np.zeros(1), np.zeros(1)
    at = np.flatnonzero(deaths.sum(axis=0))
    dead, risk = deaths[:, at].astype(float), at_risk[:, at].astype(float)
    d, observed = dead.sum(axis=0), dead.sum(axis=1)
    ties = Ties(d)

    def step(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ratio = np.concatenate([[1.0], np.exp(beta)])
        total, dying = ratio @ risk, ratio @ dead
        first, second = ties.sums(total, dying)
        # A stratum's share of a shrinking risk set is fixed + moving / v, v the set's weight.
        fixed = dead[1:] * ratio[1:, None] / dying
        moving = risk[1:] * ratio[1:, None] - fixed * total
        mean = fixed @ d + moving @ first
        cross = (fixed * first) @ moving.T
        squares = (fixed * d) @ fixed.T + cross + cross.T + (moving * second) @ moving.T
        return observed[1:] - mean, np.diag(mean) - squares

    expected = (risk / risk.sum(axis=0)) @ d
    coef = np.log(observed[1:] / expected[1:] / (observed[0] / expected[0]))  # near the maximum already
    score, information = step(coef)
    for _ in range(_MAX_ITERATIONS):
        move = np.linalg.solve(information, score)
        ahead = step(coef + move)
        while np.abs(ahead[0]).max() > np.abs(score).max() and np.abs(move).max() > _STEP:
            move /= 2
            ahead = step(coef + move)
        coef = coef + move
        score, information = ahead
        if np.abs(move).max() < _STEP:
            break
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    return np.concatenate([[0.0], coef]), np.concatenate([[0.0], error])
