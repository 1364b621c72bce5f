"""Look up the locked packages in a database of known flaws, without a network.

    python -m tests.shared.known_flaws all.zip [requirements.lock]

The database is that of the Open Source Vulnerabilities project for PyPI, one zip of JSON files in the OSV format
(https://ossf.github.io/osv-schema/), fetched where there is a network:
https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_ROOT = Path(__file__).resolve().parents[2]


def known_flaws(database: Path, lock: str) -> list[str]:
    """Return a line for each flaw of a locked package.

    Parameters
    ----------
    lock : text of `requirements.lock`

    Raises
    ------
    ValueError
        If the database names no package that is locked: it is not that of PyPI.
    """
    locked = {canonicalize_name(name): version
              for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE)}
    flaws, packages = [], set()
    for advisory, affected in _advisories(database):
        name = canonicalize_name(affected["package"]["name"])
        packages.add(name)
        if name in locked and "withdrawn" not in advisory and _is_affected(locked[name], affected):
            words = advisory.get("summary") or advisory.get("details", "").split("\n")[0]
            aliases = ", ".join([advisory["id"], *advisory.get("aliases", [])])
            flaws.append(f"{name} {locked[name]}: {words} ({aliases})")
    if not packages & set(locked):
        raise ValueError("The database names none of the locked packages: is it that of PyPI?")
    return sorted(flaws)


def _advisories(database: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    with zipfile.ZipFile(database) as file:
        for name in file.namelist():
            advisory = json.loads(file.read(name))
            for affected in advisory.get("affected", []):
                if affected.get("package", {}).get("ecosystem") == "PyPI":
                    yield advisory, affected


def _is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Tell whether a version is listed, or lies in a range from one that introduced the flaw to one that mended it."""
    if version in affected.get("versions", []):
        return True
    return any(_lies_in(Version(version), each["events"]) for each in affected.get("ranges", [])
               if each["type"] == "ECOSYSTEM")


def _lies_in(version: Version, events: list[dict[str, str]]) -> bool:
    inside = False
    for event in events:
        (kind, text), = event.items()
        try:
            at = Version(text)
        except InvalidVersion:
            continue
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def main(arguments: list[str]) -> int:
    """Print the flaws; return 1 where there are any."""
    lock = Path(arguments[1]) if arguments[1:] else _ROOT / "requirements.lock"
    flaws = known_flaws(Path(arguments[0]), lock.read_text(encoding="utf-8"))
    print("\n".join(flaws) or "No known flaw of a locked package.")
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
