"""Tests between curves and figures read off them, beside R's, to 1e-6.

survdiff gives log-rank and Peto; Gehan, Tarone-Ware, Fleming-Harrington and the trend come from a base-R
script; summary.survfit, quantile.survfit and survfit's rmean give the figures.
"""

import numpy as np
import pandas as pd
import pytest

from core import read_cohort
from core.charts.survival_tables import restricted_mean_table
from core.cohort.landmark import landmark
from core.errors import NotEstimable
from core.statistics.multiplicity import adjusted
from core.survival import kaplan_meier
from core.survival.estimates import (
    differences_at,
    follow_up,
    longest_tau,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)
from core.survival.log_rank import TestOptions, compare, pairwise, trend
from tests.conftest import REFERENCE, SAMPLE
from tests.shared.from_r import COHORTS, agree, curve_cohort, from_r

R = from_r("survival")

TIMES = (0.5, 6.0, 12.0, 24.0)
FH = {"weight": "Fleming-Harrington", "p": 0.5, "q": 1.5}


@pytest.fixture(scope="module", params=COHORTS)
def case(request):
    file, endpoint, by, filters = COHORTS[request.param]
    cohort = curve_cohort(file).filter(filters)
    return cohort, {"endpoint": endpoint, "by": by}, request.param


def options(weight, stratify_by=()):
    return TestOptions(**FH, stratify_by=stratify_by) if weight == "Fleming-Harrington" else \
        TestOptions(weight=weight, stratify_by=stratify_by)


@pytest.mark.parametrize("weight", ["Gehan-Wilcoxon", "Tarone-Ware", "Peto", "Fleming-Harrington"])
def test_weighted_tests(case, weight):
    cohort, of, name = case
    found, wanted = compare(cohort, **of, options=options(weight)), R["comparisons"][name][weight]
    for column in ("statistic", "df", "p_value"):
        agree(found[column], wanted[column])


def test_trend_and_pairs(case):
    cohort, of, name = case
    wanted = R["comparisons"][name]
    if "trend" not in wanted:
        with pytest.raises(NotEstimable, match="three ordered strata"):
            trend(cohort, **of)
        return
    agree(trend(cohort, **of).statistic, wanted["trend"]["statistic"])
    for method, column in (("none", "p_value"), ("holm", "holm"), ("BH", "BH")):
        agree(pairwise(cohort, **of, adjust=method).p_adjusted, wanted["pairwise"][column])


@pytest.mark.parametrize(("name", "file", "stratify_by"), [
    ("yang_os_by_pvtt_hvtt", SAMPLE, ("pvtt", "hvtt")), ("veteran_by_cell", REFERENCE / "veteran.csv", ("celltype",))])
def test_stratified_tests(name, file, stratify_by):
    cohort = read_cohort(file)
    for weight, wanted in R["stratified"][name].items():
        found = compare(cohort, endpoint="OS", by="arm", options=options(weight, stratify_by))
        agree(found.statistic, wanted["statistic"])
        agree(found.p_value, wanted["p_value"])
        assert found.test[0].startswith("stratified ")


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


def test_adjustment_leaves_missing_values_out():
    p = adjusted(np.array([0.01, np.nan, 0.04, 0.03]), "holm")
    np.testing.assert_allclose(p[[0, 2, 3]], [0.03, 0.06, 0.06])
    assert np.isnan(p[1])


def test_an_emptied_arm_has_no_test_and_no_figures(sample):
    alone = sample.filter({"arm": {"in": ["TACE+IMRT"]}})
    assert compare(alone, endpoint="OS", by="arm").empty
    at = survival_at(alone, endpoint="OS", by="arm", times=(12.0,))
    assert np.isnan(at.estimate[1]) and at.n_risk[1] == 0
    assert np.isnan(restricted_mean(alone, endpoint="OS", by="arm").estimate[1])
    assert np.isnan(follow_up(alone, endpoint="OS", by="arm").reverse_median[1])


@pytest.mark.parametrize("at", [0.0, 6.0, 12.0])
def test_a_landmark_is_r_s_subset_with_the_clock_set_back(sample, at):
    """The same figures as of a file that was cut and shifted by hand."""
    frame = pd.read_csv(SAMPLE, keep_default_na=False)
    kept = frame[frame.os_months > at].assign(os_months=lambda f: f.os_months - at)
    by_hand = read_cohort(kept.drop(columns=["pfs_months", "pfs_event"]).to_csv(index=False).encode())
    found = landmark(sample, endpoint="OS", at=at)
    one, two = (kaplan_meier(c, endpoint="OS", by="arm") for c in (found.cohort, by_hand))
    np.testing.assert_allclose(one.curves.estimate, two.curves.estimate, rtol=1e-12)
    np.testing.assert_allclose(one.curves.time, two.curves.time, rtol=1e-9)
    assert one.log_rank.p_value[0] == pytest.approx(two.log_rank.p_value[0], rel=1e-9)
    early = frame[frame.os_months <= at]
    assert (found.n_event, found.n_censored) == ((early.os_event == 1).sum(), (early.os_event == 0).sum())
    assert found.cohort.n == len(kept) and found.cohort.key != sample.key


