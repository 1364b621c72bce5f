"""Thin subgroups: no hazard ratio that means nothing, and the exact sentence in its place."""

import io
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from bench.simulate import simulate
from core import CoxOptions, read_cohort, subgroup_hazard_ratios, treatment_effect, univariable
from core.charts import subgroup_figure
from core.charts.hazard_ratios import model_figure
from core.charts.model_tables import zph_table
from core.errors import CohortError, NotEstimable
from core.figure.figure import headings_of
from core.hazards import cox
from core.hazards.estimability import NO_FINITE_RATIO, few_per_parameter, firth_helps
from core.hazards.subgroups import condition_of
from core.likelihood.efron_nodes import left_at_risk
from core.likelihood.two_arm_firth import penalised_pairs
from core.schema import PATIENT
from core.survival.adequacy import few_patients
from tests.conftest import REFERENCE, SAMPLE
from tests.shared.cohorts import CASES, cohort_of
from tests.shared.from_r import from_r


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


def test_swapped_arms_invert_and_complements_add_up(sample):
    """A reference changed turns the ratio round; a factor's levels part the patients."""
    one = cox(sample, endpoint="OS", covariates=["arm", "age"]).terms
    other = cox(sample, endpoint="OS", covariates=["arm", "age"],
                options=CoxOptions.of(references={"arm": "TACE+IMRT+sorafenib"})).terms
    assert np.isclose(one.coef[0], -other.coef[0], rtol=1e-9) and np.isclose(one.coef[1], other.coef[1], rtol=1e-9)
    rows = subgroup_hazard_ratios(sample, endpoint="OS").rows
    parts = rows[rows.factor != ""].groupby("factor")[["n", "n_event"]].sum()
    assert (parts == rows[["n", "n_event"]].iloc[0]).all().all()


def test_a_subgroup_is_the_filter_that_it_names(sample):
    """The forest's row, and the model of the filtered cohort, are one."""
    found = subgroup_hazard_ratios(sample, endpoint="OS")
    for row in found.rows[(found.rows.factor != "") & (found.rows.reason == "")].itertuples():
        sub = sample.filter({row.factor: condition_of(sample, row.factor, row.level).to_json()})
        assert sub.n == row.n
        alone = cox(sub, endpoint="OS", covariates=["arm"]).terms
        assert np.isclose(alone.coef[0], row.coef, rtol=1e-7)


def test_levels_that_the_filter_emptied_take_nothing_from_the_others(sample):
    """The first level gone, an interaction is that of the levels that are left, and one level has none."""
    sub = sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}})
    found = subgroup_hazard_ratios(sub, endpoint="OS", factors=["pvtt"])
    merged = read_cohort(SAMPLE, {**sample.mapping.to_json(), "factors": {
        **sample.mapping.to_json()["factors"], "pvtt": {
            "column": "pvtt", "kind": "categorical", "levels": {"Vp3": "Vp3", "Vp4": "Vp4"}}}, "missing_in": {
        "pvtt": ["none", "Vp2", "Vp1"]}})
    other = subgroup_hazard_ratios(merged, endpoint="OS", factors=["pvtt"])
    assert found.interactions.df[0] == 1 == other.interactions.df[0]
    assert np.isclose(found.interactions.statistic[0], other.interactions.statistic[0], atol=1e-9)
    one = subgroup_hazard_ratios(sample.filter({"pvtt": {"in": ["Vp3"]}}), endpoint="OS", factors=["pvtt"])
    assert one.interactions.df[0] == 0 and np.isnan(one.interactions.p_value[0])


def test_a_thin_subgroup_has_the_penalised_ratio_of_its_patients(sample):
    """By the counts, and by the general model of the filtered cohort: the same estimate, limits and p."""
    rows = subgroup_hazard_ratios(sample, endpoint="OS").rows
    thin = rows[rows.method == "Firth"]
    assert len(thin) == 2 and (thin.reason != "").all()
    for row in thin.itertuples():
        sub = sample.filter({row.factor: condition_of(sample, row.factor, row.level).to_json()})
        alone = cox(sub, endpoint="OS", covariates=["arm"], options=CoxOptions.of(firth=True)).terms.iloc[0]
        for column in ("coef", "std_error", "conf_low", "conf_high", "p_value"):
            assert np.isclose(getattr(row, column), alone[column], rtol=1e-6), column
    nothing = rows[(rows.reason != "") & (rows.method == "")]
    assert len(nothing) and nothing.hazard_ratio.isna().all()


