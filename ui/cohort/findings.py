"""What reading found, as a table to filter and to save; and the mapping as a file."""

from __future__ import annotations

import hashlib
import html
import json

import pandas as pd
import streamlit as st

from core.cohort import Cohort
from core.export import table_bytes
from core.findings import grouped_by_kind, masked
from core.format import exact, plural
from core.language import say
from core.mapping import ColumnMapping
from core.schema import SEVERITIES
from ui.shell.display import heading, note, table
from ui.shell.escape import plain

_SHOWN, _OPEN = 200, 8  # kinds in the list; findings up to which it stands open
_FIRST, _LISTED = 3, 100  # lines that a kind names, and those that it lists when asked
_HEADS = {"severity": "Severity", "row": "Line", "column": "Column", "value": "Value",
          "message": "What was found and done", "remedy": "How to change it"}


def findings_table(findings: pd.DataFrame, identifiers: tuple[str, ...] = ()) -> None:
    """Show findings, the gravest first, by severity; offer them as CSV."""
    if findings.empty:
        return
    counts = {s: int((findings.severity == s).sum()) for s in SEVERITIES}
    words = ", ".join(f"{n:,} {say(s)}" for s, n in counts.items() if n)
    with st.expander(say("What reading found: {words}", words=plain(words)),
                     expanded=len(findings) <= _OPEN or counts["refused"] > 0):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            present = [s for s in SEVERITIES if counts[s]]
            chosen = st.pills(say("Severity"), present, selection_mode="multi", label_visibility="collapsed",
                              format_func=lambda s: f"{plain(say(s))} · {counts[s]:,}", key=f"severity-{words}")
            data = table_bytes(masked(findings, identifiers))
            st.download_button(say("Findings (CSV)"), data, f"findings-{hashlib.sha256(data).hexdigest()[:8]}.csv",
                               "text/csv", on_click="ignore", icon=":material/download:")
        shown = findings[findings.severity.isin(chosen)] if chosen else findings
        shown = shown.sort_values("severity", key=lambda s: s.map(SEVERITIES.index), kind="stable")
        kinds = grouped_by_kind(shown)
        st.html(_kinds_table(kinds[:_SHOWN]))
        if len(kinds) > _SHOWN:
            note(say("The first {shown} of {kinds} kinds; the CSV holds all findings.", shown=_SHOWN,
                     kinds=f"{len(kinds):,}"))


def _kinds_table(kinds: list[pd.DataFrame]) -> str:
    """Write a row per kind of finding: its count and the first rows, and on a click all of them."""
    head = "".join(f"<th scope='col'>{html.escape(say(name))}</th>" for name in _HEADS.values())
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in _kind_cells(kind)) + "</tr>" for kind in kinds)
    return (f"<div class='cs-scroll'><table class='cs-table cs-wrap'><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>")


def _kind_cells(kind: pd.DataFrame) -> list[str]:
    """Return the cells of a kind's row, escaped."""
    first = kind.iloc[0]
    if kind.rows.sum() == 1 or len(kind) == 1:
        return [html.escape(say(str(first[c])) if c == "severity" else str(first[c])) for c in _HEADS]
    values = list(dict.fromkeys(str(v) for v in kind.value))
    lines = [str(v) for v in kind.row]
    rows = "".join(f"<li>{html.escape(str(m))}</li>" for m in kind.message.head(_LISTED))
    more = int(kind.rows.sum()) - min(len(kind), _LISTED)
    rest = f"<li>{say('… {more} more: the CSV names all.', more=f'{more:,}')}</li>" if len(kind) > _LISTED else ""
    message = (f"<details><summary>{plural(int(kind.rows.sum()), 'row')}: {html.escape(str(first.kind))}</summary>"
               f"<ol>{rows}{rest}</ol></details>")
    return [html.escape(say(str(first.severity))), html.escape(_few(lines)), html.escape(str(first.column)),
            html.escape(_few(values)), message, html.escape(str(first.remedy))]


def _few(texts: list[str]) -> str:
    """Name the first of some texts."""
    return ", ".join(texts[:_FIRST]) + (" …" if len(texts) > _FIRST else "")


def mapping_download(cohort: Cohort) -> None:
    """Offer the mapping as a file; its name says what is in it."""
    text = json.dumps(cohort.mapping.to_json(), ensure_ascii=False, indent=2)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    st.download_button(say("Mapping (JSON)"), text, f"mapping-{digest}.json", "application/json",
                       on_click="ignore", icon=":material/download:")


def current_cohort(cohort: Cohort) -> None:
    """Show the cohort that is loaded: its roles and what reading found."""
    heading(say("Loaded now: {name}", name=cohort.name))
    note(say("{patients}; the mapping can be given with the next file of this kind.",
             patients=plural(cohort.whole.n, 'patient')))
    table(_roles(cohort.mapping))
    mapping_download(cohort)
    findings_table(cohort.findings, cohort.mapping.identifiers)


def _roles(mapping: ColumnMapping) -> pd.DataFrame:
    rows = [{"Role": say("Patient id"), "Column": mapping.patient_id or say("row in the file"), "Read as": ""}]
    if mapping.arm:
        levels = ", ".join(dict.fromkeys(mapping.arm.levels.values()))
        rows.append({"Role": say("Arm"), "Column": mapping.arm.column,
                     "Read as": say("{levels}; reference {reference}", levels=levels,
                                    reference=mapping.arm.levels.get(mapping.arm.reference, ''))})
    for e in mapping.endpoints:
        death = say("death counts") if e.death_counts else say("death is no event")
        rows.append({"Role": say(e.label), "Column": ", ".join(e.columns),
                     "Read as": say("{unit}; event: {event_values}; {death}", unit=say(e.unit),
                                    event_values=', '.join(e.event_values), death=death)})
    for f in mapping.variables:
        detail = f.unit if f.kind == "numeric" else ", ".join(dict.fromkeys(f.levels.values()))
        cuts = ", ".join(f"{'≤' if c.closed == 'right' else '<'} {exact(c.at)}" for c in f.cuts)
        parts = (say(f.kind), detail, say("cut {cuts}", cuts=cuts) if cuts else "",
                 say("reference {reference}", reference=f.reference) if f.reference else "",
                 say("known later") if f.known == "later" else "")
        column = f.column or say("from {values}", values=', '.join(f.inputs.values()))
        rows.append({"Role": f.label, "Column": column, "Read as": "; ".join(p for p in parts if p)})
    if mapping.adverse_events:
        rows.append({"Role": say("Adverse events"), "Column": plural(len(mapping.adverse_events), "column"),
                     "Read as": say("worst grade per patient")})
    if mapping.event_file:
        rows.append({"Role": say("Adverse-event file"), "Column": ", ".join(c for _, c in mapping.event_file.items()),
                     "Read as": say("worst {measure} per patient and term", measure=mapping.grade_words.measure)})
    return pd.DataFrame(rows).rename(columns=say)
