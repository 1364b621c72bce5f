"""Every error a user can meet.

    CohortError            says the problem with the value, then the remedy
    ├── ReadingError       the bytes are not a table
    ├── AuditTableError    cells of a published table that are no count, percentage, p or ratio
    ├── MappingError       a role points to a column, level or unit that is not there
    ├── ValidationError    cells that do not fit their role; carries all findings
    ├── FilterError        a condition on an unknown variable or level
    ├── OptionError        an option that does not exist
    ├── NeedsAnswer        a reading that only a person can choose; carries the choices
    └── NotEstimable       a panel that cannot be computed from these patients
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.language import say

if TYPE_CHECKING:
    import pandas as pd


class CohortError(Exception):
    """State a problem and its remedy in words for the person who uses the app."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = say(remedy)  # many stand in the code as constants
        super().__init__(f"{problem} {self.remedy}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error pass from one process to another, whatever its class takes."""
        return _again, (type(self), str(self), self.__dict__)


def _again(kind: type[CohortError], problem: str, state: dict[str, Any]) -> CohortError:
    error = kind.__new__(kind)
    Exception.__init__(error, problem)
    error.__dict__.update(state)
    return error


class ReadingError(CohortError):
    """Say why the bytes cannot be read as a table."""


class AuditTableError(CohortError):
    """Say which cells of a published table could not be read, by line and column."""


class MappingError(CohortError):
    """Say which role cannot be filled, and what is available."""


class ValidationError(CohortError):
    """Say which cells do not fit their role; `findings` holds all of them."""

    def __init__(self, problem: str, remedy: str, findings: pd.DataFrame) -> None:
        super().__init__(problem, remedy)
        self.findings = findings


class FilterError(CohortError):
    """Say which condition names something that the cohort does not have."""


class OptionError(CohortError):
    """Say which option does not exist, and which do."""


class NeedsAnswer(CohortError):
    """Ask what no convention decides.

    Attributes
    ----------
    choices : the possible answers
    changes : what each answer changes in the mapping (a JSON merge patch, RFC 7396)
    meanings : what each answer would mean: patients, events, median; "" where there is nothing to say
    mapping : the guessed mapping as JSON data, with this question open
    """

    def __init__(self, problem: str, remedy: str, choices: Sequence[str],
                 changes: Sequence[Mapping[str, Any]] = (),
                 mapping: Mapping[str, Any] | None = None, *, meanings: Sequence[str] = ()) -> None:
        super().__init__(problem, remedy)
        self.choices = tuple(choices)
        self.changes = tuple(changes)
        self.meanings = tuple(meanings) or ("",) * len(self.choices)
        self.mapping = mapping or {}

    def answered(self, choice: str) -> dict[str, Any]:
        """Return the mapping with this answer, to read the file with; the next question is asked then."""
        out = merged(self.mapping, self.changes[self.choices.index(choice)])
        return {**out, "answered": [*out.get("answered", []), self.problem]}


def merged(data: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a JSON merge patch: None takes a key away, objects are merged, the rest is replaced."""
    out = dict(data)
    for key, value in change.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = merged(out[key], value)
        else:
            out[key] = value
    return out


class NotEstimable(CohortError):
    """Say why a figure cannot be computed from these patients."""
