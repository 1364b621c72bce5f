"""The treatment's hazard ratio along numbers that are not cut: interactions of all, and the curve of one."""

from __future__ import annotations

import streamlit as st

from core.charts import along_figure, along_numbers_figure
from core.cohort import Cohort
from core.hazards import AlongNumber, baseline_numbers
from core.language import say
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show, show_table
from ui.shell.state import chart_id


def along_numbers(cohort: Cohort, endpoint: str) -> None:
    """Draw them; nothing where there is no arm, or no number is known at time zero."""
    if not (cohort.mapping.arm and baseline_numbers(cohort)):
        return
    heading(say("The treatment along numbers"))
    with panel():
        fitted, adjusted = cache.along_numbers(cohort, endpoint=endpoint)
        figure = along_numbers_figure(cohort, endpoint, fitted, adjusted)
        with st.container(key="along-numbers"):
            show_table(figure)
        models = {key: one for key, one in fitted.items() if isinstance(one, AlongNumber)}
        if models:
            _curve(cohort, models)


def _curve(cohort: Cohort, models: dict[str, AlongNumber]) -> None:
    """Draw the curve of the number that is chosen, the first as long as none is."""
    chosen = st.selectbox(say("Show the hazard ratio along"), list(models), key="along", width=300,
                          format_func=lambda k: cohort.variable(k).label, **state.KEPT)
    if chosen not in models:
        return
    with panel():
        figure = along_figure(cohort, models[chosen])
        with st.container(key="along-curve"):
            show(figure, key=f"along-{chosen}-{chart_id(cohort)}")
        note(f"{'. '.join(figure.summary)}. {figure.explained()}")
        note(*figure.notes)
