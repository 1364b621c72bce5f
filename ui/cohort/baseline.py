"""The baseline table of the cohort on screen."""

from __future__ import annotations

import streamlit as st

from core.charts import baseline_figure
from core.cohort import ALL_PATIENTS, Cohort, baseline_groups
from core.language import say
from core.summaries import LEVEL_TESTS, NUMBER_TESTS, RULES, BaselineOptions
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show_table

_ALL = ""
_MOST = 6  # groups whose columns stand beside each other


def baseline_panel(cohort: Cohort) -> None:
    """Draw the table, by the arm to begin with, or of all patients where there is none."""
    offered = baseline_groups(cohort, most=_MOST, least=1)
    groups = [*offered, _ALL] if cohort.mapping.arm else [_ALL, *offered]
    heading(say("Baseline"))
    with st.container(key="baseline-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        by = st.selectbox(say("By"), groups, key="baseline-by", width=200, **state.KEPT,
                          format_func=lambda k: cohort.variable(k).label if k else say(ALL_PATIENTS)) or None
        rule = st.selectbox(say("Numbers as"), RULES, key="baseline-rule", width=200, format_func=say, **state.KEPT)
        overall = st.toggle(say("Overall column"), key="baseline-overall", disabled=by is None, **state.KEPT,
                            help=say("Adds a column for the patients of all groups, before the groups."))
        p = st.toggle(say("p-values"), key="baseline-p", disabled=by is None, **state.KEPT,
                      help=say("Off, as STROBE advises: judge baseline differences by their size, not by p-values."))
        with st.popover(say("Tests"), disabled=not p, key="baseline-tests"):
            number = st.selectbox(say("Of numbers"), NUMBER_TESTS, key="baseline-number", format_func=say, **state.KEPT)
            level = st.selectbox(say("Of levels"), LEVEL_TESTS, key="baseline-level", **state.KEPT,
                                 format_func=lambda t: say("Fisher, Freeman-Halton (exact)" if t == "exact" else t))
            cuts = st.toggle(say("Numbers by their cut-points too"), True, key="baseline-cuts", **state.KEPT)
    options = BaselineOptions(rule=rule, number_test=number, level_test=level, cuts=cuts, p_values=p, overall=overall)
    with panel():
        figure = baseline_figure(cohort, cache.baseline(cohort, by=by, options=options), p=p)
        show_table(figure)
        note(figure.explained())
