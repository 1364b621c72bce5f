"""Guess who is analysed and the arm: screen failures and population flags are known for what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core import schema
from core.format import plural
from core.guessing.column_guess import ColumnGuess
from core.guessing.headings import heading
from core.guessing.levels import MANY, as_number, default_reference, labels_for, squeeze
from core.guessing.questions import Answer
from core.language import say
from core.mapping import ArmRole, PopulationRole, dictionary
from core.reading import TextTable


@dataclass
class ArmGuess(ColumnGuess):
    """Take the arm and the flags of populations out of a table's free columns."""

    population: PopulationRole | None = None

    def run(self) -> ArmRole | None:
        """Return the arm, if there is one of two levels and more."""
        self._take_population()
        return self._take_arm()

    def _fills_rows(self, column: str) -> bool:
        """Tell whether every row has a value of its own."""
        cells = self.table.cells[column]
        return int((~cells.is_in(schema.MISSING)).sum()) == len(self.table) > 2

    def _take_population(self) -> None:
        """Take the flags of a trial's populations: the first decides who is analysed, none is a factor."""
        flags = [c for name in dictionary.POPULATION_NAMES for c in self.free
                 if dictionary.fold(heading(self.table, c)) == name and self._yes(c)]
        for column in flags:
            self.free.remove(column)
        if flags and len(self.levels[flags[0]]) > 1:
            self._analyse(PopulationRole(column=flags[0], values=self._yes(flags[0])))

    def _yes(self, column: str) -> tuple[str, ...]:
        """Return the values of a flag that mean yes; nothing where others than yes and no stand in it."""
        levels = self.levels[column]
        known = all(squeeze(v) in (*dictionary.YES_WORDS, *dictionary.NO_WORDS) for v in levels)
        return tuple(v for v in levels if squeeze(v) in dictionary.YES_WORDS) if known else ()

    def _analyse(self, role: PopulationRole) -> None:
        self.population = role
        cells = self.table.cells[role.column]
        outside = ~cells.is_in(role.values) if role.values else cells.is_in(role.without)
        words = say("{column} is {values}", column=role.column, values=', '.join(role.values)) if role.values else \
            say("all but those whose {column} is {without}", column=role.column, without=', '.join(role.without))
        n = plural(int(cells.counts[outside].sum()), "patient")
        self.findings.add("assumed", say("The analysis set: {words}; {n} left out.", words=words, n=n),
                          column=role.column, remedy=say("Change it under “Patients”."))

    def _arm_columns(self) -> list[str]:
        """Return the columns that are named as the arm, those of codes last."""
        named = [c for c in self.free if dictionary.fold(heading(self.table, c)) in dictionary.ARM_NAMES]
        return sorted(named, key=lambda c: dictionary.fold(heading(self.table, c)) in dictionary.ARM_CODES)

    def _take_arm(self) -> ArmRole | None:
        for column in self._arm_columns():
            levels = self._without_codes(column, self.levels[column])
            if outside := [v for v in levels if dictionary.never_entered(v)]:
                levels = [v for v in levels if v not in outside]
                if self.population is None:
                    self._analyse(PopulationRole(column=column, without=tuple(outside)))
                else:  # whoever the flag lets in all the same has no arm
                    self.missing_in[column] = tuple(outside)
            legend = dictionary.legend_in(heading(self.table, column))
            labels = {v: legend[v] for v in levels} if legend and set(levels) <= set(legend) else \
                labels_for(levels, None, counts_of(self.table, column)) if len(levels) <= MANY else {}
            distinct = list(dict.fromkeys(labels.values()))
            if len(distinct) == 1:
                self.findings.add("warning", say("It has a single level, {distinct}: there is nothing to compare. "
                                                 "The cohort is read as one arm; choose another column for the arm "
                                                 "if there is one.", distinct=f"{distinct[0]!r}"), column=column)
            elif 1 < len(distinct) <= schema.MAX_ARMS and len(levels) < len(self.table):
                self.free.remove(column)
                self.free = [c for c in self.free if not self._is_code_of(c, column)]
                return self._arm(column, labels, distinct)
            elif self._fills_rows(column):
                self.questions.ask(
                    say("The column {column} is named as the arm but has as many values as rows ({table}). Is there "
                        "no arm?", column=f"{column!r}", table=f"{len(self.table):,}"),
                    say("Choose another column for the arm, or read the cohort as one arm."),
                    [Answer(say("No arm"), {"arm": None})])
        return None

    def _is_code_of(self, column: str, arm: str) -> bool:
        """Tell whether a column is named as the arm's code and divides the patients as the arm does."""
        if dictionary.fold(heading(self.table, column)) not in dictionary.ARM_CODES:
            return False
        pairs = {*zip(self.table.cells[column].codes.tolist(), self.table.cells[arm].codes.tolist(), strict=True)}
        return len(pairs) == self.table.cells[column].n_distinct == self.table.cells[arm].n_distinct

    def _arm(self, column: str, labels: Mapping[str, str], distinct: list[str]) -> ArmRole:
        if len(labels) > len(distinct):
            alike = [v for v, label in labels.items() if v != label and list(labels.values()).count(label) > 1]
            self.findings.add("assumed", say("{names} differ from another arm only by spaces or case and are read as "
                                             "it.", names=', '.join(map(repr,
                                                                      alike))), column=column, value=", ".join(alike),
                              remedy=say("Name the arms' levels under “Arm”."))
        reference = default_reference(distinct)
        self.findings.add("assumed", say("{reference} is taken as the reference arm.", reference=f"{reference!r}"),
                          column=column,
                          value=reference, remedy=say("Choose the reference arm."))
        ordered = sorted(labels, key=lambda v: labels[v] != reference)
        raw = next((v for v in ordered if v == reference), ordered[0])
        return ArmRole(column=column, reference=raw, levels={v: labels[v] for v in ordered})

    def _without_codes(self, column: str, levels: list[str]) -> list[str]:
        """Take codes such as 99 out of an arm's levels where the others are words."""
        codes = tuple(v for v in levels if v in ("9", "99", "999", "-9", "-99", "-999"))
        if not codes or any(as_number(v) is not None for v in levels if v not in codes):
            return levels
        self.missing_in[column] = codes
        self.findings.add("assumed", say("{codes} is read as missing: the other arms are words.",
                                         codes=', '.join(codes)), column=column,
                          value=", ".join(codes), remedy=say("Change the codes that mean missing."))
        return [v for v in levels if v not in codes]


def counts_of(table: TextTable, column: str) -> dict[str, int]:
    """Return how many rows have each value of a column."""
    cells = table.cells[column]
    return dict(zip(cells.texts(), cells.counts.tolist(), strict=True))
