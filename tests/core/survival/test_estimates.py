"""Figures read off curves, beside R."""

import numpy as np
import pytest

from core import read_cohort
from core.errors import NotEstimable
from core.survival.estimates import (
    differences_at,
    follow_up,
    longest_tau,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)
from tests.conftest import SAMPLE
from tests.shared.from_r import COHORTS, agree, curve_cohort, from_r

R = from_r("survival")
TIMES = (0.5, 6.0, 12.0, 24.0)


@pytest.fixture(scope="module", params=COHORTS)
def case(request):
    file, endpoint, by, filters = COHORTS[request.param]
    cohort = curve_cohort(file).filter(filters)
    return cohort, {"endpoint": endpoint, "by": by}, request.param


def test_survival_at_times(case):
    cohort, of, name = case
    found = survival_at(cohort, **of, times=TIMES)
    wanted = R["estimates"][name]
    inside = ~np.isnan(found.estimate.to_numpy())
    lasts = np.repeat(np.asarray(wanted["last"], float), len(TIMES))
    assert (inside == (np.tile(TIMES, len(lasts) // len(TIMES)) <= lasts + 1e-9)).all()
    for column in ("n_risk", "estimate", "std_error", "conf_low", "conf_high"):
        theirs = [v for v, here in zip(wanted["at"][column], inside, strict=True) if here]
        agree(found[column].to_numpy()[inside], theirs, scale=1e-3)


def test_quantiles(case):
    cohort, of, name = case
    found = quantiles(cohort, **of, shares=(0.1, 0.25, 0.5, 0.75))
    for column, wanted in R["estimates"][name]["quantiles"].items():
        agree(found[column], wanted)


def test_restricted_means(case):
    cohort, of, name = case
    wanted = R["estimates"][name]["rmst"]
    agree([longest_tau(cohort, **of)], wanted["tau"])
    found = restricted_mean(cohort, **of, tau=None)
    for column in ("estimate", "std_error"):
        agree(found[column], wanted[column])
    with pytest.raises(NotEstimable, match="beyond the follow-up"):
        restricted_mean(cohort, **of, tau=wanted["tau"] + 1)


def test_follow_up(case):
    cohort, of, name = case
    found, wanted = follow_up(cohort, **of), R["estimates"][name]["reverse"]
    agree(found.reverse_median, wanted["median"])
    agree(found.conf_low, wanted["conf_low"])
    agree(found.conf_high, wanted["conf_high"])
    assert (found.observed_low <= found.observed_median).all() and (found.observed_high <= 36 * 24).all()


def test_differences_add_variances(sample):
    at = survival_at(sample, endpoint="OS", by="arm", times=(12.0, 24.0))
    found = differences_at(at)
    first, second = at[at.strata == "TACE+IMRT"], at[at.strata != "TACE+IMRT"]
    np.testing.assert_allclose(found.difference, second.estimate.to_numpy() - first.estimate.to_numpy())
    np.testing.assert_allclose(found.std_error**2, second.std_error.to_numpy()**2 + first.std_error.to_numpy()**2)
    means = restricted_mean(sample, endpoint="OS", by="arm", tau=24.0)
    ratio = restricted_mean_comparison(means).set_index("measure")
    assert ratio.estimate["ratio"] == pytest.approx(means.estimate[1] / means.estimate[0])
    assert ratio.estimate["difference"] == pytest.approx(means.estimate[1] - means.estimate[0])
    assert ratio.conf_low["ratio"] < ratio.estimate["ratio"] < ratio.conf_high["ratio"]


def test_swapped_arms_turn_the_difference(sample):
    mapping = sample.mapping.to_json()
    mapping["arm"]["reference"] = "TACE+IMRT+sorafenib"
    other = read_cohort(SAMPLE, mapping)
    one, two = (differences_at(survival_at(c, endpoint="OS", by="arm", times=(12.0,))) for c in (sample, other))
    assert one.difference[0] == pytest.approx(-two.difference[0]) and one.p_value[0] == pytest.approx(two.p_value[0])


def test_a_restricted_mean_that_rests_on_one_patient_says_so(sample):
    from core.survival.adequacy import few_at_tau

    longest = restricted_mean(sample, endpoint="OS", by="arm")
    assert (longest.n_risk == 1).any()
    assert "one patient is left at risk" in few_at_tau(longest)
    shorter = restricted_mean(sample, endpoint="OS", by="arm", tau=12.0)
    assert few_at_tau(shorter) == "" and (shorter.n_risk > 1).all()
