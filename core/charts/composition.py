"""The cohort's composition: a bar per level, a histogram per number. Click or brush to filter.

The faint bar is the whole cohort, the strong one the patients who pass all filters.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.cohort import Cohort, Condition, counted, in_order, interval_codes, level_counts
from core.figure import CLICK, Figure, provenance, text_table, theme
from core.format import exact
from core.schema import Cut

WIDTH = 330
BRUSH = "brush"  # the selection that a brush over a histogram makes
_ROW = 19
_LABELS, _LABELS_MOST = 92, 150  # pixels for level names
_NARROW = 235  # the narrowest that a chart gets on screen
_BINS = 16
_HISTOGRAM, _TITLE = 96, 28
_KEY = {"bars bar": "pale bars: the whole cohort; strong: the selected patients, grey where a filter leaves a bar out",
        "cuts rule": "dashed: cut-points"}
_ZEROS = 0.12  # of the other bins together, on a log axis
_ROOM = 1.2  # above the bars, for the names of cut-points


def bars_figure(cohort: Cohort, key: str) -> Figure:
    """Draw how many patients have each level of a categorical variable, selected and in all."""
    variable = cohort.variable(key)
    levels = cohort.levels(key)
    selected, whole = level_counts(cohort, key), level_counts(cohort.whole, key)
    condition = cohort.filters.conditions.get(key)
    rows = [{"i": i, "level": level, "all": int(a), "here": int(h), "text": f"{h:,} / {a:,}",
             "c": _strong(level, condition)}
            for i, (level, h, a) in enumerate(zip(levels, selected, whole, strict=True))]
    drawn = pd.DataFrame({"level": levels, "selected": selected, "all": whole})
    missing = cohort.whole.n - int(whole.sum())
    return Figure(
        slug=f"composition-{key}", title=f"{variable.label}: patients per level", key=_KEY,
        chart=theme.with_data(
            _bars(), bars=rows, height=len(levels) * _ROW + _TITLE,
            values={"heading": _heading(variable.label, missing), **_widths(levels, whole)}),
        table=text_table([variable.label, "Selected", "All"], drawn.astype(str).to_numpy().tolist()),
        drawn=drawn,
        provenance=provenance(cohort, "Patients per level: selected, and in the whole cohort."),
        alt=f"{variable.label}: " + "; ".join(f"{r['level']} {r['text']}" for r in rows),
    )


def histogram_figure(cohort: Cohort, key: str) -> Figure:
    """Draw a number's distribution, here and in all, with its cut-points."""
    variable = cohort.variable(key)
    bins, selected, whole = bin_counts(cohort, key)
    edges = np.array([c.at for c in bins])
    condition = cohort.filters.conditions.get(key)
    inside = condition.mask((edges[:-1] + edges[1:]) / 2) if condition else np.ones(len(selected), bool)
    ranges = [Condition.between(a, b).words(variable.unit) for a, b in pairwise(bins)]
    zeros = variable.log and _has_zeros(cohort.whole.values(key).to_numpy(dtype=float))
    if zeros:
        ranges[0] = f"0 {variable.unit}".strip()
    rows: list[dict[str, Any]] = [{"lo": float(a), "hi": float(b), "all": int(w), "here": int(h),
                                   "c": theme.SELECTED if i else theme.LINE, "text": f"{tip}: {h:,} of {w:,}"}
                                  for a, b, w, h, i, tip in
                                  zip(edges[:-1], edges[1:], whole, selected, inside, ranges, strict=True)]
    drawn = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "selected": selected, "all": whole})
    label = f"{variable.label}, {variable.unit}" if variable.unit else variable.label
    missing = cohort.whole.n - int(whole.sum())
    return Figure(
        slug=f"composition-{key}", title=f"{variable.label}: patients per interval", key=_KEY,
        chart=theme.with_data(
            _histogram(variable.log and edges[0] > 0), bars=rows,
            zeros=[{"lo": float(edges[0]), "hi": float(edges[1]), "text": "0"}] if zeros else [],
            cuts=[{"x": c.at, "text": exact(c.at)} for c in variable.cuts if edges[0] <= c.at <= edges[-1]],
            values={"heading": _heading(label, missing), "low": float(edges[0]), "high": float(edges[-1]),
                    "top": int(whole.max(initial=1)) * (_ROOM if variable.cuts else 1.05)}),
        table=text_table([label, "Selected", "All"], [[tip, f"{h:,}", f"{w:,}"] for tip, h, w in
                                                      zip(ranges, selected, whole, strict=True)]),
        drawn=drawn,
        provenance=provenance(cohort, "Patients per interval: selected, and in the whole cohort."),
        alt=f"{label}: histogram of {int(selected.sum())} patients of {int(whole.sum())}",
    )


