"""Variables that are known only later."""

import pytest

from core.cohort.immortal_time import immortal_time, later_keys, month_known_for_all
from core.cohort.subsets import SELECTION, against_rest
from tests.shared.files import dated_cohort


@pytest.fixture(scope="module")
def dated():
    return dated_cohort()


VP34 = {"pvtt": {"in": ["Vp3", "Vp4"]}}


def test_a_selection_by_what_is_known_later_is_warned_of(sample):
    assert "immortal time" in immortal_time(against_rest(sample.filter({"response": {"in": ["PR"]}})), SELECTION)
    assert immortal_time(against_rest(sample.filter(VP34)), SELECTION) == ""


def test_when_something_became_known_is_found_and_kept(dated, sample):
    assert dated.mapping.response.when == "response_months"
    assert month_known_for_all(dated, ["response"]) == 6.0
    assert month_known_for_all(dated, ["failure_local"]) == 7.0
    assert month_known_for_all(dated, ["response", "failure_local"]) == 7.0
    assert month_known_for_all(sample, ["response"]) is None
    assert later_keys(dated, ["arm", "response", None]) == ["response"]
