"""The files that are being mapped: how they were read, what is asked, the mapping, what was found."""

from __future__ import annotations

import html
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core.cohort import Cohort
from core.errors import CohortError, NeedsAnswer, ValidationError
from core.findings import Findings
from core.format import plural
from core.intake import Loading
from core.language import say
from core.mapping import ColumnMapping
from core.read_options import ReadOptions
from core.reading import DELIMITERS, ENCODINGS, TextTable
from ui.cohort.findings import findings_table, mapping_download
from ui.cohort.mapping_form import mapping_form
from ui.cohort.review import ReviewSlots
from ui.shell import cache, state
from ui.shell.display import heading, note, table
from ui.shell.escape import plain
from ui.shell.page import page_path
from ui.shell.save_session import resume
from ui.shell.state import Draft, session

_SHOWN_ROWS, _SHOWN_COLUMNS = 4, 40
_DETECT = "as detected"
_MARKS = {".": "point (1.5)", ",": "comma (1,5)"}


def draft_form(draft: Draft) -> Cohort | None:
    """Draw the form over the files that are being mapped; return the cohort that they make, if they do."""
    text = draft.table
    heading(f"{text.name}: {plural(len(text), 'row')}, {plural(len(text.columns), 'column')}")
    _identifiers(draft)
    _offer(draft)
    for question in draft.loading.open_questions():
        _ask(draft, question)
    slot, lines = st.container(), ReviewSlots()
    with lines.form(draft.section):
        draft.loading.mapping = mapping_form(draft, draft.section)
    with slot:
        cohort, findings = _accept(draft.loading)
    lines.fill(draft, cohort)
    if findings is not None:
        findings_table(*findings)
    _how_it_was_read(draft)
    return cohort


def _first_rows(text: TextTable) -> None:
    table(text.head(_SHOWN_ROWS, _SHOWN_COLUMNS), caption=say("The first rows{of}", of=_of(len(text.columns))))


def _of(columns: int) -> str:
    return say(", {shown_columns} of {columns} columns", shown_columns=_SHOWN_COLUMNS,
               columns=columns) if columns > _SHOWN_COLUMNS else ""


def _how_it_was_read(draft: Draft) -> None:
    """Show what was detected; each of it can be changed."""
    text, detected = draft.table, draft.table.detected
    if detected.kind and not detected.encoding:
        named = say("{labels} of variables, {orders} of values", labels=plural(len(text.labels), 'label'),
                    orders=len(text.orders)) if text.labels or \
            text.orders else say("its columns have types")
        note(f"{detected.kind}: {named}.")
        _first_rows(text)
        return
    if detected.sheets:
        summary = say("workbook, sheet “{sheet}”, names in row {header_line}", sheet=detected.sheet,
                      header_line=detected.header_line)
    else:
        mark = say(_MARKS.get(detected.decimal, "not known")).split(" ", maxsplit=1)[0]
        cells = detected.kind or say("separated by {delimiter}", delimiter=detected.delimiter)
        summary = say("{encoding}, {cells}, decimal {mark}, names in line {header_line}", encoding=detected.encoding,
                      cells=cells, mark=mark, header_line=detected.header_line)
    with st.expander(say("How it was read: {summary}", summary=plain(summary))):
        _first_rows(text)
        columns = st.columns(4)
        options: dict[str, Any] = {}
        if detected.sheets:
            options["sheet"] = _override(columns[0], say("Sheet"), list(detected.sheets), text.options.sheet, draft)
        else:
            options["encoding"] = _override(columns[0], say("Encoding"), list(ENCODINGS), text.options.encoding, draft)
            options["delimiter"] = _override(columns[1], say("Separator"), list(DELIMITERS), text.options.delimiter,
                                             draft)
        options["decimal"] = _override(columns[2], say("Decimal mark"), list(_MARKS), text.options.decimal, draft,
                                       _MARKS)
        line = columns[3].number_input(say("Line of the column names (0: none)"), 0, 10_000, detected.header_line,
                                       key=f"header-{draft.number}")
        options["header_line"] = line if line != detected.header_line else text.options.header_line
        asked = ReadOptions(**options)
        if asked != text.options:
            session().options = asked
            st.rerun()


def _override(place: Any, label: str, choices: list[str], chosen: str | None, draft: Draft,
              shown: dict[str, str] | None = None) -> str | None:
    options = [_DETECT, *choices]
    names = shown or {}
    picked = place.selectbox(label, options, options.index(chosen) if chosen in options else 0,
                             format_func=lambda c: say(names.get(c, c)), key=f"read-{label}-{draft.number}")
    return None if picked == _DETECT else picked


