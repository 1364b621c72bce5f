"""Curves, medians and the log-rank test beside R's survfit, quantile.survfit and survdiff, to 1e-6."""

import io

import numpy as np
import pandas as pd
import pytest

from core import read_cohort
from core.survival import kaplan_meier
from tests.shared.from_r import COHORTS, agree, curve_cohort, floats, from_r

R = from_r("survival")

EDGES = ["half_in_the_middle", "half_at_the_end", "half_then_censored", "all_tied", "zero_time",
         "no_event", "single_event", "one_patient", "no_censoring"]
CONF_TYPES = ["log-log", "log", "plain"]
CURVE = ["time", "n_risk", "n_event", "n_censor", "estimate", "std_error", "conf_low", "conf_high", "cumulative_hazard",
         "hazard_error"]
KEPT = 240  # rows of a long curve in the reference: every so many


@pytest.fixture(scope="module")
def cohorts():
    files = {file: curve_cohort(file) for file, *_ in COHORTS.values()}
    return {name: files[file].filter(filters)
            for name, (file, _, _, filters) in COHORTS.items()}


@pytest.mark.parametrize("conf_type", CONF_TYPES)
@pytest.mark.parametrize("name", COHORTS)
def test_curves_and_medians(name, conf_type, cohorts):
    """survfit(conf.type = ...) and quantile(fit, 0.5)."""
    _, endpoint, by, _ = COHORTS[name]
    ours = kaplan_meier(cohorts[name], endpoint=endpoint, by=by, conf_type=conf_type)
    theirs = R["cohorts"][name]["curve"] | R["cohorts"][name][conf_type]
    order = ours.curves.set_index("strata").loc[theirs["medians"]["strata"]].reset_index()
    order = order.iloc[::-(-len(order) // KEPT)]
    assert order.strata.tolist() == theirs["strata"]
    for column in CURVE:
        r = floats(theirs[column])
        if column == "std_error":  # R prints NaN where survival is 0, as we do
            r = np.where(floats(theirs["estimate"]) == 0, np.nan, r)
        agree(order[column], list(r))
    medians = ours.medians.set_index("strata").loc[theirs["medians"]["strata"]]
    for column in ("median", "conf_low", "conf_high"):
        agree(medians[column], theirs["medians"][column])


@pytest.mark.parametrize("name", COHORTS)
def test_log_rank(name, cohorts):
    """survdiff(rho = 0)."""
    _, endpoint, by, _ = COHORTS[name]
    ours = kaplan_meier(cohorts[name], endpoint=endpoint, by=by).log_rank
    theirs = R["cohorts"][name]["log_rank"]
    for column in ("statistic", "df", "p_value"):
        agree(ours[column], theirs[column])


def cohort_of(time, event):
    text = pd.DataFrame({"id": [f"p{i}" for i in range(len(time))], "OS_months": time,
                         "OS_event": event.astype(int)}).to_csv(index=False)
    return read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id",
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"],
                             "unit": "months"}}})


@pytest.mark.parametrize("conf_type", CONF_TYPES)
@pytest.mark.parametrize("name", EDGES)
def test_edges(name, conf_type):
    """A curve at exactly one half, at 0, all tied, time zero, no event, one patient."""
    data = R["edges"][name]["data"]
    theirs = R["edges"][name][conf_type]
    ours = kaplan_meier(cohort_of(floats(data["time"]), floats(data["event"])), endpoint="OS",
                        conf_type=conf_type)
    for column in ("time", "estimate", "conf_low", "conf_high"):
        agree(ours.curves[column], theirs[column])
    agree(ours.medians[["median", "conf_low", "conf_high"]].iloc[0], theirs["median"])
