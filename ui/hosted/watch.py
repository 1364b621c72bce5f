"""What a process looks at every second beside its people: who is idle, how full the memory is, whether it drains."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from core.workers import WORKERS
from hosting import metrics
from hosting.people import HEADER, Visitor
from hosting.process import Hosted
from ui.hosted import memory

_EVERY = 2.0
_ABOVE = 5.0  # percent beyond the bound for new files, from which on idle sessions are ended


@contextlib.asynccontextmanager
async def watching(process: Hosted) -> AsyncIterator[None]:
    """Watch while the app runs; drain on SIGUSR1."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, _drain, process)
    _time_runs()
    process.held = held
    task = asyncio.create_task(_watch(process))
    try:
        yield
    finally:
        task.cancel()


def _time_runs() -> None:
    """Measure how long the server works for a page or a click."""
    run = ScriptRunner._run_script

    def run_timed(runner: Any, data: Any) -> None:
        with metrics.RUNS.time():
            run(runner, data)

    ScriptRunner._run_script = run_timed  # type: ignore[method-assign]  # there is no hook


def _drain(process: Hosted) -> None:
    process.drain()
    for _, session, _ in _sessions():
        session.request_rerun(None)


async def _watch(process: Hosted) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        try:
            _look(process)
        except Exception as error:  # a full disk, say: what is watched must go on being watched
            print(f"{process.name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def _look(process: Hosted) -> None:
    """Look once at everything."""
    sessions = _sessions()
    metrics.SESSIONS.set(len(sessions))
    of_app, of_workers = memory.resident()
    metrics.MEMORY.set(of_app)
    metrics.WORKERS_MEMORY.set(of_workers)
    metrics.WAITING.set(WORKERS.waiting())
    _end_idle(process, sessions)
    _make_room(process, sessions)
    _forget_ended(process, sessions)
    people_left = Runtime.instance()._session_mgr.num_sessions()  # also those whose connection is interrupted
    if process.drains_until is not None and (not people_left or time.time() > process.drains_until):
        os.kill(os.getpid(), signal.SIGTERM)


def _sessions() -> list[tuple[str, Any, Visitor]]:
    """Return the sessions with an open page, by name, and whose they are."""
    manager: Any = Runtime.instance()._session_mgr
    out = []
    for info in manager.list_active_sessions():
        headers = dict(info.client.client_context.headers)
        if visitor := Visitor.of_header(headers.get(HEADER)):
            out.append((info.session.id, info.session, visitor))
    return out


def _end(process: Hosted, name: str, session: Any, visitor: Visitor, reason: str) -> None:
    """Let a session's next run, which is asked for here, drop its data and say why."""
    process.ended[name] = reason
    process.warned.pop(name, None)
    session.request_rerun(None)
    process.audit.record("session_ended", who=visitor.who, address=visitor.address, reason=reason)


def _end_idle(process: Hosted, sessions: list[tuple[str, Any, Visitor]]) -> None:
    """End the sessions of those who signed out, whose sign-in is over, or who clicked nothing for too long."""
    for name, session, visitor in sessions:
        if name in process.ended:
            continue
        if process.people.is_gone(visitor):
            _end(process, name, session, visitor, "asked")
        elif process.people.is_over(visitor):
            _end(process, name, session, visitor, "ended")
        elif process.people.idle(visitor) > 60 * process.settings.sign_in.idle_minutes:
            _end(process, name, session, visitor, "idle")


def _make_room(process: Hosted, sessions: list[tuple[str, Any, Visitor]]) -> None:
    """Warn the largest idle session once the memory is nearly full; end it when nothing was clicked since."""
    limits, at = process.settings.limits, time.time()
    idle = {name for name, _, visitor in sessions
            if process.people.idle(visitor) > 60 * min(limits.idle_minutes, limits.warning_minutes)}
    nearly_full = memory.in_use() >= limits.memory_percent + _ABOVE
    for name, session, visitor in sessions:
        if (until := process.warned.get(name)) is not None and (name not in idle or not nearly_full):
            del process.warned[name]
            session.request_rerun(None)  # without the warning
        elif until is not None and at > until:
            _end(process, name, session, visitor, "memory")
    if not nearly_full or process.warned:
        return
    candidates = [(held(name), name, session) for name, session, visitor in sessions
                  if name not in process.ended and process.people.idle(visitor) > 60 * limits.idle_minutes]
    if candidates:
        size, name, session = max(candidates, key=lambda each: each[0])
        if size:
            process.warned[name] = at + 60 * limits.warning_minutes
            session.request_rerun(None)


def held(name: str) -> int:
    """Return the bytes of the files that a session holds."""
    files: Any = Runtime.instance().uploaded_file_mgr
    return sum(len(record.data) for record in files.file_storage.get(name, {}).values())


def _forget_ended(process: Hosted, sessions: list[tuple[str, Any, Visitor]]) -> None:
    """Forget the names of sessions that are no more."""
    alive = {name for name, _, _ in sessions}
    manager: Any = Runtime.instance()._session_mgr
    for kept in (process.people.of_session, process.ended, process.warned):
        for name in [name for name in kept if name not in alive and manager.get_session_info(name) is None]:
            del kept[name]  # type: ignore[attr-defined]
    process.people.forget_old()
