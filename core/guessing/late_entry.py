"""Late entry: a column that says when patients came under observation is asked about, never used in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import product

import numpy as np

from core.guessing.headings import heading
from core.guessing.preview import events_of, reading_meaning, times_of
from core.guessing.questions import Answer, Questions
from core.language import say
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
# Of dates: those on which patients come into a study or a register, and not those on which a disease begins.
_ENTRY_DATE = re.compile("enrol|registration|sequencing|entry|inclusion|入组|登记|einschluss|inclusion|inclusi")
_FROM_ZERO = "No: all are followed from time zero"
_START = re.compile(rf"(t|time)?(start|begin|from|entry|enter)(t|time)?(in)?{_UNIT}|t0|t1|time0|time1|"
                    "开始时间|起始时间")
_STOP = re.compile(rf"(t|time)?(stop|end|exit|to|until)(t|time)?(in)?{_UNIT}|time2|t1|t2|t|time|结束时间|终止时间")
_BEFORE, _JOIN = 0.8, 0.9  # of the patients enter before their time ends; of the intervals join
_FEW_VALUES = 4  # flags and codes are no times


def ask_late_entry(table: TextTable, free: Collection[str], endpoints: Sequence[EndpointRole],
                   questions: Questions) -> str:
    """Ask whether a column tells when patients came under observation, for the endpoints whose times it precedes.

    Returns the column, which is no factor whatever the answer is; "" where there is none. The median of a meaning says
    which unit it assumes where the unit is itself asked.
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
            in_unit = say("in {unit}", unit=say(stated or fitting[0].unit))
            if not stated and questions.asks_unit(fitting[0].name):
                in_unit = say("in the unit of {time},", time=repr(fitting[0].time))
            entry = np.maximum(values, 0) * MONTHS_PER[stated or fitting[0].unit]
            late, none = _meanings(table, fitting[0], entry, questions)
            questions.ask(
                say("Does {column} say when a patient came under observation, {in_unit} after time zero?",
                    column=f"{column!r}", in_unit=in_unit),
                _remedy(fitting), [
                    Answer(say("Yes, late entry"), {"endpoints": {
                        e.name: {"entry": column, "entry_unit": stated} for e in fitting}}, late),
                    Answer(say(_FROM_ZERO), {"endpoints": {e.name: {"entry": ""} for e in fitting}}, none)])
            return column
    return ""


def ask_entry_date(table: TextTable, dates: Mapping[str, np.ndarray], last: np.ndarray | None,
                   endpoints: Sequence[EndpointRole], questions: Questions) -> None:
    """Ask whether a date after time zero is the late entry of endpoints that have a column of times.

    Not where the last dates of follow-up show that time runs from the later date.

    Parameters
    ----------
    dates : of each column that may begin a time the days since 1970, (n,), NaN where there is none
    last : each patient's last date, in such days, (n,), where the file has one
    """
    timed = [e for e in endpoints if e.time and not e.entry]
    entries = [c for c in dates if _ENTRY_DATE.search(dictionary.fold(heading(table, c)))]
    for start, entry in product([c for c in dates if c not in entries], entries):
        lag = dates[entry] - dates[start]
        fitting = [e for e in timed if _within(lag * MONTHS_PER["days"], _months(table, e))]
        if (lag[~np.isnan(lag)] < 0).any() or not fitting or (
                last is not None and _runs_from(dates[entry], dates[start], last, _months(table, fitting[0]))):
            continue
        late, none = _meanings(table, fitting[0], lag * MONTHS_PER["days"], questions)
        names = ", ".join(e.name for e in fitting)
        questions.ask(
            say("Do the times of {names} run from {start}, and did patients come under observation only at {entry}?",
                names=names, start=f"{start!r}", entry=f"{entry!r}"),
            _remedy(fitting), [
                Answer(say(_FROM_ZERO), {"endpoints": {e.name: {"entry": ""} for e in fitting}}, none),
                Answer(say("Yes, late entry at {entry}", entry=entry), {"endpoints": {
                    e.name: {"start": start, "entry": entry} for e in fitting}}, late)])
        return


def _runs_from(entry: np.ndarray, start: np.ndarray, last: np.ndarray, months: np.ndarray) -> bool:
    """Tell whether times in months run from one date rather than from another until the last: all (n,), in days."""
    days = months / MONTHS_PER["days"]
    return bool(np.nanmedian(np.abs(last - entry - days)) < np.nanmedian(np.abs(last - start - days)))


def _remedy(endpoints: Sequence[EndpointRole]) -> str:
    return say("Then a patient is in no risk set of {endpoints} before it (late entry, left truncation).",
               endpoints=", ".join(e.name for e in endpoints))


def _meanings(table: TextTable, endpoint: EndpointRole, entry: np.ndarray, questions: Questions) -> tuple[str, str]:
    """Say what an endpoint gives with late entry after so many months, (n,), and without."""
    months, events = _months(table, endpoint), events_of(table, endpoint)
    assumed = say(", if the times are in {unit}", unit=say(endpoint.unit)) if questions.asks_unit(endpoint.name) else ""
    return reading_meaning(months, events, entry) + assumed, reading_meaning(months, events) + assumed


def _months(table: TextTable, endpoint: EndpointRole) -> np.ndarray:
    return times_of(table, endpoint.time) * MONTHS_PER[endpoint.unit]


def _precedes(table: TextTable, column: str, endpoint: EndpointRole, unit: str) -> bool:
    """Tell whether a column in a unit holds times, and no flags, that end before an endpoint's in most patients."""
    values = times_of(table, column)
    return np.unique(values[~np.isnan(values)]).size > _FEW_VALUES and _within(
        values * MONTHS_PER[unit], _months(table, endpoint))


def _within(entry: np.ndarray, time: np.ndarray) -> bool:
    """Tell whether entries (n,) lie before the ends of times in most patients, not all at zero."""
    both = ~(np.isnan(entry) | np.isnan(time))
    return bool(both.sum() > len(entry) / 2 and (entry[both] > 0).any() and
                (entry[both] < time[both]).mean() >= _BEFORE)


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
