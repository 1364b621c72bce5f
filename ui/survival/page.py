"""The Survival page: one endpoint in depth, every figure beside its method."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from core.charts import COUNTS, VIEWS, CurveOptions, Part, km_figure, km_panes_figure
from core.cohort import Cohort, number_of_strata
from core.format import number
from core.language import say
from core.survival import CONF_TYPES, ConfType, SurvivalOptions, longest_tau
from ui.shared.cumulative_incidence import incidence
from ui.shared.curves import choices, compared, curves_part, numbers, reference_choice
from ui.shared.immortal_time import landmark_input
from ui.shared.verification import checks
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show
from ui.shell.parts import let_draw, redraw
from ui.shell.state import chart_id, session
from ui.survival.panels import follow_up_panel, quantile_panel, restricted_means, survival_at, tests

_ONE = "(one plot)"
_MOST_PANES = 8


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """What the page's own widgets hold."""

    conf_type: ConfType
    landmark: float
    panes_by: str | None
    curves: CurveOptions


def survival_page(cohort: Cohort) -> None:
    """Draw the page."""
    choices(cohort)
    endpoint = session().endpoint
    if not endpoint:
        note(say("No endpoint is mapped: survival needs a time and an event column. Choose them on the Cohort page."))
        return
    chosen = _choose(cohort)
    with panel():
        seen = _from_landmark(cohort, endpoint, chosen.landmark)
        by, seen = session().by, compared(seen)
        options = SurvivalOptions(endpoint=endpoint, by=by, conf_type=chosen.conf_type)
        tau = _curves(seen, options, chosen)
        with st.container(key="survival-tables"):
            left, right = st.columns(2, gap="large")
        with left:
            times = survival_at(seen, options)
            shares = quantile_panel(seen, options)
        with right:
            test = tests(seen, options)
            restricted_means(seen, options, tau)
            follow_up_panel(seen, options)
        incidence(seen, by, times)
        checks(seen, SurvivalOptions(endpoint=endpoint, by=by, conf_type=chosen.conf_type, times=times, shares=shares,
                                     tau=tau, test=test))


def _choose(cohort: Cohort) -> _Chosen:
    """Ask how the curves are drawn, and when the clock starts."""
    with st.container(key="survival-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        view = st.segmented_control(say("View"), list(VIEWS), default="survival", key="view", required=True,
                                    format_func=lambda v: say(VIEWS[v]), **state.KEPT)
        panes_by = st.selectbox(say("A plot per level of"), [_ONE, *_panes(cohort)], key="panes", width=180,
                                format_func=lambda k: say("(one plot)") if k == _ONE else cohort.variable(k).label,
                                **state.KEPT)
        reference_choice(cohort, session().by)
        at = landmark_input()
        with st.popover(say("Curve options"), key="curve-options"):
            conf_type = st.segmented_control(say("95% CI on the scale of"), CONF_TYPES, default="log-log",
                                             key="conf-type",
                                             required=True, **state.KEPT)
            counts = st.pills(say("Under the axis"), list(COUNTS), selection_mode="multi", default=list(COUNTS),
                              key="under",
                              **state.KEPT, format_func=lambda c: say(COUNTS[c]))
            faint = st.toggle(say("Whole cohort behind the curves"), value=True, key="faint", **state.KEPT)
            at_risk = st.number_input(say("Draw as far as so many are at risk"), 0, None, 0, key="at-risk",
                                      **state.KEPT,
                                      help=say("0: to the end. Numbers, tests and tables stay as they are."))
    curves = CurveOptions(view=view, band=bool(state.value_of("band")), faint=faint, counts=tuple(counts),
                          at_risk=at_risk)
    return _Chosen(conf_type=conf_type, landmark=at, panes_by=None if panes_by == _ONE else panes_by, curves=curves)


def _panes(cohort: Cohort) -> list[str]:
    """Return the variables whose levels can each have a plot."""
    return [k for k, v in cohort.variables.items() if k != session().by and v.kind != "grade"
            and 1 < number_of_strata(cohort, k) <= _MOST_PANES]


def _from_landmark(cohort: Cohort, endpoint: str, at: float) -> Cohort:
    if not at:
        return cohort
    landmarked = cache.landmarked(cohort, endpoint=endpoint, at=at)
    note(landmarked.words() + say(" Times run from month {at}.", at=number(at)))
    return landmarked.cohort


def _curves(cohort: Cohort, options: SurvivalOptions, chosen: _Chosen) -> float | None:
    """Draw the curves, the slider of tau under them, and their numbers; return tau."""
    place = st.container()
    tau = _tau(cohort, options)
    marked = replace(chosen.curves, tau=tau)
    parts = _parts(cohort, options, chosen.panes_by)
    figure = km_panes_figure(cohort, parts, chosen.panes_by, marked) if chosen.panes_by else km_figure(parts[0], marked)
    with place:
        heading(figure.title, warned=bool(figure.warnings))
        with st.container(key="curves"):
            show(figure, key=f"km-depth-{chart_id(cohort)}-{chosen.panes_by or ''}")
    let_draw()
    numbers(cohort, figure, parts, keys=(options.by, chosen.panes_by), panes=bool(chosen.panes_by))
    if chosen.panes_by:
        note(say("The tables below are for all levels of {label} together.",
                 label=cohort.variable(chosen.panes_by).label))
    return tau


def _tau(cohort: Cohort, options: SurvivalOptions) -> float | None:
    """Ask to which month restricted means run; the longest where nothing is chosen, or less was followed."""
    most = longest_tau(cohort, endpoint=options.endpoint, by=options.by) if cohort.n else 0.0
    if most <= 0:
        return None
    chosen = min(session().tau.get(options.endpoint, most), most)
    with st.container(key="tau"):
        return st.slider(say("τ, the month to which restricted means run"), 0.0, most, format="%g", on_change=_set_tau,
                         key=state.widget(f"tau-{options.endpoint}", chosen), args=(options.endpoint,),
                         help=say("At most the shortest follow-up among the groups.")) or most


def _set_tau(endpoint: str) -> None:
    if at := float(state.value_of(f"tau-{endpoint}") or 0):
        session().tau[endpoint] = at
        redraw()


def _parts(cohort: Cohort, options: SurvivalOptions, panes_by: str) -> list[Part]:
    """Compute what each plot shows: one of all, or one per level of a variable."""
    of = {"endpoint": options.endpoint, "by": options.by, "conf_type": options.conf_type}
    if not panes_by:
        return [curves_part(cohort, whole=cohort.whole, **of)]
    whole = dict(cache.cohort_by_level(cohort.whole, panes_by))
    return [curves_part(part, whole=whole[level], level=level, **of)
            for level, part in cache.cohort_by_level(cohort, panes_by)]
