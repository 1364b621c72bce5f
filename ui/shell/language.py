"""The language of a page: the one chosen in the menu, that of the link by which one came, or the browser's first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.language import ENGLISH, LANGUAGES, follow, once_per_language, say
from hosting.settings import settings
from ui.shell import state
from ui.shell.state import session

_UI = Path(__file__).parents[1]
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
PARAMETER = "language"  # in the address
_KEY = "language-of-the-page"


def _of_this_session() -> str:
    """Return the session's language, "" outside of sessions."""
    return session().language if get_script_run_ctx() else ""


follow(_of_this_session)


def choose_first() -> None:
    """Choose the language when a session begins."""
    if not session().language:
        asked = st.query_params.get(PARAMETER, "")
        session().language = asked if asked in LANGUAGES else _of_the_browser()


def _of_the_browser() -> str:
    """Return the browser's first language, English where it is not among ours: the address need not hold it."""
    language = (st.context.locale or "").split("-")[0]
    return settings().look.language or (language if language in LANGUAGES else ENGLISH)


def parameter() -> dict[str, str]:
    """Return the query parameter of the language: the address holds choices in its words."""
    return {PARAMETER: session().language} if session().language else {}


def language_switch() -> None:
    """Draw the switch of the menu."""
    st.segmented_control("Language, 语言", list(LANGUAGES), key=state.widget(_KEY, session().language), required=True,
                         format_func=LANGUAGES.__getitem__, label_visibility="collapsed", on_change=_change,
                         width="content")


def _change() -> None:
    """Speak another language: what was computed holds sentences, and is computed again."""
    current = session()
    current.language = state.value_of(_KEY) or ENGLISH
    current.results.clear()
    current.clicked.clear()
    state.say_choices_again()
    if current.cohort is not None:
        current.cohort = replace(current.cohort)  # without what it remembers


@once_per_language(len(LANGUAGES))
def words_of_scripts() -> dict[str, str]:
    """Return what the scripts of the page say in its language, by the English text where that is another."""
    quoted = {text for path in sorted(_UI.rglob("*.js")) for text in _LITERAL.findall(path.read_text(encoding="utf-8"))}
    return {text: translated for text in sorted(quoted) if (translated := say(text)) != text}
