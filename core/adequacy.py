"""What may be shown, and in which words why not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.cohort import Cohort
from core.counts import Counts
from core.format import number, p_phrase, plural
from core.known import known_by, later_keys
from core.proportional import DOUBT

FEW_EVENTS = 10  # per parameter
NO_EVENT, NO_FINITE_RATIO = "no event in", "the hazard ratio has no finite value (monotone likelihood)"
UNTOLD = "no risk set tells it apart from the other terms"
NOT_FOUND = "no maximum of the likelihood was found"
TOO_FAR = "the hazard ratio is beyond 1000: hardly anything holds it"
BEYOND = math.log(1000)  # of a log hazard ratio: what is farther off rests on next to nothing


def estimable(counts: Counts) -> np.ndarray:
    """Return which strata have a finite hazard ratio against the first, bool (k,)."""
    return finite_against_first(counts.deaths, counts.at_risk)


def finite_against_first(deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return which strata have a finite hazard ratio against the first, bool (k,), from counts (k, t).

    A stratum "loses" to another when one of its patients dies while one of the other is at risk.
    The partial likelihood has a finite maximum exactly where every stratum can be reached from
    every other along such losses (Ford 1957, for paired comparisons; risk sets take the place of
    pairs). This finds monotone likelihoods before a fit would run off.
    """
    dies, present = (deaths > 0).astype(float), (at_risk > 0).astype(float)
    reach = (dies @ present.T > 0) | np.eye(len(dies), dtype=bool)
    for _ in range((len(dies) - 1).bit_length()):  # each time paths of twice the length
        reach = reach | (reach.astype(int) @ reach.astype(int) > 0)
    return np.asarray(reach[0] & reach[:, 0])


def reasons_of(levels: Sequence[str], n: np.ndarray, deaths: np.ndarray, finite: np.ndarray) -> list[str]:
    """Say per stratum why its hazard ratio against the first is not shown; "" where it is.

    Parameters
    ----------
    n, deaths, finite : patients, events, and whether the ratio has a finite value, each (k,)
    """
    reasons = [own_reason(level, int(m), int(d)) for level, m, d in zip(levels, n, deaths, strict=True)]
    if reasons[0]:
        return [reasons[0]] * len(levels)
    monotone = (f"while both were at risk, only one of {{}} and {levels[0]} had events, so the hazard "
                "ratio has no finite value")
    return [reason or ("" if here else monotone.format(level))
            for reason, here, level in zip(reasons, finite, levels, strict=True)]


def own_reason(level: str, n: int, deaths: int) -> str:
    """Say why a level has no hazard ratio whatever it is compared with; "" where it may have one."""
    if n == 0:
        return f"no patient in {level}"
    if n == 1:
        return f"only one patient in {level}"
    if deaths == 0:
        return f"{NO_EVENT} {level}"
    return ""


def firth_helps(reasons: Sequence[str]) -> bool:
    """Tell whether a penalised likelihood has an estimate where one of these says why the likelihood has none."""
    return any(reason.startswith(NO_EVENT) or reason == NO_FINITE_RATIO for reason in reasons)


def few_events(events: int, strata: int) -> str:
    """Say that a comparison of strata rests on few events, or nothing."""
    if strata > 1 and 0 < events < FEW_EVENTS * (strata - 1):
        return f"Only {plural(events, 'event')}: read every estimate with caution."
    return ""


def few_per_parameter(parameters: int, events: int, *, penalised: bool = False) -> str:
    """Say that a model has fewer events than its parameters need, or nothing."""
    if parameters > 0 and events < FEW_EVENTS * parameters:
        instead = "" if penalised else ", or the Firth-penalised model"
        return (f"{plural(events, 'event')} for {plural(parameters, 'parameter')}, fewer than {FEW_EVENTS} each: "
                f"estimates and intervals may be far off. Take fewer covariates{instead}.")
    return ""


def few_patients(n: int, least: int) -> str:
    """Say that there are fewer patients than a user wants to read estimates of, or nothing."""
    return f"{plural(n, 'patient')}, fewer than {least}: read every estimate with caution." if 0 < n < least else ""


def model_reason(parameters: int, events: int) -> str:
    """Say why a model cannot be fitted at all: no fewer parameters than events; "" where it can."""
    if parameters >= events:
        return f"{plural(parameters, 'parameter')} for {plural(events, 'event')}: no model can be fitted"
    return ""


def few_at_tau(means: pd.DataFrame) -> str:
    """Say where a single patient is left at risk at the month to which restricted means run; "" where nowhere.

    Parameters
    ----------
    means : what estimates.restricted_mean returned
    """
    lone = means.strata[(means.n_risk == 1) & means.estimate.notna()].tolist()
    if not lone:
        return ""
    return (f"At month {number(float(means.tau.iloc[0]))} one patient is left at risk in {' and in '.join(lone)}: the "
            "end of the curve, and with it the mean, rests on that patient. Choose a smaller τ.")


def proportional_verdict(p: float) -> str:
    """Say beside a hazard ratio whether hazards are proportional, by the p of their test.

    Source: Grambsch P, Therneau T. Biometrika 1994;81:515 (R: cox.zph of survival 3, transform "km").
    """
    if math.isnan(p):
        return "Proportional hazards: the events are too few to test it"
    if p < DOUBT:
        return (f"Proportional hazards: {p_phrase(p)}, the ratio seems to change over time and one number may not "
                "describe it: compare restricted means")
    return f"Proportional hazards: {p_phrase(p)}, no evidence against them"


def log_rank_reason(counts: Counts) -> str:
    """Say why a log-rank p would mean nothing, or nothing."""
    for level, n in zip(counts.strata.levels, counts.n, strict=True):
        if n == 1:
            return f"no test: only one patient in {level}"
    if (counts.n > 0).sum() < 2:
        return "no test: fewer than two groups have patients"
    if not counts.n_event.any():
        return "no test: no event"
    return ""


def immortal_time(cohort: Cohort, *keys: str | None) -> str:
    """Warn where survival is filtered or stratified (by `keys`) by what is known only after time zero.

    Source: Anderson, Cain, Gelber. J Clin Oncol 1983;1:710.
    """
    found = later_keys(cohort, keys)
    if not found:
        return ""
    names = ", ".join(dict.fromkeys(cohort.variable(k).label for k in found))
    if cohort.whole.landmark:
        month = number(cohort.whole.landmark[1])
        if known_by(cohort, found) is not None:
            return f"{names}: as known by the landmark, month {month}; what became known later does not count."
        return (f"{names}: read as known by the landmark, month {month}. Choose it so late "
                "that this holds for every patient: what became known after it still favours those who lived.")
    verb = "is" if len(found) == 1 else "are"
    return (f"{names} {verb} known only after time zero. Patients had to live long enough to be "
            "classified (immortal time): these curves and hazard ratios do not show an effect and "
            "must not be read as one. A landmark analysis starts the clock when it is known.")


def left_out(missing_endpoint: int, endpoint: str, missing_stratum: int, label: str) -> str:
    """Say how many patients a survival panel leaves out, and why; "" where none."""
    parts = []
    if missing_endpoint:
        parts.append(f"{plural(missing_endpoint, 'patient')} left out: {endpoint} time or event missing")
    if missing_stratum:
        parts.append(f"{plural(missing_stratum, 'patient')} left out: {label} missing")
    return "; ".join(parts)
