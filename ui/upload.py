"""Taking files: what they are is told by their content; reading shows its progress and can be given up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.apart import Bounds, TaskEnded
from core.errors import CohortError
from core.files.limits import MAX_BYTES
from core.loading import Loading, fits, load_files
from core.reading import read_table
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
        st.button("Clear my data", on_click=state.clear, icon=":material/delete:")
    if files and _are_new(files):
        _take(files)
    if files and session().unread:
        note(f"{files[-1].name} was not loaded. {session().unread}", strong=True)
    if session().draft:
        for name, why in session().draft.loading.unread.items():
            note(f"{name} was not loaded. {why}", strong=True)
    return session().draft


def _ids(files: list[Any]) -> str:
    return "|".join(f.file_id for f in files)


def _are_new(files: list[Any]) -> bool:
    """Tell whether the uploads have not been read so yet."""
    here = session()
    if not here.source.startswith(f"{_ids(files)}||"):
        here.options = ReadOptions()
    return not (here.source == _source(files) and (here.draft is not None or here.unread))


def _source(files: list[Any]) -> str:
    """Name the uploads and the way in which they are to be read."""
    return f"{_ids(files)}||{session().options.to_json()}"


def _take(files: list[Any]) -> None:
    """Read the uploads; after a choice with which they cannot be read, the one before holds again."""
    here = session()
    before = here.draft if here.source.startswith(f"{_ids(files)}||") else None
    here.draft, here.unread, here.source = None, "", _source(files)
    try:
        here.draft = _draft([f for f in files[:-1] if f.file_id not in here.bad] + files[-1:])
    except GivenUp:
        here.bad.add(files[-1].file_id)
        return
    except CohortError as error:
        here.unread = str(error)
        if before is not None:
            here.drafts += 1
            here.draft, here.options = replace(before, number=here.drafts), before.table.options
            here.source = _source(files)
        return
    here.bad.discard(files[-1].file_id)
    st.rerun()  # what stands above speaks of the file, too


def _draft(files: list[Any]) -> Draft:
    """Read the uploads in a process of its own; one that meets its bound stands in no other's way."""
    try:
        loading = _read(files)
    except TaskEnded:
        ended = {f.name: why for f in files[:-1] if (why := _why_not(f))}
        if not ended:
            session().bad.add(files[-1].file_id)
            raise
        loading = _read([f for f in files if f.name not in ended])
        loading.unread |= ended
    offered = next((m for m in reversed(session().mappings) if fits(m, loading.table)), None) \
        if loading.guessed_here else None
    session().drafts += 1
    return Draft(loading=loading, number=session().drafts, offered=offered)


def _read(files: list[Any]) -> Loading:
    contents = [(f.name, f.getvalue()) for f in files]
    loading: Loading = apart(f"Reading {plain(files[-1].name)} …", load_files, contents, session().options,
                             bounds=Bounds.of_file(sum(len(data) for _, data in contents)),
                             key=f"{_ids(files)} {session().source}", tell_progress=True)
    return loading


def _why_not(file: Any) -> str:
    """Say why an upload alone cannot be read within its bounds; nothing where it can."""
    data = file.getvalue()
    try:
        apart(f"Reading {plain(file.name)} …", read_table, data, name=file.name, bounds=Bounds.of_file(len(data)),
              key=f"alone {file.file_id}", tell_progress=True)
    except TaskEnded as error:
        session().bad.add(file.file_id)
        return str(error)
    except CohortError:
        return ""  # what is no table is told by `load_files`
    return ""
