"""Analyses that are declared before they are looked at: here no outcome is shown yet."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from core.cohort import Cohort, baseline_groups
from core.language import say
from core.survival import WEIGHTS
from ui.shell.display import heading, note
from ui.shell.escape import plain
from ui.shell.record import asked, record_of
from ui.shell.state import session, value_of

_MOST = 12  # strata of a variable that is offered


def declared_analyses(cohort: Cohort) -> None:
    """Ask for endpoint, groups and test of a planned analysis, of the selection, and list those that were declared."""
    groups = baseline_groups(cohort, most=_MOST)
    if not cohort.endpoints or not groups:
        return
    heading(say("Declared analyses"))
    note(say("Declare what is planned before you look at it: exports of these curves then say that the analysis was "
             "pre-specified, and when. It is of the selection: {words}.", words=cohort.words() or say("all patients")))
    with st.container(key="declare", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(say("Endpoint"), cohort.endpoints, key="declare-endpoint", width=180)
        st.selectbox(say("Compare by"), groups, key="declare-by", width=200,
                     format_func=lambda k: cohort.variable(k).label)
        st.selectbox(say("Test"), WEIGHTS, key="declare-test", width=200, format_func=say)
        st.button(say("Declare"), key="declare-it", on_click=partial(_declare, cohort))
    for analysis in record_of(cohort).analyses:
        name = analysis.question.digest
        with st.container(key=f"analysis-{name}", horizontal=True, vertical_alignment="center", gap="small"):
            seen = say("after it had been looked at: exploratory") if analysis.seen else \
                say("before this session looked at it")
            st.html(f"<p class='cs-p'>{html.escape(f'{analysis.words} · {analysis.test} · {analysis.on}, {seen}')}</p>",
                    width="content")
            st.button(say("Withdraw {words}", words=plain(analysis.words)), key=f"remove-analysis-{name}",
                      type="tertiary", on_click=partial(record_of(cohort).withdraw, analysis.question))


def _declare(cohort: Cohort) -> None:
    endpoint, by, test = (str(value_of(f"declare-{name}")) for name in ("endpoint", "by", "test"))
    this, words = asked(cohort, endpoint, by)
    declared = record_of(cohort).declare(this, words, test=test, on=datetime.now(UTC).date())
    session().notice = say("Declared on {on}: {words}, {test}.", on=declared.on, words=words, test=declared.test)
