"""What the Toxicity page lets the person choose: groups, grades, order, rows, tests and intervals."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.charts import EVENT_SORTS, EventView
from core.cohort import Cohort, baseline_groups
from core.language import say
from core.statistics import PAIR_TESTS
from core.summaries import BANDS, DIFFERENCES, RATIOS, EventOptions
from ui.shell import state
from ui.shell.escape import plain
from ui.shell.parts import redraw

_MOST = 6  # groups that can be told apart here
_ROWS = {"terms": "Terms", "grouped": "In categories", "categories": "Categories"}


@dataclass(frozen=True)
class Chosen:
    """What the page's own widgets hold."""

    by: str | None
    view: EventView
    options: EventOptions
    grouped: bool = False


def toxicity_choices(cohort: Cohort) -> None:
    """Draw the page's widgets."""
    if not cohort.worst_grades.terms:
        return
    bands = [b for b in BANDS if b != ">=4" or (cohort.whole.worst_grades.grades >= 4).any()]
    with st.container(key="ae-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(say("Compare by"), _groups(cohort), key="ae-by", width=170, on_change=redraw, **state.KEPT,
                     format_func=lambda k: say("(one group)") if k is None else cohort.variable(k).label)
        st.segmented_control(say("Band"), bands, default="any", key="ae-band", required=True, on_change=redraw,
                             format_func=lambda b: plain(cohort.mapping.grade_words.heading(b)), **state.KEPT)
        st.selectbox(say("Sorted by"), EVENT_SORTS, key="ae-sort", width=130, format_func=say, on_change=redraw,
                     **state.KEPT)
        st.slider(say("Least rate in a group, %"), 0, 60, 0, step=5, key="ae-least", width=170, on_change=redraw,
                  **state.KEPT)
        st.segmented_control(say("Rows"), list(_ROWS), default="terms", key="ae-rows", required=True,
                             format_func=lambda r: say(_ROWS[r]), on_change=redraw, **state.KEPT)
        with st.popover(say("Tests and intervals"), key="ae-tests"):
            st.selectbox(say("Test"), PAIR_TESTS, key="ae-test", format_func=say, on_change=redraw, **state.KEPT)
            st.selectbox(say("Interval of the difference"), list(DIFFERENCES), key="ae-difference",
                         format_func=say, on_change=redraw, **state.KEPT)
            st.selectbox(say("Ratio beside it"), ["", *RATIOS], key="ae-ratio", on_change=redraw, **state.KEPT,
                         format_func=lambda r: say(r or "none"))


def chosen(cohort: Cohort) -> Chosen:
    """Return what the widgets hold, which are drawn before on a whole page and after where patients change."""
    by, groups, rows = state.value_of("ae-by"), _groups(cohort), state.value_of("ae-rows")
    view = EventView(band=state.value_of("ae-band"), sort=state.value_of("ae-sort"),
                     least=state.value_of("ae-least") / 100)
    options = EventOptions(test=state.value_of("ae-test"), difference=state.value_of("ae-difference"),
                           ratio=state.value_of("ae-ratio"), single=True, rows="terms" if rows == "grouped" else rows)
    return Chosen(by if by in groups else groups[0], view, options, grouped=rows == "grouped")


def _groups(cohort: Cohort) -> list[str | None]:
    return [*baseline_groups(cohort, most=_MOST)] or [None]
