"""The patients that are analysed: screen failures and those outside the chosen population are left out, and named."""

from __future__ import annotations

import numpy as np

from core.errors import MappingError
from core.findings import Findings
from core.language import say
from core.mapping import ColumnMapping
from core.reading import TextTable


def analysis_set(table: TextTable, mapping: ColumnMapping, findings: Findings) -> TextTable:
    """Return the rows of the mapping's population; every row that is left out is named.

    Raises
    ------
    MappingError
        If nobody is left.
    """
    role = mapping.population
    if role is None:
        return table
    cells = table.cells[role.column]
    kept = cells.is_in(role.values) if role.values else ~cells.is_in(role.without)
    inside = kept[cells.codes]
    if not inside.any():
        raise MappingError(say("Nobody is in the analysis set: {column} has none of {values}.",
                               column=f"{role.column!r}", values=', '.join(role.values)),
                           say("Choose the patients that are analysed under “Patients”."))
    left = np.flatnonzero(~inside)
    findings.add_rows("assumed", table.lines[left], lambda i: cells.cell(int(left[i])),
                      say("Line {{line}} is not in the analysis set: {column} is {{value}}.",
                          column=role.column), column=role.column,
                      remedy=say("Choose the patients that are analysed under “Patients”."))
    return table.take(np.flatnonzero(inside))
