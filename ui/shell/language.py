"""The language of a page: the one chosen in the menu, that of the link by which one came, or the browser's first."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.language import ENGLISH, LANGUAGES, follow
from ui.shell import state
from ui.shell.state import session

_KEY = "language"  # of the widget, and in the address


def _of_this_session() -> str:
    """Return the session's language, "" outside of sessions."""
    return session().language if get_script_run_ctx() else ""


follow(_of_this_session)


def choose_first() -> None:
    """Choose the language when a session begins."""
    if not session().language:
        browser = (st.context.locale or "").split("-")[0]
        asked = st.query_params.get(_KEY, browser)
        session().language = asked if asked in LANGUAGES else ENGLISH


def language_switch() -> None:
    """Draw the switch of the menu."""
    st.segmented_control("Language, 语言", list(LANGUAGES), default=session().language, key=_KEY, required=True,
                         format_func=LANGUAGES.__getitem__, label_visibility="collapsed", on_change=_change,
                         width="content", **state.KEPT)


def _change() -> None:
    """Speak another language: what was computed holds sentences, and is computed again."""
    current = session()
    current.language = state.value_of(_KEY) or ENGLISH
    for name in [n for n in current.results if n not in state.COHORTS]:
        del current.results[name]
    for cohort in [current.cohort, *(c for n in state.COHORTS for c in current.results.get(n, {}).values())]:
        if cohort is not None:
            cohort.memo.clear()
