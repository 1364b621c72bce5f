"""The cells of a table under its mapping: which are missing, and how those that do not fit are named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.findings import Findings
from core.language import say
from core.mapping import ColumnMapping
from core.reading import TextTable
from core.schema import Severity


@dataclass(frozen=True, eq=False)
class Cells:
    """A table, what its columns mean, and the findings about its cells."""

    table: TextTable
    mapping: ColumnMapping
    findings: Findings

    def absent(self, column: str) -> np.ndarray:
        """Tell of each distinct value of a column whether it is a missing code."""
        return self.table.cells[column].is_in(self.mapping.missing_codes(column))

    def name(self, bad: np.ndarray, column: str, what: str, *, remedy: str = "",
             severity: Severity = "refused") -> None:
        """Name each row (a flag per row) whose cell does not fit, and say `what` it is."""
        rows = np.flatnonzero(bad)
        cells = self.table.cells[column]
        self.findings.add_rows(severity, self.table.lines[rows], lambda i: cells.cell(int(rows[i])),
                               say("Line {{line}}, column {column}: {{value}} {what}.", column=f"{column!r}",
                                   what=what), column=column,
                               remedy=remedy)
