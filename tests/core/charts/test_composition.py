"""Bars of levels and histograms that are clicked and brushed."""

import json

import numpy as np
import pytest

from core import read_cohort
from core.charts import (
    bars_figure,
    histogram_figure,
)
from core.charts.composition import bin_edges, brushed
from tests.conftest import SAMPLE


def test_counts_of_a_level_here_and_in_all(vp3):
    bars = {b["level"]: b for b in bars_figure(vp3, "pvtt").chart["datasets"]["bars"]}
    assert bars["Vp3"]["text"] == "38 / 38" and bars["Vp4"]["text"] == "0 / 27"
    assert bars["Vp3"]["c"] != bars["Vp4"]["c"]


@pytest.mark.parametrize("log", [True, False])
def test_bins_hold_everyone(sample, log):
    values = sample.values("afp").to_numpy()
    edges = bin_edges(values, log=log)
    assert np.histogram(values, edges)[0].sum() == 82
    assert (np.diff(edges) > 0).all()


def test_a_brush_takes_whole_bins(sample):
    condition = brushed(sample, "afp", 90.0, 700.0)
    assert condition.bounds == (("ge", 100.0), ("lt", 500.0))
    assert brushed(sample, "afp", 1.0, 1e6) is None
    inside = sample.filter({"afp": dict(condition.bounds)})
    bars = histogram_figure(inside, "afp").chart["datasets"]["bars"]
    assert sum(b["here"] for b in bars) == sum(b["all"] for b in bars if 100 <= b["lo"] < 500) == inside.n


def test_zeros_have_a_bin_of_their_own_beside_a_logarithmic_axis():
    text = "id,OS_months,OS_event,AFP (ng/mL)\n" + "".join(
        f"p{i},{i + 2},{i % 2},{0 if i < 3 else 2 * 3 ** (i % 9)}\n" for i in range(40))
    cohort = read_cohort(text.encode())
    chart = histogram_figure(cohort, "afp").chart
    bars = chart["datasets"]["bars"]
    assert bars[0]["all"] == 3 and bars[0]["text"] == "0 ng/mL: 3 of 3" and bars[1]["lo"] == 2.0
    assert chart["datasets"]["zeros"] == [{"lo": bars[0]["lo"], "hi": 2.0, "text": "0"}]
    assert sum(b["all"] for b in bars) == 40 and '"log"' in json.dumps(chart)
    assert cohort.filter({"afp": dict(brushed(cohort, "afp", bars[0]["lo"], 1.9).bounds)}).n == 3
    assert not histogram_figure(read_cohort(SAMPLE), "afp").chart["datasets"]["zeros"]
