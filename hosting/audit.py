"""Who did what and when, as JSON lines: never a patient's data, a file's name or a text that somebody typed.

Each event has its own fields, each a number, a flag or one word of a list; `record` refuses everything else, so that no
caller can write more by mistake.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

_REASONS = frozenset({
    "no_cookie", "wrong_cookie", "other_address", "ended", "idle", "group", "provider", "untrusted_proxy", "asked",
    "other_session", "slow_body", "too_large", "memory", "files", "role", "unreadable", "bounds"})
_FORMATS = frozenset({
    "csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "sav", "zsav", "por", "dta", "sas7bdat", "xpt",
    "parquet", "zip", "gz", "pptx", "potx", "docx", "png", "tiff", "eps", "svg", "pdf", "html", "json", "other"})
EVENTS: dict[str, dict[str, type | frozenset[str]]] = {
    "process_began": {"process": str},
    "process_drains": {"process": str},
    "process_ended": {"process": str, "code": int},
    "signed_in": {},
    "signed_out": {},
    "not_let_in": {"reason": _REASONS},
    "session_began": {},
    "session_ended": {"reason": _REASONS},
    "uploaded": {"format": _FORMATS, "bytes": int},
    "upload_refused": {"reason": _REASONS, "bytes": int},
    "reading_refused": {"format": _FORMATS, "reason": _REASONS},
    "loaded": {"rows": int, "columns": int, "files": int},
    "exported": {"format": _FORMATS, "bytes": int},
    "cleared": {},
}
_REFUSALS, _ADDRESSES = 20, 1000  # lines of one address, and addresses, in a minute
_PROCESS = re.compile(r"p\d{1,6}\Z")


class AuditLog:
    """The log of one process: a file per day, readable by its account alone.

    Parameters
    ----------
    folder : of the files; None where nothing is to be written
    """

    def __init__(self, folder: Path | None, process: str, *, keep_days: int) -> None:
        self._folder, self._process, self._keep = folder, process, keep_days
        self._day: date | None = None
        self._lock = threading.Lock()
        self._minute, self._refused = 0, dict[str, int]()
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def record(self, event: str, *, who: str = "", address: str = "", **fields: Any) -> None:
        """Write a line.

        Raises
        ------
        ValueError
            If the event does not have exactly these fields, or a value is not of its kind.
        """
        _check(event, fields)
        if self._folder is None or (event == "not_let_in" and self._too_many(address)):
            return
        at = datetime.now(UTC)
        line = {"time": at.isoformat(timespec="milliseconds"), "event": event, "who": who, "address": address, **fields}
        with self._lock:
            if at.date() != self._day:
                self._day = at.date()
                self._delete_old()
            path = self._folder / f"{at.date().isoformat()}.{self._process}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _too_many(self, address: str) -> bool:
        """Tell whether an address has been refused so often in this minute that more lines would only fill the disk."""
        with self._lock:
            minute = int(time.time() // 60)
            if minute != self._minute:
                self._minute, self._refused = minute, {}
            self._refused[address] = self._refused.get(address, 0) + 1
            return self._refused[address] > _REFUSALS or len(self._refused) > _ADDRESSES

    def _delete_old(self) -> None:
        """Delete the files of days that need not be kept."""
        assert self._folder and self._day
        first = (self._day - timedelta(days=self._keep)).isoformat()
        for path in self._folder.glob("????-??-??.*.jsonl"):
            if path.name[:10] < first:
                path.unlink(missing_ok=True)


def format_of(name: str) -> str:
    """Return the format that a file's name ends with, as the log may name it."""
    ending = Path(name).suffix.removeprefix(".").lower()
    return ending if ending in _FORMATS else "other"


def _check(event: str, fields: dict[str, Any]) -> None:
    expected = EVENTS.get(event)
    if expected is None or fields.keys() != expected.keys():
        raise ValueError(f"the event {event} has no such fields: {sorted(fields)}")
    for name, value in fields.items():
        kind = expected[name]
        fits = (value in kind if isinstance(kind, frozenset) else type(value) is int if kind is int
                else isinstance(value, str) and bool(_PROCESS.match(value)))
        if not fits:
            raise ValueError(f"{name} of {event} cannot be that")


