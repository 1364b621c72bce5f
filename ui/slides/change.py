"""A figure of the talk that is changed: its title, names, axes, colours, decimals, beside its preview."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.export import Entry
from core.figure import Figure
from core.language import say
from core.recipes import Edits
from ui.shell import cache
from ui.shell.display import note
from ui.shell.edit import as_changed, ask
from ui.shell.preview import preview
from ui.shell.state import OF_THE_TALK, session

_LONGEST = 200  # characters of a title


def begin(figure: Figure) -> None:
    """Let the changes begin with those that a figure was made with."""
    if figure.recipe:
        session().edits[OF_THE_TALK] = Edits.of_recipe(cache.whole_cohort(), figure.recipe)


def change_dialog(entry: Entry) -> None:
    """Open the dialog that changes a figure of the talk."""
    st.dialog(say("Change this figure"), width="large")(_change)(entry)


def _change(entry: Entry) -> None:
    """Change a figure of the talk; nothing of it changes before it is kept."""
    figure = entry.figure
    asked, shown = st.columns([2, 3], gap="medium")
    with asked:
        title = st.text_input(say("Title"), value=figure.title, max_chars=_LONGEST, key=f"deck-title-{figure.digest}")
        if figure.recipe:
            ask(figure, OF_THE_TALK)
        else:
            note(say("Of this figure the title alone can be changed."))
    with shown:
        changed, typed = as_changed(figure, OF_THE_TALK), " ".join(title.split())
        figure = replace(changed, title=changed.title if typed in ("", figure.title) and
                         changed.language != figure.language else typed or figure.title)
        preview(figure, session().style)
        if st.button(say("Keep"), key="deck-keep", type="primary"):
            _keep(entry, figure)
            st.rerun()


def _keep(entry: Entry, figure: Figure) -> None:
    current = session()
    current.deck = [replace(one, figure=figure) if one is entry else one for one in current.deck]
    current.edits.pop(OF_THE_TALK, None)
