"""What may be shown, and in which words why not."""

from __future__ import annotations

import numpy as np

from core.cohort import Cohort
from core.counts import Counts
from core.format import number, plural
from core.known import known_by, later_keys

FEW_EVENTS = 10


def estimable(counts: Counts) -> np.ndarray:
    """Return which strata have a finite hazard ratio against the first, bool (k,).

    A stratum "loses" to another when one of its patients dies while one of the other is at risk.
    The partial likelihood has a finite maximum exactly where every stratum can be reached from
    every other along such losses (Ford 1957, for paired comparisons; risk sets take the place of
    pairs). This finds monotone likelihoods before a fit would run off.
    """
    dies, present = (counts.deaths > 0).astype(float), (counts.at_risk > 0).astype(float)
    reach = (dies @ present.T > 0) | np.eye(len(dies), dtype=bool)
    for _ in range(len(dies)):
        reach = reach | (reach.astype(int) @ reach.astype(int) > 0)
    return np.asarray(reach[0] & reach[:, 0])


def comparison_reasons(counts: Counts) -> list[str]:
    """Say per stratum why its hazard ratio against the first is not shown; "" where it is."""
    levels = counts.strata.levels
    reasons = [own_reason(level, int(n), int(d))
               for level, n, d in zip(levels, counts.n, counts.n_event, strict=True)]
    if reasons[0]:
        return [reasons[0]] * len(levels)
    monotone = (f"while both were at risk, only one of {{}} and {levels[0]} had events, so the hazard "
                "ratio has no finite value")
    return [reason or ("" if finite else monotone.format(level))
            for reason, finite, level in zip(reasons, estimable(counts), levels, strict=True)]


def own_reason(level: str, n: int, deaths: int) -> str:
    """Say why a level has no hazard ratio whatever it is compared with; "" where it may have one."""
    if n == 0:
        return f"no patient in {level}"
    if n == 1:
        return f"only one patient in {level}"
    if deaths == 0:
        return f"no event in {level}"
    return ""


def few_events(counts: Counts) -> str:
    """Say that a comparison rests on few events, or nothing."""
    events = int(counts.n_event.sum())
    strata = int((counts.n > 0).sum())
    if strata > 1 and 0 < events < FEW_EVENTS * (strata - 1):
        return f"Only {plural(events, 'event')}: read every estimate with caution."
    return ""


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
