"""The machine's node, by which the browser's modules are tested."""

import shutil
import sys
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def node() -> str:
    """Return the path of node: that of the environment, else the machine's.

    Raises
    ------
    RuntimeError
        Where there is none: a test fails then, it is not skipped.
    """
    beside = Path(sys.executable).with_name("node")
    path = str(beside) if beside.exists() else shutil.which("node")
    if path is None:
        raise RuntimeError("There is no node: `make test` installs it; or install node 18 or later.")
    return path
