"""A double click on `start.bat`: look at Python, make the environment once, start the app, open the browser.

It needs nothing but Python itself: an old one can read this file, which says that it is too old.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
LEAST = (3, 11)
STAMP = ".start"  # in the environment: what it was made of, once that is complete
WHEELS = "wheels"  # a folder beside the app, for machines that cannot reach PyPI


class CannotStart(Exception):
    """Says why the app cannot start, and what to do."""


def check_python(version: Sequence[int]) -> None:
    """Refuse a Python that is too old.

    Raises
    ------
    CannotStart
        With the address of a newer one.
    """
    if tuple(version[:2]) < LEAST:
        raise CannotStart(f"This is Python {version[0]}.{version[1]}, and Cohortscope needs "
                          f"{LEAST[0]}.{LEAST[1]} or later. Install it from https://www.python.org/downloads/ "
                          "(no administrator is needed), then start again.")


def environment(home: Path, run: Callable[[Sequence[str]], int]) -> Path:
    """Make the environment where there is none, or where the packages to install have changed; return its Python.

    Parameters
    ----------
    run : runs a command, and returns its exit code

    Raises
    ------
    CannotStart
        If a package could not be installed.
    """
    folder = home / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_of = _made_of(home)
    if python.exists() and _read(folder / STAMP) == made_of:
        return python
    print("Setting up, once: this takes some minutes ...", flush=True)
    if not python.exists() or run([str(python), "-m", "pip", "--version"]):  # none, or one that was interrupted
        venv.create(folder, with_pip=True, clear=True)
    if run(install_command(home, python)):
        raise CannotStart("The packages could not be installed. On a hospital's network ask for the address of its "
                          "proxy and set it as HTTPS_PROXY, or put the packages into a folder “wheels” beside "
                          f"start.bat (on another machine: pip download -r requirements.lock -d {WHEELS}). Then start "
                          "again.")
    (folder / STAMP).write_text(made_of, encoding="ascii")
    return python


def install_command(home: Path, python: Path) -> list[str]:
    """Return what installs the packages: of the folder beside the app where there is one, else of PyPI."""
    wheels = home / WHEELS
    where = ["--no-index", "--find-links", str(wheels)] if wheels.is_dir() else []
    return [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *where, "--require-hashes",
            "-r", str(home / "requirements.lock")]


def _made_of(home: Path) -> str:
    """Identify the packages and the Python that an environment is made of."""
    content = (home / "requirements.lock").read_bytes() + repr(sys.version_info[:2]).encode()
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace") if path.exists() else ""


def _call(command: Sequence[str]) -> int:
    quiet = subprocess.DEVNULL if command[-1] == "--version" else None
    return subprocess.run(command, check=False, cwd=HOME, stdout=quiet, stderr=quiet).returncode


def main(arguments: Sequence[str] = ()) -> int:
    """Start the app; return the exit code."""
    try:
        check_python(sys.version_info)
        python = environment(HOME, _call)
    except (CannotStart, OSError) as error:
        print(f"\nCohortscope cannot start. {error}", file=sys.stderr)
        return 1
    print("Cohortscope opens in the browser. Close this window to end it.", flush=True)
    return _call([str(python), str(HOME / "serve.py"), *arguments])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
