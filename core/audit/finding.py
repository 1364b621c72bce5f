"""One finding of an audit, and its verdicts."""

from __future__ import annotations

from typing import NamedTuple

AGREES, DIFFERS, IMPOSSIBLE, NOT_CHECKABLE = "agrees", "does not agree", "impossible", "cannot be checked"
VERDICTS = (IMPOSSIBLE, DIFFERS, NOT_CHECKABLE, AGREES)


class Finding(NamedTuple):
    """A check of a row: what was printed, what follows, the verdict, and what it means in words."""

    line: int
    table: str
    row: str
    check: str
    printed: str
    follows: str
    verdict: str
    words: str
