"""A text table and its mapping become typed columns; every cell that does not fit is a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import schema
from core.errors import ValidationError
from core.format import plural
from core.guessing import as_number, levels_of
from core.mapping import ArmRole, ColumnMapping, EndpointRole, FactorRole
from core.reading import TextTable

MAX_GRADE = 5
_SHOWN = 3  # so many findings are told in the error itself; all are in its table


def validate(table: TextTable, mapping: ColumnMapping) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Convert a text table.

    Returns
    -------
    patients : one row per patient: id, arm, endpoint times (months) and events (0/1), variables
    events : one row per patient (position), term and recorded grade >= 1 or missing grade
    findings : severity, row, column, value, message

    Raises
    ------
    ValidationError
        If a cell does not fit its role. All such cells are in its findings.
    """
    converter = _Converter(table, mapping)
    patients = converter.patients()
    events = converter.events()
    findings = pd.DataFrame(converter.findings, columns=list(schema.FINDING_COLUMNS))
    refused = findings[findings.severity == "refused"]
    if len(refused):
        said = " ".join(refused.message.head(_SHOWN))
        more = f" And {len(refused) - _SHOWN} more." if len(refused) > _SHOWN else ""
        raise ValidationError(said + more, "Correct the file, or the column's role.", findings)
    return patients, events, findings


