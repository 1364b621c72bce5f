"""A cohort in parts: within levels, the selection against the rest; and what was known by a landmark."""

import numpy as np
import pandas as pd
import pytest

from core import read_cohort, treatment_effect
from core.charts import CurveOptions, Part, km_figure, km_panes_figure
from core.charts.kaplan_meier import VIEWS
from core.cohort.immortal_time import NOT_YET, immortal_time, known_by, later_keys
from core.cohort.landmark import landmark
from core.cohort.subsets import REST, SELECTION, against_rest, by_level
from core.errors import NotEstimable
from core.export import FORMATS, formats_of, made
from core.survival import kaplan_meier
from tests.conftest import REFERENCE

VP34 = {"pvtt": {"in": ["Vp3", "Vp4"]}}


def part(cohort, by="arm", level=""):
    return Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS", by=by),
                effect=treatment_effect(cohort, endpoint="OS", by=by),
                reference=kaplan_meier(cohort.whole, endpoint="OS", by=by), level=level)


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
    lung = read_cohort(REFERENCE / "lung.csv")
    result = kaplan_meier(against_rest(lung.filter({"wt_loss": {"ge": 10}})), endpoint="OS", by=SELECTION)
    assert result.missing_stratum == int(lung.values("wt_loss").isna().sum()) > 0
    assert result.medians.n.sum() + result.missing_stratum == lung.n


def test_nothing_selected_has_no_rest(sample):
    with pytest.raises(NotEstimable, match="Nothing is selected"):
        against_rest(sample)
    with pytest.raises(NotEstimable, match="all patients or none"):
        against_rest(sample.filter({"afp": {"ge": 0}}))


def test_a_selection_by_what_is_known_later_is_warned_of(sample):
    assert "immortal time" in immortal_time(against_rest(sample.filter({"response": {"in": ["PR"]}})), SELECTION)
    assert immortal_time(against_rest(sample.filter(VP34)), SELECTION) == ""


DATED = "id,arm,os_months,os_event,response,response_months,failure_local,failure_local_months\n" + "".join(
    f"p{i},{'xy'[i % 2]},{10 + i},{i % 2},{'PR' if i % 3 else 'SD'},{2 + i % 5},{int(i % 4 == 0)},"
    f"{3 + i % 6 if i % 4 == 0 else ''}\n" for i in range(24))


@pytest.fixture(scope="module")
def dated():
    return read_cohort(DATED.encode())


def test_when_something_became_known_is_found_and_kept(dated, sample):
    assert dated.mapping.response.when == "response_months"
    assert known_by(dated, ["response"]) == 6.0
    assert known_by(dated, ["failure_local"]) == 7.0
    assert known_by(dated, ["response", "failure_local"]) == 7.0
    assert known_by(sample, ["response"]) is None
    assert later_keys(dated, ["arm", "response", None]) == ["response"]


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
    month = known_by(cohort, [key])
    assert month == pytest.approx(125 / 30.4375)
    assert (cohort.values(key) > 0).sum() == 8
    seen = landmark(cohort, endpoint="OS", at=2.0).cohort
    assert (seen.values(key) > 0).sum() == sum(20 + 15 * i <= 2 * 30.4375 for i in range(8)) == 3
    assert "what became known later does not count" in immortal_time(seen, key)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_drawn_within_its_scale(sample, view):
    options = CurveOptions(view=view, counts=("at risk", "events", "censored"), tau=24.0)
    figure = km_figure(part(sample.filter(VP34)), options)
    drawn = figure.chart["datasets"]
    curve = pd.DataFrame(drawn["curve"])
    assert curve.y.between(0, 1).all() and curve.x.between(0, 1).all()
    steps = curve.groupby("k", sort=False).y.diff().dropna()
    assert (steps <= 1e-12).all() if view == "survival" else (steps >= -1e-12).all()
    assert len(drawn["heads"]) == 3
    assert bool(drawn["tau"]) == (view == "survival")
    assert bool(drawn["band"]) == (view != "log-log")


def test_counts_under_the_axis(sample):
    """At risk are those whose time is not before the tick; events and censored are those until it."""
    texts = [r["text"] for r in km_figure(part(sample), CurveOptions(counts=("at risk", "events", "censored")))
             .chart["datasets"]["counts"]]
    at_risk, events, censored = (np.array(texts, int).reshape(3, 2, 7)[i] for i in range(3))
    time, event, arm = (sample.patients[c] for c in ("OS time", "OS event", "arm"))
    for i, level in enumerate(sample.levels("arm")):
        for j, tick in enumerate(range(0, 37, 6)):
            own = arm == level
            assert at_risk[i, j] == (own & (time >= tick)).sum()
            assert events[i, j] == (own & (time <= tick) & (event == 1)).sum()
            assert censored[i, j] == (own & (time <= tick) & (event == 0)).sum()
    assert km_figure(part(sample), CurveOptions(counts=())).chart["datasets"]["counts"] == []


@pytest.mark.slow
def test_panes_stand_on_one_scale_and_keep_their_places(sample):
    """An emptied level keeps its pane; the picture's specification does not depend on the filter."""
    def figure(cohort):
        return km_panes_figure(cohort, [part(p, level=level) for level, p in by_level(cohort, "pvtt")], "pvtt",
                               CurveOptions())
    whole, few = figure(sample), figure(sample.filter(VP34))
    assert {k: v for k, v in whole.chart.items() if k != "datasets"} == \
        {k: v for k, v in few.chart.items() if k != "datasets"}
    titles = [r["text"] for r in few.chart["datasets"]["titles"]]
    assert titles[0] == "none: no patients" and titles[2].startswith("Vp3: Log-rank p")
    assert len({(round(r["x"] // 1.0), round(r["y"], 3)) for r in few.chart["datasets"]["titles"]}) == 4
    assert whole.table.iloc[:, 0].tolist() == ["none"] * 2 + ["Vp2"] * 2 + ["Vp3"] * 2 + ["Vp4"] * 2
    assert whole.table.n.astype(int).sum() == 82
    for form in FORMATS:
        assert made(few, form.suffix)
    assert formats_of(few) == FORMATS
