"""Cox models: what cannot be estimated says why, and takes nothing from the others."""

import io
import sys

import numpy as np
import pytest

from bench.simulate import simulate
from core import CoxOptions, read_cohort, subgroup_hazard_ratios, univariable
from core.charts.hazard_ratios import model_figure
from core.errors import NotEstimable
from core.hazards import cox
from core.hazards.estimability import NO_FINITE_RATIO, few_per_parameter, firth_helps
from core.survival import kaplan_meier
from core.survival.adequacy import few_patients
from tests.shared.cohorts import CASES, cohort_of


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_estimated_says_why(name):
    columns, covariates, wanted = CASES[name]
    cohort = cohort_of(columns)
    try:
        model = cox(cohort, endpoint="OS", covariates=covariates)
    except NotEstimable as error:
        assert wanted in str(error)
        return
    assert wanted in model.terms.reason.tolist(), model.terms.reason.tolist()
    shown = model.terms.hazard_ratio.dropna()
    assert shown.between(1e-3, 1e3).all()


@pytest.mark.parametrize("name", CASES)
def test_firth_is_finite_or_says_why(name):
    columns, covariates, _ = CASES[name]
    try:
        terms = cox(cohort_of(columns), endpoint="OS", covariates=covariates, options=CoxOptions.of(firth=True)).terms
    except NotEstimable as error:
        assert str(error)
        return
    shown = terms[terms.reason == ""]
    assert shown.hazard_ratio.between(1e-3, 1e3).all() and shown.p_value.between(0, 1).all()
    assert (shown.conf_low < shown.hazard_ratio).all() and (shown.hazard_ratio < shown.conf_high).all()


def test_few_events_and_patients_are_said():
    assert few_per_parameter(3, 24) == (
        "24 events for 3 parameters, fewer than 10 each: estimates and intervals may be far off. Take fewer "
        "covariates, or the Firth-penalised model.")
    assert few_per_parameter(3, 30) == "" and few_patients(30, 30) == few_patients(0, 30) == ""
    assert few_patients(29, 30) == "29 patients, fewer than 30: read every estimate with caution."


@pytest.mark.parametrize("firth", [False, True])
def test_an_iteration_that_does_not_end_shows_no_figure(sample, monkeypatch, firth):
    monkeypatch.setattr("core.likelihood.newton.MAX_ITERATIONS", 1)
    model = cox(sample, endpoint="OS", covariates=["arm", "pvtt"], options=CoxOptions.of(firth=firth))
    assert model.reason == "no maximum of the likelihood was found: take covariates away"
    assert model.terms.hazard_ratio.isna().all() and (model.terms.reason == model.reason).all() and model.fit is None


@pytest.mark.parametrize("size", [300, 3000])
def test_many_patients_of_one_level_are_no_obstacle(size, tmp_path):
    whole = read_cohort(simulate(size, tmp_path))
    for level in ("Vp1", "Vp3", "Vp4"):
        rows = subgroup_hazard_ratios(whole.filter({"pvtt": {"in": [level]}}), endpoint="OS").rows
        assert rows.hazard_ratio[0] > 0
    nobody = whole.filter({"afp": {"gt": 1e9}})
    assert subgroup_hazard_ratios(nobody, endpoint="OS").rows.hazard_ratio.isna().all()


def test_an_information_without_an_inverse_shows_no_figure(sample, monkeypatch):
    def fails(*_, **__):
        raise np.linalg.LinAlgError("Singular matrix")
    monkeypatch.setattr(sys.modules["core.hazards.cox"], "penalised", fails)
    model = cox(sample, endpoint="OS", covariates=["arm"], options=CoxOptions.of(firth=True))
    assert model.reason.startswith("no maximum of the likelihood was found") and model.terms.hazard_ratio.isna().all()


def test_a_penalty_is_offered_where_it_helps(sample):
    nobody = cox(sample.filter({"arm": {"in": ["TACE+IMRT"]}}), endpoint="OS", covariates=["arm", "pvtt"])
    assert not firth_helps(["", "no patient in A", "only one patient in A", "C does not vary in the model's patients"])
    assert firth_helps(["", "no event in A"]) and firth_helps([NO_FINITE_RATIO])
    assert not firth_helps(nobody.terms.reason[nobody.terms.term == "arm"].tolist())


