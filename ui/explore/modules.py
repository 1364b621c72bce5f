"""The browser's side of Explore: plain JavaScript modules, put together as they are; no build, no other source."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent / "live"
_IMPORT = re.compile(r'^import .* from "\./[\w.]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
COMPOSITION = ("dom.js", "numbers.js", "scale.js", "runs.js", "bars.js", "histogram.js", "finder.js", "leaving.js",
               "presses.js", "composition.js")
LIVE = ("dom.js", "numbers.js", "survival.js", "runs.js", "brush_index.js", "live.js")


def joined(names: tuple[str, ...]) -> str:
    """Return modules as one: each may use what stands before it, and the last exports what Streamlit calls."""
    texts = [(_FOLDER / name).read_text(encoding="utf-8") for name in names]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)


_STYLE = (_FOLDER / "explore.css").read_text(encoding="utf-8")
composition_component = st.components.v2.component(
    "cohortscope_composition", html="<div class='cs-composition'></div>", css=_STYLE, js=joined(COMPOSITION),
    isolate_styles=False)
live_component = st.components.v2.component(
    "cohortscope_live", html="<div class='cs-live' hidden></div>", css=_STYLE, js=joined(LIVE), isolate_styles=False)
