"""Every figure of the paper beside what the cohort gives, and the way to the panel that recomputes it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.audit import AGREES, CITATION, DIFFERS, NOT_HERE, Comparison, published_covariates
from core.charts import METHOD, comparison_figure, comparison_said
from core.cohort import Cohort
from core.figure import CLICK
from core.language import say
from core.schema import ARM
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show, table
from ui.shell.escape import plain
from ui.shell.filters import picked
from ui.shell.state import chart_id, session

_PAGES = {"Survival": "pages/2_Survival.py", "Hazard ratios": "pages/3_Hazard_ratios.py",
          "Toxicity": "pages/4_Toxicity.py", "Response": "pages/5_Response.py", "Cohort": "pages/1_Cohort.py"}
_SHOWN = 40  # rows of a page
_ALL, _HERE = "all", "what can be recomputed"


def published_panel(cohort: Cohort) -> None:
    """Draw the comparison."""
    heading(say("Published against recomputed"))
    if session().cohort is not None:
        note(say("Your cohort beside {citation}: a comparison with the literature; figures need not agree.",
                 citation=CITATION))
    if cohort.filters:
        note(say("A filter is on: the paper describes all its patients, and these figures describe only part of the "
                 "cohort."), strong=True)
    with panel():
        result = cache.comparison(cohort)
        totals = result.totals()
        if totals[NOT_HERE] == len(result.rows):
            note(say("This cohort has none of the {rows} figures of the paper: neither its endpoints, nor its "
                     "factors, nor its adverse events.", rows=len(result.rows)))
            return
        shown = {_ALL: len(result.rows), _HERE: len(result.rows) - totals[NOT_HERE], **totals}
        with st.container(key="published-options", horizontal=True, vertical_alignment="bottom", gap="small"):
            verdict = st.segmented_control(
                say("Show"), [_ALL, _HERE, AGREES, DIFFERS, NOT_HERE],
                default=_ALL if session().cohort is None else _HERE,
                key="published-verdict", required=True, format_func=lambda v: plain(f"{say(v)} · {shown[v]}"))
            place = st.selectbox(say("Place"), ["everywhere", *dict.fromkeys(result.rows.place)], key="published-place",
                                 width=240, format_func=say)
        verdicts = {_ALL: list(totals), _HERE: [AGREES, DIFFERS]}.get(verdict, [verdict])
        rows = result.rows[result.rows.verdict.isin(verdicts)]
        rows = rows[(rows.place == place) | (place == "everywhere")]
        note(f"{comparison_said(result)} {say(METHOD, citation=CITATION)}")
        if rows.empty:
            note(say("No figure here has this verdict."))
        else:
            chosen = [] if verdict == _ALL else [say("verdict “{verdict}”", verdict=say(verdict))]
            _list(cohort, result, rows, ", ".join([*chosen, *([] if place == "everywhere" else [place])]))
        _open_panel(cohort, result)


def _list(cohort: Cohort, result: Comparison, rows: pd.DataFrame, of: str) -> None:
    """Draw a page of the list; a click on a row goes to the panel that recomputes it."""
    pages = range(0, len(rows), _SHOWN)
    start = pages[0] if len(pages) == 1 else st.segmented_control(
        say("Rows"), list(pages), default=0, key=f"published-page-{len(rows)}", required=True,
        label_visibility="collapsed", format_func=lambda i: plain(f"{i + 1}–{min(i + _SHOWN, len(rows))}"))
    page = slice(start, start + _SHOWN)
    figure = comparison_figure(cohort, result, rows, page, of)
    name = f"published-{chart_id(cohort)}-{len(rows.iloc[page])}"
    with st.container(key="published"):
        show(figure, key=name, selection=CLICK, on_select=_asks(name))
    with st.expander(say("The same as a table, with the difference and the method or reason")):
        table(figure.table.iloc[page], wrap=True)


def _asks(name: str) -> Callable[[], None]:
    """Return the list's callback: it notes which row was clicked; the page then goes where it is recomputed."""
    def handle() -> None:
        current, picked_now = session(), picked(name, "row")
        changed = picked_now ^ current.clicked.get(name, frozenset())
        current.clicked[name] = picked_now
        if changed:
            current.published = min(changed)
    return handle


def _open_panel(cohort: Cohort, result: Comparison) -> None:
    """Offer the same from the keyboard, and go where a row was clicked."""
    able = [i for i in result.rows.index if result.rows.page[i]]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(say("Go to the panel that recomputes"), able, None, key="published-row", width=460,
                              placeholder=say("Choose a figure, or click its row"),
                              format_func=lambda i: _name(result, i))
        asked = st.button(say("Open it"), key="published-open", disabled=chosen is None)
    clicked, session().published = session().published, ""
    wanted = int(clicked) if clicked else chosen if asked else None
    if wanted is None:
        return
    if not result.rows.page[wanted]:
        note(f"{_name(result, wanted)}: {result.rows.reason[wanted]}.", strong=True)
        return
    _prepare(cohort, result, wanted)
    st.switch_page(_PAGES[result.rows.page[wanted]], query_params=state.own_parameter())


def _name(result: Comparison, i: int) -> str:
    r = result.rows.loc[i]
    arm = f", {dict(zip('AB', result.arms, strict=True))[r.group]}" if r.group else ""
    return f"{r.place}: {r['item'].replace('_', ' ')} {r.level}{arm}, {r.quantity} {r.printed}"


def _prepare(cohort: Cohort, result: Comparison, i: int) -> None:
    """Set what the panel needs: no filter, the arms compared, the endpoint, band or model that the figure is of."""
    row, current = result.rows.loc[i], session()
    current.reset()
    current.by, current.landmark, current.references = ARM, 0.0, {}
    if row["item"] in ("PFS", "OS"):
        current.endpoint = row["item"]
    if row.page == "Hazard ratios":
        current.endpoint = "OS"
        covariates, options = published_covariates(cohort.whole)
        state.widget("covariates", covariates)
        for key, form in options.forms:
            state.widget(f"form-{key}", form)
        for key, level in options.references:
            state.widget(f"reference-{key}", level)
    if row.page == "Toxicity" and row.level in ("1-2", ">=3"):
        state.widget("ae-band", row.level)
