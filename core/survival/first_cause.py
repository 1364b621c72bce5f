"""Which event came first: the causes of an endpoint, or the site of a first failure.

Competing risks need one dated first cause per patient. It stands in a file in either of two forms: an event
column whose codes name the cause, or failure sites each with the time when it was seen; sites seen at once are
"several", and a patient who died without a failure had the competing event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import schema
from core.cohort import TOLERANCE, Cohort, distinct_times, timeline
from core.errors import NotEstimable
from core.language import say
from core.mapping import CTCAE, NO_WORDS, FactorRole

FIRST_FAILURE = "First failure"
SEVERAL = "several sites"
FIRST_SEVERE = "First adverse event of grade ≥ 3"
SEVERE, DEATH_BEFORE = "adverse event of grade ≥ 3", "death without it"
DEATH_FIRST = "death without failure"


@dataclass(frozen=True, kw_only=True, eq=False)
class Causes:
    """First events of the whole cohort.

    Attributes
    ----------
    labels : the causes
    times : distinct times in months
    index : (n,) into `times`, -1 where time or cause is missing
    cause : (n,) 0 for censored, else the place in `labels` plus one
    """

    endpoint: str
    labels: tuple[str, ...]
    times: np.ndarray
    index: np.ndarray
    cause: np.ndarray


def competing_endpoints(cohort: Cohort) -> tuple[str, ...]:
    """Return what cumulative incidence by cause can be had for."""
    named = tuple(e.name for e in cohort.mapping.endpoints if len(e.causes) > 1 and not e.entry)
    endpoints = (*named, FIRST_FAILURE) if _dated_sites(cohort) else named
    return (*endpoints, FIRST_SEVERE) if has_dated_events(cohort) else endpoints


def has_dated_events(cohort: Cohort) -> bool:
    """Tell whether adverse events carry days, and survival tells who died without one."""
    days = cohort.whole.long_events.day
    return _deaths_from_time_zero(cohort) and cohort.mapping.grade_words is CTCAE and bool(days.notna().any())


def _deaths_from_time_zero(cohort: Cohort) -> bool:
    """Tell whether overall survival says of every patient from time zero on who died."""
    return any(e.name == "OS" and not e.entry for e in cohort.mapping.endpoints)


def why_no_competing(cohort: Cohort) -> str:
    """Say why cumulative incidence by cause cannot be had, and what would change that; "" where it can."""
    if competing_endpoints(cohort):
        return ""
    if any(e.entry for e in cohort.mapping.endpoints):
        return (say("Cumulative incidence by cause is not given with late entry: Gray's test and its limits (R: "
                    "cmprsk) are for patients followed from time zero."))
    sites = [s.label for s in cohort.mapping.failure_sites]
    undated = [s.label for s in cohort.mapping.failure_sites if not s.when]
    if undated:
        without = say("{sites} has no date", sites=undated[0]) if len(undated) == 1 else \
            say("{sites} have no date", sites=", ".join(undated))
        return say("Which failure came first is not known: {without}. Cumulative incidence by site needs the time of "
                   "each; give it on the Cohort page under “When it became known”.", without=without)
    if sites and "OS" not in cohort.endpoints:
        return say("Cumulative incidence by site needs overall survival: death ends the time in which a failure can "
                   "come.")
    return (say("No endpoint names its causes. Cumulative incidence needs an event column with a code for each (0 "
                "censored, 1 relapse, 2 death); name them on the Cohort page under “Endpoints”."))


def causes(cohort: Cohort, endpoint: str) -> Causes:
    """Return an endpoint's first causes, of the whole cohort; found once and held by it.

    Raises
    ------
    NotEstimable
        If the endpoint has no causes, or the clock starts at a landmark, from which their dates do not run.
    """
    if endpoint not in competing_endpoints(cohort):
        raise NotEstimable(say("{endpoint}: there is no single dated first cause.", endpoint=endpoint),
                           why_no_competing(cohort))
    if cohort.whole.landmark and endpoint in (FIRST_FAILURE, FIRST_SEVERE):
        raise NotEstimable(say("{endpoint} is dated from time zero, and this cohort's clock starts at a landmark.",
                               endpoint=endpoint),
                           say("Take the cohort without the landmark."))
    make = {FIRST_FAILURE: _first_failure, FIRST_SEVERE: _first_severe}.get(endpoint, _by_code)
    return cohort.whole.remember(("causes", endpoint), lambda: make(cohort.whole, endpoint))


def _by_code(whole: Cohort, endpoint: str) -> Causes:
    """Read the causes that an event column's codes name."""
    line = timeline(whole, endpoint)
    codes = whole.table[schema.cause_column(endpoint)]
    return Causes(endpoint=endpoint, labels=tuple(codes.cat.categories), times=line.times, index=line.index,
                  cause=codes.cat.codes.to_numpy(dtype=int) + 1)


