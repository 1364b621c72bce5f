"""The Response page: best response and its rates, the failure pattern, and survival by response from a landmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, replace

import streamlit as st

from core.charts import (
    CurveOptions,
    failure_figure,
    km_figure,
    response_figure,
    swimmer_figure,
    waterfall_figure,
)
from core.cohort import Cohort, baseline_groups
from core.figure import turned
from core.format import number
from core.language import say
from core.mapping import MEANINGS, Meaning
from core.recipes import duration
from core.schema import RESPONSE
from core.statistics import PAIR_TESTS
from core.summaries import DIFFERENCES, ResponseOptions, duration_endpoint, meanings_of
from ui.shared.cumulative_incidence import incidence
from ui.shared.curves import curves_part, endpoint_choice, numbers, reference_choice
from ui.shared.immortal_time import guard, landmark_input
from ui.shell import cache, state
from ui.shell.display import heading, meaning_words, note, panel, show, table
from ui.shell.escape import plain
from ui.shell.state import chart_id, session

_MOST, _OPEN = 6, ""
_CHANGE = re.compile(r"change|shrink|reduction|变化|缩小", re.IGNORECASE)
_TIMES = (6.0, 12.0, 24.0)


def response_page(cohort: Cohort) -> None:
    """Draw the page."""
    groups = baseline_groups(cohort, most=_MOST)
    if not groups:
        note(say("There is no arm and no factor with a few levels to compare by. Choose one on the Cohort page."))
        return
    with st.container(key="response-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        by = st.selectbox(say("Compare by"), groups, key="response-by", width=180, **state.KEPT,
                          format_func=lambda k: cohort.variable(k).label)
        options = _options(cohort)
    absent = [words for words, there in ((say("tumour response"), cohort.mapping.response), (say("site of failure"),
              cohort.mapping.failure_sites)) if not there]
    if absent:
        note(say("No {absent} is mapped: choose the columns on the Cohort page.", absent=say(" and no ").join(absent)))
    with st.container(key="response"):
        left, right = st.columns(2, gap="large")
    with left:
        _response(cohort, by, options)
        _waterfall(cohort, by)
    with right:
        _failure(cohort, by, options)
    _duration(cohort, by, options)
    incidence(cohort, by, _TIMES)
    _survival(cohort)


def _options(cohort: Cohort) -> ResponseOptions:
    """Ask what each level of the response means, of whom rates are, and how groups are compared."""
    options = ResponseOptions()
    with st.popover(say("Definitions and tests"), key="response-popover"):
        if cohort.mapping.response is not None:
            options = replace(options, meanings=tuple(_meanings(cohort)),
                              evaluable_only=st.toggle(say("Of evaluable patients only"), key="evaluable",
                                                       **state.KEPT))
        test = st.selectbox(say("Test"), PAIR_TESTS, key="response-test", format_func=say, **state.KEPT)
        difference = st.selectbox(say("Interval of the difference"), list(DIFFERENCES), key="response-difference",
                                  format_func=say, **state.KEPT)
    return replace(options, test=test, difference=difference)


def _meanings(cohort: Cohort) -> Iterator[tuple[str, Meaning]]:
    """Ask level by level; what neither a person nor the mapping nor a name says stays open."""
    known = meanings_of(cohort)
    choices = [_OPEN, *MEANINGS]
    for level, meaning in known.items():
        chosen = st.selectbox(say("{level} means", level=plain(level)), choices, choices.index(meaning or _OPEN),
                              key=f"meaning-{level}", **state.KEPT, format_func=meaning_words)
        if chosen != _OPEN:
            yield level, chosen


def _response(cohort: Cohort, by: str, options: ResponseOptions) -> None:
    if cohort.mapping.response is None:
        return
    heading(say("Best response"))
    with panel():
        figure = response_figure(cohort, cache.response(cohort, by=by, options=options))
        with st.container(key="best-response"):
            show(figure, key=f"response-{chart_id(cohort)}-{by}")
        for line in figure.summary:
            note(line)
        table(turned(figure.table))
        note(figure.explained())
        note(*figure.notes)


def _waterfall(cohort: Cohort, by: str) -> None:
    """Draw a change in per cent, where such a number is mapped as known later."""
    offered = [k for k, v in cohort.variables.items() if v.kind == "numeric" and v.known == "later"
               and (v.unit == "%" or _CHANGE.search(f"{v.column} {v.label}"))]
    if not offered:
        return
    with panel():
        key = offered[0] if len(offered) == 1 else st.selectbox(
            say("Change, %"), offered, key="waterfall", format_func=lambda k: cohort.variable(k).label)
        figure = waterfall_figure(cohort, key, by)
        heading(figure.title)
        show(figure, key=f"waterfall-{chart_id(cohort)}-{key}")
        note(figure.explained())
        table(figure.table)
        note(*figure.notes)


def _failure(cohort: Cohort, by: str, options: ResponseOptions) -> None:
    if not cohort.mapping.failure_sites:
        return
    heading(say("Failure pattern"))
    with panel():
        pattern = cache.failures(cohort, by=by, test=options.test, difference=options.difference)
        figure = failure_figure(cohort, pattern)
        with st.container(key="failure"):
            show(figure, key=f"failure-{chart_id(cohort)}-{by}-{len(pattern.together)}")
        table(figure.table)
        note(figure.explained())
        note(*figure.notes)


def _duration(cohort: Cohort, by: str, options: ResponseOptions) -> None:
    """Draw duration of response and each patient's course, where dates say when responses were known."""
    if cohort.mapping.response is None:
        return
    heading(say("Duration of response"))
    if not duration_endpoint(cohort):
        note(say("No column gives the date of response: duration of response, and each patient's course, need it. "
                 "Choose the column on the Cohort page under “When it became known”."))
        return
    with st.container(key="duration"):
        left, right = st.columns(2, gap="large")
    with left, panel():
        figure = duration(cohort, by=by, options=asdict(options))
        heading(figure.title)
        with st.container(key="duration-curves"):
            show(figure, key=f"duration-{chart_id(cohort)}-{by}")
        table(figure.table)
        note(" · ".join(figure.summary))
        note(*figure.warnings, strong=True)
        note(*figure.notes)
    with right, panel():
        figure = swimmer_figure(cohort, by)
        heading(figure.title)
        with st.container(key="swimmer"):
            show(figure, key=f"swimmer-{chart_id(cohort)}-{by}-{len(figure.drawn)}")
        note(figure.explained())
        note(*figure.notes)


def _survival(cohort: Cohort) -> None:
    """Draw survival by response, from a landmark and not before."""
    if cohort.mapping.response is None or not session().endpoint:
        return
    heading(say("Survival by response, from a landmark"))
    with st.container(key="landmark-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        endpoint_choice(cohort, visible=True)
        reference_choice(cohort, RESPONSE)
        at = landmark_input()
    endpoint = session().endpoint
    with panel():
        if not at:
            note(say("A response is known only once a patient has lived to have it: curves by response from time "
                     "zero favour responders whatever the treatment does (immortal time). Choose the month by which "
                     "responses were known: the clock starts there, for those still followed."), strong=True)
            guard(cohort, RESPONSE)
            return
        landmarked = cache.landmarked(cohort, endpoint=endpoint, at=at)
        note(say("{words} Times run from month {at}.", words=landmarked.words(), at=number(at)))
        part = curves_part(landmarked.cohort, endpoint=endpoint, by=RESPONSE)
        figure = km_figure(part, CurveOptions())
        heading(figure.title)
        with st.container(key="curves"):
            show(figure, key=f"response-km-{chart_id(cohort)}")
        numbers(landmarked.cohort, figure, [part], keys=(RESPONSE,))
