"""A value at a cut-point is on one side of it, whichever way the group is asked for."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core import Cohort, CoxOptions, read_cohort
from core.cohort.bins import between, bin_counts, fine_edges
from core.cohort.condition import Condition
from core.cohort.filters import Filters
from core.cohort.strata import _median, cuts_of, level_counts, strata, stratification
from core.errors import NotEstimable
from core.hazards import cox
from core.hazards.subgroups import condition_of
from core.schema import Cut
from core.summaries import baseline
from core.survival.log_rank import TestOptions as ComparedBy
from core.survival.log_rank import compare
from tests.conftest import REFERENCE
from tests.shared.from_r import from_r


def recut(cohort: Cohort, key: str, cuts: list[Cut]) -> Cohort:
    """Return the cohort with other cuts of one number."""
    factors = tuple(replace(f, cuts=tuple(cuts)) if f.key == key else f for f in cohort.mapping.factors)
    return replace(cohort, mapping=replace(cohort.mapping, factors=factors))


def numbers(cohort: Cohort) -> list[str]:
    return [f.key for f in cohort.mapping.factors if f.kind == "numeric"]


def from_line(cohort: Cohort, key: str, lower: Cut | None, upper: Cut | None) -> np.ndarray:
    """Return who passes a brush drawn from the line of one cut to that of another, or to the end."""
    edges = fine_edges(cohort, key)
    low, high = (end if cut is None else edges.index(cut) for cut, end in ((lower, 0), (upper, len(edges) - 1)))
    condition = between(cohort, key, low, high)
    return cohort.whole.rows if condition is None else condition.mask(cohort.values(key))


def assert_one_group(cohort: Cohort, key: str) -> None:
    """Brush, forest row, baseline group and the condition's own words and JSON keep the same patients."""
    groups, cuts = strata(cohort, key), cuts_of(cohort, key)
    counted = baseline(cohort).rows
    drawn = fine_edges(cohort, key)
    for place, level in enumerate(groups.levels):
        own = groups.codes == place
        condition = condition_of(cohort, key, level)
        np.testing.assert_array_equal(cohort.filter(Filters({key: condition})).rows, own, err_msg=level)
        np.testing.assert_array_equal(cohort.filter({key: condition.to_json()}).rows, own)
        assert level_counts(cohort, key)[place] == own.sum()
        shown = counted[(counted.variable == key) & (counted.level == level)]
        assert shown["count"].sum() == own[cohort.values(key).notna()].sum() or shown.empty
        lower, upper = cuts[place - 1] if place else None, cuts[place] if place < len(cuts) else None
        if cohort.variable(key).cuts and all(c is None or c in drawn for c in (lower, upper)) and own.any():
            known = cohort.values(key).notna().to_numpy()
            np.testing.assert_array_equal(from_line(cohort, key, lower, upper) & known, own, err_msg=level)


@pytest.mark.parametrize("name", ["sample", "hcc"])
def test_every_cut_of_every_number(name, request):
    cohort = request.getfixturevalue(name)
    for key in numbers(cohort):
        assert_one_group(cohort, key)


@settings(max_examples=80, deadline=None)
@given(data=some.data())
def test_cuts_anywhere_and_closed_on_either_side(data, sample):
    """Cuts at patients' own values, at the ends of the range, and between them."""
    key = data.draw(some.sampled_from(numbers(sample)))
    values = sorted(set(sample.values(key).dropna().tolist()))
    ends = [values[0], values[-1], round(values[0]), round(values[-1])]
    at = some.one_of(some.sampled_from(values), some.sampled_from(ends), some.floats(values[0], values[-1]).map(
        lambda v: round(v, 6)))  # a line nearer to a patient cannot be drawn
    places = data.draw(some.lists(at, min_size=1, max_size=3, unique=True))
    cuts = [Cut(float(v), data.draw(some.sampled_from(["left", "right"]))) for v in places]
    assert_one_group(recut(sample, key, cuts), key)


