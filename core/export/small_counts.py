"""Counts of few patients are replaced in what is saved: in tables, numbers, charts and words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from core.figure import Figure, headings_of

_COUNTED = ("n", "n_event", "n_risk", "n_censor", "n_missing", "n_arm", "n_event_arm", "n_reference",
            "n_event_reference", "count", "selected", "all", "missing", "n_removed")
_SHARES = {"count": ("share",), "n_event": ("rate",), "n_missing": ("rate",)}
_HEADINGS = re.compile(r"n|Events|At risk( at τ)?|Selected|All|Removed|Left|Patients( drawn)?|Missing|.* events|"
                       r"not recorded|No test|Undated")
_PERCENT = re.compile(r"\b(\d[\d,]*) \(\d+%\)")
_TOGETHER = re.compile(r"(\d[\d,]*)( / | of | \()(\d[\d,]*)(\)?)")
_MISSING = re.compile(r"\b(\d[\d,]*)(?= missing\b)")
_SIZE = re.compile(r"(?<=n = )(\d[\d,]*)")
_LAST = re.compile(r"(?<=[ :])(\d[\d,]*)$")
_WORDS = re.compile(r"\b(\d[\d,]*)(?= (?:of \d[\d,]* )?(?:[\w-]+ )?(?:patients?|events?|deaths?)\b)")
_TIMES_AND_NAMES = ("cuts", "ticks", "names", "legend", "labels", "titles", "arms", "columns", "marks")


def without_small_counts(figure: Figure, least: int) -> Figure:
    """Return a figure in which no count stands between 0 and `least`: neither in its numbers nor in its words.

    Marks stay as they are drawn. A reader who knows a total may still work out one count that is left out: the note
    says so.
    """
    text, chart = partial(_text, least), partial(_chart, least)

    def lines(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_WORDS.sub(lambda m: _few(m[1], least), _PERCENT.sub(
            lambda m: _few(m[1], least, m[0]), t)) for t in texts)

    origin = figure.provenance
    patients, subgroup, alt = lines((origin.patients, origin.subgroup, figure.alt))
    note = (f"Counts from 1 to {least - 1} are replaced by <{least}; with a total beside it, a single one may still be "
            "worked out.")
    return replace(
        figure, table=_table(figure.table, least, text), drawn=_drawn(figure.drawn, least), alt=alt,
        chart=chart(figure.chart) if figure.chart else None, layouts={k: chart(v) for k, v in figure.layouts.items()},
        slides=tuple(map(chart, figure.slides)), summary=lines(figure.summary), warnings=lines(figure.warnings),
        notes=(*lines(figure.notes), note), provenance=replace(origin, patients=patients, subgroup=subgroup))


def _few(count: str, least: int, otherwise: str = "") -> str:
    """Write a count, or that it is too small; `otherwise` is what stands where it is not."""
    return f"<{least}" if 0 < int(count.replace(",", "")) < least else otherwise or count


def _text(least: int, text: str) -> str:
    """Replace the counts of a cell or label: `3 (12%)`, `3 / 26`, `3 of 26`, `23 (7)`, `5 missing`."""
    text = _PERCENT.sub(lambda m: _few(m[1], least, m[0]), text)
    text = _MISSING.sub(lambda m: _few(m[1], least), text)
    return _TOGETHER.sub(lambda m: f"{_few(m[1], least)}{m[2]}{_few(m[3], least)}{m[4]}", text) \
        if _TOGETHER.fullmatch(text.rpartition(": ")[2]) else text


def _table(table: pd.DataFrame, least: int, text: Callable[[str], str]) -> pd.DataFrame:
    out = table.copy()
    for place, (group, name) in enumerate(headings_of(table)):
        counts = _HEADINGS.fullmatch(name) or _HEADINGS.fullmatch(group)
        out.isetitem(place, [_few(v, least) if counts and re.fullmatch(r"\d[\d,]*", v) else text(v)
                             for v in table.iloc[:, place].astype(str)])
    pairs = [tuple(_SIZE.sub(lambda m: _few(m[1], least), part) for part in pair) for pair in headings_of(table)]
    out.columns = pd.MultiIndex.from_tuples(pairs) if table.columns.nlevels > 1 else pd.Index(
        [name for _, name in pairs], dtype=object)
    return out


def _drawn(drawn: pd.DataFrame, least: int) -> pd.DataFrame:
    """Leave the cells of small counts, and of shares that rest on them, empty."""
    out = drawn.copy()
    for column in (c for c in _COUNTED if c in drawn.columns and pd.api.types.is_numeric_dtype(drawn[c])):
        values = drawn[column].to_numpy(dtype=float)
        small = (values > 0) & (values < least)
        for name in (column, *(c for c in _SHARES.get(column, ()) if c in drawn.columns)):
            out[name] = np.where(small, np.nan, out[name].to_numpy(dtype=float))
    return out


def _chart(least: int, chart: dict[str, Any]) -> dict[str, Any]:
    return {**chart, "datasets": {name: rows if name in _TIMES_AND_NAMES else [
        {k: _mark(v, least, name, k) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
        for name, rows in chart["datasets"].items()}}


def _mark(text: str, least: int, dataset: str, field: str) -> str:
    """Replace the counts of a text that stands at a mark."""
    if (dataset, field) in (("counts", "text"), ("touch", "risk")) and re.fullmatch(r"\d[\d,]*", text):
        return _few(text, least)
    text = _text(least, text)
    return _LAST.sub(lambda m: _few(m[1], least), text) if dataset == "bars" and field in ("text", "tip") else text
