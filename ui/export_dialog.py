"""One export dialog per page, built when it is opened; files are made on the click."""

from __future__ import annotations

import streamlit as st

from core.figure import Figure


@st.dialog("Export", width="large")
def export_dialog(figures: list[Figure]) -> None:
    st.write(len(figures))
