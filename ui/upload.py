"""Taking files: what they are is told by their content; reading shows its progress and can be given up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import CohortError
from core.files.limits import MAX_BYTES
from core.loading import begin, fits, is_mapping
from core.reading import read_table
from core.text_table import ReadOptions, TextTable
from ui import state
from ui.display import heading, note
from ui.state import Draft, session

_TEMPLATE = Path(__file__).parents[1] / "sample_data" / "template.csv"
_LARGE = 4 * 1024**2  # bytes from which reading takes long enough to show its progress


def upload() -> Draft | None:
    """Take files; what cannot be read is said, and the cohort that is loaded stays."""
    heading("Load a cohort")
    note("CSV, other delimited text or Excel (.xlsx), one row per patient. With it, if you have them: adverse "
         "events in long form, a mapping (JSON), or CDISC ADaM (ADSL, ADTTE, ADAE). The files are read by this app "
         "on this machine and kept in memory for this session only: nothing is sent, stored or logged.")
    files = st.file_uploader("Cohort file", key=f"upload-{session().cleared}", label_visibility="collapsed",
                             accept_multiple_files=True, max_upload_size=MAX_BYTES // 1024**2)
    with st.container(horizontal=True):
        st.download_button("Empty template", _TEMPLATE.read_bytes(), "cohort_template.csv", "text/csv",
                           on_click="ignore", icon=":material/download:")
        st.button("Clear my data", on_click=state.clear, icon=":material/delete:",
                  disabled=session().cohort is None and session().draft is None)
    files = [f for f in files if f.file_id not in session().abandoned]
    if files and _are_new(files):
        try:
            session().draft = _draft(files)
            st.rerun()  # what stands above speaks of the file, too
        except CohortError as error:
            session().draft = None
            note(f"{files[-1].name} was not loaded. {error}", strong=True)
    return session().draft


def _are_new(files: list[Any]) -> bool:
    """Tell whether the uploads have not been read so yet; what failed is tried again."""
    here = session()
    ids = "|".join(f.file_id for f in files)
    if not here.source.startswith(f"{ids}||"):
        here.options = ReadOptions()
    source = f"{ids}||{here.options.to_json()}"
    if here.source == source and here.draft is not None:
        return False
    here.source = source
    return True


def _draft(files: list[Any]) -> Draft:
    """Read the uploads; the newest cohort among them counts."""
    contents = [(f, f.getvalue()) for f in files]
    mappings = [data.decode("utf-8-sig") for _, data in contents if is_mapping(data)]
    tables = [(f, data) for f, data in contents if not is_mapping(data)]
    if not tables:
        raise CohortError("This is a mapping, and no cohort is with it.", "Add the cohort's file.")
    read = [_read(f, data, newest=f is tables[-1][0]) for f, data in tables]
    loading = begin([t for t in read if t is not None], mappings[-1] if mappings else None)
    offered = next((m for m in reversed(session().mappings) if not mappings and fits(m, loading.table)), None)
    session().drafts += 1
    return Draft(loading=loading, number=session().drafts, offered=offered)


def _read(file: Any, data: bytes, *, newest: bool) -> TextTable | None:
    """Read one upload; an older one that cannot be read has been said before and is passed over."""
    options = session().options if newest else ReadOptions()
    try:
        if len(data) < _LARGE:
            return read_table(data, name=file.name, options=options)
        place = st.empty()
        with place.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, f"Reading {file.name} …")
            st.button("Give up", key=f"abandon-{file.file_id}", on_click=_abandon, args=(file.file_id,))
        table = read_table(data, name=file.name, options=options,
                           progress=lambda share: bar.progress(min(share, 1.0), f"Reading {file.name} …"))
        place.empty()
    except CohortError:
        if newest:
            raise
        return None
    return table


def _abandon(file_id: str) -> None:
    here = session()
    here.abandoned = here.abandoned | {file_id}
