"""A published table as a reader types it: labels, counts, p, ratios with limits. CSV in, rows out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from core.errors import AuditTableError
from core.language import say
from core.reading import Source, TextTable, read_table

_GROUP = re.compile(r"(events|n|percent)_(\d)")
_COUNTS = ("patients_level", "patients_reference", "deaths_level", "deaths_reference", "patients", "deaths")
KINDS = ("hazard ratio", "risk ratio", "odds ratio", "per unit")
_PLAIN = ("table", "label", "level", "p", "kind", "ratio", "low", "high", *_COUNTS, "within", "sum_of")
_P = re.compile(r"([<>=≤≥]?)\s*(0?\.\d+|1(\.0*)?)")
_MOST = 8  # problems that are said at once


@dataclass(frozen=True)
class Printed:
    """A number as it was printed: its text and value, how many decimals, and what stood before it."""

    text: str
    value: float
    decimals: int
    sign: str = ""

    @classmethod
    def from_text(cls, text: str, digits: str = "", sign: str = "") -> Printed:
        """Read a number's text; `digits` is the number itself where something stands around it."""
        digits = digits or text
        return cls(text, float(digits), len(digits.partition(".")[2]), sign)

    @property
    def half(self) -> float:
        """Half a unit of the last digit."""
        return 0.5 * 10.0 ** -self.decimals

    def agrees(self, value: float) -> bool:
        """Tell whether a value rounds to what was printed, or lies on the side that was printed."""
        if math.isnan(value):
            return False
        if self.sign in ("<", "≤"):
            return value < self.value + (1e-12 if self.sign == "≤" else 0)
        if self.sign in (">", "≥"):
            return value > self.value - (1e-12 if self.sign == "≥" else 0)
        return abs(value - self.value) <= self.half * (1 + 1e-9)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Counted:
    """One group's part of a row: events of n, and the percentage that was printed."""

    events: int
    n: int
    percent: Printed | None = None


@dataclass(frozen=True)
class Entry:
    """A row of a published table; `line` is its line in the file."""

    line: int
    table: str
    label: str
    level: str
    groups: tuple[Counted, ...] = ()
    p: Printed | None = None
    ratio: tuple[Printed, Printed, Printed] | None = None
    kind: str = "hazard ratio"
    sizes: dict[str, int] = field(default_factory=dict)
    within: str = ""
    sum_of: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The row's label and level, as words."""
        return f"{self.label}, {self.level}" if self.level else self.label


def read_audit(source: Source, *, name: str = "") -> list[Entry]:
    """Read a table of `label`, `events_1`, `n_1`, `percent_1`, `events_2` ..., `p`, `ratio`, `low`, `high` ....

    Headers are read whatever their case, and with spaces for underscores.

    Raises
    ------
    ReadingError
        If the file is no table.
    AuditTableError
        If a column is missing or unknown, or a cell is no count, percentage, p or ratio, or names no row: all that is
        wrong, with lines.
    """
    table = read_table(source, name=name)
    names = {c: "_".join(c.casefold().split()) for c in table.columns}
    strange = [c for c, plain in names.items() if plain not in _PLAIN and not _GROUP.fullmatch(plain)]
    if twice := [c for c, plain in names.items() if list(names.values()).count(plain) > 1]:
        raise AuditTableError(say("The columns {twice} have the same name.", twice=' and '.join(twice)),
                              say("Leave one of them out."))
    if strange or "label" not in names.values():
        problem = say("There is no column {strange} in such a table.",
                      strange=f"{strange[0]!r}") if strange else say("The column label is missing.")
        raise AuditTableError(problem, say("It may have: label, events_1, n_1, percent_1, events_2, n_2 ..., {rest}.",
                                           rest=', '.join(c for c in _PLAIN if c != 'label')))
    reader = _Reader(table, names)
    entries = [reader.entry(i) for i in range(len(table))]
    reader.hold_names(entries)
    if reader.problems:
        more = len(reader.problems) - _MOST
        raise AuditTableError("; ".join(reader.problems[:_MOST]) + (say("; and {more} more", more=more) if more > 0 else
                                                                    "") + ".",
                              say("Correct these cells and load the table again."))
    return entries


