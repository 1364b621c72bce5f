"""Loading a cohort: upload, the mapping form over it, findings, and what is loaded now."""

from __future__ import annotations

import hashlib
import html
import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.cohort import Cohort
from core.errors import CohortError, ValidationError
from core.format import plural
from core.guessing import guess_mapping
from core.mapping import ColumnMapping
from core.reading import MAX_BYTES, read_table
from ui import cache, state
from ui.display import heading, note, table
from ui.mapping_form import mapping_form
from ui.state import Draft, session

_TEMPLATE = Path(__file__).parents[1] / "sample_data" / "template.csv"
_SHOWN_ROWS, _SHOWN_COLUMNS, _SHOWN_FINDINGS = 4, 12, 200


def upload() -> None:
    """Take a file; what cannot be read is said, and the cohort that is loaded stays."""
    heading("Load a cohort")
    note("CSV or other delimited text, one row per patient. The file is read by this app on this machine "
         "and kept in memory for this session only: nothing is sent, stored or logged.")
    file = st.file_uploader("Cohort file", key=f"upload-{session().cleared}", label_visibility="collapsed",
                            max_upload_size=MAX_BYTES // 1024**2)
    with st.container(horizontal=True):
        st.download_button("Empty template", _TEMPLATE.read_bytes(), "cohort_template.csv", "text/csv",
                           on_click="ignore", icon=":material/download:")
        st.button("Clear my data", on_click=state.clear, icon=":material/delete:",
                  disabled=session().cohort is None and session().draft is None)
    if file is not None and _is_new(file.file_id):
        try:
            session().draft = _draft(file.getvalue(), file.name)
        except CohortError as error:
            session().draft = None
            note(f"{file.name} was not loaded. {error}", strong=True)


def _is_new(file_id: str) -> bool:
    """Tell whether an upload has not been read yet; one that failed is tried again."""
    if session().file_id == file_id and session().draft is not None:
        return False
    session().file_id = file_id
    return True


def _draft(data: bytes, name: str) -> Draft:
    text = read_table(data, name=name)
    guess = guess_mapping(text)
    return Draft(table=text, mapping=guess.mapping.to_json(), findings=guess.findings,
                 questions=[str(q) for q in guess.questions])


def draft_form() -> bool:
    """Draw the form over the file that is being mapped, if there is one."""
    draft = session().draft
    if draft is None:
        return False
    text = draft.table
    heading(f"{text.name}: {plural(len(text.lines), 'row')}, {plural(len(text.columns), 'column')} "
            f"({text.encoding}, {text.delimiter}-separated)")
    table(text.frame.iloc[:_SHOWN_ROWS, :_SHOWN_COLUMNS],
          caption=f"The first rows{_of(len(text.columns))}")
    for question in draft.questions:
        note(question, strong=True)
    slot = st.container()
    draft.mapping = mapping_form(draft)
    with slot:
        _accept(draft)
    return True


def _of(columns: int) -> str:
    return f", {_SHOWN_COLUMNS} of {columns} columns" if columns > _SHOWN_COLUMNS else ""


def _accept(draft: Draft) -> None:
    """Offer the cohort that the mapping makes, or say what stands against it."""
    try:
        mapping = ColumnMapping.from_json(draft.mapping, draft.table.columns)
        cohort = cache.typed(draft.table, mapping)
    except CohortError as error:
        note(str(error), strong=True)
        st.button("Explore this cohort", type="primary", disabled=True)
        if isinstance(error, ValidationError):
            _findings(error.findings)
        return
    st.html("<p class='cs-ok' data-testid='ready'>" + html.escape(_said(cohort)) + "</p>")
    with st.container(horizontal=True):
        explore = st.button("Explore this cohort", type="primary")
        _mapping_download(cohort)
    if explore:
        state.load(cohort)
        st.switch_page("app.py", query_params={state.OWN: "1"})
    assumed = pd.DataFrame(draft.findings, columns=cohort.findings.columns)
    _findings(pd.concat([assumed, cohort.findings]) if len(assumed) else cohort.findings)


def _said(cohort: Cohort) -> str:
    arm = cohort.mapping.arm
    arms = f"{len(cohort.levels('arm'))} arms" if arm else "one arm"
    endpoints = ", ".join(cohort.endpoints) or "no endpoint"
    return (f"Ready to explore: {plural(cohort.n, 'patient')}, {arms}, {endpoints}, "
            f"{len(cohort.mapping.factors)} factors, "
            f"{len(cohort.worst_grades.terms)} adverse events.")


def _findings(findings: pd.DataFrame) -> None:
    if findings.empty:
        return
    counts = findings.severity.value_counts()
    words = ", ".join(f"{n} {severity}" for severity, n in counts.items())
    with st.expander(f"What reading found: {words}", expanded=len(findings) <= 8):
        table(findings.head(_SHOWN_FINDINGS).astype(str))
        if len(findings) > _SHOWN_FINDINGS:
            note(f"The first {_SHOWN_FINDINGS} of {len(findings):,}.")


def current_cohort(cohort: Cohort) -> None:
    """Show the cohort that is loaded: its roles and what reading found."""
    heading(f"Loaded now: {cohort.name}")
    table(_roles(cohort.mapping))
    _mapping_download(cohort)
    _findings(cohort.findings)


def _mapping_download(cohort: Cohort) -> None:
    """Offer the mapping as a file; its name says what is in it."""
    text = json.dumps(cohort.mapping.to_json(), ensure_ascii=False, indent=2)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    st.download_button("Mapping (JSON)", text, f"mapping-{digest}.json", "application/json",
                       on_click="ignore", icon=":material/download:")


def _roles(mapping: ColumnMapping) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [{"Role": "Patient id", "Column": mapping.patient_id or "row in the file",
                                   "Read as": ""}]
    if mapping.arm:
        levels = ", ".join(mapping.arm.levels.values())
        rows.append({"Role": "Arm", "Column": mapping.arm.column,
                     "Read as": f"{levels}; reference {mapping.arm.reference}"})
    rows += [{"Role": e.label, "Column": f"{e.time}, {e.event}",
              "Read as": f"{e.unit}; event: {', '.join(e.event_values)}"} for e in mapping.endpoints]
    for f in mapping.variables:
        detail = f.unit if f.kind == "numeric" else ", ".join(f.levels.values())
        rows.append({"Role": f.label, "Column": f.column,
                     "Read as": "; ".join(p for p in (f.kind, detail,
                                                      "known later" if f.known == "later" else "") if p)})
    if mapping.adverse_events:
        rows.append({"Role": "Adverse events", "Column": f"{len(mapping.adverse_events)} columns",
                     "Read as": "worst grade per patient"})
    return pd.DataFrame(rows)
