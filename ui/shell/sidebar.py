"""The sidebar: the same filters as the charts', from the keyboard, and numbers to the digit."""

from __future__ import annotations

import html
from pathlib import Path

import streamlit as st

from core.cohort import Cohort, Condition, Filters, level_counts
from core.mapping import FactorRole
from ui.shell import state
from ui.shell.escape import plain
from ui.shell.filters import HAD
from ui.shell.parts import redraw
from ui.shell.state import session

SIDEBAR = "sidebar"
_FLOOR, _CEILING = ("ge", "gt"), ("le", "lt")
_SIGN = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_watched = st.components.v2.component(
    "cohortscope_sidebar", html="<div></div>", isolate_styles=False,
    js=(Path(__file__).parent / "sidebar.js").read_text(encoding="utf-8"))


def sidebar(cohort: Cohort) -> None:
    """Draw a widget per variable, in step with the charts; while the sidebar is closed none that waits out of sight."""
    st.html("<h2 class='cs-side'>Filters</h2>")
    _watched(key="sidebar-watch", on_open_change=_opened)
    if not session().sidebar_open:
        return
    for key, variable in cohort.variables.items():
        if variable.kind == "numeric":
            _range(cohort, key, variable)
        elif variable.kind == "categorical" and len(cohort.levels(key)) > 1:
            _pills(cohort, key, variable)
    if any(v.kind == "grade" for v in cohort.variables.values()):
        _events(cohort)
    name = state.widget("least", session().warn_below)
    st.number_input("Warn below so many patients", 1, None, key=name, on_change=_set_least, args=(name,))
    name = state.widget("exact", session().exact)
    st.number_input("Curves that follow a brush: times in intervals above so many patients", 0, None, key=name,
                    on_change=_set_exact, args=(name,), help="What comes when a range is let go is exact at any size.")


def _set_least(name: str) -> None:
    current, value = session(), state.value_of(name)
    current.warn_below = int(value or 1)
    redraw()


def _set_exact(name: str) -> None:
    current = session()
    current.clicked_this_run, current.exact, current.brushed = True, int(state.value_of(name) or 0), ""
    redraw()


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
    redraw()


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
    redraw()


def _events(cohort: Cohort) -> None:
    """Who had an adverse event: two lists of terms in place of a widget per term."""
    keys = {v.label: k for k, v in cohort.variables.items() if v.kind == "grade"}
    filters = session().filters
    for band, condition in HAD.items():
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
    redraw()


def _opened() -> None:
    """Note whether the sidebar is open: only then a change draws it anew."""
    current, sent = session(), state.value_of("sidebar-watch")
    current.sidebar_open = bool(sent and sent.get("open"))
    current.parts = [p for p in current.parts if p != SIDEBAR] + ([SIDEBAR] if current.sidebar_open else [])
