"""What every guess of a role works on: the columns that are still free, what was assumed, what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.findings import Findings
from core.guessing.questions import Questions
from core.reading import TextTable


@dataclass
class ColumnGuess:
    """Take the columns of a role out of a table's free ones.

    Attributes
    ----------
    free : columns without a role; a list of its own, from which those that are taken go
    levels : column -> its distinct values but for the missing ones
    missing_in : column -> codes that can only mean missing there
    """

    table: TextTable
    free: list[str]
    levels: Mapping[str, list[str]]
    findings: Findings
    questions: Questions
    missing_in: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.free = list(self.free)
