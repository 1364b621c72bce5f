"""Filters."""

import pytest

from core import Filters
from core.errors import FilterError
from tests.shared.files import from_text, rows


def test_filters_chain_and_say_what_is_wrong(sample):
    once = sample.filter({"pvtt": {"in": ["Vp3"]}})
    assert once.filter({"hvtt": {"in": ["yes"]}}).n == sample.filter(
        {"pvtt": {"in": ["Vp3"]}, "hvtt": {"in": ["yes"]}}).n
    for conditions, words in (
        ({"pvt": {"in": ["Vp3"]}}, "There is no variable 'pvt'"),
        ({"pvtt": {"in": ["Vp9"]}}, "has no level 'Vp9'. Choose from: none, Vp2"),
        ({"pvtt": {"gt": 3}}, "has levels, not numbers"),
        ({"afp": {"in": ["3"]}}, "is a number"),
        ({"afp": {"above": 3}}, "Unknown condition 'above'"),
        ({"afp": {"gt": "much"}}, "A bound is not a number"),
        ({"pvtt": ["Vp3"]}, "Filters are an object"),
    ):
        with pytest.raises(FilterError, match=words):
            sample.filter(conditions)


def test_missing_is_counted_and_filtered_apart():
    text = rows() + "p90,a,,1,\np91,b,5,,50\n"
    cohort = from_text(text)
    assert cohort.n == 14
    said = cohort.findings[cohort.findings.severity == "warning"]
    assert said.row.tolist() == [14, 15]
    assert "left out of OS" in said.message.iloc[0]
    assert cohort.filter({"age": {"missing": True}}).n == 1
    assert cohort.filter({"age": {"missing": False}}).n == 13
    assert cohort.filter({"age": {"ge": 50}}).missing_in_filters() == {"age": 1}
    assert cohort.filter({"arm": {"in": ["a"]}}).missing_in_filters() == {}
    assert cohort.filter({"age": {"not": {"ge": 50}}, "arm": {"in": ["b"]}}).missing_in_filters() == {}  # it passes
    assert cohort.filter({"age": {"ge": 50, "missing": True}}).n == 4


@pytest.mark.parametrize(("conditions", "words"), [
    ("{bad", "not valid JSON"), ({"arm": {"in": 5}}, "'in' is 5"), ({"arm": {}}, "empty"),
    ({"arm": {"missing": None}}, "empty"), ({"arm": {"in": None}}, "empty"), ({"arm": {"or": []}}, "empty"),
    ('{"arm": {"in": ["\\ud800"]}}', "not valid JSON"),
    ({"age": {"gt": float("nan")}}, "A bound"), ({"arm": {"not": {}}}, "empty"),
    ({"arm": {"missing": "false"}}, "'missing' is 'false'"), ('{"age": {"gt": 1' + "0" * 400 + "}}", "A bound"),
    ('{"age": {"gt": 1' + "0" * 5000 + "}}", "not valid JSON"),
])
def test_filters_that_mean_nothing_are_refused(conditions, words):
    with pytest.raises(FilterError, match=words):
        Filters.from_json(conditions)


def test_a_click_keeps_the_rest_of_a_condition():
    filters = Filters.from_json({"sex": {"in": ["M"], "missing": True}}).toggled("sex", "F")
    assert filters.to_json() == {"sex": {"in": ["M", "F"], "missing": True}}


def test_a_click_on_what_is_excluded_goes_on_excluding():
    filters = Filters().toggled("pvtt", "Vp3", exclude=True).toggled("pvtt", "Vp2")
    assert filters.to_json() == {"pvtt": {"not": {"in": ["Vp3", "Vp2"]}}}
    assert filters.toggled("pvtt", "Vp3").toggled("pvtt", "Vp2") == Filters()
    kept = Filters().toggled("pvtt", "Vp3").toggled("pvtt", "Vp4", exclude=True)
    assert kept.to_json() == {"pvtt": {"not": {"in": ["Vp4"]}}}
    assert Filters().inverted("pvtt") == Filters()


def test_a_range_joins_or_replaces_and_missing_values_stay():
    filters = Filters().with_range("afp", (("lt", 5.0),)).with_range("afp", (("gt", 400.0),), how="add")
    moved = filters.with_range("afp", (("lt", 9.0),), how="move", moved=(("lt", 5.0),))
    assert moved.to_json() == {"afp": {"lt": 9.0, "or": [{"gt": 400.0}]}}
    assert moved.with_range("afp", (), how="move", moved=(("lt", 9.0),)).to_json() == {"afp": {"gt": 400.0}}
    assert filters.to_json() == {"afp": {"lt": 5.0, "or": [{"gt": 400.0}]}}
    filters = filters.with_missing("afp", True).with_range("afp", (("ge", 20.0),))
    assert filters.to_json() == {"afp": {"ge": 20.0, "missing": True}}
    assert filters.with_range("afp", ()).to_json() == {"afp": {"missing": True}}
    assert filters.with_range("afp", ()).with_missing("afp", False) == Filters()
