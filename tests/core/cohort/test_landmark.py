"""Landmarks."""

import numpy as np
import pandas as pd
import pytest

from core import read_cohort
from core.cohort.immortal_time import NOT_YET, immortal_time, month_known_for_all
from core.cohort.landmark import landmark
from core.errors import NotEstimable
from core.survival import kaplan_meier
from tests.conftest import SAMPLE
from tests.shared.files import dated_cohort


@pytest.fixture(scope="module")
def dated():
    return dated_cohort()


def test_a_landmark_sees_only_what_was_known(dated):
    """A later failure is no failure yet; a later response is not known yet, and nobody is left out for it."""
    found = landmark(dated, endpoint="OS", at=4.0)
    table = found.cohort.patients
    assert found.cohort.n == dated.n
    late = dated.patients["failure_local known at"] > 4
    assert late.any() and (table.failure_local[late] == "no").all()
    assert (table.failure_local[~late] == dated.patients.failure_local[~late]).all()
    later = dated.patients["response known at"] > 4
    assert (table.response[later] == NOT_YET).all() and later.any()
    assert NOT_YET in found.cohort.levels("response")
    assert "as known by the landmark, month 4" in immortal_time(found.cohort, "response")


def test_adverse_events_after_the_landmark_are_not_there_yet():
    cohort_text = "USUBJID,arm,os_months,os_event\n" + "".join(f"p{i},{'xy'[i % 2]},{6 + i},1\n" for i in range(12))
    events = "USUBJID,AETERM,AETOXGR,ASTDY\n" + "".join(f"p{i},Nausea,{1 + i % 3},{20 + 15 * i}\n" for i in range(8))
    cohort = read_cohort(cohort_text.encode(), adverse_events=events.encode())
    key = next(k for k, v in cohort.variables.items() if v.kind == "grade")
    month = month_known_for_all(cohort, [key])
    assert month == pytest.approx(125 / 30.4375)
    assert (cohort.values(key) > 0).sum() == 8
    seen = landmark(cohort, endpoint="OS", at=2.0).cohort
    assert (seen.values(key) > 0).sum() == sum(20 + 15 * i <= 2 * 30.4375 for i in range(8)) == 3
    assert "what became known later does not count" in immortal_time(seen, key)


@pytest.mark.parametrize("at", [0.0, 6.0, 12.0])
def test_a_landmark_is_r_s_subset_with_the_clock_set_back(sample, at):
    """The same figures as of a file that was cut and shifted by hand."""
    frame = pd.read_csv(SAMPLE, keep_default_na=False)
    kept = frame[frame.os_months > at].assign(os_months=lambda f: f.os_months - at)
    by_hand = read_cohort(kept.drop(columns=["pfs_months", "pfs_event"]).to_csv(index=False).encode())
    found = landmark(sample, endpoint="OS", at=at)
    one, two = (kaplan_meier(c, endpoint="OS", by="arm") for c in (found.cohort, by_hand))
    np.testing.assert_allclose(one.curves.estimate, two.curves.estimate, rtol=1e-12)
    np.testing.assert_allclose(one.curves.time, two.curves.time, rtol=1e-9)
    assert one.log_rank.p_value[0] == pytest.approx(two.log_rank.p_value[0], rel=1e-9)
    early = frame[frame.os_months <= at]
    assert (found.n_event, found.n_censored) == ((early.os_event == 1).sum(), (early.os_event == 0).sum())
    assert found.cohort.n == len(kept) and found.cohort.key != sample.key


def test_a_landmark_keeps_filters_and_says_whom_it_leaves_out(sample):
    responders = sample.filter({"response": {"in": ["CR", "PR"]}})
    found = landmark(responders, endpoint="OS", at=9.0)
    assert found.cohort.filters == responders.filters
    assert found.cohort.n + found.n_event + found.n_censored == responders.n
    assert found.words().startswith(f"Landmark at 9 months: {found.n_event + found.n_censored} patients left out")
    for at, words in ((np.nan, "is not possible"), (-1.0, "is not possible"), (1000.0, "Nobody is followed")):
        with pytest.raises(NotEstimable, match=words):
            landmark(sample, endpoint="OS", at=at)


def test_a_landmark_is_taken_once(sample):
    with pytest.raises(NotEstimable, match="starts at month 6 already"):
        landmark(landmark(sample, endpoint="OS", at=6).cohort, endpoint="OS", at=6)
