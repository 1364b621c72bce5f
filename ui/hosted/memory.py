"""How much of the machine's memory is in use, and what one session may take of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import psutil

from core.language import say
from hosting.settings import Limits

_GROUPS = Path("/sys/fs/cgroup")  # where the bounds of a container and of a systemd unit stand (cgroup v2)


class Upload(Protocol):
    """A file that was given."""

    size: int


def in_use() -> float:
    """Return the percentage of memory in use: of the container or unit where that has a bound, else of the machine."""
    try:
        group = _GROUPS / Path("/proc/self/cgroup").read_text(encoding="ascii").split("::")[1].strip().lstrip("/")
        most = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
        kept = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
    except (OSError, ValueError, IndexError):  # no bound, or another system
        return float(psutil.virtual_memory().percent)
    return 100 * (used - int(kept.get("inactive_file", 0))) / most


def resident() -> tuple[int, int]:
    """Return the bytes of memory that this process holds, and its workers."""
    process, of_workers = psutil.Process(os.getpid()), 0
    for worker in process.children():
        with contextlib.suppress(psutil.NoSuchProcess):  # one that has just ended
            of_workers += worker.memory_info().rss
    return process.memory_info().rss, of_workers


def why_not(files: Sequence[Upload], limits: Limits) -> tuple[str, str] | None:
    """Return why files are not read now, its name in the log and words; None where they are."""
    megabytes = sum(file.size for file in files) / 1024**2
    if len(files) > limits.files:
        return "files", say("A session can load {most} files at once, and these are {given}. Take away what you do not "
                            "need.", most=str(limits.files), given=str(len(files)))
    if megabytes > limits.session_mb:
        return "too_large", say("A session can keep files of {most} MB together. Take away what you do not need.",
                                most=str(limits.session_mb))
    if files and in_use() > limits.memory_percent:
        return "memory", say("The server's memory is nearly full, and no new file is read now. Your file is kept: try "
                             "again in a few minutes.")
    return None
