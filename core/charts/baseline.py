"""The baseline table as a figure."""

from __future__ import annotations

import math
from typing import Any

from core.cohort import Cohort, absence
from core.figure import Figure, by_words, provenance, recipe, rows_of, text_table
from core.format import DASH, count_and_percent, error_of_p, fixed, number, p_value, plural
from core.language import say
from core.summaries import Baseline

_INDENT = "\u2003"


def baseline_figure(cohort: Cohort, result: Baseline, *, p: bool) -> Figure:
    """Write the table; with p each row names its test."""
    tests = {(r.variable, r.level): r for r in rows_of(result.tests)}
    several, blank = len(result.groups) > 1, [""] * len(result.groups)
    rows: list[list[str]] = []

    def add(name: str, cells: list[str], test: Any = None) -> None:
        rows.append([name, *cells, *(_compared(test, p=p) if several else [])])

    for key in dict.fromkeys(result.tests.variable):
        of_key = result.rows[result.rows.variable == key]
        variable = cohort.variable(key)
        label = variable.label + (f", {variable.unit}" if variable.unit else "")
        numbers, levels = of_key[of_key.level == ""], of_key[of_key.level != ""]
        if len(numbers):
            test = tests[key, ""]
            add(f"{label}, {say(test.summary)}", [_number(r, test.summary) for r in rows_of(numbers)], test)
        if of_key.empty:
            add(label, [_missing(n) for n in result.groups.values()])
        if len(levels):
            first = levels.drop_duplicates("group")
            add(f"{label}, n (%)", blank if len(numbers) else [_missing(r.missing) for r in rows_of(first)],
                tests.get((key, "by its cuts")) or tests[key, ""])
            for level, part in levels.groupby("level", sort=False):
                counts = part[["count", "n"]].to_numpy(dtype=int)
                add(f"{_INDENT}{level}", [count_and_percent(c, n) for c, n in counts.tolist()])
    compared = ["SMD", *(["p", say("Test")] if p else [])] if several else []
    table = text_table([say("Variable"), *(f"{g} (n = {n:,})" for g, n in result.groups.items()), *compared], rows)
    absent = say("{patients} left out: {absence}.", patients=plural(result.missing_group, 'patient'),
                 absence=absence(result.by, 'group'))
    return Figure(
        slug=f"baseline-{result.by or 'all'}", chart=None,
        title=say("Baseline by {by_words}", by_words=by_words(cohort, result.by)) if result.by else say("Baseline"),
        table=table, drawn=result.rows,
        recipe=recipe(cohort, "baseline", by=result.by, options=result.options, p=p),
        notes=(absent,) if result.missing_group else (),
        provenance=provenance(cohort, _method(result, p)))


def _method(result: Baseline, p: bool) -> str:
    """Say how numbers are summarised, what compares the groups, and of whom percentages are."""
    quartiles = say("Median (IQR): quartiles by R's type 7. ") if "median (IQR)" in set(result.tests.summary) else ""
    tested = say("Each p names its test; ") if p else \
        say("No p, as STROBE advises: baseline differences are not tested; ")
    why = tested + say("SMD: the standardised difference, the largest between two groups. ")
    return say("{quartiles}{why}Percentages are of the patients with a known value.", quartiles=quartiles,
               why=why if len(result.groups) > 1 else "")


def _missing(n: float) -> str:
    return say("{n} missing", n=f"{int(n):,}") if n else ""


def _number(row: Any, summary: str) -> str:
    if not row.n:
        return DASH
    if summary == "mean (SD)":
        text = f"{fixed(row.mean, 1)} ({fixed(row.sd, 1)})"
    else:
        low, high = (row.low_quartile, row.high_quartile) if summary == "median (IQR)" else (row.least, row.most)
        text = f"{_short(row.median)} ({_short(low)}{DASH}{_short(high)})"
    return text + (f"; {_missing(row.missing)}" if row.missing else "")


def _short(value: float) -> str:
    """Write a number with one decimal; a large one without."""
    return fixed(value, 1) if abs(value) < 1000 else number(round(value))


def _compared(test: Any, *, p: bool) -> list[str]:
    """Return the columns behind the groups: the standardised difference, and p with its test."""
    if test is None:
        return ["", *(["", ""] if p else [])]
    smd = "" if math.isnan(test.smd) else "∞" if math.isinf(test.smd) else fixed(test.smd, 2)
    if not p:
        return [smd]
    shown = p_value(test.p_value)
    error = say(", error {error}", error=error_of_p(test.error)) if test.error else ""
    return [smd, shown or DASH, f"{say(test.test)}{error}" if shown else ""]
