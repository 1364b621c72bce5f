"""What the levels of a tumour response mean by their names.

Source of the categories: Lencioni and Llovet. Semin Liver Dis 2010;30:52 (mRECIST); Eisenhauer et al. Eur J Cancer
2009;45:228.
"""

from __future__ import annotations

import re
from typing import Literal

from core.mapping.roles import Meaning

_WORDS: dict[str, tuple[str, ...]] = {
    "CR": ("cr", "complete", "完全缓解"), "PR": ("pr", "partial", "部分缓解"),
    "SD": ("sd", "stable", "疾病稳定", "病情稳定", "稳定"), "PD": ("pd", "progress", "疾病进展", "进展")}
_NO_CATEGORY = re.compile(r"^(not|non|un|in|no\b|未|不|无|没)|free|missing|data|assess")
_BY_CATEGORY: dict[str, Meaning] = {"CR": "response", "PR": "response", "SD": "control", "PD": "progression"}
_BY_WORDS: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    ("not evaluable", re.compile(r"(ne|n/?e|nd|na|(not|non|un|in)[- ]?(evaluable|assess\w*|evaluated|done|available)"
                                 r"|unknown|missing|no data|.*(无法|不可|未)(评估|评价|评).*|不详)")),
    ("no response", re.compile(r"(non?[- ]?respon\w*|无(缓解|应答|反应)|未缓解|无效)")),
    ("response", re.compile(r"(respon\w*|objective response|缓解|应答|有效)")))


def category_of(level: str) -> str:
    """Return CR, PR, SD or PD for a level as files write it; "" for another, such as not evaluable."""
    text = level.strip().casefold()
    if "non-cr/non-pd" in text:  # RECIST: disease that is there and not measured, under control
        return "SD"
    if _NO_CATEGORY.search(text):
        return ""
    return next((name for name, words in _WORDS.items() if any(
        text == w or ((len(w) > 2 or not w.isascii()) and text.startswith(w)) for w in words)), "")


def meaning_of(level: str) -> Meaning | Literal[""]:
    """Return what a level means by its name; "" where the name does not say it."""
    if category := category_of(level):
        return _BY_CATEGORY[category]
    text = level.strip().casefold()
    return next((meaning for meaning, words in _BY_WORDS if words.fullmatch(text)), "")
