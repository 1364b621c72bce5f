"""Every figure of the paper beside what the cohort gives, and the way to the panel that recomputes it."""

from __future__ import annotations

import streamlit as st

from core.charts.published import comparison_figure
from core.cohort import Cohort
from core.published import AGREES, CITATION, DIFFERS, NOT_HERE, Comparison
from core.schema import ARM
from ui import cache, state
from ui.display import heading, note, panel, show_table
from ui.state import session

_PAGES = {"Survival": "pages/2_Survival.py", "Hazard ratios": "pages/3_Hazard_ratios.py",
          "Toxicity": "pages/4_Toxicity.py", "Response": "pages/5_Response.py", "Cohort": "pages/1_Cohort.py"}
_SHOWN = 120  # rows of a table that is read


def published_panel(cohort: Cohort) -> None:
    """Draw the comparison."""
    heading("Published against recomputed")
    if session().cohort is not None:
        note(f"Your cohort beside {CITATION}: a comparison with the literature, no figure need agree.")
    with panel():
        found = cache.comparison(cohort)
        totals = found.totals()
        with st.container(key="published-options", horizontal=True, vertical_alignment="bottom", gap="small"):
            verdict = st.segmented_control(
                "Show", ["all", AGREES, DIFFERS, NOT_HERE], default="all", key="published-verdict", required=True,
                format_func=lambda v: f"all · {len(found.rows)}" if v == "all" else f"{v} · {totals[v]}")
            place = st.selectbox("Place", ["everywhere", *dict.fromkeys(found.rows.place)], key="published-place",
                                 width=240)
        rows = found.rows[(found.rows.verdict == verdict) | (verdict == "all")]
        rows = rows[(rows.place == place) | (place == "everywhere")]
        figure = comparison_figure(cohort, found, rows)
        note(figure.summary[0] + f". {figure.provenance.method}")
        _open_panel(found)
        with st.container(key="published", height=560):
            show_table(figure) if len(rows) else note("No figure is like that here.")


def _open_panel(found: Comparison) -> None:
    """Offer the panel that recomputes a figure."""
    able = [i for i in found.rows.index if found.rows.page[i]]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("Go to the panel that recomputes", able, None, key="published-row", width=460,
                              placeholder="Choose a figure", format_func=lambda i: _name(found, i))
        if st.button("Open it", key="published-open", disabled=chosen is None) and chosen is not None:
            _prepare(found, chosen)
            st.switch_page(_PAGES[found.rows.page[chosen]], query_params=state.own_parameter())


def _name(found: Comparison, i: int) -> str:
    r = found.rows.loc[i]
    arm = f", {dict(zip('AB', found.arms, strict=True))[r.group]}" if r.group else ""
    return f"{r.place}: {r['item'].replace('_', ' ')} {r.level}{arm}, {r.quantity} {r.printed}"


def _prepare(found: Comparison, i: int) -> None:
    """Set what the panel needs: no filter, the arms compared, the endpoint or the band that the figure is of."""
    row, here = found.rows.loc[i], session()
    here.reset()
    here.by, here.landmark = ARM, 0.0
    if row["item"] in ("PFS", "OS"):
        here.endpoint = row["item"]
    if row.page == "Hazard ratios":
        here.endpoint = "OS"
    if row.page == "Toxicity" and row.level in ("1-2", ">=3"):
        st.session_state["ae-band"] = row.level
