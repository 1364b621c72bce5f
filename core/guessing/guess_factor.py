"""What one column would be as a factor: its kind, unit and levels."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

import numpy as np

from core import schema
from core.guessing.headings import heading
from core.guessing.levels import MANY, as_number, labels_for, levels_of
from core.mapping import Entry, FactorRole, bracketed, dictionary_entry, legend_in, unit_in
from core.reading import UNKNOWN, Numbers, TextTable, coded_words, dates_of, numbers_of, parse_number
from core.schema import Known

MAX_CODED = 6  # a column of numbers with at most so many distinct values is read as codes
MAX_LEVELS = 12
HALF, MOSTLY, NEARLY_ALL = 0.5, 0.8, 0.9
_PROBE = 400
_LETTERED = ("bclc", "child_pugh")  # whose levels are letters
_ENOUGH = 10  # patients
_STAGES = ("t_stage", "n_stage", "m_stage")
_SHOWN_UNITS = {"iu/ml": "IU/mL", "ng/l": "ng/L", "pg/ml": "pg/mL"}


class FactorGuess:
    """What one column would be as a factor."""

    def __init__(self, table: TextTable, column: str, missing: frozenset[str]) -> None:
        self.table, self.column = table, column
        self.cells = table.cells[column]
        self.levels = levels_of(self.cells, missing)
        self.missing = missing

    @cached_property
    def entry(self) -> Entry | None:
        """The dictionary's entry, where the values can be what it describes.

        CT may be a T stage or computed tomography, CP a class or a score, a dose radiation or a drug.
        """
        entry = dictionary_entry(heading(self.table, self.column))
        if entry is None:
            return None
        if entry.kind == "categorical":
            measured = len(self.levels) > MAX_CODED and self.share_of_numbers > MOSTLY
            staged = entry.key not in _STAGES or any(c.isdecimal() for v in self.levels for c in v)
            return None if measured or not staged else entry
        if entry.limits and self.share_of_numbers > MOSTLY and self._spread_numbers:
            ratio = entry.units.get(self.stated_unit) or 1.0
            values = self.numbers.values[~np.isnan(self.numbers.values)] * ratio
            outside = np.mean((values < entry.limits[0]) | (values > entry.limits[1]))
            return entry if outside < HALF or entry.units else None
        return entry

    @cached_property
    def numbers(self) -> Numbers:
        """The column's distinct values as numbers; what is not written as one is missing."""
        return numbers_of(self.cells, "." if self.table.decimal == UNKNOWN else self.table.decimal)

    @cached_property
    def share_of_numbers(self) -> float:
        """The share of distinct values that are numbers; a long list that begins with words is not read."""
        present = ~self.cells.is_in(self.missing)
        if not present.any():
            return 0.0
        if self.cells.n_distinct > _PROBE:
            first = [t for t in self.cells.values.slice(0, _PROBE).to_pylist() if t not in self.missing]
            share = float(np.mean([parse_number(t) is not None for t in first])) if first else 0.0
            if share < MOSTLY:
                return share
        return float(np.mean(~np.isnan(self.numbers.values[present])))

    @property
    def numeric(self) -> bool:
        """Whether it is read as a number: more than a few codes, most of them numbers."""
        if len(self.levels) <= MAX_CODED and not (self.entry and self.entry.kind == "numeric" and
                                                  self._spread_numbers):
            return False
        return self.share_of_numbers >= (MOSTLY if self.entry and self.entry.kind == "numeric" else 0.95)

    @property
    def _spread_numbers(self) -> bool:
        """Tell a few measurements from codes and from classes such as ≤400 and >400."""
        numbers = [n for v in self.levels if (n := as_number(v.replace(",", "."))) is not None]
        return len(numbers) > 1 and not all(n in range(10) for n in numbers)

    @cached_property
    def is_date(self) -> bool:
        """Whether nearly all distinct values are dates."""
        present = ~self.cells.is_in(self.missing)
        if self.share_of_numbers > HALF or not present.any():
            return False
        dates = dates_of(self.cells)
        return bool(dates.open) or bool(np.isfinite(dates.days[present]).mean() > MOSTLY)

    @property
    def may_be_factor(self) -> bool:
        """Whether the column has few enough levels, or is numeric; no dates."""
        if self.is_date:
            return False
        return 1 <= len(self.levels) <= MAX_LEVELS or (len(self.levels) > 1 and self.numeric)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows have each value; nothing where there are too many to list."""
        return dict(zip(self.cells.texts(), self.cells.counts.tolist(), strict=True)) \
            if self.cells.n_distinct <= 2 * MANY else {}

    @property
    def bare_codes(self) -> bool:
        """Whether it holds small whole numbers where the dictionary expects a measurement, or letters."""
        entry, numbers = self.entry, [as_number(v) for v in self.levels]
        unlike = entry and ((entry.kind == "numeric" and entry.unit and not self.numeric) or (
            entry.key in _LETTERED and "1" in self.levels))
        first = 0.0 if 0.0 in numbers else 1.0
        counted = set(numbers) == {first + i for i in range(len(set(numbers)))}  # 0, 1 or 1, 2, 3
        return bool(unlike and len(numbers) > 1 and len(self.cells.codes) >= _ENOUGH and counted
                    and all(as_number(label) is not None for label in self.labels.values()))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Raw value -> label, in order."""
        header = heading(self.table, self.column)
        legend = legend_in(header) or coded_words(bracketed(header))
        if legend and set(self.levels) <= set(legend):
            return {v: legend[v] for v in sorted(self.levels)}
        labels = labels_for(self.levels, self.entry, self.counts)
        order = self.table.orders.get(self.column, ())
        return {v: labels[v] for v in sorted(labels, key=order.index)} \
            if set(labels) <= set(order) else labels

    def role(self, key: str, *, known: Known = "baseline") -> FactorRole:
        """Return the factor's role."""
        entry = self.entry
        label = entry.label if entry else self.table.labels.get(self.column) or schema.readable(self.column)
        if not self.numeric:
            return FactorRole(key=key, label=label, column=self.column, kind="categorical", known=known,
                              levels=self.labels if len(self.levels) <= MANY else {})
        return self.measured(key, known=known)

    def measured(self, key: str, *, known: Known = "baseline") -> FactorRole:
        """Return the factor's role as a number."""
        entry = self.entry
        label = entry.label if entry else self.table.labels.get(self.column) or schema.readable(self.column)
        unit, times = self.unit()
        standard = bool(entry and unit == entry.unit)
        return FactorRole(key=key, label=label, column=self.column, kind="numeric", known=known, unit=unit,
                          multiply_by=times, cuts=entry.cuts if entry and standard else (),
                          log=entry.log if entry else False)

    def unit(self) -> tuple[str, float]:
        """Return the unit that the numbers are in, and what turns them into it.

        The header's unit, else the cells', else the dictionary's; a unit with a known ratio is
        converted to the dictionary's.
        """
        stated = self.stated_unit
        if self.entry is None or self.entry.kind != "numeric":
            return stated, 1.0
        if not stated or stated == self.entry.unit.lower() or stated in ("y", "yr", "yrs", "岁", "year", "years"):
            return self.entry.unit, 1.0
        ratio = self.entry.units.get(stated)
        return (self.entry.unit, ratio) if ratio is not None else (_SHOWN_UNITS.get(stated, stated), 1.0)

    @property
    def stated_unit(self) -> str:
        """The unit in the header, or the one behind nearly all of the numbers; lower case."""
        header = unit_in(self.column) or unit_in(self.table.labels.get(self.column, ""))
        if header or not self.share_of_numbers or not self.numbers.units:
            return header
        commonest, often = Counter(self.numbers.units.values()).most_common(1)[0]
        return commonest if often > NEARLY_ALL * np.isfinite(self.numbers.values).sum() else ""
