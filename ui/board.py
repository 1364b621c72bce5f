"""The live board: survival and adverse events of the patients who pass the filters."""

from __future__ import annotations

import html

import streamlit as st

from core import adequacy
from core.charts import adverse_events_figure, km_figure
from core.charts.adverse_events import CLICK
from core.charts.kaplan_meier import test_phrase
from core.cohort import Cohort
from core.schema import ARM
from ui import cache, filters, state
from ui.display import heading, note, panel, show, table
from ui.state import session

NO_STRATA = "(one curve)"


def choices(cohort: Cohort) -> None:
    """Let the person choose endpoint, strata and band."""
    now = session()
    with st.container(key="choices", horizontal=True, vertical_alignment="bottom", gap="medium"):
        if cohort.endpoints:
            st.segmented_control("Endpoint", cohort.endpoints, key=state.widget("endpoint", now.endpoint),
                                 on_change=_set_endpoint, label_visibility="collapsed")
        options = [k for k, v in cohort.variables.items()
                   if v.kind != "categorical" or len(cohort.levels(k)) > 1]
        st.selectbox("Compare by", [NO_STRATA, *options], key=state.widget("by", now.by or NO_STRATA),
                     format_func=lambda k: "One curve" if k == NO_STRATA else f"by {cohort.variable(k).label}",
                     on_change=_set_by, label_visibility="collapsed", width=240)
        st.toggle("95% CI", key="band", value=True)


def survival(cohort: Cohort) -> None:
    """Draw the curves of the chosen endpoint with medians, hazard ratio and log-rank p."""
    endpoint, by = session().endpoint, session().by
    with panel(""):
        if not endpoint:
            note("No endpoint is mapped: survival needs a time and an event column. Choose them on the "
                 "Cohort page.")
            return
        result = cache.kaplan_meier(cohort, endpoint=endpoint, by=by)
        effect = cache.treatment_effect(cohort, endpoint=endpoint, by=by) \
            if by and len(result.levels) > 1 else None
        whole = cache.kaplan_meier(cohort.whole, endpoint=endpoint, by=by) if cohort.filters else None
        figure = km_figure(cohort, result, effect, reference=whole,
                           band=bool(state.value_of("band")))
        heading(figure.title)
        show(figure, key=f"km-{cohort.fingerprint[:8]}")
        _results(cohort, figure, test_phrase(cohort, result), whole is not None)


def _results(cohort: Cohort, figure, phrase: str, faint: bool) -> None:  # type: ignore[no-untyped-def]  # Figure
    table(figure.table)
    words = f"<b>{html.escape(phrase)}</b> · " if phrase else ""
    faintly = " · faint: the whole cohort" if faint else ""
    st.html(f"<p class='cs-p' data-testid='log-rank'>{words}{html.escape(figure.provenance.method)}"
            f"{faintly}</p>")
    immortal = adequacy.immortal_time(cohort, session().by)
    for text in figure.notes:
        note(text, strong=text == immortal)


def toxicity(cohort: Cohort) -> None:
    """Draw adverse events by arm; a click on a row keeps those who had it."""
    if not cohort.worst_grades.terms:
        return
    by = session().by if session().by and cohort.variable(str(session().by)).kind == "categorical" else \
        (ARM if cohort.mapping.arm else None)
    with panel("Adverse events"):
        result = cache.adverse_events(cohort, by=by)
        figure = adverse_events_figure(cohort, result)
        name = f"ae-{cohort.fingerprint[:8]}"
        show(figure, key=name, selection=CLICK,
             on_select=filters.click_handler(name, "term", filters.toggle_event(cohort)))
        filters.remember_clicks(name, "term")
        table(figure.table)
        note(figure.provenance.method)
        for text in figure.notes:
            note(text)


def _set_endpoint() -> None:
    session().endpoint = state.value_of("endpoint") or session().endpoint


def _set_by() -> None:
    chosen = state.value_of("by")
    session().by = None if chosen == NO_STRATA else chosen
