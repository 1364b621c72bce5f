"""The sidebar: the same filters as the charts', from the keyboard, and numbers to the digit."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.cohort import Cohort, Condition, Filters
from core.language import say
from ui.shell import state
from ui.shell.condition import condition_widgets
from ui.shell.escape import plain
from ui.shell.filters import HAD
from ui.shell.parts import redraw
from ui.shell.state import session

SIDEBAR = "sidebar"
_watched = st.components.v2.component(
    "cohortscope_sidebar", html="<div></div>", isolate_styles=False,
    js=(Path(__file__).parent / "sidebar.js").read_text(encoding="utf-8"))


def sidebar(cohort: Cohort) -> None:
    """Draw a widget per variable, in step with the charts; while the sidebar is closed none that waits out of sight."""
    st.html(f"<h2 class='cs-side'>{say('Filters')}</h2>")
    _watched(key="sidebar-watch", on_open_change=_opened)
    if not session().sidebar_open:
        return
    for key, variable in cohort.variables.items():
        if variable.kind == "numeric" or (variable.kind == "categorical" and len(cohort.levels(key)) > 1):
            condition_widgets(cohort, key)
    if any(v.kind == "grade" for v in cohort.variables.values()):
        _events(cohort)
    name = state.widget("least", session().warn_below)
    st.number_input(say("Warn below so many patients"), 1, None, key=name, on_change=_set_least, args=(name,))
    name = state.widget("exact", session().exact)
    st.number_input(say("Curves that follow a brush: times in intervals above so many patients"), 0, None, key=name,
                    on_change=_set_exact, args=(name,),
                    help=say("What comes when a range is let go is exact at any size."))


def _set_least(name: str) -> None:
    current, value = session(), state.value_of(name)
    current.warn_below = int(value or 1)
    redraw()


def _set_exact(name: str) -> None:
    current = session()
    current.clicked_this_run, current.exact, current.brushed = True, int(state.value_of(name) or 0), ""
    redraw()


def _events(cohort: Cohort) -> None:
    """Who had an adverse event: two lists of terms in place of a widget per term."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}
    filters = session().filters
    for band, condition in HAD.items():
        words = cohort.mapping.grade_words.band(band)
        chosen = [t for t, k in keys.items() if filters.conditions.get(k) == condition]
        name = state.widget(f"had-{words}", chosen)
        st.multiselect(say("Had adverse event, {words}", words=plain(words)), list(keys), key=name,
                       on_change=_set_events, args=(keys, condition, name))


def _set_events(keys: dict[str, str], condition: Condition, name: str) -> None:
    current, chosen = session(), set(state.value_of(name))

    def had(filters: Filters) -> Filters:
        for term, key in keys.items():
            if term in chosen:
                filters = filters.with_condition(key, condition)
            elif filters.conditions.get(key) == condition:
                filters = filters.with_condition(key, None)
        return filters

    current.suggest(had)
    redraw()


def _opened() -> None:
    """Note whether the sidebar is open: only then a change draws it anew."""
    current, sent = session(), state.value_of("sidebar-watch")
    current.sidebar_open = bool(sent and sent.get("open"))
    current.parts = [p for p in current.parts if p != SIDEBAR] + ([SIDEBAR] if current.sidebar_open else [])
