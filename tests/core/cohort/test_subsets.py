"""A cohort in parts: within levels, the selection against the rest; and what was known by a landmark."""

import pytest

from core import treatment_effect
from core.cohort.subsets import REST, SELECTION, against_rest, by_level
from core.errors import NotEstimable
from core.survival import kaplan_meier
from tests.conftest import REFERENCE
from tests.shared.from_r import curve_cohort

VP34 = {"pvtt": {"in": ["Vp3", "Vp4"]}}


def test_parts_hold_everyone_once_and_have_keys_of_their_own(sample):
    sub = sample.filter({"afp": {"gt": 20}})
    for key in ("pvtt", "age"):
        parts = by_level(sub, key)
        assert sum(p.n for _, p in parts) == sub.n
        assert len({p.key for _, p in parts} | {sub.key}) == len(parts) + 1
    by_filter = sub.filter({"pvtt": {"in": ["Vp3"]}})
    of_vp3 = dict(by_level(sub, "pvtt"))["Vp3"]
    assert kaplan_meier(of_vp3, endpoint="OS", by="arm").medians.equals(
        kaplan_meier(by_filter, endpoint="OS", by="arm").medians)


def test_the_selection_and_the_rest_are_everyone(sample):
    seen = against_rest(sample.filter(VP34))
    curves = kaplan_meier(seen, endpoint="OS", by=SELECTION)
    assert curves.levels == (REST, "PVTT grade Vp3, Vp4")
    assert curves.medians.n.tolist() == [17, 65]
    by_hand = kaplan_meier(sample.filter(VP34), endpoint="OS").medians["median"][0]
    assert curves.medians["median"][1] == by_hand
    effect = treatment_effect(seen, endpoint="OS", by=SELECTION).terms
    assert effect.reference[0] == REST and effect.hazard_ratio[0] > 0
    assert seen.key != against_rest(sample.filter({"pvtt": {"in": ["Vp3"]}})).key


def test_who_misses_the_filtered_variable_is_on_neither_side():
    lung = curve_cohort(REFERENCE / "lung.csv")
    result = kaplan_meier(against_rest(lung.filter({"wt_loss": {"ge": 10}})), endpoint="OS", by=SELECTION)
    assert result.missing_stratum == int(lung.values("wt_loss").isna().sum()) > 0
    assert result.medians.n.sum() + result.missing_stratum == lung.n


def test_nothing_selected_has_no_rest(sample):
    with pytest.raises(NotEstimable, match="Nothing is selected"):
        against_rest(sample)
    with pytest.raises(NotEstimable, match="all patients or none"):
        against_rest(sample.filter({"afp": {"ge": 0}}))
