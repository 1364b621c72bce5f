"""Scripts that give the figures outside of the app, as a zip with what they read."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figure import Figure, Recipe
from core.language import in_this_language, say
from core.scripts import scripts_zip
from core.workers import WORKERS, Bounds
from ui.shell import cache
from ui.shell.display import note
from ui.shell.escape import plain
from ui.shell.save_session import session_file
from ui.shell.state import session

_BOUNDS = Bounds(seconds=300, memory=3 * 1024**3, remedy="Choose fewer figures.")


def scripts_button(figures: Sequence[Figure], key: str) -> None:
    """Offer R and Python that give these figures, and say what of the patients is in the file."""
    made_by: list[tuple[str, Recipe]] = [(f.full_title, f.recipe) for f in figures if f.recipe]
    if not made_by:
        return
    current, whole = session(), cache.whole_cohort()
    names = current.files or [whole.name]
    st.download_button(plain(say("R and Python (zip)")),
                       in_this_language(lambda: WORKERS.run(
                           scripts_zip, whole, made_by, names, session_file(whole, current).to_bytes(),
                           bounds=_BOUNDS)),
                       "cohortscope-scripts.zip", "application/zip", on_click="ignore", key=key,
                       icon=":material/code:",
                       help=say("Scripts that give the same numbers: R with its package survival, and Python with "
                                "Cohortscope's core."))
    note(say("The scripts' zip holds, beside the code, one row per patient of the columns that these figures rest "
             "on, without identifiers."))
