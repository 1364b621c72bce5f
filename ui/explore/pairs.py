"""Pairs of factors: a heat map of any two variables; a click on a cell filters to it."""

from __future__ import annotations

import streamlit as st

from core.charts import MEASURES, pairs_figure
from core.cohort import Cohort, Filters
from core.hazards import Pairs
from core.language import say
from ui.explore.composition import charted
from ui.shell import cache, filters, state
from ui.shell.display import note, panel, show, table
from ui.shell.escape import plain
from ui.shell.state import chart_id, session


def pairs(cohort: Cohort) -> None:
    """Draw the heat map where it is opened."""
    keys = charted(cohort.whole)
    if len(keys) < 2:
        return
    place = st.expander(say("Pairs of factors"), key="pairs", on_change="rerun")
    if not place.open:
        return
    with place, st.container(key="pair-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        first = st.selectbox(say("Rows"), keys, key="pair-first", width=220,
                             format_func=lambda k: cohort.variable(k).label,
                             **state.KEPT)
        others = [k for k in keys if k != first]
        second = st.selectbox(say("Columns"), others, others.index("afp") if "afp" in others else 0, key="pair-second",
                              width=220, format_func=lambda k: cohort.variable(k).label, **state.KEPT)
        measure = st.segmented_control(say("In the cells"), MEASURES, default=MEASURES[0], key="pair-measure",
                                       required=True, format_func=lambda m: plain(say(m)),
                                       **state.KEPT)
    with place, panel():
        result = cache.pairs(cohort, first=first, second=second, endpoint=session().endpoint)
        figure = pairs_figure(cohort, result, measure)
        name = f"pairs-{chart_id(cohort)}"
        left, right = st.columns([0.55, 0.45], gap="large")
        with left, st.container(key="pair-map"):
            show(figure, key=name, selection="click", on_select=filters.click_handler(
                name, "cell", lambda on, cell: _toggled(on, result, (first, second), cell)))
        with right:
            table(figure.table)
        note(*figure.notes)


def map_in_sight() -> object:
    """Return what a change may alter of the heat map: while it is closed, whether there are two factors to open it for.
    """
    return None if state.value_of("pairs") else len(charted(cache.whole_cohort())) > 1


def _toggled(on: Filters, result: Pairs, keys: tuple[str, str], cell: str) -> Filters:
    """Keep the patients of a cell, or all of these two variables again where it is on already."""
    places = [int(place) for place in cell.split("|")]
    wanted = {key: of[place][1] for key, of, place in zip(keys, result.groups, places, strict=True)}
    leaves = all(on.conditions.get(key) == condition for key, condition in wanted.items())
    for key, condition in wanted.items():
        on = on.with_condition(key, None if leaves else condition)
    return on
