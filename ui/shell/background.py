"""Long work on screen: it is done in a process of its own, shows how far it is, and can be given up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import CohortError
from core.language import say
from core.workers import WORKERS, Bounds
from ui.shell.state import session

_PATIENCE = 0.7  # seconds before anything is said: most work is done by then


class GivenUp(CohortError):
    """Say that a person gave the work up."""


def apart(words: str, function: Callable[..., Any], *args: Any, bounds: Bounds, key: str, **kwargs: Any) -> Any:
    """Call a function of core in another process, and return what it returns.

    While it works the page shows `words`, how far it is, and a button that gives it up; any other click ends it, too.

    Parameters
    ----------
    key : names the work: what was given up is not begun again until it is asked for

    Raises
    ------
    GivenUp
        If it was given up.
    CohortError
        What the function raises, or which bound it met.
    """
    if key in session().given_up:
        st.button(say("Try again"), key=f"again-{key}", on_click=session().given_up.discard, args=(key,),
                  icon=":material/refresh:")
        raise GivenUp(say("This was given up."))
    place, began = st.empty(), time.monotonic()
    slot: Any = None  # for words or a bar, beside the button that gives the work up

    def shown() -> Any:
        nonlocal slot
        if slot is None:
            with place.container(horizontal=True, vertical_alignment="center"):
                slot = st.empty()
                st.button(say("Give up"), key=f"give-up-{key}", on_click=session().given_up.add, args=(key,))
        return slot

    # Each call that draws is one at which a newer click can end this run.
    def wait(share: float) -> None:
        if slot is None and time.monotonic() - began < _PATIENCE:
            place.empty()
        else:
            shown().progress(min(share, 1.0), words)

    def in_line(ahead: int) -> None:
        shown().html(f"<p class='cs-note' role='status'>{_busy(ahead)}</p>")

    try:
        return WORKERS.run(function, *args, bounds=bounds, wait=wait, in_line=in_line, **kwargs)
    finally:
        place.empty()


def _busy(ahead: int) -> str:
    return say("The server is busy: {tasks} before you …", tasks=str(ahead))