def _has_zeros(values: np.ndarray) -> bool:
    """Tell whether the lowest of the known values is 0, and others lie above."""
    known = values[~np.isnan(values)]
    return bool(known.size and known.min() == 0 and known.max() > 0)


def bin_edges(values: np.ndarray, *, log: bool) -> np.ndarray:
    """Return round bin edges that span all values: on a log axis 1, 2, 5 of each decade.

    On a log axis zeros have a bin of their own, at the left of the others.
    """
    known = values[~np.isnan(values)]
    if log and _has_zeros(values):
        positive = bin_edges(known[known > 0], log=True)
        return np.append(positive[0] * (positive[0] / positive[-1]) ** _ZEROS, positive)
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if log and low > 0:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        steps = np.array([m * 10.0**d for d in decades for m in (1, 2, 5)])
        first = max(int(np.searchsorted(steps, low, side="right")) - 1, 0)
        last = int(np.searchsorted(steps, high, side="right"))
        return steps[first:last + 1]
    width = _round_step((high - low) / _BINS or 1.0)
    first_edge = math.floor(low / width) * width
    count = int((high - first_edge) // width) + 1
    return np.round(first_edge + width * np.arange(count + 1), 10)


def bins_of(cohort: Cohort, key: str) -> tuple[Cut, ...]:
    """Return the edges of a variable's bins, the outermost two included, each with the side that holds its value.

    The variable's cut-points are among them, as they are closed, so that a brush can begin and end there.
    """
    variable = cohort.variable(key)
    values = cohort.whole.values(key).to_numpy(dtype=float)
    edges = bin_edges(values, log=variable.log)
    cuts = in_order(c for c in variable.cuts if edges[0] <= c.at <= edges[-1])
    if cuts and cuts[0].at == edges[0]:  # a bin below it, for the values at the cut may belong there
        edges = np.append(edges[0] ** 2 / edges[1] if variable.log and edges[0] > 0 else 2 * edges[0] - edges[1], edges)
    near = 1e-9 * (edges[-1] - edges[0])
    ordinary = [Cut(float(e), "left") for e in edges if all(abs(e - c.at) > near for c in cuts)]
    return in_order([*ordinary, *cuts])


def bin_counts(cohort: Cohort, key: str) -> tuple[tuple[Cut, ...], np.ndarray, np.ndarray]:
    """Return a variable's bins and how many patients each holds: of those who pass the filters, and of all."""
    bins = cohort.whole.remember(("bins", key), lambda: bins_of(cohort, key))

    def codes() -> np.ndarray:
        values = cohort.whole.values(key).to_numpy(dtype=float)
        return np.where(np.isnan(values), 0, interval_codes(values, bins[1:-1]) + 1).astype(np.int32)

    selected, whole = (counted(cohort.whole, rows, ("binned", key), codes, len(bins))[1:]
                       for rows in (cohort.rows, cohort.whole.rows))
    return bins, selected, whole


def brushed(cohort: Cohort, key: str, low: float, high: float) -> Condition | None:
    """Turn a brush into a condition on whole bins; at a cut-point it takes the cut's closed side.

    None where the brush holds all bins or no part of one.
    """
    bins, *_ = bin_counts(cohort, key)
    edges = np.array([c.at for c in bins])
    low, high = min(low, high), max(low, high)
    centres = np.sqrt(edges[:-1] * edges[1:]) if cohort.variable(key).log and edges[0] > 0 \
        else (edges[:-1] + edges[1:]) / 2
    inside = np.flatnonzero((centres >= low) & (centres <= high))
    if not inside.size or inside.size == centres.size:
        return None
    return Condition.between(bins[inside[0]] if inside[0] > 0 else None,
                             bins[inside[-1] + 1] if inside[-1] < centres.size - 1 else None)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= step * 0.999)


def _strong(level: str, condition: Condition | None) -> str:
    if condition is None or bool(condition.mask(pd.Series([level]))[0]):
        return theme.SELECTED
    return theme.LINE


