"""An oncologist's common sense: what typed columns say that can hardly be so. Nothing is changed here."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core import schema
from core.cohort import TOLERANCE
from core.findings import Findings, ranges
from core.format import number, plural
from core.guessing import as_number, squeeze
from core.language import say
from core.mapping import ColumnMapping, EndpointRole, dictionary_entry, fold
from core.reading import TextTable

_ENOUGH, _NEARLY_ALL, _MUCH_MISSING = 20, 0.9, 0.1
_LONGEST = 600.0  # months
_SAME, _DAY = 1e-9, 1 / schema.DAYS_PER_MONTH


def check_cohort(table: TextTable, mapping: ColumnMapping, patients: pd.DataFrame, findings: Findings) -> None:
    """Add what an oncologist would ask about: warnings, and what was kept though it is unusual."""
    check = _Checks(table, mapping, patients, findings)
    for endpoint in mapping.endpoints:
        check.pair(endpoint)
        check.times(endpoint)
        check.entry(endpoint)
        check.coding(endpoint)
    check.against_survival()
    check.after_the_end()
    check.arms()
    check.levels()
    check.limits()
    check.missing()
    check.identifiers()


def last_seen(patients: pd.DataFrame, mapping: ColumnMapping) -> np.ndarray:
    """Return until when each patient was followed, months (n,): to death or last follow-up; NaN where nothing says it.

    By overall survival where it is mapped; else by the longest time, of those of whom one time ended without an event.
    """
    times = {e.name: patients[schema.time_column(e.name)].to_numpy(dtype=float) for e in mapping.endpoints}
    if "OS" in times:
        return times["OS"]
    last, followed = np.full(len(patients), np.nan), np.zeros(len(patients), bool)
    for name, time in times.items():
        event = patients[schema.event_column(name)].to_numpy(dtype=float)
        last, followed = np.fmax(last, time), followed | ((event == 0) & ~np.isnan(time))
    return np.where(followed, last, np.nan)


class _Checks:
    def __init__(self, table: TextTable, mapping: ColumnMapping, patients: pd.DataFrame,
                 findings: Findings) -> None:
        self.table, self.mapping, self.patients, self.findings = table, mapping, patients, findings
        self.lines = table.lines

    def _time(self, name: str) -> np.ndarray:
        return self.patients[schema.time_column(name)].to_numpy(dtype=float)

    def _event(self, name: str) -> np.ndarray:
        return self.patients[schema.event_column(name)].to_numpy(dtype=float)

    def _warn(self, rows: np.ndarray, column: str, message: str, remedy: str) -> None:
        places = np.flatnonzero(rows)
        cells = self.table.cells[column]
        self.findings.add_rows("warning", self.lines[places], lambda i: cells.cell(int(places[i])),
                               say("Line {{line}}: {message}", message=message), column=column, remedy=remedy)

    def pair(self, endpoint: EndpointRole) -> None:
        """Name who is left out of an endpoint for a missing time or event."""
        time, event = self._time(endpoint.name), self._event(endpoint.name)
        no_time = np.isnan(time)
        column = endpoint.time_columns[-1]
        self._warn(no_time & (event == 1), column,
                   say("left out of {name}, because {column} is missing though the patient had an event.",
                       name=endpoint.name, column=f"{column!r}"),
                   say("Find the time of the event."))
        self._warn(no_time & ~(event == 1), column,
                   say("left out of {name}, because {column} is missing.", name=endpoint.name,
                       column=f"{column!r}"), say("Fill the cell."))
        self._warn(~no_time & np.isnan(event), endpoint.event,
                   say("left out of {name}, because {event} is missing.", name=endpoint.name,
                       event=f"{endpoint.event!r}"), say("Fill the cell."))

    def times(self, endpoint: EndpointRole) -> None:
        """Say times of zero, which are kept, and times longer than a life with the disease."""
        time = self._time(endpoint.name)
        column = endpoint.time_columns[-1]
        zero = time == 0
        if zero.any():
            self.findings.add("assumed", say("{patients} with an {name} time of 0: kept, as R keeps them.",
                                             patients=plural(int(zero.sum()),
                                                             'patient'), name=endpoint.name),
                              row=ranges(self.lines[zero]), column=column, value="0",
                              remedy=say("Correct the time if it is missing."))
        self._warn(time > _LONGEST, column, say("{name} of {{value}} is more than {years} years.", name=endpoint.name,
                                                years=number(_LONGEST / 12)),
                   say("Check the time unit, and whether it is a code for missing."))

    def entry(self, endpoint: EndpointRole) -> None:
        """Name who is left out because the entry is missing, or not before the end of follow-up (R: Surv gives NA)."""
        if not endpoint.entry:
            return
        entry, time = self.patients[schema.entry_column(endpoint.name)].to_numpy(dtype=float), self._time(endpoint.name)
        self._warn(np.isnan(entry) & ~np.isnan(time), endpoint.entry,
                   say("left out of {name}, because {entry} is missing.", name=endpoint.name,
                       entry=f"{endpoint.entry!r}"), say("Fill the cell."))
        with np.errstate(invalid="ignore"):
            never = entry >= time - TOLERANCE
        self._warn(never, endpoint.entry, say("left out of {name}: observation begins at {{value}}, not before it "
                                              "ends, so the patient is never at risk.", name=endpoint.name),
                   say("Check both times."))
        late = int(((entry > 0) & ~never).sum())
        self.findings.add("assumed", say("{patients} came under observation after time zero: until {entry} they are "
                                         "in no risk set of {name} (late entry).", patients=plural(late, 'patient'),
                                         entry=f"{endpoint.entry!r}", name=endpoint.name),
                          column=endpoint.entry,
                          remedy=say("Take “Late entry” away under “Endpoints” if it means something else."))

    def coding(self, endpoint: EndpointRole) -> None:
        """Ask whether events and censored are exchanged."""
        event = self._event(endpoint.name)
        known = event[~np.isnan(event)]
        if known.size < _ENOUGH:
            return
        share = float(known.mean())
        values = {as_number(v) for v in endpoint.event_values}
        if share > _NEARLY_ALL:
            self.findings.add("warning", say("{events} of {name} in {size} patients: nearly all. Are events and "
                                             "censored exchanged?", events=plural(int(known.sum()), 'event'),
                                             name=endpoint.name, size=f"{known.size:,}"), column=endpoint.event,
                              value=", ".join(endpoint.event_values), remedy=say("Choose the value that means event."))
        elif share > 0.5 and values == {2.0}:
            self.findings.add("warning", say("2 is the commoner value of {event} and is taken as the event of "
                                             "{name}. If 2 means alive, 1 is the event.", event=f"{endpoint.event!r}",
                                             name=endpoint.name), column=endpoint.event, value="2",
                              remedy=say("Choose the value that means event."))

    def against_survival(self) -> None:
        """Hold other endpoints against overall survival: nobody progresses after death."""
        names = {e.name for e in self.mapping.endpoints}
        if "OS" not in names:
            return
        survival, died = self._time("OS"), self._event("OS") == 1
        for endpoint in self.mapping.endpoints:
            if endpoint.name == "OS":
                continue
            column = endpoint.time_columns[-1]
            time, event = self._time(endpoint.name), self._event(endpoint.name)
            longer = time > survival * (1 + _SAME) + _SAME
            after = longer & died & (event == 1)
            self._warn(after, column, say("the {name} event comes after death.", name=endpoint.name),
                       say("Check both times."))
            self._warn(longer & ~after, column, say("{name} is longer than OS.", name=endpoint.name),
                       say("Check both times."))
            if endpoint.death_counts:
                self._warn(died & (event == 0), endpoint.event,
                           say("the patient died, and has no {name} event though death counts as one.",
                               name=endpoint.name),
                           say("Correct the event, or untick that death counts in {name}.", name=endpoint.name))

    def after_the_end(self) -> None:
        """Warn of responses and failures that became known after the patient's death or last follow-up."""
        last = last_seen(self.patients, self.mapping)
        for variable in self.mapping.variables:
            if variable.when:
                known = self.patients[schema.known_column(variable.key)].to_numpy(dtype=float)
                with np.errstate(invalid="ignore"):
                    late = known > last * (1 + _SAME) + _DAY
                self._warn(late, variable.when, say("{label} became known after the patient's death or last "
                                                    "follow-up.", label=variable.label), say("Check both times."))

    def arms(self) -> None:
        """Warn of arms whose names differ only by spaces, case or punctuation."""
        if self.mapping.arm is None:
            return
        seen: dict[str, str] = {}
        for level in self.patients[schema.ARM].cat.categories:
            other = seen.setdefault("".join(c for c in squeeze(str(level)) if c.isalnum()) or str(level), str(level))
            if other != level:
                self.findings.add("warning", say("The arms {other} and {level} differ only by spaces, case or marks.",
                                                 other=f"{other!r}", level=f"{level!r}"),
                                  column=self.mapping.arm.column, value=str(level),
                                  remedy=say("Give both the same name under “Arm”."))

    def levels(self) -> None:
        """Warn of constant columns and of levels with a single patient."""
        for factor in self.mapping.variables:
            values = self.patients[factor.key]
            column = factor.column or factor.label
            if values.nunique() == 1:
                self.findings.add("warning", say("{label} is the same in every patient: {level}.", label=factor.label,
                                                 level=values.dropna().iloc[0]), column=column,
                                  remedy=say("Leave it out of the factors."))
            elif factor.kind == "categorical" and 4 * values.nunique() <= len(values) >= _ENOUGH:
                counts = np.bincount(values.cat.codes[values.cat.codes >= 0], minlength=len(values.cat.categories))
                for place in np.flatnonzero(counts == 1):
                    row = self.lines[int(np.flatnonzero(values.cat.codes == place)[0])]
                    level = str(values.cat.categories[int(place)])
                    self.findings.add("warning", say("A single patient has {label} {level}: a misspelling?",
                                                     label=factor.label, level=f"{level!r}"),
                                      row=int(row), column=column, value=level,
                                      remedy=say("Correct it, or merge it with another level under “Factors”."))

    def limits(self) -> None:
        """Warn of values outside of what the dictionary holds possible."""
        for factor in self.mapping.factors:
            entry = dictionary_entry(factor.column) if factor.column else None
            if factor.kind != "numeric" or not entry or not entry.limits or factor.unit != entry.unit:
                continue
            low, high = entry.limits
            values = self.patients[factor.key].to_numpy(dtype=float)
            with np.errstate(invalid="ignore"):
                odd = (values < low) | (values > high)
            self._warn(odd, factor.column, say("{label} {{value}} is not plausible ({low} to {high} {unit}).",
                                               label=factor.label, low=number(low), high=number(high),
                                               unit=factor.unit), say("Check the value and its unit."))

    def missing(self) -> None:
        """Say where a denominator is much smaller than the cohort."""
        n = len(self.patients)
        for factor in self.mapping.variables:
            absent = int(self.patients[factor.key].isna().sum())
            if n and absent == n:
                self.findings.add("warning", say("{label} is missing in every patient.", label=factor.label),
                                  column=factor.column)
            elif n and absent >= max(1, _MUCH_MISSING * n):
                self.findings.add("warning", say("{label} is known in {known} of {n} patients: its denominator is "
                                                 "smaller.", label=factor.label, known=f"{n - absent:,}", n=f"{n:,}"),
                                  column=factor.column or factor.label,
                                  remedy=say("Look at the missing data."))
        for column in self.mapping.adverse_events:
            cells = self.table.cells[column]
            gone = int(cells.counts[cells.is_in(self.mapping.missing_codes(column))].sum())
            if gone:
                self.findings.add("warning", say("The grade is known in {known} of {n} patients: a blank means "
                                                 "missing, not grade 0, so the denominator is smaller.",
                                                 known=f"{n - gone:,}", n=f"{n:,}"), column=column,
                                  remedy=say("Write 0 where there was none."))

    def identifiers(self) -> None:
        """Warn where a role is played by a column that may tell who a patient is."""
        used = {c: role for role, c in self.mapping.columns_used()}
        for column in self.mapping.identifiers:
            if column in used and fold(column):
                self.findings.add("warning", say("{column} may identify the patient, and is used as {used}.",
                                                 column=f"{column!r}", used=used[column]),
                                  column=column, remedy=say("Use a study number in its place."))
