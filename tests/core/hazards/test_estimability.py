"""A hazard ratio stands with its test of proportional hazards, of whichever arms, subgroups, strata or weights."""

import numpy as np
import pytest

from core import CoxOptions, read_cohort, subgroup_hazard_ratios, treatment_effect, univariable
from core.charts import Part, km_figure, model_figure, subgroup_figure, weighted_figure
from core.cohort.strata import stratification
from core.errors import NotEstimable
from core.figure.figure import headings_of
from core.hazards import cox
from core.hazards.subgroups import condition_of
from core.hazards.weighting import WeightingOptions, weighted_comparison
from core.survival import kaplan_meier
from core.survival.estimates import restricted_mean
from core.survival.log_rank import TestOptions as ComparedBy
from core.survival.log_rank import compare
from tests.conftest import REFERENCE, SAMPLE
from tests.shared.from_r import from_r, model_cohort

R = from_r("hazards")


@pytest.fixture(scope="module")
def changing():
    """A late effect: the first half of the follow-up has none, the second a strong one."""
    rng = np.random.default_rng(3)
    lines = ["id,arm,sex,OS_months,OS_event"]
    for i in range(240):
        time = rng.exponential(14)
        if i % 2 and time > 9:
            time = 9 + 5 * (time - 9)
        lines.append(f"p{i},{'AB'[i % 2]},{'MF'[i // 2 % 2]},{min(time, 60):.3f},{int(time <= 60)}")
    return read_cohort("\n".join(lines).encode())


@pytest.mark.parametrize(("name", "file", "endpoint", "by", "filters"), [
    ("yang_pvtt", None, "OS", "pvtt", {}), ("yang_arm", None, "PFS", "arm", {}),
    ("yang_vp3", None, "OS", "arm", {"pvtt": {"in": ["Vp3"]}}),
    ("yang_vp4", None, "PFS", "arm", {"pvtt": {"in": ["Vp4"]}}),
    ("colon", "colon.csv", "OS", "arm", {}), ("colon_node4", "colon.csv", "OS", "arm", {"node4": {"in": ["1"]}}),
    ("visits", "visits.csv", "OS", "arm", {})])
def test_of_arms_alone(name, file, endpoint, by, filters):
    """R: cox.zph(coxph(Surv(time, event) ~ arm), transform = "km"), last row."""
    cohort = (model_cohort(file) if file else read_cohort(SAMPLE)).filter(filters)
    found, wanted = treatment_effect(cohort, endpoint=endpoint, by=by).proportional, R["proportional"][name]
    assert found == pytest.approx((wanted["statistic"], wanted["df"], wanted["p_value"]), rel=1e-6)


def test_of_every_subgroup_as_of_its_own_model(sample):
    """The forest's verdicts, all at once from tables, are those of each subgroup's model of patients."""
    for endpoint in sample.endpoints:
        for row in subgroup_hazard_ratios(sample, endpoint=endpoint).rows.itertuples():
            if row.method != "Wald":
                continue
            sub = sample.filter({row.factor: condition_of(sample, row.factor, row.level).to_json()}) if row.factor \
                else sample
            model = cox(sub, endpoint=endpoint, covariates=("arm",))
            assert row.p_proportional == pytest.approx(model.zph.p_value.iloc[-1], rel=1e-6), (row.factor, row.level)


def test_of_three_arms_in_every_subgroup():
    cohort = model_cohort("colon.csv")
    rows = subgroup_hazard_ratios(cohort, endpoint="OS", factors=["node4", "sex"]).rows
    for (factor, level), part in rows.groupby(["factor", "level"]):
        sub = cohort.filter({factor: {"in": [level]}}) if factor else cohort
        own = cox(sub, endpoint="OS", covariates=("arm",)).zph.p_value.iloc[-1]
        assert part.p_proportional.tolist() == pytest.approx([own, own], rel=1e-6)


def test_of_a_weighted_model(sample):
    """R: cox.zph of coxph with weights; its Kaplan-Meier transform does not weigh."""
    for kind, wanted in R["proportional"]["weighted"].items():
        options = WeightingOptions(covariates=("age", "pvtt", "tumor_size", "hvtt"), kind=kind)
        found = weighted_comparison(sample, endpoint="OS", options=options)
        assert found.p_proportional == pytest.approx(wanted, rel=1e-6)
        assert "Proportional hazards: p = .9" in " ".join(weighted_figure(sample, found).summary)


def test_the_verdict_stands_beside_the_ratio_with_restricted_means_where_it_fails(changing, sample):
    effect = treatment_effect(changing, endpoint="OS", by="arm")
    assert effect.proportional[2] < 0.001
    means = restricted_mean(changing, endpoint="OS", by="arm")
    part = Part(cohort=changing, result=kaplan_meier(changing, endpoint="OS", by="arm"), effect=effect, means=means)
    said = " ".join(km_figure(part).summary)
    assert "seems to change over time" in said and "Restricted mean to month" in said and "against A" in said
    fine = treatment_effect(sample, endpoint="OS", by="arm")
    part = Part(cohort=sample, result=kaplan_meier(sample, endpoint="OS", by="arm"), effect=fine)
    assert "Proportional hazards: p = .77, no evidence against them" in km_figure(part).summary


