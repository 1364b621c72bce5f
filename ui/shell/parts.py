"""The parts of a page: what a click changes is drawn anew part by part, the nearest to the hand first.

Each part is a fragment with a key. A full run draws the page's frame and all its parts; a change of filters, endpoint
or strata runs those parts alone that show something else after it, in the order of `_at_a_change`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.cohort import Cohort, Filters
from core.errors import FilterError
from core.figure import Figure
from core.language import speaking, spoken
from ui.shell import cache, sending
from ui.shell.state import Turn, session

_DRAWING, _DRAWING_A_ROW, _MOST_DRAWING = 0.04, 15e-6, 0.12  # seconds
_LONG = 0.4  # seconds in which a part is drawn


def part(name: str, draw: Callable[[Cohort], None], *, changes: bool = True, turn: Turn = "in order",
         shows: Callable[[], object] = lambda: None) -> None:
    """Draw a part of the page: a function of the filtered cohort, that a change runs again by itself.

    Parameters
    ----------
    changes : whether it shows what changes; else it runs when it is asked for by its name
    turn : when it runs at a change, wherever it stands
    shows : what a change may alter of the part: it is not drawn again while this stays equal; None: always
    """
    @st.fragment(key=name)
    def drawn() -> None:
        current = session()
        current.on_part(name)
        begun, shown = time.monotonic(), shows()
        with speaking(spoken()):  # asked for once, not for each text
            draw(filtered_cohort())
        current.took[name], current.shown[name] = time.monotonic() - begun, shown
        if name != next(iter(current.parts), name):
            sending.send()
    drawn()
    if changes:
        session().parts[name], session().shows[name] = turn, shows


def _at_a_change() -> list[str]:
    """Return the parts that a change runs: numbers and first chart, the bar's widgets, the others, the late ones.

    Not those that show now what they showed when they were drawn last, such as what is closed; but those that this run
    is of: a press that is heard with an action is answered by its part alone, and what a part sent last may not have
    left the server.

    The bar's widgets cost the browser 22 ms: the numbers and the chart do not wait for them. They do not wait, either,
    for a chart that took long when it was last drawn.
    """
    current = session()
    parts = {name: turn for name, turn in current.parts.items() if _is_touched(name) or _shows_another(name)}
    in_order, second, late = ([n for n, turn in parts.items() if turn == t] for t in ("in order", "second", "late"))
    slow = any(current.took.get(name, 0.0) > _LONG for name in in_order[1:2])
    before = 1 if slow else 2
    return [*in_order[:before], *second, *in_order[before:], *late]


def _shows_another(name: str) -> bool:
    """Tell whether a part shows another thing than when it was drawn last, or may do so."""
    current = session()
    would_show = current.shows[name]()
    return would_show is None or would_show != current.shown.get(name)


def _is_touched(name: str) -> bool:
    """Tell whether the run of this callback is of a part: one of its widgets was used."""
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run:
        return False
    try:
        return not set(context.fragment_storage.resolve_target(name)).isdisjoint(context.fragment_ids_this_run)
    except StreamlitAPIException:  # a part that the server does not know any more
        return True


def let_draw(*figures: Figure) -> None:
    """Let the browser draw the charts that it was sent: by itself it would first take in all that follows.

    Curves of 100,000 patients are thousands of rows, which take two to three times as long as those of a hundred.
    """
    sending.send()
    rows = sum(len(values) for figure in figures for values in (figure.chart or {}).get("datasets", {}).values())
    time.sleep(min(_DRAWING + rows * _DRAWING_A_ROW, _MOST_DRAWING))


def redraw(*parts: str) -> None:
    """Run parts of the page, those that a change concerns or some by name, in place of what follows a callback else.

    The whole page where a click came before it was drawn to its end. Nothing where this run draws a whole page anyway:
    another one, of whose parts the browser has none, or this one for a button beside its parts.
    """
    if _draws_the_whole_page():
        return
    sending.keep_back()
    try:
        st.rerun(list(parts) or _at_a_change() or "app")
    except StreamlitAPIException:  # a part that the server does not know any more
        st.rerun()


def _draws_the_whole_page() -> bool:
    """Tell whether the run of this callback is of a page: Streamlit makes one run of clicks on a part and beside it."""
    context = get_script_run_ctx()
    return context is None or not context.fragment_ids_this_run


def after(change: Callable[..., None], button: str) -> Callable[..., None]:
    """Return a button's callback: it makes a change of the session and draws the page's parts anew."""
    def changed(*args: object) -> None:
        session().press(button, partial(change, *args))
        redraw()
    return changed


def filtered_cohort() -> Cohort:
    """Return the session's cohort with its filters on."""
    whole = cache.whole_cohort()
    try:
        return cache.filtered(whole, session().filters)
    except FilterError:  # filters of a former mapping: they cannot hold for this one
        session().filters = Filters()
        return cache.filtered(whole, Filters())
