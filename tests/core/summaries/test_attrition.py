"""Attrition."""

import numpy as np
import pytest

from core.cohort.filters import Filters
from core.schema import event_column
from core.summaries.attrition import attrition
from tests.shared.files import from_text, rows

CONDITIONS = {"pvtt": {"not": {"in": ["Vp3"]}}, "afp": {"gt": 400.0}, "age": {"lt": 65.0}}


@pytest.mark.parametrize("order", [("pvtt", "afp", "age"), ("age", "pvtt", "afp")])
def test_each_condition_removes_who_passed_those_before(sample, order):
    cohort = sample.filter({k: CONDITIONS[k] for k in order})
    result = attrition(cohort, endpoint="OS")
    left = np.ones(sample.n, bool)
    for i, key in enumerate(("", *order)):
        if key:
            before, left = left, left & sample.filter({key: CONDITIONS[key]}).rows
            assert result.rows.n_removed[i] == before.sum() - left.sum()
        assert result.rows.n[i] == left.sum() == result.arms.iloc[i].sum()
        assert result.rows.n_event[i] == sample.table[event_column("OS")][left].sum()
    assert result.rows.n.iloc[-1] == cohort.n
    assert result.rows.variable.tolist() == ["", *order]


def test_the_order_is_part_of_the_filters_and_who_passes_is_not(sample):
    filters = Filters.from_json(CONDITIONS)
    moved = filters.moved("age", -1)
    assert list(moved.conditions) == ["pvtt", "age", "afp"] and moved == filters and moved.key != filters.key
    assert (sample.filter(moved).rows == sample.filter(filters).rows).all()
    assert list(filters.moved("pvtt", -1).conditions) == ["pvtt", "afp", "age"]
    assert list(filters.moved("pvtt", 9).conditions) == ["afp", "age", "pvtt"]
    kept = filters.with_condition("pvtt", None).with_condition("afp", filters.conditions["pvtt"])
    assert list(kept.conditions) == ["afp", "age"]


def test_those_without_a_value_are_counted_apart():
    cohort = from_text(rows() + "p90,a,5,1,\np91,b,5,0,50\n")
    result = attrition(cohort.filter({"age": {"ge": 50}}))
    assert result.rows.n_missing.tolist() == [0, 1]
    assert result.rows.n_event.isna().all()
