"""The composition: a small clickable chart per variable, in two columns; what it shows, and what comes back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st

from core.charts import SmallChart, composition_figure, small_chart
from core.cohort import Cohort, Condition, Filters, between, fine_edges
from core.errors import FilterError
from core.language import say, spoken
from ui.explore.modules import composition_component
from ui.shell import state
from ui.shell.parts import after, redraw
from ui.shell.state import chart_id, session
from ui.shell.view import first_choices

LIVE_PART = "live"
_NOT_IN_A_CLASS = re.compile(r"[^a-zA-Z0-9_-]")
# First the variables that decide in liver oncology, then the file's own order.
_FIRST = ("pvtt", "hvtt", "afp", "tumor_size", "vascular_invasion")


def composition(cohort: Cohort) -> None:
    """Draw the cohort's composition; every bar and histogram filters."""
    name = f"composition-{chart_id(cohort)}-{spoken()}"
    if _do(cohort.whole, name):  # of which there was no callback, for the page was being drawn
        st.rerun()
    keys = charted(cohort)
    session().offer(lambda: [composition_figure(cohort, key) for key in keys])
    session().in_turn = lambda button, change: _press(cohort.whole, name, button, change)
    with st.container(key="composition"):
        _choice(cohort)
        composition_component(
            key=name,
            data={"charted": _digest(f"{cohort.whole.key} {keys} {session().wide}"), "wide": session().wide,
                  "name": name, "language": spoken(), "by": session().by or "", "heard": session().heard,
                  "acknowledged": session().acknowledged,
                  "charts": [_described(cohort, small_chart(cohort, key)) for key in keys],
                  "views": {k: view_of(cohort, k) for k in keys}},
            on_actions_change=lambda: _take(cohort.whole, name), on_wanted_change=lambda: _prepare(name))


def _choice(cohort: Cohort) -> None:
    """Let the person choose the charts and their order."""
    choice = st.popover(say("Charts"), key="charts", type="tertiary", on_change="rerun")
    if choice.open:
        with choice:
            name = state.widget("charts-shown", charted(cohort))
            st.multiselect(say("Charts, in this order"), _able(cohort), key=name, on_change=_choose,
                           args=(cohort, name),
                           format_func=lambda k: cohort.variable(k).label, width=420,
                           help=say("One that is taken away and chosen again comes last."))
            name = state.widget("charts-wide", session().wide)
            st.toggle(say("Large: one column"), key=name, on_change=_widen, args=(name,))
            st.button(say("As they were"), key="charts-reset", on_click=after(partial(_reset, cohort), "charts-reset"),
                      disabled=cohort.fingerprint not in session().charts)


def _choose(cohort: Cohort, name: str) -> None:
    session().charts[cohort.fingerprint] = list(state.value_of(name))
    redraw()


def _reset(cohort: Cohort) -> None:
    session().charts.pop(cohort.fingerprint, None)


def _widen(name: str) -> None:
    session().wide = bool(state.value_of(name))
    redraw()


def charted(cohort: Cohort) -> list[str]:
    """Return the variables that have a chart, in order: those that were chosen, or all."""
    able = _able(cohort)
    chosen = session().charts.get(cohort.fingerprint)
    return able if chosen is None else [k for k in chosen if k in able]


def _able(cohort: Cohort) -> list[str]:
    """Return the variables that can have a chart; first those that decide in liver oncology."""
    keys = [k for k, v in cohort.variables.items() if v.kind == "numeric"
            or (v.kind == "categorical" and len(cohort.levels(k)) > 1)]
    return sorted(keys, key=lambda k: _FIRST.index(k) if k in _FIRST else len(_FIRST))


