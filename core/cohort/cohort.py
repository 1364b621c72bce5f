"""Cohort: the patients, what is known of them, and the filters that are on.

A filtered cohort keeps the whole one and which of its rows passed, so that counting works on
columns that were encoded once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from core import schema
from core.cohort.condition import Condition
from core.cohort.filters import Filters
from core.errors import FilterError
from core.language import say
from core.mapping import CTCAE, ColumnMapping, FactorRole, ae_category
from core.memo import Remembers


@dataclass(frozen=True, kw_only=True, eq=False)
class WorstGrades:
    """The worst CTCAE grade per patient and term: `grades` is (n patients, n terms), NaN missing."""

    terms: tuple[str, ...]
    categories: tuple[str, ...]
    grades: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Cohort(Remembers):
    """A cohort, whole or filtered.

    Attributes
    ----------
    table : typed columns of the whole cohort (see schema.py for their names)
    long_events : adverse events of the whole cohort, one row per patient position and term
    findings : what reading repaired, assumed, warned of
    lines : int (n of the whole,), the line of the file on which each patient stands
    rows : bool (n of the whole,), who passed the filters
    landmark : an endpoint whose clock starts later, and when; see landmark.py
    part : a variable's level that the rows are limited to beside the filters; see subsets.py
    named_groups : the variable that tells in which named group a patient is; see groups.py
    references : strata that others are compared with, where they are not the mapping's; see references.py
    """

    table: pd.DataFrame
    long_events: pd.DataFrame
    mapping: ColumnMapping
    findings: pd.DataFrame
    fingerprint: str
    name: str
    lines: np.ndarray
    rows: np.ndarray
    filters: Filters = field(default_factory=Filters)
    landmark: tuple[str, float] | None = None
    part: tuple[str, str] | None = None
    named_groups: FactorRole | None = None
    references: tuple[tuple[str, str], ...] = ()
    parent: Cohort | None = None

    @property
    def whole(self) -> Cohort:
        """The cohort without any filter."""
        return self.parent or self

    @cached_property
    def n(self) -> int:
        """How many patients passed the filters."""
        return int(self.rows.sum())

    @cached_property
    def patients(self) -> pd.DataFrame:
        """The patients who passed: id, arm, times in months, events, variables."""
        return self.table[self.rows].reset_index(drop=True)

    @cached_property
    def events(self) -> pd.DataFrame:
        """Their adverse events; `patient` is the position in `patients`."""
        position = np.cumsum(self.rows) - 1
        kept = self.long_events[self.rows[self.long_events.patient.to_numpy(dtype=int)]]
        return kept.assign(patient=position[kept.patient.to_numpy(dtype=int)]).reset_index(drop=True)

    @cached_property
    def key(self) -> str:
        """Identify file, mapping and filters: what a cached result depends on."""
        parts = f"{self.whole.mapping_key}|{self.filters.key}|{self.part or ''}"
        return hashlib.sha256(parts.encode()).hexdigest()

    @cached_property
    def mapping_key(self) -> str:
        """Identify file, mapping, landmark, named groups and references."""
        text = json.dumps(self.mapping.to_json(), ensure_ascii=False)
        groups = self.named_groups.column if self.named_groups else ""
        return f"{self.fingerprint}|{text}|{self.landmark or ''}|{groups}|{self.references or ''}"

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints' names, as the mapping has them."""
        return tuple(e.name for e in self.mapping.endpoints)

    @cached_property
    def variables(self) -> dict[str, FactorRole]:
        """All that a filter or a stratum can be made of: arm, factors, response, sites, AEs."""
        if self.parent:
            return self.parent.variables
        out: dict[str, FactorRole] = {}
        if self.mapping.arm:
            levels = {v: v for v in self.table[schema.ARM].cat.categories}
            out[schema.ARM] = FactorRole(key=schema.ARM, label=say("Arm"), column=self.mapping.arm.column,
                                         kind="categorical", levels=levels)
        if self.named_groups:
            out[self.named_groups.key] = self.named_groups
        out |= {v.key: v for v in self.mapping.variables}
        for term in self.worst_grades.terms:
            key = schema.unique_key(schema.factor_key(f"{schema.AE_PREFIX}{term}"), out)
            out[key] = FactorRole(key=key, label=term, column=term, kind="grade", known="later")
        return out | {key: replace(out[key], reference=level) for key, level in self.references if key in out}

    def variable(self, key: str) -> FactorRole:
        """Return a variable's role.

        Raises
        ------
        FilterError
            If the cohort has no such variable.
        """
        if key not in self.variables:
            raise FilterError(say("There is no variable {key} in this cohort.", key=f"{key!r}"),
                              say("Choose one of: {variables}.", variables=', '.join(self.variables)))
        return self.variables[key]

    def levels(self, key: str) -> tuple[str, ...]:
        """Return a categorical variable's levels in their order, those of the whole cohort."""
        self.variable(key)
        return tuple(self.table[key].cat.categories)

    def values(self, key: str) -> pd.Series:
        """Return a variable for the whole cohort; a grade variable as worst grades."""
        variable = self.variable(key)
        if variable.kind == "grade":
            worst = self.worst_grades
            return pd.Series(worst.grades[:, worst.terms.index(variable.column)])
        return self.table[key]

    @cached_property
    def worst_grades(self) -> WorstGrades:
        """The worst grade per patient of the whole cohort and term; 0 where nothing is recorded.

        Patients outside of the safety population have none.
        """
        if self.parent:
            return self.parent.worst_grades
        long = self.long_events
        terms = list(long.term.cat.categories)
        organs = long.drop_duplicates("term").set_index("term").category
        mapped = self.mapping.categories
        category = {t: mapped.get(t) or (str(organs[t]) if t in organs.index else ae_category(t)) for t in terms}
        column = long.term.cat.codes.to_numpy(dtype=np.intp)
        patient = long.patient.to_numpy(dtype=np.intp)
        grade = long.grade.to_numpy(dtype=float)
        grades = np.zeros((len(self.table), len(terms)))
        known = ~np.isnan(grade)
        np.maximum.at(grades, (patient[known], column[known]), grade[known])
        absent = ~known & (grades[patient, column] == 0)
        grades[patient[absent], column[absent]] = np.nan
        if schema.SAFETY in self.table:
            grades[~self.table[schema.SAFETY].to_numpy(dtype=bool)] = np.nan
        return WorstGrades(terms=tuple(terms), categories=tuple(category[t] for t in terms),
                           grades=grades)

    def filter(self, filters: Filters | Mapping[str, Any]) -> Cohort:
        """Return the patients who pass, of those who are here.

        Raises
        ------
        FilterError
            If a condition names a variable or level that the cohort does not have.
        """
        if not isinstance(filters, Filters):
            filters = Filters.from_json(filters)
        rows = self.rows.copy()
        for key, condition in filters.conditions.items():
            self._check(key, condition)
            rows &= condition.mask(self.values(key))
        joint = dict(self.filters.conditions)
        for key, condition in filters.conditions.items():
            if key in joint and joint[key] != condition:
                raise FilterError(say("{label} is filtered already.", label=self.variable(key).label),
                                  say("Change that condition, or filter the whole cohort."))
            joint[key] = condition
        whole = self.whole
        return replace(whole, rows=rows, filters=Filters(joint), part=self.part, parent=whole)

    def _check(self, key: str, condition: Condition) -> None:
        variable = self.variable(key)
        if condition.levels is not None and variable.kind == "categorical":
            levels = self.levels(key)
            if strange := [v for v in condition.levels if v not in levels]:
                raise FilterError(say("{label} has no level {strange}.", label=variable.label,
                                      strange=f"{strange[0]!r}"),
                                  say("Choose from: {levels}.", levels=', '.join(levels)))
        elif condition.levels is not None:
            raise FilterError(say("{label} is a number, not a list of levels.", label=variable.label),
                              say("Filter it with gt, ge, lt or le."))
        if condition.bounds and variable.kind == "categorical":
            raise FilterError(say("{label} has levels, not numbers.", label=variable.label),
                              say("Filter it with in: {levels}.", levels=', '.join(self.levels(key))))

    def words(self) -> str:
        """Say the filters: `PVTT grade Vp3, Vp4; AFP > 400 ng/mL`."""
        return "; ".join(self.condition_words(k) for k in self.filters.conditions)

    def condition_words(self, key: str) -> str:
        """Say one condition with its variable's label."""
        variable = self.variable(key)
        condition = self.filters.conditions[key]
        if variable.kind != "grade":
            return f"{variable.label} {condition.words(variable.unit)}"
        words = self.mapping.grade_words
        bands = {"any": 1.0, ">=3": 3.0, ">=4": 4.0}
        band = next((b for b, least in bands.items() if condition == Condition(bounds=(("ge", least),))), "")
        if words is not CTCAE and band:
            return f"{variable.label}, {words.band(band)}"
        return f"{variable.label} {'grade' if words is CTCAE else words.measure} {condition.words()}"

    def missing_in_filters(self) -> dict[str, int]:
        """Count, per filtered variable, those who did not pass because its value is missing."""
        out = {}
        for key, condition in self.filters.conditions.items():
            if self.named_groups and key == self.named_groups.key:  # in no group: nothing is missing
                continue
            values = self.values(key)
            absent = values.isna().to_numpy() & ~condition.mask(values) & ~self.rows
            if absent.any():
                out[key] = int(absent.sum())
        return out


