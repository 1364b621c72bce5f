"""lifelines, with a stopping rule that converges, as an independent second opinion; the R code that is shown."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from core import read_cohort, schema, treatment_effect
from core.export.data import table_bytes
from core.survival import kaplan_meier
from core.survival.estimates import restricted_mean, survival_at
from core.survival.log_rank import WEIGHTS, TestOptions, compare
from core.survival.survival_options import SurvivalOptions
from core.verification.lifelines_survival import second_opinion
from core.verification.r_code import quoted, r_code
from tests.conftest import REFERENCE
from tests.shared.from_r import agree, from_r

PRECISE = {"precision": 1e-12, "r_precision": 1e-14}


@pytest.mark.parametrize("endpoint", ["OS", "PFS"])
@pytest.mark.parametrize("filters", [{}, {"pvtt": {"in": ["Vp3"]}}, {"age": {"lt": 60}}])
def test_agrees_with_lifelines(sample, endpoint, filters):
    cohort = sample.filter(filters)
    frame = cohort.patients
    time, event = frame[schema.time_column(endpoint)], frame[schema.event_column(endpoint)]
    ours = kaplan_meier(cohort, endpoint=endpoint, by="arm")
    for level in ours.levels:
        curve = ours.curves[ours.curves.strata == level]
        fitter = KaplanMeierFitter().fit(time[frame.arm == level], event[frame.arm == level])
        theirs = fitter.survival_function_at_times(curve.time)
        np.testing.assert_allclose(curve.estimate, theirs, rtol=1e-12, atol=1e-14)
    test = multivariate_logrank_test(time, frame.arm.astype(str), event)
    assert ours.log_rank.p_value[0] == pytest.approx(test.p_value, rel=1e-8)
    data = frame.assign(T=time, E=event, x=(frame.arm == ours.levels[1]).astype(float))[["T", "E", "x"]]
    model = CoxPHFitter().fit(data, "T", "E", fit_options=PRECISE)
    effect = treatment_effect(cohort, endpoint=endpoint, by="arm").terms
    assert effect.coef[0] == pytest.approx(model.params_["x"], rel=1e-6)
    assert effect.std_error[0] == pytest.approx(model.standard_errors_["x"], rel=1e-6)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_page_s_figures_agree(sample, weight):
    """All of them, for every test that lifelines has."""
    options = SurvivalOptions(endpoint="OS", by="arm", times=(6.0, 12.0), tau=24.0,
                              test=TestOptions(weight=weight, p=0.5, q=1.0))
    found = second_opinion(sample.filter({"age": {"lt": 65}}), options)
    assert found.agrees.all(), found[~found.agrees]
    assert {"Median", "Hazard ratio", "Restricted mean to 24 months", "Follow-up, reverse median",
            f"{options.test.words()}, p"} <= set(found.figure)


def test_where_it_differs_it_is_said_why(sample):
    """lifelines takes the left end of a step at 50 %, and the last time where a curve reaches 0."""
    found = second_opinion(sample, SurvivalOptions(endpoint="OS", by="pvtt"))
    assert (found[~found.agrees].remark != "").all() and (~found.agrees).any()
    half = read_cohort(b"id,OS_months,OS_event\na,1,1\nb,2,1\nc,3,1\nd,4,1\n")
    rows = second_opinion(half, SurvivalOptions(endpoint="OS", times=())).set_index("figure")
    assert (rows.ours["Median"], rows.lifelines["Median"]) == (2.5, 2.0)
    assert "left end" in rows.remark["Median"]


def test_it_stands_where_nothing_can_be_compared(sample, hcc):
    alone = sample.filter({"arm": {"in": ["TACE+IMRT"]}})
    assert not second_opinion(alone, SurvivalOptions(endpoint="OS", by="arm")).figure.str.contains("Hazard").any()
    found = second_opinion(hcc, SurvivalOptions(endpoint="OS"))
    assert found.agrees[found.figure == "Survival at 12 months"].all()


def shown(sample):
    """What the page shows for one set of choices; R ran it (verification.R)."""
    test = TestOptions(weight="Fleming-Harrington", p=0.5, q=1.5, stratify_by=("hvtt",))
    cohort = sample.filter({"afp": {"gt": 20}})
    return cohort, SurvivalOptions(endpoint="OS", by="arm", tau=36.0, test=test)


def test_the_code_that_is_shown_is_the_code_that_r_ran(sample):
    cohort, options = shown(sample)
    made = r_code(cohort, options)
    assert made.reading("shown_data.csv") == (REFERENCE / "shown_code.R").read_text(encoding="utf-8")
    assert table_bytes(made.data) == (REFERENCE / "shown_data.csv").read_bytes()
    theirs = from_r("verification")["survival"]
    agree(kaplan_meier(cohort, endpoint="OS", by="arm").medians["median"], theirs["median"])
    agree(survival_at(cohort, endpoint="OS", by="arm", times=(6, 12, 24)).estimate, theirs["estimate"])
    agree(compare(cohort, endpoint="OS", by="arm", options=options.test).statistic, theirs["statistic"])
    agree(treatment_effect(cohort, endpoint="OS", by="arm").terms.coef, theirs["coef"])
    agree(restricted_mean(cohort, endpoint="OS", by="arm", tau=36.0).estimate, theirs["mean"])


@pytest.mark.parametrize(("weight", "words"), [
    ("log-rank", "rho = 0)"), ("Peto", "rho = 1)"), ("Gehan-Wilcoxon", "w <- n"), ("Tarone-Ware", "w <- sqrt(n)"),
    ("Fleming-Harrington", "rho = 0.5)")])
def test_each_test_has_its_code(sample, weight, words):
    options = SurvivalOptions(endpoint="OS", by="arm", test=TestOptions(weight=weight, p=0.5, q=0.0))
    assert words in r_code(sample, options).reading("x.csv")


def test_no_id_and_no_quote_gets_into_the_code(sample):
    made = r_code(sample, SurvivalOptions(endpoint="OS", by=None))
    assert 'read.csv("a\\".csv"' in made.reading('a".csv') and "survdiff" not in made.after
    assert made.data.columns.tolist() == ["time", "event", "group"]
    assert quoted('x"\\\n') == '"x\\"\\\\\\n"'
    assert pd.api.types.is_integer_dtype(made.data.group)
