"""The figure of adverse events."""

import re

import numpy as np
import pytest

from core.charts import (
    adverse_events_figure,
)
from core.export.picture import svg
from core.export.style import Style
from core.summaries import adverse_events


@pytest.mark.parametrize("titled", [True, False])
@pytest.mark.parametrize("by", ["arm", "pvtt"])
def test_rows_of_a_file_stand_apart(sample, by, titled):
    """In the exported picture each term has its own line, in order, all inside the page."""
    figure = adverse_events_figure(sample, adverse_events(sample, by=by))
    drawing = svg(figure, Style(bare=not titled)).decode()
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawing)[1])
    at = {text: float(y) for y, text in re.findall(
        r'<text[^>]*transform="translate\([-\d.]+,([-\d.]+)\)"[^>]*>([^<]*)</text>', drawing)}
    places = [at[term] for term in sample.worst_grades.terms]
    assert min(np.diff(places)) >= 20
    assert places[-1] < height