def test_models_and_forests_name_what_changes(changing):
    model = cox(changing, endpoint="OS", covariates=("arm", "sex"))
    alone = univariable(changing, endpoint="OS", covariates=("arm", "sex"))
    figure = model_figure(changing, model, alone)
    notes = " ".join(figure.notes)
    assert "Multivariable ratios that seem to change over time, of 2 tested: Arm (p < .001)." in notes
    assert "Univariable ratios that seem to change over time, of 2 tested: Arm" in notes
    assert ("", "Proportional hazards, p") in headings_of(figure.table)
    forest = subgroup_figure(changing, subgroup_hazard_ratios(changing, endpoint="OS"))
    rows = forest.drawing["datasets"]["rows"]
    assert all(row["together"].endswith("†") for row in rows if row["together"])
    assert "† The ratio seems to change over time" in " ".join(forest.notes)
    assert any(s.startswith("All patients. Proportional hazards: p < .001") for s in forest.summary)


# ---- strata of a number --------------------------------------------------------------------------

GBSG = {"patient_id": "pid", "arm": {"column": "hormon", "reference": "0", "levels": {"0": "no", "1": "yes"}},
        "endpoints": {"RFS": {"time": "rfstime", "event": "status", "event_values": ["1"], "unit": "days"}},
        "factors": {"grade": {"column": "grade", "kind": "numeric", "label": "Grade"},
                    "age": {"column": "age", "kind": "numeric", "label": "Age"}}}


def test_a_number_s_values_are_its_strata():
    """gbsg by grade, mapped as a number: R's strata(grade), not a cut at the median."""
    cohort = read_cohort(REFERENCE / "gbsg.csv", GBSG)
    test = compare(cohort, endpoint="RFS", by="arm", options=ComparedBy(stratify_by=("grade",)))
    assert test.statistic[0] == pytest.approx(R["by_grade"]["log_rank"], rel=1e-8)
    assert test.test[0] == "stratified log-rank by Grade (1, 2, 3)"
    model = cox(cohort, endpoint="RFS", covariates=("arm",), options=CoxOptions(stratify_by=("grade",)))
    assert model.terms.coef[0] == pytest.approx(R["by_grade"]["coef"], rel=1e-8)
    assert model.stratified_by == "Grade (1, 2, 3)" and model.strata == 3


def test_a_number_of_many_values_needs_cuts():
    cohort = read_cohort(REFERENCE / "gbsg.csv", GBSG)
    for refused in (lambda: stratification(cohort, "age"),
                    lambda: compare(cohort, endpoint="RFS", by="arm", options=ComparedBy(stratify_by=("age",))),
                    lambda: cox(cohort, endpoint="RFS", covariates=("arm",), options=CoxOptions(stratify_by=("age",)))):
        with pytest.raises(NotEstimable, match="Age is a number with 54 different values and no cut-point"):
            refused()
    cut = {**GBSG, "factors": {**GBSG["factors"], "age": {**GBSG["factors"]["age"], "cuts": [{"at": 50}]}}}
    found = stratification(read_cohort(REFERENCE / "gbsg.csv", cut), "age")
    assert found.levels == ("≤ 50", "> 50")


# ---- adequacy is one rule ------------------------------------------------------------------------

def lone(which):
    lines = ["id,arm,OS_months,OS_event", *(f"p{i},{'AB'[i % 2]},{i + 2},{int(i % 3 > 0)}" for i in range(30)),
             f"lone,{which},4.5,1"]
    arms = sorted({"A", "B", which})
    return read_cohort("\n".join(lines).encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": arms[0], "levels": {a: a for a in arms}},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"], "unit": "months"}}})


@pytest.mark.parametrize("firth", [False, True])
@pytest.mark.parametrize("which", ["Z", "0"])
def test_an_arm_of_one_patient_has_no_ratio_by_either_likelihood(firth, which):
    """As the other arm and as the reference; the treatment's own ratio says the same."""
    cohort = lone(which)
    terms = cox(cohort, endpoint="OS", covariates=("arm",), options=CoxOptions(firth=firth)).terms
    hidden = terms if which == "0" else terms[terms.level == which]
    assert hidden.hazard_ratio.isna().all() and hidden.conf_low.isna().all()
    assert set(hidden.reason) == {f"only one patient in {which}"}
    simple = treatment_effect(cohort, endpoint="OS", by="arm").terms
    assert simple.reason.tolist() == terms.reason.tolist()


def test_a_restricted_mean_that_rests_on_one_patient_says_so(sample):
    from core.survival.adequacy import few_at_tau

    longest = restricted_mean(sample, endpoint="OS", by="arm")
    assert (longest.n_risk == 1).any()
    assert "one patient is left at risk" in few_at_tau(longest)
    shorter = restricted_mean(sample, endpoint="OS", by="arm", tau=12.0)
    assert few_at_tau(shorter) == "" and (shorter.n_risk > 1).all()
