"""What is set in the running server, however it was started: nothing on disk, nothing told, nothing kept for long."""

from __future__ import annotations

import asyncio
import gc
import threading
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from streamlit.config import get_option

from core.reading import MAX_BYTES
from core.workers import WORKERS
from hosting.process import hosted
from hosting.settings import why_not_at
from ui.shell import sending

KEEP = 30.0  # seconds that the data of a closed tab are kept, for a connection that was only interrupted
_FORM = 64 * 1024  # bytes of a request beside its file


@lru_cache(maxsize=1)
def harden() -> None:
    """Apply the settings, once per process: uploads stay in memory, closed tabs are forgotten, metrics are empty."""
    _keep_uploads_in_memory()
    _forget_closed_tabs()
    _tell_no_metrics()
    _keep_made_files()
    sending.take_part()
    WORKERS.warm()


@lru_cache(maxsize=1)
def set_libraries_aside() -> None:
    """Keep what is loaded by now out of Python's later collections, once per process, before any data are there.

    Libraries are 310,000 objects: to walk them whenever a tab is closed would stop everybody for 0.2 s each time.
    """
    gc.freeze()


def why_open() -> str:
    """Return why the app is not shown where `streamlit run` lets others reach it; "" behind a gate and on a laptop."""
    return "" if hosted() else why_not_at(str(get_option("server.address") or "0.0.0.0"))


def forget_session() -> None:
    """Drop what the server itself keeps of this session's data: uploads, saved files, the processes that read them.

    Other sessions keep theirs. What the script has drawn is dropped as the run that follows draws anew.
    """
    from streamlit.runtime import Runtime
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.state import get_session_state

    if (context := get_script_run_ctx()) and Runtime.exists():
        Runtime.instance().uploaded_file_mgr.remove_session_files(context.session_id)
        _drop_saved_files(context.session_id)
        _drop_callbacks(get_session_state()._state)
    _release()


def _drop_callbacks(state: Any) -> None:
    """Forget the widgets of all pages seen with their callbacks, which may hold a cohort; a run registers its own."""
    state._new_widget_state.widget_metadata.clear()


def _drop_saved_files(session_id: str) -> None:
    """Delete the files that a session offered for download; the server deletes them when asked for the second time."""
    from streamlit.runtime import Runtime

    files = Runtime.instance().media_file_mgr
    files.clear_session_refs(session_id)
    files.remove_orphaned_files()
    files.remove_orphaned_files()


def _release() -> None:
    """Give back the memory of what was dropped, here and in the processes that read files; nobody waits for it."""
    def release() -> None:
        WORKERS.renew()
        gc.collect()
    threading.Thread(target=release, daemon=True).start()


def _keep_uploads_in_memory() -> None:
    """Let the server hold an upload in memory while it arrives: by itself it would spool it to a temporary file."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = MAX_BYTES + _FORM


def _keep_made_files() -> None:
    """Let a file that was made at its click belong to its session.

    By itself the server deletes it at the second end of a script, of any session, and the browser may not have
    fetched it by then. It goes with the session's files, at the latest with the session.
    """
    from streamlit.runtime.media_file_manager import MediaFileManager

    execute = MediaFileManager.execute_deferred

    def execute_and_keep(files: Any, file_id: str) -> str:
        session_id = files._deferred_callables.get(file_id, {}).get("session_id")
        url = execute(files, file_id)
        made = PurePosixPath(url).stem
        with files._lock:
            if session_id in files._files_by_session_and_coord:  # it has not ended meanwhile
                files._files_by_session_and_coord[session_id][f"made {made}"] = made
        return url

    MediaFileManager.execute_deferred = execute_and_keep


def _tell_no_metrics() -> None:
    """Let the server's page of metrics be empty: it has no option that turns it off."""
    from streamlit.runtime.stats import StatsManager

    def nothing(*_: Any, **__: Any) -> dict[str, Any]:
        return {}

    StatsManager.get_stats = nothing
    StatsManager.registered_families = lambda *_: []


def _forget_closed_tabs() -> None:
    """Let a session end soon after its tab: by itself the server keeps it until others come and go, at least 2 min."""
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

    disconnect, flush = WebsocketSessionManager.disconnect_session, AppSession.flush_browser_queue
    sent: dict[str, list[Any]] = {}  # by session its last messages, which the server's loop keeps until the next ones

    def disconnect_and_forget(manager: Any, session_id: str) -> None:
        disconnect(manager, session_id)
        if kept := manager._session_storage.get(session_id):
            asyncio.get_running_loop().call_later(KEEP, forget, manager, session_id, kept)

    def forget(manager: Any, session_id: str, kept: Any) -> None:
        if manager._session_storage.get(session_id) is kept:  # and was not resumed meanwhile
            manager.close_session(session_id)
            _drop_saved_files(session_id)
            _drop_callbacks(kept.session.session_state)
            kept.session.session_state.clear()
        if not manager.is_active_session(session_id):
            for message in sent.pop(session_id, []):
                message.Clear()
        _release()

    def flush_and_remember(session: Any) -> list[Any]:
        messages = flush(session)
        if messages:
            sent[session.id] = messages
        return messages

    AppSession.flush_browser_queue = flush_and_remember
    WebsocketSessionManager.disconnect_session = disconnect_and_forget
