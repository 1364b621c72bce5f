"""What is done in the page's components: numbered actions, each done once and in order, and buttons in their turn.

The browser's side is actions.js. All components of a page share one list of actions; each sends all of it that the
server has not acknowledged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from core.cohort import Bounds, Cohort, Condition, Filters, between, quarters
from core.errors import FilterError
from core.language import spoken
from ui.shell import cache, state
from ui.shell.parts import redraw
from ui.shell.state import chart_id, session
from ui.shell.view import first_choices

HAD: dict[str, Condition] = {"any": Condition(bounds=(("ge", 1.0),)), ">=3": Condition(bounds=(("ge", 3.0),))}
SIDES: dict[str, tuple[str, str]] = {"from": ("ge", "gt"), "to": ("le", "lt")}
_NOT_IN_A_CLASS = re.compile(r"[^a-zA-Z0-9_-]")


def listen(whole: Cohort, name: str) -> dict[str, Any]:
    """Do what a component sends, by its name; return what the browser must know to number actions.

    Runs the page anew where there was something of which there was no callback, for the page was being drawn.
    """
    current = session()
    if name not in current.components:
        current.components.append(name)
    if _do(whole):
        st.rerun()
    current.in_turn = lambda button, change: _press(whole, button, change)
    return {"of": chart_id(whole), "acknowledged": current.acknowledged, "heard": current.heard, "language": spoken()}


def take(whole: Cohort) -> None:
    """Do what was done in the browser since it was last heard."""
    _do(whole)
    redraw()


def _press(whole: Cohort, button: str, change: Callable[[], None]) -> None:
    """Make the change of a button in its turn.

    In one run Streamlit calls the buttons in an order of its own, and before the components. The browser names a button
    that is pressed while actions wait; where it is not named, it was pressed before all that waits.
    """
    current, shown = session(), _NOT_IN_A_CLASS.sub("-", button)  # as Streamlit writes a key on the page
    if any(_unheard(action, shown) for action in _waiting()):
        current.pressed[shown] = change
        _do(whole, complete=False)
    else:
        current.heard[shown] = current.heard.get(shown, 0) + 1
        change()


def _unheard(action: Mapping[str, Any], button: str) -> bool:
    """Tell whether an action names a press of a button that was not heard yet."""
    return action.get("button") == button and action["nth"] > session().heard.get(button, 0)


def _waiting() -> list[Mapping[str, Any]]:
    """Return the actions that are not yet done, of all components of the page."""
    current, by_number = session(), {}
    for name in current.components:
        sent = state.value_of(name)
        by_number |= {action["id"]: action for action in (sent.get("actions") if sent else None) or ()}
    return [by_number[number] for number in sorted(by_number) if number > current.acknowledged]


def _do(whole: Cohort, *, complete: bool = True) -> bool:
    """Do the actions that are not yet done, each once and in order; tells whether there were any.

    Parameters
    ----------
    complete : whether all buttons of this run have been heard; else this ends where one is named that was not yet
    """
    current, waiting = session(), _waiting()
    for action in waiting:
        if action["kind"] == "button" and _unheard(action, action["button"]):
            change = current.pressed.get(action["button"])  # named twice it was pressed twice, and is heard once
            if change is None and not complete:
                return True
            if change is not None:
                current.heard[action["button"]] = action["nth"]
                change()
        if action.get("of", chart_id(whole)) == chart_id(whole):  # else it was meant of another file
            with suppress(FilterError):  # of a mapping that is no more
                filters = _done(whole, current.filters, action)
                cache.filtered(whole, filters)
                current.act(filters)
        current.acknowledge(action["id"], int(action.get("looks", 0)))
    if complete:
        current.pressed.clear()
    return bool(waiting)


def _done(whole: Cohort, filters: Filters, action: Mapping[str, Any]) -> Filters:
    """Do an action but for its filters, and return these.

    Raises
    ------
    FilterError : for a bound that is none, or a variable that the cohort does not have
    """
    current, kind = session(), action["kind"]
    if kind == "button":
        return filters
    if kind == "split":
        current.by = _split(whole, current.by, action["key"])
        return filters
    if kind == "set":
        _set(action["name"], action["at"])
        return filters
    if kind in ("range", "quarter") and whole.variable(action["key"]).kind != "numeric":  # any more
        return filters
    if kind == "bounds":
        current.signs |= {(action["key"], action["number"], side): sign for side, sign in action["signs"].items()}
    return after(whole, filters, action)


def _split(whole: Cohort, by: str | None, key: str) -> str | None:
    """Return what splits the curves once that is asked of a variable: a second time, what did at first, or nothing."""
    if key not in whole.variables:  # of a mapping that is no more
        return by
    if by != key:
        return key
    first = first_choices(whole)[1]
    return None if key == first else first


def _set(name: str, at: float | None) -> None:
    """Set below how many patients the app warns, or up to how many the curves of a range are exact."""
    current = session()
    if name == "least":
        current.warn_below = max(1, int(at or 1))
    else:
        current.exact, current.brushed = max(0, int(at or 0)), ""


def after(whole: Cohort, filters: Filters, action: Mapping[str, Any]) -> Filters:
    """Return the filters that an action leads to.

    Raises
    ------
    FilterError : for a bound that is none
    """
    key, kind = action["key"], action["kind"]
    if kind == "toggle":
        return filters.toggled(key, action["level"], exclude=bool(action.get("exclude")))
    if kind == "invert":
        return filters.inverted(key)
    if kind == "event":
        had = HAD[action["band"]]
        return filters.with_condition(key, None if filters.conditions.get(key) == had else had)
    if kind in ("bounds", "quarter"):
        condition = filters.conditions.get(key, Condition())
        ranges = _with_bounds(condition, action) if kind == "bounds" else _with_quarter(whole, condition, action)
        changed = condition.with_ranges(ranges)
        return filters.with_condition(key, None if changed.empty else changed)
    excluding = bool(action.get("exclude"))
    if kind == "missing":
        return filters.with_missing(key, not filters.conditions.get(key, Condition()).missing, exclude=excluding)
    ranged = _ranged(whole, filters, action)
    return ranged.inverted(key) if excluding and key not in filters else ranged


def _with_bounds(condition: Condition, action: Mapping[str, Any]) -> list[Bounds]:
    """Return a condition's ranges with one in place of what its row had `before`; none where it is empty."""
    before = tuple((sign, float(at)) for sign, at in action["before"])
    given = {action["signs"][side]: action["at"][side] for side in SIDES if action["at"][side] is not None}
    others = [bounds for bounds in condition.ranges if bounds != before]
    return [*others, Condition.from_json(given).bounds] if given else others


def _with_quarter(whole: Cohort, condition: Condition, action: Mapping[str, Any]) -> list[Bounds]:
    """Return a condition's ranges with a quarter of the values, or without it; other ranges end."""
    groups = [group.bounds for group in quarters(whole, action["key"])]
    chosen = {group for group in groups if group in condition.ranges} ^ set(groups[action["at"]:action["at"] + 1])
    return [group for group in groups if group in chosen]


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
