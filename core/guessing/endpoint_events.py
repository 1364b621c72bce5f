"""Which values of a column mean the event: read from words and conventions, or asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.findings import Findings
from core.guessing.headings import heading
from core.guessing.levels import as_number, counts_censoring, default_event_values, events_by_words, squeeze
from core.guessing.preview import is_event, reading_meaning
from core.guessing.questions import Answer, Questions
from core.language import say
from core.mapping import dictionary
from core.reading import TextTable

# Headers that do not say whether their ones are the dead or the living.
_EITHER_WAY = ("vital", "survival", "alive", "生存", "存活", "结局", "转归")
_STATE_WITHOUT = re.compile(r"free|control|survival$|生存状态|存活状态|生存结局")
_EVENT_NAMED = re.compile(r"event|fail|censor|cnsr|flag|indicator|dead|death")
_HARDLY = 0.05
_MOST_ASKED = 6  # values of which every combination is offered up to three; of more each alone


@dataclass(frozen=True, kw_only=True)
class EventColumn:
    """An endpoint's event column and its levels, and its times in months (n,) to say what a reading would mean.

    `died` tells who has a date of death, (n,), where the file has such dates: evidence beside the column.
    """

    endpoint: str
    column: str
    levels: Sequence[str]
    months: np.ndarray
    died: np.ndarray | None = None


def event_values(table: TextTable, event: EventColumn, findings: Findings, questions: Questions) -> tuple[str, ...]:
    """Return the values that mean event: by the header's legend, by words, by convention; else ask.

    Where the header's brackets speak of it and are not understood, no convention counts.
    """
    column, levels = event.column, list(event.levels)
    header = heading(table, column)
    legend = dictionary.legend_in(header)
    words = {v: legend.get(v, "") for v in levels}
    by_word = events_by_words(header, words) if all(words.values()) else ()
    inside = dictionary.bracketed(header)
    unclear = any(c.isdecimal() for c in inside) or ("alive" in inside and "dead" in inside) or \
        _ambiguous(header, levels)
    values = by_word or (() if unclear else default_event_values(header, levels))
    if event.endpoint in ("DSS", "CSS"):
        values = tuple(v for v in values if not dictionary.other_cause(v)) or values
    if (by_dates := _values_of_the_dead(table, event)) and by_dates != values:
        findings.add("assumed", say("{by_dates} means event for {endpoint}, as the dates of death show: they are "
                                    "filled for those patients and for no others.", by_dates=', '.join(by_dates),
                                    endpoint=event.endpoint), column=column, value=", ".join(by_dates),
                     remedy=say("Choose the value that means event."))
        return by_dates
    plain = {as_number(v) for v in levels} == {0.0, 1.0}
    either = any(w in header.casefold() for w in _EITHER_WAY)
    if not values:
        return _ask(table, event, questions)
    if by_word or not plain or either or counts_censoring(header):
        how = say(", as the header says") if by_word else ""
        findings.add("assumed", say("{values} means event for {endpoint}{how}; other values are censored.",
                                    values=', '.join(values), endpoint=event.endpoint, how=how), column=column,
                     value=", ".join(values),
                     remedy=say("Choose the value that means event."))
    return values


def _values_of_the_dead(table: TextTable, event: EventColumn) -> tuple[str, ...]:
    """Return the values whose patients have a date of death, where all others have none; nothing where it is mixed."""
    if event.died is None:
        return ()
    rows_of = {v: is_event(table, event.column, [v]) for v in event.levels}
    dated = {v: float(event.died[rows].mean()) for v, rows in rows_of.items() if rows.any()}
    clear = all(share < _HARDLY or share > 1 - _HARDLY for share in dated.values())
    dead = tuple(v for v, share in dated.items() if share > 1 - _HARDLY)
    return dead if clear and 0 < len(dead) < len(dated) else ()


def likely_events(table: TextTable, column: str, levels: Sequence[str]) -> np.ndarray:
    """Return a first reading of who had the event, (n,), to say what a unit would mean before that is settled."""
    header = heading(table, column)
    values = () if _ambiguous(header, levels) else default_event_values(header, list(levels))
    return is_event(table, column, values or sorted(([v] for v in levels), key=_likeliest_first)[0])


def _ambiguous(header: str, levels: Sequence[str]) -> bool:
    """Tell whether a convention could mislead.

    A state without the event (`disease_free`, `local_control`, `overall_survival`, `生存状态`) of 0 and 1 may mean
    either. Ones of `cens` are events in some public files, and the censored in others. Of 1 and 2 the 2 is the event
    by the convention of R's survival for a column `status`; SPSS files often have 1 for dead.
    """
    folded, codes = dictionary.fold(header), {as_number(v) for v in levels}
    if codes == {1.0, 2.0}:
        return folded not in ("status", "fustat", "censoringstatus")
    answers = codes <= {0.0, 1.0} or all(squeeze(v) in (*dictionary.YES_WORDS, *dictionary.NO_WORDS) for v in levels)
    if answers and _STATE_WITHOUT.search(folded) and not _EVENT_NAMED.search(folded):
        return True  # free of disease, controlled, survival: its ones may be those without the event
    return "cens" in folded and "censor" not in folded and "cnsr" not in folded and codes <= {0.0, 1.0}


def _ask(table: TextTable, event: EventColumn, questions: Questions) -> tuple[str, ...]:
    """Ask for the values that mean the event, and return the likeliest; spellings of one word are one answer."""
    groups: dict[str, list[str]] = {}
    for value in event.levels:
        groups.setdefault(squeeze(value), []).append(value)
    alone = sorted(groups.values(), key=_likeliest_first)
    may_be = [values for values in alone if as_number(values[0]) != 0
              and dictionary.means_event(values[0]) is not False]
    several = [[v for values in c for v in values] for k in (2, 3) for c in combinations(may_be, k)] \
        if len(may_be) <= _MOST_ASKED else []
    listed = [*alone, *(values for values in several if len(values) < len(event.levels))]
    questions.ask(say("Which value of {column} means an event for {endpoint}?", column=f"{event.column!r}",
                      endpoint=event.endpoint),
                  say("It holds: {levels}. The others are censored.", levels=', '.join(event.levels)),
                  [Answer(_words(values), {"endpoints": {event.endpoint: {"event_values": values}}},
                          reading_meaning(event.months, is_event(table, event.column, values))) for values in listed])
    return tuple(listed[0])


def _words(values: list[str]) -> str:
    """Name an answer's values: spellings of one word by the first."""
    first = {squeeze(v): v for v in reversed(values)}
    return say(" and ").join(reversed(first.values()))


def _likeliest_first(values: list[str]) -> tuple[float, float]:
    """Put words of an event first, then 1, 2, ...; 0 last."""
    value = as_number(values[0])
    meant = {True: 0.0, None: 1.0, False: 2.0}[dictionary.means_event(values[0])]
    return meant, {None: 5.0, 0.0: 9.0}.get(value, value or 0.0)
