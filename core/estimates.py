"""Figures read off survival curves: at chosen times, quantiles, restricted means, follow-up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.cohort import Cohort
from core.counts import TOLERANCE, Counts, count
from core.errors import NotEstimable
from core.format import number
from core.kaplan_meier import Z95, ConfType, confidence, product_limit, quantile


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
    survival, error = product_limit(counts)
    low, high = confidence(survival, error, conf_type)
    rows = []
    for i, level in enumerate(counts.strata.levels):
        own = np.flatnonzero(counts.deaths[i] + counts.censored[i])
        last = float(counts.times[own[-1]]) if own.size else None
        for time in times:
            place = int(np.searchsorted(counts.times, time + TOLERANCE, side="right")) - 1
            known = last is not None and time <= last + TOLERANCE
            place = place if own.size and place >= own[0] else -1
            rows.append({
                "strata": level, "time": float(time),
                "n_risk": int(counts.at_risk[i, _from(counts, time)]) if known else 0,
                "n_event": int(counts.deaths[i, :place + 1].sum()) if known else 0,
                **_figures(survival[i], error[i], low[i], high[i], place, known)})
    return pd.DataFrame(rows, columns=["strata", "time", "n_risk", "n_event", "estimate", "std_error", "conf_low",
                                       "conf_high"])


def _figures(survival: np.ndarray, error: np.ndarray, low: np.ndarray, high: np.ndarray, place: int,
             known: bool) -> dict[str, float]:
    if not known:
        return dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high"), math.nan)
    if place < 0:  # before a stratum's first time nothing is estimated: summary.survfit has 1
        return {"estimate": 1.0, "std_error": 0.0, "conf_low": 1.0, "conf_high": 1.0}
    return {"estimate": survival[place], "std_error": survival[place] * error[place], "conf_low": low[place],
            "conf_high": high[place]}


def differences_at(at: pd.DataFrame) -> pd.DataFrame:
    """Return survival at each time less that of the first stratum, with Wald limits.

    strata, reference, time, difference, std_error, conf_low, conf_high, p_value; variances add, for the
    strata are independent.
    """
    reference = at.strata.iloc[0] if len(at) else ""
    first = at[at.strata == reference].set_index("time")
    rest = at[at.strata != reference]
    base = first.loc[rest.time]
    difference = rest.estimate.to_numpy() - base.estimate.to_numpy()
    error = np.hypot(rest.std_error.to_numpy(), base.std_error.to_numpy())
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(difference / error)
    return pd.DataFrame({
        "strata": rest.strata.to_numpy(), "reference": reference, "time": rest.time.to_numpy(),
        "difference": difference, "std_error": error, "conf_low": difference - Z95 * error,
        "conf_high": difference + Z95 * error, "p_value": [math.erfc(v / math.sqrt(2)) for v in z]})


def quantiles(cohort: Cohort, *, endpoint: str, by: str | None = None, shares: Sequence[float] = (0.25, 0.5, 0.75),
              conf_type: ConfType = "log-log") -> pd.DataFrame:
    """Return the times at which a share has had the event (R: quantile.survfit).

    strata, share, time, conf_low, conf_high (months; NaN: not reached).
    """
    return _quantiles(count(cohort, endpoint, by), shares, conf_type)


def _quantiles(counts: Counts, shares: Sequence[float], conf_type: ConfType) -> pd.DataFrame:
    survival, error = product_limit(counts)
    curves = (survival, *confidence(survival, error, conf_type))
    rows = []
    for i, level in enumerate(counts.strata.levels):
        own = np.flatnonzero(counts.deaths[i] + counts.censored[i])
        for share in shares:
            found = [quantile(counts.times[own], 1 - c[i, own], share) if own.size else math.nan for c in curves]
            rows.append({"strata": level, "share": float(share), "time": found[0], "conf_low": found[1],
                         "conf_high": found[2]})
    return pd.DataFrame(rows, columns=["strata", "share", "time", "conf_low", "conf_high"])


def follow_up(cohort: Cohort, *, endpoint: str, by: str | None = None,
              conf_type: ConfType = "log-log") -> pd.DataFrame:
    """Return follow-up by its two definitions, named.

    strata, n, reverse_median, conf_low, conf_high (reverse Kaplan-Meier: Schemper and Smith, Control
    Clin Trials 1996;17:343; R: survfit of 1 - event), observed_median, observed_low, observed_high (of
    the observed times, whatever ended them: median and range).
    """
    counts = count(cohort, endpoint, by)
    reverse = _quantiles(replace(counts, deaths=counts.censored, censored=counts.deaths), (0.5,), conf_type)
    observed = [np.repeat(counts.times, counts.deaths[i] + counts.censored[i]) for i in range(len(counts.n))]
    return pd.DataFrame({
        "strata": np.asarray(counts.strata.levels, dtype=object), "n": counts.n, "reverse_median": reverse.time,
        "conf_low": reverse.conf_low, "conf_high": reverse.conf_high,
        "observed_median": [float(np.median(o)) if o.size else math.nan for o in observed],
        "observed_low": [o.min() if o.size else math.nan for o in observed],
        "observed_high": [o.max() if o.size else math.nan for o in observed]})


def longest_tau(cohort: Cohort, *, endpoint: str, by: str | None = None) -> float:
    """Return the largest time up to which every stratum with patients is followed: the default tau."""
    counts = count(cohort, endpoint, by)
    lasts = [t for i in range(len(counts.n)) if (t := _last(counts, i)) is not None]
    if not lasts:
        raise NotEstimable("No patient has a time.", "Take a filter away.")
    return min(lasts)


def restricted_mean(cohort: Cohort, *, endpoint: str, by: str | None = None, tau: float | None = None) -> pd.DataFrame:
    """Return the restricted mean survival time to tau (R: survfit's rmean and its standard error).

    strata, tau, estimate, std_error, conf_low, conf_high (months); the variance is Greenwood's.

    Raises
    ------
    NotEstimable
        If tau lies beyond the last time of a stratum: the mean would rest on no one.
    """
    most = longest_tau(cohort, endpoint=endpoint, by=by)
    tau = most if tau is None else tau
    if tau > most + TOLERANCE:
        raise NotEstimable(f"tau = {number(tau)} lies beyond the follow-up of a stratum.",
                           f"Choose at most {number(most)} months.")
    counts = count(cohort, endpoint, by)
    survival, _ = product_limit(counts)
    rows = []
    for i, level in enumerate(counts.strata.levels):
        mean, error = _area(counts, survival[i], i, tau) if counts.n[i] else (math.nan, math.nan)
        rows.append({"strata": level, "tau": tau, "estimate": mean, "std_error": error,
                     "conf_low": mean - Z95 * error, "conf_high": mean + Z95 * error})
    return pd.DataFrame(rows, columns=["strata", "tau", "estimate", "std_error", "conf_low", "conf_high"])


def restricted_mean_comparison(means: pd.DataFrame) -> pd.DataFrame:
    """Return differences and ratios of restricted means against the first stratum.

    strata, reference, measure ("difference", "ratio"), estimate, conf_low, conf_high, p_value; the ratio's
    limits by the delta method on its logarithm (Uno et al. J Clin Oncol 2014;32:2380).
    """
    names = [str(s) for s in means.strata]
    mean, error = means.estimate.to_numpy(dtype=float), means.std_error.to_numpy(dtype=float)
    rows = []
    with np.errstate(divide="ignore", invalid="ignore"):  # a curve without events has no error, one at 0 no ratio
        both, relative = np.hypot(error, error[:1]), np.hypot(error / mean, error[:1] / mean[:1])
        difference, log_ratio = mean - mean[:1], np.log(mean / mean[:1])
        for i in range(1, len(names)):
            limits = (difference[i] - Z95 * both[i], difference[i] + Z95 * both[i])
            rows.append((names[i], names[0], "difference", difference[i], *limits, _two_sided(difference[i] / both[i])))
            limits = (np.exp(log_ratio[i] - Z95 * relative[i]), np.exp(log_ratio[i] + Z95 * relative[i]))
            rows.append((names[i], names[0], "ratio", np.exp(log_ratio[i]), *limits,
                         _two_sided(log_ratio[i] / relative[i])))
    return pd.DataFrame(rows, columns=["strata", "reference", "measure", "estimate", "conf_low", "conf_high",
                                       "p_value"])


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def _area(counts: Counts, survival: np.ndarray, i: int, tau: float) -> tuple[float, float]:
    """Return the area under one curve to tau and its standard error."""
    inside = counts.times < tau
    edges = np.concatenate([[0.0], counts.times[inside], [tau]])
    steps = np.concatenate([[1.0], survival[inside]])
    areas = steps * np.diff(edges)
    beyond = areas[::-1].cumsum()[::-1][1:]  # from each time to tau
    deaths, risk = counts.deaths[i, inside], counts.at_risk[i, inside]
    left = risk - deaths
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where((deaths > 0) & (left > 0), deaths / (risk * left.astype(float)), 0.0)
    return float(areas.sum()), float(np.sqrt((beyond**2 * spread).sum()))


def _from(counts: Counts, time: float) -> int:
    """Return the first of the table's times that is not before a time."""
    return min(int(np.searchsorted(counts.times, time - TOLERANCE, side="left")), counts.times.size - 1)


def _last(counts: Counts, i: int) -> float | None:
    """Return a stratum's last observed time."""
    own = np.flatnonzero(counts.deaths[i] + counts.censored[i])
    return float(counts.times[own[-1]]) if own.size else None