class _Converter:
    """Convert column by column and collect findings."""

    def __init__(self, table: TextTable, mapping: ColumnMapping) -> None:
        self.table = table
        self.mapping = mapping
        self.findings: list[dict[str, object]] = list(table.findings)
        self.lines = np.asarray(table.lines)

    def patients(self) -> pd.DataFrame:
        columns: dict[str, object] = {schema.PATIENT: self._ids()}
        if self.mapping.arm:
            columns[schema.ARM] = self._arm(self.mapping.arm)
        for endpoint in self.mapping.endpoints:
            columns[schema.time_column(endpoint.name)] = self._times(endpoint)
            columns[schema.event_column(endpoint.name)] = self._event(endpoint)
            self._check_pair(endpoint, columns)
        for variable in self.mapping.variables:
            columns[variable.key] = self._variable(variable)
        return pd.DataFrame(columns)

    def events(self) -> pd.DataFrame:
        """Return the long frame of adverse events; a missing grade is a row without a grade."""
        parts = []
        for column in self.mapping.adverse_events:
            grade = self._numbers(column, "an adverse-event grade")
            whole = np.isnan(grade) | ((grade % 1 == 0) & (grade >= 0) & (grade <= MAX_GRADE))
            self._refuse(~whole, column, "is not a CTCAE grade from 0 to 5")
            at = np.flatnonzero(~(grade == 0))
            term = schema.ae_term(column)
            parts.append(pd.DataFrame({
                "patient": at, "term": term, "category": schema.ae_category(term),
                "grade": grade[at], "day": np.nan,
            }))
        return pd.concat(parts, ignore_index=True) if parts \
            else pd.DataFrame(columns=list(schema.EVENT_COLUMNS))

    def _text(self, column: str) -> pd.Series:
        """Return a column stripped, with missing codes as NA."""
        text = self.table.frame[column].str.strip()
        return text.where(~text.isin(self.mapping.missing))

    def _add(self, severity: schema.Severity, row: int | str, column: str, value: str, message: str) -> None:
        self.findings.append({"severity": severity, "row": row, "column": column,
                              "value": value, "message": message})

    def _refuse(self, bad: np.ndarray, column: str, what: str) -> None:
        for i in np.flatnonzero(bad):
            value = str(self.table.frame[column].iloc[i])
            self._add("refused", int(self.lines[i]), column, value,
                      f"Line {self.lines[i]}, column {column!r}: {value!r} {what}.")

    def _ids(self) -> np.ndarray:
        column = self.mapping.patient_id
        if not column:
            return np.array([f"row {line}" for line in self.lines], dtype=object)
        text = self._text(column)
        self._refuse(text.isna().to_numpy(), column, "is missing: every patient needs an id")
        double = text.duplicated(keep=False) & text.notna()
        self._refuse(double.to_numpy(), column, "stands for more than one row: one row per patient")
        return text.to_numpy(dtype=object)

    def _arm(self, arm: ArmRole) -> pd.Categorical:
        found = levels_of(self.table.frame[arm.column], self.mapping.missing)
        if len(found) < 2:
            only = f"only one level, {found[0]!r}" if found else "no value"
            self._add("refused", "", arm.column, "",
                      f"The arm column {arm.column!r} has {only}: two or more are needed. "
                      "Choose another column, or no arm.")
        if arm.reference and arm.reference not in found:
            self._add("refused", "", arm.column, arm.reference,
                      f"The reference arm {arm.reference!r} is not in column {arm.column!r}, which "
                      f"holds: {', '.join(found)}.")
        values = self._levels(arm.column, dict(arm.levels))
        label = arm.levels.get(arm.reference, arm.reference)
        order = sorted(values.categories, key=lambda v: v != label)  # stable: reference first
        absent = int(values.isna().sum())
        if absent:
            self._add("warning", "", arm.column, "",
                      f"No arm: {plural(absent, 'patient')}, left out where arms are compared.")
        return values.reorder_categories(order)

    def _levels(self, column: str, levels: dict[str, str]) -> pd.Categorical:
        """Label a column; values that the mapping does not name follow under their own name."""
        text = self._text(column)
        found = levels_of(self.table.frame[column], self.mapping.missing)
        unnamed = [v for v in found if v not in levels]
        if levels and unnamed:
            self._add("warning", "", column, ", ".join(unnamed),
                      f"{column!r} holds values that the mapping does not name: "
                      f"{', '.join(unnamed[:6])}. They are kept as levels of their own.")
        for value in unnamed:
            if value in levels.values():
                self._add("refused", "", column, value,
                          f"Column {column!r} holds {value!r}, which the mapping does not name, and "
                          f"names another value {value!r}. Name both.")
        labels = levels | {v: v for v in unnamed}
        order = list(dict.fromkeys(labels.values()))
        return pd.Categorical(text.map(labels), categories=order, ordered=True)

    def _numbers(self, column: str, what: str) -> np.ndarray:
        text = self._text(column)
        number = pd.to_numeric(text, errors="coerce")
        values = number.to_numpy(dtype=float)
        bad = text.notna().to_numpy() & ~np.isfinite(values)
        self._refuse(bad, column, f"is not a number, and the column is read as {what}")
        return values

    def _variable(self, variable: FactorRole) -> np.ndarray | pd.Categorical:
        if variable.kind == "numeric":
            return self._numbers(variable.column, "numeric")
        return self._levels(variable.column, dict(variable.levels))

    def _times(self, endpoint: EndpointRole) -> np.ndarray:
        raw = self._numbers(endpoint.time, f"the time of {endpoint.name}")
        self._refuse(raw < 0, endpoint.time, "is a negative time")
        return raw * schema.MONTHS_PER[endpoint.unit]

    def _event(self, endpoint: EndpointRole) -> np.ndarray:
        text = self._text(endpoint.event)
        found = levels_of(self.table.frame[endpoint.event], self.mapping.missing)
        codes = {_code(v) for v in endpoint.event_values}
        if found and not {_code(v) for v in found} & codes:
            self._add("warning", "", endpoint.event, ", ".join(found),
                      f"No patient has an event of {endpoint.name}: column {endpoint.event!r} holds "
                      f"{', '.join(found)}, and {', '.join(endpoint.event_values)} means event.")
        if len(found) > 12:
            self._add("refused", "", endpoint.event, "",
                      f"Column {endpoint.event!r} has {len(found)} different values: it cannot say "
                      f"who had an event of {endpoint.name}.")
        event = text.map(_code, na_action="ignore").isin(codes).to_numpy(dtype=float)
        return np.where(text.isna(), np.nan, event)

    def _check_pair(self, endpoint: EndpointRole, columns: dict[str, object]) -> None:
        """Say who is left out of an endpoint for a missing time or event."""
        time = np.asarray(columns[schema.time_column(endpoint.name)])
        event = np.asarray(columns[schema.event_column(endpoint.name)])
        absent = np.isnan(time) | np.isnan(event)
        for i in np.flatnonzero(absent):
            column = endpoint.time if np.isnan(time[i]) else endpoint.event
            self._add("warning", int(self.lines[i]), column, "",
                      f"Line {self.lines[i]}: left out of {endpoint.name}, because {column!r} is "
                      "missing.")


def _code(text: str) -> str:
    """Return a value's code: `1.0` and `1` are one."""
    number = as_number(text)
    return text if number is None else f"{number:g}"
