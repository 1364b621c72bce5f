"""Filters on screen: charts emit toggles and brushes, the sidebar holds the same as widgets, chips
take conditions away. All of them write to the session's Filters and show what these are."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from core.charts.composition import BRUSH, CLICK, brushed
from core.cohort import Cohort
from core.counts import level_counts
from core.filters import Condition, Filters
from core.mapping import FactorRole
from ui import state
from ui.state import session, set_condition, set_filters

_FLOOR, _CEILING = ("ge", "gt"), ("le", "lt")
_SIGN = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_HAD: dict[str, Condition] = {
    "any grade": Condition(bounds=(("ge", 1.0),)),
    "grade ≥ 3": Condition(bounds=(("ge", 3.0),)),
}


def chart_key(cohort: Cohort, key: str) -> str:
    """Name a variable's chart; the name changes only where its selection must start anew."""
    revision = session().revision.get(key, 0)
    return f"chart-{cohort.fingerprint[:8]}-{key}-{revision}"


# ---- clicks on bars ------------------------------------------------------------------------------

def click_handler(name: str, field: str, apply: Callable[[str], None]) -> Callable[[], None]:
    """Return a chart's callback: apply what was clicked since the chart last spoke."""
    def handle() -> None:
        now = _picked(name, field)
        before = session().clicked.get(name, frozenset())
        session().clicked[name] = now
        for value in sorted(now ^ before):
            apply(value)
    return handle


def remember_clicks(name: str, field: str) -> None:
    """Note what a drawn chart holds: after a page switch that is nothing."""
    session().clicked[name] = _picked(name, field)


def toggle_level(key: str) -> Callable[[str], None]:
    """Return what a click on a level's bar does."""
    return lambda level: set_filters(session().filters.toggled(key, level))


def toggle_event(cohort: Cohort) -> Callable[[str], None]:
    """Return what a click on an adverse event's row does: those who had it, or all again."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}

    def toggle(term: str) -> None:
        key = keys[term]
        set_condition(key, None if key in session().filters else _HAD["any grade"])
    return toggle


def _picked(name: str, field: str) -> frozenset[str]:
    event = state.value_of(name)
    points = event["selection"].get(CLICK) or [] if event else []
    return frozenset(str(p[field]) for p in points if field in p)


# ---- brushes on histograms -----------------------------------------------------------------------

def brush_handler(cohort: Cohort, key: str, name: str) -> Callable[[], None]:
    """Return a histogram's callback: the brushed bins become a range."""
    def handle() -> None:
        event = state.value_of(name)
        ends = (event["selection"].get(BRUSH) or {}).get("lo") if event else None
        condition = brushed(cohort, key, *ends) if ends else None
        session().brushed[key] = condition
        set_condition(key, condition)
    return handle


def renew_brush(key: str) -> None:
    """Start a histogram anew, without its brush, where its filter was changed elsewhere."""
    now = session()
    condition = now.filters.conditions.get(key)
    if now.brushed.get(key) != condition:
        now.brushed[key] = condition
        now.revision[key] = now.revision.get(key, 0) + 1


# ---- the sidebar: the same filters from the keyboard ---------------------------------------------

def sidebar(cohort: Cohort) -> None:
    """Draw a widget per variable, in step with the charts."""
    with st.sidebar:
        st.html("<h2 class='cs-side'>Filters</h2>")
        for key, variable in cohort.variables.items():
            if variable.kind == "numeric":
                _range(cohort, key, variable)
            elif variable.kind == "categorical" and len(cohort.levels(key)) > 1:
                _pills(cohort, key, variable)
        if any(v.kind == "grade" for v in cohort.variables.values()):
            _events(cohort)


def _pills(cohort: Cohort, key: str, variable: FactorRole) -> None:
    levels = list(cohort.levels(key))
    here, whole = level_counts(cohort, key), level_counts(cohort.whole, key)
    counts = {v: f"{h}/{a}" for v, h, a in zip(levels, here, whole, strict=True)}
    condition = session().filters.conditions.get(key)
    chosen = [v for v in levels if condition and v in (condition.levels or ())]
    name = state.widget(f"pills-{key}", chosen)
    st.pills(_plain(variable.label), levels, selection_mode="multi", key=name,
             format_func=lambda v: f"{_plain(v)} · {counts[v]}",
             on_change=lambda: set_filters(session().filters.with_levels(key, state.value_of(name))))


def _range(cohort: Cohort, key: str, variable: FactorRole) -> None:
    """Two number inputs; each says whether its bound is inclusive."""
    condition = session().filters.conditions.get(key, Condition())
    bounds = dict(condition.bounds)
    unit = f" ({variable.unit})" if variable.unit else ""
    st.html(f"<div class='cs-label'>{html.escape(variable.label + unit)}</div>")
    for column, signs, side in zip(st.columns(2), (_FLOOR, _CEILING), ("from", "to"), strict=True):
        sign = next((s for s in signs if s in bounds), signs[0])
        name = state.widget(f"{side}-{key}", bounds.get(sign))
        column.number_input(
            f"{_plain(variable.label)} {_SIGN[sign]}", value=None, key=name, format="%g",
            placeholder=_SIGN[sign], label_visibility="collapsed", on_change=_set_bound,
            args=(key, signs, sign, name))


def _set_bound(key: str, signs: tuple[str, ...], sign: str, name: str) -> None:
    condition = session().filters.conditions.get(key, Condition())
    kept = tuple(b for b in condition.bounds if b[0] not in signs)
    value = state.value_of(name)
    bounds = kept if value is None else tuple(sorted((*kept, (sign, float(value)))))
    set_condition(key, Condition(bounds=bounds) if bounds else None)


def _events(cohort: Cohort) -> None:
    """Who had an adverse event: two lists of terms in place of a widget per term."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}
    filters = session().filters
    for words, condition in _HAD.items():
        chosen = [t for t, k in keys.items() if filters.conditions.get(k) == condition]
        name = state.widget(f"had-{words}", chosen)
        st.multiselect(f"Had adverse event, {words}", list(keys), key=name, format_func=_plain,
                       on_change=_set_events, args=(keys, condition, name))


def _set_events(keys: dict[str, str], condition: Condition, name: str) -> None:
    filters: Filters = session().filters
    for term, key in keys.items():
        chosen = term in state.value_of(name)
        if chosen:
            filters = filters.with_condition(key, condition)
        elif filters.conditions.get(key) == condition:
            filters = filters.with_condition(key, None)
    set_filters(filters)


# ---- chips ---------------------------------------------------------------------------------------

def chips(cohort: Cohort) -> None:
    """Draw each condition as a button that takes it away."""
    for key in cohort.filters.conditions:
        st.button(f"{_plain(cohort.condition_words(key))} ✕", key=f"chip-{key}",
                  on_click=set_condition, args=(key, None))


def undo_and_reset(cohort: Cohort) -> None:
    """Draw the two buttons that take filters back."""
    st.button("Undo", key="undo", on_click=state.undo, disabled=not session().history, type="tertiary")
    st.button("Reset", key="reset", on_click=set_filters, args=(Filters(),), disabled=not cohort.filters,
              type="tertiary")


def _plain(text: str) -> str:
    """Escape what Streamlit's labels would read as Markdown."""
    out = text
    for mark in "\\`*_{}[]()#+-.!|<>~$:":
        out = out.replace(mark, f"\\{mark}")
    return out
