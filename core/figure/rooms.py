"""Charts laid out anew for where they go: for a room of a slide or a printed page, and divided where rows are many.

A chart is drawn in pixels of letters of 11: the fewer pixels a room is wide, the larger they stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Literal

from core.options import takes_options

Room = Literal["slide", "page", "middle", "low", "narrow"]
# Pixels of a chart across a slide; two columns of a journal; two thirds of a slide; under the finding of a slide of
# 4:3; half of a slide, or one column.
ROOMS: Mapping[Room, int] = {"slide": 600, "page": 600, "middle": 500, "low": 500, "narrow": 298}
_LEAST_ROWS = 3  # of a page, beneath which it looks forgotten
META = "usermeta"  # what Vega-Lite leaves to its user


@takes_options
def relaid(chart: Mapping[str, Any], room: Room) -> dict[str, Any]:
    """Lay a chart out for a room: as wide as that, or as it must be at least."""
    return {**chart, "width": max(ROOMS[room], least_width(chart))}


def least_width(chart: Mapping[str, Any]) -> int:
    """Return how many pixels a chart must be wide, 0 where nothing is said."""
    return int(chart.get(META, {}).get("least", 0))


def divided(chart: Mapping[str, Any], height: float) -> list[dict[str, Any]]:
    """Divide a chart whose rows need more than a height, in pixels, into charts that have as many each; never within a
    factor or a category if it can be helped, and never with less than three rows alone.
    """
    rows = chart.get(META, {}).get("rows")
    if not rows or chart["height"] <= height:
        return [dict(chart)]
    number, step, heads = rows["number"], rows["step"], rows["heads"]
    fixed = chart["height"] - number * step
    most = int((height - fixed) / step) - heads
    if most < _LEAST_ROWS:
        return [dict(chart)]
    begins = {row["i"] - heads for data in chart["datasets"].values() for row in data if row.get("head")}
    return [_page(chart, first, last) for first, last in pairwise(_breaks(number - heads, most, begins))]


def _breaks(rows: int, most: int, begins: set[int]) -> list[int]:
    """Return where pages begin, and the end: at most so many rows each, where possible before one that heads others."""
    out = [0]
    while rows - out[-1] > most:
        left, start = rows - out[-1], out[-1]
        even = start + -(-left // -(-left // most))  # pages of nearly equal length
        last = rows - _LEAST_ROWS
        places = [b for b in begins if start + _LEAST_ROWS <= b <= min(start + most, last)]
        alone = even > last and last - start >= _LEAST_ROWS
        out.append(min(places, key=lambda b: abs(b - even)) if places else last if alone else even)
    return [*out, rows]


def _page(chart: Mapping[str, Any], first: int, last: int) -> dict[str, Any]:
    """Return a chart of the rows from `first` to before `last`, with the rows that head all."""
    rows = chart[META]["rows"]
    number, step, heads = rows["number"], rows["step"], rows["heads"]
    kept = heads + last - first
    data = {name: [_moved(row, heads, first) for row in values if _within(row, heads, first, last)]
            for name, values in chart["datasets"].items()}
    page: dict[str, Any] = _with_domain(chart, list(range(number)), list(range(kept)))
    return {**page, "datasets": data, "height": round(chart["height"] - (number - kept) * step),
            META: {**chart[META], "rows": {**rows, "number": kept}}}


def _within(row: Mapping[str, Any], heads: int, first: int, last: int) -> bool:
    return "i" not in row or row["i"] < heads or first <= row["i"] - heads < last


def _moved(row: Mapping[str, Any], heads: int, first: int) -> Mapping[str, Any]:
    return row if row.get("i", -1) < heads else {**row, "i": row["i"] - first}


def _with_domain(part: Any, before: list[int], after: list[int]) -> Any:
    """Return a specification with each scale of rows from `before` to `after`; datasets are left as they are."""
    if isinstance(part, Mapping):
        return {k: v if k == "datasets" else after if k == "domain" and v == before else _with_domain(v, before, after)
                for k, v in part.items()}
    return [_with_domain(v, before, after) for v in part] if isinstance(part, list) else part


def sizes(chart: Any) -> Iterator[float]:
    """Walk the sizes of letters that a specification names, in pixels."""
    if isinstance(chart, Mapping):
        for name, value in chart.items():
            if name in ("fontSize", "labelFontSize", "titleFontSize") and isinstance(value, (int, float)):
                yield float(value)
            elif name != "datasets":
                yield from sizes(value)
    elif isinstance(chart, list):
        for value in chart:
            yield from sizes(value)
