"""The treatment's hazard ratio in every subgroup, and whether it differs between them.

Source: Wang R et al. N Engl J Med 2007;357:2189: the interaction is the inference, subgroups are exploratory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import GROUPS, Cohort, Condition, cuts_of, number_of_strata, reference_place, strata
from core.errors import NotEstimable
from core.hazards.design import missing
from core.hazards.estimability import BEYOND, NOT_FOUND, TOO_FAR, reasons_of
from core.hazards.subgroup_tables import ForestTables, finite_ratios, fit_arms, likelihood_ratios
from core.language import say
from core.likelihood import EfronRiskSets, penalised_pairs
from core.mapping import adjusted_first
from core.schema import ARM
from core.statistics import Z95, adjusted, chi_square_p, two_sided_p

OVERALL, WALD, FIRTH = "All patients", "Wald", "Firth"
_FIGURES = ("coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value")


@dataclass(frozen=True, kw_only=True, eq=False)
class Subgroups:
    """Hazard ratios of the arms in each level of some factors.

    Attributes
    ----------
    rows : factor, level, arm, reference, n, n_event (of both arms), n_arm, n_event_arm, n_reference,
        n_event_reference, coef, std_error, hazard_ratio, conf_low, conf_high, p_value, p_interaction, reason, method,
        p_proportional (of cox.zph over the subgroup's arms);
        the first rows are all patients, of factor ""; `reason` says why the likelihood has no maximum, and `method`
        what stands in its place: "Firth" (two arms; profile limits, penalised likelihood-ratio p), or "" with NaN
    interactions : factor, statistic, df, p_value (likelihood ratio), p_adjusted (Benjamini, Hochberg), missing
    looked_at : how many subgroups have patients
    """

    endpoint: str
    by: str
    factors: tuple[str, ...]
    rows: pd.DataFrame
    interactions: pd.DataFrame
    looked_at: int


def forest_factors(cohort: Cohort, by: str = ARM) -> tuple[str, ...]:
    """Return the factors that a forest may have: known at time zero, of two strata or more.

    Named groups come first, then those that the field adjusts for.
    """
    keys = [*([GROUPS] if GROUPS in cohort.variables else []), *adjusted_first(f.key for f in cohort.mapping.factors)]
    return tuple(k for k in keys if cohort.variable(k).known == "baseline" and k != by
                 and number_of_strata(cohort, k) > 1)


def subgroup_hazard_ratios(cohort: Cohort, *, endpoint: str, factors: Sequence[str] | None = None,
                           by: str = ARM) -> Subgroups:
    """Fit the arms' hazard ratios in every level, and the interactions (R: coxph, anova).

    The interaction is the likelihood ratio of arm + factor against arm * factor on the patients whose factor is
    known; its degrees of freedom are the terms that can be estimated.

    Raises
    ------
    NotEstimable
        If there is one arm, or a factor is known only after time zero.

    Examples
    --------
    >>> from core import read_cohort, subgroup_hazard_ratios
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> forest = subgroup_hazard_ratios(cohort, endpoint="OS", factors=["sex"])
    >>> forest.rows[["factor", "level", "n", "hazard_ratio"]].round(3)
      factor         level   n  hazard_ratio
    0         All patients  82         0.399
    1    sex             F  12         0.061
    2    sex             M  70         0.467
    >>> forest.interactions[["factor", "df", "p_value"]].round(3)
      factor  df  p_value
    0    sex   1    0.356
    """
    arms = strata(cohort, by)
    if len(arms.levels) < 2:
        raise NotEstimable(say("There is one arm: no hazard ratio can differ between subgroups."),
                           say("Choose another variable as the arm on the Cohort page."))
    factors = forest_factors(cohort, by) if factors is None else tuple(factors)
    for key in factors:
        if cohort.variable(key).known == "later":
            raise NotEstimable(say("{label} is known only after time zero: it cannot form subgroups.",
                                   label=cohort.variable(key).label),
                               say("Choose factors that are known at time zero."))
    first = reference_place(cohort, by, arms.levels)
    order = (first, *(i for i in range(len(arms.levels)) if i != first))
    return cohort.remember(("forest", endpoint, by, factors), lambda: _forest(cohort, endpoint, by, factors, order))


def _forest(cohort: Cohort, endpoint: str, by: str, factors: tuple[str, ...], order: tuple[int, ...]) -> Subgroups:
    """Fit a forest; the reference arm first in `order`."""
    arms = [strata(cohort, by).levels[i] for i in order]
    tables = ForestTables.from_cohort(cohort, endpoint, by, factors, order)
    interactions = _interactions(cohort, factors, tables)
    p_interaction = dict(zip(factors, interactions.p_value.tolist(), strict=True))
    looked_at = int(tables.n[tables.subgroups[1:]].any(axis=1).sum())
    return Subgroups(endpoint=endpoint, by=by, factors=factors, rows=_rows(factors, arms, tables, p_interaction),
                     interactions=interactions, looked_at=looked_at)


def condition_of(cohort: Cohort, key: str, level: str) -> Condition:
    """Return the filter that keeps a factor's subgroup: its level, or between its cuts."""
    groups = strata(cohort, key)
    if cohort.variable(key).kind == "categorical":
        return Condition(levels=(level,))
    if cohort.variable(key).kind == "grade":  # without the event, and with it
        return Condition(bounds=(("gt" if groups.levels.index(level) else "le", 0.0),))
    cuts, place = cuts_of(cohort.whole, key), groups.levels.index(level)
    return Condition.between(cuts[place - 1] if place else None, cuts[place] if place < len(cuts) else None)


def _rows(factors: tuple[str, ...], arms: list[str], tables: ForestTables,
          p_interaction: dict[str, float]) -> pd.DataFrame:
    """Fit every subgroup, and all patients first."""
    names = [("", say(OVERALL)),
             *((f, level) for f, g in zip(factors, tables.groups, strict=True) for level in g.levels)]
    n, deaths = (v[tables.subgroups] for v in (tables.n, tables.deaths.sum(axis=1).astype(int)))
    finite = finite_ratios(tables)
    coef, error, proportional = fit_arms(tables, finite)
    figures, reasons, method = _ratios(coef.ravel(), error.ravel(), _reasons(arms, n, deaths, finite))
    several, present = len(arms) - 1, np.flatnonzero(n[0])
    if present.size == 2 and not present[0]:  # two arms have patients, whether by a filter or not
        rows = np.arange(len(tables.subgroups)) * several + present[1] - 1
        thin = (method[rows] == "") & (n[:, present] > 1).all(axis=1)
        _with_firth(figures, method, rows[thin], tables.risk_sets(tables.subgroups[thin][:, present]))
    return pd.DataFrame({
        "factor": np.repeat(np.array([f for f, _ in names], object), several),
        "level": np.repeat(np.array([v for _, v in names], object), several),
        "arm": np.tile(np.array(arms[1:], object), len(names)),
        "reference": np.full(len(names) * several, arms[0], object),
        "n": (n[:, 1:] + n[:, :1]).ravel(), "n_event": (deaths[:, 1:] + deaths[:, :1]).ravel(),
        "n_arm": n[:, 1:].ravel(), "n_event_arm": deaths[:, 1:].ravel(),
        "n_reference": np.repeat(n[:, 0], several), "n_event_reference": np.repeat(deaths[:, 0], several),
        **dict(zip(_FIGURES, figures, strict=True)), "reason": reasons, "method": method,
        "p_proportional": np.repeat(proportional, several),
        "p_interaction": np.repeat([p_interaction.get(f, math.nan) for f, _ in names], several)})


def _reasons(arms: list[str], n: np.ndarray, deaths: np.ndarray, finite: np.ndarray) -> list[str]:
    """Say why an arm has no hazard ratio in a subgroup, or "", row by row."""
    reasons = [[""] * (len(arms) - 1)] * len(n)
    for row in np.flatnonzero(~((n > 1) & (deaths > 0) & finite).all(axis=1)).tolist():
        reasons[row] = reasons_of(arms, n[row], deaths[row], finite[row])[1:]
    return [reason for row in reasons for reason in row]


def _ratios(coef: np.ndarray, error: np.ndarray, reasons: list[str]) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return each row's figures, reason and method; no figures if a reason is given or data are too few."""
    far = np.abs(np.nan_to_num(coef)) > BEYOND
    reasons = [r or (say(TOO_FAR) if f else say(NOT_FOUND) if math.isnan(c) else "")
               for r, f, c in zip(reasons, far, coef.tolist(), strict=True)]
    hidden = np.array([bool(r) for r in reasons])
    coef, error = np.where(hidden, math.nan, coef), np.where(hidden, math.nan, error)
    p = [two_sided_p(c / e) for c, e in zip(coef.tolist(), error.tolist(), strict=True)]
    return (np.array([coef, error, *(np.exp(coef + z * error) for z in (0, -Z95, Z95)), p]), reasons,
            np.where(hidden, "", WALD).astype(object))


def _with_firth(figures: np.ndarray, method: np.ndarray, thin: np.ndarray, sets: EfronRiskSets) -> None:
    """Put Firth's penalised estimate where the likelihood of two arms, of two patients or more, has no maximum."""
    if not thin.size:
        return
    fitted = penalised_pairs(sets)
    near = np.abs(fitted.coef) < BEYOND
    figures[:, thin[near]] = np.array([fitted.coef, fitted.std_error, np.exp(fitted.coef), np.exp(fitted.low),
                                       np.exp(fitted.high), fitted.p_value])[:, near]
    method[thin[near]] = FIRTH


def _interactions(cohort: Cohort, factors: tuple[str, ...], tables: ForestTables) -> pd.DataFrame:
    """Return each factor's likelihood ratio of arm + factor against arm * factor."""
    statistic, df = likelihood_ratios(tables)
    p = np.array([math.nan if math.isnan(s) else chi_square_p(s, f)
                  for s, f in zip(statistic.tolist(), df.tolist(), strict=True)])
    return pd.DataFrame({
        "factor": np.array(factors, object), "statistic": statistic, "df": df, "p_value": p,
        "p_adjusted": adjusted(p, "BH"), "missing": np.array([_missing(cohort, key) for key in factors], int)})


def _missing(cohort: Cohort, key: str) -> int:
    """Count the filtered patients of whom a factor is missing."""
    absent = missing(cohort, key)
    return 0 if absent is None else int(np.count_nonzero(absent & cohort.rows))


