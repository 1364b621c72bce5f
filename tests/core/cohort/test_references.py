"""Other strata as references: ratios are turned over, differences change their sign, who is where stays."""

import numpy as np
import pytest

from core import subgroup_hazard_ratios, treatment_effect
from core.cohort import Definition, Filters, Groups, landmark, reference_level, renamed, with_groups, with_references
from core.errors import FilterError
from core.overview import benefit_risk
from core.survival import (
    differences_at,
    kaplan_meier,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)

SORAFENIB = "TACE+IMRT+sorafenib"


@pytest.fixture
def turned(sample):
    return with_references(sample, {"arm": SORAFENIB, "pvtt": "Vp4"})


def test_a_ratio_of_two_arms_is_turned_over(sample, turned):
    before, after = (treatment_effect(c, endpoint="OS", by="arm").terms.iloc[0] for c in (sample, turned))
    assert (after.reference, after.level) == (SORAFENIB, before.reference)
    assert after.hazard_ratio == pytest.approx(1 / before.hazard_ratio, rel=1e-9)
    assert after.conf_low == pytest.approx(1 / before.conf_high, rel=1e-9)
    assert after.p_value == pytest.approx(before.p_value, rel=1e-9)


def test_several_strata_are_against_the_one_that_is_chosen(sample, turned):
    before = treatment_effect(sample, endpoint="OS", by="pvtt").terms.set_index("level").coef
    after = treatment_effect(turned, endpoint="OS", by="pvtt").terms.set_index("level")
    assert set(after.reference) == {"Vp4"} and "Vp4" not in after.index
    assert after.coef["Vp3"] == pytest.approx(before["Vp3"] - before["Vp4"], abs=1e-7)


def test_the_forest_and_the_glance_are_against_it_too(sample, turned):
    ratios = [subgroup_hazard_ratios(c, endpoint="OS", factors=["sex"]).rows for c in (sample, turned)]
    np.testing.assert_allclose(ratios[1].hazard_ratio, 1 / ratios[0].hazard_ratio, rtol=1e-6)
    gains = [r[r.endpoint == "OS"].set_index("measure") for r in (benefit_risk(c).rows for c in (sample, turned))]
    assert all(row.reference == SORAFENIB for row in gains[1].itertuples())
    for measure in gains[0].index:
        turned_over = 1 / gains[0].estimate[measure] if "hazard" in measure else -gains[0].estimate[measure]
        assert gains[1].estimate[measure] == pytest.approx(turned_over, rel=1e-6)


def test_differences_are_against_it(turned):
    of = {"endpoint": "OS", "by": "arm"}
    reference = reference_level(turned, "arm")
    at, means = survival_at(turned, **of, times=(6.0, 12.0)), restricted_mean(turned, **of)
    apart = differences_at(at, reference)
    np.testing.assert_allclose(apart.difference, -differences_at(at).difference, rtol=1e-12)
    assert set(apart.reference) == {SORAFENIB} and apart.time.tolist() == [6.0, 12.0]
    mean = restricted_mean_comparison(means, reference).set_index("measure").estimate
    before = restricted_mean_comparison(means).set_index("measure").estimate
    assert mean["difference"] == pytest.approx(-before["difference"])
    assert mean["ratio"] == pytest.approx(1 / before["ratio"])


def test_the_curves_stay_and_results_are_kept_apart(sample, turned):
    one, two = (kaplan_meier(c, endpoint="OS", by="arm") for c in (sample, turned))
    assert one.log_rank.p_value[0] == two.log_rank.p_value[0] and one.medians.equals(two.medians)
    assert turned.key != sample.key and turned.n == sample.n


def test_a_landmark_other_names_and_named_groups_keep_it(sample, turned):
    later = landmark(turned.filter({"sex": {"in": ["M"]}}), endpoint="OS", at=3).cohort
    assert reference_level(later, "arm") == SORAFENIB
    assert reference_level(renamed(turned, {"pvtt": {"Vp4": "main trunk"}}, {}), "pvtt") == "main trunk"
    groups = Groups().with_group("a", Definition(filters=Filters.from_json({"sex": {"in": ["M"]}}))) \
        .with_group("b", Definition(filters=Filters.from_json({"sex": {"in": ["F"]}})))
    grouped = with_references(with_groups(sample, groups), {"named-groups": "b"})
    assert reference_level(grouped, "named-groups") == "b"
    assert reference_level(landmark(grouped, endpoint="OS", at=3).cohort, "named-groups") == "b"


def test_a_filter_that_empties_it_leaves_the_first_of_the_others(turned):
    assert reference_level(turned.filter({"pvtt": {"in": ["Vp2", "Vp3"]}}), "pvtt") == "Vp2"


@pytest.mark.parametrize("references", [{"arm": "Placebo"}, {"nothing": "x"}])
def test_what_is_not_there_is_refused(sample, references):
    with pytest.raises(FilterError):
        with_references(sample, references)
