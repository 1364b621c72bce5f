"""Forests of models and of subgroups."""

from core import subgroup_hazard_ratios
from core.charts import subgroup_figure
from core.schema import PATIENT


def test_the_forest_is_one_template_and_its_axis_stands_still(sample):
    whole = subgroup_figure(sample, subgroup_hazard_ratios(sample, endpoint="OS"))
    sub = sample.filter({"pvtt": {"in": ["Vp3"]}})
    part = subgroup_figure(sub, subgroup_hazard_ratios(sub, endpoint="OS"))
    assert {k: v for k, v in whole.chart.items() if k != "datasets"} == {
        k: v for k, v in part.chart.items() if k != "datasets"}
    assert len(whole.chart["datasets"]["rows"]) == 1 + 11 + 27 == len(part.chart["datasets"]["rows"])
    assert "Exploratory: 27 subgroups" in whole.summary[0]
    assert not any(str(v) in str(whole.chart) for v in sample.table[PATIENT].head())
