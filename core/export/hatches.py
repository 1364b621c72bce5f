"""Bars of groups with hatches, so that greys are told apart on any paper: in SVG, and by their names in PowerPoint."""

from __future__ import annotations

import re
from collections.abc import Callable

# By the place of a group, the first one plain: PowerPoint's name of the hatch (ECMA-376, ST_PresetPatternVal), and the
# path of its tile of 6 by 6 pixels.
HATCHES = (("", ""), ("wdUpDiag", "M-1,1L1,-1M0,6L6,0M5,7L7,5"), ("wdDnDiag", "M-1,5L1,7M0,0L6,6M5,-1L7,1"),
           ("horz", "M0,3H6"), ("vert", "M3,0V6"), ("diagCross", "M0,0L6,6M0,6L6,0"), ("lgGrid", "M0,0H6M0,0V6"),
           ("pct20", "M2,3H4"))
_BAR = re.compile(r'(<path [^>]*d="M[-\d.e]+,[-\d.e]+h[-\d.e]+v[-\d.e]+h[-\d.e]+Z"[^>]*? fill=")(#[0-9a-fA-F]{6})(")')
_SQUARE = re.compile(r'(<text [^>]*? fill="(#[0-9a-fA-F]{6})"[^>]*>)(\u25a0)')  # before a group's name
_NAME = re.compile(r"url\(#hatch-(\w+)-([0-9a-f]{6})-([0-9a-f]{6})\)")
_OPENED = re.compile(r"<svg[^>]*>")


def hatched(drawing: str, place_of: Callable[[str], int], ink_of: Callable[[str], str], *, dark: bool = False) -> str:
    """Hatch the bars of all groups but the first in an SVG; the line is of the ground's colour.

    Parameters
    ----------
    place_of : of the group that has a colour, 0 where none has
    ink_of : the grey that is drawn in place of a colour
    """
    tiles: dict[str, str] = {}
    line = "000000" if dark else "ffffff"

    def fill(colour: str) -> str:
        """Return the hatch of a group, "" of one that has none."""
        name, path = HATCHES[place_of(colour) % len(HATCHES)]
        if not name:
            return ""
        grey = ink_of(colour).lower()
        known = f"hatch-{name}-{grey.lstrip('#')}-{line}"
        tiles[known] = (f'<pattern id="{known}" patternUnits="userSpaceOnUse" width="6" height="6">'
                        f'<rect width="6" height="6" style="fill:{grey}"/>'
                        f'<path d="{path}" style="stroke:#{line};stroke-width:1.4;fill:none"/></pattern>')
        return f"url(#{known})"

    def square(head: re.Match[str]) -> str:
        known = fill(head[2])
        return f'{head[1]}<tspan fill="{known}">{head[3]}</tspan>' if known else head[0]

    out = _BAR.sub(lambda bar: f"{bar[1]}{fill(bar[2]) or bar[2]}{bar[3]}", drawing)
    out = _SQUARE.sub(square, out) if tiles else out
    return _OPENED.sub(lambda m: f"{m[0]}<defs>{''.join(tiles.values())}</defs>", out, count=1) if tiles else out


def hatch_of(fill: str) -> tuple[str, str, str] | None:
    """Return PowerPoint's name of a hatch, its ground's colour and its line's; None of a fill that is none."""
    named = _NAME.fullmatch(fill)
    return (named[1], named[2].upper(), named[3].upper()) if named else None
