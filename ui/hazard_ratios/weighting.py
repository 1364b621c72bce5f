"""Weighting for how treatment was chosen: off until it is asked for."""

from __future__ import annotations

import streamlit as st

from core.charts import love_figure, weighted_figure
from core.cohort import Cohort, number_of_strata
from core.hazards import ESTIMANDS, WeightingOptions
from core.language import say
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show, table
from ui.shell.escape import plain
from ui.shell.state import chart_id

_FIRST = 6  # covariates that it begins with


def balance(cohort: Cohort, endpoint: str) -> None:
    """Offer the weighted comparison of two arms."""
    if not cohort.mapping.arm:
        return
    heading(say("Balance: weighting for how treatment was chosen"))
    if not st.toggle(say("Weight the arms by the propensity to be treated"), key="weighted", **state.KEPT):
        note(say("Off: every other number of the app compares the arms as they are. Where treatment was not "
                 "randomised, weights can balance the arms in measured variables, never in unmeasured ones."))
        return
    options = _options(cohort)
    with panel():
        weighting = cache.weighted_comparison(cohort, endpoint=endpoint, options=options)
        curves, love = weighted_figure(cohort, weighting), love_figure(cohort, weighting)
        with st.container(key="balance"):
            left, right = st.columns([0.58, 0.42], gap="large")
        with left:
            heading(curves.title, warned=bool(curves.warnings))
            with st.container(key="weighted-curves"):
                show(curves, key=f"weighted-{chart_id(cohort)}")
            table(curves.table)
            note(" · ".join(curves.summary))
            note(curves.explained())
            note(*curves.warnings, strong=True)
            note(*curves.notes)
        with right:
            heading(love.title)
            with st.container(key="love"):
                show(love, key=f"love-{chart_id(cohort)}-{'-'.join(options.covariates)}")
            note(" · ".join(love.summary))
            table(love.table)
            note(love.explained())


def _options(cohort: Cohort) -> WeightingOptions:
    known = [f.key for f in cohort.mapping.factors if f.known == "baseline" and number_of_strata(cohort, f.key) > 1]
    with st.container(key="weighting-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.multiselect(say("What may have influenced treatment"), known, known[:_FIRST], key="propensity",
                                format_func=lambda k: cohort.variable(k).label, **state.KEPT, width=620)
        kind = st.segmented_control(say("Weights"), list(ESTIMANDS), default="IPTW", key="weights", required=True,
                                    format_func=plain, **state.KEPT,
                                    help=say("IPTW and stabilised: the average effect in all patients. Overlap: in "
                                             "those who might have had either treatment."))
    return WeightingOptions(covariates=tuple(chosen), kind=kind)
