"""What is not shown, and the sentence that stands in its place."""

import io

import numpy as np
import pytest

from core import read_cohort, treatment_effect
from core.cohort.counts import count
from core.cohort.immortal_time import immortal_time
from core.cohort.strata import strata
from core.errors import NotEstimable
from core.hazards import cox
from core.survival import kaplan_meier
from core.survival.adequacy import few_events, left_out, log_rank_reason


def cohort_of(rows):
    """Rows are (arm, time, event)."""
    text = "id,arm,OS_months,OS_event\n" + "".join(f"p{i},{a},{t},{e}\n" for i, (a, t, e) in enumerate(rows))
    return read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event"}}})


NO_EVENT = [("a", 1, 1), ("a", 2, 1), ("b", 3, 0), ("b", 4, 0)]
ONE_PATIENT = [("a", 1, 1), ("a", 2, 1), ("a", 5, 1), ("b", 3, 1)]
APART = [("a", 1, 1), ("a", 2, 1), ("b", 3, 1), ("b", 4, 1)]


@pytest.mark.parametrize(("rows", "reason"), [
    (NO_EVENT, "no event in b"),
    (ONE_PATIENT, "only one patient in b"),
    (APART, "only one of b and a had events"),
])
def test_no_hazard_ratio_without_a_meaning(rows, reason):
    term = treatment_effect(cohort_of(rows), endpoint="OS", by="arm").terms.iloc[0]
    assert reason in term.reason
    assert term[["coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value"]].isna().all()


def test_an_emptied_arm_is_named_and_kept(sample):
    cohort = sample.filter({"response": {"in": ["CR"]}})
    assert treatment_effect(cohort, endpoint="OS", by="arm").terms.reason[0] == "no patient in TACE+IMRT"
    result = kaplan_meier(cohort, endpoint="OS", by="arm")
    assert result.medians.n.tolist() == [0, 3]
    assert result.log_rank.empty
    assert "fewer than two groups" in log_rank_reason(count(cohort, "OS", "arm"))


def test_one_stratum_has_no_hazard_ratio(sample):
    with pytest.raises(NotEstimable, match="has one level"):
        treatment_effect(sample, endpoint="OS", by="child_pugh")


def test_three_arms_of_which_one_cannot_be_estimated():
    """The others are estimated as if it were not there: that is the limit of the likelihood."""
    rows = [("a", 1, 1), ("b", 2, 1), ("a", 3, 1), ("b", 4, 0), ("a", 6, 0), ("b", 5, 1)]
    alone = treatment_effect(cohort_of(rows), endpoint="OS", by="arm").terms.iloc[0]
    terms = treatment_effect(cohort_of([*rows, ("c", 3, 0), ("c", 4, 0)]), endpoint="OS",
                             by="arm").terms.set_index("level")
    assert terms.hazard_ratio["b"] == pytest.approx(alone.hazard_ratio, rel=1e-12)
    assert np.isnan(terms.hazard_ratio["c"]) and terms.reason["c"] == "no event in c"


def test_immortal_time_is_said(sample):
    assert immortal_time(sample, "arm") == ""
    assert immortal_time(sample.filter({"pvtt": {"in": ["Vp3"]}}), "arm") == ""
    assert "Response is known only after time zero" in immortal_time(sample, "response")
    for key, condition in (("response", {"in": ["PR"]}), ("failure_local", {"in": ["yes"]}),
                           ("ae_nausea", {"ge": 1})):
        said = immortal_time(sample.filter({key: condition}), "arm")
        assert "known only after time zero" in said and "landmark" in said


def test_left_out_and_few_events_are_counted(sample):
    assert left_out(0, "OS", 0, "arm") == ""
    assert left_out(1, "OS", 2, "arm") == \
        "1 patient left out: OS time or event missing; 2 patients left out: arm missing"
    assert few_events(9, 2) == "Only 9 events: read every estimate with caution."
    assert few_events(19, 3).startswith("Only 19 events")
    assert few_events(10, 2) == few_events(0, 2) == few_events(5, 1) == ""


def test_numbers_are_cut_where_the_dictionary_says(sample):
    afp = strata(sample, "afp")
    assert afp.levels == ("≤ 400", "> 400")
    assert np.bincount(afp.codes).tolist() == [47, 35]
    assert strata(sample, "age").levels == ("< 65", "≥ 65")
    assert strata(sample, "ae_nausea").levels == ("no Nausea", "Nausea")


