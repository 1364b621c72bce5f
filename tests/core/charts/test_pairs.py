"""The heat map of two variables."""

import pytest

from core.charts.pairs import MEASURES, pairs_figure
from core.hazards import pairs


@pytest.mark.parametrize("measure", MEASURES)
def test_each_cell_says_its_patients_and_what_was_chosen(sample, measure):
    figure = pairs_figure(sample, pairs(sample, first="pvtt", second="afp", endpoint="OS"), measure)
    cells = {c["tip"]: c for c in figure.drawing["datasets"]["cells"]}
    cell = cells["PVTT grade Vp3, AFP > 400"]
    assert cell["count"] == "19, 15 events"
    ratio = "0.33 (0.09–1.23), p = .22"
    assert cell["text"].endswith({"patients": "", "median": " months", "hazard ratio": ratio}[measure])
    assert ("adjusted by Benjamini" in " ".join(figure.notes)) == (measure == "hazard ratio")
    assert len(figure.table) == 8
