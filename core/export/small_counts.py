"""Counts of few patients are replaced in what is saved: in tables, numbers, charts and words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from core.figure import Figure, headings_of
from core.language import say

# Columns of counts, and the shares that rest on them.
_COUNTED = re.compile(r"n|n_\w+|count|selected|all|missing|patients|events")
_SHARES = {"count": ("share",), "n_event": ("rate",), "n_missing": ("rate",), "n_other": ("rate",)}
_HEADINGS = re.compile(r"n|Events|At risk( at τ)?|Selected|All|Removed|Left|Patients( drawn)?|Missing|.* events|"
                       r"not recorded|none|grade \d|"
                       r"事件数|(τ 时)?风险集人数|所选|全部|剔除|剩余|(画出的)?患者数?|缺失|.* 事件|未记录|无|\d 级")
_N = r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d+)(?![\d.]|,\d)"
_PERCENT = re.compile(_N + r" \(\d+%\)")
_TOGETHER = re.compile(_N + r"( / | of | \()" + _N + r"(\)?)")
_SHARE = re.compile(_N + r"(?= / \d)")
_EVENTS = re.compile(_N + r"(?:, " + _N + r" (?:events?|例事件))?")
_MISSING = re.compile(_N + r"(?= missing\b)")
_LAST = re.compile(r"(?<=[ :])" + _N + r"$")
_BRACKETED = re.compile(r"(?<=\()" + _N + r"(?=\)$)")
_WORDS = re.compile(r"(?<![Gg]rade )(?<![Mm]onth )(?<![≥>≤<] )" + _N + r"(?= (?:of \d[\d,]* )?(?:(?!adverse)[\w-]+ )?"
                    r"(?:patients?|events?|deaths?)\b)|" + _N + r"(?= ?例)")  # in Chinese all of them are 例
_ONE = re.compile(r"\b([Oo]ne) patient\b|(一)(?:例|位)患者|(一)(?=例处于风险中)")
_SIZE = re.compile(r"(?<=n = )" + _N)
_ARMS = re.compile(r"(?<=\+ )" + _N + r"(?= )|^" + _N + r"(?= )")  # 6 of one arm + 2 of another
_NO_COUNTS = ("cuts", "ticks", "legend", "labels", "titles", "arms", "columns", "marks", "knots", "names")
_SAID = ("curves", "panes", "duration")  # figures whose alternative text is words about groups


def without_small_counts(figure: Figure, least: int) -> Figure:
    """Return a figure in which no count stands between 0 and `least`: neither in its numbers nor in its words.

    Marks stay as they are drawn, but for bars of a composition, which are as long as `least`. A reader who knows a
    total may still work out one count that is left out: the note says so. What a paper printed is not of patients here:
    it stays, and the note says that.
    """
    if figure.recipe is None:
        return replace(figure, notes=(*figure.notes, say("Counts of this figure are not replaced.")))
    kind, origin, chart = figure.recipe.kind, figure.provenance, partial(_chart, least, figure.recipe.kind)

    def lines(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_words(least, text) for text in texts)

    patients, subgroup = lines((origin.patients, origin.subgroup))
    alt = "; ".join(lines(tuple(figure.alt.split("; ")))) if kind in _SAID else ""  # the table gives the numbers
    note = (say("Counts from 1 to {most} are replaced by <{least}; with a total beside it, a single one may still "
                "be worked out.", most=least - 1, least=least))
    return replace(
        figure, table=_table(figure.table, least, flow=kind == "attrition"), alt=alt,
        drawn=_drawn(figure.drawn, least, flow=kind == "attrition"),
        chart=chart(figure.chart) if figure.chart else None, layouts={k: chart(v) for k, v in figure.layouts.items()},
        slides=tuple(map(chart, figure.slides)), summary=lines(figure.summary), warnings=lines(figure.warnings),
        notes=(*lines(figure.notes), note), provenance=replace(origin, patients=patients, subgroup=subgroup))


def _few(count: str, least: int, otherwise: str = "") -> str:
    """Write a count, or that it is too small; `otherwise` is what stands where it is not."""
    return f"<{least}" if 0 < int(count.replace(",", "")) < least else otherwise or count


def _replaced(pattern: re.Pattern[str], least: int, text: str) -> str:
    """Replace each number that a pattern has as a group, where it is small."""
    def few(match: re.Match[str]) -> str:
        out, begin = match[0], match.start()
        for i in reversed(range(1, pattern.groups + 1)):
            number = match[i]
            if number and number.replace(",", "").isdigit():
                out = out[:match.start(i) - begin] + _few(number, least) + out[match.end(i) - begin:]
        return out
    return pattern.sub(few, text)


def _words(least: int, text: str) -> str:
    """Replace the counts of a sentence."""
    text = _PERCENT.sub(lambda m: _few(m[1], least, m[0]), text)
    text = _ONE.sub(lambda m: f"<{least} patients" if m[1] else f"<{least} 例患者" if m[2] else f"<{least} ", text)
    text = _replaced(_WORDS, least, text)
    return re.sub(r"(?<= )\((\d+)\)", lambda m: f"({_few(m[1], least)})", text)


def _text(least: int, text: str) -> str:
    """Replace the counts of a cell or label: `3 (12%)`, `3 / 26`, `3 of 26`, `23 (7)`, `2, 2 events`, `5 missing`."""
    text = _PERCENT.sub(lambda m: _few(m[1], least, m[0]), text)
    text = _replaced(_SIZE, least, _replaced(_MISSING, least, text))
    behind = text.rpartition(": ")[2]
    if _TOGETHER.fullmatch(behind) or " of " in text:
        return _replaced(_TOGETHER, least, text)
    text = _replaced(_SHARE, least, text)
    return _replaced(_EVENTS, least, text) if ", " in text and _EVENTS.fullmatch(text) else _words(least, text)


def _table(table: pd.DataFrame, least: int, *, flow: bool) -> pd.DataFrame:
    """Replace the counts of a table; of a flow of patients every whole number behind the conditions is one."""
    out = table.copy()
    for place, pair in enumerate(headings_of(table)):
        counts = (flow and place) or any(_HEADINGS.fullmatch(part) for part in pair)
        cells = table.iloc[:, place].astype(str)
        out.isetitem(place, [_few(v, least) if counts and re.fullmatch(_N, v) else v if flow and not place else
                             _text(least, v) for v in cells])
    pairs = [tuple(_text(least, part) for part in pair) for pair in headings_of(table)]
    out.columns = pd.MultiIndex.from_tuples(pairs) if table.columns.nlevels > 1 else pd.Index(
        [name for _, name in pairs], dtype=object)
    return out


def _drawn(drawn: pd.DataFrame, least: int, *, flow: bool) -> pd.DataFrame:
    """Leave the cells of small counts, and of shares that rest on them, empty; replace them in texts."""
    out = drawn.copy()
    for place, column in enumerate(drawn.columns):
        if not pd.api.types.is_numeric_dtype(drawn[column]):
            texts = [v if not isinstance(v, str) or flow else _text(least, v) for v in drawn[column]]
            out.isetitem(place, np.array(texts, dtype=object))
        elif flow or _COUNTED.fullmatch(str(column)):
            values = drawn[column].to_numpy(dtype=float)
            small = (values > 0) & (values < least)
            for name in (column, *(c for c in _SHARES.get(str(column), ()) if c in drawn.columns)):
                out[name] = np.where(small, np.nan, out[name].to_numpy(dtype=float))
    return out


def _chart(least: int, kind: str, chart: dict[str, Any]) -> dict[str, Any]:
    skipped = tuple(name for name in _NO_COUNTS if not (name == "names" and kind == "failure"))
    return {**chart, "datasets": {name: rows if name in skipped else [
        {k: _value(v, least, kind, name, k) for k, v in row.items()} for row in rows]
        for name, rows in chart["datasets"].items()}}


def _value(value: Any, least: int, kind: str, dataset: str, field: str) -> Any:
    """Replace the counts of a text that stands at a mark, and how long a bar of few patients is."""
    if not isinstance(value, str):
        bar = kind == "composition" and field in ("all", "here") and isinstance(value, (int, float))
        return least if bar and 0 < value < least else value
    whole = (dataset, field) in (("counts", "text"), ("touch", "risk"), ("bars", "text"))
    if whole and re.fullmatch(_N, value):
        return _few(value, least)
    if dataset == "names":
        return _replaced(_BRACKETED, least, value)
    text = _text(least, value)
    if kind == "attrition":
        return _replaced(_ARMS, least, text)
    return _replaced(_LAST, least, text) if dataset == "bars" and field in ("text", "tip") else text
