"""How severe adverse events are, in words: CTCAE grades, or severities (mild, moderate, severe) that are none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.language import say

# Severity in words -> the place that it shares with a grade in tables and colours.
_SEVERITIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "none": (0, ("none", "absent", "无")),
    "mild": (1, ("mild", "slight", "轻度", "轻", "軽度", "léger", "leve", "leicht")),
    "moderate": (2, ("moderate", "medium", "中度", "中", "中等", "中等度", "modéré", "moderado", "mäßig", "mittel")),
    "severe": (3, ("severe", "重度", "重", "高度", "sévère", "grave", "severo", "schwer")),
    "life-threatening": (4, ("lifethreatening", "lifethreat", "危及生命", "危重")),
    "fatal": (5, ("fatal", "death", "lethal", "死亡", "致死")),
}
_PLACES = {word: place for place, words in _SEVERITIES.values() for word in words}


@dataclass(frozen=True)
class GradeWords:
    """The words for one scale: its `name`, `names` of 1 to 5, and of the bands that tables have."""

    name: str
    names: tuple[str, ...]
    bands: tuple[tuple[str, str], ...]

    @property
    def measure(self) -> str:
        """Say what is measured."""
        return say(self.name)

    def band(self, band: str) -> str:
        """Return the words of a band: "any", "1-2", ">=3", ">=4" or a single grade."""
        return say(dict(self.bands).get(band) or self.names[int(band) - 1])

    def heading(self, band: str) -> str:
        """Return a band's words as they begin a title or a column."""
        words = self.band(band)
        return words[:1].upper() + words[1:]

    def of(self, grade: int) -> str:
        """Return the words of a grade, "none" for 0."""
        return say(self.names[grade - 1] if grade else "none")


CTCAE = GradeWords("CTCAE grade", ("grade 1", "grade 2", "grade 3", "grade 4", "grade 5"), (
    ("any", "any grade"), ("1-2", "grade 1–2"), (">=3", "grade ≥ 3"), (">=4", "grade ≥ 4")))
SEVERITY = GradeWords("severity", tuple(_SEVERITIES)[1:], (
    ("any", "any severity"), ("1-2", "mild or moderate"), (">=3", "severe or worse"),
    (">=4", "life-threatening or fatal")))


def severity_place(text: str) -> float | None:
    """Return the place of a severity in words, from mild 1 to fatal 5, none 0; None where it is no severity."""
    word = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", re.sub(r"^\s*\d\s*[=:.,-]?\s*", "", text)).casefold())
    place = _PLACES.get(word)
    return None if place is None else float(place)
