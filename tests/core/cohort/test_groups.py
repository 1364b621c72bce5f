"""Named groups: who is in them, how they overlap, and that they are compared as any other variable."""

import json

import numpy as np
import pytest

from core import Filters, kaplan_meier, missing_data, treatment_effect
from core.cohort import GROUPS, Definition, Groups, against_rest, landmark, overlaps, with_groups
from core.cohort.groups import MOST_GROUPS, Group
from core.errors import CohortError, FilterError
from core.hazards import forest_factors
from core.summaries import attrition

VP3 = Definition(filters=Filters.from_json({"pvtt": {"in": ["Vp3"]}}))
VP4 = Definition(filters=Filters.from_json({"pvtt": {"in": ["Vp4"]}}))
MEN = Definition(filters=Filters.from_json({"sex": {"in": ["M"]}}))


def named(**definitions: Definition) -> Groups:
    groups = Groups()
    for name, of in definitions.items():
        groups = groups.with_group(name, of)
    return groups


def test_groups_of_one_factor_compare_as_the_factor_does(sample):
    grouped = with_groups(sample, named(three=VP3, four=VP4))
    ours = treatment_effect(grouped, endpoint="OS", by=GROUPS)
    pvtt = treatment_effect(sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}}), endpoint="OS", by="pvtt")
    ratios = ["hazard_ratio", "conf_low", "conf_high", "p_value"]
    assert ours.terms.iloc[-1].level == "four"
    assert ours.terms.iloc[-1][ratios].tolist() == pvtt.terms.iloc[-1][ratios].tolist()
    assert ours.missing_stratum == (~sample.table["pvtt"].isin(["Vp3", "Vp4"])).sum()
    curves, of_pvtt = kaplan_meier(grouped, endpoint="OS", by=GROUPS), kaplan_meier(sample, endpoint="OS", by="pvtt")
    for name, level in (("three", "Vp3"), ("four", "Vp4")):
        assert curves.curves[curves.curves.strata == name].estimate.tolist() == \
            of_pvtt.curves[of_pvtt.curves.strata == level].estimate.tolist()


def test_sets_are_those_of_their_patients(sample):
    three, men = VP3.mask(sample), MEN.mask(sample)
    for how, expected in (("and", three & men), ("or", three | men), ("without", three & ~men)):
        combined = Definition(how=how, of=(VP3, MEN))
        assert (combined.mask(sample) == expected).all()
        assert combined.words(sample) == f"(PVTT grade Vp3) {how} (Sex M)"
    deep = Definition(how="without", of=(Definition(how="or", of=(VP3, VP4)), MEN))
    assert (deep.mask(sample) == (three | VP4.mask(sample)) & ~men).all()


def test_who_is_in_two_groups_is_left_out_or_counts_in_the_first(sample):
    groups, both = named(three=VP3, men=MEN), VP3.mask(sample) & MEN.mask(sample)
    assert both.any()
    column = with_groups(sample, groups).table[GROUPS]
    assert column[both].isna().all()
    assert column.notna().sum() == (VP3.mask(sample) ^ MEN.mask(sample)).sum()
    kept = with_groups(sample, groups.keeping_first(True)).table[GROUPS]
    assert (kept[both] == "three").all()
    counted = dict(overlaps(sample, groups))
    assert counted["three", "men"] == both.sum()
    assert sum(counted.values()) == sample.n


def test_groups_that_are_not_compared_are_no_level(sample):
    groups = named(three=VP3, four=VP4, men=MEN).comparing(2, False)
    assert with_groups(sample, groups).levels(GROUPS) == ("three", "four")
    assert GROUPS not in with_groups(sample, groups.comparing(0, False).comparing(1, False)).variables
    many = named(**{f"g{i}": VP3 for i in range(7)})
    assert [g.name for g in many.compared] == ["g0", "g1", "g2", "g3", "g4"]


def test_names_are_unique_and_never_empty():
    groups = named(a=VP3).with_group("a", VP4).with_group("  ", MEN).with_group("x" * 99, MEN)
    assert [g.name for g in groups.groups] == ["a", "a (2)", "Group", "x" * 60]
    twice = groups.with_group("x" * 99, MEN)
    assert [len(g.name) for g in twice.groups[-2:]] == [60, 60]
    assert Groups.from_json(twice.key) == twice
    assert groups.renamed(1, "a").groups[1].name == "a (2)"
    assert groups.renamed(1, " b ").groups[1].name == "b"
    assert groups.renamed(1, "").groups[1].name == "a (2)"
    with pytest.raises(FilterError, match="already"):
        named(**{f"g{i}": VP3 for i in range(MOST_GROUPS + 1)})


