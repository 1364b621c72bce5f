"""Guess the column mapping of a text table from its headers and values, and say what was assumed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from core import dictionary, schema
from core.dates import dates_of
from core.errors import MappingError, NeedsAnswer
from core.factor_guess import FactorGuess, guess_factors
from core.findings import Findings
from core.identifiers import is_identifier
from core.levels import (
    MANY,
    as_number,
    counts_censoring,
    default_event_values,
    default_reference,
    grade,
    labels_for,
    levels_of,
    squeeze,
)
from core.mapping import ColumnMapping
from core.numbers import UNKNOWN, is_ambiguous, numbers_of, parse_number
from core.roles import ArmRole, EndpointRole, FactorRole, SafetyRole
from core.text_table import TextTable

_NEARLY_ALL, _MOSTLY = 0.9, 0.8
_DAYS_FROM = 300  # a longest time above is in days


@dataclass(kw_only=True)
class Guess:
    """A guessed mapping, what it assumed, and what only a person can answer."""

    mapping: ColumnMapping
    findings: list[dict[str, object]] = field(default_factory=list)
    questions: list[NeedsAnswer] = field(default_factory=list)


def guess_mapping(table: TextTable) -> Guess:
    """Guess which column plays which role.

    Raises
    ------
    MappingError
        If the table is no cohort: turned on its side, or a long list of adverse events.
    """
    return _Guesser(table).run()


def unique_key(key: str, taken: Iterable[str]) -> str:
    """Return a key that is neither taken nor a column of the app's own."""
    used = {*taken, *schema.RESERVED}
    if key not in used:
        return key
    number = next(i for i in count(2) if f"{key}_{i}" not in used)
    return f"{key}_{number}"


def factor_for(table: TextTable, column: str, missing: Iterable[str], key: str, *,
               later: bool = False) -> FactorRole:
    """Make the factor that a column would be if it were chosen to be one."""
    return FactorGuess(table, column, tuple(missing)).role(key, known="later" if later else "baseline")


def is_event_list(table: TextTable) -> bool:
    """Tell whether a table lists adverse events: patients repeat, beside a term and a grade."""
    folded = {dictionary.fold(c): c for c in table.columns}
    named = {role: {n for n in names if n in folded} for role, names in dictionary.AE_FILE_NAMES.items()}
    repeats = any(table.cells[folded[n]].n_distinct <= _NEARLY_ALL * len(table) for n in named["patient"])
    alone = named["grade"] - named["term"] and named["term"] - named["grade"]
    survival = any(f.startswith(name.lower()) for f in folded for name in ("OS", "PFS", "RFS"))
    return bool(repeats and alone and not survival)


