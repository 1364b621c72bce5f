"""Questions of the reading: each answer says what it changes, and what it would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.errors import NeedsAnswer


class Answer(NamedTuple):
    """One answer: its words, the merge patch of the mapping, and what it would mean: n, events, median."""

    label: str
    change: Mapping[str, Any]
    meaning: str = ""


@dataclass
class Questions:
    """What only a person can answer, in the order in which it is asked."""

    asked: list[tuple[str, str, list[Answer]]] = field(default_factory=list)

    def ask(self, problem: str, remedy: str, answers: list[Answer]) -> None:
        """Add a question; the likeliest answer first."""
        self.asked.append((problem, remedy, answers))

    def asks_unit(self, endpoint: str) -> bool:
        """Tell whether a question asks for the unit of an endpoint's times."""
        changes = (a.change.get("endpoints", {}).get(endpoint) for _, _, answers in self.asked for a in answers)
        return any(change and "unit" in change for change in changes)

    def errors(self, mapping: Mapping[str, Any]) -> list[NeedsAnswer]:
        """Return the questions as errors that carry the guessed mapping."""
        return [NeedsAnswer(problem, remedy, [a.label for a in answers], [a.change for a in answers], mapping,
                            meanings=[a.meaning for a in answers]) for problem, remedy, answers in self.asked]
