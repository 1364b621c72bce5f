"""The live board: survival and adverse events of the patients who pass the filters."""

from __future__ import annotations

import streamlit as st

from core.charts import CurveOptions, adverse_events_figure, km_figure
from core.cohort import SELECTION, Cohort
from core.figure import CLICK, table_parts
from core.language import say
from core.schema import ARM
from ui.shared.curves import compared, curves_part, numbers
from ui.shell import cache, filters, state
from ui.shell.display import heading, note, panel, show, table
from ui.shell.parts import let_draw
from ui.shell.state import chart_id, session

_MANY = 8  # groups beyond which adverse events stay by arm: each term has a bar per group


def survival(cohort: Cohort) -> None:
    """Draw the curves of the chosen endpoint with medians, hazard ratio and log-rank p."""
    endpoint, by = session().endpoint, session().by
    with panel():
        if not endpoint:
            note(say("No endpoint is mapped: survival needs a time and an event column. Choose them on the Cohort "
                     "page."))
            return
        cohort = compared(cohort)
        part = curves_part(cohort, endpoint=endpoint, by=by, whole=cohort.whole)
        options = CurveOptions(band=bool(state.value_of("band")))
        figure = km_figure(part, options)
        heading(figure.title, warned=bool(figure.warnings))
        with st.container(key="curves"):
            show(figure, key=f"km-{chart_id(cohort)}")
        let_draw(figure)
        numbers(cohort, figure, [part], keys=(by,))


def toxicity(cohort: Cohort) -> None:
    """Draw adverse events by arm; a click on a row keeps those who had it."""
    if not cohort.worst_grades.terms:
        return
    by = session().by
    if by == SELECTION and cohort.filters:
        cohort = compared(cohort)
    elif not by or by == SELECTION or (cohort.variable(by).kind == "categorical" and len(cohort.levels(by)) > _MANY):
        by = ARM if cohort.mapping.arm else None
    with panel():
        result = cache.adverse_events(cohort, by=by)
        figure = adverse_events_figure(cohort, result)
        heading(figure.title)
        name = f"ae-{chart_id(cohort)}"
        with st.container(key="toxicity"):
            left, right = st.columns([0.42, 0.58], gap="medium")
        with left:
            show(figure, key=name, selection=CLICK,
                 on_select=filters.click_handler(name, "term", filters.toggle_event(cohort)))
        parts = table_parts(figure.table)
        with right if len(parts) == 1 else st.container():
            for words, part in parts:
                table(part, caption=words if len(parts) > 1 else "")
            note(figure.explained())
            note(*figure.notes)


