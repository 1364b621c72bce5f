"""Endpoints between dates: where their time begins, which dates end it, how the dates are written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.findings import Findings
from core.guessing.headings import heading
from core.guessing.questions import Answer, Questions
from core.mapping import EndpointRole, dictionary
from core.reading import ORDERS, TextTable, dates_of
from core.schema import MONTHS_PER


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

    def follow_up(self, free: Collection[str]) -> np.ndarray | None:
        """Return the days from the start to each patient's last date, (n,); None where there are no such dates."""
        dates = self.of("OS", free)
        return self.months(*dates) / MONTHS_PER["days"] if dates else None

    def months(self, start: str, ends: tuple[str, ...]) -> np.ndarray:
        """Return the months from the start to the first of the ends that is filled, (n,)."""
        def days(column: str) -> np.ndarray:
            cells = self.table.cells[column]
            return np.asarray(dates_of(cells).days[cells.codes], float)
        end = np.full(len(self.table), np.nan)
        for column in reversed(ends):
            other = days(column)
            end = np.where(np.isnan(other), end, other)
        return np.asarray((end - days(start)) * MONTHS_PER["days"])

    def role(self, name: str, start: str, ends: tuple[str, ...]) -> dict[str, Any]:
        """Return what an endpoint's role says of its dates, and say what was assumed."""
        dates = {c: dates_of(self.table.cells[c]) for c in (start, *ends)}
        by = next((c for c, d in dates.items() if d.order), "")
        order = dates[by].order if by else ""
        to = " or, where it is empty, ".join(map(repr, ends))
        reason = f" Dates are {order}, as {by!r} shows." if order else ""
        reason += " Five-digit numbers are read as Excel's days." if any(d.serial for d in dates.values()) else ""
        self.findings.add("assumed", f"The time of {name} runs from {start!r} to {to}, in days.{reason}",
                          column=ends[0], remedy="Choose other dates, or a column of times, under “Endpoints”.")
        return {"start": start, "end": ends, "unit": "days", "date_order": order}

    def ask_order(self, endpoints: Collection[EndpointRole], questions: Questions) -> None:
        """Ask once how the dates are written that no date decides."""
        dates = [dates_of(self.table.cells[c]) for e in endpoints if not e.date_order for c in e.time_columns]
        unsure = next((d.open for d in dates if d.open), "")
        if unsure:
            both = [set(d.orders) for d in dates if d.orders]
            orders = [o for o in ORDERS if all(o in possible for possible in both)] or list(ORDERS)
            questions.ask(f"Is {unsure} written {', or '.join(orders)}?", "No date in the file shows the order.",
                          [Answer(o.capitalize(), {"endpoints": {e.name: {"date_order": o} for e in endpoints
                                                                 if not e.date_order}}) for o in orders])

    def _first(self, names: Collection[str], free: Collection[str]) -> str | None:
        folded = {dictionary.fold(heading(self.table, c)): c for c in reversed(list(free))}
        return next((folded[n] for n in names if n in folded and self._is_date(folded[n])), None)

    def _is_date(self, column: str) -> bool:
        dates = dates_of(self.table.cells[column])
        return bool(np.isfinite(dates.days).any()) or bool(dates.open)
