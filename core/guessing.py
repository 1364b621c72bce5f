"""Guess the column mapping of a text table from its headers and values, and say what was assumed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import pandas as pd

from core import schema
from core.errors import NeedsAnswer
from core.mapping import ArmRole, ColumnMapping, EndpointRole, FactorRole
from core.reading import TextTable

MAX_CODED = 6  # a column of numbers with at most so many distinct values is read as codes
MAX_LEVELS = 12
MAX_ARMS = 8
MANY_FACTORS = 20
_NEARLY_ALL, _MOSTLY = 0.9, 0.8


@dataclass(kw_only=True)
class Guess:
    """A guessed mapping, what it assumed, and what only a person can answer."""

    mapping: ColumnMapping
    findings: list[dict[str, object]] = field(default_factory=list)
    questions: list[NeedsAnswer] = field(default_factory=list)


def guess_mapping(table: TextTable) -> Guess:
    """Guess which column plays which role."""
    return _Guesser(table).run()


def levels_of(values: pd.Series, missing: Iterable[str]) -> list[str]:
    """Return a text column's distinct values, missing codes aside, in natural order."""
    absent = set(missing)
    distinct = {v.strip() for v in values.unique()} - absent
    return sorted(distinct, key=natural_order)


def natural_order(text: str) -> tuple[bool, float, list[tuple[int, str]]]:
    """Sort numbers by size and before words; numbers inside words by size, too."""
    number = as_number(text)
    parts = [(int(p), "") if p.isdecimal() else (-1, p) for p in re.split(r"(\d+)", text.lower())]
    return (number is None, number or 0.0, parts)


def as_number(text: str) -> float | None:
    """Return a cell as a number, or None."""
    try:
        return float(text)
    except ValueError:
        return None


def default_event_values(column: str, levels: list[str]) -> tuple[str, ...]:
    """Return the values that mean event by convention, or nothing.

    0/1 and 1/2: the larger; 0 in a column that counts censoring (`os_censor`, CNSR); words such as
    dead and alive.
    """
    codes = {as_number(v) for v in levels}
    if codes <= {0.0, 1.0}:
        event = 0.0 if counts_censoring(column) else 1.0
        return tuple(v for v in levels if as_number(v) == event) or (f"{event:g}",)
    if codes == {1.0, 2.0} and not counts_censoring(column):
        return tuple(v for v in levels if as_number(v) == 2.0)
    events = tuple(v for v in levels if v.lower().replace(" ", "") in schema.EVENT_WORDS)
    others = [v for v in levels if v.lower().replace(" ", "") in schema.NO_EVENT_WORDS]
    return events if len(events) + len(others) == len(levels) else ()


def counts_censoring(column: str) -> bool:
    """Tell whether a header says that its ones are the censored."""
    return "cens" in schema.fold(column) or "cnsr" in schema.fold(column)


def unique_key(key: str, taken: Iterable[str]) -> str:
    """Return a key that is neither taken nor a column of the app's own."""
    used = {*taken, *schema.RESERVED}
    if key not in used:
        return key
    number = next(i for i in count(2) if f"{key}_{i}" not in used)
    return f"{key}_{number}"


def default_reference(levels: list[str]) -> str:
    """Return the likely control arm: named so, else contained in another's name, else the first."""
    for level in levels:
        if level.lower() in schema.CONTROL_WORDS:
            return level
    for level in levels:
        if any(level != other and other.startswith(level) for other in levels):
            return level
    return levels[0]


def factor_for(column: str, levels: list[str], key: str, *, later: bool = False) -> FactorRole:
    """Make the factor that a column of these distinct values would be."""
    entry = schema.dictionary_entry(column)
    coded = len(levels) <= MAX_CODED
    numeric = not coded and all(as_number(v) is not None for v in levels)
    label = entry.label if entry else schema.readable(column)
    known: schema.Known = "later" if later else "baseline"
    if not numeric:
        order = _dictionary_order(levels, entry)
        return FactorRole(key=key, label=label, column=column, kind="categorical",
                          levels={v: v for v in order}, known=known)
    return FactorRole(
        key=key, label=label, column=column, kind="numeric", known=known,
        unit=entry.unit if entry else "", cuts=entry.cuts if entry else (),
        log=entry.log if entry else False,
    )


