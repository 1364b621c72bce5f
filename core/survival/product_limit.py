"""The Kaplan-Meier estimate over the engine's table: survival, its limits, its quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from core.cohort import TOLERANCE, Counts
from core.options import takes_options
from core.statistics import Z95

ConfType = Literal["log-log", "log", "plain"]
CONF_TYPES: tuple[ConfType, ...] = ("log-log", "log", "plain")


def product_limit(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Return survival and the standard error of its logarithm (Greenwood), each (k, t)."""
    return counts.remember("product limit", lambda: _product_limit(counts))


def _product_limit(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    risk, deaths = np.maximum(counts.at_risk, 1), counts.deaths
    left = (risk - deaths).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(left / risk, axis=1)
        variance = np.cumsum(deaths / (risk * left), axis=1)
        return survival, np.sqrt(np.where(survival == 0, np.nan, variance))


@takes_options
def limits(counts: Counts, conf_type: ConfType) -> tuple[np.ndarray, np.ndarray]:
    """Return the pointwise 95 % limits of survival, each (k, t)."""
    return counts.remember(("limits", conf_type), lambda: confidence(*product_limit(counts), conf_type))


@takes_options
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
        hazard = -np.log(np.where(survival == 1, np.nan, inside))
        shift = np.exp(half / hazard)
        return np.exp(-hazard * shift), np.exp(-hazard / shift)


@takes_options
def quantiles_of(counts: Counts, shares: Sequence[float], conf_type: ConfType) -> np.ndarray:
    """Return when shares of each stratum have had the event, and the limits, (k, shares, 3); NaN: not reached."""
    figures = np.full((len(counts.strata.levels), len(shares), 3), math.nan)
    curves = (product_limit(counts)[0], *limits(counts, conf_type))
    for i, has_times in enumerate(counts.present):
        if has_times.any():
            times, reached = counts.times[has_times], [1 - c[i, has_times] for c in curves]
            figures[i] = [[quantile(times, r, share) for r in reached] for share in shares]
    return figures


def quantile(time: np.ndarray, reached: np.ndarray, share: float) -> float:
    """Return the time at which a step function `reached` (1 - survival) gets to `share`.

    The midpoint of the step where it runs exactly at `share` (survival::quantile.survfit).
    """
    known = ~np.isnan(reached)
    times, steps = (time, reached) if known.all() else (time[known], reached[known])
    if not steps.size or steps.max() < share:
        return math.nan
    if (steps[1:] - steps[:-1] < -TOLERANCE).any():  # a confidence limit may turn back late in a curve
        order = np.argsort(steps, kind="stable")
        times, steps = times[order], steps[order]
    lower, upper = steps.searchsorted((share - TOLERANCE, share + TOLERANCE))
    if known[-1] and abs(share - reached[-1]) < TOLERANCE:
        return float(times[lower] + time[-1]) / 2
    if upper == steps.size:
        return math.nan
    return float(times[lower] + times[upper]) / 2
