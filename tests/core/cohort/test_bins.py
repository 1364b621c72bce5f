"""Bins of histograms, and the fine ones between which a range ends."""

import numpy as np
import pytest

from core import read_cohort
from core.cohort.bins import between, bin_edges, bins_of, fine_codes, fine_edges, quarters
from core.cohort.filters import Filters
from core.errors import FilterError
from tests.shared.files import from_text


def numbers(cohort):
    return [k for k, v in cohort.variables.items() if v.kind == "numeric"]


@pytest.mark.parametrize("log", [True, False])
def test_bins_hold_everyone(sample, log):
    values = sample.values("afp").to_numpy()
    edges = bin_edges(values, log=log)
    assert np.histogram(values, edges)[0].sum() == 82
    assert (np.diff(edges) > 0).all()


@pytest.mark.parametrize("name", ["sample", "hcc"])
def test_a_range_between_fine_edges_keeps_whom_its_bins_hold(name, request):
    cohort = request.getfixturevalue(name)
    rng = np.random.default_rng(2)
    for key in numbers(cohort):
        edges, codes = fine_edges(cohort, key), fine_codes(cohort, key)
        assert set(bins_of(cohort, key)) <= set(edges) and len(edges) < 300
        assert (np.diff([c.at for c in edges]) >= 0).all()
        for _ in range(20):
            low, high = sorted(rng.choice(len(edges), 2, replace=False).tolist())
            condition = between(cohort, key, low, high)
            kept = cohort.filter(Filters({key: condition})).rows if condition else codes >= 0
            np.testing.assert_array_equal(kept, (codes >= low) & (codes < high))


def test_ends_are_round_and_no_finer_than_the_values():
    text = "id,OS_months,OS_event,age\n" + "".join(f"p{i},{i + 2},{i % 2},{30 + i}\n" for i in range(40))
    edges = [c.at for c in fine_edges(read_cohort(text.encode()), "age")]
    assert edges == [float(v) for v in range(int(edges[0]), int(edges[-1]) + 1)]


@pytest.mark.parametrize(("low", "high"), [(3, 3), (4, 2), (-1, 3), (0, 10_000)])
def test_what_is_no_range_is_refused(sample, low, high):
    with pytest.raises(FilterError, match="no ends of a range"):
        between(sample, "age", low, high)


def test_quarters_part_the_values(sample):
    values = sample.values("afp").to_numpy()
    groups = quarters(sample, "afp")
    parts = np.array([group.mask(values) for group in groups])
    assert (parts.sum(axis=0) == 1).all() and (abs(parts.sum(axis=1) - 20.5) <= 1.5).all()
    assert groups[0].words("ng/mL").startswith("≤ ")
    for values in (range(1990, 2022), range(20200101, 20200131), np.arange(20) * 1e-5 + 0.12345, np.arange(1001, 1101)):
        text = "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},{v}\n" for i, v in enumerate(values))
        cohort = from_text("id,arm,os_months,status,year\n" + text)
        numbers_of = cohort.values("year").to_numpy(float)
        sizes = [int(g.mask(numbers_of).sum()) for g in quarters(cohort, "year")]
        assert len(sizes) == 4 and max(sizes) - min(sizes) <= 2, sizes
    tied = from_text("id,arm,os_months,status,age\n"
                     + "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},{50 + (i > 6)}\n" for i in range(12)))
    assert sum(group.mask(tied.values("age").to_numpy()).sum() for group in quarters(tied, "age")) == 12
