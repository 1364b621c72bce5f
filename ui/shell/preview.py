"""The picture of a figure as it will be saved."""

from __future__ import annotations

import base64
import html
from dataclasses import replace

import streamlit as st

from core.errors import CohortError
from core.export import Style, file_name, made, too_many
from core.figure import Figure
from core.language import say
from core.workers import Bounds
from ui.shell.background import apart
from ui.shell.display import note

_PREVIEW = 1400  # pixels across
_BOUNDS = Bounds(seconds=60, memory=3 * 1024**3, remedy="Choose another place for it.")


def preview(figure: Figure, style: Style) -> bool:
    """Show the picture as it will be saved; tell whether it can be made of so many pixels."""
    if figure.chart is None:
        note(say("A table: its slides, Excel, Word and CSV files hold it as text and numbers."))
        return True
    small = replace(style, dpi=max(72, round(72 * _PREVIEW / style.preset.width)))
    try:
        drawing = apart(say("Drawing …"), made, figure, ".png", small, bounds=_BOUNDS,
                        key=f"preview-{file_name(figure, '.png', small)}")
    except CohortError as error:
        note(str(error), strong=True)
        return True
    across, down = (int.from_bytes(drawing[at:at + 4], "big") for at in (16, 20))  # as every PNG begins
    st.html(f"<div class='cs-preview'><img alt='{html.escape(say('Preview of {title}', title=figure.title))}' "
            f"src='data:image/png;base64,{base64.b64encode(drawing).decode()}'></div>")
    if too_many(across, down, style.dpi / small.dpi):
        note(say("At {dpi} pixels per inch this picture is too large for PNG, TIFF and EPS. Choose fewer, a smaller "
                 "place, or PDF or SVG, which have no pixels.", dpi=f"{style.dpi:,}"), strong=True)
        return False
    return True
