"""Taking files: what they are is told by their content; reading shows its progress and can be given up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.apart import Bounds
from core.errors import CohortError
from core.files.limits import MAX_BYTES
from core.loading import Loading, fits, load_files
from core.text_table import ReadOptions
from ui import state
from ui.apart import GivenUp, apart
from ui.display import heading, note
from ui.escape import plain
from ui.state import Draft, session

_TEMPLATE = Path(__file__).parents[1] / "sample_data" / "template.csv"


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
    if files and _are_new(files):
        _take(files)
    if files and (failure := session().failed.get(_reading(files[-1]))):
        note(f"{files[-1].name} was not loaded. {failure}", strong=True)
    return session().draft


def _reading(file: Any) -> str:
    """Name the reading of a file in the way that is asked for."""
    return f"{file.file_id}||{session().options.to_json()}"


def _are_new(files: list[Any]) -> bool:
    """Tell whether the uploads have not been read so yet."""
    here = session()
    ids = "|".join(f.file_id for f in files)
    if not here.source.startswith(f"{ids}||"):
        here.options = ReadOptions()
    source = f"{ids}||{here.options.to_json()}"
    if here.source == source and (here.draft is not None or _reading(files[-1]) in here.failed):
        return False
    here.source = source
    return True


def _take(files: list[Any]) -> None:
    """Read the uploads; what could not be read before stands in nobody's way."""
    here = session()
    here.draft = None
    known_bad = {reading.partition("||")[0] for reading in here.failed}
    tried = [f for f in files[:-1] if f.file_id not in known_bad] + files[-1:]
    try:
        here.draft = _draft(tried)
    except GivenUp:
        return
    except CohortError as error:
        here.failed[_reading(files[-1])] = str(error)
        return
    st.rerun()  # what stands above speaks of the file, too


def _draft(files: list[Any]) -> Draft:
    """Read the uploads in a process of its own."""
    contents = [(f.name, f.getvalue()) for f in files]
    size = sum(len(data) for _, data in contents)
    loading: Loading = apart(f"Reading {plain(files[-1].name)} …", load_files, contents, session().options,
                             bounds=Bounds.of_file(size), key=session().source, tell_progress=True)
    offered = next((m for m in reversed(session().mappings) if fits(m, loading.table)), None) \
        if loading.guessed_here else None
    session().drafts += 1
    return Draft(loading=loading, number=session().drafts, offered=offered)
