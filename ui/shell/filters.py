"""Filters on screen: clicks on charts emit toggles, chips take conditions away; sidebar.py has a field for each.

All of them write to the session's Filters and show what these are.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable

import streamlit as st

from core.cohort import Cohort, Filters, step_words
from core.figure import CLICK
from core.language import say
from ui.shell import cache, state
from ui.shell.actions import HAD
from ui.shell.condition import condition_of, conditions
from ui.shell.escape import plain
from ui.shell.parts import after
from ui.shell.state import session

_NO_FILTER = "All patients: click a bar or drag over a histogram."
_NO_BARS = "All patients: filter them in the sidebar, or by the bars of Explore."


# ---- clicks on bars ------------------------------------------------------------------------------

def click_handler(name: str, field: str, toggled: Callable[[Filters, str], Filters]) -> Callable[[], None]:
    """Return a chart's callback: apply what was clicked since the chart last was heard."""
    def change() -> None:
        current, picked_now = session(), picked(name, field)
        filters = current.filters
        for value in sorted(picked_now ^ current.clicked.get(name, frozenset())):
            filters = toggled(filters, value)
        current.clicked[name] = picked_now
        current.act(filters)
    return after(change, name)


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
    """Draw each condition as a chip: it opens the condition's widgets, and its cross takes it away."""
    if not cohort.filters:
        hint = _NO_FILTER if session().page == "Explore" else _NO_BARS
        words = say("All patients.") if session().history else say(hint)
        st.html(f"<span class='cs-note'>{words}</span>", width="content")
    for key in cohort.filters.conditions:
        words, label = cohort.condition_words(key), cohort.variable(key).label
        with st.container(key=f"chip-{key}", horizontal=True, wrap=False, gap=None, width="content"):
            editor = st.popover(plain(label), key=f"edit-{key}", on_change="rerun")  # a changed label would close it
            st.html(f"<span class='cs-chip' data-words='{html.escape(words)}'>"
                    f"{html.escape(words.removeprefix(label))}</span>", width="content")
            st.button(say("Remove {words}", words=plain(words)), key=f"remove-{key}", args=(key, None),
                      on_click=after(session().put_on, f"remove-{key}"))
        if editor.open:
            with editor:
                place = f"chip-{key.encode().hex()}"  # Streamlit refuses a component of whose name `__` is a part
                conditions(cohort, place, [condition_of(cohort, key, with_quarters=True)])


def _undo() -> None:
    if not session().history:
        session().notice = say("There is nothing to undo.")
    session().undo()


def _redo() -> None:
    if not session().undone:
        session().notice = say("There is nothing to redo.")
    session().redo()


def _reset() -> None:
    if not session().filters:
        session().notice = say("There is no filter to take away.")
    session().reset()


def _go_to(step: int, filters: Filters) -> None:
    """Go to a step as its button said it: steps may have come and gone since the button was drawn."""
    current = session()
    if [f.key for f in current.steps[step:step + 1]] == [filters.key]:
        current.go_to(step)
    else:
        current.act(filters)


def steps() -> None:
    """Draw the buttons that go back and forward among the filters that were on.

    They can be pressed at any time, and are only fainter where they change nothing: what is on the page may be older
    than what was done, and a browser drops a click on a button that is disabled in that moment.
    """
    st.button(say("Undo"), key="undo", on_click=after(_undo, "undo"), type="tertiary", help=say("Ctrl + Z"))
    st.button(say("Redo"), key="redo", on_click=after(_redo, "redo"), type="tertiary",
              help=say("Ctrl + Shift + Z"))
    st.button(say("Reset"), key="reset", on_click=after(_reset, "reset"), type="tertiary")
    all_steps = st.popover(say("Steps"), key="steps", type="tertiary", on_change="rerun")
    if all_steps.open:
        with all_steps:
            _all_steps(cache.whole_cohort())


def idle() -> str:
    """Name the buttons of `steps` that change nothing now, for the style sheet."""
    current = session()
    of_buttons = (("undo", current.history), ("redo", current.undone), ("reset", current.filters))
    return " ".join(button for button, changes in of_buttons if not changes)


def _all_steps(whole: Cohort) -> None:
    """List the filters that were on, the newest first, each to go back to; then those that are on as data."""
    current = session()
    listed = current.steps
    for step in reversed(range(len(listed))):
        words = step_words(whole, listed[step - 1] if step else Filters(), listed[step])
        st.button(f"{plain(words)} · {cache.filtered(whole, listed[step]).n:,}", key=f"step-{step}", type="tertiary",
                  on_click=after(_go_to, f"step-{step}"), args=(step, listed[step]),
                  disabled=step == len(current.history))
    st.caption(say("The filters that are on, as JSON and as Python"))
    st.code(json.dumps(current.filters.to_json(), ensure_ascii=False), language="json")
    st.code(current.filters.python, language="python")
