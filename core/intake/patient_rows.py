"""One row per patient: identical rows are passed over, of several visits the chosen one is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from core.findings import Findings
from core.language import say
from core.mapping import ColumnMapping, RowRule
from core.reading import TextTable, differs_within, first_filled


def one_row_per_patient(table: TextTable, mapping: ColumnMapping, findings: Findings) -> TextTable:
    """Return the table with the rows that count; every row not kept is named.

    Different rows of one patient stay where the mapping has no rule for them: validation refuses them.
    """
    if not mapping.patient_id or not len(table):
        return table
    cells = table.cells[mapping.patient_id]
    known = ~cells.is_in(mapping.missing_codes(mapping.patient_id))[cells.codes]
    several = known & (cells.counts[cells.codes] > 1)
    if not several.any():
        return table
    keep = ~_identical(table, several)
    findings.add_rows("repaired", table.lines[~keep], _value(table, mapping.patient_id, ~keep),
                      say("Line {line} is an exact copy of another row of patient {value} and was skipped."),
                      column=mapping.patient_id)
    if mapping.rows and mapping.rows.take == "merge":
        return _merged(table.take(np.flatnonzero(keep)), mapping, findings)
    if mapping.rows:
        counts = _chosen(table, mapping.patient_id, mapping.rows, keep & known)
        left = keep & known & ~counts
        findings.add_rows("assumed", table.lines[left], _value(table, mapping.patient_id, left),
                          say("Line {{line}} of patient {{value}} was not taken: {rule_words} counts.",
                              rule_words=_rule_words(mapping.rows)),
                          column=mapping.patient_id, remedy=say("Choose another row under “Patient id”."))
        keep &= ~left
        _say_lost(table, mapping.patient_id, mapping.rows, known, keep, findings)
    return table.take(np.flatnonzero(keep))


def _merged(table: TextTable, mapping: ColumnMapping, findings: Findings) -> TextTable:
    """Return one row per patient: of each column the first cell that is filled.

    Columns that the mapping uses, and in which a patient's rows contradict each other, are refused.
    """
    by = mapping.patient_id or ""
    used = {v.column for v in mapping.variables} | set(mapping.adverse_events)
    used |= {c for e in mapping.endpoints for c in e.columns}
    used |= {mapping.arm.column} if mapping.arm else set()
    for column in sorted(used & set(table.columns)):
        if differs_within(table, column, by, mapping.missing_codes(column)):
            findings.add("refused", say("Rows of one patient hold different values of {column}.", column=f"{column!r}"),
                         column=column,
                         remedy=say("Choose under “Patient id” which row of a patient counts."))
    _, rows, groups = np.unique(table.cells[by].codes, return_index=True, return_inverse=True)
    order = np.argsort(rows, kind="stable")  # patients in the order of the file
    cells = {name: column.take(first_filled(column, groups, mapping.missing_codes(name))[order])
             for name, column in table.cells.items()}
    return replace(table, cells=cells, lines=table.lines[rows[order]])


def _identical(table: TextTable, several: np.ndarray) -> np.ndarray:
    """Tell which rows repeat an earlier one in every cell."""
    rows = np.flatnonzero(several)
    codes = pd.DataFrame({i: c.codes[rows] for i, c in enumerate(table.cells.values())})
    again = np.zeros(len(table), bool)
    again[rows[codes.duplicated().to_numpy()]] = True
    return again


def _chosen(table: TextTable, column: str, rule: RowRule, candidates: np.ndarray) -> np.ndarray:
    """Tell which rows the rule takes, one per patient."""
    if rule.take == "where":
        cells = table.cells[rule.column]
        candidates = candidates & cells.is_in([rule.value])[cells.codes]
    rows = np.flatnonzero(candidates)
    ids = pd.Series(table.cells[column].codes[rows])
    out = np.zeros(len(table), bool)
    out[rows[~ids.duplicated(keep="last" if rule.take == "last" else "first").to_numpy()]] = True
    return out


def _say_lost(table: TextTable, column: str, rule: RowRule, known: np.ndarray, keep: np.ndarray,
              findings: Findings) -> None:
    """Name patients of whom no row fits the rule."""
    cells = table.cells[column]
    lost = np.setdiff1d(cells.codes[known], cells.codes[keep & known])
    texts = cells.values.take(lost).to_pylist()
    if texts:
        findings.add("warning", say("{n} patients have no row where {column} is {value} and are left out: "
                                    "{ids}.", n=f"{len(texts):,}", column=f"{rule.column!r}",
                                    value=f"{rule.value!r}",
                                    ids=", ".join(texts[:8]) + (" …" if len(texts) > 8 else "")), column=column,
                     value=", ".join(texts[:50]), remedy=say("Choose the first row of each patient in place of it."))


def _rule_words(rule: RowRule) -> str:
    return say("the row where {column} is {value}", column=rule.column,
               value=rule.value) if rule.take == "where" else say("the {take} row", take=say(rule.take))


def _value(table: TextTable, column: str, rows: np.ndarray) -> Callable[[int], str]:
    """Return what gives the patient id of the i-th of some rows."""
    places = np.flatnonzero(rows)
    return lambda i: table.cells[column].cell(int(places[i]))
