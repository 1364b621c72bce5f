"""Late entry: a column that says when patients came under observation is asked about, never used in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np

from core.guessing.headings import heading
from core.guessing.preview import events_of, reading_meaning, times_of
from core.guessing.questions import Answer, Questions
from core.mapping import EndpointRole, dictionary, time_unit_in
from core.reading import TextTable
from core.schema import MONTHS_PER

_UNIT = "(days?|weeks?|months?|mo|mos|years?|yrs?)?"
# Folded headers: entry, entry_time, tstart, months_to_enrolment, time_to_sequencing, left truncation ...
_ENTRY = re.compile(
    rf"(t|time|{_UNIT[1:-2]})?(to|of|at|until)?(study)?"
    rf"(entry|enter|entered|enrolment|enrollment|registration|sequencing|biopsy|lefttruncation|truncation|lefttrunc|"
    rf"delayedentry|lateentry|inclusion|start)(t|time)?(in)?{_UNIT}|tstart|t0|time0|time1|左截断|左截断时间|进入时间|"
    "进入研究时间|延迟入组时间|eintritt|eintrittszeit|entree|entrada")
_STOP = re.compile(r"(t|time)?(stop|end|exit)(t|time)?|time2|t2|t|time")
_BEFORE = 0.97  # of the patients enter before their time ends


def ask_late_entry(table: TextTable, free: Collection[str], endpoints: Sequence[EndpointRole],
                   questions: Questions) -> str:
    """Ask whether a column tells when patients came under observation, for the endpoints whose times it precedes.

    Returns the column, which is no factor whatever the answer is; "" where there is none.
    """
    timed = [e for e in endpoints if e.time]
    for column in free:
        if not (timed and _ENTRY.fullmatch(dictionary.fold(heading(table, column)))):
            continue
        if not np.nan_to_num(times_of(table, column)).any():
            return column  # all from time zero
        fitting = [e for e in timed if _precedes(table, column, e)]
        if fitting:
            first = fitting[0]
            months = times_of(table, first.time) * MONTHS_PER[first.unit]
            entry = np.maximum(times_of(table, column), 0) * MONTHS_PER[first.unit]
            events = events_of(table, first)
            questions.ask(
                f"Does {column!r} say when a patient came under observation, after time zero?",
                f"Then a patient is in no risk set of {', '.join(e.name for e in fitting)} before it (late entry, left "
                "truncation).", [
                    Answer("Yes, late entry", {"endpoints": {e.name: {"entry": column} for e in fitting}},
                           reading_meaning(months, events, entry)),
                    Answer("No: all are followed from time zero", {
                        "endpoints": {e.name: {"entry": ""} for e in fitting}}, reading_meaning(months, events))])
            return column
    return ""


def _precedes(table: TextTable, column: str, endpoint: EndpointRole) -> bool:
    """Tell whether a column holds times in an endpoint's unit that end before the endpoint's, some after zero."""
    stated = time_unit_in(heading(table, column))
    if stated and stated != endpoint.unit:
        return False
    entry, time = times_of(table, column), times_of(table, endpoint.time)
    both = ~(np.isnan(entry) | np.isnan(time))
    return bool(both.sum() > len(table) / 2 and (entry[both] > 0).any() and
                (entry[both] < time[both]).mean() >= _BEFORE)


def start_and_stop(table: TextTable, patient: str) -> tuple[str, str] | None:
    """Return the columns of a start/stop (counting process) file: rows of a patient are intervals that join.

    None where the rows of patients are something else.
    """
    named = {dictionary.fold(heading(table, c)): c for c in reversed(table.columns)}
    starts = [c for folded, c in named.items() if _ENTRY.fullmatch(folded)]
    stops = [c for folded, c in named.items() if _STOP.fullmatch(folded)]
    ids = table.cells[patient].codes
    for start in starts:
        for stop in (c for c in stops if c != start):
            begins, ends = times_of(table, start), times_of(table, stop)
            order = np.lexsort((begins, ids))
            same = ids[order][1:] == ids[order][:-1]
            joins = np.isclose(begins[order][1:], ends[order][:-1])[same]
            if joins.size and joins.mean() >= _BEFORE and (begins[order] < ends[order]).mean() >= _BEFORE:
                return start, stop
    return None
