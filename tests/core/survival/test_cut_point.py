"""The search for a cut: R's maxstat and multivariate normal probabilities, and what it means by simulation."""

import json

import numpy as np
import pytest

from core import read_cohort
from core.cohort import between, fine_edges
from core.cohort.filters import Filters
from core.errors import NotEstimable
from core.survival.cut_point import corrected_p, log_rank_scores, maximum_p, search_cut, standardised
from tests.conftest import REFERENCE

R = json.loads((REFERENCE / "cut_point.json").read_text())


def of(name):
    """Return times, events, the number, and the sorted cuts of one of R's cases."""
    case = R[name]
    return case, *(np.array(case[key], float) for key in ("time", "event", "x", "below"))


@pytest.mark.parametrize("name", R)
def test_statistics_are_maxstat_s(name):
    case, time, event, x, below = of(name)
    scores = log_rank_scores(time, event.astype(bool))
    sums = np.cumsum(scores[np.argsort(x, kind="stable")])[below.astype(int) - 1]
    assert standardised(sums, below, scores) == pytest.approx(case["statistic"], rel=1e-9)


@pytest.mark.parametrize("name", R)
def test_p_is_the_multivariate_normal_s(name):
    """mvtnorm's Miwa for six cuts, its quasi-Monte Carlo for all; never above Lausen's bound of 1994."""
    case, time, *_, below = of(name)
    assert maximum_p(case["largest"], np.array(case["few"]), time.size) == pytest.approx(case["p_of_few"], abs=1e-7)
    p = maximum_p(case["largest"], below, time.size)
    assert p == pytest.approx(case["p_value"], abs=1e-3)
    assert p < case["lausen94"] + 1e-9


@pytest.mark.parametrize("name", R)
def test_the_interpolated_p_is_the_computed_one(name):
    _, time, *_, below = of(name)
    statistic = np.linspace(0.2, 5, 60)
    each = [maximum_p(b, below, time.size) for b in statistic]
    assert corrected_p(statistic, below, time.size) == pytest.approx(each, rel=1e-4)
    assert (np.diff(each) <= 0).all()


def test_a_permutation_of_the_number_is_as_extreme_as_often_as_p_says(sample):
    """Among shuffled tumour sizes the largest statistic exceeds the bound that p = .05 belongs to in about 5 %."""
    search = search_cut(sample, "tumor_size", endpoint="OS")
    time, event = (sample.table[c].to_numpy(dtype=float) for c in ("OS time", "OS event"))
    scores, rng = log_rank_scores(time, event.astype(bool)), np.random.default_rng(3)
    largest = [standardised(np.cumsum(rng.permutation(scores))[search.below - 1], search.below, scores).max()
               for _ in range(4000)]
    bound = next(b for b in np.arange(2, 4, 0.01) if maximum_p(b, search.below, search.n) < 0.05)
    assert np.mean(np.array(largest) >= bound) == pytest.approx(0.05, abs=0.015)


def test_cuts_are_fine_edges_that_leave_a_tenth_on_either_side(sample):
    for key in ("afp", "age", "tumor_size"):
        search = search_cut(sample, key, endpoint="PFS")
        assert search.below.min() >= 8 and search.below.max() <= 73 and (np.diff(search.below) > 0).all()
        for edge, n in zip(search.edges, search.below, strict=True):
            assert sample.filter(Filters({key: between(sample, key, 0, int(edge))})).n == n
        assert search.p_value[search.best] == search.p_value.min() and len(fine_edges(sample, key)) > search.edges.max()


def test_where_there_is_nothing_to_search(sample):
    with pytest.raises(NotEstimable, match="No cut leaves a tenth"):
        search_cut(sample.filter({"age": {"ge": 60, "lt": 60.5}}), "age", endpoint="OS")
    late = "id,os_months,os_event,age,entry\n" + "".join(f"{i},{i + 9},1,{i},{i % 5}\n" for i in range(40))
    mapping = {"patient_id": "id", "factors": {"age": {"column": "age", "kind": "numeric"}}, "endpoints": {
        "OS": {"time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months", "entry": "entry"}}}
    with pytest.raises(NotEstimable, match="late entry"):
        search_cut(read_cohort(late.encode(), mapping), "age", endpoint="OS")
