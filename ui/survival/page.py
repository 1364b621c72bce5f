"""The Survival page: one endpoint in depth, every figure beside its method."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.charts import Part, km_figure, km_panes_figure
from core.cohort import Cohort
from core.errors import CohortError
from core.format import number
from core.language import say
from core.survival import SurvivalOptions, longest_tau
from ui.shared.cumulative_incidence import incidence
from ui.shared.curves import compared, curves_part, numbers
from ui.shared.verification import checks
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show
from ui.shell.parts import let_draw, redraw
from ui.shell.state import chart_id, session
from ui.survival.choices import Chosen, chosen
from ui.survival.panels import follow_up_panel, quantile_panel, restricted_means, survival_at, tests


def survival_curves(cohort: Cohort) -> None:
    """Draw the curves, the slider of tau under them, and their numbers."""
    if not session().endpoint:
        note(say("No endpoint is mapped: survival needs a time and an event column. Choose them on the Cohort page."))
        return
    held = chosen(cohort)
    with panel():
        seen, options, words = _seen(cohort, held)
        if words:
            note(words)
        _curves(seen, options, held)


def survival_tables(cohort: Cohort) -> None:
    """Draw the tables of what is read from the curves, tests and checks."""
    if not session().endpoint:
        return
    try:
        seen, options, _ = _seen(cohort, chosen(cohort))
        tau, _ = _tau(seen, options)
    except CohortError:  # why stands in place of the curves
        return
    with panel():
        with st.container(key="survival-tables"):
            left, right = st.columns(2, gap="large")
        with left:
            times = survival_at(seen, options)
            shares = quantile_panel(seen, options)
        with right:
            test = tests(seen, options)
            restricted_means(seen, options, tau)
            follow_up_panel(seen, options)
        incidence(seen, options.by, times)
        checks(seen, replace(options, times=times, shares=shares, tau=tau, test=test))


def _seen(cohort: Cohort, held: Chosen) -> tuple[Cohort, SurvivalOptions, str]:
    """Return the patients whose curves are drawn, from a landmark on or beside all others; how; and words about it."""
    options = SurvivalOptions(endpoint=session().endpoint, by=session().by, conf_type=held.conf_type)
    if not held.landmark:
        return compared(cohort), options, ""
    landmarked = cache.landmarked(cohort, endpoint=options.endpoint, at=held.landmark)
    words = landmarked.words() + say(" Times run from month {at}.", at=number(held.landmark))
    return compared(landmarked.cohort), options, words


def _curves(cohort: Cohort, options: SurvivalOptions, held: Chosen) -> None:
    tau, most = _tau(cohort, options)
    marked = replace(held.curves, tau=tau)
    parts = _parts(cohort, options, held.panes_by)
    figure = km_panes_figure(cohort, parts, held.panes_by, marked) if held.panes_by else km_figure(parts[0], marked)
    heading(figure.title, warned=bool(figure.warnings))
    with st.container(key="curves"):
        show(figure, key=f"km-depth-{chart_id(cohort)}-{held.panes_by or ''}")
    let_draw(figure)
    if tau is not None:
        _slider(options.endpoint, tau, most)
    numbers(cohort, figure, parts, keys=(options.by, held.panes_by), panes=bool(held.panes_by))
    if held.panes_by:
        note(say("The tables below are for all levels of {label} together.",
                 label=cohort.variable(held.panes_by).label))


def _tau(cohort: Cohort, options: SurvivalOptions) -> tuple[float | None, float]:
    """Return the month to which restricted means run, None without follow-up, and the last one that it can be."""
    most = longest_tau(cohort, endpoint=options.endpoint, by=options.by) if cohort.n else 0.0
    return (min(session().tau.get(options.endpoint, most), most) if most > 0 else None), most


def _slider(endpoint: str, tau: float, most: float) -> None:
    """Ask to which month restricted means run."""
    with st.container(key="tau"):
        st.slider(say("τ, the month to which restricted means run"), 0.0, most, format="%g", on_change=_set_tau,
                  key=state.widget(f"tau-{endpoint}", tau), args=(endpoint,),
                  help=say("At most the shortest follow-up among the groups."))


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
