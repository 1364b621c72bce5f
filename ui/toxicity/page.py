"""The Toxicity page: rates, differences and grades by group; a click on a term shows who had it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.charts import (
    adverse_events_figure,
    burden_table,
    butterfly_figure,
    difference_figure,
    event_tests_table,
    grades_figure,
    ordered,
    ordered_within,
    overall_figure,
    volcano_figure,
)
from core.cohort import Cohort
from core.figure import CLICK, table_parts
from core.language import say
from core.summaries import AdverseEvents, EventOptions, grouped
from core.survival import FIRST_SEVERE, has_dated_events
from ui.shared.cumulative_incidence import incidence
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show, show_table, table
from ui.shell.escape import plain
from ui.shell.filters import picked
from ui.shell.parts import let_draw, redraw
from ui.shell.state import chart_id, session
from ui.toxicity.choices import Chosen, chosen
from ui.toxicity.one_term import term_panel

_TIMES = (1.0, 3.0, 6.0)  # months at which incidence is read
_ONE_TERM = "one-term"
BOTH = ("rates", "details")  # the page's parts: the first leads to a term that the second shows


def rates(cohort: Cohort) -> None:
    """Draw how many had what, and how groups differ."""
    if not cohort.worst_grades.terms:
        note(say("No adverse event is mapped. Name their columns on the Cohort page, or load a list of events there."))
        return
    held = chosen(cohort)
    with panel():
        _burden(cohort, held)
        result, terms = _result(cohort, held)
        if not terms:
            note(say("No term reaches that rate: lower it."))
            return
        _rates(cohort, result, held, terms)


def details(cohort: Cohort) -> None:
    """Draw the numbers, tests over all groups, grades, incidence over time, and who had one term."""
    if not cohort.worst_grades.terms:
        return
    held = chosen(cohort)
    with panel():
        result, terms = _result(cohort, held)
        if not terms:
            return
        _numbers(result, held, terms)
        _overall(cohort, result, held, terms)
        _grades(cohort, result, held, terms)
    if has_dated_events(cohort):
        incidence(cohort, held.by, _TIMES, only=FIRST_SEVERE)
    _one_term(cohort, held)


def _result(cohort: Cohort, held: Chosen) -> tuple[AdverseEvents, list[str]]:
    """Return the comparison and its rows in order; in categories with a row for each, the worst over its terms."""
    result = cache.adverse_events(cohort, by=held.by, options=held.options)
    if not held.grouped:
        return result, ordered(result, held.view)
    heads = cache.adverse_events(cohort, by=held.by, options=replace(held.options, rows="categories"))
    joined = grouped(result, heads)
    return joined, ordered_within(joined, heads, held.view)


def _burden(cohort: Cohort, held: Chosen) -> None:
    """Say per group who had anything, who had grade 3 and more, and how many terms a patient had."""
    options = EventOptions(test=held.options.test, difference=held.options.difference, rows="all")
    every = cache.adverse_events(cohort, by=held.by, options=options)
    figure = burden_table(cohort, every, cache.events_per_patient(cohort, by=held.by))
    heading(figure.title)
    show_table(figure)
    note(figure.explained())


def _rates(cohort: Cohort, result: AdverseEvents, held: Chosen, terms: list[str]) -> None:
    """Draw rates and differences side by side, in one order."""
    two = len(result.levels) == 2
    # The grouped bars' scale of names keeps the order that it first had: another order is another chart.
    order = "" if two else f"-{hashlib.sha256('|'.join(terms).encode()).hexdigest()[:8]}"
    name = f"{chart_id(cohort)}-{result.by}-{len(terms)}{order}"
    figure = butterfly_figure(cohort, result, terms) if two else adverse_events_figure(cohort, result, terms)
    with st.container(key="toxicity"):
        left, right = st.columns([0.48, 0.52], gap="medium")
    with left:
        heading(figure.title, below=_to_term(cohort))
        show(figure, key=f"ae-rates-{name}", selection=CLICK, on_select=_picks(f"ae-rates-{name}"))
        note(figure.explained())
    if len(result.levels) < 2:
        return
    apart = difference_figure(cohort, result, held.view, terms)
    with right:
        heading(apart.title)
        show(apart, key=f"ae-apart-{name}", selection=CLICK, on_select=_picks(f"ae-apart-{name}"))
        note(say("Smallest p: {summary}. {explained}", summary=apart.summary[0], explained=apart.explained()))
        note(*apart.notes)
    let_draw(figure, apart)


def _numbers(result: AdverseEvents, held: Chosen, terms: list[str]) -> None:
    if len(result.levels) < 2:
        return
    with st.expander(say("The numbers: {band}", band=plain(result.words.band(held.view.band))), expanded=False):
        for words, part in table_parts(event_tests_table(result, held.view.band, terms)):
            table(part, caption=words if len(result.levels) > 2 else "")


def _overall(cohort: Cohort, result: AdverseEvents, held: Chosen, terms: list[str]) -> None:
    """With three groups and more: one test over all of them per term."""
    if len(result.levels) < 3:
        return
    tests = cache.tests_of_all_arms(cohort, result, band=held.view.band, grouped=held.grouped)
    figure = overall_figure(cohort, result, tests, held.view.band, terms)
    with st.expander(plain(figure.title)):
        show_table(figure)


def _grades(cohort: Cohort, result: AdverseEvents, held: Chosen, terms: list[str]) -> None:
    name = f"{chart_id(cohort)}-{result.by}-{len(terms)}"
    with st.container(key="toxicity-more"):
        left, right = st.columns([0.48, 0.52], gap="medium")
    with left:
        figure = grades_figure(cohort, result, terms)
        heading(figure.title)
        show(figure, key=f"ae-grades-{name}")
        note(figure.explained())
        with st.expander(say("The same as a table")):
            for words, part in table_parts(figure.table):
                table(part, caption=words)
    if len(result.levels) < 2:
        return
    with right:
        figure = volcano_figure(cohort, result, held.view, terms)
        heading(figure.title, below=_to_term(cohort))
        show(figure, key=f"ae-volcano-{name}", selection=CLICK, on_select=_picks(f"ae-volcano-{name}"))
        let_draw(figure)
        note(figure.explained())


def _picks(name: str) -> Callable[[], None]:
    """Return a chart's callback: the term that was clicked is shown below, and a second click lets it go."""
    def handle() -> None:
        current, picked_now = session(), picked(name, "term")
        changed = sorted(picked_now ^ current.clicked.get(name, frozenset()))
        current.clicked[name] = picked_now
        if changed:
            current.term = "" if current.term == changed[-1] else changed[-1]
            current.called += bool(current.term)
            redraw(*BOTH)
    return handle


def _to_term(cohort: Cohort) -> tuple[str, str] | None:
    """Return a link to the panel of the term that was clicked, which stands under the charts."""
    term = session().term
    return (say("{term}: who had it", term=term), _ONE_TERM) if term in cohort.worst_grades.terms else None


def _one_term(cohort: Cohort, held: Chosen) -> None:
    """Show who had the term that was clicked, or chosen in the list beside."""
    heading(say("One term: who had it, and how they fared"), anchor=_ONE_TERM, called=session().called)
    terms = list(cohort.worst_grades.terms)
    term = session().term
    st.selectbox(say("Term"), terms, None, key=state.widget("ae-term", term if term in terms else None), width=360,
                 placeholder=say("Choose a term, or click one in a chart"), on_change=_choose_term)
    if term in terms:
        term_panel(cohort, term, held.by)
    elif term:
        note(say("That row is a category: choose one of its terms."))


def _choose_term() -> None:
    current = session()
    current.term = state.value_of("ae-term") or ""
    redraw(*BOTH)
