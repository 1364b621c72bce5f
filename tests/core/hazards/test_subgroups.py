"""Forests: subgroups, their interactions, and what a thin subgroup has in place of a ratio."""

import io

import numpy as np
import pytest

from core import CoxOptions, read_cohort, subgroup_hazard_ratios, treatment_effect, univariable
from core.charts import subgroup_figure
from core.charts.hazard_ratios import model_figure
from core.errors import CohortError, NotEstimable
from core.figure.figure import headings_of
from core.hazards import cox
from core.hazards.subgroups import condition_of
from tests.conftest import SAMPLE


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


def test_one_arm_and_later_factors_are_refused(sample, hcc):
    with pytest.raises(NotEstimable, match="Response is known only after time zero: it cannot form subgroups"):
        subgroup_hazard_ratios(sample, endpoint="OS", factors=["response"])
    one = read_cohort(io.BytesIO(b"id,OS_months,OS_event,sex\n" + b"".join(
        f"p{i},{i + 1},{i % 2},{'MF'[i % 2]}\n".encode() for i in range(20))))
    with pytest.raises(CohortError, match="no variable 'arm'"):
        subgroup_hazard_ratios(one, endpoint="OS")


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


def test_of_how_many_patients_each_ratio_is():
    lines = [f"p{i},{'AB'[i % 2]},{'' if i % 5 == 0 else 40 + (7 * i) % 31},{'MF'[i // 2 % 2]},{1 + (11 * i) % 37},"
             f"{int(i % 3 > 0)}" for i in range(100)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,age,sex,OS_months,OS_event", *lines]).encode()))
    whole, part = (model_figure(cohort, *(f(cohort, endpoint="OS", covariates=own) for f in (cox, univariable)))
                   for own in (["arm", "sex"], ["arm", "age", "sex"]))
    said = ("Events / n are of the multivariable model. A univariable ratio uses all patients who have the covariate: "
            "Arm 100, Age 80, Sex 100.")
    assert said in part.notes and not any(n.startswith("Events / n") for n in whole.notes)
    assert whole.provenance.patients == "100 patients, 66 OS events"
    assert part.provenance.patients == "100 patients, 80 of them in the analysis, with 53 OS events"
