"""How each condition cut the cohort: the flow chart, and the order of the conditions."""

from __future__ import annotations

import streamlit as st

from core.charts import attrition_figure
from core.cohort import Cohort
from core.language import say
from ui.shell import cache, state
from ui.shell.display import show, table
from ui.shell.escape import plain
from ui.shell.parts import after
from ui.shell.state import chart_id, session


def attrition(cohort: Cohort) -> None:
    """Draw the flow chart where it is opened; buttons move a condition up or down."""
    if not cohort.filters:
        return
    place = st.expander(say("How the filters cut the cohort"), key="attrition", on_change="rerun")
    if not place.open:
        return
    figure = attrition_figure(cohort, cache.attrition(cohort, endpoint=session().endpoint))
    with place:
        left, right = st.columns([0.5, 0.5], gap="large")
        with left, st.container(key="flow"):
            show(figure, key=f"attrition-{chart_id(cohort)}")
        with right:
            table(figure.table)
            if len(cohort.filters.conditions) > 1:
                _order(cohort)


def flow_in_sight() -> object:
    """Return what a change may alter of the flow chart: while it is closed, whether it can be opened."""
    return None if state.value_of("attrition") else bool(session().filters)


def _order(cohort: Cohort) -> None:
    keys = list(cohort.filters.conditions)
    for place, key in enumerate(keys):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"move-{key}"):
            words = cohort.condition_words(key)
            st.button(say("Earlier: {words}", words=plain(words)), key=f"earlier-{key}", args=(key, -1),
                      on_click=after(session().move, f"earlier-{key}"), disabled=place == 0,
                      icon=":material/arrow_upward:", type="tertiary")
            st.button(say("Later: {words}", words=plain(words)), key=f"later-{key}", args=(key, 1),
                      on_click=after(session().move, f"later-{key}"), disabled=place == len(keys) - 1,
                      icon=":material/arrow_downward:", type="tertiary")
