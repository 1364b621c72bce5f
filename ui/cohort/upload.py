"""Taking files: what they are is told by their content; reading shows its progress and can be given up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import CohortError, NeedsAnswer
from core.intake import Loading, SessionFile, fits, is_session, load_files
from core.language import say
from core.read_options import ReadOptions
from core.reading import MAX_BYTES, read_table
from core.workers import Bounds, TaskEnded
from hosting.audit import format_of
from hosting.settings import settings
from ui.hosted import visit
from ui.shell import cache, state
from ui.shell.background import GivenUp, apart
from ui.shell.display import heading, note
from ui.shell.escape import plain
from ui.shell.page import page_path
from ui.shell.save_session import resume
from ui.shell.state import Draft, session

_TEMPLATE = Path(__file__).parents[2] / "sample_data" / "template.csv"


def upload() -> Draft | None:
    """Take files; what cannot be read is said, and the cohort that is loaded stays."""
    heading(say("Load a cohort"))
    note(say("One row per patient: Excel (.xlsx, .xls, .xlsb, .ods), SPSS, Stata, SAS, CSV and other text, Parquet; "
             "also in a .zip or .gz. With it, if you have them: adverse events in long form, a mapping or a saved "
             "session (JSON), or CDISC ADaM (ADSL, ADTTE, ADAE).") + " " + visit.where_files_go())
    if forbidden := visit.why_no_upload([]):
        note(forbidden[1], strong=True)
    files = st.file_uploader(say("Cohort file"), key=f"upload-{session().cleared}", label_visibility="collapsed",
                             accept_multiple_files=True, disabled=bool(forbidden and forbidden[0] == "role"),
                             max_upload_size=min(MAX_BYTES // 1024**2, settings().limits.upload_mb))
    if session().cohort is None:
        st.html("<p class='cs-note cs-remembered'></p>")
    with st.container(horizontal=True):
        st.download_button(say("Empty template"), _TEMPLATE.read_bytes(), "cohort_template.csv", "text/csv",
                           on_click="ignore", icon=":material/download:")
        st.button(say("Clear my data"), on_click=state.clear, icon=":material/delete:")
    if files and _are_new(files):
        _take(files)
    if files and session().asked:
        _ask_reading(session().asked)
    if files and session().not_taken:
        st.button(say("Try again"), key="take-again", on_click=_take_again, icon=":material/refresh:")
    for name, why in _unread(files or []):
        note(say("{name} was not loaded. {why}", name=name, why=why), strong=True)
    return session().draft


def _ask_reading(question: NeedsAnswer) -> None:
    """Ask how the bytes are to be read, with the first lines in each reading; the file is read anew then."""
    with st.container(border=True):
        note(str(question), strong=True)
        key = f"reading-{session().source}"
        st.radio(plain(question.problem), question.choices, index=None, key=key, format_func=plain,
                 captions=[plain(m) for m in question.meanings], label_visibility="collapsed", on_change=_read_as,
                 args=(question, key))


def _read_as(question: NeedsAnswer, key: str) -> None:
    choice = state.value_of(key)
    if choice is not None:
        reading = question.changes[question.choices.index(choice)]["reading"]
        session().options = replace(session().options, **reading)


def _unread(files: list[Any]) -> Iterator[tuple[str, str]]:
    """Give the uploads that are not in use, and why: the newest, those whose reading was ended, what is no table."""
    current = session()
    if files and current.unread and not current.asked:
        yield files[-1].name, current.unread
    yield from ((f.name, current.bad[f.file_id]) for f in files[:-1] if f.file_id in current.bad)
    yield from current.draft.loading.unread.items() if current.draft else ()


def _ids(files: list[Any]) -> str:
    return "|".join(f.file_id for f in files)


def _are_new(files: list[Any]) -> bool:
    """Tell whether the uploads have not been read so yet."""
    current = session()
    if not current.source.startswith(f"{_ids(files)}||"):
        current.options = ReadOptions()
    return not (current.source == _source(files) and (current.draft is not None or current.unread))


def _source(files: list[Any]) -> str:
    """Name the uploads and the way in which they are to be read."""
    return f"{_ids(files)}||{session().options.to_json()}"


def _take(files: list[Any]) -> None:
    """Read the uploads; after a choice with which they cannot be read, the one before holds again."""
    current = session()
    _resume_alone(files)
    if why := visit.why_no_upload(files):
        visit.record("upload_refused", reason=why[0], bytes=files[-1].size)
        current.draft, current.asked, current.unread, current.not_taken = None, None, why[1], True
        current.source, current.given = _source(files), [f.name for f in files]
        return
    current.not_taken = False
    if not current.source.startswith(f"{_ids(files)}||"):
        visit.record("uploaded", format=format_of(files[-1].name), bytes=sum(file.size for file in files))
    before = current.draft if current.source.startswith(f"{_ids(files)}||") else None
    draft, unread, current.asked = None, "", None
    try:
        draft = _draft([f for f in files[:-1] if f.file_id not in current.bad] + files[-1:])
    except GivenUp:
        current.bad[files[-1].file_id] = say("Reading it was stopped.")
    except NeedsAnswer as question:
        current.asked, unread = question, question.problem
    except CohortError as error:
        unread = str(error)
        visit.record("reading_refused", format=format_of(files[-1].name),
                     reason="bounds" if isinstance(error, TaskEnded) else "unreadable")
        if before is not None:
            current.options = before.table.options
            draft = _renewed(before)
    if draft and not unread:
        current.options = draft.table.options  # a session among the files may have said them
    current.draft, current.unread, current.source = draft, unread, _source(files)
    current.given = [f.name for f in files]
    if draft and not unread:
        current.bad.pop(files[-1].file_id, None)
        st.rerun()  # what stands above speaks of the file, too


def _take_again() -> None:
    """Let uploads be looked at once more that the server's limits did not let in."""
    session().source = ""


