"""Guess the endpoints: which columns hold their times or dates, which their events, in which unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core import schema
from core.guessing.column_guess import ColumnGuess
from core.guessing.endpoint_dates import EndpointDates
from core.guessing.endpoint_events import EventColumn, event_values, likely_events
from core.guessing.endpoint_units import LONGEST, Times, settle_units
from core.guessing.headings import heading
from core.guessing.late_entry import ask_entry_date, ask_late_entry
from core.guessing.levels import as_number, counts_censoring
from core.guessing.preview import reading_meaning, times_of
from core.guessing.questions import Answer
from core.language import say
from core.mapping import (
    ENDPOINT_NAMES,
    HAPPENS,
    WITHOUT_DEATH,
    EndpointRole,
    HeaderMeaning,
    dictionary,
    header_meaning,
)
from core.reading import UNKNOWN, is_date, numbers_of, parse_number

_MOSTLY, _PROBE = 0.8, 400
_MOST_LEVELS = 10  # of an event column: alive without disease, dead of disease, lost ...
_SAME_TIME, _ROUNDED, _SOME_DIFFER = 0.55, 0.03, 0.03  # months, of the time, of the patients
_FAR = 3  # times as far as the next longest: a code and no time
_CODES = (-99, -999, -9999, 999, 9999, 99999, 999999)
_CALENDAR = frozenset(map(float, range(1900, 2101)))
_WITHOUT_DEATH_DATE = {"PFS": "TTP", "RFS": "TTR"}  # by the date of progression alone death is no event
_CAUSE = re.compile(r"cause|死因|ursache|causa", re.IGNORECASE)
_LONGEST_DAYS = LONGEST / schema.MONTHS_PER["days"]
_OFFERED = ("OS", "PFS", "DFS", "RFS", "EFS", "TTP")  # what a plain time and status may be


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The columns of an endpoint: its time, or none where it runs between dates, and its event."""

    name: str
    time: str
    event: str
    otherwise: str = ""
    rivals: tuple[str, ...] = ()  # other columns of the same endpoint's time


