"""Explore: the cohort's composition to click on, beside the live board."""

import streamlit as st

from ui.explore.attrition import attrition, flow_in_sight
from ui.explore.benefit_risk import benefit_risk
from ui.explore.board import survival, toxicity
from ui.explore.composition import LIVE_PART, composition
from ui.explore.live_view import live_view
from ui.explore.pairs import map_in_sight, pairs
from ui.shared.curves import choices, chosen
from ui.shell.page import close_page, open_page
from ui.shell.parts import part

open_page("Explore")
with st.container(key="explore"):
    left, right = st.columns([0.44, 0.56], gap="medium")
    with right, st.container(key="board"):
        part("choices", choices, turn="late", shows=chosen)
        part("survival", survival)
        part(LIVE_PART, live_view, changes=False)
    with left:
        part("composition", composition)
glance = st.container()
part("toxicity", toxicity)
with glance:  # it stands above the adverse events and is drawn after them
    part("benefit-risk", benefit_risk)
part("pairs", pairs, shows=map_in_sight)
part("attrition", attrition, shows=flow_in_sight)
close_page()