@pytest.mark.parametrize("firth", [False, True])
def test_an_iteration_that_does_not_end_shows_no_figure(sample, monkeypatch, firth):
    monkeypatch.setattr("core.likelihood.newton.MAX_ITERATIONS", 1)
    model = cox(sample, endpoint="OS", covariates=["arm", "pvtt"], options=CoxOptions.of(firth=firth))
    assert model.reason == "no maximum of the likelihood was found: take covariates away"
    assert model.terms.hazard_ratio.isna().all() and (model.terms.reason == model.reason).all() and model.fit is None


def test_firth_of_counts_is_what_the_likelihood_in_r_has():
    """tests/reference/hazards.R, firth$thin_arm."""
    theirs = from_r("hazards")["firth"]["thin_arm"]
    found = treatment_tables()
    assert np.isclose(found.coef[0], theirs["coef"][0], atol=2e-5)
    assert np.allclose([found.low[0], found.high[0]], [theirs["low"][0], theirs["high"][0]], atol=5e-5)
    assert np.isclose(found.p_value[0], theirs["p_value"][0], atol=1e-6)
    nobody = penalised_pairs(left_at_risk(np.array([[[1, 0], [0, 0]]]), np.array([[[2, 1], [0, 0]]])))
    assert np.isnan(nobody.coef).all() and np.isnan(nobody.p_value).all()


def treatment_tables():
    """Count the thin cohort of the reference: 10 patients of the control, 6 of the test arm without an event."""
    thin = pd.read_csv(REFERENCE / "thin.csv")
    times = np.unique(thin.time)
    arms = [thin[thin.arm == arm] for arm in ("control", "test")]
    deaths = np.array([[int(((a.time == t) & (a.status == 1)).sum()) for t in times] for a in arms])
    at_risk = np.array([[int((a.time >= t).sum()) for t in times] for a in arms])
    return penalised_pairs(left_at_risk(deaths[None], at_risk[None]))


@pytest.mark.parametrize("size", [300, 3000])
def test_many_patients_of_one_level_are_no_obstacle(size, tmp_path):
    whole = read_cohort(simulate(size, tmp_path))
    for level in ("Vp1", "Vp3", "Vp4"):
        rows = subgroup_hazard_ratios(whole.filter({"pvtt": {"in": [level]}}), endpoint="OS").rows
        assert rows.hazard_ratio[0] > 0
    nobody = whole.filter({"afp": {"gt": 1e9}})
    assert subgroup_hazard_ratios(nobody, endpoint="OS").rows.hazard_ratio.isna().all()


@pytest.mark.parametrize(("kept", "gone"), [("AB", "C"), ("BC", "A")])
def test_two_of_three_arms_are_as_if_there_were_no_third(kept, gone):
    """Where the reference is the one that a filter empties, the next is compared with, and named."""
    rng = np.random.default_rng(3)
    lines = [f"p{i},{'ABC'[i % 3]},{'MF'[rng.integers(2)]},{rng.exponential(9):.2f},{int(rng.random() < 0.8)}"
             for i in range(300)]
    three, two = (read_cohort(io.BytesIO("\n".join(["id,arm,sex,OS_months,OS_event", *own]).encode()))
                  for own in (lines, [line for line in lines if f",{gone}," not in line]))
    both = three.filter({"arm": {"in": list(kept)}}), two
    ours, alone = (subgroup_hazard_ratios(c, endpoint="OS", factors=["sex"]).interactions.iloc[0] for c in both)
    assert ours.df == alone.df == 1 and ours.p_value == pytest.approx(alone.p_value, rel=1e-6)
    for fitted in (lambda c: treatment_effect(c, endpoint="OS", by="arm").terms,
                   lambda c: cox(c, endpoint="OS", covariates=["arm", "sex"]).terms,
                   lambda c: subgroup_hazard_ratios(c, endpoint="OS", factors=["sex"]).rows.rename(
                       columns={"arm": "level", "level": "of"})):
        ours, alone = (fitted(c) for c in both)
        ours = ours[ours.level != gone]
        assert ours.reference.tolist() == alone.reference.tolist() and kept[0] in ours.reference.tolist()
        assert ours.hazard_ratio.to_numpy() == pytest.approx(alone.hazard_ratio.to_numpy(), rel=1e-9)


