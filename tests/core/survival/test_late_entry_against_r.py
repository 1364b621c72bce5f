"""Late entry (left truncation) beside R's Surv(entry, time, event), to 1e-6: curves, tests, models, weights."""

import io

import numpy as np
import pandas as pd
import pytest

from core import CoxOptions, cox, read_cohort, subgroup_hazard_ratios, treatment_effect
from core.cohort import landmark
from core.hazards.time_split import time_split
from core.hazards.weighting import weighted_curve
from core.likelihood import fit
from core.survival import (
    SurvivalOptions,
    TestOptions,
    compare,
    follow_up,
    kaplan_meier,
    quantiles,
    restricted_mean,
    survival_at,
    trend,
    why_no_competing,
)
from core.verification import cox_opinion, cox_r_code, r_code, second_opinion
from tests.conftest import REFERENCE
from tests.shared.from_r import agree, floats, from_r

R = from_r("late_entry")
OS = {"time": "months", "event": "event", "event_values": ["1"], "unit": "months", "entry": "entry"}
MAPPING = {"patient_id": "id", "arm": {"column": "arm", "reference": "control"}, "endpoints": {"OS": OS},
           "factors": {"stage": {"column": "stage", "kind": "categorical"}, "age": {"column": "age", "kind": "numeric"},
                       "marker": {"column": "marker", "kind": "numeric"}}}
MODELS = {"arm": (["arm"], {}), "several": (["arm", "stage", "age", "marker"], {"forms": {"marker": "log2"}}),
          "breslow": (["arm", "stage", "age"], {"ties": "breslow"}),
          "stratified": (["arm", "age"], {"stratify_by": ["stage"]})}


@pytest.fixture(scope="module")
def late():
    return read_cohort(REFERENCE / "late_entry.csv", MAPPING)


def few(rows):
    return read_cohort(io.BytesIO(rows.to_csv(index=False).encode()), MAPPING)


@pytest.mark.parametrize("name", ["all", "landmark"])
def test_curves_and_what_is_read_off_them(late, name):
    cohort = late if name == "all" else landmark(late, endpoint="OS", at=6).cohort
    theirs = R["curves"][name]
    curves = kaplan_meier(cohort, endpoint="OS", by="arm").curves
    for column, values in theirs["curve"].items():
        hidden = floats(theirs["curve"]["estimate"]) == 0
        agree(curves[column], np.where(hidden, np.nan, floats(values)) if column == "std_error" else values)
    at = survival_at(cohort, endpoint="OS", by="arm", times=(0, 3, 6.05, 12, 24))
    for column, values in theirs["at"].items():
        agree(at[column], values)
    shares = quantiles(cohort, endpoint="OS", by="arm")
    for column, values in theirs["quantiles"].items():
        agree(shares[column], values)
    means = restricted_mean(cohort, endpoint="OS", by="arm")
    for column, values in theirs["rmst"].items():
        agree(means[column], values)
    agree(follow_up(cohort, endpoint="OS", by="arm").reverse_median, theirs["reverse"])


def test_tests_between_curves(late):
    for weight in ("log-rank", "Gehan-Wilcoxon", "Peto"):
        agree(compare(late, endpoint="OS", by="arm", options=TestOptions(weight=weight)).statistic, R["tests"][weight])
    agree(compare(late, endpoint="OS", by="stage").statistic, R["tests"]["stage"])
    agree(trend(late, endpoint="OS", by="stage").statistic, R["tests"]["trend"])
    within = TestOptions(stratify_by=("stage",))
    agree(compare(late, endpoint="OS", by="arm", options=within).statistic, R["tests"]["stratified"])


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_coxph_s(late, name):
    covariates, options = MODELS[name]
    model, theirs = cox(late, endpoint="OS", covariates=covariates, options=CoxOptions.of(**options)), R["models"][name]
    agree(model.terms.coef, theirs["coef"], np.array(theirs["std_error"]))
    agree(model.terms.std_error, theirs["std_error"])
    agree(np.sqrt(np.diag(model.fit.robust_variance)), theirs["robust_error"])
    agree(model.tests.statistic, theirs["statistic"])
    agree(model.concordance, theirs["concordance"])
    agree(model.zph.statistic, theirs["zph"], tolerance=1e-5)


def test_arms_subgroups_and_a_split_in_time(late):
    terms = treatment_effect(late, endpoint="OS", by="arm").terms
    agree(terms.coef, R["models"]["arm"]["coef"])
    forest = subgroup_hazard_ratios(late, endpoint="OS", factors=["stage"])
    agree(forest.rows.coef[1:], R["subgroups"]["coef"])
    agree(forest.interactions.statistic, R["subgroups"]["interaction"])
    assert forest.rows.n.tolist() == [600, *late.table.stage.value_counts(sort=False)]
    agree(time_split(late, endpoint="OS", covariates=["arm", "age"], at=6).coef, R["split"])


