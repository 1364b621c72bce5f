"""What is not shown, and the sentence that stands in its place."""

import numpy as np

from core.cohort.immortal_time import immortal_time
from core.cohort.strata import strata
from core.survival.adequacy import few_events, left_out


def test_immortal_time_is_said(sample):
    assert immortal_time(sample, "arm") == ""
    assert immortal_time(sample.filter({"pvtt": {"in": ["Vp3"]}}), "arm") == ""
    assert "Response is known only after time zero" in immortal_time(sample, "response")
    for key, condition in (("response", {"in": ["PR"]}), ("failure_local", {"in": ["yes"]}),
                           ("ae_nausea", {"ge": 1})):
        said = immortal_time(sample.filter({key: condition}), "arm")
        assert "known only after time zero" in said and "landmark" in said


def test_left_out_and_few_events_are_counted(sample):
    assert left_out(0, "OS", 0, "arm missing") == ""
    assert left_out(1, "OS", 2, "arm missing") == \
        "1 patient left out: OS time or event missing; 2 patients left out: arm missing"
    assert few_events(9, 2) == "Only 9 events: read every estimate with caution."
    assert few_events(19, 3).startswith("Only 19 events")
    assert few_events(10, 2) == few_events(0, 2) == few_events(5, 1) == ""


def test_numbers_are_cut_where_the_dictionary_says(sample):
    afp = strata(sample, "afp")
    assert afp.levels == ("≤ 400", "> 400")
    assert np.bincount(afp.codes).tolist() == [47, 35]
    assert strata(sample, "age").levels == ("< 65", "≥ 65")
    assert strata(sample, "ae_nausea").levels == ("no Nausea", "Nausea")