def _dictionary_order(levels: list[str], entry: schema.Entry | None) -> list[str]:
    rank: Mapping[str, int] = {v.lower(): i for i, v in enumerate(entry.levels)} if entry else {}
    return sorted(levels, key=lambda v: (rank.get(v.lower(), len(rank)), natural_order(v)))


class _Guesser:
    """Take columns out of the table role by role; what is left may become factors."""

    def __init__(self, table: TextTable) -> None:
        self.table = table
        self.free = list(table.columns)
        self.levels = {c: levels_of(table.frame[c], schema.MISSING_CODES) for c in self.free}
        self.guess = Guess(mapping=ColumnMapping())

    def run(self) -> Guess:
        patient_id = self._take_id()
        endpoints = self._take_endpoints()
        arm = self._take_arm()
        adverse = self._take_adverse_events()
        response = self._take_response()
        sites = self._take_failure_sites()
        self.guess.mapping = ColumnMapping(
            patient_id=patient_id, arm=arm, endpoints=endpoints, response=response,
            failure_sites=sites, adverse_events=adverse, factors=self._factors(),
        )
        return self.guess

    def _say(self, severity: schema.Severity, column: str, message: str) -> None:
        self.guess.findings.append({"severity": severity, "row": "", "column": column,
                                    "value": "", "message": message})

    def _take(self, column: str) -> str:
        self.free.remove(column)
        return column

    def _take_id(self) -> str | None:
        for column in list(self.free):
            if schema.fold(column) in schema.ID_NAMES:
                if len(self.levels[column]) > _NEARLY_ALL * len(self.table.frame):
                    return self._take(column)  # where two rows share an id, validation names them
                self._say("warning", self._take(column), "It is named like a patient id, but many rows "
                          "share a value. This app reads one row per patient.")
        self._say("assumed", "", "No column holds a unique patient id: patients are known by "
                                 "their row in the file.")
        return None

    def _take_endpoints(self) -> tuple[EndpointRole, ...]:
        endpoints = []
        for name, (label, times, events) in schema.ENDPOINTS.items():
            low = name.lower()
            time_names = [base + suffix for base in (low, *times)
                          for suffix in schema.ENDPOINT_TIME_SUFFIXES] + [f"time{low}"]
            event_names = [low + s for s in schema.ENDPOINT_EVENT_SUFFIXES] + \
                          [s + low for s in schema.ENDPOINT_EVENT_SUFFIXES] + list(events)
            time = self._first(time_names, self._is_time)
            event = self._first(event_names, lambda c: 1 <= len(self.levels[c]) <= 4)
            if time and event and time != event:
                endpoints.append(self._endpoint(name, label, self._take(time), self._take(event)))
        if not endpoints:
            self._say("warning", "", "No pair of time and event columns was recognised: survival "
                                     "needs them. Choose them on the Cohort page.")
        return tuple(endpoints)

    def _first(self, names: list[str], fits: Callable[[str], bool]) -> str | None:
        folded = {schema.fold(c): c for c in reversed(self.free)}
        return next((folded[n] for n in names if n in folded and fits(folded[n])), None)

    def _is_time(self, column: str) -> bool:
        levels = self.levels[column]
        numbers = sum(as_number(v) is not None for v in levels)
        return numbers > _MOSTLY * len(levels)  # validation names the other cells

    def _endpoint(self, name: str, label: str, time: str, event: str) -> EndpointRole:
        unit = schema.time_unit_in(time)
        if unit is None:
            longest = max(as_number(v) or 0.0 for v in self.levels[time])
            unit = "days" if longest > 300 else "months"
            self._say("assumed", time, f"The times of {name} are read as {unit}: the header names "
                                       f"no unit and the longest is {longest:g}.")
        values = default_event_values(event, self.levels[event])
        if not values:
            self.guess.questions.append(NeedsAnswer(
                f"Which value of {event!r} means an event for {name}?",
                f"It holds: {', '.join(self.levels[event])}. Say so in the mapping.",
                self.levels[event]))
        elif {as_number(v) for v in self.levels[event]} != {0.0, 1.0} or counts_censoring(event):
            self._say("assumed", event, f"{', '.join(values)} means event for {name}; other values "
                                        "are censored.")
        return EndpointRole(name=name, label=label, time=time, event=event, event_values=values,
                            unit=unit, death_counts=name != "TTP")

    def _take_arm(self) -> ArmRole | None:
        for column in list(self.free):
            if schema.fold(column) not in schema.ARM_NAMES:
                continue
            levels = self.levels[column]
            if len(levels) == 1:
                self._say("warning", column, f"It has a single level, {levels[0]!r}: there is nothing "
                          "to compare. The cohort is read as one arm; choose another column for "
                          "the arm if there is one.")
            elif len(levels) <= MAX_ARMS:
                reference = default_reference(levels)
                self._say("assumed", column, f"{reference!r} is taken as the reference arm.")
                ordered = [reference, *(v for v in levels if v != reference)]
                return ArmRole(column=self._take(column), reference=reference,
                               levels={v: v for v in ordered})
        return None

    def _take_adverse_events(self) -> tuple[str, ...]:
        grades = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}
        return tuple(self._take(c) for c in list(self.free) if c.lower().startswith(schema.AE_PREFIX)
                     and {as_number(v) for v in self.levels[c]} <= grades)

    def _take_response(self) -> FactorRole | None:
        for column in list(self.free):
            if schema.fold(column) in schema.RESPONSE_NAMES and len(self.levels[column]) > 1:
                rank = {v: i for i, v in enumerate(schema.RESPONSE_LEVELS)}
                order = sorted(self.levels[column],
                               key=lambda v: (rank.get(v.upper(), len(rank)), natural_order(v)))
                return FactorRole(key=schema.RESPONSE, label="Response", column=self._take(column),
                                  kind="categorical", levels={v: v for v in order}, known="later")
        return None

    def _take_failure_sites(self) -> tuple[FactorRole, ...]:
        found = [c for c in self.free if re.match(r"failure[_ ]", c.lower())
                 and len(self.levels[c]) <= 2]
        return tuple(self._site(self._take(c)) for c in found)

    def _site(self, column: str) -> FactorRole:
        factor = factor_for(column, self.levels[column], schema.factor_key(column), later=True)
        words = {"0": "no", "1": "yes"}
        return replace(factor, levels={v: words.get(v, v) for v in factor.levels})

    def _factors(self) -> tuple[FactorRole, ...]:
        known = [c for c in self.free if schema.dictionary_entry(c)]
        others = [c for c in self.free if c not in known and self._may_be_factor(c)]
        if len(known) + len(others) > MANY_FACTORS:
            self._say("assumed", "", f"{len(others)} further columns are left aside: "
                      f"{', '.join(others[:8])}{' ...' if len(others) > 8 else ''}. "
                      "Add those you need as factors.")
            others = []
        factors: dict[str, FactorRole] = {}
        for column in self.free:
            if not self._may_be_factor(column):
                self._left_aside(column)
            elif column in known or column in others:
                entry = schema.dictionary_entry(column)
                key = unique_key(entry.key if entry else schema.factor_key(column), factors)
                factors[key] = factor_for(column, self.levels[column], key)
        return tuple(factors.values())

    def _left_aside(self, column: str) -> None:
        """Say of a column that could be no factor why: text, or a number but for some cells."""
        levels = self.levels[column]
        odd = [v for v in levels if as_number(v) is None]
        if levels and len(odd) < (1 - _MOSTLY) * len(levels):
            self._say("warning", column, f"It is left aside: it holds numbers but for {odd[0]!r}"
                      f"{f' and {len(odd) - 1} other values' if len(odd) > 1 else ''}.")
        elif levels:
            self._say("assumed", column, f"It is left aside: it holds {len(levels)} different texts.")

    def _may_be_factor(self, column: str) -> bool:
        levels = self.levels[column]
        return 1 <= len(levels) <= MAX_LEVELS or (
            len(levels) > 1 and all(as_number(v) is not None for v in levels))
