"""Conditions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cohort.condition import Condition
from core.cohort.filters import Filters
from core.errors import FilterError

SIGNS = {"ge": np.greater_equal, "gt": np.greater, "le": np.less_equal, "lt": np.less}
bounds = st.dictionaries(st.sampled_from(list(SIGNS)), st.integers(-5, 5).map(float), min_size=1).map(
    lambda b: tuple((sign, b[sign]) for sign in SIGNS if sign in b))
conditions = st.builds(
    lambda ranges, missing, negated: Condition(missing=missing, negated=negated).with_ranges(ranges),
    st.lists(bounds, max_size=3), st.sampled_from([None, True, False]), st.booleans()).filter(lambda c: not c.empty)
VALUES = np.array([-6, -5, -4.5, -1, 0, 0.5, 2, 5, 7, np.nan])


@given(conditions)
def test_a_condition_and_its_negation_part_the_patients_and_json_says_the_same(condition):
    other = Filters({"x": condition}).inverted("x").conditions["x"]
    assert (condition.mask(VALUES) ^ other.mask(VALUES)).all()
    again = Condition.from_json(condition.to_json())
    assert again == condition
    assert eval(Filters({"x": condition}).python, {"Filters": Filters}).conditions["x"] == condition


@given(conditions)
def test_a_number_passes_in_one_of_the_ranges(condition):
    within = np.zeros(VALUES.size, bool) if condition.ranges else ~np.isnan(VALUES)
    if condition.missing and not condition.ranges:
        within[:] = False
    for one in condition.ranges:
        within |= np.all([SIGNS[sign](VALUES, at) for sign, at in one], axis=0)
    within = np.where(np.isnan(VALUES), bool(condition.missing), within)
    assert (condition.mask(VALUES) == (within ^ condition.negated)).all()


def test_ranges_stand_in_order_and_once():
    condition = Condition(bounds=(("gt", 10.0),)).with_ranges([(("gt", 10.0),), (("lt", 5.0),), (("gt", 10.0),), ()])
    assert condition.ranges == ((("lt", 5.0),), (("gt", 10.0),))
    assert condition.words("cm") == "< 5 or > 10 cm"
    assert condition.to_json() == {"lt": 5.0, "or": [{"gt": 10.0}]}


@pytest.mark.parametrize(("data", "words"), [
    ({"or": [{"gt": 5}]}, "beside a first one"), ({"gt": 5, "or": {"lt": 3}}, "beside a first one"),
    ({"gt": 5, "or": [3]}, "beside a first one"), ({"gt": 5, "or": [{"in": ["a"]}]}, "A further range has 'in'"),
    ({"gt": 5, "or": [{"lt": "x"}]}, "not a number"), ({"not": {"gt": 1}, "lt": 3}, "no other part"),
])
def test_what_is_no_condition_is_refused(data, words):
    with pytest.raises(FilterError, match=words):
        Condition.from_json(data)
