"""The sidebar: the same filters as the charts', from the keyboard, and numbers to the digit."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.cohort import Cohort
from core.language import say
from ui.shell import state
from ui.shell.condition import adverse_events, condition_of, conditions, has_choices, setting
from ui.shell.state import session

_watched = st.components.v2.component(
    "cohortscope_sidebar", html="<div></div>", isolate_styles=False,
    js=(Path(__file__).parent / "sidebar.js").read_text(encoding="utf-8"))


def sidebar(cohort: Cohort) -> None:
    """Draw a field per variable, in step with the charts; while the sidebar is closed none that waits out of sight."""
    st.html(f"<h2 class='cs-side'>{say('Filters')}</h2>")
    _watched(key="sidebar-watch", on_open_change=_opened)
    if not session().sidebar_open:
        return
    conditions(cohort, "sidebar", [
        *(condition_of(cohort, key) for key in cohort.variables if has_choices(cohort, key)),
        *adverse_events(cohort),
        setting("least", say("Warn below so many patients"), session().warn_below),
        setting("exact", say("Curves that follow a brush: times in intervals above so many patients"), session().exact,
                say("What comes when a range is let go is exact at any size."))])


def fields_in_sight() -> object:
    """Return what a change may alter of the sidebar: nothing while it is closed."""
    return None if session().sidebar_open else "closed"


def _opened() -> None:
    """Note whether the sidebar is open."""
    sent = state.value_of("sidebar-watch")
    session().sidebar_open = bool(sent and sent.get("open"))
