"""Cox regression on strata, from the engine's table: Efron ties, Wald intervals, as R's coxph."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.adequacy import comparison_reasons, estimable
from core.cohort import Cohort
from core.counts import count
from core.errors import NotEstimable
from core.kaplan_meier import Z95

_STEP = 1e-11  # Newton ends where no coefficient moves by more than this
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
    """Fit the hazard ratio of each stratum against the first (R: coxph, ties = "efron").

    Raises
    ------
    NotEstimable
        If the variable has fewer than two strata.
    """
    counts = count(cohort, endpoint, by)
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


def risk_set_weights(deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return who is at risk at each death, (k, deaths): Efron's rule takes the l-th of d tied
    deaths with the dying counted as 1 - l/d."""
    total = deaths.sum(axis=0)
    at_death = np.flatnonzero(total)
    column = np.repeat(at_death, total[at_death])
    first = np.repeat(np.cumsum(total[at_death]) - total[at_death], total[at_death])
    share = (np.arange(column.size) - first) / total[column]
    return at_risk[:, column] - share * deaths[:, column]


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
    coef = np.zeros(k - 1)
    weights = risk_set_weights(deaths, at_risk)
    observed = deaths.sum(axis=1)[1:]

    def step(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        share = weights[1:] * np.exp(beta)[:, None]
        total = weights[0] + share.sum(axis=0)
        share /= total
        mean = share.sum(axis=1)
        information = np.diag(mean) - share @ share.T
        return observed - mean, information, float(observed @ beta - np.log(total).sum())

    score, information, likelihood = step(coef)
    for _ in range(_MAX_ITERATIONS):
        move = np.linalg.solve(information, score)
        ahead = step(coef + move)
        while ahead[2] < likelihood - 1e-9 * abs(likelihood) and np.abs(move).max() > _STEP:
            move /= 2
            ahead = step(coef + move)
        coef = coef + move
        score, information, likelihood = ahead
        if np.abs(move).max() < _STEP:
            break
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    return np.concatenate([[0.0], coef]), np.concatenate([[0.0], error])
