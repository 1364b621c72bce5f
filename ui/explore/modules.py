"""The components of Explore: the composition, and the live view over the curves."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.shell.modules import joined

COMPOSITION = (
    "shell/dom.js", "shell/numbers.js", "shell/meant.js", "explore/live/scale.js", "explore/live/runs.js",
    "explore/live/bars.js", "explore/live/histogram.js", "explore/live/finder.js", "explore/live/composition.js")
LIVE = ("shell/dom.js", "shell/numbers.js", "explore/live/survival.js", "explore/live/runs.js",
        "explore/live/brush_index.js", "explore/live/live.js")
_STYLE = (Path(__file__).parent / "live" / "explore.css").read_text(encoding="utf-8")
composition_component = st.components.v2.component(
    "cohortscope_composition", html="<div class='cs-composition'></div>", css=_STYLE, js=joined(*COMPOSITION),
    isolate_styles=False)
live_component = st.components.v2.component(
    "cohortscope_live", html="<div class='cs-live' hidden></div>", css=_STYLE, js=joined(*LIVE), isolate_styles=False)