def test_the_forest_leaves_an_emptied_arm_aside_and_says_so():
    lines = [f"p{i},{'ABC'[i % 3]},{'MF'[i // 3 % 2]},{1 + (7 * i) % 41},{int(i % 5 > 0)}" for i in range(240)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,sex,OS_months,OS_event", *lines]).encode()))
    sub = cohort.filter({"arm": {"in": ["B", "C"]}})
    figure = subgroup_figure(sub, subgroup_hazard_ratios(sub, endpoint="OS", factors=["sex"]))
    assert "A: no patient here." in figure.notes and "not estimable" not in figure.table.to_string()
    assert [name for group, name in headings_of(figure.table) if group == "Events / n"] == ["B", "C"]
    every = subgroup_figure(cohort, subgroup_hazard_ratios(cohort, endpoint="OS", factors=["sex"]))
    assert len(every.table) == 2 * len(figure.table) and not any("no patient" in n for n in every.notes)


def test_deaths_at_one_time_tell_nothing_of_proportional_hazards():
    text = "id,arm,age,OS_months,OS_event\n" + "".join(
        f"p{i},{'AB'[i % 2]},{40 + (7 * i) % 31},12,{int(i % 3 > 0)}\n" for i in range(60))
    cohort = read_cohort(io.BytesIO(text.encode()))
    model = cox(cohort, endpoint="OS", covariates=["arm", "age"])
    assert model.terms.hazard_ratio.notna().all()
    assert model.zph.statistic.isna().all() and model.zph.p_value.isna().all()
    assert set(zph_table(cohort, model.zph).p) == {"–"} == set(zph_table(cohort, model.zph)["χ²"])


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


def test_one_arm_and_later_factors_are_refused(sample, hcc):
    with pytest.raises(NotEstimable, match="Response is known only after time zero: it makes no subgroup"):
        subgroup_hazard_ratios(sample, endpoint="OS", factors=["response"])
    one = read_cohort(io.BytesIO(b"id,OS_months,OS_event,sex\n" + b"".join(
        f"p{i},{i + 1},{i % 2},{'MF'[i % 2]}\n".encode() for i in range(20))))
    with pytest.raises(CohortError, match="no variable 'arm'"):
        subgroup_hazard_ratios(one, endpoint="OS")


def test_the_forest_is_one_template_and_its_axis_stands_still(sample):
    whole = subgroup_figure(sample, subgroup_hazard_ratios(sample, endpoint="OS"))
    sub = sample.filter({"pvtt": {"in": ["Vp3"]}})
    part = subgroup_figure(sub, subgroup_hazard_ratios(sub, endpoint="OS"))
    assert {k: v for k, v in whole.chart.items() if k != "datasets"} == {
        k: v for k, v in part.chart.items() if k != "datasets"}
    assert len(whole.chart["datasets"]["rows"]) == 1 + 11 + 27 == len(part.chart["datasets"]["rows"])
    assert "Exploratory: 27 subgroups" in whole.summary[0]
    assert not any(str(v) in str(whole.chart) for v in sample.table[PATIENT].head())


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


def test_proportional_hazards_are_tested_in_as_many_directions_as_deaths_tell_of():
    """At the second time of death nobody of c is at risk: of its own course nothing is known. R: "singular"."""
    rows = [("abc"[i % 3], 1 if i % 3 == 2 or i % 2 else 2 + i % 5, int(i % 3 == 2 or i % 5 < 3)) for i in range(60)]
    lines = [f"p{i},{arm},{time},{event}" for i, (arm, time, event) in enumerate(rows)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,OS_months,OS_event", *lines]).encode()))
    three = cox(cohort, endpoint="OS", covariates=["arm"]).zph
    assert three.df.tolist() == [1, 1]
    assert three.p_value[0] == pytest.approx(chi2.sf(three.statistic[0], 1), rel=1e-9)


def test_an_arm_without_events_takes_no_interaction_from_the_others():
    """Its coefficient runs to minus infinity in both models, and none of it weighs in a risk set."""
    rng = np.random.default_rng(2)
    lines = [f"p{i},{'ABC'[i % 3]},{'MF'[rng.integers(2)]},{rng.exponential(9):.2f},"
             f"{int(rng.random() < 0.7 and i % 3 < 2)}" for i in range(240)]
    three, two = (read_cohort(io.BytesIO("\n".join(["id,arm,sex,OS_months,OS_event", *own]).encode()))
                  for own in (lines, [line for line in lines if ",C," not in line]))
    ours, alone = (subgroup_hazard_ratios(c, endpoint="OS", factors=["sex"]).interactions.iloc[0] for c in (three, two))
    assert ours.df == alone.df == 1
    assert ours.statistic == pytest.approx(alone.statistic, abs=1e-7) and ours.p_value == pytest.approx(alone.p_value)


def test_a_filter_to_two_of_three_arms_has_the_penalised_ratios_of_two():
    rng = np.random.default_rng(6)
    arm, sex = np.array(list("ABC"))[np.arange(90) % 3], rng.choice(["M", "F"], 90, p=[0.8, 0.2])
    event = np.where((sex == "F") & (arm == "B"), 0, rng.random(90) < 0.8).astype(int)
    lines = [f"p{i},{a},{s},{rng.exponential(9):.2f},{e}"
             for i, (a, s, e) in enumerate(zip(arm, sex, event, strict=True))]
    three, two = (read_cohort(io.BytesIO("\n".join(["id,arm,sex,OS_months,OS_event", *own]).encode()))
                  for own in (lines, [line for line in lines if ",C," not in line]))
    ours, alone = (subgroup_hazard_ratios(c, endpoint="OS", factors=["sex"]).rows.query("arm == 'B'") for c in (
        three.filter({"arm": {"in": ["A", "B"]}}), two))
    assert "Firth" in alone.method.tolist() and ours.method.tolist() == alone.method.tolist()
    assert ours.hazard_ratio.to_numpy() == pytest.approx(alone.hazard_ratio.to_numpy(), rel=1e-9)


def test_events_alone_in_their_stratum_are_counted_apart(sample):
    stratify_by = ["sex", "ecog", "pvtt", "hvtt", "etiology"]
    model = cox(sample, endpoint="OS", covariates=["arm"], options=CoxOptions.of(stratify_by=stratify_by))
    notes = model_figure(sample, model, {}).notes
    assert model.n_telling < model.n_event
    assert (f"{model.strata} baseline hazards: of {model.n_event} events, {model.n_telling} have somebody else at risk "
            "in their stratum; the others tell nothing.") in notes
    assert cox(sample, endpoint="OS", covariates=["arm"]).n_telling == model.n_event


def test_of_how_many_patients_each_ratio_is():
    lines = [f"p{i},{'AB'[i % 2]},{'' if i % 5 == 0 else 40 + (7 * i) % 31},{'MF'[i // 2 % 2]},{1 + (11 * i) % 37},"
             f"{int(i % 3 > 0)}" for i in range(100)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,age,sex,OS_months,OS_event", *lines]).encode()))
    whole, part = (model_figure(cohort, *(f(cohort, endpoint="OS", covariates=own) for f in (cox, univariable)))
                   for own in (["arm", "sex"], ["arm", "age", "sex"]))
    said = ("Events / n are of the multivariable model. A univariable ratio is of all patients who have the covariate: "
            "Arm 100, Age 80, Sex 100.")
    assert said in part.notes and not any(n.startswith("Events / n") for n in whole.notes)
    assert whole.provenance.patients == "100 patients, 66 OS events"
    assert part.provenance.patients == "100 patients, 80 of them in the analysis, with 53 OS events"
