"""Widgets of one variable's condition, in the sidebar and behind its chip: what is named, kept or excluded, missing."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from core.cohort import Bounds, Cohort, Condition, Filters, level_counts, quarters
from core.language import say
from core.mapping import FactorRole
from ui.shell import state
from ui.shell.escape import plain
from ui.shell.parts import redraw
from ui.shell.state import session

_FLOOR, _CEILING = ("ge", "gt"), ("le", "lt")
_SIGN = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_EXCLUDE, _MISSING = "exclude", "missing"


def condition_widgets(cohort: Cohort, key: str, *, place: str = "") -> None:
    """Draw the widgets; `place` names where, so that the same variable can be asked about in two places.

    A categorical variable has its levels; a number has its ranges, of which each may be given up, and its quarters.
    """
    variable = cohort.variable(key)
    if variable.kind == "categorical":
        _pills(cohort, key, variable, place)
    elif variable.kind == "numeric":
        _ranges(cohort, key, variable, place)
        if place:
            _quarters(cohort, key, variable, place)
    _manner(cohort, key, variable, place)


def _pills(cohort: Cohort, key: str, variable: FactorRole, place: str) -> None:
    levels = list(cohort.levels(key))
    shown, whole = level_counts(cohort, key), level_counts(cohort.whole, key)
    counts = {v: f"{h}/{a}" for v, h, a in zip(levels, shown, whole, strict=True)}
    condition = session().filters.conditions.get(key)
    chosen = [v for v in levels if condition and v in (condition.levels or ())]
    name = state.widget(f"{place}pills-{key}", chosen)
    st.pills(plain(variable.label), levels, selection_mode="multi", key=name,
             format_func=lambda v: f"{plain(v)} · {plain(counts[v])}",
             on_change=_set_levels, args=(key, name))


def _set_levels(key: str, name: str) -> None:
    current, levels = session(), state.value_of(name)
    current.suggest(lambda filters: filters.with_levels(key, levels))
    redraw()


def _manner(cohort: Cohort, key: str, variable: FactorRole, place: str) -> None:
    """Exclude in place of keeping; name those whose value is missing, where there are any."""
    condition = session().filters.conditions.get(key, Condition())
    missing = int(cohort.whole.values(key).isna().sum())
    options = [*([_EXCLUDE] if not condition.empty else []), *([_MISSING] if missing else [])]
    if not options:
        return
    chosen = [*([_EXCLUDE] if condition.negated else []), *([_MISSING] if condition.missing and missing else [])]
    name = state.widget(f"{place}manner-{key}", chosen)
    words = {_EXCLUDE: say("exclude"), _MISSING: say("missing · {missing}", missing=missing)}
    st.pills(say("{label}: exclude, missing", label=plain(variable.label)), options, selection_mode="multi", key=name,
             format_func=lambda o: plain(words[o]), label_visibility="collapsed",
             on_change=_set_manner, args=(key, name))


def _set_manner(key: str, name: str) -> None:
    current, chosen = session(), set(state.value_of(name))

    def changed(filters: Filters) -> Filters:
        filters = filters.with_missing(key, _MISSING in chosen)
        negated = filters.conditions.get(key, Condition()).negated
        return filters.inverted(key) if negated != (_EXCLUDE in chosen) else filters
    current.suggest(changed)
    redraw()


# ---- ranges of a number --------------------------------------------------------------------------

def _ranges(cohort: Cohort, key: str, variable: FactorRole, place: str) -> None:
    """A row per range, and an empty one in which a further range begins."""
    ranges = session().filters.conditions.get(key, Condition()).ranges
    unit = f" ({variable.unit})" if variable.unit else ""
    st.html(f"<div class='cs-label'>{html.escape(variable.label + unit)}</div>")
    for i, bounds in enumerate((*ranges, ()) if ranges else ((),)):
        if i:
            st.html(f"<div class='cs-label'>{say('or')}</div>")
        _range(key, variable, bounds, i, place)


def _range(key: str, variable: FactorRole, bounds: Bounds, number: int, place: str) -> None:
    """Two bounds, each with a sign to choose and a number."""
    given, suffix = dict(bounds), f"{key}-{number}" if number else key
    for signs, side in ((_FLOOR, "from"), (_CEILING, "to")):
        sign = next((s for s in signs if s in given), session().signs.get((suffix, side)) or _usual(variable, signs))
        left, right = st.columns([0.34, 0.66])
        names = (state.widget(f"{place}{side}-sign-{suffix}", sign),
                 state.widget(f"{place}{side}-{suffix}", given.get(sign)))
        asked = {"label_visibility": "collapsed", "on_change": _set_bound, "args": (key, number, side, signs, names)}
        label = f"{plain(variable.label)}{f', range {number + 1}' if number else ''}"
        left.selectbox(say("{label}, {side}: sign", label=plain(label), side=plain(side)), signs, key=names[0],
                       format_func=_SIGN.__getitem__, **asked)
        right.number_input(f"{plain(label)} {plain(_SIGN[sign])}", value=None, key=names[1], format="%g",
                           placeholder=_SIGN[sign], **asked)


def _usual(variable: FactorRole, signs: tuple[str, ...]) -> str:
    """Return the sign that a bound begins with: at the variable's first cut-point that of its group."""
    closed = variable.cuts[0].closed if variable.cuts else "left" if signs == _FLOOR else "right"
    return signs[int((closed == "right") == (signs == _FLOOR))]


def _set_bound(key: str, number: int, side: str, signs: tuple[str, ...], names: tuple[str, str]) -> None:
    current, sign, value = session(), state.value_of(names[0]), state.value_of(names[1])
    current.signs[f"{key}-{number}" if number else key, side] = sign

    def bounded(filters: Filters) -> Filters:
        condition = filters.conditions.get(key, Condition())
        ranges = [*condition.ranges, ()]
        kept = tuple(b for b in ranges[min(number, len(ranges) - 1)] if b[0] not in signs)
        ranges[min(number, len(ranges) - 1)] = kept if value is None else tuple(sorted((*kept, (sign, float(value)))))
        changed = condition.with_ranges(ranges)
        return filters.with_condition(key, None if changed.empty else changed)

    current.suggest(bounded)
    redraw()


def _quarters(cohort: Cohort, key: str, variable: FactorRole, place: str) -> None:
    """Offer the quarters of a number's values, each with its interval."""
    groups = quarters(cohort.whole, key)
    if len(groups) < 2:
        return
    ranges = session().filters.conditions.get(key, Condition()).ranges
    chosen = [i for i, group in enumerate(groups) if group.bounds in ranges]
    name = state.widget(f"{place}quarters-{key}", chosen)
    words = [group.words(variable.unit) for group in groups]
    st.pills(say("{label}: quarters of the patients", label=plain(variable.label)), range(len(groups)),
             selection_mode="multi", key=name,
             format_func=lambda i: plain(words[i]), on_change=_set_quarters, args=(key, groups, name))


def _set_quarters(key: str, groups: Sequence[Condition], name: str) -> None:
    current, chosen = session(), state.value_of(name)

    def changed(filters: Filters) -> Filters:
        condition = filters.conditions.get(key, Condition()).with_ranges(groups[i].bounds for i in chosen)
        return filters.with_condition(key, None if condition.empty else condition)
    current.suggest(changed)
    redraw()
