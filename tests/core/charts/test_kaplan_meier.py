"""Kaplan-Meier figures: numbers at risk, names, colours, views, panes and the words beside them."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from core import read_cohort, treatment_effect
from core.charts import (
    CurveOptions,
    Part,
    km_figure,
    km_panes_figure,
)
from core.charts.axes import time_ticks
from core.charts.kaplan_meier import VIEWS
from core.cohort.cohort import Cohort
from core.cohort.subsets import by_level
from core.export import FORMATS, NATIVE, formats_of, made
from core.survival import kaplan_meier
from tests.core.survival.test_late_entry_against_r import MAPPING
from tests.shared.figures import figures, km
from tests.shared.from_r import REFERENCE


def test_numbers_at_risk_are_r_s_rule(sample):
    """Everyone whose time is not before the tick."""
    risk = km(sample).chart["datasets"]["counts"]
    time = sample.patients["OS time"]
    arm = sample.patients["arm"]
    ticks = time_ticks(36)
    assert ticks == [0, 6, 12, 18, 24, 30, 36]
    expected = [f"{((arm == level) & (time >= t)).sum()}" for level in sample.levels("arm") for t in ticks]
    assert [r["text"] for r in risk] == expected


def test_a_filter_swaps_data_and_keeps_the_template(sample, vp3):
    """The browser redraws in place only if all but the datasets is equal."""
    for before, after in zip(figures(sample), figures(vp3), strict=True):
        assert {k: v for k, v in before.chart.items() if k != "datasets"} == \
            {k: v for k, v in after.chart.items() if k != "datasets"}
        assert before.chart["datasets"] != after.chart["datasets"]
        json.dumps(after.chart, allow_nan=False)


def test_colours_belong_to_levels_not_to_places(sample):
    alone = sample.filter({"arm": {"in": ["TACE+IMRT+sorafenib"]}})
    colour = {r["text"]: r["c"] for r in km(sample).chart["datasets"]["names"]}
    assert {r["c"] for r in km(alone).chart["datasets"]["curve"]} == {colour["TACE+IMRT+sorafenib"]}


def test_no_patient_is_in_a_chart(sample, vp3):
    for figure in figures(vp3):
        text = json.dumps(figure.chart)
        assert not any(identity in text for identity in sample.patients.patient_id)


def test_words_beside_the_curves(sample, vp3):
    figure = km(vp3)
    assert figure.summary[0].startswith("Log-rank p = ")
    assert "against TACE+IMRT" in figure.summary[1]
    assert figure.provenance.patients == "38 of 82 patients, 24 OS events"
    assert figure.table.iloc[0].tolist()[0] == "TACE+IMRT"
    empty = km(sample.filter({"response": {"in": ["CR"]}}))
    assert empty.table.iloc[:, -1].tolist() == ["reference", "not estimable"]
    assert any("no patient in TACE+IMRT" in n for n in empty.notes)


def simulated(n: int) -> Cohort:
    """Many exact times, some of them censored."""
    rng = np.random.default_rng(n)
    text = pd.DataFrame({"id": range(n), "OS_months": rng.exponential(20, n), "OS_event": rng.random(n) < 0.7,
                         "age": rng.integers(30, 80, n)}).astype({"OS_event": int}).to_csv(index=False)
    return read_cohort(io.BytesIO(text.encode())).filter({"age": {"ge": 40}})


@pytest.mark.parametrize("n", [300, 500, 800, 20_000])
@pytest.mark.parametrize("view", VIEWS)
def test_curves_are_thinned_to_what_a_screen_can_show(n, view):
    """A band has a step for two pixels, and the curve, which has one for each, stays in it."""
    cohort = simulated(n)
    part = Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS"),
                reference=kaplan_meier(cohort.whole, endpoint="OS"))
    figure = km_figure(part, CurveOptions(view=view))
    data = figure.chart["datasets"]
    assert sum(len(rows) for rows in data.values()) < 3_000
    assert len(data["band"]) <= 362 and len(data["whole"]) <= 362 and len(data["curve"]) <= 722
    if view == "log-log":
        assert not data["band"]
        return
    *inside, end = data["band"]
    at, low, high = (np.array([row[name] for row in inside]) for name in ("x", "lo", "hi"))
    for row in data["curve"]:
        place = np.searchsorted(at, row["x"], side="right") - 1
        assert low[place] <= row["y"] <= high[place] or row["x"] >= end["x"]
    saved = figure.laid_out("slide")["datasets"]
    assert len(saved["band"]) >= len(saved["curve"]) - 2, "in files a band has as many steps as its curve"


def test_many_and_long_levels_stay_legible():
    """More groups than colours lose bands and names; a long name is cut beside its curve alone."""
    long = "Transarterial chemoembolisation with intensity-modulated radiotherapy and sorafenib"

    def cohort(levels):
        text = "id,arm,OS_months,OS_event,centre\n" + "".join(
            f"p{i},{'ab'[i % 2]},{i % 37 + 1},{i % 4 > 0:d},{levels[i % len(levels)]}\n" for i in range(90))
        return read_cohort(io.BytesIO(text.encode()))

    many = km(cohort([f"Centre {i}" for i in range(1, 12)]), by="centre")
    assert many.chart["datasets"]["band"] == [] and many.chart["datasets"]["labels"] == []
    assert any("11 groups are too many to distinguish" in note for note in many.notes)
    assert many.table.iloc[:, 0].tolist()[:3] == ["Centre 1", "Centre 2", "Centre 3"]
    few = km(cohort([long, "short"]), by="centre")
    assert {len(row["text"]) for row in few.chart["datasets"]["labels"]} == {34, 5}
    assert long in few.table.iloc[:, 0].tolist()

VP34 = {"pvtt": {"in": ["Vp3", "Vp4"]}}


def part(cohort, by="arm", level=""):
    return Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS", by=by),
                effect=treatment_effect(cohort, endpoint="OS", by=by),
                reference=kaplan_meier(cohort.whole, endpoint="OS", by=by), level=level)


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
@pytest.mark.slow
def test_curves_end_where_too_few_are_at_risk_and_numbers_stay(sample):
    result = kaplan_meier(sample, endpoint="OS", by="arm")
    part = Part(cohort=sample, result=result, effect=treatment_effect(sample, endpoint="OS", by="arm"))
    whole, cut = km_figure(part), km_figure(part, CurveOptions(at_risk=20))
    steps = pd.DataFrame(cut.chart["datasets"]["curve"])
    span = max(r["x"] for r in whole.chart["datasets"]["curve"]) / result.curves.time.max()
    for place, level in enumerate(result.levels):
        curve = result.curves[result.curves.strata == level]
        last = curve.time[curve.n_risk >= 20].max()
        assert steps.x[steps.k == str(place)].max() == pytest.approx(last * span)
        assert last < curve.time.max()
    medians = [r["x"] for r in cut.chart["datasets"]["medians"]]
    assert len(medians) < len(whole.chart["datasets"]["medians"]) == 2  # none where its curve is not drawn
    assert cut.table.equals(whole.table) and cut.drawn.equals(whole.drawn) and cut.summary == whole.summary
    assert "as far as 20 are at risk" in cut.explained() and "at risk are" not in whole.explained()
    assert not km_figure(part, CurveOptions(at_risk=1000)).chart["datasets"]["curve"]


def test_late_entry_does_not_cut_the_beginning_of_a_curve():
    cohort = read_cohort(REFERENCE / "late_entry.csv", MAPPING)
    result = kaplan_meier(cohort, endpoint="OS")
    risk = result.curves.n_risk.to_numpy()
    few = int(risk[0]) + 1
    assert risk.max() >= few  # more enter
    drawn = km_figure(Part(cohort=cohort, result=result), CurveOptions(at_risk=few)).chart["datasets"]["curve"]
    assert len(drawn) == np.flatnonzero(risk >= few)[-1] + 2


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
    assert formats_of(few) == tuple(f for f in FORMATS if f.suffix != NATIVE)
