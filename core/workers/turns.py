"""Whose turn it is: the processes of a server do a bounded number of heavy tasks at once, first come, first served.

They share a folder. A task that waits has a file there, named by when it came; it may begin when few enough came before
it. The file of a process that has ended counts no longer.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

FOLDER, AT_ONCE = "COHORTSCOPE_TURNS", "COHORTSCOPE_AT_ONCE"  # in the environment of a server's processes
_numbers = itertools.count()


class Turns:
    """The line in a folder; without one everybody may begin.

    Parameters
    ----------
    at_once : tasks on the machine
    """

    def __init__(self, folder: Path | None, at_once: int) -> None:
        self._folder, self._at_once = folder, at_once

    @property
    def at_once(self) -> int:
        """Return how many tasks of one process may have a turn together; 0 where there is no line."""
        return self._at_once if self._folder else 0

    @staticmethod
    def of_environment() -> Turns:
        """Return the line that this process belongs to."""
        folder = os.environ.get(FOLDER)
        return Turns(Path(folder) if folder else None, int(os.environ.get(AT_ONCE) or os.cpu_count() or 1))

    @contextlib.contextmanager
    def ticket(self) -> Iterator[Ticket]:
        """Stand in line within the `with`."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers)}"
        path = self._folder / name if self._folder else None
        if path:
            path.touch(mode=0o600)
        try:
            yield Ticket(path, self._at_once)
        finally:
            if path:
                path.unlink(missing_ok=True)

    def waiting(self) -> int:
        """Return how many tasks wait."""
        return max(0, len(_in_line(self._folder)) - self._at_once) if self._folder else 0


class Ticket:
    """A place in the line."""

    def __init__(self, path: Path | None, at_once: int) -> None:
        self._path, self._at_once = path, at_once

    def ahead(self) -> int:
        """Return how many must end before this task may begin; 0 when it may."""
        if self._path is None:
            return 0
        before = sum(name < self._path.name for name in _in_line(self._path.parent))
        return max(0, before + 1 - self._at_once)


def _in_line(folder: Path) -> list[str]:
    """Return the files of tasks whose process still runs; delete the others."""
    out = []
    for name in (path.name for path in folder.iterdir()):
        if _runs(int(name.split("-")[1])):
            out.append(name)
        else:
            (folder / name).unlink(missing_ok=True)
    return out


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # another account's
        return True
    return True
