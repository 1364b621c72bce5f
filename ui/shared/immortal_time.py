"""The immortal-time guard: where survival is read by what is known only later, a landmark is offered."""

from __future__ import annotations

import math

import streamlit as st

from core.cohort import Cohort, later_keys, month_known_for_all
from core.format import number
from core.language import say
from ui.shell import state
from ui.shell.escape import plain
from ui.shell.parts import redraw
from ui.shell.state import session

_SURVIVAL = "pages/2_Survival.py"


def landmark_input() -> float:
    """Ask for the landmark; 0 for none."""
    return st.number_input(
        say("Landmark, month"), 0.0, None, step=1.0, format="%g", width=182, on_change=_set_landmark,
        key=state.widget("landmark", session().landmark),
        help=say("0 for none. It starts the clock later, for those still followed then: the honest way to compare by "
                 "response or adverse events."))


def guard(cohort: Cohort, *keys: str | None) -> None:
    """Offer the landmark by which what splits or filters the curves was known; ask for it where no date says."""
    later = later_keys(cohort, keys)
    if not later or cohort.whole.landmark or not cohort.n:
        return
    month = month_known_for_all(cohort, later)
    names = ", ".join(cohort.variable(k).label for k in later)
    with st.container(key="guard", horizontal=True, vertical_alignment="bottom", gap="small"):
        if month is None:
            at = st.number_input(say("By which month was it known? No date is given ({names}).", names=plain(names)),
                                 0.0, None, 3.0,
                                 step=1.0, format="%g", key="guard-month", width=360, **state.KEPT)
            words = say("Landmark analysis from there")
        else:
            at = math.ceil(month * 10) / 10  # not before the last of the dates
            words = say("Landmark analysis from month {at}, when it was known for all", at=number(at))
        if st.button(plain(words), key="guard-start", icon=":material/flag:") and at > 0:
            session().landmark = at
            st.switch_page(_SURVIVAL, query_params=state.own_parameter())


def _set_landmark() -> None:
    current, at = session(), state.value_of("landmark")
    current.landmark = float(at or 0)
    redraw()
