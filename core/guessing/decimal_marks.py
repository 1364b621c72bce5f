"""Marks of thousands and of decimals that the file does not tell apart are asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.guessing.questions import Answer, Questions
from core.language import say
from core.mapping import ColumnMapping
from core.reading import THOUSANDS, UNKNOWN, TextTable, is_ambiguous

_PROBE = 400  # distinct values of a column


def ask_decimal_marks(table: TextTable, mapping: ColumnMapping, questions: Questions) -> None:
    """Ask once for the mark of a number that is used and could be read in two ways."""
    for column, texts in _numbers(table, mapping):
        if table.decimal == UNKNOWN and (example := next(filter(is_ambiguous, texts), "")):
            mark = "," if "," in example else "."
            whole, point = example.replace(mark, ""), example.replace(mark, ".")
            questions.ask(say("Is {example} in {column} the number {whole} or {point}?", example=example,
                              column=f"{column!r}", whole=whole, point=point),
                          say("The file does not show whether the mark is for thousands or for decimals."),
                          [Answer(whole, {"reading": {"decimal": "." if mark == "," else ","}}),
                           Answer(point, {"reading": {"decimal": mark}})])
            return
        if table.decimal == "," and (odd := _unlike_the_others(texts)):
            whole, point = odd.replace(",", ""), odd.replace(",", ".")
            questions.ask(say("Is {odd} in {column} the number {point} or {whole}?", odd=odd, column=f"{column!r}",
                              point=point, whole=whole),
                          say("Other numbers of the column have one or two decimals."),
                          [Answer(whole, {"thousands": [*mapping.thousands, column]}),
                           Answer(point, {"thousands": list(mapping.thousands)})])
            return


def _numbers(table: TextTable, mapping: ColumnMapping) -> Iterator[tuple[str, list[str]]]:
    """Give the columns that are read as numbers, with their first values."""
    used = [e.time for e in mapping.endpoints if e.time] + \
           [f.column for f in mapping.factors if f.kind == "numeric" and f.column]
    for column in used:
        yield column, table.cells[column].values.slice(0, _PROBE).to_pylist()


def _unlike_the_others(texts: list[str]) -> str:
    """Return a value such as 1,210 beside decimal commas of one or two digits, as 845,3; "" where there is none."""
    marked = [t for t in texts if "," in t]
    odd = [t for t in marked if THOUSANDS.fullmatch(t)]
    shorter = [t for t in marked if re.fullmatch(r"\d+,\d{1,2}", t)]
    return odd[0] if odd and len(odd) + len(shorter) == len(marked) and len(shorter) > len(odd) else ""