class _Guesser:
    """Take columns out of the table role by role; what is left may become factors."""

    def __init__(self, table: TextTable) -> None:
        self.table = table
        self.n = len(table)
        self.findings = Findings()
        self.questions: list[tuple[str, str, list[tuple[str, dict[str, Any]]]]] = []
        self.levels = {c: levels_of(table.cells[c], schema.MISSING_CODES) for c in table.columns}
        self.identifiers = tuple(c for c in table.columns if is_identifier(c, table.cells[c]))
        self.free = [c for c in table.columns if c not in self.identifiers]
        self.missing_in: dict[str, tuple[str, ...]] = {}

    def run(self) -> Guess:
        self._refuse_other_shapes()
        self._say_identifiers()
        patient_id = self._take_id()
        endpoints = self._take_endpoints()
        arm = self._take_arm()
        adverse = self._take_adverse_events()
        response, sites = self._take_response(), self._take_failure_sites()
        safety = self._take_safety()
        factors = guess_factors(self.table, self.free, self.findings, self._ask)
        mapping = ColumnMapping(
            patient_id=patient_id, arm=arm, endpoints=endpoints, response=response,
            failure_sites=sites, adverse_events=adverse, safety=safety, factors=factors.roles,
            missing_in={**self.missing_in, **factors.missing_in}, identifiers=self.identifiers,
            reading=self.table.options)
        self._ask_decimal_mark(mapping)
        data = mapping.to_json()
        return Guess(mapping=mapping, findings=self.findings.records, questions=[
            NeedsAnswer(problem, remedy, [label for label, _ in answers],
                        [change for _, change in answers], data)
            for problem, remedy, answers in self.questions])

    def _ask(self, problem: str, remedy: str, answers: list[tuple[str, dict[str, Any]]]) -> None:
        self.questions.append((problem, remedy, answers))

    def _take(self, column: str) -> str:
        self.free.remove(column)
        return column

    def _refuse_other_shapes(self) -> None:
        first = self.table.columns[0]
        down = [v for v in self.levels[first] if dictionary.dictionary_entry(v)
                or dictionary.fold(v) in (*dictionary.ARM_NAMES, *dictionary.ID_NAMES)]
        across = [c for c in self.table.columns[1:] if dictionary.dictionary_entry(c)]
        if len(down) >= 3 and len(down) > 3 * len(across):
            raise MappingError("The table lies on its side: its first column holds the names of variables "
                               f"({', '.join(down[:3])}).", "Transpose it: one row per patient, one column per "
                               "variable (in Excel: copy, Paste special, Transpose).")
        if is_event_list(self.table):
            raise MappingError("This is a list of adverse events, with several rows per patient and not one.",
                               "Load the cohort, one row per patient, and give this list beside it as the "
                               "adverse-event file.")

    def _distinct(self, column: str) -> int:
        cells = self.table.cells[column]
        return int((~cells.is_in(schema.MISSING_CODES)).sum())

    def _say_identifiers(self) -> None:
        for column in self.identifiers:
            self.findings.add("warning", "This column may tell who a patient is. It is used for nothing, and no "
                              "export shows it.", column=column,
                              remedy="Drop it at once with “Drop identifying columns”.")

    def _take_id(self) -> str | None:
        for column in list(self.free):
            if dictionary.fold(column) in dictionary.ID_NAMES:
                if self._distinct(column) > _NEARLY_ALL * self.n:
                    return self._take(column)  # where two rows share an id, validation names them
                if self._distinct(column) > 1 and self._distinct(column) * 20 > self.n:
                    self._ask_rows(column)
                    return self._take(column)
        self.findings.add("assumed", "No column holds a unique patient id: patients are known by "
                          "their row in the file.", remedy="Choose the column under “Patient id”.")
        return None

    def _ask_rows(self, column: str) -> None:
        """Ask which row counts where patients have several, as visits."""
        answers: list[tuple[str, dict[str, Any]]] = [
            ("The first row of each patient", {"rows": {"take": "first"}}),
            ("The last row of each patient", {"rows": {"take": "last"}})]
        visit = next((c for c in self.free if dictionary.fold(c) in dictionary.VISIT_NAMES), None)
        words = [v for v in self.levels[visit] if v.lower() in dictionary.BASELINE_WORDS] if visit else []
        if visit and words:
            answers.insert(0, (f"The row where {visit} is {words[0]}", {
                "rows": {"take": "where", "column": visit, "value": words[0]}}))
        self._ask(f"{self.n:,} rows hold {self._distinct(column):,} patients ({column!r} repeats). "
                  "Which row of a patient counts?",
                  "A cohort has one row per patient; the rows not taken are listed.", answers)

    def _take_endpoints(self) -> tuple[EndpointRole, ...]:
        endpoints = []
        for name, (label, times, events) in dictionary.ENDPOINTS.items():
            low = name.lower()
            time_names = [base + suffix for base in (low, *times)
                          for suffix in dictionary.ENDPOINT_TIME_SUFFIXES] + [f"time{low}"]
            event_names = [low + s for s in dictionary.ENDPOINT_EVENT_SUFFIXES] + \
                          [s + low for s in dictionary.ENDPOINT_EVENT_SUFFIXES] + list(events) + \
                          [base + s for base in times for s in dictionary.ENDPOINT_EVENT_SUFFIXES]
            event = self._first(event_names, lambda c: 1 <= len(self.levels[c]) <= 4)
            time = self._first([n for n in time_names if event is None or n != dictionary.fold(event)],
                               self._is_time)
            if time and event and time != event:
                endpoints.append(self._timed(name, label, self._take(time), self._take(event)))
            elif event and (dates := self._dates(name)):
                endpoints.append(self._dated(name, label, *dates, self._take(event)))
        for endpoint in endpoints:
            self.free = [c for c in self.free if c not in endpoint.time_columns]
        if not endpoints:
            self.findings.add("warning", "No pair of time and event columns was recognised: survival "
                              "needs them.", remedy="Choose them under “Endpoints”.")
        return tuple(endpoints)

    def _first(self, names: list[str], fits: Callable[[str], bool]) -> str | None:
        folded = {dictionary.fold(c): c for c in reversed(self.free)}
        return next((folded[n] for n in names if n in folded and fits(folded[n])), None)

    def _is_time(self, column: str) -> bool:
        """Tell whether a column may hold times: numbers, nearly all of them."""
        first = [t for t in self.table.cells[column].values.slice(0, 400).to_pylist()
                 if t not in schema.MISSING_CODES]
        numbers = sum(parse_number(t) is not None for t in first)
        return numbers > _MOSTLY * len(first)  # validation names the other cells

    def _timed(self, name: str, label: str, time: str, event: str) -> EndpointRole:
        unit = dictionary.time_unit_in(time)
        if unit is None:
            numbers = numbers_of(self.table.cells[time], self.table.decimal).values
            longest = float(np.nanmax(numbers)) if np.isfinite(numbers).any() else 0.0
            unit = "days" if longest > _DAYS_FROM else "months"
            self.findings.add("assumed", f"The times of {name} are read as {unit}: the header names no unit and "
                              f"the longest is {longest:g}.", column=time,
                              remedy="Choose the time unit of the endpoint.")
        self._missing_times(time, unit)
        return EndpointRole(name=name, label=label, time=time, event=event, unit=unit,
                            event_values=self._event_values(name, event),
                            death_counts=name not in dictionary.WITHOUT_DEATH)

    def _missing_times(self, column: str, unit: str) -> None:
        """Read codes such as 99999 and -99 as missing where no time can be so long or so short."""
        century = 1200 / schema.MONTHS_PER[unit]
        codes = tuple(t for t in ("-99", "-999", "-9999", "999", "9999", "99999", "999999")
                      if not 0 <= float(t) <= century and self.table.cells[column].is_in([t]).any())
        if codes:
            self.missing_in[column] = codes
            self.findings.add("assumed", f"{', '.join(codes)} is read as missing: no time is so.", column=column,
                              value=", ".join(codes), remedy="Change the codes that mean missing.")

    def _dates(self, name: str) -> tuple[str, str] | None:
        """Return a start and an end date for an endpoint, if there are both."""
        start = self._first(list(dictionary.START_NAMES), self._is_date)
        end = self._first(list(dictionary.END_NAMES.get(name, ())), self._is_date)
        return (start, end) if start and end and start != end else None

    def _is_date(self, column: str) -> bool:
        found = dates_of(self.table.cells[column])
        return bool(np.isfinite(found.days).any()) or bool(found.open)

    def _dated(self, name: str, label: str, start: str, end: str, event: str) -> EndpointRole:
        found = [dates_of(self.table.cells[c]) for c in (start, end)]
        order = next((d.order for d in found if d.order), "")
        unsure = next((d.open for d in found if d.open), "")
        said = f" Day and month are read {order}, as the data show." if order else ""
        said += " Five-digit numbers are read as Excel's days." if any(d.serial for d in found) else ""
        self.findings.add("assumed", f"The time of {name} runs from {start!r} to {end!r}, in days.{said}", column=end,
                          remedy="Choose other dates, or a column of times, under “Endpoints”.")
        if unsure and not order:
            self._ask(f"Is {unsure} of {name} written with the day or the month first?",
                      "No date in the file tells.",
                      [(o.capitalize(), {"endpoints": {name: {"date_order": o}}})
                       for o in ("day first", "month first")])
        return EndpointRole(name=name, label=label, start=start, end=end, event=event, unit="days",
                            date_order=order, event_values=self._event_values(name, event),
                            death_counts=name not in dictionary.WITHOUT_DEATH)

    def _event_values(self, name: str, event: str) -> tuple[str, ...]:
        levels = self.levels[event]
        values = default_event_values(event, levels)
        if not values:
            self._ask(f"Which value of {event!r} means an event for {name}?",
                      f"It holds: {', '.join(levels)}. Say so in the mapping.",
                      [(v, {"endpoints": {name: {"event_values": [v]}}}) for v in levels])
        elif {as_number(v) for v in levels} != {0.0, 1.0} or counts_censoring(event):
            self.findings.add("assumed", f"{', '.join(values)} means event for {name}; other values "
                              "are censored.", column=event, value=", ".join(values),
                              remedy="Choose the value that means event.")
        return values

    def _take_arm(self) -> ArmRole | None:
        for column in list(self.free):
            if dictionary.fold(column) not in dictionary.ARM_NAMES:
                continue
            levels = self.levels[column]
            labels = labels_for(levels, None, self._counts(column)) if len(levels) <= MANY else {}
            distinct = list(dict.fromkeys(labels.values()))
            if len(distinct) == 1:
                self.findings.add("warning", f"It has a single level, {distinct[0]!r}: there is nothing to compare. "
                                  "The cohort is read as one arm; choose another column for the arm if there is "
                                  "one.", column=column)
            elif 1 < len(distinct) <= schema.MAX_ARMS and len(levels) < self.n:
                return self._arm(self._take(column), labels, distinct)
        return None

    def _arm(self, column: str, labels: Mapping[str, str], distinct: list[str]) -> ArmRole:
        if len(labels) > len(distinct):
            alike = [v for v, label in labels.items() if v != label]
            self.findings.add("assumed", f"{', '.join(map(repr, alike))} differ from another arm only by spaces or "
                              "case and are read as it.", column=column, value=", ".join(alike),
                              remedy="Name the arms' levels under “Arm”.")
        reference = default_reference(distinct)
        self.findings.add("assumed", f"{reference!r} is taken as the reference arm.", column=column,
                          value=reference, remedy="Choose the reference arm.")
        ordered = sorted(labels, key=lambda v: labels[v] != reference)
        raw = next(v for v in ordered if v == reference)
        return ArmRole(column=column, reference=raw, levels={v: labels[v] for v in ordered})

    def _counts(self, column: str) -> dict[str, int]:
        cells = self.table.cells[column]
        return dict(zip(cells.texts(), cells.counts.tolist(), strict=True))

    def _take_adverse_events(self) -> tuple[str, ...]:
        """Take columns of grades that are named as adverse events, by prefix or by a known term."""
        named = [c for c in self.free if c.lower().startswith(schema.AE_PREFIX) and self._grades(c)]
        terms = [c for c in self.free if c not in named and not dictionary.dictionary_entry(c)
                 and dictionary.ae_category(dictionary.ae_term(c)) != "Other" and self._grades(c)]
        if len(terms) > 1 or named:
            named += terms
        return tuple(self._take(c) for c in list(self.free) if c in named)

    def _grades(self, column: str) -> bool:
        levels = self.levels[column]
        return len(levels) <= 8 and all(grade(v) is not None for v in levels)

    def _take_response(self) -> FactorRole | None:
        for column in list(self.free):
            if dictionary.fold(column) in dictionary.RESPONSE_NAMES and 1 < len(self.levels[column]) <= MANY:
                rank = {v.lower(): i for i, v in enumerate(dictionary.RESPONSE_LEVELS)}
                labels = labels_for(self.levels[column], None, self._counts(column))
                order = sorted(labels, key=lambda v: rank.get(squeeze(v), len(rank)))
                return FactorRole(key=schema.RESPONSE, label="Response", column=self._take(column),
                                  kind="categorical", levels={v: labels[v] for v in order}, known="later")
        return None

    def _take_failure_sites(self) -> tuple[FactorRole, ...]:
        found = [c for c in self.free if re.match(r"failure[_ ]", c.lower())
                 and len(self.levels[c]) <= 2]
        return tuple(self._site(self._take(c)) for c in found)

    def _site(self, column: str) -> FactorRole:
        words = {"0": "no", "1": "yes"}
        return FactorRole(key=schema.factor_key(column), label=schema.readable(column), column=column,
                          kind="categorical", known="later",
                          levels={v: words.get(v, v) for v in self.levels[column]})

    def _take_safety(self) -> SafetyRole | None:
        for column in self.free:
            if dictionary.fold(column) in dictionary.SAFETY_NAMES:
                values = tuple(v for v in self.levels[column] if squeeze(v) in dictionary.YES_WORDS)
                if values:
                    self.findings.add("assumed", "Adverse events are counted among the safety population: "
                                      f"{column!r} is {', '.join(values)}.", column=column,
                                      remedy="Change “safety” in the mapping.")
                    return SafetyRole(column=self._take(column), values=values)
        return None

    def _ask_decimal_mark(self, mapping: ColumnMapping) -> None:
        """Ask for the decimal mark where a number that is used could be read in two ways."""
        if self.table.decimal != UNKNOWN:
            return
        used = [e.time for e in mapping.endpoints if e.time] + \
               [f.column for f in mapping.factors if f.kind == "numeric" and f.column]
        for column in used:
            example = next((t for t in self.table.cells[column].values.slice(0, 400).to_pylist()
                            if is_ambiguous(t)), None)
            if example:
                whole, point = example.replace(",", ""), example.replace(",", ".")
                self._ask(f"Is {example} in {column!r} the number {whole} or {point}?",
                          "Nothing in the file tells a thousands mark from a decimal comma.",
                          [(whole, {"reading": {"decimal": "."}}), (point, {"reading": {"decimal": ","}})])
                return


__all__ = ["Guess", "factor_for", "guess_mapping", "unique_key"]
