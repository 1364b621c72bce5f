"""Competing risks: cumulative incidence by cause and Gray's test, as R's cmprsk gives them.

Sources: Aalen O. Scand J Stat 1978;5:141; Gray RJ. Ann Stat 1988;16:1141; cmprsk::cuminc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import TOLERANCE, Cohort, Strata, strata
from core.statistics import Z95, chi_square_p
from core.survival.first_cause import Causes, causes

_ROUND_OFF = 1e-12  # an incidence so near to 1 is 1, and has no limits


@dataclass(frozen=True, kw_only=True, eq=False)
class CumulativeIncidence:
    """Cumulative incidence of each cause in each stratum.

    Attributes
    ----------
    curves : cause, strata, time (months), n_risk, n_event (of the cause), n_other (of the other causes), n_censor,
        estimate, std_error, conf_low, conf_high; a row per stratum and distinct time
    totals : strata, n, n_censor, and per cause its events (columns named after the causes)
    gray : cause, statistic, df, p_value; no row for a cause that cannot be compared
    missing_endpoint, missing_stratum : patients left out, and why
    """

    endpoint: str
    by: str | None
    label: str
    causes: tuple[str, ...]
    levels: tuple[str, ...]
    curves: pd.DataFrame
    totals: pd.DataFrame
    gray: pd.DataFrame
    missing_endpoint: int
    missing_stratum: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """Events (k strata, c causes, t times), and censored and at risk, each (k, t)."""

    times: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    at_risk: np.ndarray
    missing_endpoint: int
    missing_stratum: int


def cumulative_incidence(cohort: Cohort, *, endpoint: str, by: str | None = None) -> CumulativeIncidence:
    """Estimate the cumulative incidence of each first cause (Aalen and Johansen; R: cmprsk::cuminc).

    Limits are those of the complementary log-log scale, F to the power exp(±z se / (F log F)).

    Raises
    ------
    NotEstimable
        If the cohort has no single dated first cause for this endpoint.
    """
    line, groups = causes(cohort, endpoint), strata(cohort, by)
    table = _count(cohort, line, groups)
    before, after = _event_free(table)
    pieces, tests = [], []
    used = table.events.sum(axis=1) + table.censored > 0
    for place, cause in enumerate(line.labels):
        estimate, error = _incidence(table, place, before, after)
        pieces.append(_curve(table, groups, cause, place, used, estimate, error))
        if test := gray_test(table.events[:, place], table.events.sum(axis=1) - table.events[:, place], table.at_risk):
            tests.append((cause, *test))
    totals = {"strata": list(groups.levels), "n": table.at_risk[:, :1].sum(axis=1),
              "n_censor": table.censored.sum(axis=1)}
    totals |= {cause: table.events[:, i].sum(axis=1) for i, cause in enumerate(line.labels)}
    return CumulativeIncidence(
        endpoint=endpoint, by=by, label=groups.label, causes=line.labels, levels=groups.levels,
        curves=pd.concat(pieces, ignore_index=True), totals=pd.DataFrame(totals),
        gray=pd.DataFrame(tests, columns=["cause", "statistic", "df", "p_value"]),
        missing_endpoint=table.missing_endpoint, missing_stratum=table.missing_stratum)


def incidence_at(result: CumulativeIncidence, times: Sequence[float]) -> pd.DataFrame:
    """Return cumulative incidence at chosen times (R: cmprsk::timepoints).

    cause, strata, time, estimate, std_error, conf_low, conf_high; NaN after a stratum's last time.
    """
    rows = []
    figures = ["estimate", "std_error", "conf_low", "conf_high"]
    for (cause, level), curve in result.curves.groupby(["cause", "strata"], sort=False):
        at = curve.time.to_numpy()
        for time in times:
            place = int(np.searchsorted(at, time + TOLERANCE, side="right")) - 1
            known = time <= at[-1] + TOLERANCE
            figures_at_time = [math.nan] * 4 if not known else [0.0, 0.0, math.nan, math.nan] if place < 0 else \
                curve[figures].iloc[place].tolist()
            rows.append((cause, level, float(time), *figures_at_time))
    return pd.DataFrame(rows, columns=["cause", "strata", "time", *figures])


def _count(cohort: Cohort, line: Causes, groups: Strata) -> _Table:
    """Count first causes by stratum and time among the filtered patients."""
    rows = cohort.rows & (line.index >= 0)
    used = rows & (groups.codes >= 0)
    k, c, t = len(groups.levels), len(line.labels) + 1, line.times.size
    cell = (groups.codes[used] * c + line.cause[used]) * t + line.index[used]
    table = np.bincount(cell, minlength=k * c * t).reshape(k, c, t)
    table = table[:, :, table.any(axis=(0, 1))]
    leaving = table.sum(axis=1)
    times = line.times[np.unique(line.index[used])]
    return _Table(
        times=times, events=table[:, 1:], censored=table[:, 0], at_risk=np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1],
        missing_endpoint=cohort.n - int(rows.sum()), missing_stratum=int(rows.sum()) - int(used.sum()))


def _event_free(table: _Table) -> tuple[np.ndarray, np.ndarray]:
    """Return the share free of every event just before and at each time, each (k, t)."""
    after = np.cumprod(1 - table.events.sum(axis=1) / np.maximum(table.at_risk, 1), axis=1)
    before = np.concatenate([np.ones((len(after), 1)), after[:, :-1]], axis=1)
    return before, after


def _incidence(table: _Table, cause: int, before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return cumulative incidence of a cause and its standard error (Aalen's, as in cmprsk), each (k, t)."""
    of_cause = table.events[:, cause]
    other = table.events.sum(axis=1) - of_cause
    risk = np.maximum(table.at_risk, 1).astype(float)
    estimate = np.cumsum(before * of_cause / risk, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(after > 0, 1 / after, 0.0)
        relative = estimate * inverse
        from_other = np.where(after > 0, _tied_variance(other, risk) * before**2, 0.0)
        from_own = _tied_variance(of_cause, risk) * before**2
    squares = np.cumsum(relative**2 * from_other + (1 + relative) ** 2 * from_own, axis=1)
    mixed = np.cumsum(inverse * (relative * from_other + (1 + relative) * from_own), axis=1)
    inner = np.cumsum(inverse**2 * (from_other + from_own), axis=1)
    variance = squares + estimate**2 * inner - 2 * estimate * mixed
    return estimate, np.sqrt(np.maximum(_held(variance, of_cause > 0), 0))


def _tied_variance(deaths: np.ndarray, risk: np.ndarray) -> np.ndarray:
    """Return d / n² with the hypergeometric correction for ties."""
    correction = np.where(deaths > 1, 1 - (deaths - 1) / np.maximum(risk - 1, 1), 1.0)
    return np.asarray(correction * deaths / risk**2)


def _held(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Hold each row's values from where `at` is true to the next such place; 0 before the first."""
    place = np.maximum.accumulate(np.where(at, np.arange(at.shape[1]), -1), axis=1)
    return np.where(place < 0, 0.0, np.take_along_axis(values, np.maximum(place, 0), axis=1))


def _curve(table: _Table, groups: Strata, cause: str, place: int, used: np.ndarray, estimate: np.ndarray,
           error: np.ndarray) -> pd.DataFrame:
    k, t = np.nonzero(used)
    f, se = estimate[k, t], error[k, t]
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = (f > 0) & (f < 1 - _ROUND_OFF)
        shift = np.where(inside, Z95 * se / (f * np.log(f)), 0.0)
        low, high = (np.where(inside, f ** np.exp(sign * shift), np.nan) for sign in (-1, 1))
    of_cause = table.events[k, place, t]
    return pd.DataFrame({
        "cause": cause, "strata": np.asarray(groups.levels, dtype=object)[k], "time": table.times[t],
        "n_risk": table.at_risk[k, t], "n_event": of_cause, "n_other": table.events[k, :, t].sum(axis=1) - of_cause,
        "n_censor": table.censored[k, t], "estimate": f, "std_error": se, "conf_low": low, "conf_high": high})


def gray_test(of_cause: np.ndarray, other: np.ndarray, at_risk: np.ndarray) -> tuple[float, int, float] | None:
    """Compare cumulative incidences of one cause between strata (Gray's test, rho = 0).

    Parameters
    ----------
    of_cause, other, at_risk : int (k, t), events of the cause, of all others, and patients at risk

    Returns
    -------
    statistic, degrees of freedom, p; None where fewer than two strata have patients or none has the event
    """
    present = at_risk[:, :1].any(axis=1)
    of_cause, other, at_risk = of_cause[present], other[present], at_risk[present].astype(float)
    if len(of_cause) < 2 or not of_cause.any():
        return None
    score, variance = _gray_score(of_cause, other, at_risk)
    z, v = score[:-1], variance[:-1, :-1]
    if np.linalg.matrix_rank(v) < len(z):
        return None
    statistic = float(z @ np.linalg.solve(v, z))
    return statistic, len(z), chi_square_p(statistic, len(z))


def _gray_score(of_cause: np.ndarray, other: np.ndarray, risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Gray's score (k,) and its covariance (k, k).

    Each stratum's risk set keeps those who had another event, weighted by how many of them would still be
    followed: R = n (1 - F(t-)) / S(t-). All integrals are cumulative sums over the distinct times.
    """
    at = (of_cause + other).any(axis=0)
    of_cause, other, risk = of_cause[:, at], other[:, at], risk[:, at]
    anyone_at_risk = risk > 0
    n = np.maximum(risk, 1)
    after = np.cumprod(1 - (of_cause + other) / n, axis=1)
    before = np.concatenate([np.ones((len(after), 1)), after[:, :-1]], axis=1)
    incidence = np.cumsum(before * of_cause / n, axis=1)
    incidence_before = np.concatenate([np.zeros((len(after), 1)), incidence[:, :-1]], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(anyone_at_risk, risk / before, 0.0)
    total, deaths = weight.sum(axis=0), of_cause.sum(axis=0)
    subdistribution = weight * (1 - incidence_before)
    score = (of_cause - deaths * subdistribution / subdistribution.sum(axis=0)).sum(axis=1)
    pooled = np.cumsum(deaths / total)
    pooled_before = np.concatenate([[0.0], pooled[:-1]])
    slope = np.einsum("it,ij->ijt", weight, np.eye(len(of_cause))) - weight[:, None] * weight[None] / total  # (i, k, t)
    drift = np.cumsum(slope * deaths / (total * (1 - pooled_before)), axis=2)
    return score, _gray_variance(of_cause, other, risk, before, after, slope, drift, total, deaths, pooled)


def _gray_variance(of_cause: np.ndarray, other: np.ndarray, risk: np.ndarray, before: np.ndarray, after: np.ndarray,
                   slope: np.ndarray, drift: np.ndarray, total: np.ndarray, deaths: np.ndarray,
                   pooled: np.ndarray) -> np.ndarray:
    """Sum the martingale's variation over strata: from events of the cause, then from the others."""
    size = len(of_cause)
    variance = np.zeros((size, size))
    for k in range(size):
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.where(after[k] > 0, (1 - pooled) / after[k], 0.0)
            ties = np.where(deaths > 1, 1 - (deaths - 1) / (total * before[k] - 1), 1.0)
            from_own = np.where((risk[k] > 0) & (deaths > 0), ties * before[k] * deaths / (total * risk[k]), 0.0)
            from_other = np.where(after[k] > 0, _tied_variance(other[k], np.maximum(risk[k], 1)) * before[k] ** 2, 0.0)
        lead = 1 - relative
        end, at_time = drift[:, k, -1], drift[:, k]
        direct = slope[:, k] - lead * at_time
        turned = -relative * at_time
        moment = (lead**2 * from_own + relative**2 * from_other).sum()
        cross = (direct * lead * from_own + turned * relative * from_other).sum(axis=1)
        variance += (direct * from_own) @ direct.T + (turned * from_other) @ turned.T
        variance += np.outer(end, end) * moment + np.outer(end, cross) + np.outer(cross, end)
    return variance