def _dated_sites(cohort: Cohort) -> tuple[FactorRole, ...]:
    """Return the failure sites where all of them are dated and survival tells who died without one."""
    sites = cohort.mapping.failure_sites
    return sites if sites and all(s.when for s in sites) and _deaths_from_time_zero(cohort) else ()


def _first_failure(whole: Cohort, endpoint: str) -> Causes:
    """Find each patient's earliest site; without any, death or the end of follow-up.

    A failure without its time leaves the patient out: its order is not known.
    """
    sites = _dated_sites(whole)
    times = np.column_stack([whole.table[schema.known_column(s.key)].to_numpy(dtype=float) for s in sites])
    failed = np.column_stack([happened(whole, s) for s in sites])
    undated = (failed & np.isnan(times)).any(axis=1)
    at = np.where(failed, times, np.inf)
    first = at.min(axis=1)
    together = (at <= first[:, None] + TOLERANCE) & failed
    died = whole.table[schema.event_column("OS")].to_numpy(dtype=float)
    survived = whole.table[schema.time_column("OS")].to_numpy(dtype=float)
    none = np.isinf(first)
    labels = (*(s.label for s in sites), SEVERAL, DEATH_FIRST)
    site = np.where(together.sum(axis=1) > 1, len(sites) + 1, together.argmax(axis=1) + 1)
    cause = np.where(none, np.where(died == 1, len(sites) + 2, 0), site)
    time = np.where(none, survived, first)
    known = ~undated & ~np.isnan(time) & ~(none & np.isnan(died))
    used = [i + 1 for i in range(len(labels)) if (cause[known] == i + 1).any()]
    distinct, index = distinct_times(time, known)
    return Causes(endpoint=endpoint, labels=tuple(labels[i - 1] for i in used), times=distinct, index=index,
                  cause=np.searchsorted(used, cause) + (cause > 0) if used else np.zeros(len(cause), int))


def _first_severe(whole: Cohort, endpoint: str) -> Causes:
    """Find each patient's first day of an event of grade 3 or more; without any, death or the end of follow-up.

    An event before time zero counts at time zero; one without its day or grade leaves the patient out.
    """
    events = whole.long_events[~(whole.long_events.grade < 3)]  # one without a grade may have been severe
    patient, day = events.patient.to_numpy(dtype=int), events.day.to_numpy(dtype=float)
    first = np.full(len(whole.table), np.inf)
    np.minimum.at(first, patient, np.where(np.isnan(day), np.inf, np.maximum(day, 0) * schema.MONTHS_PER["days"]))
    undated = np.zeros(len(whole.table), bool)
    undated[patient[np.isnan(day) | np.isnan(events.grade.to_numpy(dtype=float))]] = True
    died = whole.table[schema.event_column("OS")].to_numpy(dtype=float)
    survived = whole.table[schema.time_column("OS")].to_numpy(dtype=float)
    none = np.isinf(first)
    time = np.where(none, survived, first)
    known = ~undated & ~np.isnan(time) & ~(none & np.isnan(died))
    cause = np.where(none, np.where(died == 1, 2, 0), 1)
    labels = tuple(label for i, label in enumerate((SEVERE, DEATH_BEFORE), start=1) if (cause[known] == i).any())
    place = {i: labels.index(label) + 1 for i, label in enumerate((SEVERE, DEATH_BEFORE), start=1) if label in labels}
    distinct, index = distinct_times(time, known)
    return Causes(endpoint=endpoint, labels=labels, times=distinct, index=index,
                  cause=np.array([place.get(int(c), 0) for c in cause], int))


def happened(whole: Cohort, site: FactorRole) -> np.ndarray:
    """Tell who failed at a site: whoever has none of the levels that mean no."""
    values = whole.table[site.key].cat
    means_yes = np.array([level.casefold() not in NO_WORDS for level in values.categories])
    if not means_yes.size:
        return np.zeros(len(values.codes), bool)
    return np.asarray(means_yes[values.codes] & (values.codes >= 0))
