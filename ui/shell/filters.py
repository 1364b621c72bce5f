"""Filters on screen: clicks on charts emit toggles, chips take conditions away; sidebar.py holds the same as widgets.

All of them write to the session's Filters and show what these are.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.cohort import Cohort, Condition, Filters
from core.figure import CLICK
from ui.shell import state
from ui.shell.escape import plain
from ui.shell.parts import after, redraw
from ui.shell.state import session

_NO_FILTER = "All patients: click a bar or drag over a histogram."
HAD: dict[str, Condition] = {"any": Condition(bounds=(("ge", 1.0),)), ">=3": Condition(bounds=(("ge", 3.0),))}


# ---- clicks on bars ------------------------------------------------------------------------------

def click_handler(name: str, field: str, toggled: Callable[[Filters, str], Filters]) -> Callable[[], None]:
    """Return a chart's callback: apply what was clicked since the chart last was heard."""
    def handle() -> None:
        current, picked_now = session(), picked(name, field)
        before = current.clicked.get(name, frozenset())
        filters = current.filters
        for value in sorted(picked_now ^ before):
            filters = toggled(filters, value)
        current.clicked[name] = picked_now
        current.act(filters)
        redraw()
    return handle


def toggle_event(cohort: Cohort) -> Callable[[Filters, str], Filters]:
    """Return what a click on an adverse event's row does: those who had it, or all again."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}

    def toggled(filters: Filters, term: str) -> Filters:
        key = keys.get(term)
        if key is None:  # the rows that hold the legend
            return filters
        return filters.with_condition(key, None if key in filters else HAD["any"])
    return toggled


def picked(name: str, field: str) -> frozenset[str]:
    """Return the values of the rows that are clicked on in a chart."""
    event = state.value_of(name)
    points = event["selection"].get(CLICK) or [] if event else []
    return frozenset(str(p[field]) for p in points if field in p)


# ---- chips ---------------------------------------------------------------------------------------

def chips(cohort: Cohort) -> None:
    """Draw each condition as a button that takes it away."""
    if not cohort.filters:
        st.html(f"<span class='cs-note'>{_NO_FILTER}</span>")
    for key in cohort.filters.conditions:
        st.button(f"{plain(cohort.condition_words(key))} ✕", key=f"chip-{key}",
                  on_click=after(session().put_on), args=(key, None))


def undo_and_reset(cohort: Cohort) -> None:
    """Draw the two buttons that take filters back."""
    st.button("Undo", key="undo", on_click=after(session().undo), disabled=not session().history,
              type="tertiary")
    st.button("Reset", key="reset", on_click=after(session().reset), disabled=not cohort.filters,
              type="tertiary")
