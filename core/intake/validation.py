"""A text table and its mapping become typed columns; every cell that does not fit is a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import schema
from core.cohort import categorical
from core.errors import ValidationError
from core.findings import Findings, grouped_by_kind, ranges
from core.format import plain_number, plural
from core.guessing import MANY, as_number, grade, levels_of
from core.intake.analysis_set import analysis_set
from core.intake.cells import Cells
from core.intake.derived_factors import derived
from core.intake.measurements import Measured
from core.intake.patient_rows import one_row_per_patient
from core.intake.plausibility import check_cohort
from core.language import say
from core.mapping import DATE, ArmRole, ColumnMapping, EndpointRole, FactorRole, ae_category, ae_term, dictionary_entry
from core.reading import TextTable, dates_of

_SHOWN = 3  # so many findings are told in the error itself; all are in its table
_MOST_EVENT_VALUES = 12


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
    table = analysis_set(one_row_per_patient(table, mapping, findings), mapping, findings)
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
        kinds = grouped_by_kind(Findings(refused).frame())
        first = [str(k.message.iloc[0]) + (say(" And {n} more like it.", n=f"{k.rows.sum() - 1:,}")
                                           if k.rows.sum() > 1 else "")
                 for k in kinds[:_SHOWN]]
        more = [say("And {kinds} of cells.",
                    kinds=plural(len(kinds) - _SHOWN, 'other kind'))] if len(kinds) > _SHOWN else []
        remedies = dict.fromkeys(str(k.remedy.iloc[0]) for k in kinds[:_SHOWN] if k.remedy.iloc[0])
        raise ValidationError(" ".join([*first, *more]), findings=findings.frame(),
                              remedy=" ".join(remedies) or say("Correct the file, or the column's role."))


class _Converter:
    """Convert column by column and collect findings."""

    def __init__(self, table: TextTable, mapping: ColumnMapping, findings: Findings) -> None:
        self.table, self.mapping, self.findings = table, mapping, findings
        self.lines = table.lines
        self.cells = Cells(table, mapping, findings)
        self.numbers = Measured(self.cells)

    def patients(self) -> pd.DataFrame:
        columns: dict[str, object] = {schema.PATIENT: self._ids()}
        if self.mapping.arm:
            columns[schema.ARM] = self._arm(self.mapping.arm)
        for endpoint in self.mapping.endpoints:
            event = self._event(endpoint)
            columns[schema.time_column(endpoint.name)] = self._times(endpoint, event)
            columns[schema.event_column(endpoint.name)] = event
            if endpoint.entry:
                columns[schema.entry_column(endpoint.name)] = self._entries(endpoint)
            if endpoint.causes:
                columns[schema.cause_column(endpoint.name)] = self._cause(endpoint)
        numeric: dict[str, np.ndarray] = {}
        for variable in self.mapping.variables:
            if variable.kind == "numeric":
                columns[variable.key] = numeric[variable.key] = self._measured(variable)
            elif not variable.formula:
                columns[variable.key] = self._levels(variable.column, variable)
        columns |= {v.key: self._derived(v, numeric) for v in self.mapping.variables if v.formula}
        columns |= {schema.known_column(v.key): self._known(v) for v in self.mapping.variables if v.when}
        if self.mapping.safety:
            cells = self.table.cells[self.mapping.safety.column]
            columns[schema.SAFETY] = cells.is_in(self.mapping.safety.values)[cells.codes]
        return pd.DataFrame(columns)

    def _derived(self, factor: FactorRole, numeric: dict[str, np.ndarray]) -> pd.Categorical:
        """Label a derived factor's levels."""
        raw = derived(factor, numeric)
        levels = [v for v in dict.fromkeys([*factor.levels, *raw]) if v is not None]
        order = list(dict.fromkeys(factor.levels.get(v, v) for v in levels))
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

    def _ids(self) -> np.ndarray:
        column = self.mapping.patient_id
        if not column:
            return np.array([f"row {line}" for line in self.lines], dtype=object)
        cells = self.table.cells[column]
        self.cells.name(self.cells.absent(column)[cells.codes], column, say("is missing: every patient needs an id"))
        double = (cells.counts > 1) & ~self.cells.absent(column)
        self.cells.name(double[cells.codes], column, say("occurs in more than one row: each patient needs one row"),
                        remedy=say("Correct the ids, or choose under “Patient id” which row of a patient counts."))
        return cells.series().to_numpy(dtype=object)

    def _arm(self, arm: ArmRole) -> pd.Categorical:
        levels = levels_of(self.table.cells[arm.column], self.mapping.missing_codes(arm.column))
        if len(levels) < 2:
            only = say("only one level, {levels}", levels=f"{levels[0]!r}") if levels else say("no value")
            self.findings.add("refused", say("The arm column {column} has {only}: two or more are needed.",
                                             column=f"{arm.column!r}", only=only),
                              column=arm.column, remedy=say("Choose another column, or no arm."))
        elif len(levels) > MANY or len(levels) == len(self.table) > schema.MAX_ARMS:
            many = f"{len(levels)}" if len(levels) <= MANY else say("more than {many}", many=MANY)
            self.findings.add("refused", say("The arm column {column} has {many} different values in {table} rows: "
                                             "it cannot be the arm.", column=f"{arm.column!r}", many=many,
                                             table=f"{len(self.table):,}"), column=arm.column,
                              remedy=say("Choose another column, or no arm."))
            levels = levels[:MANY]
        if arm.reference and arm.reference not in levels:
            self.findings.add("refused", say("The reference arm {reference} is not in column {column}, which holds: "
                                             "{levels}.", reference=f"{arm.reference!r}", column=f"{arm.column!r}",
                                             levels=', '.join(levels[:schema.MAX_LEVELS_SHOWN])), column=arm.column,
                              value=arm.reference)
        values = self._categories(arm.column, dict(arm.levels))
        label = arm.levels.get(arm.reference, arm.reference)
        order = sorted(values.categories, key=lambda v: v != label)  # stable: reference first
        absent = int((values.codes < 0).sum())
        if absent:
            self.findings.add("warning", say("No arm: {patients}, left out where arms are compared.",
                                             patients=plural(absent, 'patient')),
                              column=arm.column, row=ranges(self.lines[values.codes < 0]))
        return values.reorder_categories(order)

    def _levels(self, column: str, factor: FactorRole) -> pd.Categorical:
        values = self._categories(column, dict(factor.levels))
        if factor.reference and factor.reference not in values.categories:
            self.findings.add("refused", say("{label} has no level {reference} to compare with.", label=factor.label,
                                             reference=f"{factor.reference!r}"),
                              column=column, value=factor.reference,
                              remedy=say("Choose from: {categories}.",
                                         categories=', '.join(values.categories[:schema.MAX_LEVELS_SHOWN])))
        return values

    def _categories(self, column: str, levels: dict[str, str]) -> pd.Categorical:
        """Label a column; values that the mapping does not name follow under their own name."""
        cells, missing = self.table.cells[column], self.mapping.missing_codes(column)
        raw_levels = levels_of(cells, missing)
        if len(raw_levels) > MANY:
            self.findings.add("refused", say("Column {column} has more than {many} different values: it cannot be "
                                             "read as levels.", column=f"{column!r}", many=MANY), column=column,
                              remedy=say("Read it as numbers, or leave it out."))
            return categorical(np.full(len(self.table), -1), ["…"])
        unnamed = [v for v in raw_levels if v not in levels]
        if levels and unnamed:
            self.findings.add("warning", say("{column} holds values that the mapping does not name: {unnamed}. They "
                                             "are kept as levels of their own.", column=f"{column!r}",
                                             unnamed=', '.join(unnamed[:6])), column=column,
                              value=", ".join(unnamed), remedy=say("Name them among the column's levels."))
        for value in unnamed:
            if value in levels.values():
                self.findings.add("refused", say("Column {column} holds {value}, which the mapping does not name, "
                                                 "and names another value {value}.", column=f"{column!r}",
                                                 value=f"{value!r}"), column=column, value=value,
                                  remedy=say("Name both."))
        labels = levels | {v: v for v in unnamed}
        order = list(dict.fromkeys(labels.values()))
        absent = set(missing)
        place = np.array([-1 if t in absent else order.index(labels[t]) for t in cells.texts()], dtype=np.int64)
        return categorical(place[cells.codes], order)

    def _measured(self, variable: FactorRole) -> np.ndarray:
        in_file = variable.unit
        entry = dictionary_entry(variable.column)
        if variable.multiply_by != 1 and entry:
            in_file = next((u for u, r in entry.units.items() if r == variable.multiply_by), "")
        return self.numbers.read(variable.column, "numeric", unit=in_file, strict=False) * variable.multiply_by

    def _grades(self, column: str) -> np.ndarray:
        """Return a column's CTCAE grades."""
        cells = self.table.cells[column]
        absent = self.cells.absent(column)
        if cells.n_distinct > MANY:
            self.findings.add("refused", say("Column {column} has more than {many} different values: it holds no "
                                             "CTCAE grades.", column=f"{column!r}", many=MANY), column=column)
            return np.full(len(self.table), np.nan)
        grade_of_text = [None if gone else grade(t) for t, gone in zip(cells.texts(), absent, strict=True)]
        values = np.array([np.nan if g is None else g for g in grade_of_text])
        self.cells.name((np.isnan(values) & ~absent)[cells.codes], column, say("is not a CTCAE grade from 0 to 5"))
        return values[cells.codes] if values.size else np.array([])

    def _times(self, endpoint: EndpointRole, event: np.ndarray) -> np.ndarray:
        if not endpoint.time:
            return self._durations(endpoint, event) * schema.MONTHS_PER["days"]
        raw = self.numbers.read(endpoint.time, say("the time of {name}", name=endpoint.name), unit=endpoint.unit)
        self.cells.name(raw < 0, endpoint.time, say("is a negative time"),
                        remedy=say("Correct the cell, or add it to the codes that mean missing."))
        if endpoint.otherwise:
            other = self.numbers.read(endpoint.otherwise, say("the time of {name}", name=endpoint.name),
                                      unit=endpoint.unit)
            raw = np.where(np.isnan(raw), other, raw)
        return raw * schema.MONTHS_PER[endpoint.unit]

    def _entries(self, endpoint: EndpointRole) -> np.ndarray:
        """Return the months from time zero until the patients came under observation; before time zero is at it."""
        if not endpoint.start:
            unit = endpoint.entry_unit or endpoint.unit
            raw = self.numbers.read(endpoint.entry, say("late entry of {name}", name=endpoint.name), unit=unit)
            months = raw * schema.MONTHS_PER[unit]
        else:
            order = self._date_order(endpoint)
            days = self._days(endpoint.entry, order) - self._days(endpoint.start, order)
            months = days * schema.MONTHS_PER["days"]
        return np.maximum(months, 0.0)

    def _known(self, variable: FactorRole) -> np.ndarray:
        """Return the months from time zero until a variable became known."""
        if variable.when_unit == DATE:
            start = next(e for e in self.mapping.endpoints if e.start)
            days = self._days(variable.when, start.date_order) - self._days(start.start, start.date_order)
            months = days * schema.MONTHS_PER["days"]
        else:
            read = self.numbers.read(variable.when, say("when {label} became known", label=variable.label),
                                     unit=variable.when_unit)
            months = read * schema.MONTHS_PER[variable.when_unit]
        self.cells.name(months < 0, variable.when, say("lies before time zero"),
                        remedy=say("Correct the cell, or add it to the codes that mean missing."))
        return months

    def _durations(self, endpoint: EndpointRole, event: np.ndarray) -> np.ndarray:
        """Return the days from an endpoint's start to its end, the first of its dates that is filled."""
        order = self._date_order(endpoint)
        start, *ends = (self._days(column, order) for column in endpoint.time_columns)
        end = ends[0]
        if len(ends) > 1:
            end_column = endpoint.end[0]
            self.cells.name((event == 1) & np.isnan(end), end_column, say("is empty, though the patient had an event "
                                                                          "of {name}: the time runs to {end}",
                                                                          name=endpoint.name,
                                                                          end=f"{endpoint.end[1]!r}"),
                            severity="warning",
                            remedy=say("Fill the date of the event."))
            self.cells.name((event == 0) & ~np.isnan(end), end_column, say("is a date, though the patient had no "
                                                                           "event of {name}", name=endpoint.name),
                            severity="warning", remedy=say("Correct the date or the event."))
        for other in ends[1:]:
            end = np.where(np.isnan(end), other, end)
        self.cells.name(end < start, endpoint.end[0], say("lies before {start}: a negative time",
                                                          start=f"{endpoint.start!r}"),
                        remedy=say("Correct the dates, or the order of day and month."))
        return end - start

    def _date_order(self, endpoint: EndpointRole) -> str:
        """Return the order of day and month: what the mapping says, else what one of the endpoint's columns decides."""
        decided = (dates_of(self.table.cells[c]).order for c in endpoint.date_columns)
        return endpoint.date_order or next((o for o in decided if o), "")

    def _days(self, column: str, order: str) -> np.ndarray:
        """Return a column of dates as days since 1970."""
        cells, absent = self.table.cells[column], self.cells.absent(column)
        dates = dates_of(cells, order)
        self.cells.name((np.isnan(dates.days) & ~absent)[cells.codes], column,
                        say("could be read with the day or the month first") if dates.open else say("is not a date"),
                        remedy=say("Say the order of day and month.") if dates.open else say("Correct the cell."))
        if dates.exchanged:
            self.findings.add("warning", say("{column} holds year-first dates whose days are all 12 or less, and "
                                             "day-first dates whose days are all above 12: a spreadsheet may have "
                                             "swapped day and month in the former.", column=f"{column!r}"),
                              column=column, remedy=say("Write all dates as text, year first."))
        return np.where(absent, np.nan, dates.days)[cells.codes]

    def _event(self, endpoint: EndpointRole) -> np.ndarray:
        if endpoint.event_dates:
            filled = [~self.cells.absent(c)[self.table.cells[c].codes] for c in endpoint.event_dates]
            return np.any(filled, axis=0).astype(float)
        column = endpoint.event
        cells = self.table.cells[column]
        levels = levels_of(cells, self.mapping.missing_codes(column))
        codes = {_code(v) for v in endpoint.event_values}
        if levels and not {_code(v) for v in levels} & codes:
            self.findings.add("warning", say("No patient has an event of {name}: column {column} holds {levels}, and "
                                             "{event_values} means event.", name=endpoint.name, column=f"{column!r}",
                                             levels=', '.join(levels[:8]),
                                             event_values=', '.join(endpoint.event_values)),
                              column=column, value=", ".join(levels[:8]),
                              remedy=say("Choose the value that means event."))
        if len(levels) > _MOST_EVENT_VALUES:
            self.findings.add("refused", say("Column {column} has {levels} different values: it cannot show who had "
                                             "an event of {name}.", column=f"{column!r}", levels=len(levels),
                                             name=endpoint.name), column=column)
        elif len(levels) > 2:
            others = [v for v in levels if _code(v) not in codes]
            self.findings.add("assumed", say("{event_values} means an event of {name}; {others} are censored.",
                                             event_values=', '.join(endpoint.event_values), name=endpoint.name,
                                             others=', '.join(others)), column=column, value=", ".join(levels),
                              remedy=say("Choose the values that mean event."))
        absent = self.cells.absent(column)
        if cells.n_distinct > MANY:
            return np.full(len(self.table), np.nan)
        event = np.array([np.nan if gone else float(_code(t) in codes)
                          for t, gone in zip(cells.texts(), absent, strict=True)])
        return event[cells.codes] if event.size else np.array([])


    def _cause(self, endpoint: EndpointRole) -> pd.Categorical:
        """Return the first cause that an event column's codes name; missing where there was none."""
        cells = self.table.cells[endpoint.event]
        causes = {_code(v): label for v, label in endpoint.causes.items()}
        labels = list(dict.fromkeys(causes.values()))
        unnamed = [v for v in endpoint.event_values if _code(v) not in causes]
        if unnamed:
            self.findings.add("refused", say("{unnamed} means an event of {name} but has no cause.",
                                             unnamed=', '.join(unnamed), name=endpoint.name),
                              column=endpoint.event, value=", ".join(unnamed),
                              remedy=say("Name the cause of every value that means event, or of none."))
        place = np.array([labels.index(causes[c]) if (c := _code(t)) in causes else -1 for t in cells.texts()],
                         dtype=np.int64)
        return categorical(place[cells.codes], labels)


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
    return text if number is None else plain_number(number)
