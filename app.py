"""Explore: the cohort's composition to click on, beside the live board."""

import streamlit as st

from ui.explore.board import survival, toxicity
from ui.explore.composition import composition
from ui.shared.curves import choices
from ui.shell.page import close_page, open_page

cohort = open_page("Explore")
with st.container(key="explore"):
    left, right = st.columns([0.44, 0.56], gap="medium")
    with right:
        choices(cohort)
        survival(cohort)
    with left:
        composition(cohort)
toxicity(cohort)
close_page(cohort)
