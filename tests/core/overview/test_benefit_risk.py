"""Benefit and risk at a glance."""

import numpy as np
import pytest

from core.hazards import treatment_effect
from core.overview.benefit_risk import GAIN, RATIO, RESPONSE, SEVERE, benefit_risk, sentence, to_months
from core.summaries import response
from core.survival import restricted_mean, restricted_mean_comparison
from tests.shared.files import from_text


@pytest.mark.parametrize("filters", [{}, {"pvtt": {"in": ["Vp3"]}}])
def test_each_figure_is_that_of_its_own_page(sample, filters):
    cohort = sample.filter(filters)
    rows = benefit_risk(cohort).rows.set_index(["measure", "endpoint"])
    for endpoint in ("OS", "PFS"):
        ratio = treatment_effect(cohort, endpoint=endpoint, by="arm").terms.iloc[0]
        np.testing.assert_allclose(rows.loc[(RATIO, endpoint), ["estimate", "conf_low", "conf_high"]].to_numpy(float),
                                   ratio[["hazard_ratio", "conf_low", "conf_high"]].to_numpy(float))
        gain = restricted_mean_comparison(restricted_mean(cohort, endpoint=endpoint, by="arm")).iloc[0]
        assert rows.loc[(GAIN, endpoint), "estimate"] == gain.estimate
    tests = response(cohort).tests
    assert rows.loc[(RESPONSE, ""), "estimate"] == tests[tests.rate == "objective response"].difference.iloc[0]
    severe = (cohort.worst_grades.grades[cohort.rows] >= 3).any(axis=1)
    second = (cohort.patients.arm == cohort.levels("arm")[1]).to_numpy()
    assert rows.loc[(SEVERE, ""), "estimate"] == pytest.approx(severe[second].mean() - severe[~second].mean())


def test_restricted_means_run_to_a_given_month_at_most(sample):
    rows = to_months(benefit_risk(sample), sample, {"OS": 12.0, "PFS": 1e9}).rows
    assert rows[(rows.measure == GAIN)].tau.tolist() == [12.0, 36.0]


@pytest.mark.parametrize(("filters", "words"), [
    ({}, "In these 82 patients (56 OS events) the hazard ratio of TACE+IMRT+sorafenib against TACE+IMRT is 0.40 "
         "(0.23–0.70); adverse events of grade 3 or more: −5 (−23 to +15) percentage points."),
    ({"pvtt": {"in": ["Vp4"]}}, "0.79 (0.31–2.02), compatible with no difference, though it seems to change"),
    ({"tumor_size": {"gt": 12.0}}, "not enough events to say"),
    ({"arm": {"in": ["TACE+IMRT"]}}, "there is no hazard ratio of TACE+IMRT+sorafenib against TACE+IMRT: no"),
])
def test_the_sentence_says_what_can_be_said(sample, filters, words):
    assert words in sentence(benefit_risk(sample.filter(filters)), "OS")


def test_nothing_is_said_without_an_arm_and_each_of_three_arms_against_the_reference():
    alone = from_text("id,OS_months,OS_event\n" + "".join(f"p{i},{i + 1},{i % 2}\n" for i in range(20)))
    assert benefit_risk(alone).rows.empty and sentence(benefit_risk(alone), "OS") == ""
    three = from_text("id,arm,OS_months,OS_event\n" + "".join(
        f"p{i},{'abc'[i % 3]},{i + 1},{int(i % 4 > 0)}\n" for i in range(60)))
    result = benefit_risk(three)
    assert result.rows[result.rows.measure == RATIO].arm.tolist() == ["b", "c"]
    assert sentence(result, "OS").count("In these 60 patients") == 2
