"""One export dialog per page, built when it is opened; each file is made on its click, in a process of its own."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import CohortError
from core.export import FORMATS, board_name, file_name, formats_of, made, pptx
from core.figure import Figure
from core.workers import WORKERS, Bounds
from ui.shell.background import apart
from ui.shell.display import note
from ui.shell.escape import plain
from ui.shell.state import session

_BOUNDS = Bounds(seconds=120, memory=3 * 1024**3, remedy="Choose another format, or fewer figures.")


@st.dialog("Export", width="medium")
def export_dialog(figures: list[Figure]) -> None:
    """Choose a figure and save it; files come from this machine, nothing is sent."""
    if not figures:
        note("This page has no figure to save.")
        return
    ordered = sorted(figures, key=lambda f: f.slug.startswith("composition"))
    place = st.selectbox("Figure", range(len(ordered)), format_func=lambda i: ordered[i].title,
                         key="export-figure")
    figure = ordered[place]
    with st.container(horizontal=True, key="export-formats"):
        for form in formats_of(figure):
            st.download_button(plain(form.label), partial(WORKERS.run, made, figure, form.suffix, bounds=_BOUNDS),
                               file_name(figure, form.suffix), form.mime, on_click="ignore",
                               key=f"export-{figure.slug}-{form.suffix}")
    _board([f for f in ordered if not f.slug.startswith("composition")])
    for line in figure.footnote():
        note(line)


def _board(main: list[Figure]) -> None:
    """Offer the slides of all figures: they are made when asked for, and then saved."""
    if len(main) < 2:
        return
    name = board_name(main, ".pptx")
    if not st.button(f"Slides of the whole board ({len(main)} figures)", key="export-board"):
        return
    session().given_up.discard(name)  # it is asked for again
    try:
        deck = apart("Making the slides …", pptx, main, bounds=_BOUNDS, key=name, tell_progress=True)
    except CohortError as error:
        note(str(error), strong=True)
        return
    st.download_button(f"Save the slides ({len(main)} figures)", deck, name, FORMATS[-1].mime, on_click="ignore",
                       key="export-board-file", type="primary")
