"""What reading repaired, assumed, warned of or refused: one record per place."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from core.language import say
from core.schema import FINDING_COLUMNS, Severity

# So many rows are named one by one; more of one kind are named in one finding.
_SINGLY: dict[Severity, int] = {"refused": 5_000, "warning": 200, "assumed": 25, "repaired": 200}


class Findings:
    """Collect findings in the order in which they are made."""

    def __init__(self, records: Iterable[dict[str, object]] = ()) -> None:
        self.records: list[dict[str, object]] = list(records)

    def add(self, severity: Severity, message: str, *, remedy: str = "", row: int | str = "",
            column: str = "", value: str = "", kind: str = "", rows: int = 1) -> None:
        """Add one finding: what it is about, what was done, and how to change it.

        `kind`: the message without line and value, which findings of one kind share; `rows`: how many it stands for.
        """
        self.records.append({"severity": severity, "row": row, "column": column, "value": value,
                             "message": message, "remedy": remedy, "kind": kind or message, "rows": rows})

    def add_rows(self, severity: Severity, lines: np.ndarray, values: Callable[[int], str],
                 message: str, *, column: str = "", remedy: str = "") -> None:
        """Add a finding per row; `values` gives the value of the i-th. `{line}` and `{value}` are filled in."""
        most, kind = _SINGLY[severity], said_of_many(message)
        if severity == "assumed" and len(lines) > most:
            most = 0
        for i, line in enumerate(lines[:most]):
            value = values(i)
            self.add(severity, message.replace("{line}", str(line)).replace("{value}", repr(value)),
                     remedy=remedy, row=int(line), column=column, value=value, kind=kind)
        rest = lines[most:]
        if len(rest):
            words = say("{n} further rows with the same finding: {message}", n=f"{len(rest):,}", message=message) if \
                most else say("{n} rows with the same finding: {message}", n=f"{len(rest):,}", message=message)
            self.add(severity, words.replace("{line}", "…").replace("{value}", "…"),
                     remedy=remedy, row=ranges(rest), column=column, kind=kind, rows=len(rest))

    @property
    def refused(self) -> bool:
        """Whether any finding refuses the file."""
        return any(r["severity"] == "refused" for r in self.records)

    def frame(self) -> pd.DataFrame:
        """Return the findings as a frame: severity, row, column, value, message, remedy, kind, rows."""
        frame = pd.DataFrame(self.records, columns=list(FINDING_COLUMNS))
        return frame.assign(kind=frame.kind.fillna(frame.message), rows=frame.rows.fillna(1).astype(int))


def said_of_many(message: str) -> str:
    """Return a message for all rows of its kind: without the line at its head, the value as an ellipsis."""
    bare = message.replace("Line {line}: ", "").replace(", line {line}", "").replace("{line}", "…")
    bare = bare.replace("{value}", "a value").strip()
    return bare[:1].upper() + bare[1:]


def grouped_by_kind(findings: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the findings of each kind, severity and column together, in the order in which they were made."""
    return [part for _, part in findings.groupby(["severity", "column", "kind"], sort=False)]


def masked(findings: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return findings to be saved: without the values of columns that may tell who a patient is."""
    hidden = findings.column.isin(list(columns)) & (findings.value != "")
    messages = [str(m).replace(repr(v), "…").replace(str(v), "…") if h else m
            for m, v, h in zip(findings.message, findings.value, hidden, strict=True)]
    return findings.assign(value=findings.value.where(~hidden, "…"), message=messages)


def ranges(lines: np.ndarray) -> str:
    """Write line numbers briefly: `3-7, 9`."""
    ordered = np.unique(lines)
    breaks = np.flatnonzero(np.diff(ordered) > 1)
    firsts = ordered[np.concatenate([[0], breaks + 1])]
    lasts = ordered[np.concatenate([breaks, [len(ordered) - 1]])]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(firsts, lasts, strict=True))
