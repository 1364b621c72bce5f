"""The charts of adverse events: where the volcano's line lies."""

from __future__ import annotations

import pandas as pd
import pytest

from core import adverse_events
from core.charts import EventView, volcano_figure
from core.charts.toxicity import _limit


@pytest.mark.parametrize(("p", "adjusted", "line"), [
    ([0.001, 0.02, 0.3], [0.003, 0.03, 0.3], -0.02), ([0.04, 0.2], [0.08, 0.2], None),
    ([0.01, 0.005], [0.02, 0.06], None),  # two arms, each adjusted for itself: no line parts them
], ids=["one line", "none below", "no common line"])
def test_the_line_parts_adjusted_p_below_05_from_the_others(p, adjusted, line):
    limit = _limit(pd.DataFrame({"p_value": p, "p_adjusted": adjusted}))
    assert [round(10 ** -one["y"], 12) for one in limit] == ([] if line is None else [-line])


def test_the_volcano_says_where_no_adjusted_p_is_below_05(sample):
    result = adverse_events(sample)
    figure = volcano_figure(sample, result, EventView(), list(result.heads) or list(sample.worst_grades.terms))
    below = (figure.drawn.p_adjusted < 0.05).any()
    assert ("No term has an adjusted p below .05." in figure.notes) != below
    assert bool(figure.drawing["datasets"]["limit"]) == below
