"""The baseline table as a figure."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from core.baseline import Baseline
from core.cohort import Cohort
from core.figure import Figure, by_words, provenance, rows_of
from core.format import DASH, count_and_percent, fixed, number, p_value, plural

_INDENT = "\u2003"


def baseline_figure(cohort: Cohort, found: Baseline, *, p: bool) -> Figure:
    """Write the table; with p each row names its test."""
    tests = {(r.variable, r.level): r for r in rows_of(found.tests)}
    rows: list[dict[str, str]] = []
    for key in dict.fromkeys(found.tests.variable):
        own = found.rows[found.rows.variable == key]
        variable = cohort.variable(key)
        label = variable.label + (f", {variable.unit}" if variable.unit else "")
        numbers = own[own.level == ""]
        if len(numbers):
            test = tests[key, ""]
            cells = {g: _number(r, test.summary) for g, r in zip(numbers.group, rows_of(numbers), strict=True)}
            rows.append({"Variable": f"{label}, {test.summary}", **cells, **_compared(test, p=p)})
        levels = own[own.level != ""]
        if own.empty:
            absent = {g: _missing(n) for g, n in found.groups.items()}
            rows.append({"Variable": label, **absent, **_compared(None, p=p)})
        if len(levels):
            head = f"{label}, n (%)"
            test = tests.get((key, "by its cuts")) or tests[key, ""]
            absent = {r.group: _missing(r.missing) for r in rows_of(levels)} if not len(numbers) else {}
            rows.append({"Variable": head, **{g: absent.get(g, "") for g in found.groups}, **_compared(test, p=p)})
            for level, part in levels.groupby("level", sort=False):
                rows.append({"Variable": f"{_INDENT}{level}", **{
                    g: count_and_percent(int(c), int(n)) for g, c, n in part[["group", "count", "n"]].to_numpy()},
                    **_compared(None, p=p)})
    table = pd.DataFrame(rows).rename(columns={g: f"{g} (n = {n:,})" for g, n in found.groups.items()})
    if len(found.groups) < 2:
        table = table.drop(columns=["SMD", "p", "Test"], errors="ignore")
    said = "Median (IQR): quartiles by R's type 7. " if "median (IQR)" in set(found.tests.summary) else ""
    why = "" if len(found.groups) < 2 else ("Each p names its test; " if p else
           "No p, as STROBE advises: differences at baseline are no hypothesis; "
           ) + "SMD: the standardised difference, the largest between two groups. "
    return Figure(
        slug=f"baseline-{found.by or 'all'}", chart=None,
        title=f"Baseline by {by_words(cohort, found.by)}" if found.by else "Baseline",
        table=table, drawn=found.rows,
        notes=(plural(found.missing_group, "patient") + " left out: group missing.",) if found.missing_group else (),
        provenance=provenance(cohort, f"{said}{why}Shares are of the patients of whom the variable is known."))


def _missing(n: float) -> str:
    return f"{int(n):,} missing" if n else ""


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


def _compared(test: Any, *, p: bool) -> dict[str, str]:
    """Return the columns behind the groups: the standardised difference, and p with its test."""
    blank = test is None
    out = {"SMD": "" if blank or math.isnan(test.smd) else "∞" if math.isinf(test.smd) else fixed(test.smd, 2)}
    if p:
        shown = "" if blank else p_value(test.p_value)
        error = f", error {test.error:.4f}" if not blank and test.error else ""
        out |= {"p": shown or ("" if blank else DASH), "Test": f"{test.test}{error}" if shown else ""}
    return out
