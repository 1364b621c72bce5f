"""The test of proportional hazards."""

import io

import numpy as np
import pytest
from scipy.stats import chi2

from core import read_cohort, subgroup_hazard_ratios, treatment_effect, univariable
from core.charts import Part, km_figure, model_figure, subgroup_figure, weighted_figure
from core.charts.model_tables import zph_table
from core.figure.figure import headings_of
from core.hazards import cox
from core.hazards.subgroups import condition_of
from core.hazards.weighting import WeightingOptions, weighted_comparison
from core.survival import kaplan_meier
from core.survival.estimates import restricted_mean
from tests.conftest import SAMPLE
from tests.shared.from_r import from_r, model_cohort


def test_deaths_at_one_time_tell_nothing_of_proportional_hazards():
    text = "id,arm,age,OS_months,OS_event\n" + "".join(
        f"p{i},{'AB'[i % 2]},{40 + (7 * i) % 31},12,{int(i % 3 > 0)}\n" for i in range(60))
    cohort = read_cohort(io.BytesIO(text.encode()))
    model = cox(cohort, endpoint="OS", covariates=["arm", "age"])
    assert model.terms.hazard_ratio.notna().all()
    assert model.zph.statistic.isna().all() and model.zph.p_value.isna().all()
    assert set(zph_table(cohort, model.zph).p) == {"–"} == set(zph_table(cohort, model.zph)["χ²"])


def test_proportional_hazards_are_tested_in_as_many_directions_as_deaths_tell_of():
    """At the second time of death nobody of c is at risk: of its own course nothing is known. R: "singular"."""
    rows = [("abc"[i % 3], 1 if i % 3 == 2 or i % 2 else 2 + i % 5, int(i % 3 == 2 or i % 5 < 3)) for i in range(60)]
    lines = [f"p{i},{arm},{time},{event}" for i, (arm, time, event) in enumerate(rows)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,OS_months,OS_event", *lines]).encode()))
    three = cox(cohort, endpoint="OS", covariates=["arm"]).zph
    assert three.df.tolist() == [1, 1]
    assert three.p_value[0] == pytest.approx(chi2.sf(three.statistic[0], 1), rel=1e-9)

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
