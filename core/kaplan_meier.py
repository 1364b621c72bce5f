"""Kaplan-Meier curves, medians and the log-rank test, as R's survival package gives them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from core.cohort import Cohort
from core.comparison import log_rank
from core.counts import TOLERANCE, Counts, count

Z95 = 1.959963984540054
ConfType = Literal["log-log", "log", "plain"]


@dataclass(frozen=True, kw_only=True, eq=False)
class KaplanMeier:
    """The curves of one endpoint.

    Attributes
    ----------
    curves : strata, time (months), n_risk, n_event, n_censor, estimate, std_error, conf_low,
        conf_high; one row per stratum and distinct time; std_error is Greenwood's, of the estimate
    medians : strata, n, n_event, median, conf_low, conf_high (months; NaN: not reached)
    log_rank : statistic, df, p_value; no row where fewer than two strata can be compared
    levels : all strata of the whole cohort, also those that the filter emptied
    missing_endpoint, missing_stratum : patients left out, and why
    """

    endpoint: str
    by: str | None
    label: str
    conf_type: ConfType
    levels: tuple[str, ...]
    curves: pd.DataFrame
    medians: pd.DataFrame
    log_rank: pd.DataFrame
    missing_endpoint: int
    missing_stratum: int


def kaplan_meier(cohort: Cohort, *, endpoint: str, by: str | None = None,
                 conf_type: ConfType = "log-log") -> KaplanMeier:
    """Estimate survival per stratum (R: survfit, quantile.survfit, survdiff).

    Parameters
    ----------
    by : a variable's key; numbers are cut; None for one curve
    conf_type : transformation of the pointwise 95 % interval

    Raises
    ------
    MappingError, FilterError
        If the cohort has no such endpoint or variable.
    """
    counts = count(cohort, endpoint, by)
    survival, error = product_limit(counts)
    low, high = confidence(survival, error, conf_type)
    k, t = np.nonzero(counts.deaths + counts.censored)
    curves = {
        "strata": np.asarray(counts.strata.levels, dtype=object)[k], "time": counts.times[t],
        "n_risk": counts.at_risk[k, t], "n_event": counts.deaths[k, t],
        "n_censor": counts.censored[k, t], "estimate": survival[k, t],
        "std_error": (survival * error)[k, t], "conf_low": low[k, t], "conf_high": high[k, t],
    }
    bounds = np.searchsorted(k, np.arange(len(counts.strata.levels) + 1))
    return KaplanMeier(
        endpoint=endpoint, by=by, label=counts.strata.label, conf_type=conf_type,
        levels=counts.strata.levels, curves=pd.DataFrame(curves, copy=False),
        medians=_medians(counts, curves, bounds), log_rank=log_rank(counts),
        missing_endpoint=counts.missing_endpoint, missing_stratum=counts.missing_stratum,
    )


def product_limit(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Return survival and the standard error of its logarithm (Greenwood), each (k, t)."""
    risk, deaths = np.maximum(counts.at_risk, 1), counts.deaths
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - deaths / risk, axis=1)
        variance = np.cumsum(deaths / (risk * (risk - deaths).astype(float)), axis=1)
        return survival, np.sqrt(np.where(survival == 0, np.nan, variance))


def confidence(survival: np.ndarray, error: np.ndarray, conf_type: ConfType) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % limits of survival given the standard error of log survival.

    Limits are NaN where R has NA: at 0, and with log-log at 1 (survival::survfit_confint).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        half = Z95 * error
        if conf_type == "plain":
            return np.maximum(survival - half * survival, 0), np.minimum(survival + half * survival, 1)
        inside = np.where(survival == 0, np.nan, survival)
        if conf_type == "log":
            return inside * np.exp(-half), np.minimum(inside * np.exp(half), 1)
        inside = np.where(survival == 1, np.nan, inside)
        shift = half / np.log(inside)
        hazard = np.log(-np.log(inside))
        return np.exp(-np.exp(hazard - shift)), np.exp(-np.exp(hazard + shift))


def quantile(time: np.ndarray, reached: np.ndarray, share: float) -> float:
    """Return the time at which a step function `reached` (1 - survival) gets to `share`.

    The midpoint of the step where it runs exactly at `share` (survival::quantile.survfit).
    """
    known = ~np.isnan(reached)
    times, steps = time[known], reached[known]
    if not steps.size or steps.max() < share:
        return math.nan
    order = np.argsort(steps, kind="stable")  # a confidence limit may turn back late in a curve
    lower, upper = np.searchsorted(steps[order], (share - TOLERANCE, share + TOLERANCE))
    if known[-1] and abs(share - reached[-1]) < TOLERANCE:
        return float(times[order[lower]] + time[-1]) / 2
    if upper == steps.size:
        return math.nan
    return float(times[order[lower]] + times[order[upper]]) / 2


def _medians(counts: Counts, curves: dict[str, np.ndarray], bounds: np.ndarray) -> pd.DataFrame:
    spans = [slice(a, b) for a, b in pairwise(bounds)]

    def half(column: str) -> np.ndarray:
        reached = 1 - curves[column]
        return np.array([quantile(curves["time"][s], reached[s], 0.5) if s.stop > s.start else math.nan
                         for s in spans])

    return pd.DataFrame({
        "strata": np.asarray(counts.strata.levels, dtype=object),
        "n": counts.n, "n_event": counts.n_event, "median": half("estimate"),
        "conf_low": half("conf_low"), "conf_high": half("conf_high"),
    }, copy=False)
