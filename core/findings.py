"""What reading repaired, assumed, warned of or refused: one record per place."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from core.schema import FINDING_COLUMNS, Severity

# So many rows are named one by one; more of one kind are named in one finding.
_SINGLY: dict[Severity, int] = {"refused": 5_000, "warning": 200, "assumed": 25, "repaired": 200}


class Findings:
    """Collect findings in the order in which they are made."""

    def __init__(self, records: Iterable[dict[str, object]] = ()) -> None:
        self.records: list[dict[str, object]] = list(records)

    def add(self, severity: Severity, message: str, *, remedy: str = "", row: int | str = "",
            column: str = "", value: str = "") -> None:
        """Add one finding: what it is about, what was done, and how to change it."""
        self.records.append({"severity": severity, "row": row, "column": column, "value": value,
                             "message": message, "remedy": remedy})

    def add_rows(self, severity: Severity, lines: np.ndarray, values: Callable[[int], str],
                 message: str, *, column: str = "", remedy: str = "") -> None:
        """Add a finding per row; `values` gives the value of the i-th. `{line}` and `{value}` are filled in."""
        most = _SINGLY[severity]
        if severity == "assumed" and len(lines) > most:
            most = 0
        for i, line in enumerate(lines[:most]):
            value = values(i)
            self.add(severity, message.replace("{line}", str(line)).replace("{value}", repr(value)),
                     remedy=remedy, row=int(line), column=column, value=value)
        rest = lines[most:]
        if len(rest):
            self.add(severity, f"{len(rest):,} {'further ' if most else ''}rows of one kind: {message}"
                     .replace("{line}", "…").replace("{value}", "…"),
                     remedy=remedy, row=ranges(rest), column=column)

    @property
    def refused(self) -> bool:
        """Whether any finding refuses the file."""
        return any(r["severity"] == "refused" for r in self.records)

    def frame(self) -> pd.DataFrame:
        """Return the findings as a frame: severity, row, column, value, message, remedy."""
        return pd.DataFrame(self.records, columns=list(FINDING_COLUMNS))


def masked(findings: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return findings to be saved: without the values of columns that may tell who a patient is."""
    hidden = findings.column.isin(list(columns)) & (findings.value != "")
    said = [str(m).replace(repr(v), "…").replace(str(v), "…") if h else m
            for m, v, h in zip(findings.message, findings.value, hidden, strict=True)]
    return findings.assign(value=findings.value.where(~hidden, "…"), message=said)


def ranges(lines: np.ndarray) -> str:
    """Write line numbers briefly: `3-7, 9`."""
    ordered = np.unique(lines)
    breaks = np.flatnonzero(np.diff(ordered) > 1)
    firsts = ordered[np.concatenate([[0], breaks + 1])]
    lasts = ordered[np.concatenate([breaks, [len(ordered) - 1]])]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(firsts, lasts, strict=True))