def _identifiers(draft: Draft) -> None:
    """Offer to drop what could tell who a patient is."""
    columns = [c for c in draft.loading.mapping.get("identifiers", []) if c in draft.table.columns]
    if columns:
        note(say("{columns} may identify the patient. Not used, and not shown in any export.",
                 columns=', '.join(columns)), strong=True)
        st.button(say("Drop identifying columns ({columns})", columns=len(columns)),
                  on_click=_drop, args=(draft, columns),
                  help=say("They are gone until the file is loaded again; a patient id among them is replaced by the "
                           "row in the file."),
                  icon=":material/visibility_off:")


def _drop(draft: Draft, columns: list[str]) -> None:
    loading = draft.loading
    loading.table = replace(loading.table.without(columns), findings=[*loading.table.findings, *(
        {"severity": "repaired", "row": "", "column": c, "value": "",
         "remedy": say("Load the file again to have it back."),
         "message": say("Dropped at once, because it may identify the patient.")} for c in columns)])
    mapping = {**loading.mapping, "identifiers": []}
    if mapping.get("patient_id") in columns:
        mapping["patient_id"] = None
    mapping["factors"] = {k: f for k, f in mapping.get("factors", {}).items() if f["column"] not in columns}
    loading.mapping = mapping
    loading.findings = [f for f in loading.findings if f["column"] not in columns]
    draft.revision += 1


def _offer(draft: Draft) -> None:
    """Offer the mapping of an earlier file whose columns are all here."""
    if draft.offered is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        note(say("This file has all columns of a cohort that you mapped before."))
        st.button(say("Use that mapping"), on_click=_use, args=(draft,), icon=":material/history:")


def _use(draft: Draft) -> None:
    draft.loading.mapping = draft.offered or draft.loading.mapping
    draft.loading.questions = []
    draft.loading.findings = []
    draft.offered = None
    draft.revision += 1


def _ask(draft: Draft, question: NeedsAnswer) -> None:
    """Ask what the data do not tell."""
    with st.container(border=True):
        st.html(f"<p class='cs-banner'>{html.escape(str(question))}</p>")
        key = f"ask-{draft.number}-{question.problem}"
        has_meanings = any(question.meanings)
        st.radio(plain(question.problem), question.choices, index=None, key=key, horizontal=not has_meanings,
                 captions=[plain(m) for m in question.meanings] if has_meanings else None,
                 label_visibility="collapsed", format_func=plain, on_change=_answered, args=(draft, question, key))


def _answered(draft: Draft, question: NeedsAnswer, key: str) -> None:
    choice = state.value_of(key)
    if choice is not None:
        draft.loading.answer(question, choice)
        draft.revision += 1


def _accept(loading: Loading) -> tuple[Cohort | None, tuple[pd.DataFrame, Collection[str]] | None]:
    """Offer the cohort that the mapping makes, or say what stands against it; return it, and what reading found."""
    waiting = loading.open_questions()
    if waiting:
        note(say("{questions} above: answer, then the cohort can be explored.",
                 questions=plural(len(waiting), 'question')))
        st.button(say("Explore this cohort"), type="primary", disabled=True)
        return None, (Findings([*loading.table.findings, *loading.findings_that_hold()]).frame(), ())
    try:
        mapping = ColumnMapping.from_json(loading.mapping, loading.table.columns)
        cohort = cache.typed(loading, mapping)
    except CohortError as error:
        note(str(error), strong=True)
        st.button(say("Explore this cohort"), type="primary", disabled=True)
        return None, (error.findings, mapping.identifiers) if isinstance(error, ValidationError) else None
    look = "cs-ok" if cohort.endpoints else "cs-banner"
    st.html(f"<p class='{look}' data-testid='ready'>{html.escape(_said(cohort))}</p>")
    with st.container(horizontal=True):
        explore = st.button(say("Explore this cohort"), type="primary")
        mapping_download(cohort)
    saved = loading.session
    if explore or (saved and not loading.misfit and saved.fingerprint == cohort.fingerprint):
        state.load(cohort)
        if saved:
            loading.session = None  # once
            resume(cohort, saved, loading.misfit)
        st.switch_page(page_path(saved.page if saved else "Explore"), query_params={state.OWN: "1"})
    return cohort, (cohort.findings, mapping.identifiers)


def _said(cohort: Cohort) -> str:
    arm = cohort.mapping.arm
    arms = say("{levels} arms", levels=len(cohort.levels('arm'))) if arm else say("one arm")
    endpoints = ", ".join(cohort.endpoints) or say("no endpoint (survival needs a time and an event below)")
    return (say("Ready to explore: {patients}, {arms}, {endpoints}, {factors} factors, {terms} adverse events.",
                patients=plural(cohort.n, 'patient'), arms=arms, endpoints=endpoints,
                factors=len(cohort.mapping.factors), terms=len(cohort.worst_grades.terms)))
