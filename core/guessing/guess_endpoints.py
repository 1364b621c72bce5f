"""Guess the endpoints: which columns hold their times or dates, which their events, in which unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core import schema
from core.findings import Findings
from core.format import number
from core.guessing.levels import as_number, counts_censoring, default_event_values, events_by_words
from core.mapping import EndpointRole, dictionary
from core.reading import ORDERS, UNKNOWN, TextTable, dates_of, numbers_of, parse_number

Ask = Callable[[str, str, list[tuple[str, dict[str, Any]]]], None]

_MOSTLY, _PROBE = 0.8, 400
_DAYS_FROM = 300  # a longest time above is in days
_LONGEST = 600  # months
_FAR = 3  # times as far as the next longest: a code and no time
_CODES = (-99, -999, -9999, 999, 9999, 99999, 999999)
# Headers that do not say whether their ones are the dead or the living.
_EITHER_WAY = ("vital", "survival", "alive", "生存", "存活", "结局", "转归")


class EndpointGuess:
    """Take times and events out of a table's free columns."""

    def __init__(self, table: TextTable, free: list[str], levels: Mapping[str, list[str]], findings: Findings,
                 ask: Ask) -> None:
        self.table, self.levels, self.findings, self.ask = table, levels, findings, ask
        self.free = list(free)
        self.missing_in: dict[str, tuple[str, ...]] = {}

    def run(self) -> tuple[EndpointRole, ...]:
        """Return the endpoints that are recognised."""
        endpoints = [e for name in dictionary.ENDPOINTS if (e := self._endpoint(name))]
        if "OS" not in [e.name for e in endpoints]:
            endpoints += [e for name in dictionary.ENDPOINTS if name not in [f.name for f in endpoints]
                      and (e := self._endpoint(name, dictionary.GENERIC_EVENTS))]
        self._ask_order([e for e in endpoints if not e.time and not e.date_order])
        if not endpoints:
            self.findings.add("warning", "No pair of time and event columns was recognised: survival "
                              "needs them.", remedy="Choose them under “Endpoints”.")
        return tuple(endpoints)

    def _endpoint(self, name: str, generic: tuple[str, ...] = ()) -> EndpointRole | None:
        label, times, events = dictionary.ENDPOINTS[name]
        low = name.lower()
        suffixes = [*filter(None, dictionary.ENDPOINT_TIME_SUFFIXES), ""]
        time_names = [base + suffix for base in (low, *times) for suffix in suffixes] + [f"time{low}"]
        marks = dictionary.ENDPOINT_EVENT_SUFFIXES
        event_names = [low + s for s in marks] + [s + low for s in marks] + list(events) + \
                      [base + s for base in times for s in marks] + list(generic)
        event = self._first(event_names, self._is_event) or self._first([low, *times], self._is_flag)
        if event is None:
            return None
        self.free.remove(event)
        role: dict[str, Any] = {"name": name, "label": label, "event": event,
                                "death_counts": name not in dictionary.WITHOUT_DEATH}
        time = self._first(time_names, self._is_time)
        dates = None if time else self._dates(name)
        if time:
            self.free.remove(time)
            return EndpointRole(**role, event_values=self._event_values(name, event), **self._timed(name, time))
        if dates:
            return EndpointRole(**role, event_values=self._event_values(name, event), **self._dated(name, *dates))
        self.free.append(event)
        return None

    def _first(self, names: list[str], fits: Callable[[str], bool]) -> str | None:
        folded = {dictionary.fold(c): c for c in reversed(self.free)}
        return next((folded[n] for n in names if n in folded and fits(folded[n])), None)

    def _is_event(self, column: str) -> bool:
        return 1 <= len(self.levels[column]) <= 4

    def _is_flag(self, column: str) -> bool:
        """Tell whether a column that bears an endpoint's bare name holds its events."""
        return {as_number(v) for v in self.levels[column]} in ({0.0, 1.0}, {1.0, 2.0})

    def _is_time(self, column: str) -> bool:
        """Tell whether a column may hold times: numbers, nearly all of them, and no flags."""
        first = [t for t in self.table.cells[column].values.slice(0, _PROBE).to_pylist() if t not in schema.MISSING]
        numbers = sum(parse_number(t) is not None for t in first)
        flags = len(self.table) > 2 and {as_number(t) for t in first} <= {0.0, 1.0}
        return numbers > _MOSTLY * len(first) and not flags  # validation names the other cells

    def _timed(self, name: str, time: str) -> dict[str, Any]:
        """Return time and unit of an endpoint; a unit that is nowhere stated is guessed from the longest."""
        cells = self.table.cells[time]
        numbers = numbers_of(cells, "." if self.table.decimal == UNKNOWN else self.table.decimal)
        unit = dictionary.time_unit_in(time)
        written = {dictionary.time_unit_in(f"({u})") for u in numbers.units.values()} - {None}
        if unit is None and len(written) == 1 and 2 * len(numbers.units) > int(np.isfinite(numbers.values).sum()):
            unit = written.pop()
        codes = self._codes(time, numbers.values, unit)
        if unit is None:
            kept = numbers.values[~cells.is_in(codes)]
            longest = float(np.nanmax(kept)) if np.isfinite(kept).any() else 0.0
            unit = "days" if longest > _DAYS_FROM else "months"
            self.findings.add("assumed", f"The times of {name} are read as {unit}: the header names no unit and "
                              f"the longest is {number(longest)}.", column=time,
                              remedy="Choose the time unit of the endpoint.")
        return {"time": time, "unit": unit}

    def _codes(self, column: str, values: np.ndarray, unit: str | None) -> tuple[str, ...]:
        """Return codes such as 9999 and -99 where no time can be so long or so short; doubt those far out."""
        cells = self.table.cells[column]
        is_code = np.isin(values, _CODES)
        others = values[~is_code]
        longest = float(np.nanmax(others)) if np.isfinite(others).any() else 0.0
        if unit is None:
            unit = "days" if longest > _DAYS_FROM else "months"
        impossible = is_code & ((values < 0) | (values > _LONGEST / schema.MONTHS_PER[unit]))
        codes = tuple(cells.values.take(np.flatnonzero(impossible)).to_pylist())
        if codes:
            self.missing_in[column] = codes
            self.findings.add("assumed", f"{', '.join(codes)} is read as missing: not a possible time.", column=column,
                              value=", ".join(codes), remedy="Change the codes that mean missing.")
        far = cells.values.take(np.flatnonzero(is_code & ~impossible & (values > _FAR * max(longest, 1.0)))).to_pylist()
        if far:
            self.findings.add("warning", f"{', '.join(far)} is far longer than all other times: a code for missing?",
                              column=column, value=", ".join(far), remedy="Add it to the codes that mean missing.")
        return codes

    def _dates(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the start of an endpoint's time and the dates that may end it, the event's own first."""
        start = self._first(list(dictionary.START_NAMES), self._is_date)
        of_event = [*dictionary.EVENT_DATES.get(name, ()), *dictionary.EVENT_DATES["OS"]]
        ends = [self._first([n], self._is_date) for n in dict.fromkeys([*of_event, *dictionary.END_DATES])]
        end_columns = tuple(dict.fromkeys(c for c in ends if c and c != start))
        return (start, end_columns) if start and end_columns else None

    def _is_date(self, column: str) -> bool:
        dates = dates_of(self.table.cells[column])
        return bool(np.isfinite(dates.days).any()) or bool(dates.open)

    def _dated(self, name: str, start: str, ends: tuple[str, ...]) -> dict[str, Any]:
        dates = {c: dates_of(self.table.cells[c]) for c in (start, *ends)}
        by = next((c for c, d in dates.items() if d.order), "")
        order = dates[by].order if by else ""
        to = " or, where it is empty, ".join(map(repr, ends))
        reason = f" Dates are {order}, as {by!r} shows." if order else ""
        reason += " Five-digit numbers are read as Excel's days." if any(d.serial for d in dates.values()) else ""
        self.findings.add("assumed", f"The time of {name} runs from {start!r} to {to}, in days.{reason}",
                          column=ends[0], remedy="Choose other dates, or a column of times, under “Endpoints”.")
        return {"start": start, "end": ends, "unit": "days", "date_order": order}

    def _ask_order(self, endpoints: list[EndpointRole]) -> None:
        """Ask once how the dates are written that no date decides."""
        dates = [dates_of(self.table.cells[c]) for e in endpoints for c in e.time_columns]
        unsure = next((d.open for d in dates if d.open), "")
        if unsure:
            both = [set(d.orders) for d in dates if d.orders]
            orders = [o for o in ORDERS if all(o in possible for possible in both)] or list(ORDERS)
            self.ask(f"Is {unsure} written {', or '.join(orders)}?", "No date in the file shows the order.",
                     [(o.capitalize(), {"endpoints": {e.name: {"date_order": o} for e in endpoints}}) for o in orders])

    def _event_values(self, name: str, event: str) -> tuple[str, ...]:
        """Return the values that mean event: by the header's legend, by convention, else asked.

        Where the header's brackets speak of it and are not understood, no convention counts.
        """
        levels = self.levels[event]
        legend = dictionary.legend_in(event)
        words = {v: legend.get(v, "") for v in levels}
        by_word = events_by_words(event, words) if all(words.values()) else ()
        inside = dictionary.bracketed(event)
        unclear = any(c.isdecimal() for c in inside) or ("alive" in inside and "dead" in inside)
        values = by_word or (() if unclear else default_event_values(event, levels))
        plain = {as_number(v) for v in levels} == {0.0, 1.0}
        either = any(w in event.casefold() for w in _EITHER_WAY)
        if not values:
            self.ask(f"Which value of {event!r} means an event for {name}?",
                     f"It holds: {', '.join(levels)}.",
                     [(v, {"endpoints": {name: {"event_values": [v]}}}) for v in levels])
        elif by_word or not plain or either or counts_censoring(event):
            how = ", as the header says" if by_word else ""
            self.findings.add("assumed", f"{', '.join(values)} means event for {name}{how}; other values "
                              "are censored.", column=event, value=", ".join(values),
                              remedy="Choose the value that means event.")
        return values