def _resume_alone(files: list[Any]) -> None:
    """Go on with a session that is given without its data, where these are the cohort in use."""
    data, whole = files[-1].getvalue(), session().cohort or cache.sample()
    if len(files) > 1 or not is_session(data):
        return
    with suppress(CohortError):  # a damaged one is told when it is read
        saved = SessionFile.from_bytes(data)
        if saved.fingerprint == whole.fingerprint and saved.mapping == whole.mapping.to_json():
            session().cleared += 1  # the upload begins anew: it has been taken
            resume(whole, saved)
            st.switch_page(page_path(saved.page), query_params=state.own_parameter())


def _renewed(draft: Draft) -> Draft:
    """Return a draft whose form begins anew with what it holds."""
    session().drafts += 1
    return replace(draft, number=session().drafts)


def _draft(files: list[Any]) -> Draft:
    """Read the uploads in a process of its own; one that meets its bound stands in no other's way."""
    try:
        loading = _read(files)
    except TaskEnded as error:
        readable = [f for f in files[:-1] if _is_readable(f)] + files[-1:]
        if len(readable) == len(files):
            session().bad[files[-1].file_id] = str(error)
            raise
        loading = _read(readable)
    offered = next((m for m in reversed(session().mappings) if fits(m, loading.table)), None) \
        if loading.guessed_here else None
    return _renewed(Draft(loading=loading, number=0, offered=offered))


def _read(files: list[Any]) -> Loading:
    contents = [(f.name, f.getvalue()) for f in files]
    again = session().source.startswith(f"{_ids(files)}||")
    options = session().options if again else None
    loading: Loading = apart(say("Reading {name} …", name=plain(files[-1].name)), load_files, contents, options,
                             bounds=Bounds.of_files([len(data) for _, data in contents]),
                             key=_source(files), tell_progress=True)
    return loading


def _is_readable(file: Any) -> bool:
    """Tell whether an upload alone is read within its bounds, if only to be no table; remember where it is not."""
    data = file.getvalue()
    try:
        apart(say("Reading {name} …", name=plain(file.name)), read_table, data, name=file.name,
              bounds=Bounds.of_files([len(data)]),
              key=f"alone {file.file_id}", tell_progress=True)
    except TaskEnded as error:
        session().bad[file.file_id] = str(error)
        return False
    except CohortError:
        return True  # `load_files` tells it
    return True