def test_a_landmark_keeps_filters_and_says_whom_it_leaves_out(sample):
    responders = sample.filter({"response": {"in": ["CR", "PR"]}})
    found = landmark(responders, endpoint="OS", at=9.0)
    assert found.cohort.filters == responders.filters
    assert found.cohort.n + found.n_event + found.n_censored == responders.n
    assert found.words().startswith(f"Landmark at 9 months: {found.n_event + found.n_censored} patients left out")
    for at, words in ((np.nan, "is no time"), (-1.0, "is no time"), (1000.0, "Nobody is followed")):
        with pytest.raises(NotEstimable, match=words):
            landmark(sample, endpoint="OS", at=at)


def test_curves_without_events_or_at_zero_break_nothing():
    rows = "".join(f"p{i},{'ab'[i % 2]},{i % 7 + 1},0\n" for i in range(20))
    flat = read_cohort(f"id,arm,OS_months,OS_event\n{rows}".encode())
    found = restricted_mean_comparison(restricted_mean(flat, endpoint="OS", by="arm"))
    assert found.estimate.tolist() == pytest.approx([0, 1]) and found.p_value.isna().all()
    assert differences_at(survival_at(flat, endpoint="OS", by="arm", times=(3.0,))).p_value.isna().all()
    at_once = read_cohort(("id,arm,OS_months,OS_event\n" + "".join(
        f"p{i},{'ab'[i % 2]},{0 if i % 2 else i + 1},1\n" for i in range(20))).encode())
    assert restricted_mean(at_once, endpoint="OS", by="arm").estimate.tolist() == [0, 0]
    assert restricted_mean_comparison(restricted_mean(at_once, endpoint="OS", by="arm")).p_value.isna().all()
    table = restricted_mean_table(restricted_mean(flat, endpoint="OS", by="arm"), found)
    assert table.iloc[0, 3] == "reference" and table.iloc[1, 3] == "0.0 (0.0–0.0)"


def arms_of(rows):
    """A cohort of (arm, site, months, event)."""
    lines = [f"p{i},{','.join(str(v) for v in row)}" for i, row in enumerate(rows)]
    levels = {v: v for v in sorted({row[0] for row in rows})}
    return read_cohort("\n".join(["id,arm,site,months,event", *lines]).encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a", "levels": levels},
        "factors": {"site": {"column": "site", "kind": "categorical"}},
        "endpoints": {"OS": {"time": "months", "event": "event", "event_values": ["1"], "unit": "months"}}})


@pytest.mark.parametrize("weight", ["log-rank", "Gehan-Wilcoxon", "Tarone-Ware"])
@pytest.mark.parametrize("seed", range(6))
def test_strata_that_part_the_groups_add_their_own_tests(weight, seed):
    """Arms a and b at one site, c and d at another: two tests of one degree of freedom each (survdiff gives up)."""
    rng = np.random.default_rng(seed)
    rows = [(arm, "x" if arm in "ab" else "y", 3 * rng.integers(1, 9), int(rng.random() < 0.7))
            for arm in rng.choice(list("abcd"), 200)]
    found = compare(arms_of(rows), endpoint="OS", by="arm", options=TestOptions(weight=weight, stratify_by=("site",)))
    parts = [compare(arms_of(rows).filter({"site": {"in": [site]}}), endpoint="OS", by="arm",
                     options=TestOptions(weight=weight)) for site in "xy"]
    assert found.df.tolist() == [2]
    assert found.statistic[0] == pytest.approx(sum(part.statistic[0] for part in parts), rel=1e-9)


def test_nothing_that_varies_has_no_trend():
    rows = [("abc"[i % 3], "x", 1 + i % 7, 0) for i in range(30)]
    with pytest.raises(NotEstimable, match="No event tells the strata apart"):
        trend(arms_of(rows), endpoint="OS", by="arm")
    last = [(arm, "x", 9 if arm == "c" else 2, int(arm == "c")) for arm, *_ in rows]
    with pytest.raises(NotEstimable, match="trend"):
        trend(arms_of(last), endpoint="OS", by="arm")


def test_a_landmark_is_taken_once(sample):
    with pytest.raises(NotEstimable, match="starts at month 6 already"):
        landmark(landmark(sample, endpoint="OS", at=6).cohort, endpoint="OS", at=6)
