"""What the Survival page lets the person choose: how curves are drawn, from when, and compared with what."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.charts import COUNTS, VIEWS, CurveOptions
from core.cohort import Cohort, number_of_strata
from core.language import say
from core.survival import CONF_TYPES, ConfType
from ui.shared.curves import choices, reference_choice
from ui.shared.immortal_time import landmark_input
from ui.shell import state
from ui.shell.parts import redraw
from ui.shell.state import session

_ONE = "(one plot)"
_MOST_PANES = 8


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the page's own widgets hold."""

    conf_type: ConfType
    landmark: float
    panes_by: str | None
    curves: CurveOptions


def survival_choices(cohort: Cohort) -> None:
    """Draw the page's widgets."""
    choices(cohort)
    if not session().endpoint:
        return
    with st.container(key="survival-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(say("View"), list(VIEWS), default="survival", key="view", required=True,
                             format_func=lambda v: say(VIEWS[v]), on_change=redraw, **state.KEPT)
        st.selectbox(say("A plot per level of"), [_ONE, *_panes(cohort)], key="panes", width=180,
                     format_func=lambda k: say("(one plot)") if k == _ONE else cohort.variable(k).label,
                     on_change=redraw, **state.KEPT)
        reference_choice(cohort, session().by)
        landmark_input()
        with st.popover(say("Curve options"), key="curve-options"):
            _options()


def _options() -> None:
    st.segmented_control(say("95% CI on the scale of"), CONF_TYPES, default="log-log", key="conf-type", required=True,
                         on_change=redraw, **state.KEPT)
    st.pills(say("Under the axis"), list(COUNTS), selection_mode="multi", default=list(COUNTS), key="under",
             format_func=lambda c: say(COUNTS[c]), on_change=redraw, **state.KEPT)
    st.toggle(say("Whole cohort behind the curves"), value=True, key="faint", on_change=redraw, **state.KEPT)
    st.number_input(say("Draw as far as so many are at risk"), 0, None, 0, key="at-risk", on_change=redraw,
                    help=say("0: to the end. Numbers, tests and tables stay as they are."), **state.KEPT)


def chosen(cohort: Cohort) -> Chosen:
    """Return what the widgets hold, which are drawn before on a whole page and after where patients change."""
    panes_by = state.value_of("panes")
    curves = CurveOptions(view=state.value_of("view"), band=bool(state.value_of("band")),
                          faint=bool(state.value_of("faint")), counts=tuple(state.value_of("under")),
                          at_risk=state.value_of("at-risk"))
    return Chosen(conf_type=state.value_of("conf-type"), landmark=session().landmark,
                  panes_by=panes_by if panes_by in _panes(cohort) else None, curves=curves)


def _panes(cohort: Cohort) -> list[str]:
    """Return the variables whose levels can each have a plot."""
    return [k for k, v in cohort.variables.items() if k != session().by and v.kind != "grade"
            and 1 < number_of_strata(cohort, k) <= _MOST_PANES]
