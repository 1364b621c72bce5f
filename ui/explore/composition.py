"""The composition: a small clickable chart per variable, in two columns; what it shows, and what comes back."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

import streamlit as st

from core.charts import SmallChart, composition_figure, small_chart
from core.cohort import Cohort, Condition, Filters, fine_edges
from core.language import say, spoken
from ui.explore.modules import composition_component
from ui.shell import actions, state
from ui.shell.condition import has_choices
from ui.shell.parts import after, redraw
from ui.shell.state import chart_id, session

LIVE_PART = "live"
# First the variables that decide in liver oncology, then the file's own order.
_FIRST = ("pvtt", "hvtt", "afp", "tumor_size", "vascular_invasion")


def composition(cohort: Cohort) -> None:
    """Draw the cohort's composition; every bar and histogram filters."""
    name = f"composition-{chart_id(cohort)}-{spoken()}"
    known = actions.listen(cohort.whole, name)
    keys = charted(cohort)
    session().offer(lambda: [composition_figure(cohort, key) for key in keys])
    with st.container(key="composition"):
        _choice(cohort)
        composition_component(
            key=name,
            data={"charted": _digest(f"{cohort.whole.key} {keys} {session().wide}"), "wide": session().wide,
                  "by": session().by or "", **known,
                  "charts": [_described(cohort, small_chart(cohort, key)) for key in keys],
                  "views": {k: view_of(cohort, k) for k in keys}},
            on_actions_change=lambda: actions.take(cohort.whole), on_wanted_change=lambda: _prepare(name))


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
    keys = [k for k in cohort.variables if has_choices(cohort, k)]
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


def _prepare(name: str) -> None:
    """Let the counts be sent by which curves follow a range or levels."""
    current, sent = session(), state.value_of(name)
    wanted = (sent.get("wanted") if sent else None) or {}
    current.brushed, current.searched = str(wanted.get("key", "")), bool(wanted.get("cut"))
    redraw(LIVE_PART)
