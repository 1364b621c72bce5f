"""Competing risks on the Survival page: cumulative incidence by first cause, or why it cannot be had."""

from __future__ import annotations

import streamlit as st

from core.charts import incidence_figure
from core.cohort import Cohort, strata
from core.language import say
from core.survival import causes, competing_endpoints, incidence_at, why_no_competing
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show, table
from ui.shell.escape import plain
from ui.shell.state import chart_id

_MOST = 6  # groups beyond which a pane per cause cannot be read


def incidence(cohort: Cohort, by: str | None, times: tuple[float, ...], *, only: str = "") -> None:
    """Draw the panel, of all that can be had or of one first event."""
    heading(only or say("Competing risks: which event came first"))
    offered = tuple(e for e in competing_endpoints(cohort) if not only or e == only)
    if not offered:
        note(why_no_competing(cohort))
        return
    if cohort.whole.landmark:
        note(say("Cumulative incidence is shown from time zero only: remove the landmark."))
        return
    endpoint = offered[0] if len(offered) == 1 else \
        st.segmented_control(say("First event of"), offered, default=offered[0], format_func=plain, key="competing",
                             required=True)
    with panel():
        if by and len(strata(cohort, by).levels) > _MOST:
            note(say("{label} has too many groups: all patients together are shown.", label=cohort.variable(by).label))
            by = None
        result = cache.first_causes(cohort, endpoint=endpoint, by=by)
        longest = float(causes(cohort, endpoint).times.max(initial=1.0))
        figure = incidence_figure(cohort, result, incidence_at(result, times), longest=longest,
                                  band=bool(state.value_of("band")))
        with st.container(key="incidence"):
            show(figure, key=f"incidence-{chart_id(cohort)}")
        table(figure.table)
        note(" · ".join((*figure.summary, figure.explained())))
        note(*figure.warnings, strong=True)
        note(*figure.notes)
