"""Check these numbers: the page's figures from lifelines beside ours, and R code that gives them."""

from __future__ import annotations

import hashlib

import streamlit as st

from core.charts.tables import opinion_table
from core.cohort import Cohort
from core.export.data import table_bytes
from core.r_code import r_code
from core.survival_options import SurvivalOptions
from ui import cache
from ui.display import heading, note, panel, table

_LARGE = 20_000


def checks(cohort: Cohort, options: SurvivalOptions) -> None:
    """Offer both; they are made only when asked for."""
    heading("Check these numbers")
    if not st.toggle("Recompute them with lifelines, and show R code that gives the same", key="check",
                     persist_state="session"):
        note("An independent library computes what stands on this page, and both are shown with their difference.")
        return
    with st.container(key="checks"):
        left, right = st.columns([0.52, 0.48], gap="large")
    with left, panel():
        if cohort.n > _LARGE:
            note(f"lifelines needs a while for {cohort.n:,} patients.")
        found = cache.second_opinion(cohort, options)
        apart = found[~found.agrees]
        equal = int(found.agrees.sum())
        note(f"{equal} of {len(found)} figures are equal to six digits." +
             (" The others are explained beside them." if len(apart) and apart.remark.all() else ""),
             strong=bool(len(apart)) and not apart.remark.all())
        with st.container(key="opinion", height=520):
            table(opinion_table(found))
    with right, panel():
        _r(cohort, options)


def _r(cohort: Cohort, options: SurvivalOptions) -> None:
    made = r_code(cohort, options, file="")
    data = table_bytes(made.data)
    file = f"cohortscope-{options.endpoint}-{hashlib.sha256(data).hexdigest()[:8]}.csv".lower().replace(" ", "-")
    st.code(r_code(cohort, options, file=file).code, language="r", height=440)
    st.download_button("The patients behind it (CSV: time, event, group; no ids)", data, file, "text/csv",
                       on_click="ignore", key="r-data", icon=":material/download:")
