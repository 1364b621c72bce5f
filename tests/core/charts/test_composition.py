"""Bars of levels and histograms that are clicked and brushed."""

import json

from core import read_cohort
from core.charts import composition_figure, small_chart
from core.cohort import Filters, between, fine_edges
from core.figure import theme
from tests.conftest import SAMPLE
from ui.explore.composition import charted


def test_counts_of_a_level_here_and_in_all(vp3):
    bars = {b["level"]: b for b in composition_figure(vp3, "pvtt").chart["datasets"]["bars"]}
    assert bars["Vp3"]["text"] == "38 / 38" and bars["Vp4"]["text"] == "0 / 27"
    assert bars["Vp3"]["c"] != bars["Vp4"]["c"]


def test_one_description_serves_screen_and_file(sample, vp3):
    """What the browser draws of a small chart is what a file of it shows, for every variable."""
    for cohort in (sample, vp3, sample.filter({"afp": {"gt": 400.0}})):
        for key in charted(cohort):
            shown, drawn = small_chart(cohort, key), composition_figure(cohort, key).chart["datasets"]["bars"]
            assert [b["here"] for b in drawn] == shown.selected.tolist()
            assert [b["all"] for b in drawn] == shown.whole.tolist()
            assert [b["c"] == theme.SELECTED for b in drawn] == shown.kept.tolist()
            assert shown.selected.sum() + cohort.values(key)[cohort.rows].isna().sum() == cohort.n
            if shown.bins:
                assert [b["lo"] for b in drawn] == [c.at for c in shown.bins[:-1]]


def test_zeros_have_a_bin_of_their_own_beside_a_logarithmic_axis():
    text = "id,OS_months,OS_event,AFP (ng/mL)\n" + "".join(
        f"p{i},{i + 2},{i % 2},{0 if i < 3 else 2 * 3 ** (i % 9)}\n" for i in range(40))
    cohort = read_cohort(text.encode())
    chart = composition_figure(cohort, "afp").chart
    bars = chart["datasets"]["bars"]
    assert bars[0]["all"] == 3 and bars[0]["text"] == "0 ng/mL: 3 of 3" and bars[1]["lo"] == 2.0
    assert chart["datasets"]["zeros"] == [{"lo": bars[0]["lo"], "hi": 2.0, "text": "0"}]
    assert sum(b["all"] for b in bars) == 40 and '"log"' in json.dumps(chart)
    assert cohort.filter(Filters({"afp": between(cohort, "afp", 0, 1)})).n == 3
    assert fine_edges(cohort, "afp")[1].at == 2.0  # zeros are not told apart
    assert not composition_figure(read_cohort(SAMPLE), "afp").chart["datasets"]["zeros"]