def test_a_reference_that_no_complete_case_has_gives_way():
    rows = [("A", ""), ("B", 50), ("C", 60)]
    text = "id,arm,age,OS_months,OS_event\n" + "".join(
        f"p{i},{rows[i % 3][0]},{rows[i % 3][1] and rows[i % 3][1] + i % 7},{1 + (7 * i) % 40},{int(i % 4 > 0)}\n"
        for i in range(90))
    terms = cox(read_cohort(io.BytesIO(text.encode())), endpoint="OS", covariates=["arm", "age"],
                options=CoxOptions.of(references={"arm": "A"})).terms.set_index("level")
    assert terms.reference["C"] == "B" and terms.hazard_ratio["C"] > 0 and terms.reason["A"] == "no patient in A"


def test_a_level_that_nothing_holds_does_not_take_the_others_columns_with_it():
    """Eleven patients of four arms, of whom the first arm's leaves before any event."""
    rows = [(44, 1, "d"), (56, 0, "d"), (55, 0, "c"), (43, 1, "b"), (31, 0, "a"), (37, 1, "c"), (50, 0, "b"),
            (31, 0, "b"), (2, 0, "d"), (47, 0, "b"), (46, 1, "b")]
    lines = [f"p{i},{arm},{time},{event}" for i, (time, event, arm) in enumerate(rows)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,OS_months,OS_event", *lines]).encode()))
    found = univariable(cohort, endpoint="OS", covariates=["arm"])["arm"]
    assert not isinstance(found, NotEstimable) and len(found.terms) == 3


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_reference_that_nobody_of_is_at_risk_gives_way(ties):
    """R has coef 0.7549 (SE 0.9182) for b, and NA for c: in truth b against c."""
    rows = zip("aabbbbcccc", (1, 1, 2, 3, 4, 5, 3, 4, 6, 7), (0, 0, 1, 1, 0, 1, 1, 1, 0, 1), strict=True)
    lines = [f"p{i},{arm},{time},{event}" for i, (arm, time, event) in enumerate(rows)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,OS_months,OS_event", *lines]).encode()))
    model = cox(cohort, endpoint="OS", covariates=["arm"], options=CoxOptions.of(ties=ties))
    assert model.terms.reference.tolist() == ["b", "b"] and model.terms.reason.tolist() == ["no event in a", ""]
    if ties == "efron":
        assert model.terms.coef[1] == pytest.approx(-0.754907, abs=1e-6)
        assert model.terms.std_error[1] == pytest.approx(0.918243, abs=1e-6)
    assert model.n == 10 and model.levels.n.tolist() == [2, 4, 4]
    penalised = CoxOptions.of(ties=ties, firth=True)
    firth, without = (cox(c, endpoint="OS", covariates=["arm"], options=penalised).terms.iloc[-1]
                      for c in (cohort, cohort.filter({"arm": {"in": ["b", "c"]}})))
    for column in ("coef", "p_value"):
        assert firth[column] == pytest.approx(without[column], rel=1e-9), column


def test_a_covariate_of_one_level_is_said_to_be_in_no_model(sample):
    model = cox(sample, endpoint="OS", covariates=["arm", "child_pugh"])
    assert model.without_levels == ("child_pugh",)
    notes = model_figure(sample, model, {}).notes
    assert "Child-Pugh class has fewer than two levels: it is not in the model." in notes


def test_a_level_without_a_ratio_is_named_with_its_variable(sample):
    here = sample.filter({"pvtt": {"in": ["Vp4"]}})
    model = cox(here, endpoint="OS", covariates=["arm", "ecog"])
    assert "ECOG 2: not estimable, only one patient in 2." in model_figure(here, model, {}).notes


def test_events_alone_in_their_stratum_are_counted_apart(sample):
    stratify_by = ["sex", "ecog", "pvtt", "hvtt", "etiology"]
    model = cox(sample, endpoint="OS", covariates=["arm"], options=CoxOptions.of(stratify_by=stratify_by))
    notes = model_figure(sample, model, {}).notes
    assert model.n_telling < model.n_event
    assert (f"{model.strata} baseline hazards: of {model.n_event} events, {model.n_telling} have another patient at "
            "risk in their stratum; the others contribute nothing.") in notes
    assert cox(sample, endpoint="OS", covariates=["arm"]).n_telling == model.n_event


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
