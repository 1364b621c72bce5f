"""Choices of the curves that several pages have, what they draw, and the numbers under them."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from core.charts import Part, assumption, part_of
from core.cohort import SELECTION, Cohort, reference_level, strata
from core.figure import Figure
from core.language import say
from core.survival import ConfType
from ui.shared.immortal_time import guard
from ui.shell import cache, state
from ui.shell.display import note, table
from ui.shell.escape import plain
from ui.shell.parts import redraw
from ui.shell.record import looked
from ui.shell.state import session

NO_STRATA = "(one curve)"
_SURVIVAL = "pages/2_Survival.py"


def choices(cohort: Cohort) -> None:
    """Let the person choose endpoint, strata and band."""
    current = session()
    with st.container(key="choices", horizontal=True, vertical_alignment="bottom", gap="medium"):
        endpoint_choice(cohort, visible=False)
        options = [k for k, v in cohort.variables.items()
                   if v.kind != "categorical" or len(cohort.levels(k)) > 1]
        names = {NO_STRATA: say("One curve"), SELECTION: say("The selection against all others")}
        st.selectbox(say("Compare by"), [NO_STRATA, SELECTION, *options],
                     key=state.widget("by", current.by or NO_STRATA),
                     format_func=lambda k: names.get(k) or say("by {label}", label=cohort.variable(k).label),
                     on_change=_set_by, label_visibility="collapsed", width=240)
        st.toggle("95% CI", key="band", value=True, on_change=redraw, **state.KEPT)


def chosen() -> object:
    """Return what a change may alter of `choices`: the variables to compare by, and what is chosen."""
    return cache.whole_cohort().key, session().endpoint, session().by


def endpoint_choice(cohort: Cohort, *, visible: bool) -> None:
    """Let the person choose the endpoint, which all pages share."""
    if cohort.endpoints:
        st.segmented_control(say("Endpoint"), cohort.endpoints, key=state.widget("endpoint", session().endpoint),
                             format_func=plain, on_change=_set_endpoint, required=True,
                             label_visibility="visible" if visible else "collapsed")


def reference_choice(cohort: Cohort, by: str | None) -> None:
    """Let the person choose the stratum that the others are compared with."""
    levels = strata(cohort, by).levels if by and by != SELECTION else ()
    if by and len(levels) > 1:
        key = state.widget(f"against-{by}", reference_level(cohort, by))
        st.selectbox(say("Compared with"), levels, key=key, on_change=_set_reference, args=(by,), width=180,
                     help=say("Hazard ratios and differences are against it, on every page."))


def compared(cohort: Cohort) -> Cohort:
    """Return the cohort that the chosen strata are of: for the selection against all others, the whole one.

    Raises
    ------
    NotEstimable
        If nothing is selected.
    """
    return cache.beside_the_rest(cohort) if session().by == SELECTION else cohort


def curves_part(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType = "log-log",
                whole: Cohort | None = None, level: str = "") -> Part:
    """Compute what a plot of curves shows, of what the session keeps.

    Parameters
    ----------
    whole : whose curves stand faint behind those of a filtered cohort; None for none
    """
    return part_of(cohort, endpoint=endpoint, by=by, conf_type=conf_type, whole=whole, level=level,
                   curves=cache.kaplan_meier, effect=cache.treatment_effect)


def numbers(cohort: Cohort, figure: Figure, parts: Sequence[Part], *, keys: tuple[str | None, ...],
            panes: bool = False) -> None:
    """Write the numbers; the room under them is kept, so that a remark moves nothing.

    Parameters
    ----------
    parts : what the figure draws; its ratios stand in the table, their assumption beside the finding
    keys : the variables that split the curves, for the immortal-time guard
    panes : whether the figure has a plot per part: the finding and the assumption of each stand for themselves
    """
    table(figure.table)
    with st.container(key="said"):
        _said(figure, parts, panes)
        with st.container(key="remarks", gap="xsmall"):
            note(*figure.warnings, strong=True)
            guard(cohort, *keys)
            note(*figure.notes)
            looked(parts)


def _said(figure: Figure, parts: Sequence[Part], panes: bool) -> None:
    """Say what the tests found, by which methods, and the way to restricted means where hazards change."""
    finding = " · ".join(figure.summary if panes else figure.summary[:1])
    verdict = "" if panes else " · ".join(assumption(parts[0]))
    st.html(f"<p class='cs-p' data-testid='log-rank'><b>{html.escape(finding)}</b>"
            f"{f' · <span>{html.escape(verdict)}</span>' if verdict else ''}"
            f"<span class='cs-note'>{' · ' if finding else ''}{html.escape(figure.explained())}</span></p>")
    if any(part.means is not None for part in parts):
        st.page_link(_SURVIVAL, label=say("Compare restricted means"), icon=":material/trending_down:",
                     query_params=state.own_parameter())


def _set_reference(by: str) -> None:
    current, level = session(), state.value_of(f"against-{by}")
    current.references = current.references | {by: str(level)}
    redraw()


def _set_endpoint() -> None:
    session().endpoint = str(state.value_of("endpoint"))
    redraw()


def _set_by() -> None:
    current, by = session(), state.value_of("by")
    current.by = None if by == NO_STRATA else by
    redraw()
