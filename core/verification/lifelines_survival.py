"""The Survival page's figures from lifelines, beside ours.

They use each patient's time, event and group, and nothing else from the engine. lifelines is imported only when it is
needed, because it is slow; the figures used here are correct in it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.cohort import Cohort, count, entry_months, strata, timeline
from core.format import number
from core.hazards import estimable, treatment_effect
from core.survival import SurvivalOptions, Weight, compare, follow_up, kaplan_meier, restricted_mean, survival_at

SAME = 1e-6
# Our Peto is survdiff's, rho = 1; what lifelines calls so weighs by another estimate of survival.
_WEIGHTINGS: dict[Weight, dict[str, Any]] = {
    "log-rank": {}, "Gehan-Wilcoxon": {"weightings": "wilcoxon"}, "Tarone-Ware": {"weightings": "tarone-ware"},
    "Peto": {"weightings": "fleming-harrington", "p": 1.0, "q": 0.0}}
PRECISE = {"precision": 1e-12, "r_precision": 1e-14}
_AT_HALF = "where a curve is flat at exactly 50%, lifelines takes the left end"


def second_opinion(cohort: Cohort, options: SurvivalOptions) -> pd.DataFrame:
    """Compute the figures of the page with lifelines.

    Returns
    -------
    figure, strata, ours, lifelines, difference (absolute), agrees (within 1e-6 of the larger of 1e-3 and the
    value), remark
    """
    frame = _patients(cohort, options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that it leans on
        rows = [*_curves(cohort, options, frame), *_compared(cohort, options, frame)]
    return with_agreement(rows)


def with_agreement(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Put figures of both side by side, with their difference and whether they agree to six digits."""
    table = pd.DataFrame(rows, columns=["figure", "strata", "ours", "lifelines", "remark"])
    apart = (table.ours - table.lifelines).abs()
    both_missing = ~np.isfinite(table.ours) & ~np.isfinite(table.lifelines)
    near = apart <= SAME * np.maximum(table.ours.abs(), 1e-3)
    return table.assign(difference=apart, agrees=near | both_missing)[
        ["figure", "strata", "ours", "lifelines", "difference", "agrees", "remark"]]


def _patients(cohort: Cohort, options: SurvivalOptions) -> pd.DataFrame:
    """Return time, event and group of the patients who have them, and with late entry their entry (months)."""
    line, groups = timeline(cohort, options.endpoint), strata(cohort, options.by)
    used = cohort.rows & (line.index >= 0) & (groups.codes >= 0)
    entry = entry_months(cohort, options.endpoint)
    return pd.DataFrame({"time": line.times[line.index[used]], "event": line.event[used].astype(int),
                         "group": groups.codes[used], **({} if entry is None else {"entry": entry[used]})})


def _curves(cohort: Cohort, options: SurvivalOptions, frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times, restricted_mean_survival_time

    endpoint, by = options.endpoint, options.by
    ours = kaplan_meier(cohort, endpoint=endpoint, by=by)
    medians = ours.medians.set_index("strata")
    follow = follow_up(cohort, endpoint=endpoint, by=by).set_index("strata")
    at = survival_at(cohort, endpoint=endpoint, by=by, times=options.times).set_index(["strata", "time"])
    means = restricted_mean(cohort, endpoint=endpoint, by=by, tau=options.tau).set_index("strata")
    for place, level in enumerate(ours.levels):
        patients = frame[frame.group == place]
        if patients.empty:
            continue
        fitter = KaplanMeierFitter().fit(patients.time, patients.event, entry=patients.get("entry"))
        steps = ours.curves[ours.curves.strata == level]
        theirs = fitter.survival_function_at_times(steps.time).to_numpy()
        worst = int(np.argmax(np.abs(steps.estimate.to_numpy() - theirs)))
        yield "Curve, where it differs most", level, steps.estimate.iloc[worst], theirs[worst], ""
        for time in options.times:
            if not math.isnan(at.estimate[level, time]):
                yield (f"Survival at {number(time)} months", level, at.estimate[level, time],
                       float(fitter.survival_function_at_times(time).iloc[0]), "")
        median, limits = fitter.median_survival_time_, median_survival_times(fitter.confidence_interval_).iloc[0]
        remark = _AT_HALF if (abs(steps.estimate - 0.5) < 1e-9).any() else ""
        yield "Median", level, medians["median"][level], float(median), remark
        reached = steps.estimate.iloc[-1] == 0
        for name, theirs_ in zip(("conf_low", "conf_high"), limits, strict=True):
            yield (f"Median, {'lower' if name == 'conf_low' else 'upper'} limit", level, medians[name][level],
                   float(theirs_), "lifelines gives the last time where a curve reaches 0%" if reached else "")
        yield (f"Restricted mean to {number(means.tau[level])} months", level, means.estimate[level],
               float(restricted_mean_survival_time(fitter, t=means.tau[level])), "")
        back = KaplanMeierFitter().fit(patients.time, 1 - patients.event, entry=patients.get("entry"))
        yield "Follow-up, reverse median", level, follow.reverse_median[level], float(back.median_survival_time_), ""


def _compared(cohort: Cohort, options: SurvivalOptions, frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    if not options.by or frame.group.nunique() < 2:
        return
    from lifelines.statistics import multivariate_logrank_test

    test = options.test
    if not test.stratify_by and "entry" not in frame:  # lifelines' tests are neither stratified nor for late entry
        ours = compare(cohort, endpoint=options.endpoint, by=options.by, options=test)
        how = _WEIGHTINGS.get(test.weight) or {}
        if test.weight == "Fleming-Harrington":
            how = {"weightings": "fleming-harrington", "p": test.p, "q": test.q}
        theirs = multivariate_logrank_test(frame.time, frame.group, frame.event, **how)
        if len(ours):
            yield f"{test.words()}, χ²", "", ours.statistic[0], float(theirs.test_statistic), ""
            yield f"{test.words()}, p", "", ours.p_value[0], float(theirs.p_value), ""
    yield from _hazard_ratios(cohort, options.endpoint, options.by, frame)


def _hazard_ratios(cohort: Cohort, endpoint: str, by: str, frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    from lifelines import CoxPHFitter

    terms = treatment_effect(cohort, endpoint=endpoint, by=by).terms
    if not (terms.reason == "").any():
        return
    counts = count(cohort, endpoint, by)
    names = list(counts.strata.levels)
    reference = names.index(terms.reference.iloc[0])
    order = [reference, *(i for i in range(len(names)) if i != reference)]
    finite = estimable(replace(counts, deaths=counts.deaths[order], at_risk=counts.at_risk[order]))
    inside = [i for i, is_finite in zip(order, finite, strict=True) if is_finite]
    used = frame[frame.group.isin(inside)]
    columns = {f"x{i}": (used.group == i).astype(float) for i in inside[1:]}
    late = ["entry"] if "entry" in used else []
    model = CoxPHFitter().fit(used[["time", "event", *late]].assign(**columns), "time", "event",
                              entry_col=late[0] if late else None, fit_options=PRECISE)
    intervals = np.exp(model.confidence_intervals_.to_numpy())
    shown = terms.set_index("level")[["hazard_ratio", "conf_low", "conf_high"]]
    for i, place in enumerate(inside[1:]):  # one that we do not show is missing, and stands so
        level, (ratio, low, high) = names[place], shown.loc[names[place]]
        yield "Hazard ratio", level, ratio, float(model.hazard_ratios_.iloc[i]), ""
        yield "Hazard ratio, lower limit", level, low, float(intervals[i, 0]), ""
        yield "Hazard ratio, upper limit", level, high, float(intervals[i, 1]), ""