def view_of(cohort: Cohort, key: str, *, cut: bool = False) -> str:
    """Name what the curves of a range of a variable, or of its cut, depend on: other filters, endpoint and strata."""
    others = Filters({k: c for k, c in cohort.filters.conditions.items() if k != key})
    text = f"{cohort.whole.key} {others.key} {session().endpoint} {session().by} {session().exact}"
    return _digest(text) + ("-cut" if cut else "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _described(cohort: Cohort, chart: SmallChart) -> dict[str, Any]:
    """Return a chart as plain data; ranges as the values of their ends, None where one has none."""
    out: dict[str, Any] = {
        "key": chart.key, "label": chart.label, "heading": chart.heading, "names": chart.names,
        "selected": chart.selected.tolist(), "whole": chart.whole.tolist(), "kept": chart.kept.tolist(),
        "missing": chart.missing, "absent": chart.absent}
    condition = cohort.filters.conditions.get(chart.key, Condition())
    out |= {"negated": condition.negated, "withMissing": bool(condition.missing)}
    if not chart.bins:
        return {**out, "chosen": list(condition.levels or ())}
    edges = fine_edges(cohort, chart.key)
    place = {cut: i for i, cut in enumerate(edges)}
    ranges = [[next((at for sign, at in bounds if sign in signs), None) for signs in (("ge", "gt"), ("le", "lt"))]
              for bounds in condition.ranges]
    return {**out, "unit": cohort.variable(chart.key).unit, "log": chart.log, "top": chart.top,
            "edges": [c.at for c in edges],
            "closedRight": [i for i, c in enumerate(edges) if c.closed == "right"],
            "bins": [place[c] for c in chart.bins],
            "cuts": [c.at for c in chart.cuts], "ranges": ranges}


def _take(whole: Cohort, name: str) -> None:
    """Do what was done in the browser since it was last heard."""
    _do(whole, name)
    redraw()


def _press(whole: Cohort, name: str, button: str, change: Callable[[], None]) -> None:
    """Make the change of a button in its turn.

    In one run Streamlit calls the buttons in an order of its own, and before the component. The browser names a button
    that is pressed while actions wait; where it is not named, it was pressed before all that waits.
    """
    current, shown = session(), _NOT_IN_A_CLASS.sub("-", button)  # as Streamlit writes a key on the page
    if any(_unheard(action, shown) for action in _waiting(name)):
        current.pressed[shown] = change
        _do(whole, name, complete=False)
    else:
        current.heard[shown] = current.heard.get(shown, 0) + 1
        change()


def _unheard(action: Mapping[str, Any], button: str) -> bool:
    """Tell whether an action names a press of a button that was not heard yet."""
    return action.get("button") == button and action["nth"] > session().heard.get(button, 0)


def _waiting(name: str) -> list[Mapping[str, Any]]:
    """Return the actions that are not yet done."""
    sent = state.value_of(name)
    return [a for a in (sent.get("actions") if sent else None) or () if a["id"] > session().acknowledged]


def _do(whole: Cohort, name: str, *, complete: bool = True) -> bool:
    """Do the actions that are not yet done, each once and in order; tells whether there were any.

    Parameters
    ----------
    complete : whether all buttons of this run have been heard; else this ends where one is named that was not yet
    """
    current, waiting = session(), _waiting(name)
    for action in waiting:
        filters = current.filters
        if action["kind"] == "button" and _unheard(action, action["button"]):
            change = current.pressed.get(action["button"])  # named twice it was pressed twice, and is heard once
            if change is None and not complete:
                return True
            if change is not None:
                current.heard[action["button"]] = action["nth"]
                change()
            filters = current.filters
        elif action["kind"] == "button":
            pass
        elif action["kind"] == "split":
            current.by = _split(whole, current.by, action["key"])
        else:
            with suppress(FilterError):  # of a mapping that is no more
                filters = _after(whole, filters, action)
        current.do(action["id"], filters, int(action.get("looks", 0)))
    if complete:
        current.pressed.clear()
    return bool(waiting)


def _split(whole: Cohort, by: str | None, key: str) -> str | None:
    """Return what splits the curves once that is asked of a variable: a second time, what did at first, or nothing."""
    if key not in whole.variables:  # of a mapping that is no more
        return by
    if by != key:
        return key
    first = first_choices(whole)[1]
    return None if key == first else first


def _after(whole: Cohort, filters: Filters, action: Mapping[str, Any]) -> Filters:
    """Return the filters that an action leads to."""
    key, kind = action["key"], action["kind"]
    if kind == "toggle":
        return filters.toggled(key, action["level"], exclude=bool(action.get("exclude")))
    if kind == "invert":
        return filters.inverted(key)
    excluding = bool(action.get("exclude"))
    if kind == "missing":
        return filters.with_missing(key, not filters.conditions.get(key, Condition()).missing, exclude=excluding)
    ranged = _ranged(whole, filters, action)
    return ranged.inverted(key) if excluding and key not in filters else ranged


def _ranged(whole: Cohort, filters: Filters, action: Mapping[str, Any]) -> Filters:
    """Return the filters with a bound that was typed, or with a range between two of a histogram's edges."""
    key = action["key"]
    if action["kind"] == "typed":
        return filters.with_range(key, Condition.from_json({action["sign"]: action["at"]}).bounds)
    condition = between(whole, key, action["low"], action["high"])
    bounds, how = condition.bounds if condition else (), action.get("how")
    before = action.get("before") or (0, 0)
    former = between(whole, key, *before) if before[0] < before[1] else None
    return filters.with_range(key, bounds, how=how if how in ("add", "move") else "replace",
                              moved=former.bounds if former else ())


def _prepare(name: str) -> None:
    """Let the counts be sent by which curves follow a range or levels."""
    current, sent = session(), state.value_of(name)
    wanted = (sent.get("wanted") if sent else None) or {}
    current.brushed, current.searched = str(wanted.get("key", "")), bool(wanted.get("cut"))
    redraw(LIVE_PART)
