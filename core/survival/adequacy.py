"""What may be shown, and in which words why not."""

from __future__ import annotations

import pandas as pd

from core.cohort import Cohort, Counts, entry_months
from core.format import number, plural
from core.language import say

FEW_EVENTS = 10  # per parameter


def few_events(events: int, strata: int) -> str:
    """Say that a comparison of strata rests on few events, or nothing."""
    if strata > 1 and 0 < events < FEW_EVENTS * (strata - 1):
        return say("Only {events}: read every estimate with caution.", events=plural(events, 'event'))
    return ""


def few_patients(n: int, least: int) -> str:
    """Say that there are fewer patients than a user wants to read estimates of, or nothing."""
    return say("{patients}, fewer than {least}: read every estimate with caution.", patients=plural(n, 'patient'),
               least=least) if 0 < n < least else ""


def few_at_tau(means: pd.DataFrame) -> str:
    """Say in which strata a single patient is at risk at the month to which restricted means run; "" where in none.

    Parameters
    ----------
    means : what estimates.restricted_mean returned
    """
    lone = means.strata[(means.n_risk == 1) & means.estimate.notna()].tolist()
    if not lone:
        return ""
    return (say("At month {month} one patient is left at risk in {lone}: the end of the curve, and with it the mean, "
                "rests on that patient. Choose a smaller τ.", month=number(float(means.tau.iloc[0])),
                lone=say(" and in ").join(lone)))


def late_entry(cohort: Cohort, endpoint: str) -> str:
    """Name late entry as a part of the method, with what joins it to the part before; "" where there is none."""
    return say("; late entry (left truncation)") if entry_months(cohort, endpoint) is not None else ""


def ended_early(counts: Counts) -> str:
    """Say in which strata all at risk had died while others were still to enter (late entry); "" where in none.

    A product-limit curve that has fallen to 0 stays there, whoever enters later.
    """
    ended = (counts.deaths > 0) & (counts.deaths == counts.at_risk)
    words = []
    for level, ends, present in zip(counts.strata.levels, ended, counts.present, strict=True):
        if ends.any() and present[int(ends.argmax()) + 1:].any():
            words.append(say("{level}: at month {month} all at risk had died, before others entered, so the curve is "
                             "0 from there and must not be read. Start later: set a landmark.", level=level,
                             month=number(float(counts.times[ends.argmax()]))))
    return " ".join(words)


def log_rank_reason(counts: Counts) -> str:
    """Say why a log-rank p would be meaningless; "" where it would not."""
    for level, n in zip(counts.strata.levels, counts.n, strict=True):
        if n == 1:
            return say("no test: only one patient in {level}", level=level)
    if (counts.n > 0).sum() < 2:
        return say("no test: fewer than two groups have patients")
    if not counts.n_event.any():
        return say("no test: no event")
    return ""


def left_out(missing_endpoint: int, endpoint: str, missing_stratum: int, absent: str) -> str:
    """Say how many patients a survival panel leaves out, and why; "" where none.

    Parameters
    ----------
    absent : why a patient is in no stratum
    """
    parts = []
    if missing_endpoint:
        parts.append(say("{patients} left out: {endpoint} time or event missing",
                         patients=plural(missing_endpoint, 'patient'), endpoint=endpoint))
    if missing_stratum:
        parts.append(say("{patients} left out: {absent}", patients=plural(missing_stratum, 'patient'), absent=absent))
    return "; ".join(parts)