def test_a_model_says_of_each_term_why_it_is_not_there(sample):
    """One level, a level without events, a covariate that repeats another, no covariate at all."""
    few = sample.filter({"pvtt": {"in": ["none", "Vp2"]}})
    terms = cox(few, endpoint="OS", covariates=["arm", "pvtt", "child_pugh"]).terms.set_index("level")
    assert terms.reason["Vp3"] == "no patient in Vp3"
    assert terms.reason["TACE+IMRT+sorafenib"] == "" and terms.hazard_ratio["TACE+IMRT+sorafenib"] > 0
    twice = cox(sample, endpoint="OS", covariates=["arm", "age", "age"]).terms
    assert twice.reason.tolist() == ["", "", "it follows from the terms before it"]
    with pytest.raises(NotEstimable, match="needs a covariate"):
        cox(sample, endpoint="OS", covariates=[])
    with pytest.raises(NotEstimable, match="No OS event"):
        cox(sample.filter({"response": {"in": ["CR"]}}), endpoint="OS", covariates=["age", "sex"])


def test_a_monotone_model_prints_no_number():
    """Time falls with the covariate, patient by patient."""
    text = "id,OS_months,OS_event,x,y\n" + "".join(f"p{i},{30 - i},1,{i},{i * 7 % 5}\n" for i in range(20))
    cohort = read_cohort(io.BytesIO(text.encode()))
    terms = cox(cohort, endpoint="OS", covariates=["x", "y"]).terms.set_index("term")
    assert "monotone likelihood" in terms.reason["x"]
    assert np.isnan(terms.hazard_ratio["x"])


@pytest.mark.parametrize(("n", "few"), [(20, 2), (60, 2), (150, 5), (3000, 2), (3000, 5)])
def test_the_first_to_die_have_no_hazard_ratio(n, few):
    """A rare level whose patients all die first: at no size a number, an error of 0 or a crash."""
    text = "id,OS_months,OS_event,age,rare\n" + "".join(
        f"p{i},{i + 1},{int(i % 7 != 6)},{40 + i * 13 % 37},{'y' if i < few else 'n'}\n" for i in range(n))
    terms = cox(read_cohort(io.BytesIO(text.encode())), endpoint="OS", covariates=["age", "rare"]).terms
    assert "monotone likelihood" in terms.reason[1]
    assert terms[["coef", "std_error", "p_value"]].iloc[1].isna().all()
    assert terms.reason[0] == "" and 0 < terms.std_error[0] < 1


def test_scales_do_not_decide_what_follows_from_what():
    rng = np.random.default_rng(3)
    text = "id,OS_months,OS_event,hbvdna,fraction,year\n" + "".join(
        f"p{i},{t:.3f},{int(i % 3 > 0)},{10 ** d:.1f},{f:.8f},{1.6e9 + y:.0f}\n"
        for i, (t, d, f, y) in enumerate(zip(
            rng.exponential(20, 300), rng.uniform(2, 10, 300), rng.uniform(0, 1e-4, 300),
            rng.integers(0, 1000, 300), strict=True)))
    cohort = read_cohort(io.BytesIO(text.encode()))
    terms = cox(cohort, endpoint="OS", covariates=["hbvdna", "fraction", "year"]).terms
    beyond = "the hazard ratio per unit is beyond 1000: take a larger unit, a doubling or a cut"
    assert terms.reason.tolist() == ["", beyond, ""]
    assert (terms.std_error > 0).tolist() == [True, False, True]


def test_what_has_no_value_or_does_not_vary_is_said(sample):
    text = "id,OS_months,OS_event,x\n" + "".join(f"p{i},{i + 1},1,\n" for i in range(12))
    cohort = read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id", "endpoints": {"OS": {"time": "OS_months", "event": "OS_event"}},
        "factors": {"x": {"label": "X", "column": "x", "kind": "numeric"}}})
    with pytest.raises(NotEstimable, match="X is missing in every patient"):
        kaplan_meier(cohort, endpoint="OS", by="x")
    one_size = sample.filter({"tumor_size": {"ge": 10, "le": 10}})
    terms = cox(one_size, endpoint="OS", covariates=["age", "tumor_size"]).terms
    assert terms.reason[1] == "it does not vary in the model's patients"
    with pytest.raises(NotEstimable, match="single level"):
        cox(sample, endpoint="OS", covariates=["child_pugh", "child_pugh"])
