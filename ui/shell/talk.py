"""What is put among the slides of the talk: a figure as it is, all of a page, or one figure for each group."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from core.cohort import Cohort, baseline_groups, strata
from core.errors import CohortError
from core.export import Entry, Style
from core.figure import Figure, Recipe
from core.format import plural
from core.language import say
from core.recipes import of_each, within
from core.workers import Bounds
from ui.shell import cache
from ui.shell.background import apart
from ui.shell.display import note
from ui.shell.record import with_standing
from ui.shell.save_session import enclosing
from ui.shell.state import session

_MOST = 8  # groups of which each has a slide
_BOUNDS = Bounds(seconds=120, memory=3 * 1024**3, remedy="Choose a variable with fewer groups.")


def offer(figure: Figure, style: Style, main: list[Figure]) -> None:
    """Offer to put the figure, all of the page, or the figure of each group among the slides of the talk."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(say("Add to the slides"), key="export-add", icon=":material/add_to_photos:", on_click=_take,
                  args=([replace(figure, title=style.title.strip() or figure.title)],))
        if len(main) > 1:
            st.button(say("Add all {number} figures", number=len(main)), key="export-add-all", on_click=_take,
                      args=(main,))
        if figure.recipe and not figure.recipe.rest:
            _each(figure, figure.recipe)
        if session().deck:
            note(say("{figures} on the page Slides.", figures=plural(len(session().deck), 'figure')))


def _take(figures: list[Figure]) -> None:
    session().deck.extend(Entry(figure=figure) for figure in figures)


def _each(figure: Figure, recipe: Recipe) -> None:
    """Offer the same figure within each group of a variable, a slide per group."""
    whole = cache.whole_cohort()
    keys = [k for k in baseline_groups(whole, most=_MOST) if k != recipe.choices.get("by")]
    if not keys:
        return
    key = st.selectbox(say("The same for each"), keys, None, key=f"export-each-{figure.slug}", width=190,
                       placeholder=say("The same for each …"), label_visibility="collapsed",
                       format_func=lambda k: say("for each {label}", label=whole.variable(k).label))
    if key and st.button(say("Add for each"), key="export-add-each"):
        _add_each(whole, recipe, key)


def _add_each(whole: Cohort, recipe: Recipe, key: str) -> None:
    """Make the figure of each group, and say of which it could not be made."""
    levels, missing = strata(whole, key).levels, []
    name = f"each-{key}-{json.dumps(recipe.to_json())}"
    session().given_up.discard(name)
    made = apart(say("Drawing …"), of_each, whole, recipe, key, levels, bounds=_BOUNDS, key=name, tell_progress=True)
    for level, one in zip(levels, made, strict=True):
        if isinstance(one, CohortError):
            missing.append(f"{level}: {one.problem}")
        else:
            patients = whole.filter(within(whole, recipe, key, level).filters)
            session().deck.append(Entry(figure=enclosing(with_standing(patients, one), whole)))
    if missing:
        note(say("Not added. {missing}", missing=' '.join(missing)), strong=True)
