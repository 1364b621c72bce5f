"""Every error a user can meet.

    CohortError            says the problem with the value, then the remedy
    ├── ReadingError       the bytes are not a table
    ├── MappingError       a role points to a column, level or unit that is not there
    ├── ValidationError    cells that do not fit their role; carries all findings
    ├── FilterError        a condition on an unknown variable or level
    ├── NeedsAnswer        a reading that only a person can choose; carries the choices
    └── NotEstimable       a panel that cannot be computed from these patients
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class CohortError(Exception):
    """State a problem and its remedy in words for the person who uses the app."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}".strip())


class ReadingError(CohortError):
    """Say why the bytes cannot be read as a table."""


class MappingError(CohortError):
    """Say which role cannot be filled, and what is available."""


class ValidationError(CohortError):
    """Say which cells do not fit their role; `findings` holds all of them."""

    def __init__(self, problem: str, remedy: str, findings: pd.DataFrame) -> None:
        super().__init__(problem, remedy)
        self.findings = findings


class FilterError(CohortError):
    """Say which condition names something that the cohort does not have."""


class NeedsAnswer(CohortError):
    """Ask what no convention decides; `choices` are the possible answers."""

    def __init__(self, problem: str, remedy: str, choices: Sequence[str]) -> None:
        super().__init__(problem, remedy)
        self.choices = tuple(choices)


class NotEstimable(CohortError):
    """Say why a figure cannot be computed from these patients."""