class _Reader:
    """Reads rows; gathers what is wrong with them."""

    def __init__(self, table: TextTable, names: dict[str, str]) -> None:
        self.cells = {plain: table.cells[c].series().tolist() for c, plain in names.items()}
        self.lines = [int(v) for v in table.lines]
        self.groups = sorted({int(m.group(2)) for c in self.cells if (m := _GROUP.fullmatch(c))})
        self.problems: list[str] = []

    def text(self, column: str, i: int) -> str:
        value = self.cells[column][i] if column in self.cells else None
        return str(value).strip() if isinstance(value, str) else ""

    def wrong(self, i: int, column: str, problem: str) -> None:
        self.problems.append(say("line {lines}, column {column}: {problem}", lines=self.lines[i], column=column,
                                 problem=problem))

    def entry(self, i: int) -> Entry:
        if not self.text("label", i):
            self.wrong(i, "label", say("is empty: every row needs a name"))
        groups = [g for g in (self.group(i, k) for k in self.groups) if g]
        ratio = [self.decimal(i, c) for c in ("ratio", "low", "high")]
        if any(ratio) and not all(ratio):
            self.wrong(i, "ratio", say("a ratio needs ratio, low and high"))
        whole = (ratio[0], ratio[1], ratio[2]) if ratio[0] and ratio[1] and ratio[2] else None
        if whole and not (0 <= whole[1].value <= whole[0].value <= whole[2].value and whole[0].value > 0):
            problem = say("{low} ≤ {ratio} ≤ {high} does not hold: the limits must enclose a ratio above 0",
                          low=whole[1], ratio=whole[0], high=whole[2])
            self.wrong(i, "ratio", problem)
        kind = self.text("kind", i).casefold() or KINDS[0]
        if kind not in KINDS:
            self.wrong(i, "kind", say("{kind} is none of {kinds}", kind=f"{kind!r}", kinds=', '.join(KINDS)))
        return Entry(line=self.lines[i], table=self.text("table", i), label=self.text("label", i), kind=kind,
                     level=self.text("level", i), groups=tuple(groups), p=self.p(i), ratio=whole,
                     sizes={c: v for c in _COUNTS if (v := self.count(i, c)) is not None},
                     within=self.text("within", i),
                     sum_of=tuple(part.strip() for part in self.text("sum_of", i).split(" + ") if part.strip()))

    def hold_names(self, entries: list[Entry]) -> None:
        """Check that `within` and `sum_of` name labels with counts in the same table."""
        for i, e in enumerate(entries):
            labels = list(dict.fromkeys(other.label for other in entries if other.table == e.table and other.groups))
            for column, named in (("within", (e.within,) if e.within else ()), ("sum_of", e.sum_of)):
                for name in named:
                    if name not in labels:
                        near = get_close_matches(name, labels, 1)
                        suggestion = say(", is it {near}?", near=f"{near[0]!r}") if near else ""
                        self.wrong(i, column, say("{name} is not the label of a row with counts in this "
                                                  "table{suggestion}", name=f"{name!r}", suggestion=suggestion))

    def group(self, i: int, k: int) -> Counted | None:
        events, n = self.count(i, f"events_{k}"), self.count(i, f"n_{k}")
        if events is None and n is None:
            return None
        if events is None or n is None:
            self.wrong(i, f"events_{k}" if events is None else f"n_{k}", say("is empty, a group needs events and n"))
            return None
        if events > n:
            self.wrong(i, f"events_{k}", say("{events} events of {n} patients", events=events, n=n))
        return Counted(events, n, self.decimal(i, f"percent_{k}"))

    def count(self, i: int, column: str) -> int | None:
        text = self.text(column, i).replace(",", "")
        if not text:
            return None
        if not text.isdecimal():
            self.wrong(i, column, say("{text} is not a count: write a whole number", text=f"{text!r}"))
            return None
        return int(text)

    def decimal(self, i: int, column: str) -> Printed | None:
        text = self.text(column, i).removesuffix("%").strip()
        if not text:
            return None
        if not re.fullmatch(r"\d*\.?\d+|\d+\.", text):
            self.wrong(i, column, say("{text} is not a number: write it as printed, such as 12.5", text=f"{text!r}"))
            return None
        return Printed.from_text(text)

    def p(self, i: int) -> Printed | None:
        text = self.text("p", i).removeprefix("P").removeprefix("p").strip()
        if not text:
            return None
        match = _P.fullmatch(text)
        if not match:
            self.wrong(i, "p", say("{text} is not a p-value: write it as printed, such as .031 or <.001",
                                   text=f"{text!r}"))
            return None
        digits = "1.0" if match.group(2) in ("1", "1.") else match.group(2)
        return Printed.from_text(text.removeprefix("=").strip(), digits, match.group(1).replace("=", ""))
