"""Headers of two rows, of groups and names or of names and units, and files without any."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from core.language import say
from core.reading.grid import Grid, Row

_UNIT = re.compile(
    r"[(\[]?\s*(days?|weeks?|months?|mo|years?|yrs?|d|y|cm|mm|m|kg|kg/m\^?2|%|gy|ng/ml|[μu]g/l|ng/l|pg/ml|i?u/l|iu/ml|"
    r"g/l|g/dl|mg/dl|mg/l|[μu]mol/l|mmol/l|10\^?9/l|×10\^?9/l|ml|mmhg|天|周|月|个月|年|岁|厘米|毫米)\s*[)\]]?",
    re.IGNORECASE)
_CODES = re.compile(r"0\s*/\s*1(\s*/\s*2)*|1\s*/\s*2|[yjo]\s*/\s*n|yes\s*/\s*no|m\s*/\s*f|f\s*/\s*m|\W*\d\s*[=:：].+",
                    re.IGNORECASE)
_LEGEND = re.compile(r"\d\s*[=:：]")
# Groups without which a name would mean something else: an endpoint's time, a value at a later visit.
_TELLS = re.compile(r"\b(os|pfs|dfs|rfs|efs|dmfs|mfs|lrfs|css|dss|ttp)\b|surviv|progress|relapse|recurren|month \d|"
                    r"week \d|follow|post|after|visit|生存|进展|复发|随访|治疗后", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")


def unnamed(width: int) -> Row:
    """Return a header for a file without one: `Column 1`, `Column 2`, ..., above its first line."""
    return Row(0, [f"Column {i}" for i in range(1, width + 1)])


def joined_header(grid: Grid, header: Row) -> tuple[Row, str]:
    """Return the header with the row below it where both name the columns, and what was done; "" where nothing was.

    Names stand below their groups (`Survival` over `time` and `event`), or over their units.
    """
    above = next((row for row in reversed(grid.top) if row.line < header.line and row.filled), None)
    if above and above.line == header.line - 1 and above.filled > 1:  # groups that were too few to be taken for names
        titles, names = (_padded(row.cells, grid.width) for row in (above, header))
        if len(titles) == len(names) and all(_LETTER.search(t) for t in titles if t):
            joined = _under_groups(titles, names)
            if joined != names:
                return Row(header.line, joined), (
                    say("Lines {line} and {next} are groups and columns: the group stands before names that would "
                        "mean something else without it.", line=above.line, next=header.line))
    below = next((row for row in grid.top if row.line > header.line and row.filled), None)
    third = next((row for row in grid.top if below and row.line > below.line and row.filled), None)
    if below is None or third is None:
        return header, ""
    names, second = (_padded(row.cells, grid.width) for row in (header, below))
    if _are_groups(names, second, _padded(third.cells, grid.width)):
        return Row(below.line, _under_groups(names, second)), (
            say("Lines {line} and {next} are two rows of names, groups and columns: the second was taken, with the "
                "group where a name occurs twice.", line=header.line, next=below.line))
    if _are_units(second):
        cells = [f"{name} ({unit.strip(' ()[]')})" if name and (_UNIT.fullmatch(unit) or _LEGEND.search(unit)) else name
                 for name, unit in zip(names, second, strict=True)]
        return Row(below.line, cells), say("Line {line} holds units: they were joined to the names above.",
                                           line=below.line)
    return header, ""


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [c.strip() for c in [*cells, *[""] * width][:max(width, len(cells))]]


def _are_groups(names: list[str], second: list[str], third: list[str]) -> bool:
    """Tell groups over names: gaps in the first row, none in the second, which has letters where data follow."""
    gaps = [i for i, name in enumerate(names) if not name]
    named = all(_LETTER.search(cell) and len(cell) < 80 for cell in second)
    data = sum(_LETTER.search(a) is None for a in third if a)
    spans = [len(span) for span in re.findall(r"0+", "".join("1" if name else "0" for name in names))]
    distinct = len(set(second)) == len(second) or len(spans) > 1
    return bool(gaps and named and distinct and len(names) == len(second) and data and gaps[0] > 0
                and 2 * len(gaps) >= len(names) - 1)


def _under_groups(names: list[str], second: list[str]) -> list[str]:
    """Return the names of the second row; one that occurs twice has its group before it."""
    out, group = [], ""
    twice = {n for n in second if second.count(n) > 1}
    for title, name in zip(names, second, strict=True):
        group = title or group
        says_more = name in twice or (_TELLS.search(group) and not _TELLS.search(name))
        out.append(f"{group} {name}" if says_more and group and group.casefold() not in name.casefold() else name)
    return out


def _are_units(second: list[str]) -> bool:
    """Tell a row of units: nothing in it but units, lists of codes and gaps, and a unit at least."""
    filled = [unicodedata.normalize("NFKC", c) for c in second if c]
    units = sum(len(c.strip(" ()[]")) > 1 and bool(_UNIT.fullmatch(c)) for c in filled)  # a lone M is a man
    legends = sum(bool(_LEGEND.search(c)) for c in filled)
    return bool(units or legends) and all(_UNIT.fullmatch(c) or _CODES.fullmatch(c) for c in filled)
