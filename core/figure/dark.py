"""Charts on a dark page: every colour of the theme has its counterpart, which differs as clearly from the page."""

from __future__ import annotations

from typing import Any

from core.figure import theme
from core.figure.inks import with_colours

PAGE = "#15191d"
INK = "#e4e8ec"
# From dark ink and pale ground to pale ink and dark ground; ordered scales go on falling in contrast to the page.
_COUNTERPARTS = {
    theme.INK: INK, theme.QUIET: "#a9b4be", theme.LINE: "#4a545d", theme.GRID: "#2b323a", theme.ALL: "#3b4650",
    theme.SELECTED: "#6ea8d3", theme.ACCENT: "#f0a04b", theme.WHITE: PAGE, theme.AGREES: "#5cc28d",
    **dict(zip(theme.STRATA, ("#4aa8e0", "#f08a3c", "#2fbf95", "#dd93bd", "#f0b429", "#7cc8f2", "#f2f4f6", "#c2b52e"),
               strict=True)),
    **dict(zip(theme.GRADES, ("#4d3a1c", "#8a5a20", "#c8782a", "#f0a04b", "#ffd9a3"), strict=True)),
    **dict(zip(theme.RESPONSES.values(), ("#a8d4f5", "#3f8fc9", "#5d6873", "#e07a3a", "#2b323a"), strict=True)),
}


def _mixed(colour: str, strength: float) -> str:
    """Mix a colour with the dark page; strength 1 keeps it."""
    pairs = ((int(colour[i:i + 2], 16), int(PAGE[i:i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(page + (mark - page) * strength):02x}" for mark, page in pairs)


_COUNTERPARTS |= {theme.tint(colour, step / 20): _mixed(_COUNTERPARTS[colour], step / 20)
                  for colour in theme.STRATA for step in range(2, 19)}


def dark_colour(colour: str) -> str:
    """Return the counterpart of a colour of the theme; another colour stays."""
    return _COUNTERPARTS.get(colour, colour)


def darkened(chart: dict[str, Any]) -> dict[str, Any]:
    """Return a chart for a dark page."""
    return with_colours(chart, dark_colour)
