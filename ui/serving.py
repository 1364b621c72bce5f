"""What is set in the running server, however it was started: nothing on disk, nothing told, nothing kept for long."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from core.apart import WORKERS
from core.files.limits import MAX_BYTES

_FORM = 64 * 1024  # bytes of a request beside its file


@lru_cache(maxsize=1)
def harden() -> None:
    """Apply the settings, once per process: uploads stay in memory, metrics are empty, a worker waits for files."""
    _keep_uploads_in_memory()
    _tell_no_metrics()
    WORKERS.warm()


def _keep_uploads_in_memory() -> None:
    """Let the server hold an upload in memory while it arrives: by itself it would spool it to a temporary file."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = MAX_BYTES + _FORM


def _tell_no_metrics() -> None:
    """Let the server's page of metrics be empty: it has no option that turns it off."""
    from streamlit.runtime.stats import StatsManager

    def nothing(*_: Any, **__: Any) -> dict[str, Any]:
        return {}

    StatsManager.get_stats = nothing  # type: ignore[method-assign]
    StatsManager.registered_families = lambda *_: []  # type: ignore[method-assign]
