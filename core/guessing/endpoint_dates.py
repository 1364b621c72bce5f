"""Endpoints between dates: where their time begins, which dates end it, how the dates are written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.findings import Findings
from core.guessing.headings import heading
from core.guessing.preview import events_of, reading_meaning
from core.guessing.questions import Answer, Questions
from core.language import say
from core.mapping import EndpointRole, dictionary
from core.reading import ORDERS, TextTable, dates_of
from core.schema import MISSING, MONTHS_PER

_NEARLY_ALL, _MOST_READINGS = 0.97, 8


@dataclass
class EndpointDates:
    """The dates of a table."""

    table: TextTable
    findings: Findings

    def of(self, name: str, free: Collection[str]) -> tuple[str, tuple[str, ...]] | None:
        """Return the start of an endpoint's time and the dates that may end it, the event's own first."""
        start = self._first(dictionary.START_NAMES, free)
        of_event = [*dictionary.EVENT_DATES.get(name, ()), *dictionary.EVENT_DATES["OS"]]
        ends = [self._first([n], free) for n in dict.fromkeys([*of_event, *dictionary.END_DATES])]
        end_columns = tuple(dict.fromkeys(c for c in ends if c and c != start))
        return (start, end_columns) if start and end_columns else None

    def died(self, columns: Collection[str]) -> np.ndarray | None:
        """Tell who has a date of death, bool (n,); None where the file has no such dates, or all have one."""
        column = self._first(dictionary.EVENT_DATES["OS"], columns)
        if column is None:
            return None
        dated = ~np.isnan(self._days(column))
        return dated if dated.any() and not dated.all() else None

    def starts(self, free: Collection[str]) -> dict[str, np.ndarray]:
        """Return the days since 1970, (n,), of each column of dates that may begin a time."""
        return {c: self._days(c) for c in self._all(dictionary.START_NAMES, free)}

    def last(self, free: Collection[str]) -> np.ndarray | None:
        """Return each patient's last date, days since 1970, (n,); None where there are no such dates."""
        dates = self.of("OS", free)
        return self._days(dates[0]) + self.months(*dates) / MONTHS_PER["days"] if dates else None

    def follow_up(self, free: Collection[str]) -> np.ndarray | None:
        """Return the days from the start to each patient's last date, (n,); None where there are no such dates."""
        dates = self.of("OS", free)
        return self.months(*dates) / MONTHS_PER["days"] if dates else None

    def months(self, start: str, ends: tuple[str, ...]) -> np.ndarray:
        """Return the months from the start to the first of the ends that is filled, (n,)."""
        end = np.full(len(self.table), np.nan)
        for column in reversed(ends):
            other = self._days(column)
            end = np.where(np.isnan(other), end, other)
        return np.asarray((end - self._days(start)) * MONTHS_PER["days"])

    def ask_start(self, endpoints: Collection[EndpointRole], free: Collection[str], questions: Questions) -> None:
        """Ask once from which of several dates time runs, where they differ; the likeliest first.

        A later one may also be when patients came under observation (late entry).
        """
        if not endpoints:
            return
        first = next(iter(endpoints))
        starts = {c: self._days(c) for c in [first.start, *self._all(dictionary.START_NAMES, free)]}
        ends = {e.name: self._days(e.start) + self.months(e.start, e.end) / MONTHS_PER["days"] for e in endpoints}
        possible = [c for c, days in starts.items() if self._before(days, ends[first.name]) and (
            c == first.start or self._differ(days, starts[first.start]))]
        if len(possible) < 2:
            return
        readings = [(c, "") for c in possible] + [(c, later) for c in possible for later in possible if c != later and
                                                   self._before(starts[c], starts[later])]

        def meaning(start: str, entry: str) -> str:
            out = []
            for e in endpoints:
                months = (ends[e.name] - starts[start]) * MONTHS_PER["days"]
                late = np.maximum(starts[entry] - starts[start], 0) * MONTHS_PER["days"] if entry else None
                out.append(f"{e.name}: {reading_meaning(months, events_of(self.table, e), late)}")
            return "; ".join(out)
        questions.ask(say("From which date does time run: {columns}?", columns=say(", or ").join(map(repr, possible))),
                      say("Each gives other times. Patients who are only in the file because they lived until a "
                          "later date are at risk from that date (late entry)."),
                      [Answer(say("From {start}", start=start) + (say(", under observation from {entry} (late entry)",
                                                                      entry=entry) if entry else ""),
                              {"endpoints": {e.name: {"start": start, "entry": entry} for e in endpoints}},
                              meaning(start, entry)) for start, entry in readings[:_MOST_READINGS]])

    @staticmethod
    def _before(one: np.ndarray, other: np.ndarray) -> bool:
        """Tell whether dates (n,) lie before others, or at them, in nearly all patients who have both."""
        both = ~(np.isnan(one) | np.isnan(other))
        return bool(both.any() and (one[both] <= other[both]).mean() >= _NEARLY_ALL)

    @staticmethod
    def _differ(one: np.ndarray, other: np.ndarray) -> bool:
        both = ~(np.isnan(one) | np.isnan(other))
        return bool((one[both] != other[both]).any())

    def has_death(self, ends: tuple[str, ...]) -> bool:
        """Tell whether a date of death is among dates."""
        return any(dictionary.fold(heading(self.table, c)) in dictionary.EVENT_DATES["OS"] for c in ends)

    def events_by_date(self, name: str, start: str, ends: tuple[str, ...], questions: Questions) -> tuple[str, ...]:
        """Return the dates of which any that is filled means an endpoint's event, and ask whether that is so.

        Nothing where they are filled for all or for nobody, or no other date ends the time of the others.
        """
        own_dates = dictionary.EVENT_DATES[{"TTP": "PFS", "TTR": "RFS"}.get(name, name)]
        death = dictionary.EVENT_DATES["OS"]
        named = {c: dictionary.fold(heading(self.table, c)) for c in ends}
        dates = tuple(c for c in ends if named[c] in (*own_dates, *death))
        if not any(named[c] in own_dates for c in dates) or len(dates) == len(ends):
            return ()
        happened = np.any([~np.isnan(self._days(c)) for c in dates], axis=0)
        if happened.all() or not happened.any():
            return ()
        columns = " or ".join(map(repr, dates))
        words = {c: [t for t in self.table.cells[c].texts() if t not in MISSING and dictionary.means_event(t) is False]
                 for c in dates}
        missing = {"missing_in": {c: v for c, v in words.items() if v}} if any(words.values()) else {}
        questions.ask(say("Had those, and only those, the event of {name} who have a date in {columns}?", name=name,
                          columns=columns),
                      say("No column says who had it. Who has no date is then censored at the last follow-up."),
                      [Answer(say("Yes: no date, no event"),
                              {"endpoints": {name: {"event_dates": list(dates)}}, **missing},
                              reading_meaning(self.months(start, ends), happened)),
                       Answer(say("No: leave {name} out", name=name), {"endpoints": {name: None}})])
        return dates

    def role(self, name: str, start: str, ends: tuple[str, ...]) -> dict[str, Any]:
        """Return what an endpoint's role says of its dates, and say what was assumed."""
        dates = {c: dates_of(self.table.cells[c]) for c in (start, *ends)}
        by = next((c for c, d in dates.items() if d.order), "")
        order = dates[by].order if by else ""
        to = say(" or, where it is empty, ").join(map(repr, ends))
        reason = say(" Dates are {order}, as {by} shows.", order=say(order), by=f"{by!r}") if order else ""
        reason += say(" Five-digit numbers are read as Excel's days.") if any(d.serial for d in dates.values()) else ""
        self.findings.add("assumed", say("The time of {name} runs from {start} to {to}, in days.{reason}", name=name,
                                         start=f"{start!r}", to=to, reason=reason),
                          column=ends[0], remedy=say("Choose other dates, or a column of times, under “Endpoints”."))
        return {"start": start, "end": ends, "unit": "days", "date_order": order}

    def ask_order(self, endpoints: Collection[EndpointRole], questions: Questions) -> None:
        """Ask once how the dates are written that no date decides."""
        dates = [dates_of(self.table.cells[c]) for e in endpoints if not e.date_order for c in e.time_columns]
        unsure = next((d.open for d in dates if d.open), "")
        if unsure:
            both = [set(d.orders) for d in dates if d.orders]
            orders = [o for o in ORDERS if all(o in possible for possible in both)] or list(ORDERS)
            written = say(", or ").join(map(say, orders))
            questions.ask(say("Is {unsure} written {orders}?", unsure=unsure, orders=written),
                          say("No date in the file shows the order."),
                          [Answer(say(o).capitalize(), {"endpoints": {e.name: {"date_order": o} for e in endpoints
                                                                 if not e.date_order}}) for o in orders])

    def _days(self, column: str) -> np.ndarray:
        """Return a column of dates as days since 1970, (n,); NaN where there is none."""
        cells = self.table.cells[column]
        return np.asarray(dates_of(cells).days[cells.codes], float)

    def _all(self, names: Collection[str], free: Collection[str]) -> list[str]:
        """Return the columns of dates that have one of some names, in the names' order."""
        return [c for n in names if (c := self._first([n], free))]

    def _first(self, names: Collection[str], free: Collection[str]) -> str | None:
        folded = {dictionary.fold(heading(self.table, c)): c for c in reversed(list(free))}
        return next((folded[n] for n in names if n in folded and dates_of(self.table.cells[folded[n]]).any), None)
