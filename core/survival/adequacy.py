"""What may be shown, and in which words why not."""

from __future__ import annotations

import pandas as pd

from core.cohort import Cohort, Counts, entry_months
from core.format import number, plural

FEW_EVENTS = 10  # per parameter


def few_events(events: int, strata: int) -> str:
    """Say that a comparison of strata rests on few events, or nothing."""
    if strata > 1 and 0 < events < FEW_EVENTS * (strata - 1):
        return f"Only {plural(events, 'event')}: read every estimate with caution."
    return ""


def few_patients(n: int, least: int) -> str:
    """Say that there are fewer patients than a user wants to read estimates of, or nothing."""
    return f"{plural(n, 'patient')}, fewer than {least}: read every estimate with caution." if 0 < n < least else ""


def few_at_tau(means: pd.DataFrame) -> str:
    """Say in which strata a single patient is at risk at the month to which restricted means run; "" where in none.

    Parameters
    ----------
    means : what estimates.restricted_mean returned
    """
    lone = means.strata[(means.n_risk == 1) & means.estimate.notna()].tolist()
    if not lone:
        return ""
    return (f"At month {number(float(means.tau.iloc[0]))} one patient is left at risk in {' and in '.join(lone)}: the "
            "end of the curve, and with it the mean, rests on that patient. Choose a smaller τ.")


def late_entry(cohort: Cohort, endpoint: str) -> str:
    """Name late entry as a part of the method, with what joins it to the part before; "" where there is none."""
    return "; late entry (left truncation)" if entry_months(cohort, endpoint) is not None else ""


def ended_early(counts: Counts) -> str:
    """Say in which strata all at risk had died while others were still to enter (late entry); "" where in none.

    A product-limit curve that has fallen to 0 stays there, whoever enters later.
    """
    ended = (counts.deaths > 0) & (counts.deaths == counts.at_risk)
    words = []
    for level, ends, present in zip(counts.strata.levels, ended, counts.present, strict=True):
        if ends.any() and present[int(ends.argmax()) + 1:].any():
            words.append(f"{level}: at month {number(float(counts.times[ends.argmax()]))} all at risk had died, before "
                         "others entered, so the curve is 0 from there and must not be read. Start later: set a "
                         "landmark.")
    return " ".join(words)


def log_rank_reason(counts: Counts) -> str:
    """Say why a log-rank p would be meaningless; "" where it would not."""
    for level, n in zip(counts.strata.levels, counts.n, strict=True):
        if n == 1:
            return f"no test: only one patient in {level}"
    if (counts.n > 0).sum() < 2:
        return "no test: fewer than two groups have patients"
    if not counts.n_event.any():
        return "no test: no event"
    return ""


def left_out(missing_endpoint: int, endpoint: str, missing_stratum: int, absent: str) -> str:
    """Say how many patients a survival panel leaves out, and why; "" where none.

    Parameters
    ----------
    absent : why a patient is in no stratum
    """
    parts = []
    if missing_endpoint:
        parts.append(f"{plural(missing_endpoint, 'patient')} left out: {endpoint} time or event missing")
    if missing_stratum:
        parts.append(f"{plural(missing_stratum, 'patient')} left out: {absent}")
    return "; ".join(parts)