def test_json_leads_back():
    groups = named(a=VP3, b=Definition(how="without", of=(MEN, VP4))).comparing(1, False).keeping_first(True)
    assert Groups.from_json(json.loads(groups.key)) == groups
    assert Groups.from_json(groups.key).groups[0] == Group(name="a", of=VP3)


@pytest.mark.parametrize("text", [
    "", "{", "[]", "3", "null", '{"groups": 1}', '{"groups": [1]}', '{"groups": [{"name": 1, "of": {}}]}',
    '{"groups": [{"name": "a"}]}', '{"groups": [{"name": "a", "of": {"xor": []}}]}',
    '{"groups": [{"name": "a", "of": {"and": [{"filters": {}}]}}]}',
    '{"groups": [{"name": "a", "of": {"filters": {"pvtt": 3}}}]}',
    '{"groups": [{"name": "\\ud800", "of": {"filters": {}}}]}',
    '{"groups": [{"name": "a", "of": ' + '{"and": [{"filters": {}}, ' * 20 + '{"filters": {}}' + "]}" * 20 + "}]}",
    '{"groups": [{"name": "a", "of": ' + '{"and": [' * 3000 + "]}" * 3000 + "}]}",
], ids=range(15))
def test_damaged_groups_are_refused_in_words(text):
    with pytest.raises(FilterError):
        Groups.from_json(text)


def test_a_group_of_what_is_known_later_is_known_later(sample):
    responders = Definition(filters=Filters.from_json({"response": {"in": ["CR", "PR"]}}))
    grouped = with_groups(sample, named(responders=responders, three=VP3))
    assert grouped.variable(GROUPS).known == "later"
    assert GROUPS not in forest_factors(grouped)
    assert GROUPS in forest_factors(with_groups(sample, named(three=VP3, four=VP4)))


def test_groups_stay_with_filters_and_landmarks(sample):
    grouped = with_groups(sample, named(three=VP3, four=VP4))
    assert grouped.key != sample.key
    men = grouped.filter({"sex": {"in": ["M"]}, GROUPS: {"in": ["three"]}})
    assert men.n == (VP3.mask(sample) & MEN.mask(sample)).sum()
    later = landmark(grouped, endpoint="OS", at=6).cohort
    assert later.levels(GROUPS) == ("three", "four")
    assert np.array_equal(later.table[GROUPS].isna(), ~(later.table["pvtt"].isin(["Vp3", "Vp4"]) & later.whole.rows))


def test_who_is_in_no_group_has_nothing_missing(sample):
    groups = with_groups(sample, named(three=VP3, four=VP4))
    assert missing_data(groups).complete == missing_data(sample).complete


def test_what_cannot_be_read_again_is_not_combined():
    deep = VP3
    for _ in range(8):
        deep = Definition(how="or", of=(deep, MEN))
    named(deep=deep)
    with pytest.raises(FilterError):
        named(deep=Definition(how="or", of=(deep, MEN)))


def test_who_is_in_no_group_is_a_rest_and_nothing_is_missing(sample):
    filtered = with_groups(sample, named(three=VP3, four=VP4)).filter({GROUPS: {"in": ["three"]}})
    assert filtered.missing_in_filters() == {}
    assert against_rest(filtered).table["selection"].value_counts().tolist() == [sample.n - filtered.n, filtered.n]
    assert attrition(filtered, endpoint="OS").rows.n_missing.tolist() == [0, 0]


def test_a_group_that_is_not_compared_is_tried_too(sample):
    strange = Definition(filters=Filters.from_json({"no_such": {"gt": 1}}))
    with pytest.raises(FilterError, match="no_such"):
        with_groups(sample, named(three=VP3, strange=strange).comparing(1, False))


def test_a_group_of_another_cohort_is_refused(hcc):
    with pytest.raises(CohortError):
        with_groups(hcc, named(a=Definition(filters=Filters.from_json({"no_such": {"in": ["1"]}}))))