def _widths(levels: tuple[str, ...], whole: np.ndarray) -> dict[str, float]:
    """Return the room for level names (pixels) and the axis' end that leaves room for the counts."""
    widest = max((theme.width_of(v) for v in levels), default=0.0) + 6
    extent = int(min(max(widest, _LABELS), _LABELS_MOST))
    largest = int(whole.max(initial=1))
    counts = theme.width_of(f"{largest:,} / {largest:,}", 10) + 8
    return {"extent": extent, "end": largest * (1 + counts / max(_NARROW - extent - counts, counts))}


def _heading(label: str, missing: int) -> str:
    return f"{label}  ({missing} missing)" if missing else label


@lru_cache(maxsize=1)
def _bars() -> dict[str, Any]:
    heading, extent, end = theme.variables("heading", "extent", "end")
    y = alt.Y("i:O", axis=None)
    x_scale = alt.Scale(domain=[0, alt.ExprRef("end")], nice=False,
                        range=[alt.ExprRef("extent"), alt.ExprRef("width")])
    base = alt.Chart(theme.data("bars"))
    tip = [alt.Tooltip("level:N", title="Level"), alt.Tooltip("text:N", title="Selected / all")]

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    click = alt.selection_point(name=CLICK, fields=["level"], toggle="true", clear=False)
    chart = alt.layer(
        base.mark_bar(color=theme.ALL, height={"band": 0.72}).encode(y=y, x=x("all")),
        base.mark_bar(height={"band": 0.72}).encode(y=y, x=x("here"), color=theme.given("c")),
        base.mark_text(align="left", dx=5, color=theme.QUIET, fontSize=10).encode(
            y=y, x=x("all"), text="text:N"),
        base.mark_text(align="right", baseline="middle", color=theme.INK, limit=alt.ExprRef("extent - 6")).encode(
            y=y, x=alt.value(alt.ExprRef("extent - 6")), text="level:N"),
        # The whole row can be clicked, also that of a level with no patient left.
        base.mark_bar(opacity=0.001, cursor="pointer", height={"band": 1}).encode(
            y=y, x=alt.value(0), x2=alt.value("width"), tooltip=tip).add_params(click),
    ).add_params(heading, extent, end)
    return theme.finish(chart, width=WIDTH, height=_TITLE, title=alt.ExprRef("heading"))


@lru_cache(maxsize=2)
def _histogram(log: bool) -> dict[str, Any]:
    names = theme.variables("heading", "low", "high", "top")
    scale = alt.Scale(type="log" if log else "linear", nice=False,
                      domain=[alt.ExprRef("low"), alt.ExprRef("high")])
    y_scale = alt.Scale(domain=[0, alt.ExprRef("top")], nice=False)
    axis = alt.Axis(title=None, grid=False, tickCount=5, format="~s" if log else ",.3~f",
                    labelOverlap=True)
    brush = alt.selection_interval(
        name=BRUSH, encodings=["x"], zoom=False,  # the wheel scrolls the page, not the range
        mark=alt.BrushConfig(fill=theme.ACCENT, fillOpacity=0.12, stroke=theme.ACCENT))
    base = alt.Chart(theme.data("bars"))

    def bar(field: str, **mark: Any) -> alt.Chart:
        return base.mark_bar(binSpacing=1, **mark).encode(
            x=alt.X("lo:Q", scale=scale, axis=axis), x2="hi:Q",
            y=alt.Y(f"{field}:Q", scale=y_scale, axis=None), y2=alt.datum(0),
            tooltip=alt.Tooltip("text:N", title="Patients"))

    chart = alt.layer(
        bar("all", color=theme.ALL).add_params(brush),
        bar("here").encode(color=theme.given("c")),
        alt.Chart(theme.data("zeros")).mark_text(align="left", baseline="bottom", dx=2, fontSize=10).encode(
            x=alt.X("lo:Q", scale=scale), y=alt.value(_HISTOGRAM - 1), text="text:N"),
        alt.Chart(theme.data("cuts")).mark_rule(color=theme.ACCENT, strokeDash=[3, 2]).encode(
            x=alt.X("x:Q", scale=scale)),
        alt.Chart(theme.data("cuts")).mark_text(
            align="left", baseline="top", dx=3, fontSize=10, color=theme.ACCENT).encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(0), text="text:N"),
    ).add_params(*names)
    return theme.finish(chart, width=WIDTH, height=_HISTOGRAM + _TITLE, title=alt.ExprRef("heading"))