def test_weighted_curves_and_ratios():
    rows = pd.read_csv(REFERENCE / "late_entry.csv")
    times = np.unique(rows.months)
    place, entry = np.searchsorted(times, rows.months), np.searchsorted(times, rows.entry, side="right")
    weight, test, event = (0.5 + rows.age % 3).to_numpy(), (rows.arm == "test").to_numpy(), rows.event.to_numpy() == 1
    curve = weighted_curve(times, place[test], event[test], weight[test], "log-log", entry=entry[test])
    at = curve.iloc[np.searchsorted(curve.time, np.array([3, 6, 12, 24]) + 1e-9) - 1]
    agree(at.estimate, R["weighted"]["estimate"])
    agree(at.std_error, R["weighted"]["std_error"])
    model = fit(place, event, test[:, None].astype(float), weight=weight, entry=entry)
    agree(model.coef, R["weighted"]["coef"])
    agree(np.sqrt(model.robust_variance[0]), R["weighted"]["robust_error"])


def test_firth_s_likelihood_and_the_arm_without_events():
    rows = pd.read_csv(REFERENCE / "late_entry.csv").head(60)
    cohort = few(rows.assign(event=rows.event.where(rows.arm != "test", 0)))
    assert "no event in test" in cox(cohort, endpoint="OS").terms.reason[0]
    model = cox(cohort, endpoint="OS", options=CoxOptions(firth=True))
    agree(model.terms.coef, R["firth"], tolerance=1e-4)  # optimize's precision
    agree(subgroup_hazard_ratios(cohort, endpoint="OS", factors=[]).rows.coef, R["firth"], tolerance=1e-4)


def test_a_monotone_likelihood_is_seen_in_the_risk_sets_that_late_entry_leaves():
    """Of two patients at risk the one with the higher x dies, each time; those not yet there would hide it."""
    times = np.arange(2, 42, 2)
    rows = pd.DataFrame({"id": [*range(20), *range(20, 40)], "arm": ["control", "test"] * 20, "stage": 1, "marker": 1,
                         "age": [*(50 + times), *(40 + times)], "months": [*times, *(times + 0.5)],
                         "entry": [*(times - 1), *(times - 1)], "event": [1] * 20 + [0] * 20})
    assert "no finite value" in cox(few(rows), endpoint="OS", covariates=["age"]).terms.reason[0]
    assert not cox(few(rows.assign(entry=0)), endpoint="OS", covariates=["age"]).terms.reason[0]


def test_who_is_never_at_risk_is_named_and_left_out():
    rows = pd.read_csv(REFERENCE / "late_entry.csv").head(40)
    rows.loc[3, "entry"], rows.loc[5, "entry"], rows.loc[7, "entry"] = rows.months[3], rows.months[5] + 4, np.nan
    cohort = few(rows)
    result = kaplan_meier(cohort, endpoint="OS")
    assert result.missing_endpoint == 3 and result.medians.n.tolist() == [37]
    words = " ".join(cohort.findings.message)
    assert "Line 5: left out of OS: observation begins at" in words and "because 'entry' is missing" in words
    assert "came under observation after time zero" in words


def test_dates_say_entry_too():
    text = ("id,diagnosed,enrolled,last,dead\n" + "".join(
        f"{i},2020-01-01,2020-{1 + i % 6:02d}-15,2021-{1 + i % 9:02d}-20,{i % 2}\n" for i in range(30)))
    role = {"start": "diagnosed", "end": ["last"], "entry": "enrolled", "event": "dead", "event_values": ["1"]}
    cohort = read_cohort(io.BytesIO(text.encode()), {"patient_id": "id", "endpoints": {"OS": role}})
    assert cohort.mapping.to_json()["endpoints"]["OS"]["entry"] == "enrolled"
    assert cohort.table["OS entry"].round(4).tolist()[:2] == [round(14 / 30.4375, 4), round(45 / 30.4375, 4)]


def test_causes_are_not_given_with_late_entry(late):
    assert "late entry" in why_no_competing(late)


def test_lifelines_and_the_r_code_know_of_it(late):
    options = SurvivalOptions(endpoint="OS", by="arm", tau=24.0)
    opinion = second_opinion(late, options)
    assert opinion.agrees[~opinion.figure.str.contains("limit")].all() and len(opinion) > 20
    code = r_code(late, options)
    assert "Surv(entry, time, event)" in code.after and "e$entry < t -" in code.after and "survdiff(" not in code.after
    assert {"entry", "time"} <= set(code.data)
    model = cox(late, endpoint="OS", covariates=["arm", "age"])
    assert cox_opinion(late, model).agrees.all()
    shown = cox_r_code(late, model, ("arm", "age"))
    assert "Surv(entry, time, event) ~" in shown.after and "entry" in shown.data
