"""Filters on screen: charts emit toggles and brushes, the sidebar holds the same as widgets, chips
take conditions away. All of them write to the session's Filters and show what these are."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from core.charts import BRUSH, brushed
from core.cohort import Cohort, Condition, Filters, level_counts
from core.figure import CLICK
from core.mapping import FactorRole
from ui.shell import state
from ui.shell.escape import plain
from ui.shell.state import chart_id, session

_FLOOR, _CEILING = ("ge", "gt"), ("le", "lt")
_SIGN = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_HAD: dict[str, Condition] = {"any": Condition(bounds=(("ge", 1.0),)), ">=3": Condition(bounds=(("ge", 3.0),))}


def chart_key(cohort: Cohort, key: str) -> str:
    """Name a variable's chart; the name changes only where its selection must start anew."""
    revision = session().revision.get(key, 0)
    return f"chart-{chart_id(cohort)}-{key}-{revision}"


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
    return handle


def toggle_level(key: str) -> Callable[[Filters, str], Filters]:
    """Return what a click on a level's bar does to the filters."""
    return lambda filters, level: filters.toggled(key, level)


def toggle_event(cohort: Cohort) -> Callable[[Filters, str], Filters]:
    """Return what a click on an adverse event's row does: those who had it, or all again."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}

    def toggled(filters: Filters, term: str) -> Filters:
        key = keys.get(term)
        if key is None:  # the rows that hold the legend
            return filters
        return filters.with_condition(key, None if key in filters else _HAD["any"])
    return toggled


def picked(name: str, field: str) -> frozenset[str]:
    """Return the values of the rows that are clicked on in a chart."""
    event = state.value_of(name)
    points = event["selection"].get(CLICK) or [] if event else []
    return frozenset(str(p[field]) for p in points if field in p)


# ---- brushes on histograms -----------------------------------------------------------------------

def brush_handler(cohort: Cohort, key: str, name: str) -> Callable[[], None]:
    """Return a histogram's callback: the brushed bins become a range."""
    def handle() -> None:
        current, event = session(), state.value_of(name)
        ends = (event["selection"].get(BRUSH) or {}).get("lo") if event else None
        condition = brushed(cohort, key, *ends) if ends else None
        current.brushed[key] = condition
        current.act(current.filters.with_condition(key, condition))
    return handle


def renew_brush(key: str) -> None:
    """Start a histogram anew, without its brush, where its filter was changed elsewhere."""
    current = session()
    condition = current.filters.conditions.get(key)
    if current.brushed.get(key) != condition:
        current.brushed[key] = condition
        current.revision[key] = current.revision.get(key, 0) + 1


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
        name = state.widget("least", session().warn_below)
        st.number_input("Warn below so many patients", 1, None, key=name, on_change=_set_least, args=(name,))


def _set_least(name: str) -> None:
    current, value = session(), state.value_of(name)
    current.warn_below = int(value or 1)


def _pills(cohort: Cohort, key: str, variable: FactorRole) -> None:
    levels = list(cohort.levels(key))
    shown, whole = level_counts(cohort, key), level_counts(cohort.whole, key)
    counts = {v: f"{h}/{a}" for v, h, a in zip(levels, shown, whole, strict=True)}
    condition = session().filters.conditions.get(key)
    chosen = [v for v in levels if condition and v in (condition.levels or ())]
    name = state.widget(f"pills-{key}", chosen)
    st.pills(plain(variable.label), levels, selection_mode="multi", key=name,
             format_func=lambda v: f"{plain(v)} · {plain(counts[v])}",
             on_change=_set_levels, args=(key, name))


def _set_levels(key: str, name: str) -> None:
    current, levels = session(), state.value_of(name)
    current.suggest(lambda filters: filters.with_levels(key, levels))


def _range(cohort: Cohort, key: str, variable: FactorRole) -> None:
    """Two bounds, each with a sign to choose and a number."""
    condition = session().filters.conditions.get(key, Condition())
    bounds = dict(condition.bounds)
    unit = f" ({variable.unit})" if variable.unit else ""
    st.html(f"<div class='cs-label'>{html.escape(variable.label + unit)}</div>")
    for signs, side in ((_FLOOR, "from"), (_CEILING, "to")):
        sign = next((s for s in signs if s in bounds), session().signs.get((key, side)) or _usual(variable, signs))
        left, right = st.columns([0.34, 0.66])
        names = (state.widget(f"{side}-sign-{key}", sign), state.widget(f"{side}-{key}", bounds.get(sign)))
        asked = {"label_visibility": "collapsed", "on_change": _set_bound, "args": (key, side, signs, names)}
        left.selectbox(f"{plain(variable.label)}, {plain(side)}: sign", signs, key=names[0],
                       format_func=_SIGN.__getitem__, **asked)
        right.number_input(f"{plain(variable.label)} {plain(_SIGN[sign])}", value=None, key=names[1], format="%g",
                           placeholder=_SIGN[sign], **asked)


def _usual(variable: FactorRole, signs: tuple[str, ...]) -> str:
    """Return the sign that a bound begins with: at the variable's first cut-point that of its group."""
    closed = variable.cuts[0].closed if variable.cuts else "left" if signs == _FLOOR else "right"
    return signs[int((closed == "right") == (signs == _FLOOR))]


def _set_bound(key: str, side: str, signs: tuple[str, ...], names: tuple[str, str]) -> None:
    current, sign, value = session(), state.value_of(names[0]), state.value_of(names[1])
    current.signs[key, side] = sign

    def bounded(filters: Filters) -> Filters:
        condition = filters.conditions.get(key, Condition())
        kept = tuple(b for b in condition.bounds if b[0] not in signs)
        bounds = kept if value is None else tuple(sorted((*kept, (sign, float(value)))))
        return filters.with_condition(key, Condition(bounds=bounds) if bounds else None)

    current.suggest(bounded)


def _events(cohort: Cohort) -> None:
    """Who had an adverse event: two lists of terms in place of a widget per term."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}
    filters = session().filters
    for band, condition in _HAD.items():
        words = cohort.mapping.grade_words.band(band)
        chosen = [t for t, k in keys.items() if filters.conditions.get(k) == condition]
        name = state.widget(f"had-{words}", chosen)
        st.multiselect(f"Had adverse event, {plain(words)}", list(keys), key=name,
                       on_change=_set_events, args=(keys, condition, name))


def _set_events(keys: dict[str, str], condition: Condition, name: str) -> None:
    current, chosen = session(), set(state.value_of(name))

    def had(filters: Filters) -> Filters:
        for term, key in keys.items():
            if term in chosen:
                filters = filters.with_condition(key, condition)
            elif filters.conditions.get(key) == condition:
                filters = filters.with_condition(key, None)
        return filters

    current.suggest(had)


# ---- chips ---------------------------------------------------------------------------------------

def chips(cohort: Cohort) -> None:
    """Draw each condition as a button that takes it away."""
    for key in cohort.filters.conditions:
        st.button(f"{plain(cohort.condition_words(key))} ✕", key=f"chip-{key}",
                  on_click=session().remove, args=(key,))


def undo_and_reset(cohort: Cohort) -> None:
    """Draw the two buttons that take filters back."""
    st.button("Undo", key="undo", on_click=session().undo, disabled=not session().history,
              type="tertiary")
    st.button("Reset", key="reset", on_click=session().reset, disabled=not cohort.filters,
              type="tertiary")
