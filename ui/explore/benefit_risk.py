"""Benefit and risk at a glance: the selection beside all patients, and a sentence to say aloud."""

from __future__ import annotations

import streamlit as st

from core.charts import benefit_risk_figure
from core.cohort import Cohort
from core.overview import GAIN, to_months
from ui.shell import cache
from ui.shell.display import heading, panel, show_table, to_copy
from ui.shell.state import session


def benefit_risk(cohort: Cohort) -> None:
    """Write the table and the sentence; restricted means run to the same month in both columns."""
    with panel():
        _draw(cohort)


def _draw(cohort: Cohort) -> None:
    whole = cache.benefit_risk(cohort.whole)
    result = cache.benefit_risk(cohort) if cohort.filters else whole
    if result.rows.empty:
        return
    gains = result.rows[result.rows.measure == GAIN]
    until = dict(zip(gains.endpoint, gains.tau, strict=True))
    beside = to_months(whole, cohort.whole, until) if cohort.filters else None
    figure = benefit_risk_figure(cohort, result, beside, session().endpoint)
    heading(figure.title)
    show_table(figure)
    if figure.summary[0]:
        with st.container(key="sentence"):
            to_copy(figure.summary[0])
