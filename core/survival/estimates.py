"""Figures read off survival curves: at chosen times, quantiles, restricted means, follow-up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.cohort import TOLERANCE, Cohort, Counts, count
from core.errors import NotEstimable
from core.format import number
from core.language import say
from core.options import takes_options
from core.statistics import Z95, two_sided_p
from core.survival.product_limit import ConfType, limits, product_limit, quantiles_of

_CERTAIN = {"estimate": 1.0, "std_error": 0.0, "conf_low": 1.0, "conf_high": 1.0}


@takes_options
def survival_at(cohort: Cohort, *, endpoint: str, by: str | None = None, times: Sequence[float],
                conf_type: ConfType = "log-log") -> pd.DataFrame:
    """Return survival at chosen times (R: summary.survfit).

    Parameters
    ----------
    times : months

    Returns
    -------
    strata, time, n_risk, n_event (so far), estimate, std_error, conf_low, conf_high; NaN after a
    stratum's last time, where nothing is known.
    """
    counts = count(cohort, endpoint, by)
    k = np.repeat(np.arange(len(counts.strata.levels)), len(times))
    asked = np.tile(np.asarray(times, dtype=float), len(counts.strata.levels))
    last, first = _ends(counts)
    known = asked <= last[k] + TOLERANCE  # False where a stratum has nobody
    inside = known & (asked >= first[k] - TOLERANCE)
    risk = so_far = np.zeros(k.size, int)
    # Before a stratum's first time nothing is estimated: summary.survfit has 1 with certainty.
    figures = {name: np.where(known, before, np.nan) for name, before in _CERTAIN.items()}
    if counts.times.size:
        risk = counts.at_risk_at(np.asarray(times, dtype=float)).ravel()
        i, j = k[inside], np.searchsorted(counts.times, asked[inside] + TOLERANCE, side="right") - 1
        so_far[inside] = np.cumsum(counts.deaths, axis=1)[i, j]
        survival, error = product_limit(counts)
        curves = (survival, survival * error, *limits(counts, conf_type))
        for column, curve in zip(figures.values(), curves, strict=True):
            column[inside] = curve[i, j]
    return pd.DataFrame({"strata": np.asarray(counts.strata.levels, dtype=object)[k], "time": asked, "n_risk": risk,
                         "n_event": so_far, **figures})


def differences_at(at: pd.DataFrame, reference: str = "") -> pd.DataFrame:
    """Return survival at each time less that of the reference, the first stratum if none is given, with Wald limits.

    strata, reference, time, difference, std_error, conf_low, conf_high, p_value; variances add, for the
    strata are independent.
    """
    at, times = _reference_first(at, reference), at.time.nunique()
    strata, error = at.strata.to_numpy(), at.std_error.to_numpy(dtype=float)
    survival = at.estimate.to_numpy(dtype=float)
    again = max(len(at) // times - 1, 0) if times else 0  # the frame is strata by times, the reference first
    difference = survival[times:] - np.tile(survival[:times], again)
    apart = np.hypot(error[times:], np.tile(error[:times], again))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(difference / apart)
    return pd.DataFrame({
        "strata": strata[times:], "reference": np.full(difference.size, strata[0] if len(at) else "", dtype=object),
        "time": at.time.to_numpy()[times:], "difference": difference, "std_error": apart,
        "conf_low": difference - Z95 * apart, "conf_high": difference + Z95 * apart,
        "p_value": np.array([two_sided_p(v) for v in z])})


@takes_options
def quantiles(cohort: Cohort, *, endpoint: str, by: str | None = None, shares: Sequence[float] = (0.25, 0.5, 0.75),
              conf_type: ConfType = "log-log") -> pd.DataFrame:
    """Return the times at which a share has had the event (R: quantile.survfit).

    strata, share, time, conf_low, conf_high (months; NaN: not reached).
    """
    return _quantiles(count(cohort, endpoint, by), shares, conf_type)


def _quantiles(counts: Counts, shares: Sequence[float], conf_type: ConfType) -> pd.DataFrame:
    figures = quantiles_of(counts, shares, conf_type)
    return pd.DataFrame({
        "strata": np.repeat(np.asarray(counts.strata.levels, dtype=object), len(shares)),
        "share": np.tile(np.asarray(shares, dtype=float), len(figures)),
        "time": figures[:, :, 0].ravel(), "conf_low": figures[:, :, 1].ravel(), "conf_high": figures[:, :, 2].ravel()})


@takes_options
def follow_up(cohort: Cohort, *, endpoint: str, by: str | None = None,
              conf_type: ConfType = "log-log") -> pd.DataFrame:
    """Return follow-up by its two definitions, named.

    strata, n, reverse_median, conf_low, conf_high (reverse Kaplan-Meier: Schemper and Smith, Control
    Clin Trials 1996;17:343; R: survfit of 1 - event), observed_median, observed_low, observed_high (of
    the observed times, whatever ended them: median and range).
    """
    counts = count(cohort, endpoint, by)
    reverse = _quantiles(replace(counts, deaths=counts.censored, censored=counts.deaths), (0.5,), conf_type)
    last, first = _ends(counts)
    return pd.DataFrame({
        "strata": counts.strata.levels, "n": counts.n,
        "reverse_median": reverse.time.to_numpy(), "conf_low": reverse.conf_low.to_numpy(),
        "conf_high": reverse.conf_high.to_numpy(),
        "observed_median": _observed_medians(counts), "observed_low": first, "observed_high": last})


def _observed_medians(counts: Counts) -> np.ndarray:
    """Return the median of the observed times per stratum, (k,); the mean of the middle two of an even number."""
    left = counts.n[:, None] - np.cumsum(counts.deaths + counts.censored, axis=1)  # followed beyond each time
    out = np.full(len(left), math.nan)
    for i, n in enumerate(counts.n):
        if n:
            lower, upper = (int(np.argmax(n - left[i] >= rank)) for rank in ((n + 1) // 2, n // 2 + 1))
            out[i] = (counts.times[lower] + counts.times[upper]) / 2
    return out


def longest_tau(cohort: Cohort, *, endpoint: str, by: str | None = None) -> float:
    """Return the largest time up to which every stratum with patients is followed: the default tau."""
    counts = count(cohort, endpoint, by)
    last, _ = _ends(counts)
    if np.isnan(last).all():
        raise NotEstimable(say("No patient has a time."), say("Take a filter away."))
    return float(np.nanmin(last))


def restricted_mean(cohort: Cohort, *, endpoint: str, by: str | None = None, tau: float | None = None) -> pd.DataFrame:
    """Return the restricted mean survival time to tau (R: survfit's rmean and its standard error).

    strata, tau, n_risk (at tau), estimate, std_error, conf_low, conf_high (months); the variance is Greenwood's.

    Raises
    ------
    NotEstimable
        If tau lies beyond the last time of a stratum: the mean would rest on no one.
    """
    most = longest_tau(cohort, endpoint=endpoint, by=by)
    tau = most if tau is None else tau
    if tau > most + TOLERANCE:
        raise NotEstimable(say("tau = {tau} lies beyond the follow-up of a stratum.", tau=number(tau)),
                           say("Choose at most {most} months.", most=number(most)))
    counts = count(cohort, endpoint, by)
    survival, _ = product_limit(counts)
    mean, error = _areas(counts, survival, tau)
    return pd.DataFrame({
        "strata": counts.strata.levels, "tau": np.full(len(mean), tau),
        "n_risk": counts.at_risk_at(np.array([tau]))[:, 0], "estimate": mean, "std_error": error,
        "conf_low": mean - Z95 * error, "conf_high": mean + Z95 * error})


def restricted_mean_comparison(means: pd.DataFrame, reference: str = "") -> pd.DataFrame:
    """Return differences and ratios of restricted means against the reference, the first stratum if none is given.

    strata, reference, measure ("difference", "ratio"), estimate, conf_low, conf_high, p_value; the ratio's
    limits by the delta method on its logarithm (Uno et al. J Clin Oncol 2014;32:2380).
    """
    means = _reference_first(means, reference)
    names = np.asarray(means.strata, dtype=object)
    mean, error = means.estimate.to_numpy(dtype=float), means.std_error.to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):  # a curve without events has no error, one at 0 no ratio
        both, relative = np.hypot(error, error[:1]), np.hypot(error / mean, error[:1] / mean[:1])
        difference, log_ratio = mean - mean[:1], np.log(mean / mean[:1])
        comparisons = [(difference, difference - Z95 * both, difference + Z95 * both, difference / both),
                 (*np.exp([log_ratio, log_ratio - Z95 * relative, log_ratio + Z95 * relative]), log_ratio / relative)]
    value, low, high, z = np.array(comparisons).transpose(1, 2, 0)[:, 1:].reshape(4, -1)  # by stratum, then measure
    return pd.DataFrame({
        "strata": np.repeat(names[1:], 2),
        "reference": np.full(value.size, names[0] if names.size else "", dtype=object),
        "measure": np.tile(np.array(["difference", "ratio"], dtype=object), max(len(names) - 1, 0)),
        "estimate": value, "conf_low": low, "conf_high": high, "p_value": np.array([two_sided_p(v) for v in z])})


def _reference_first(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Return figures by stratum with those of the reference first."""
    apart = (frame.strata != reference).to_numpy()
    return frame if apart.all() else frame.iloc[np.argsort(apart, kind="stable")]


def _areas(counts: Counts, survival: np.ndarray, tau: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the areas under the curves (k, t) to tau and their standard errors, (k,); NaN where there is nobody."""
    inside = counts.times < tau
    edges = np.concatenate([[0.0], counts.times[inside], [tau]])
    steps = np.concatenate([np.ones((len(survival), 1)), survival[:, inside]], axis=1)
    areas = steps * np.diff(edges)
    beyond = areas[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]  # from each time to tau
    deaths, risk = counts.deaths[:, inside], counts.at_risk[:, inside]
    left = risk - deaths
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where((deaths > 0) & (left > 0), deaths / (risk * left.astype(float)), 0.0)
    has_patients = np.where(counts.n > 0, 1.0, math.nan)
    return areas.sum(axis=1) * has_patients, np.sqrt((beyond**2 * spread).sum(axis=1)) * has_patients


def _ends(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Return each stratum's last and first observed time, (k,); NaN where it has nobody."""
    return counts.remember("ends", lambda: _find_ends(counts))


def _find_ends(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    present = counts.present
    if not counts.times.size:
        return np.full(len(present), math.nan), np.full(len(present), math.nan)
    has_times = present.any(axis=1)
    first = np.where(has_times, counts.times[present.argmax(axis=1)], math.nan)
    return np.where(has_times, counts.times[counts.times.size - 1 - present[:, ::-1].argmax(axis=1)], math.nan), first
