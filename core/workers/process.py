"""The process that `pool.py` starts: it does the tasks that come in, within their bounds of memory.

    python -m core.workers.process
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import CohortError
from core.language import say, speaking
from core.workers.pool import received_bytes, send_bytes

_EVERY = 0.1  # seconds between words of progress
_BEHIND = 5  # how far these processes stand back behind clicks where the system lets them (Unix nice)
_NEEDED = ("core.intake.loading", "core.reading.worksheet")  # the libraries of most tasks, there before the first


class _Progress:
    """Tell the app how far a task is: a callable that takes the share that is done."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.last = out, 0.0

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last > _EVERY:
            self.last = time.monotonic()
            send_bytes(self.out, _packed("progress", share))


def main() -> None:
    """Do tasks until the pipe ends; what libraries print goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if hasattr(os, "nice"):
        os.nice(_BEHIND)
    for module in _NEEDED:
        import_module(module)
    progress = _Progress(out)
    while True:
        try:
            task = received_bytes(sys.stdin.buffer)
        except EOFError:
            return
        send_bytes(out, _packed("ready", None))
        send_bytes(out, _done(task, progress))
        del task
        gc.collect()


def _packed(kind: str, content: Any) -> bytes:
    return pickle.dumps((kind, content), protocol=pickle.HIGHEST_PROTOCOL)


def _done(task: bytes, progress: _Progress) -> bytes:
    """Do a task and return the message of its end; every exception becomes one in words."""
    remedy = language = ""
    try:
        language, function, args, kwargs, bounds = pickle.loads(task)
        remedy = bounds.remedy
        _limit(bounds.memory)
        if kwargs.pop("tell_progress", False):
            kwargs["progress"] = progress
        with speaking(language):
            return _packed("result", function(*args, **kwargs))
    except CohortError as error:
        return _packed("error", error)
    except MemoryError:
        with speaking(language):
            return _packed("error", CohortError(say("It needs more memory than it may take."), remedy))
    except Exception as error:  # of any task and library; what is not caught ends the process without a word
        with speaking(language):
            return _packed("error", CohortError(say("It could not be done ({kind}).", kind=type(error).__name__),
                                                remedy))
    finally:
        _limit(None)


def _limit(memory: int | None) -> None:
    """Bound the memory that the process may take beyond what it has; None lifts the bound."""
    try:
        import resource
    except ImportError:  # Windows has no such bound: there the bound of time holds alone
        return
    if not hasattr(resource, "RLIMIT_DATA"):
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = hard if memory is None else _taken() + memory
    if resource.RLIM_INFINITY not in (soft, hard):
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken() -> int:
    """Return the bytes of private memory that the process has now; what is not known is taken for none."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:")), 0)


if __name__ == "__main__":
    main()
