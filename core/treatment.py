"""The hazard ratio of each stratum against the reference, from the engine's table (R: coxph, ties = "efron")."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.adequacy import comparison_reasons, estimable
from core.cohort import Cohort
from core.counts import Counts, count
from core.efron import Ties
from core.errors import NotEstimable
from core.p_values import two_sided_p
from core.product_limit import Z95

_STEP = 1e-6  # Newton ends after a step so small: the error left is of the order of its square
_MAX_ITERATIONS = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class TreatmentEffect:
    """Hazard ratios of one variable's strata.

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


def treatment_effect(cohort: Cohort, *, endpoint: str, by: str) -> TreatmentEffect:
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
    return TreatmentEffect(
        endpoint=endpoint, n=int(counts.n.sum()), n_event=int(counts.n_event.sum()),
        missing_endpoint=counts.missing_endpoint, missing_stratum=counts.missing_stratum,
        terms=pd.DataFrame({
            "term": np.full(len(levels) - 1, by, dtype=object),
            "level": np.asarray(levels[1:], dtype=object),
            "reference": np.full(len(levels) - 1, levels[0], dtype=object),
            "n": counts.n[1:], "n_event": counts.n_event[1:],
            "coef": coef[1:], "std_error": error[1:], "hazard_ratio": np.exp(coef[1:]),
            "conf_low": np.exp(coef - Z95 * error)[1:], "conf_high": np.exp(coef + Z95 * error)[1:],
            "p_value": np.array([two_sided_p(c / e) for c, e in zip(coef[1:], error[1:], strict=True)]),
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
    place = reference_place(cohort, groups.by, groups.levels) if isinstance(groups.by, str) else 0
    if not place:
        return counts
    order = [place, *(i for i in range(len(groups.levels)) if i != place)]
    rank = np.argsort(order)
    moved = replace(groups, levels=tuple(groups.levels[i] for i in order),
                    codes=np.where(groups.codes < 0, -1, rank[groups.codes]))
    return replace(counts, strata=moved, deaths=counts.deaths[order], censored=counts.censored[order],
                   at_risk=counts.at_risk[order])


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