def from_value(cohort: Cohort, key: str, at: float) -> Condition | None:
    edges = fine_edges(cohort, key)
    return between(cohort, key, next(i for i, c in enumerate(edges) if c.at == at), len(edges) - 1)


def test_the_drawn_line_of_the_sample_s_cuts(sample):
    """Three tumours measure exactly 10.0 cm: the group above has 21 patients, and so has the brush."""
    condition = from_value(sample, "tumor_size", 10.0)
    assert condition == Condition(bounds=(("gt", 10.0),))
    assert sample.filter(Filters({"tumor_size": condition})).n == 21
    assert from_value(sample, "afp", 400.0) == Condition(bounds=(("gt", 400.0),))


def test_bars_hold_whom_a_brush_over_them_keeps(sample):
    for key in numbers(sample):
        bins, here, whole = bin_counts(sample, key)
        assert whole.sum() == sample.values(key).notna().sum() and (here == whole).all()
        for place, (a, b) in enumerate(pairwise(bins)):
            assert Condition.between(a, b).mask(sample.values(key)).sum() == whole[place]


@settings(max_examples=100, deadline=None)
@given(some.lists(some.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_the_median_s_cut_is_said_with_all_its_digits(values):
    """Its label tells exactly who is below: the same patients as the median itself."""
    from core.cohort.strata import _median
    from core.format import exact

    array = np.array(values)
    cut = _median(array)
    np.testing.assert_array_equal(array <= cut, array <= np.median(array))
    said = float(exact(cut).replace(",", "").replace("−", "-"))
    assert ((array <= said) == (array <= cut)).all()
    assert pd.Series(array).notna().all()


@pytest.mark.parametrize(("values", "median"), [
    ([70, 80, 90, 90, 90], 90), ([600_000] * 3 + [1], 600_000), ([5, 5], 5)])
def test_the_median_that_is_the_largest_value_is_named_as_it_is(values, median):
    assert _median(np.array(values, float)) == median

R = from_r("hazards")
GBSG = {"patient_id": "pid", "arm": {"column": "hormon", "reference": "0", "levels": {"0": "no", "1": "yes"}},
        "endpoints": {"RFS": {"time": "rfstime", "event": "status", "event_values": ["1"], "unit": "days"}},
        "factors": {"grade": {"column": "grade", "kind": "numeric", "label": "Grade"},
                    "age": {"column": "age", "kind": "numeric", "label": "Age"}}}


def test_a_number_s_values_are_its_strata():
    """gbsg by grade, mapped as a number: R's strata(grade), not a cut at the median."""
    cohort = read_cohort(REFERENCE / "gbsg.csv", GBSG)
    test = compare(cohort, endpoint="RFS", by="arm", options=ComparedBy(stratify_by=("grade",)))
    assert test.statistic[0] == pytest.approx(R["by_grade"]["log_rank"], rel=1e-8)
    assert test.test[0] == "stratified log-rank by Grade (1, 2, 3)"
    model = cox(cohort, endpoint="RFS", covariates=("arm",), options=CoxOptions(stratify_by=("grade",)))
    assert model.terms.coef[0] == pytest.approx(R["by_grade"]["coef"], rel=1e-8)
    assert model.stratified_by == "Grade (1, 2, 3)" and model.strata == 3


def test_a_number_of_many_values_needs_cuts():
    cohort = read_cohort(REFERENCE / "gbsg.csv", GBSG)
    for refused in (lambda: stratification(cohort, "age"),
                    lambda: compare(cohort, endpoint="RFS", by="arm", options=ComparedBy(stratify_by=("age",))),
                    lambda: cox(cohort, endpoint="RFS", covariates=("arm",), options=CoxOptions(stratify_by=("age",)))):
        with pytest.raises(NotEstimable, match="Age is a number with 54 different values and no cut-point"):
            refused()
    cut = {**GBSG, "factors": {**GBSG["factors"], "age": {**GBSG["factors"]["age"], "cuts": [{"at": 50}]}}}
    found = stratification(read_cohort(REFERENCE / "gbsg.csv", cut), "age")
    assert found.levels == ("≤ 50", "> 50")
