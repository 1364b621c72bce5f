"""The roles that a file's columns can play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.schema import Cut, Kind, Known

ALBI = "albi"
FORMULAS: Mapping[str, tuple[str, ...]] = {ALBI: ("bilirubin", "albumin")}
Take = Literal["first", "last", "where", "merge"]
# What a tumour response means: a response (CR, PR), disease control without one (SD), progression, no response of which
# nothing more is known (non-responder), or that it could not be evaluated.
Meaning = Literal["response", "control", "progression", "no response", "not evaluable"]
MEANINGS: tuple[Meaning, ...] = ("response", "control", "progression", "no response", "not evaluable")
MEANING_WORDS: Mapping[Meaning, str] = {
    "response": "response (CR, PR)", "control": "disease control without response (SD)",
    "progression": "progression (PD)", "no response": "no response; disease control not known",
    "not evaluable": "not evaluable"}
DATE = "date"  # in place of a unit: the column holds dates


@dataclass(frozen=True, kw_only=True)
class ArmRole:
    """The treatment arm: its column, the reference level, and raw value -> label in order."""

    column: str
    reference: str
    levels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class EndpointRole:
    """A time-to-event endpoint; `event_values` are the raw values that mean event.

    The time stands in the column `time` in `unit`s, or runs from the date in `start` to the first of
    the dates in `end` that is filled; where `time` is empty it stands in `otherwise` (days to death, else to the last
    follow-up). `entry` says when the patient came under observation where that is after time zero (late entry, left
    truncation): in `entry_unit`, "" for the same unit, or as a date, in days from the date in `start`. `date_order`
    says how day and month are told apart ("" where the data decide). `causes` names the values of the event column that
    tell competing causes apart: raw value -> cause, in order. Where nothing but dates says who had the event,
    `event_dates` are columns of which any that is filled means it, the first is `event`, and there are no
    `event_values`.
    """

    name: str
    label: str
    event: str
    event_values: tuple[str, ...]
    unit: str
    time: str = ""
    otherwise: str = ""
    start: str = ""
    end: tuple[str, ...] = ()
    entry: str = ""
    entry_unit: str = ""
    event_dates: tuple[str, ...] = ()
    date_order: str = ""
    death_counts: bool = True
    causes: Mapping[str, str] = field(default_factory=dict)

    @property
    def time_columns(self) -> tuple[str, ...]:
        """The column of the time, or those of its dates."""
        return tuple(filter(None, (self.time, self.otherwise))) if self.time else (self.start, *self.end)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the endpoint uses: its times, late entry where there is one, and event."""
        late = filter(None, (self.start, self.entry)) if self.entry else ()
        return tuple(dict.fromkeys((*self.time_columns, *late, self.event, *self.event_dates)))

    @property
    def date_columns(self) -> tuple[str, ...]:
        """The columns of dates among its times and its late entry."""
        return tuple(filter(None, (self.start, *self.end, self.entry))) if self.start else ()


@dataclass(frozen=True, kw_only=True)
class FactorRole:
    """A variable to filter, stratify or describe by.

    Attributes
    ----------
    levels : raw value -> label, in order; two values of one label are one level
    reference : the label that others are compared with; "" for the first
    multiply_by : turns the file's numbers into `unit`
    formula, inputs : a derived factor, from the factors of these keys; its `column` is ""
    when, when_unit : the column that says when it became known, as time from time zero in a unit, or
        as a "date"; "" where nothing says it
    meanings : of a tumour response, label -> what it means; levels that are not here are told by their names
    """

    key: str
    label: str
    column: str
    kind: Kind
    unit: str = ""
    multiply_by: float = 1.0
    levels: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    cuts: tuple[Cut, ...] = ()
    known: Known = "baseline"
    log: bool = False
    formula: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    when_unit: str = "months"
    meanings: Mapping[str, Meaning] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RowRule:
    """Which row of a patient counts where there are several: the first, the last, where a column holds a value (the
    first such), or all, merged: of each column the first cell that is filled."""

    take: Take
    column: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class PopulationRole:
    """Who is analysed: those with one of `values` in `column`, or all but those with one of `without`."""

    column: str
    values: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SafetyRole:
    """Who belongs to the safety population: those with one of `values` in `column`."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EventFileRole:
    """The columns of a long adverse-event file: one row per patient and event.

    `grade` holds CTCAE grades; where there are none `severity` holds mild, moderate, severe. Where there is an
    `emergent` column, only rows marked yes in it count.
    """

    patient: str
    term: str
    grade: str = ""
    severity: str = ""
    category: str = ""
    serious: str = ""
    related: str = ""
    day: str = ""
    emergent: str = ""

    def items(self) -> list[tuple[str, str]]:
        """Return what each column is and its name, of those there are."""
        return [(k, v) for k, v in self.__dict__.items() if v]
