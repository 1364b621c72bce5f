"""The hazard ratio of each stratum against the reference, from the engine's table (R: coxph, ties = "efron")."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.cohort import Cohort, Counts, count, reference_place
from core.errors import NotEstimable
from core.hazards.estimability import NOT_FOUND, reasons_of
from core.language import say
from core.likelihood import DeathTimes, against_first, finite_against_first, proportional_hazards_of
from core.statistics import Z95, two_sided_p


@dataclass(frozen=True, kw_only=True, eq=False)
class TreatmentEffect:
    """Hazard ratios of one variable's strata.

    Attributes
    ----------
    terms : term, level, reference, n, n_event (of the level), coef, std_error, hazard_ratio,
        conf_low, conf_high, p_value (Wald), reason; where `reason` says why a level cannot be
        estimated the numbers are NaN
    proportional : the test of proportional hazards over all these terms: statistic, df, p_value (R: cox.zph, GLOBAL);
        NaN, 0, NaN where it tells nothing
    """

    endpoint: str
    terms: pd.DataFrame
    n: int
    n_event: int
    missing_endpoint: int
    missing_stratum: int
    proportional: tuple[float, int, float] = (math.nan, 0, math.nan)


def treatment_effect(cohort: Cohort, *, endpoint: str, by: str) -> TreatmentEffect:
    """Fit the hazard ratio of each stratum against the reference (R: coxph, ties = "efron").

    The reference is the level that the mapping names, else the first; levels that a filter has emptied do not count.

    Raises
    ------
    NotEstimable
        If the variable has fewer than two strata.

    Examples
    --------
    >>> from core import read_cohort, treatment_effect
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> terms = treatment_effect(cohort, endpoint="OS", by="arm").terms
    >>> terms[["level", "hazard_ratio", "conf_low", "conf_high"]].round(3)
                     level  hazard_ratio  conf_low  conf_high
    0  TACE+IMRT+sorafenib         0.399     0.226      0.704
    """
    counts = _reference_first(cohort, count(cohort, endpoint, by))
    levels = counts.strata.levels
    if len(levels) < 2:
        raise NotEstimable(say("{label} has one level: there is no hazard ratio.", label=counts.strata.label),
                           say("Compare by another variable."))
    finite = finite_against_first(counts.deaths, counts.at_risk)
    reasons = reasons_of(levels, counts.n, counts.n_event, finite)
    shown = np.array([not reason for reason in reasons])
    coef = np.full(len(levels), math.nan)
    error, proportional = coef.copy(), (math.nan, 0, math.nan)
    if shown.any():
        fitted = np.flatnonzero(finite)
        times = DeathTimes.from_counts(counts.deaths[fitted], counts.at_risk[fitted])
        deaths, risk = (v[np.newaxis, fitted][..., times.order].astype(float) for v in (counts.deaths, counts.at_risk))
        sets = times.risk_sets(deaths, risk)
        coef[fitted[1:]], error[fitted[1:]] = (v[0] for v in against_first(sets))
        statistic, df, p = proportional_hazards_of(times, sets, deaths, risk, coef[np.newaxis, fitted[1:]])
        proportional = float(statistic[0]), int(df[0]), float(p[0])
        coef[~shown] = error[~shown] = math.nan
        reasons = [reason or (say(NOT_FOUND) if place and math.isnan(coef[place]) else "")
                   for place, reason in enumerate(reasons)]
    return TreatmentEffect(
        endpoint=endpoint, n=int(counts.n.sum()), n_event=int(counts.n_event.sum()),
        missing_endpoint=counts.missing_endpoint, missing_stratum=counts.missing_stratum, proportional=proportional,
        terms=pd.DataFrame({
            "term": [by] * (len(levels) - 1), "level": levels[1:], "reference": [levels[0]] * (len(levels) - 1),
            "n": counts.n[1:], "n_event": counts.n_event[1:],
            "coef": coef[1:], "std_error": error[1:], "hazard_ratio": np.exp(coef[1:]),
            "conf_low": np.exp(coef - Z95 * error)[1:], "conf_high": np.exp(coef + Z95 * error)[1:],
            "p_value": np.array([two_sided_p(c / e) for c, e in zip(coef[1:], error[1:], strict=True)]),
            "reason": reasons[1:],
        }),
    )


def _reference_first(cohort: Cohort, counts: Counts) -> Counts:
    """Return the table with the reference as its first stratum."""
    groups = counts.strata
    place = reference_place(cohort, groups.by, groups.levels) if isinstance(groups.by, str) else 0
    if not place:
        return counts
    order = [place, *(i for i in range(len(groups.levels)) if i != place)]
    rank = np.argsort(order)
    moved = replace(groups, levels=tuple(groups.levels[i] for i in order),
                    codes=np.where(groups.codes < 0, -1, rank[groups.codes]))
    return replace(counts, strata=moved, deaths=counts.deaths[order], censored=counts.censored[order],
                   at_risk=counts.at_risk[order])
