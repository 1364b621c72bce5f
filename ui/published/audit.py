"""The audit of a printed table: the paper's own, or one that a reader types."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from core.audit import VERDICTS, Audit
from core.charts import audit_figure, verdicts_of, widths_figure
from core.language import say
from core.statistics import PAIR_TESTS
from ui.shell import cache
from ui.shell.display import heading, note, panel, show, show_table
from ui.shell.escape import plain

_FOLDER = Path(__file__).parents[2] / "sample_data"
_BUILT_IN = {
    "Yang 2023 (the built-in example)": "yang2023_audit.csv",
    "Physicians' Health Study, N Engl J Med 1989;321:129": "physicians1989_audit.csv",
}
_OWN = "a table of my own"


def audit_panel() -> None:
    """Draw the audit."""
    heading(say("Audit of a published table"))
    note(say("From what is printed alone: which test gives each p, which percentages follow, whether an interval is "
             "narrower than its patients and deaths allow, whether p, ratio and interval agree, whether parts add up."))
    with st.container(key="audit-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(say("Table"), [*_BUILT_IN, _OWN], key="audit-table", width=420, format_func=say)
        claimed = st.selectbox(say("Test that the paper claims"), PAIR_TESTS, key="audit-claimed", width=200,
                               format_func=say)
    with panel():
        source = _source(chosen)
        if source is None:
            return
        name, data = source
        result = cache.audited(data, name, claimed)
        fingerprint = hashlib.sha256(data).hexdigest()
        _totals(result)
        if len(result.widths):
            figure = widths_figure(result, name, fingerprint)
            heading(figure.title)
            with st.container(key="widths"):
                show(figure, key=f"widths-{fingerprint[:8]}")
            note(say("Light: the narrowest interval that the patients and deaths allow any Cox model, adjusted or "
                     "not; coloured: the printed one."))
        verdicts = verdicts_of(result)
        shown = st.pills(say("Findings"), verdicts, selection_mode="multi",
                         default=[v for v in verdicts if v != "agrees"],
                         key=f"audit-verdicts-{fingerprint[:8]}",
                         format_func=lambda v: f"{plain(say(v))} · {int((result.findings.verdict == v).sum()):,}")
        rows = result.findings[result.findings.verdict.isin(shown or verdicts)]
        rows = rows.sort_values("verdict", key=lambda v: v.map(VERDICTS.index), kind="stable")  # the gravest first
        with st.container(key="audit"):
            show_table(audit_figure(result, name, fingerprint, rows), wrap=True, scrolls=say("Findings of the audit"))


def _totals(result: Audit) -> None:
    note("; ".join(result.totals()) + ".", strong=True)


def _source(chosen: str) -> tuple[str, bytes] | None:
    """Return the table's name and bytes: built in, or uploaded."""
    if chosen != _OWN:
        file = _BUILT_IN[chosen]
        return file, (_FOLDER / file).read_bytes()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = st.file_uploader(say("CSV: label, events_1, n_1, percent_1, events_2, n_2, percent_2, p; or label, "
                                     "ratio, low, high, p, patients_level, patients_reference, deaths"),
                                 key="audit-file", type=["csv", "tsv", "xlsx"])
        st.download_button(say("An example to fill in"), (_FOLDER / "physicians1989_audit.csv").read_bytes(),
                           "audit-example.csv", "text/csv", on_click="ignore", icon=":material/download:")
    if given is None:
        note(say("Nothing is loaded yet. A row per label; several levels of one label share its p; what is not "
                 "printed stays empty."))
        return None
    return given.name, given.getvalue()
