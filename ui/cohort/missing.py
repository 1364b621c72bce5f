"""The missing data of the cohort on screen."""

from __future__ import annotations

import streamlit as st

from core.charts import missing_figure
from core.cohort import Cohort
from core.language import say
from ui.shell import cache
from ui.shell.display import heading, note, panel, show, table
from ui.shell.state import chart_id


def missing_data(cohort: Cohort) -> None:
    """Draw what is missing per variable and arm, and what is missing together."""
    result = cache.missing_data(cohort)
    with panel():
        heading(say("Missing data"))
        if not result.rows.n_missing.any():
            note(say("No value is missing in the {n} patients on screen.", n=f"{cohort.n:,}"))
            return
        figure = missing_figure(cohort, result)
        left, right = st.columns([0.55, 0.45], gap="large")
        with left, st.container(key="missing"):
            show(figure, key=f"missing-{chart_id(cohort)}")
        with right:
            table(figure.table, caption=say("What is missing together"), wrap=True)
        note(*figure.notes)
