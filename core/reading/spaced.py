"""Columns separated by spaces, or of fixed width: written with tabs, line by line."""

from __future__ import annotations

import re
from itertools import pairwise

SPACES_BETWEEN = "spaces"  # the delimiter's name
_TOKEN = re.compile(r'"[^"]*"|\S+')
_LOOKED_AT, _NEARLY_ALL = 200, 0.95
_OTHERS = re.compile(r"[,;\t|]")


def with_tabs(text: str) -> str | None:
    """Return a text whose columns are told by spaces with tabs between them; None where they are not.

    A header may be one name short: R writes row names so. Where cells hold spaces, columns are those of fixed width.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    filled = [line for line in lines if line.strip()][:_LOOKED_AT]
    if len(filled) < 2 or _OTHERS.search(filled[0]):
        return None
    head, counts = len(_TOKEN.findall(filled[0])), [len(_TOKEN.findall(line)) for line in filled[1:]]
    width = max(set(counts), key=counts.count)
    if head >= 2 and width in (head, head + 1) and counts.count(width) >= _NEARLY_ALL * len(counts):
        return "\n".join("\t".join(_TOKEN.findall(line)) for line in lines)
    if len(edges := _edges(filled)) > 1:
        return "\n".join("\t".join(line[a:b].strip() for a, b in zip([0, *edges], [*edges, None], strict=True))
                         if line.strip() else "" for line in lines)
    return None


def _edges(lines: list[str]) -> list[int]:
    """Return where columns of fixed width begin: behind places that are blank in every line, (columns - 1).

    What stands under no name belongs to the column before it.
    """
    longest = max(map(len, lines))
    blank = [all(len(line) <= place or line[place] == " " for line in lines) for place in range(longest)]
    edges = [place for place in range(1, longest) if blank[place - 1] and not blank[place]]
    return [a for a, b in pairwise([*edges, longest]) if lines[0][a:b].strip()]
