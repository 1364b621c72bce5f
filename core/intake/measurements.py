"""Columns of numbers: what is none is named, how the others were read is said, units are made one."""

from __future__ import annotations

import re

import numpy as np

from core import schema
from core.findings import ranges
from core.format import plural
from core.guessing import MANY
from core.intake.cells import Cells
from core.language import say
from core.mapping import dictionary_entry, time_unit_in
from core.reading import THOUSANDS, UNKNOWN, Numbers, is_ambiguous, numbers_of

_INFINITE = re.compile(r"[-+]?(inf(inity)?|\d+\.?\d*e\+?\d{3,})", re.IGNORECASE)
_YEARS_OLD = ("岁", "y", "yr", "yrs")


class Measured:
    """Read columns of numbers."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    def read(self, column: str, what: str, *, unit: str = "", strict: bool = True) -> np.ndarray:
        """Return a column's numbers; a cell that is none is refused, or said and missing if not strict."""
        cells = self.cells.table.cells[column]
        numbers = numbers_of(cells, self.cells.table.decimal)
        absent = self.cells.absent(column)
        values = np.where(absent, np.nan, numbers.values)
        if column in self.cells.mapping.thousands:
            values = self._with_thousands(column, values)
        odd = np.isnan(values) & ~absent
        if odd.any():
            self._odd_numbers(column, odd, what, strict)
        self._say_how(column, numbers, absent)
        values = self._in_one_unit(column, numbers, values, unit)
        return values[cells.codes]

    def _with_thousands(self, column: str, values: np.ndarray) -> np.ndarray:
        """Read a mark that three digits follow as one of thousands, and say so."""
        cells = self.cells.table.cells[column]
        places = [i for i, text in enumerate(cells.texts()) if THOUSANDS.fullmatch(text)]
        self.cells.name(np.isin(cells.codes, places), column, say("is read with a mark of thousands"),
                        severity="repaired")
        values = values.copy()
        values[places] = [float(re.sub("[.,]", "", cells.values[i].as_py())) for i in places]
        return values

    def _odd_numbers(self, column: str, odd: np.ndarray, what: str, strict: bool) -> None:
        cells = self.cells.table.cells[column]
        texts = {int(i): cells.values[int(i)].as_py() for i in np.flatnonzero(odd)[:MANY]}
        two_ways = self.cells.table.decimal == UNKNOWN and any(is_ambiguous(t) for t in texts.values())
        if two_ways:
            self.cells.name(odd[cells.codes], column, say("could be read with a thousands mark or a decimal comma"),
                            remedy=say("Choose the decimal mark under “How it was read”."))
        elif strict or any(_INFINITE.fullmatch(t) for t in texts.values()):
            self.cells.name(odd[cells.codes], column,
                            say("is not a number, and the column is read as {what}", what=what),
                            remedy=say("Correct the cell, or add it to the codes that mean missing."))
        else:
            self.cells.name(odd[cells.codes], column, say("is not a number and counts as missing"), severity="warning",
                            remedy=say("Correct the cell."))

    def _say_how(self, column: str, numbers: Numbers, absent: np.ndarray) -> None:
        """Say how numbers were read that are not written plainly, one finding per manner."""
        cells = self.cells.table.cells[column]
        manners: dict[str, list[int]] = {}
        for i, how in numbers.how.items():
            if not absent[i]:
                manners.setdefault(how, []).append(i)
        for i, unit in numbers.units.items():
            if not absent[i]:
                manners.setdefault(say("without the unit {unit}", unit=repr(unit)), []).append(i)
        for how, places in manners.items():
            rows = self.cells.table.lines[np.isin(cells.codes, places)]
            severity: schema.Severity = "assumed" if how == "as the bound" else "repaired"
            examples = ", ".join(cells.values.take(places[:4]).to_pylist())
            self.cells.findings.add(severity, say("{cells} read {how}: {examples}{words}.",
                                                  cells=plural(len(rows), 'cell'), how=say(how), examples=examples,
                                                  words=' …' if len(places) > 4 else ''), row=ranges(rows),
                                    column=column, value=examples,
                                    remedy=say("A bound stands just beyond its number.") if how == "as the bound"
                                    else "")

    def _in_one_unit(self, column: str, numbers: Numbers, values: np.ndarray, unit: str) -> np.ndarray:
        """Hold the units behind the numbers against the column's; cm and mm are converted."""
        written = {u for u in numbers.units.values()}
        base = time_unit_in(f"({unit})") or unit.lower()
        if not written or not base:
            self._say_mixed(column, numbers)
            return values if len(written) < 2 else self._refuse_units(column, numbers, values, max(written))
        entry = dictionary_entry(column)
        values, strange = values.copy(), []
        for i, unit_of in numbers.units.items():
            ratio = _ratio(unit_of, base)
            if ratio is None and entry and base == entry.unit.lower():
                ratio = entry.units.get(unit_of)
            if ratio is None:
                strange.append(i)
                continue
            values[i] *= ratio
            if ratio != 1:
                cells = self.cells.table.cells[column]
                self.cells.name(cells.codes == i, column, say("is converted from {unit_of} to {base}", unit_of=unit_of,
                                                              base=base), severity="repaired")
        if strange:
            self.cells.name(np.isin(self.cells.table.cells[column].codes, strange), column,
                            say("is in another unit than the column ({base})",
                                base=base), remedy=say("Write the column in one unit."))
        return values

    def _say_mixed(self, column: str, numbers: Numbers) -> None:
        """Warn where some numbers have a unit and others have none."""
        absent = self.cells.absent(column)
        bare = int((np.isfinite(numbers.values) & ~absent).sum()) - len(numbers.units)
        if numbers.units and bare > 0:
            unit = next(iter(numbers.units.values()))
            self.cells.findings.add("warning", say("Some cells of {column} have the unit {unit} and others none: all "
                                                   "are read as they stand.", column=f"{column!r}", unit=f"{unit!r}"),
                                    column=column, value=unit,
                                    remedy=say("Write the column in one unit."))

    def _refuse_units(self, column: str, numbers: Numbers, values: np.ndarray, base: str) -> np.ndarray:
        other = [i for i, u in numbers.units.items() if u != base]
        self.cells.name(np.isin(self.cells.table.cells[column].codes, other), column,
                        say("is in another unit than other cells ({base})",
                            base=base), remedy=say("Write the column in one unit."))
        return values


def _ratio(unit: str, base: str) -> float | None:
    """Return what turns a number in a cell's own unit into the column's, None where that is not known."""
    times = (_time_unit(unit), _time_unit(base))
    if unit == base or (unit in _YEARS_OLD and base == "years"):
        return 1.0
    if times[0] and times[1]:
        return schema.MONTHS_PER[times[0]] / schema.MONTHS_PER[times[1]]
    return {("mm", "cm"): 0.1, ("cm", "mm"): 10.0}.get((unit, base))


def _time_unit(unit: str) -> str | None:
    return unit if unit in schema.MONTHS_PER else "months" if unit == "m" else time_unit_in(f"({unit})")
