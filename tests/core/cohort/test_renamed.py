"""Other names of levels and endpoints change no number and nobody's group."""

import numpy as np
import pytest

from core.charts import km_figure, part_of
from core.cohort.landmark import landmark
from core.cohort.renamed import renamed
from core.errors import FilterError

NAMES = {"arm": {"TACE+IMRT": "对照", "TACE+IMRT+sorafenib": "Arm B"}, "pvtt": {"Vp4": "main trunk"}}


def test_every_number_stays(sample):
    for cohort in (sample, sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}, "arm": {"not": {"in": ["TACE+IMRT"]}}}),
                   landmark(sample, endpoint="OS", at=3).cohort):
        other = renamed(cohort, NAMES, {"OS": "Time to death"})
        assert (other.rows == cohort.rows).all() and other.n == cohort.n
        for by in ("arm", "pvtt"):
            before, after = (km_figure(part_of(c, endpoint="OS", by=by)) for c in (cohort, other))
            np.testing.assert_array_equal(before.drawn.estimate, after.drawn.estimate)
            assert [NAMES[by].get(v, v) for v in before.drawn.strata] == after.drawn.strata.tolist()
            assert after.title.startswith("Time to death")
    assert "main trunk" in renamed(sample.filter({"pvtt": {"in": ["Vp4"]}}), NAMES, {}).words()
    assert sample.levels("arm") == ("TACE+IMRT", "TACE+IMRT+sorafenib")


def test_the_reference_stays_the_reference(sample):
    figure = km_figure(part_of(renamed(sample, NAMES, {}), endpoint="OS", by="arm"))
    assert "against 对照" in " ".join(figure.summary)


@pytest.mark.parametrize("names, words", [({"arm": {"Placebo": "x"}}, "no level"), ({"stage": {"a": "b"}}, "stage"),
                                          ({"arm": {"TACE+IMRT": "TACE+IMRT+sorafenib"}}, "one name")])
def test_names_that_do_not_fit_are_refused(sample, names, words):
    with pytest.raises(FilterError, match=words):
        renamed(sample, names, {})


def test_an_empty_name_is_none(sample):
    assert renamed(sample, {"arm": {"TACE+IMRT": " "}}, {"OS": " "}).levels("arm") == sample.levels("arm")
