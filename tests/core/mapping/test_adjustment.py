"""Models and forests begin with what the field adjusts for."""

import pytest

from core.hazards import forest_factors
from core.mapping import adjusted_first


@pytest.mark.parametrize(("keys", "first"), [
    (["sex", "age", "etiology", "afp", "tumor_size", "pvtt"], ["pvtt", "afp", "tumor_size", "age", "sex", "etiology"]),
    (["inst", "age", "sex", "ph_karno", "wt_loss"], ["ph_karno", "age", "sex", "inst", "wt_loss"]),
    (["hormone", "grade", "pathologic_stage", "nodes"], ["pathologic_stage", "grade", "nodes", "hormone"]),
    (["b", "a"], ["b", "a"])])
def test_what_is_adjusted_for_comes_first(keys, first):
    assert adjusted_first(keys) == first


def test_the_sample_s_forest_begins_with_vascular_invasion(sample):
    assert forest_factors(sample)[:3] == ("pvtt", "hvtt", "afp")
