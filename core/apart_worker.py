"""The process that `apart.py` starts: it does the tasks that come in, within their bounds of memory.

    python -m core.apart_worker
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import time
from typing import Any, BinaryIO

from core.apart import received_bytes, send_bytes
from core.errors import CohortError

_EVERY = 0.1  # seconds between words of progress


class _Said:
    """What the process says of its task; a callable that takes the share that is done."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.last = out, 0.0

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last > _EVERY:
            self.last = time.monotonic()
            self.say("progress", share)

    def say(self, kind: str, content: Any) -> None:
        send_bytes(self.out, _packed(kind, content))


def main() -> None:
    """Do tasks until the pipe ends; what libraries print goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    from core import loading  # noqa: F401  (the libraries that most tasks need are there before the first)
    from core.files import workbook  # noqa: F401

    said = _Said(out)
    while True:
        try:
            task = received_bytes(sys.stdin.buffer)
        except EOFError:
            return
        said.say("ready", None)
        send_bytes(out, _done(task, said))
        del task
        gc.collect()


def _packed(kind: str, content: Any) -> bytes:
    return pickle.dumps((kind, content), protocol=pickle.HIGHEST_PROTOCOL)


def _done(task: bytes, said: _Said) -> bytes:
    """Do a task and return the message of its end; every exception becomes one in words."""
    remedy = ""
    try:
        function, args, kwargs, bounds = pickle.loads(task)
        remedy = bounds.remedy
        _limit(bounds.memory)
        if kwargs.pop("tell_progress", False):
            kwargs["progress"] = said
        return _packed("result", function(*args, **kwargs))
    except CohortError as error:
        return _packed("error", error)
    except MemoryError:
        return _packed("error", CohortError("It needs more memory than it may take.", remedy))
    except Exception as error:  # whatever a reader does, a person reads a sentence
        return _packed("error", CohortError(f"It could not be done ({type(error).__name__}).", remedy))
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
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  (no file of a disk)
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:")), 0)
    except OSError:
        return 0


if __name__ == "__main__":
    main()
