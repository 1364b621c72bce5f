"""How journals write p-values."""

from __future__ import annotations

import re
from typing import Literal

from core.options import takes_options

PStyle = Literal["AMA", "NEJM", "Lancet"]
P_STYLES: tuple[PStyle, ...] = ("AMA", "NEJM", "Lancet")
_PHRASE = re.compile(r"\bp(?: ?([<>])| ?=)? ?\.(\d{2,4})\b")  # as `core.format` writes them
_ADJUSTED = re.compile(r"(\b(?:adjusted|gives|error)|校正|给出|误差) ([<>]?)\.(\d{2,4})\b")  # in every language
_BARE = re.compile(r"(?<![\w.])([<>]?)\.(\d{2,4})\b")


@takes_options
def restyled(text: str, style: PStyle, *, alone: bool = False) -> str:
    """Write the p-values of a text as a journal has them: `p = .023`, NEJM `P=0.023`, Lancet `p=0·023`.

    Parameters
    ----------
    alone : whether a number that begins with its point is one, too: in a column of them
    """
    if style == "AMA":
        return text
    letter, point = ("P", ".") if style == "NEJM" else ("p", "·")
    text = _PHRASE.sub(lambda m: f"{letter}{m[1] or '='}0{point}{m[2]}", text)
    text = _ADJUSTED.sub(lambda m: f"{m[1]} {m[2]}0{point}{m[3]}", text)
    return _BARE.sub(lambda m: f"{m[1]}0{point}{m[2]}", text) if alone else text
