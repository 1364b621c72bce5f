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

_UNITS = "days?|weeks?|months?|mo|mos|years?|yrs?"
_UNIT = f"({_UNITS})?"
# Folded headers: entry, entry_time, tstart, months_to_enrolment, time_to_sequencing, left truncation ...
_ENTRY = re.compile(
    rf"(t|time|{_UNITS})?(to|of|at|until)?(study)?"
    rf"(entry|enter|entered|enrolment|enrollment|registration|sequencing|biopsy|lefttruncation|truncation|lefttrunc|"
    rf"delayedentry|lateentry|inclusion|start)(t|time)?(in)?{_UNIT}|tstart|t0|time0|time1|左截断|左截断时间|进入时间|"
    "进入研究时间|延迟入组时间|eintritt|eintrittszeit|entree|entrada")
_START = re.compile(rf"(t|time)?(start|begin|from|entry|enter)(t|time)?(in)?{_UNIT}|t0|t1|time0|time1|"
                    "开始时间|起始时间")
_STOP = re.compile(rf"(t|time)?(stop|end|exit|to|until)(t|time)?(in)?{_UNIT}|time2|t1|t2|t|time|结束时间|终止时间")
_BEFORE, _JOIN = 0.8, 0.9  # of the patients enter before their time ends; of the intervals join
_FEW_VALUES = 4  # flags and codes are no times


def ask_late_entry(table: TextTable, free: Collection[str], endpoints: Sequence[EndpointRole],
                   questions: Questions) -> str:
    """Ask whether a column tells when patients came under observation, for the endpoints whose times it precedes.

    Returns the column, which is no factor whatever the answer is; "" where there is none.
    """
    timed = [e for e in endpoints if e.time]
    for column in free:
        if not (timed and _ENTRY.fullmatch(dictionary.fold(heading(table, column)))):
            continue
        values = times_of(table, column)
        if (values == 0).any() and not np.nan_to_num(values).any():
            return column  # all from time zero
        stated = time_unit_in(heading(table, column)) or ""
        fitting = [e for e in timed if _precedes(table, column, e, stated or e.unit)]
        if fitting:
            first = fitting[0]
            months = times_of(table, first.time) * MONTHS_PER[first.unit]
            in_unit = stated or first.unit
            entry = np.maximum(values, 0) * MONTHS_PER[in_unit]
            events = events_of(table, first)
            questions.ask(
                f"Does {column!r} say when a patient came under observation, in {in_unit} after time zero?",
                f"Then a patient is in no risk set of {', '.join(e.name for e in fitting)} before it (late entry, left "
                "truncation).", [
                    Answer("Yes, late entry", {"endpoints": {
                        e.name: {"entry": column, "entry_unit": stated} for e in fitting}},
                           reading_meaning(months, events, entry)),
                    Answer("No: all are followed from time zero", {
                        "endpoints": {e.name: {"entry": ""} for e in fitting}}, reading_meaning(months, events))])
            return column
    return ""


def _precedes(table: TextTable, column: str, endpoint: EndpointRole, unit: str) -> bool:
    """Tell whether a column in a unit holds times that end before an endpoint's in most patients, some after zero."""
    entry = times_of(table, column) * MONTHS_PER[unit]
    time = times_of(table, endpoint.time) * MONTHS_PER[endpoint.unit]
    both = ~(np.isnan(entry) | np.isnan(time))
    return bool(both.sum() > len(table) / 2 and (entry[both] > 0).any() and np.unique(entry[both]).size > _FEW_VALUES
                and (entry[both] < time[both]).mean() >= _BEFORE)


def start_and_stop(table: TextTable, patient: str) -> tuple[str, str] | None:
    """Return the columns of a start/stop (counting process) file: rows of a patient are intervals that join.

    None where the rows of patients are something else.
    """
    named = {dictionary.fold(heading(table, c)): c for c in reversed(table.columns)}
    starts = [c for folded, c in named.items() if _START.fullmatch(folded)]
    stops = [c for folded, c in named.items() if _STOP.fullmatch(folded)]
    ids = table.cells[patient].codes
    for start in starts:
        for stop in (c for c in stops if c != start):
            begins, ends = times_of(table, start), times_of(table, stop)
            order = np.lexsort((begins, ids))
            same = ids[order][1:] == ids[order][:-1]
            joins = (np.abs(begins[order][1:] - ends[order][:-1]) <= 1)[same]  # or the next begins a day later
            if joins.size and joins.mean() >= _JOIN and (begins[order] <= ends[order]).mean() >= _JOIN:
                return start, stop
    return None
