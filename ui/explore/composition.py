"""The composition: a small clickable chart per variable, in two columns."""

from __future__ import annotations

import streamlit as st

from core.charts import BRUSH, bars_figure, histogram_figure
from core.cohort import Cohort
from core.figure import CLICK
from ui.shell import filters
from ui.shell.display import show

# First the variables that decide in liver oncology, then the file's own order.
_FIRST = ("pvtt", "hvtt", "afp", "tumor_size", "vascular_invasion")


def composition(cohort: Cohort) -> None:
    """Draw the cohort's composition; every bar and histogram filters."""
    keys = [k for k, v in cohort.variables.items() if v.kind == "numeric"
            or (v.kind == "categorical" and len(cohort.levels(k)) > 1)]
    keys.sort(key=lambda k: _FIRST.index(k) if k in _FIRST else len(_FIRST))
    with st.container(key="composition"):
        heights = [0, 0]
        columns = st.columns(2, gap="small")
        for key in keys:
            place = 0 if heights[0] <= heights[1] else 1
            with columns[place]:
                heights[place] += _chart(cohort, key)


def _chart(cohort: Cohort, key: str) -> int:
    """Draw a variable and return the chart's height in pixels, which keeps the columns level."""
    if cohort.variable(key).kind == "numeric":
        filters.renew_brush(key)
        name, figure = filters.chart_key(cohort, key), histogram_figure(cohort, key)
        show(figure, key=name, selection=BRUSH, on_select=filters.brush_handler(cohort, key, name))
    else:
        name, figure = filters.chart_key(cohort, key), bars_figure(cohort, key)
        show(figure, key=name, selection=CLICK,
             on_select=filters.click_handler(name, "level", filters.toggle_level(key)))
    return int(figure.drawing["height"])
