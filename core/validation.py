"""A text table and its mapping become typed columns; every cell that does not fit is a finding."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from core import schema
from core.checks import check_cohort
from core.dates import dates_of
from core.derive import derived
from core.dictionary import ae_category, ae_term, dictionary_entry, time_unit_in
from core.errors import ValidationError
from core.findings import Findings, ranges
from core.format import plural
from core.levels import MANY, as_number, categorical, grade, levels_of
from core.mapping import ColumnMapping
from core.numbers import UNKNOWN, Numbers, is_ambiguous, numbers_of
from core.roles import ArmRole, EndpointRole, FactorRole
from core.rows import one_row_per_patient
from core.text_table import TextTable

_SHOWN = 3  # so many findings are told in the error itself; all are in its table
_MOST_EVENT_VALUES = 12
_INFINITE = re.compile(r"[-+]?(inf(inity)?|\d+\.?\d*e\+?\d{3,})", re.IGNORECASE)


def validate(table: TextTable, mapping: ColumnMapping,
             findings: Findings) -> tuple[pd.DataFrame, pd.DataFrame, TextTable]:
    """Convert a text table.

    Returns
    -------
    patients : one row per patient: id, arm, endpoint times (months) and events (0/1), variables
    events : one row per patient (position), term and recorded grade >= 1 or missing grade
    table : the rows that became patients

    Raises
    ------
    ValidationError
        If a cell does not fit its role. All such cells are in its findings.
    """
    table = one_row_per_patient(table, mapping, findings)
    converter = _Converter(table, mapping, findings)
    patients = converter.patients()
    events = converter.events()
    check_cohort(table, mapping, patients, findings)
    raise_refused(findings)
    return patients, events, table


def raise_refused(findings: Findings) -> None:
    """Raise what was refused, if anything was.

    Raises
    ------
    ValidationError
        With the first messages, and all findings.
    """
    refused = [r for r in findings.records if r["severity"] == "refused"]
    if refused:
        said = " ".join(str(r["message"]) for r in refused[:_SHOWN])
        more = f" And {len(refused) - _SHOWN:,} more." if len(refused) > _SHOWN else ""
        remedies = dict.fromkeys(str(r["remedy"]) for r in refused[:_SHOWN] if r["remedy"])
        raise ValidationError(said + more, " ".join(remedies) or "Correct the file, or the column's role.",
                              findings.frame())


class _Converter:
    """Convert column by column and collect findings."""

    def __init__(self, table: TextTable, mapping: ColumnMapping, findings: Findings) -> None:
        self.table, self.mapping, self.findings = table, mapping, findings
        self.lines = table.lines

    def patients(self) -> pd.DataFrame:
        columns: dict[str, object] = {schema.PATIENT: self._ids()}
        if self.mapping.arm:
            columns[schema.ARM] = self._arm(self.mapping.arm)
        for endpoint in self.mapping.endpoints:
            columns[schema.time_column(endpoint.name)] = self._times(endpoint)
            columns[schema.event_column(endpoint.name)] = self._event(endpoint)
        numeric: dict[str, np.ndarray] = {}
        for variable in self.mapping.variables:
            if variable.kind == "numeric":
                columns[variable.key] = numeric[variable.key] = self._measured(variable)
            elif not variable.formula:
                columns[variable.key] = self._levels(variable.column, variable)
        columns |= {v.key: self._derived(v, numeric) for v in self.mapping.variables if v.formula}
        if self.mapping.safety:
            cells = self.table.cells[self.mapping.safety.column]
            columns[schema.SAFETY] = cells.is_in(self.mapping.safety.values)[cells.codes]
        return pd.DataFrame(columns)

    def _derived(self, factor: FactorRole, numeric: dict[str, np.ndarray]) -> pd.Categorical:
        """Label a derived factor's levels."""
        raw = derived(factor, numeric)
        found = [v for v in dict.fromkeys([*factor.levels, *raw]) if v is not None]
        order = list(dict.fromkeys(factor.levels.get(v, v) for v in found))
        return categorical(np.array([-1 if v is None else order.index(factor.levels.get(v, v)) for v in raw]), order)

    def events(self) -> pd.DataFrame:
        """Return the long frame of adverse events; a missing grade is a row without a grade."""
        terms = list(dict.fromkeys(ae_term(c) for c in self.mapping.adverse_events))
        patients, codes, graded = [np.array([], np.int32)], [np.array([], np.int16)], [np.array([])]
        for column in self.mapping.adverse_events:
            grades = self._grades(column)
            at = np.flatnonzero(~(grades == 0))
            patients.append(at.astype(np.int32))
            codes.append(np.full(at.size, terms.index(ae_term(column)), np.int16))
            graded.append(grades[at])
        return event_frame(np.concatenate(patients), categorical(np.concatenate(codes), terms),
                           {t: ae_category(t) for t in terms}, np.concatenate(graded))

    def _absent(self, column: str) -> np.ndarray:
        """Tell of each distinct value whether it is a missing code."""
        return self.table.cells[column].is_in(self.mapping.missing_codes(column))

    def _refuse(self, bad: np.ndarray, column: str, what: str, *, remedy: str = "",
                severity: schema.Severity = "refused") -> None:
        """Name each row (a flag per row) whose cell does not fit."""
        rows = np.flatnonzero(bad)
        cells = self.table.cells[column]
        self.findings.add_rows(severity, self.lines[rows], lambda i: cells.cell(int(rows[i])),
                               f"Line {{line}}, column {column!r}: {{value}} {what}.", column=column,
                               remedy=remedy)

    def _ids(self) -> np.ndarray:
        column = self.mapping.patient_id
        if not column:
            return np.array([f"row {line}" for line in self.lines], dtype=object)
        cells = self.table.cells[column]
        self._refuse(self._absent(column)[cells.codes], column, "is missing: every patient needs an id")
        double = (cells.counts > 1) & ~self._absent(column)
        self._refuse(double[cells.codes], column, "stands for more than one row: one row per patient",
                     remedy="Correct the ids, or choose under “Patient id” which row of a patient counts.")
        return cells.series().to_numpy(dtype=object)

    def _arm(self, arm: ArmRole) -> pd.Categorical:
        found = levels_of(self.table.cells[arm.column], self.mapping.missing_codes(arm.column))
        if len(found) < 2:
            only = f"only one level, {found[0]!r}" if found else "no value"
            self.findings.add("refused", f"The arm column {arm.column!r} has {only}: two or more are needed.",
                              column=arm.column, remedy="Choose another column, or no arm.")
        elif len(found) > MANY or len(found) == len(self.table) > schema.MAX_ARMS:
            many = f"{len(found)}" if len(found) <= MANY else f"more than {MANY}"
            self.findings.add("refused", f"The arm column {arm.column!r} has {many} different values in "
                              f"{len(self.table):,} rows: it is no arm.", column=arm.column,
                              remedy="Choose another column, or no arm.")
            found = found[:MANY]
        if arm.reference and arm.reference not in found:
            self.findings.add("refused", f"The reference arm {arm.reference!r} is not in column {arm.column!r}, which "
                              f"holds: {', '.join(found[:schema.MAX_LEVELS_SHOWN])}.", column=arm.column,
                              value=arm.reference)
        values = self._categories(arm.column, dict(arm.levels))
        label = arm.levels.get(arm.reference, arm.reference)
        order = sorted(values.categories, key=lambda v: v != label)  # stable: reference first
        absent = int((values.codes < 0).sum())
        if absent:
            self.findings.add("warning", f"No arm: {plural(absent, 'patient')}, left out where arms are compared.",
                              column=arm.column, row=ranges(self.lines[values.codes < 0]))
        return values.reorder_categories(order)

    def _levels(self, column: str, factor: FactorRole) -> pd.Categorical:
        values = self._categories(column, dict(factor.levels))
        if factor.reference and factor.reference not in values.categories:
            self.findings.add("refused", f"{factor.label} has no level {factor.reference!r} to compare with.",
                              column=column, value=factor.reference,
                              remedy=f"Choose from: {', '.join(values.categories[:schema.MAX_LEVELS_SHOWN])}.")
        return values

    def _categories(self, column: str, levels: dict[str, str]) -> pd.Categorical:
        """Label a column; values that the mapping does not name follow under their own name."""
        cells, missing = self.table.cells[column], self.mapping.missing_codes(column)
        found = levels_of(cells, missing)
        if len(found) > MANY:
            self.findings.add("refused", f"Column {column!r} has more than {MANY} different values: it cannot be read "
                              "as levels.", column=column, remedy="Read it as numbers, or leave it out.")
            return categorical(np.full(len(self.table), -1), ["…"])
        unnamed = [v for v in found if v not in levels]
        if levels and unnamed:
            self.findings.add("warning", f"{column!r} holds values that the mapping does not name: "
                              f"{', '.join(unnamed[:6])}. They are kept as levels of their own.", column=column,
                              value=", ".join(unnamed), remedy="Name them among the column's levels.")
        for value in unnamed:
            if value in levels.values():
                self.findings.add("refused", f"Column {column!r} holds {value!r}, which the mapping does not name, and "
                                  f"names another value {value!r}.", column=column, value=value,
                                  remedy="Name both.")
        labels = levels | {v: v for v in unnamed}
        order = list(dict.fromkeys(labels.values()))
        absent = set(missing)
        place = np.array([-1 if t in absent else order.index(labels[t]) for t in cells.texts()], dtype=np.int64)
        return categorical(place[cells.codes], order)

    def _numbers(self, column: str, what: str, *, unit: str = "", strict: bool = True) -> np.ndarray:
        """Return a column's numbers; a cell that is none is refused, or said and missing if not strict."""
        cells = self.table.cells[column]
        numbers = numbers_of(cells, self.table.decimal)
        absent = self._absent(column)
        values = np.where(absent, np.nan, numbers.values)
        odd = np.isnan(values) & ~absent
        if odd.any():
            self._odd_numbers(column, odd, what, strict)
        self._say_how(column, numbers, absent)
        values = self._in_one_unit(column, numbers, values, unit)
        return values[cells.codes]

    def _odd_numbers(self, column: str, odd: np.ndarray, what: str, strict: bool) -> None:
        cells = self.table.cells[column]
        texts = {int(i): cells.values[int(i)].as_py() for i in np.flatnonzero(odd)[:MANY]}
        two_ways = self.table.decimal == UNKNOWN and any(is_ambiguous(t) for t in texts.values())
        if two_ways:
            self._refuse(odd[cells.codes], column, "could be read with a thousands mark or a decimal comma",
                         remedy="Choose the decimal mark under “How it was read”.")
        elif strict or any(_INFINITE.fullmatch(t) for t in texts.values()):
            self._refuse(odd[cells.codes], column, f"is not a number, and the column is read as {what}",
                         remedy="Correct the cell, or add it to the codes that mean missing.")
        else:
            self._refuse(odd[cells.codes], column, "is not a number and counts as missing", severity="warning",
                         remedy="Correct the cell.")

    def _say_how(self, column: str, numbers: Numbers, absent: np.ndarray) -> None:
        """Say how numbers were read that are not written plainly, one finding per manner."""
        cells = self.table.cells[column]
        manners: dict[str, list[int]] = {}
        for i, how in numbers.how.items():
            if not absent[i]:
                manners.setdefault(how, []).append(i)
        for i, unit in numbers.units.items():
            if not absent[i]:
                manners.setdefault(f"without the unit {unit!r}", []).append(i)
        for how, places in manners.items():
            rows = self.lines[np.isin(cells.codes, places)]
            severity: schema.Severity = "assumed" if how == "as the bound" else "repaired"
            examples = ", ".join(cells.values.take(places[:4]).to_pylist())
            self.findings.add(severity, f"{plural(len(rows), 'cell')} read {how}: {examples}"
                              f"{' …' if len(places) > 4 else ''}.", row=ranges(rows), column=column, value=examples,
                              remedy="A bound stands just beyond its number." if how == "as the bound" else "")

    def _in_one_unit(self, column: str, numbers: Numbers, values: np.ndarray, unit: str) -> np.ndarray:
        """Hold the units behind the numbers against the column's; cm and mm are converted."""
        written = {u for u in numbers.units.values()}
        base = time_unit_in(f"({unit})") or unit.lower()
        if not written or not base:
            self._say_mixed(column, numbers)
            return values if len(written) < 2 else self._refuse_units(column, numbers, values, max(written))
        entry = dictionary_entry(column)
        values = values.copy()
        for i, own in numbers.units.items():
            ratio = 1.0 if (time_unit_in(f"({own})") or own) == base or own in ("岁", "y", "yr", "yrs") else \
                {("mm", "cm"): 0.1, ("cm", "mm"): 10.0}.get((own, base))
            if ratio is None and entry and entry.units.get(own) is not None and base == entry.unit.lower():
                ratio = entry.units[own]
            if ratio is None:
                return self._refuse_units(column, numbers, values, base)
            values[i] *= ratio
            if ratio != 1:
                cells = self.table.cells[column]
                self._refuse(cells.codes == i, column, f"is converted from {own} to {base}", severity="repaired")
        return values

    def _say_mixed(self, column: str, numbers: Numbers) -> None:
        """Warn where some numbers have a unit and others have none."""
        absent = self._absent(column)
        bare = int((np.isfinite(numbers.values) & ~absent).sum()) - len(numbers.units)
        if numbers.units and bare > 0:
            unit = next(iter(numbers.units.values()))
            self.findings.add("warning", f"Some cells of {column!r} have the unit {unit!r} and others none: all are "
                              "read as they stand.", column=column, value=unit, remedy="Write the column in one unit.")

    def _refuse_units(self, column: str, numbers: Numbers, values: np.ndarray, base: str) -> np.ndarray:
        codes = self.table.cells[column].codes
        other = [i for i, u in numbers.units.items() if u != base]
        self._refuse(np.isin(codes, other), column, f"is in another unit than the column ({base})",
                     remedy="Write the column in one unit, or choose the unit that most cells have.")
        return values

    def _measured(self, variable: FactorRole) -> np.ndarray:
        in_file = variable.unit
        entry = dictionary_entry(variable.column)
        if variable.multiply_by != 1 and entry:
            in_file = next((u for u, r in entry.units.items() if r == variable.multiply_by), "")
        return self._numbers(variable.column, "numeric", unit=in_file, strict=False) * variable.multiply_by

    def _grades(self, column: str) -> np.ndarray:
        """Return a column's CTCAE grades."""
        cells = self.table.cells[column]
        absent = self._absent(column)
        if cells.n_distinct > MANY:
            self.findings.add("refused", f"Column {column!r} has more than {MANY} different values: it holds no "
                              "CTCAE grades.", column=column)
            return np.full(len(self.table), np.nan)
        found = [None if gone else grade(t) for t, gone in zip(cells.texts(), absent, strict=True)]
        values = np.array([np.nan if g is None else g for g in found])
        self._refuse((np.isnan(values) & ~absent)[cells.codes], column, "is not a CTCAE grade from 0 to 5")
        return values[cells.codes] if values.size else np.array([])

    def _times(self, endpoint: EndpointRole) -> np.ndarray:
        if not endpoint.time:
            return self._durations(endpoint) * schema.MONTHS_PER["days"]
        raw = self._numbers(endpoint.time, f"the time of {endpoint.name}", unit=endpoint.unit)
        self._refuse(raw < 0, endpoint.time, "is a negative time",
                     remedy="Correct the cell, or add it to the codes that mean missing.")
        return raw * schema.MONTHS_PER[endpoint.unit]

    def _durations(self, endpoint: EndpointRole) -> np.ndarray:
        """Return the days from an endpoint's start to its end, the first of its dates that is filled."""
        decided = [dates_of(self.table.cells[c]).order for c in endpoint.time_columns]
        order = endpoint.date_order or next((o for o in decided if o), "")
        start, *ends = (self._days(column, order) for column in endpoint.time_columns)
        end = ends[0]
        for other in ends[1:]:
            end = np.where(np.isnan(end), other, end)
        self._refuse(end < start, endpoint.end[0], f"lies before {endpoint.start!r}: a negative time",
                     remedy="Correct the dates, or the order of day and month.")
        return end - start

    def _days(self, column: str, order: str) -> np.ndarray:
        """Return a column of dates as days since 1970."""
        cells, absent = self.table.cells[column], self._absent(column)
        found = dates_of(cells, order)
        self._refuse((np.isnan(found.days) & ~absent)[cells.codes], column,
                     "could be read with the day or the month first" if found.open else "is no date",
                     remedy="Say the order of day and month." if found.open else "Correct the cell.")
        if found.exchanged:
            self.findings.add("warning", f"{column!r} holds dates year first whose days all are 12 or less, beside "
                              "dates day first whose days all are above: a spreadsheet may have exchanged day and "
                              "month in the former.", column=column, remedy="Write all dates as text, year first.")
        return np.where(absent, np.nan, found.days)[cells.codes]

    def _event(self, endpoint: EndpointRole) -> np.ndarray:
        column = endpoint.event
        cells = self.table.cells[column]
        found = levels_of(cells, self.mapping.missing_codes(column))
        codes = {_code(v) for v in endpoint.event_values}
        if found and not {_code(v) for v in found} & codes:
            self.findings.add("warning", f"No patient has an event of {endpoint.name}: column {column!r} holds "
                              f"{', '.join(found[:8])}, and {', '.join(endpoint.event_values)} means event.",
                              column=column, value=", ".join(found[:8]), remedy="Choose the value that means event.")
        if len(found) > _MOST_EVENT_VALUES:
            self.findings.add("refused", f"Column {column!r} has {len(found)} different values: it cannot say "
                              f"who had an event of {endpoint.name}.", column=column)
        elif len(found) > 2:
            others = [v for v in found if _code(v) not in codes]
            self.findings.add("assumed", f"{', '.join(endpoint.event_values)} means an event of {endpoint.name}; "
                              f"{', '.join(others)} are censored.", column=column, value=", ".join(found),
                              remedy="Choose the values that mean event.")
        absent = self._absent(column)
        if cells.n_distinct > MANY:
            return np.full(len(self.table), np.nan)
        event = np.array([np.nan if gone else float(_code(t) in codes)
                          for t, gone in zip(cells.texts(), absent, strict=True)])
        return event[cells.codes] if event.size else np.array([])


def event_frame(patient: np.ndarray, term: pd.Categorical, category: dict[str, str], grades: np.ndarray, *,
                day: np.ndarray | None = None, serious: pd.Categorical | None = None,
                related: pd.Categorical | None = None) -> pd.DataFrame:
    """Put adverse events in their long frame; what is not recorded is missing."""
    organs = list(dict.fromkeys(category.values()))
    of_term = np.array([organs.index(category[t]) for t in term.categories], dtype=np.int64)
    unknown = categorical(np.full(len(patient), -1), ["no", "yes"])
    return pd.DataFrame({
        "patient": patient, "term": term,
        "category": categorical(of_term[term.codes], organs),
        "grade": grades.astype(float), "day": np.nan if day is None else day,
        "serious": unknown if serious is None else serious, "related": unknown if related is None else related,
    }, columns=list(schema.EVENT_COLUMNS))


def _code(text: str) -> str:
    """Return a value's code: `1.0` and `1` are one."""
    number = as_number(text)
    return text if number is None else f"{number:g}"