@dataclass
class EndpointGuess(ColumnGuess):
    """Take times and events out of a table's free columns."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.meanings = {c: self._meaning(c) for c in self.free}
        self.dates = EndpointDates(self.table, self.findings)

    def run(self) -> tuple[EndpointRole, ...]:
        """Return the endpoints that are recognised."""
        pairs = [pair for name in ENDPOINT_NAMES if (pair := self._pair(name))]
        if not any(pair.name == "OS" for pair in pairs):
            pairs = [*filter(None, [self._by_death()]), *pairs]
        pairs = pairs or [*filter(None, [self._plain()])]
        between: list[EndpointRole] = []
        for name in ("OS", "PFS", "DFS", "RFS"):
            if name not in [p.name for p in pairs] and (endpoint := self._between_dates(name, between)):
                between.append(endpoint)
        endpoints = self._timed(pairs) + between
        self.dates.ask_order(between, self.questions)
        self.dates.ask_start(between, self.free, self.questions)
        if late := ask_late_entry(self.table, self.free, endpoints, self.questions):
            self.free.remove(late)
        ask_entry_date(self.table, self.dates.starts(self.free), self.dates.last(self.free), endpoints, self.questions)
        for endpoint in endpoints:
            if endpoint.name not in ENDPOINT_NAMES:
                self._ask_which(endpoint)
        self._say_no_times()
        if not endpoints:
            self.findings.add("warning", say("No pair of time and event columns was recognised: survival needs them."),
                              remedy=say("Choose them under “Endpoints”."))
        order = list(ENDPOINT_NAMES)
        return tuple(sorted(endpoints, key=lambda e: order.index(e.name) if e.name in order else len(order)))

    def _meaning(self, column: str) -> HeaderMeaning:
        """Read a header, and complete what it leaves open by its values: a bare `DFI` of 0 and 1 is the event."""
        meaning = header_meaning(heading(self.table, column))
        if _CAUSE.search(re.sub(r"[(（\[].*", "", heading(self.table, column))):
            return replace(meaning, part="")  # who has none may be alive, or of unknown cause
        if meaning.part == "time" and meaning.survival and not meaning.unit and self._is_flag(column):
            return replace(meaning, part="event")  # survival of 0 and 1 beside survival_years
        if meaning.part or not (meaning.endpoint or meaning.about_death):
            return meaning
        if self._is_flag(column) or (meaning.about_death and self._is_event(column)):
            return replace(meaning, part="event")
        return replace(meaning, part="time") if meaning.endpoint and self._is_time(column) else meaning

    def _pair(self, name: str) -> Pair | None:
        """Return the columns of an endpoint that a header names."""
        times = self._columns("time", lambda m: m.endpoint == name)
        events = self._columns("event", lambda m: m.endpoint == name)
        if times and not events:
            events = self._columns("event", lambda m: not m.endpoint and (
                m.about_death if name == "OS" else m.happens in HAPPENS.get(name, ())))
        if times and not events:
            events = self._plain_events() if name == "OS" or not self._speaks_of("OS") else []
        if events and not times and (name == "OS" or not self._speaks_of("OS")):
            times = self._columns("time", lambda m: not m.endpoint)
        if events and not times and name != "OS":
            times = self._columns("time", lambda m: not m.endpoint and m.happens in HAPPENS.get(name, ("-",)))
        return self._taken(name, times, events)

    def _speaks_of(self, name: str) -> bool:
        return any(m.endpoint == name for m in self.meanings.values())

    def _by_death(self) -> Pair | None:
        """Return overall survival: a plain time beside a column that says who died, or a survival beside a status."""
        events = self._columns("event", lambda m: not m.endpoint and m.about_death)
        times = self._columns("time", lambda m: not m.endpoint)
        if not events and (survival := [c for c in times if self.meanings[c].survival]):
            return self._taken("OS", survival, self._plain_events())
        until_death = [c for c in times if self.meanings[c].about_death]
        until_seen = [c for c in times if c not in until_death]
        pair = self._taken("OS", until_death or times, events)
        if pair and until_death and until_seen:
            self.free.remove(until_seen[0])
            self.findings.add("assumed", say("The time of OS is {time}, and where it is empty {until_seen}.",
                                             time=f"{pair.time!r}", until_seen=f"{until_seen[0]!r}"),
                              column=pair.time, remedy=say("Choose another time under “Endpoints”."))
            return replace(pair, otherwise=until_seen[0])
        return pair

    def _plain(self) -> Pair | None:
        """Return a time and a status of which nothing says what they are; the endpoint has the time's name."""
        times = self._columns("time", lambda m: not m.endpoint)
        happens = self._columns("event", lambda m: not m.endpoint and bool(m.happens))
        if times and happens:
            name = next((n for n, words in HAPPENS.items() if self.meanings[happens[0]].happens in words), "")
            return self._taken(name or times[0], times, happens)
        return self._taken(times[0], times, self._plain_events()) if times else None

    def _plain_events(self) -> list[str]:
        return self._columns("event", lambda m: not m.endpoint and not m.about_death and not m.happens)

    def _columns(self, part: str, fits: Any) -> list[str]:
        """Return the free columns that are times or events by their headers and their values."""
        held = self._is_event if part == "event" else self._is_time
        fitting = [c for c in self.free if self.meanings[c].part == part and fits(self.meanings[c]) and held(c)]
        return sorted(fitting, key=self._time_rank if part == "time" else self._event_rank)

    def _time_rank(self, column: str) -> int:
        """Put a survival first, then a follow-up, then a time; a duration or an interval may be of anything."""
        folded = dictionary.fold(heading(self.table, column))
        named = ("surv" in folded or self.meanings[column].survival or bool(self.meanings[column].endpoint),
                 any(w in folded for w in ("follow", "fu", "随访", "suivi", "segui")), "time" in folded)
        return next((i for i, is_so in enumerate(named) if is_so), len(named))

    def _event_rank(self, column: str) -> bool:
        """Put a column of events before one of censorings."""
        return counts_censoring(heading(self.table, column))

    def _taken(self, name: str, times: Iterable[str], events: Iterable[str]) -> Pair | None:
        time, event = next(iter(times), None), next(iter(events), None)
        if time is None or event is None:
            return None
        named = [c for c in self.free if c not in (time, event) and self.meanings[c].endpoint == name
                 and self.meanings[time].endpoint == name]
        rivals = tuple(c for c in named if self.meanings[c].part == "time" and self._is_time(c))
        self.free = [c for c in self.free if c not in (time, event)]
        return Pair(name=name, time=time, event=event, rivals=rivals)

    def _is_event(self, column: str) -> bool:
        """Tell whether a column may hold events: a few codes, or words that mean an event or none."""
        levels = self.levels[column]
        if not 1 <= len(levels) <= _MOST_LEVELS or all(is_date(v) for v in levels):
            return False
        return len(levels) <= 4 or sum(dictionary.means_event(v) is not None for v in levels) * 2 > len(levels)

    def _is_flag(self, column: str) -> bool:
        """Tell whether a column that bears an endpoint's bare name holds its events."""
        levels = self.levels[column]
        if {as_number(v) for v in levels} in ({0.0, 1.0}, {1.0, 2.0}):
            return True
        return 1 < len(levels) <= _MOST_LEVELS and all(dictionary.means_event(v) is not None for v in levels)

    def _is_time(self, column: str) -> bool:
        """Tell whether a column may hold times: numbers, nearly all of them, and no flags."""
        first = [t for t in self.table.cells[column].values.slice(0, _PROBE).to_pylist() if t not in schema.MISSING]
        numbers = sum(parse_number(t) is not None for t in first)
        if first and all(as_number(t) in _CALENDAR for t in first):
            return False  # calendar years
        values = [n for t in first if (n := as_number(t)) is not None]
        if values and min(values) > _LONGEST_DAYS:
            return False  # days as a spreadsheet counts dates
        flags = len(self.table) > 2 and {as_number(t) for t in first} <= {0.0, 1.0}
        return numbers > _MOSTLY * len(first) and not flags  # validation names the other cells

    def _say_no_times(self) -> None:
        """Say of columns that are times by their names why they are none: dates, a spreadsheet's days, or all zero."""
        for column in self.free:
            meaning = self.meanings[column]
            if meaning.part != "time" or not (meaning.endpoint or meaning.unit or meaning.survival):
                continue
            values = self.table.cells[column].values.slice(0, _PROBE).to_pylist()
            levels = [v for v in values if v not in schema.MISSING]
            numbers = [as_number(v) for v in levels]
            known = [n for n in numbers if n is not None]
            what = ""
            if levels and sum(is_date(v) for v in levels) > _MOSTLY * len(levels):
                what = say("dates, and no lengths of time")
            elif known and min(known) > _LONGEST_DAYS:
                what = say("{levels} and the like: days as a spreadsheet counts dates, and no lengths of time",
                           levels=levels[0])
            elif known and len(known) == len(levels) and not any(known):
                what = say("nothing but 0")
            if what:
                self.findings.add("warning", say("{column} holds {what}: it is not taken as a time.",
                                                 column=f"{column!r}", what=what), column=column,
                                  value=levels[0],
                                  remedy=say("Correct the column; or choose two dates under “Endpoints”."))

    def _timed(self, pairs: list[Pair]) -> list[EndpointRole]:
        """Return the endpoints that have a column of times: units settled first, then what means the event."""
        columns = {p.name: self._times(p) for p in pairs}
        pairs = [p for p in pairs if not self._of_events_alone(p, columns[p.name])]
        columns = {p.name: columns[p.name] for p in pairs}
        units = settle_units(list(columns.values()), self.dates.follow_up(self.free), self.findings, self.questions)
        out = []
        for pair in pairs:
            months = columns[pair.name].months(units[pair.name])
            self._ask_rivals(pair, columns[pair.name], units[pair.name])
            values = event_values(self.table, EventColumn(
                endpoint=pair.name, column=pair.event, levels=self.levels[pair.event], months=months,
                died=self.dates.died(self.table.columns) if pair.name == "OS" else None),
                self.findings, self.questions)
            label = ENDPOINT_NAMES[pair.name][0] if pair.name in ENDPOINT_NAMES else \
                self.table.labels.get(pair.name) or schema.readable(pair.name)
            out.append(EndpointRole(name=pair.name, label=label, time=pair.time, otherwise=pair.otherwise,
                                    unit=units[pair.name],
                                    event=pair.event, event_values=values,
                                    death_counts=pair.name not in WITHOUT_DEATH))
        return out

    def _ask_rivals(self, pair: Pair, times: Times, unit: str) -> None:
        """Ask which of several columns is an endpoint's time where they contradict each other."""
        months = times.months(unit)
        answers = [Answer(f"{pair.time!r}", {"endpoints": {pair.name: {"time": pair.time, "unit": unit}}},
                          reading_meaning(months, times.events))]
        for column in pair.rivals:
            of_rival = header_meaning(column).unit or dictionary.time_unit_in(column) or unit
            other = times_of(self.table, column) * schema.MONTHS_PER[of_rival]
            both = ~(np.isnan(months) | np.isnan(other))
            apart = np.abs(months - other)[both] > _SAME_TIME + _ROUNDED * months[both]
            if both.any() and apart.mean() > _SOME_DIFFER:
                answers.append(Answer(f"{column!r}", {"endpoints": {pair.name: {"time": column, "unit": of_rival}}},
                                      reading_meaning(other, times.events)))
        if len(answers) > 1:
            self.questions.ask(say("Which column is the time of {name}: {columns}?", name=pair.name,
                                   columns=say(", or ").join(a.label for a in answers)),
                               say("Each is named so, and they contradict each other."), answers)

    def _of_events_alone(self, pair: Pair, times: Times) -> bool:
        """Tell whether a time is filled for those with the event alone: of the others nobody knows how long they were
        followed, and an endpoint of the former would be wrong."""
        filled = ~np.isnan(times.values)
        alone = bool(times.events.any() and (filled & times.events).any() and not (filled & ~times.events).any()
                     and (~filled & ~times.events).any())
        if alone:
            self.findings.add("warning", say("{time} is filled only for patients with the event: {name} needs the "
                                             "time of the others, too.", time=f"{pair.time!r}", name=pair.name),
                              column=pair.time,
                              remedy=say("Add the time of their last follow-up, and choose both under “Endpoints”."))
        return alone

    def _times(self, pair: Pair) -> Times:
        """Read an endpoint's times, and the unit that its header or its cells state."""
        cells = self.table.cells[pair.time]
        numbers = numbers_of(cells, "." if self.table.decimal == UNKNOWN else self.table.decimal)
        written = Counter(unit for u in numbers.units.values() if (unit := dictionary.time_unit_in(f"({u})")))
        headers = (pair.time, self.table.labels.get(pair.time, ""))
        stated = {u for h in headers for u in (header_meaning(h).unit, dictionary.time_unit_in(h)) if u}
        unit = stated.pop() if len(stated) == 1 else ""  # os_days (months) is asked
        if not unit and written and 2 * written.total() > int(np.isfinite(numbers.values).sum()):
            unit = written.most_common(1)[0][0]  # cells in another unit are converted one by one
        codes = self._codes(pair.time, numbers.values, unit)
        longest = np.nanmax(numbers.values[~cells.is_in(codes)], initial=0)
        if unit and longest * schema.MONTHS_PER[unit] > 2 * LONGEST:
            unit = ""  # no cohort is followed for a century: the header means something else
        events = likely_events(self.table, pair.event, self.levels[pair.event])
        values = times_of(self.table, pair.time, codes)
        if pair.otherwise:
            values = np.where(np.isnan(values), times_of(self.table, pair.otherwise), values)
        return Times(name=pair.name, column=pair.time, values=values, events=events, unit=unit)

    def _codes(self, column: str, values: np.ndarray, unit: str) -> tuple[str, ...]:
        """Return codes such as 9999 and -99 where no time can be so long or so short; doubt those far out."""
        cells = self.table.cells[column]
        is_code = np.isin(values, _CODES)
        others = values[~is_code]
        longest = float(np.nanmax(others)) if np.isfinite(others).any() else 0.0
        most = LONGEST / schema.MONTHS_PER[unit or ("days" if longest > LONGEST / 2 else "months")]
        impossible = is_code & ((values < 0) | (values > most))
        codes = tuple(cells.values.take(np.flatnonzero(impossible)).to_pylist())
        if codes:
            self.missing_in[column] = codes
            self.findings.add("assumed", say("{codes} is read as missing: not a possible time.",
                                             codes=', '.join(codes)), column=column,
                              value=", ".join(codes), remedy=say("Change the codes that mean missing."))
        far = cells.values.take(np.flatnonzero(is_code & ~impossible & (values > _FAR * max(longest, 1.0)))).to_pylist()
        if far:
            self.findings.add("warning", say("{far} is far longer than all other times: a code for missing?",
                                             far=', '.join(far)),
                              column=column, value=", ".join(far), remedy=say("Add it to the codes that mean missing."))
        return codes

    def _between_dates(self, name: str, others: Iterable[EndpointRole]) -> EndpointRole | None:
        """Return an endpoint whose time runs from a date to another, with a column that says who had the event."""
        events = self._columns("event", lambda m: m.endpoint == name or (not m.endpoint and (
            m.about_death if name == "OS" else m.happens in HAPPENS.get(name, ()))))
        events = events or (self._plain_events() if name == "OS" else [])
        dates = self.dates.of(name, self.free)
        if not dates:
            return None
        if not events:
            used = any(dates[1][0] in e.end for e in others if e.name != "OS")  # a relapse is one endpoint's event
            if not self.dates.has_death(dates[1]):
                name = _WITHOUT_DEATH_DATE.get(name, name)
            by_date = () if used or name == "DFS" else self.dates.events_by_date(name, *dates, self.questions)
            return EndpointRole(name=name, label=ENDPOINT_NAMES[name][0], event=by_date[0], event_values=(),
                                event_dates=by_date, death_counts=name not in WITHOUT_DEATH,
                                **self.dates.role(name, *dates)) if by_date else None
        event = events[0]
        self.free.remove(event)
        months = self.dates.months(*dates)
        values = event_values(self.table, EventColumn(endpoint=name, column=event, levels=self.levels[event],
                                                      months=months, died=self.dates.died(self.table.columns) if
                                                      name == "OS" else None), self.findings, self.questions)
        return EndpointRole(name=name, label=ENDPOINT_NAMES[name][0], event=event, event_values=values,
                            death_counts=name not in WITHOUT_DEATH, **self.dates.role(name, *dates))

    def _ask_which(self, endpoint: EndpointRole) -> None:
        """Ask which endpoint a plain time and status are."""
        names = {**{n: ENDPOINT_NAMES[n][0] for n in _OFFERED}, endpoint.name: endpoint.label}
        self.questions.ask(
            say("Which endpoint are {time} and {event}?", time=f"{endpoint.time!r}",
                event=f"{endpoint.event!r}"), say("Their names do not say it."),
            [Answer(label if name in _OFFERED else say("Another: keep the name"),
                    {"endpoints": {endpoint.name: {"name": name, "label": label}}})
             for name, label in names.items()])
