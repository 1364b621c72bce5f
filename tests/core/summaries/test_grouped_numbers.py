"""Summaries and rank tests from counts beside numpy and scipy on the patients themselves; sets as bits."""

import io
import sys

import numpy as np
import pytest
from scipy import stats

from core import read_cohort
from core.statistics.bitsets import in_both, packed
from core.summaries import adverse_events, baseline
from core.summaries.baseline import BaselineOptions
from core.summaries.grouped_numbers import grouped_numbers, number_test


@pytest.fixture(scope="module")
def drawn():
    """400 patients of three arms: a number with ties and gaps, one without ties."""
    rng = np.random.default_rng(7)
    arm, size = rng.choice(list("ABC"), 400), np.round(rng.gamma(3, 2, 400), 1)
    text = "id,arm,tumor_size,weight\n" + "".join(
        f"p{i},{a},{'' if i % 11 == 0 else s},{w:.6f}\n" for i, (a, s, w) in enumerate(
            zip(arm, size, rng.normal(70, 12, 400), strict=True)))
    return read_cohort(io.BytesIO(text.encode()))


FILTERS = [{}, {"weight": {"gt": 55}}, {"weight": {"gt": 80}}, {"arm": {"in": ["A", "C"]}}]


@pytest.mark.parametrize("kept", FILTERS)
@pytest.mark.parametrize("key", ["tumor_size", "weight"])
def test_moments_and_quantiles(drawn, kept, key):
    cohort = drawn.filter(kept) if kept else drawn
    found = grouped_numbers(cohort, key, "arm")
    for i, arm in enumerate("ABC"):
        own = cohort.patients[key][cohort.patients.arm == arm].dropna().to_numpy()
        assert found.n[i] == own.size
        if not own.size:
            assert np.isnan(found.moments()[i]).all()
            continue
        low, middle, high = np.quantile(own, (0.25, 0.5, 0.75))
        assert found.moments()[i] == pytest.approx(
            [own.mean(), own.std(ddof=1), middle, low, high, own.min(), own.max()], rel=1e-12)


@pytest.mark.parametrize("kept", FILTERS)
@pytest.mark.parametrize("key", ["tumor_size", "weight"])
def test_tests_are_scipys(drawn, kept, key):
    cohort = drawn.filter(kept) if kept else drawn
    found = grouped_numbers(cohort, key, "arm")
    parts = [v for v in found.parts() if v.size]
    if len(parts) > 2:
        assert number_test("by the summary", "median (IQR)", found)[1] == pytest.approx(
            stats.kruskal(*parts).pvalue, rel=1e-9)
        assert number_test("by the summary", "mean (SD)", found)[1] == pytest.approx(
            stats.f_oneway(*parts).pvalue, rel=1e-9)
        return
    for test, theirs in (("Student t", stats.ttest_ind(*parts)), ("Welch t", stats.ttest_ind(*parts, equal_var=False)),
                         ("Mann-Whitney", stats.mannwhitneyu(*parts, method="asymptotic")),
                         ("Mann-Whitney, uncorrected", stats.mannwhitneyu(*parts, method="asymptotic",
                                                                          use_continuity=False))):
        assert number_test(test, "median (IQR)", found)[1] == pytest.approx(theirs.pvalue, rel=1e-9), test


def test_what_does_not_vary_has_no_test(drawn):
    one = drawn.filter({"tumor_size": {"ge": 4.0, "le": 4.0}})
    assert number_test("Student t", "mean (SD)", grouped_numbers(one, "tumor_size", "arm")) == ("", pytest.approx(
        np.nan, nan_ok=True))


def test_without_p_nothing_is_tested(sample, monkeypatch):
    monkeypatch.setattr(sys.modules["core.summaries.baseline"], "exact_tests", None)  # would fail if it were called
    found = baseline(sample, options=BaselineOptions(p_values=False))
    tested = baseline(sample, options=BaselineOptions(level_test="Pearson χ²"))
    assert found.tests.p_value.isna().all() and (found.tests.test == "").all()
    assert found.tests.smd.equals(tested.tests.smd) and found.rows.equals(tested.rows)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 1000])
def test_sets_as_bits(n):
    rng = np.random.default_rng(n)
    sets, other = rng.random((5, n)) < 0.4, rng.random(n) < 0.7
    assert in_both(packed(sets), packed(other)).tolist() == (sets & other).sum(axis=1).tolist()


def test_adverse_events_of_any_filter(sample):
    for kept in ({"afp": {"gt": 400}}, {"pvtt": {"in": ["Vp3"]}}, {"age": {"gt": 200}}):
        cohort = sample.filter(kept)
        rows = adverse_events(cohort).rows.set_index(["term", "band", "arm"])
        grades = sample.worst_grades.grades[cohort.rows]
        arm = sample.table.arm[cohort.rows].to_numpy()
        for t, term in enumerate(sample.worst_grades.terms):
            for level in sample.levels("arm"):
                own = grades[arm == level, t]
                assert rows.n[term, ">=3", level] == np.count_nonzero(~np.isnan(own))
                assert rows.n_event[term, ">=3", level] == np.count_nonzero(own >= 3)
                assert rows.n_event[term, "1-2", level] == np.count_nonzero((own >= 1) & (own <= 2))
