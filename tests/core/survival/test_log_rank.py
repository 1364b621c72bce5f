"""Tests between curves and figures read off them, beside R's, to 1e-6.

survdiff gives log-rank and Peto; Gehan, Tarone-Ware, Fleming-Harrington and the trend come from a base-R
script; summary.survfit, quantile.survfit and survfit's rmean give the figures.
"""

import numpy as np
import pytest

from core import read_cohort
from core.errors import NotEstimable
from core.survival.log_rank import TestOptions, compare, pairwise, trend
from tests.conftest import REFERENCE, SAMPLE
from tests.shared.from_r import COHORTS, agree, curve_cohort, from_r

R = from_r("survival")
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
    cohort = curve_cohort(file)
    for weight, wanted in R["stratified"][name].items():
        found = compare(cohort, endpoint="OS", by="arm", options=options(weight, stratify_by))
        agree(found.statistic, wanted["statistic"])
        agree(found.p_value, wanted["p_value"])
        assert found.test[0].startswith("stratified ")


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
    with pytest.raises(NotEstimable, match="No event distinguishes the strata"):
        trend(arms_of(rows), endpoint="OS", by="arm")
    last = [(arm, "x", 9 if arm == "c" else 2, int(arm == "c")) for arm, *_ in rows]
    with pytest.raises(NotEstimable, match="trend"):
        trend(arms_of(last), endpoint="OS", by="arm")
