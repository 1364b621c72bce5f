"""One adverse event: its grades by group, the patients who had it, and their survival behind the guard."""

from __future__ import annotations

import streamlit as st

from core.charts import MOST, CurveOptions, km_figure, patients_table, term_figure
from core.cohort import Cohort, Condition
from core.language import say
from ui.shared.curves import curves_part, numbers
from ui.shell.display import heading, note, panel, show, show_table, table
from ui.shell.escape import plain
from ui.shell.parts import after
from ui.shell.state import chart_id, session

_BANDS = {"any": 1.0, ">=3": 3.0}


def term_panel(cohort: Cohort, term: str, by: str | None) -> None:
    """Draw the panel of a term."""
    key = next(k for k, v in cohort.variables.items() if v.kind == "grade" and v.column == term)
    with st.container(key="term"):
        left, right = st.columns([0.42, 0.58], gap="large")
    with left, panel():
        figure = term_figure(cohort, term, by)
        heading(figure.title)
        show_table(figure)
        _to_filter(cohort, key, term)
        named = st.toggle(say("Show the patients' identifiers"), key="ae-ids",
                          help=say("They are shown on this screen only."))
        shown = patients_table(cohort, term, by, named=named)
        if shown.empty:
            note(say("None of these patients had it."))
        else:
            with st.container(key="term-patients", height=320):
                table(shown)
            if len(shown) == MOST:
                note(say("The first {most} by grade.", most=MOST))
    with right, panel():
        _survival(cohort, key)


def _to_filter(cohort: Cohort, key: str, term: str) -> None:
    with st.container(horizontal=True, gap="small"):
        for band, least in _BANDS.items():
            words = cohort.mapping.grade_words.band(band)
            st.button(say("Filter to those who had it, {words}", words=plain(words)), key=f"term-{int(least)}",
                      on_click=after(session().put_on, f"term-{int(least)}"),
                      args=(key, Condition(bounds=(("ge", least),))))


def _survival(cohort: Cohort, key: str) -> None:
    """Draw survival by having had it; the curves' own guard says why they are no effect, and offers the landmark."""
    endpoint = session().endpoint
    if not endpoint:
        note(say("No endpoint is mapped: there is no survival to show."))
        return
    part = curves_part(cohort, endpoint=endpoint, by=key)
    figure = km_figure(part, CurveOptions())
    heading(figure.title, warned=bool(figure.warnings))
    with st.container(key="curves"):
        show(figure, key=f"term-km-{chart_id(cohort)}")
    numbers(cohort, figure, [part], keys=(key,))
