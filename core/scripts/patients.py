"""The patients of a script: a file without identifiers, and the R code that reads it and filters it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.cohort import Cohort, Condition, Filters, entry_months, number_of_strata, strata, stratification, timeline
from core.format import plain_number
from core.verification import quoted

_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Patients:
    """The patients of a cohort without filters, by columns that R can name; those that code asks for are noted.

    Attributes
    ----------
    file : name of the CSV
    frame : a column per variable (a level as its number from 1), and time, event and entry of each endpoint, in months
    columns : the column of a variable, by its key
    grouped : the column of a number's strata, by its key
    times : the beginning of an endpoint's columns, by its name
    needed : columns that the code asks for
    """

    cohort: Cohort
    file: str
    frame: pd.DataFrame
    columns: dict[str, str]
    grouped: dict[str, str]
    times: dict[str, str]
    needed: set[str] = field(default_factory=set)

    def table(self) -> pd.DataFrame:
        """Return what the code needs of the patients and nothing else."""
        return self.frame[[c for c in self.frame.columns if c in self.needed]]

    def reading(self) -> str:
        """Write the R code that reads them."""
        lines = [f'patients <- read.csv({quoted(self.file)}, fileEncoding = "UTF-8-BOM")']
        for endpoint in self.cohort.mapping.endpoints:
            if f"{self.times[endpoint.name]}_time" in self.needed:
                name, role = self.times[endpoint.name], json.dumps(_role(self.cohort, endpoint.name))
                lines.append(_comment(f"{name}_time, {name}_event: {endpoint.label}, months; read by {role}"))
        for key, column in self.columns.items():
            variable = self.cohort.variable(key)
            unit = f" {variable.unit}" if variable.unit else ", the worst grade" if variable.kind == "grade" else ""
            words = _comment(f"{column}: {variable.label}{unit}, of the column {variable.column!r}")
            if {column, self.grouped.get(key)} & self.needed:
                lines.append(words)
            if column in self.needed and variable.kind == "categorical":
                lines.append(f"patients${column} <- {_factor(column, self.cohort.levels(key))}")
            if self.grouped.get(key) in self.needed:
                lines.append(f"patients${self.grouped[key]} <- "
                             f"{_factor(self.grouped[key], strata(self.cohort, key).levels)}")
        return "\n".join(lines)

    def column(self, key: str) -> str:
        """Return the name of a variable's column."""
        return self._needed(self.columns[key])

    def time(self, endpoint: str, what: str) -> str:
        """Return the name of an endpoint's column of times, events or entries."""
        return self._needed(f"{self.times[endpoint]}_{what}")

    def group(self, key: str | None) -> str:
        """Return the R expression of the strata of a variable, in `d`; one stratum of no variable."""
        return f"d${self._needed(self.grouped.get(key, self.columns[key]))}" if key else "factor(rep(1, nrow(d)))"

    def stratum(self, key: str) -> str:
        """Return the R expression of what a test or model is stratified by: of a number its values, where few."""
        if self.cohort.variable(key).kind == "categorical":
            return self.group(key)
        name = f"{self.columns[key]}_stratum"
        codes = stratification(self.cohort, key).codes[self.cohort.rows]
        self.frame[name] = np.where(codes < 0, np.nan, codes + 1.0)
        return f"d${self._needed(name)}"

    def _needed(self, column: str) -> str:
        self.needed.add(column)
        return column

    def filtered(self, filters: Filters) -> str:
        """Write the R code that keeps who passes, as `d`."""
        conditions = [self.condition(key, c) for key, c in filters.conditions.items()]
        return "d <- patients" if not conditions else "d <- subset(patients, " + " &\n              ".join(
            conditions) + ")"

    def condition(self, key: str, condition: Condition) -> str:
        """Write a condition in R; it is TRUE or FALSE of every patient, whatever is missing."""
        column = self.column(key)
        parts, absent = [], f"is.na({column})"
        if condition.levels is not None:
            parts.append(f"{column} %in% c({', '.join(map(quoted, condition.levels))})")
        if condition.bounds:
            ranges = " | ".join(f"({' & '.join(f'{column} {_SIGNS[s]} {plain_number(at)}' for s, at in bounds)})"
                                for bounds in condition.ranges)
            parts.append(f"(!{absent} & ({ranges}))")
        passes = " & ".join(parts)
        if condition.missing:
            passes = f"({passes} | {absent})" if parts else absent
        elif not parts:
            passes = f"!{absent}"
        return f"!({passes})" if condition.negated else f"({passes})"


def patients_of_script(cohort: Cohort, file: str) -> Patients:
    """Return the patients of a cohort that no filter limits."""
    kept = cohort.rows
    data: dict[str, np.ndarray] = {}
    columns: dict[str, str] = {}
    grouped: dict[str, str] = {}
    times: dict[str, str] = {}
    for endpoint in cohort.endpoints:
        times[endpoint] = name = _name(endpoint, data)
        line, entry = timeline(cohort, endpoint), entry_months(cohort, endpoint)
        known = line.index >= 0
        data[f"{name}_time"] = np.where(known, line.times[np.maximum(line.index, 0)] if line.times.size else np.nan,
                                        np.nan)[kept]
        data[f"{name}_event"] = np.where(known, line.event.astype(float), np.nan)[kept]
        if entry is not None:
            data[f"{name}_entry"] = entry[kept]
    for key, variable in cohort.variables.items():
        columns[key] = name = _name(key, data)
        values = cohort.values(key)
        data[name] = (_codes(values.cat.codes.to_numpy(dtype=int)) if variable.kind == "categorical" else
                      values.to_numpy(dtype=float))[kept]
        if variable.kind != "categorical" and number_of_strata(cohort, key):
            grouped[key] = f"{name}_group"
            data[grouped[key]] = _codes(strata(cohort, key).codes)[kept]
    return Patients(cohort=cohort, file=file, frame=pd.DataFrame(data), columns=columns, grouped=grouped, times=times)


def _role(cohort: Cohort, endpoint: str) -> Any:
    return cohort.mapping.to_json()["endpoints"][endpoint]


def _comment(words: str) -> str:
    return f"# {' '.join(words.split())}"


def _codes(codes: np.ndarray) -> np.ndarray:
    return np.where(codes < 0, np.nan, codes + 1.0)


def _factor(column: str, levels: tuple[str, ...]) -> str:
    names = ", ".join(quoted(level) for level in levels)
    return f"factor(patients${column}, levels = 1:{len(levels)}, labels = c({names}))" if levels else \
        f"factor(patients${column})"


def _name(key: str, taken: dict[str, np.ndarray]) -> str:
    """Return a name for a column that R takes as it is, and that no other column begins with."""
    bare = re.sub(r"[^A-Za-z0-9_]+", "_", key).strip("_")
    bare = bare if bare[:1].isalpha() and bare.lower() not in _RESERVED else f"v_{bare}"
    name, place = bare, 2
    while any(other == name or other.startswith(f"{name}_") for other in taken):
        name, place = f"{bare}{place}", place + 1
    return name


_RESERVED = {"if", "else", "repeat", "while", "function", "for", "next", "break", "true", "false", "null", "inf", "nan",
             "na", "in", "patients", "d", "fit", "keep", "results", "group", "time", "event", "entry"}
