"""One export dialog per page, built when it is opened; each file is made on its click."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.export import FORMATS, board_name, file_name, formats_of
from core.export.slides import pptx
from core.figure import Figure
from ui.display import note
from ui.escape import plain


@st.dialog("Export", width="medium")
def export_dialog(figures: list[Figure]) -> None:
    """Choose a figure and save it; files come from this machine, nothing is sent."""
    ordered = sorted(figures, key=lambda f: f.slug.startswith("composition"))
    place = st.selectbox("Figure", range(len(ordered)), format_func=lambda i: ordered[i].title,
                         key="export-figure")
    figure = ordered[place]
    with st.container(horizontal=True, key="export-formats"):
        for form in formats_of(figure):
            st.download_button(plain(form.label), partial(form.make, figure), file_name(figure, form.suffix),
                               form.mime, on_click="ignore", key=f"export-{figure.slug}-{form.suffix}")
    main = [f for f in ordered if not f.slug.startswith("composition")]
    if len(main) > 1:
        st.download_button(f"Slides of the whole board ({len(main)} figures)", partial(pptx, main),
                           board_name(main, ".pptx"), FORMATS[-1].mime, on_click="ignore",
                           key="export-board")
    for line in figure.footnote():
        note(line)
