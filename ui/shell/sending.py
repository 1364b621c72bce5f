"""When what a run sends goes to the browser: without waiting for the network, and together what is seen together."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

from streamlit.runtime import Runtime, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

MOST = 0.1  # seconds that anything is kept back
_BETWEEN = 0.001  # seconds between two looks for what is to be sent, in place of Streamlit's 0.005
_now = time.monotonic
_kept: dict[str, float] = {}  # sessions whose messages are kept back, and until when at the latest


def keep_back() -> None:
    """Keep back what this run sends from now on, until `send`.

    The browser draws the page anew for each handful of messages that comes by itself, before it takes in the next:
    the numbers and the curves come sooner as one handful.
    """
    if context := get_script_run_ctx():
        _kept[context.session_id] = _now() + MOST


def send() -> None:
    """Send what this run kept back."""
    context = get_script_run_ctx()
    if context and _kept.pop(context.session_id, None) is not None and Runtime.exists():
        Runtime.instance()._enqueued_some_message()


def take_part() -> None:
    """Let the running server ask here before it sends, and send at once."""
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = _BETWEEN  # type: ignore[misc]  # a constant there
    _ask_before_sending()
    _send_at_once()


def _ask_before_sending() -> None:
    flush = AppSession.flush_browser_queue

    def flush_unless_kept_back(session: Any) -> list[Any]:
        left = _kept.get(session.id, 0.0) - _now()
        if left > 0:
            asyncio.get_running_loop().call_later(left, Runtime.instance()._enqueued_some_message)
            return []
        _kept.pop(session.id, None)
        return flush(session)

    AppSession.flush_browser_queue = flush_unless_kept_back


def _send_at_once() -> None:
    """Let each connection send what it has at once (TCP_NODELAY).

    asyncio sees to that where a socket names TCP as its protocol, and the server's listening socket names none. Without
    it a second small packet waits until the first is confirmed: 40 ms for every file of a page.
    """
    def set_nodelay(connection: socket.socket) -> None:
        if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    asyncio.base_events._set_nodelay = set_nodelay  # type: ignore[attr-defined]  # private, and has no types
