"""The cohort's composition: a bar per level, a histogram per number. Click or brush to filter.

The faint bar is the whole cohort, the strong one the patients who pass all filters.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts import theme
from core.cohort import Cohort
from core.counts import level_counts
from core.figure import Figure, provenance
from core.filters import Condition
from core.format import number
from core.roles import FactorRole

WIDTH = 330
CLICK, BRUSH = "click", "brush"
_ROW = 19
_LABELS, _LABELS_MOST = 92, 150  # pixels for level names
_NARROW = 235  # the narrowest that a chart gets on screen
_BINS = 16
_HISTOGRAM, _TITLE = 96, 28
_ROOM = 1.2  # above the bars, for the names of cut-points


def bars_figure(cohort: Cohort, key: str) -> Figure:
    """Draw how many patients have each level of a categorical variable, here and in all."""
    variable = cohort.variable(key)
    levels = cohort.levels(key)
    here, whole = level_counts(cohort, key), level_counts(cohort.whole, key)
    condition = cohort.filters.conditions.get(key)
    rows = [{"level": level, "all": int(a), "here": int(h), "text": f"{h:,} / {a:,}",
             "c": _strong(level, condition)}
            for level, h, a in zip(levels, here, whole, strict=True)]
    drawn = pd.DataFrame({"level": levels, "selected": here, "all": whole})
    missing = cohort.whole.n - int(whole.sum())
    return Figure(
        slug=f"composition-{key}", title=variable.label,
        chart=theme.with_data(
            _bars(), bars=rows, height=len(levels) * _ROW + _TITLE,
            values={"heading": _heading(variable.label, missing), **_widths(levels, whole)}),
        table=drawn.astype(str).rename(columns={"level": variable.label, "selected": "Selected",
                                                "all": "All"}),
        drawn=drawn,
        provenance=provenance(cohort, "Patients per level: selected, and in the whole cohort."),
        alt=f"{variable.label}: " + "; ".join(f"{r['level']} {r['text']}" for r in rows),
    )


def histogram_figure(cohort: Cohort, key: str) -> Figure:
    """Draw a number's distribution, here and in all, with its cut-points."""
    variable = cohort.variable(key)
    values = cohort.values(key).to_numpy(dtype=float)
    edges = _edges(variable, values)
    here = np.histogram(values[cohort.rows & ~np.isnan(values)], edges)[0]
    whole = np.histogram(values[~np.isnan(values)], edges)[0]
    condition = cohort.filters.conditions.get(key)
    inside = condition.mask((edges[:-1] + edges[1:]) / 2) if condition else np.ones(len(here), bool)
    rows: list[dict[str, Any]] = [{"lo": float(a), "hi": float(b), "all": int(w), "here": int(h),
             "c": theme.SELECTED if i else theme.LINE,
             "text": f"{number(round(float(a), 6))} to {number(round(float(b), 6))}: {h} of {w}"}
            for a, b, w, h, i in zip(edges[:-1], edges[1:], whole, here, inside, strict=True)]
    drawn = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "selected": here, "all": whole})
    label = f"{variable.label}, {variable.unit}" if variable.unit else variable.label
    missing = int(np.isnan(values).sum())
    return Figure(
        slug=f"composition-{key}", title=variable.label,
        chart=theme.with_data(
            _histogram(variable.log and edges[0] > 0), bars=rows,
            cuts=[{"x": c.at, "text": number(c.at)} for c in variable.cuts if edges[0] <= c.at <= edges[-1]],
            values={"heading": _heading(label, missing), "low": float(edges[0]), "high": float(edges[-1]),
                    "top": int(whole.max(initial=1)) * (_ROOM if variable.cuts else 1.05)}),
        table=pd.DataFrame({label: [f"{r['text'].split(':')[0]}" for r in rows],
                            "Selected": here.astype(str), "All": whole.astype(str)}),
        drawn=drawn,
        provenance=provenance(cohort, "Patients per interval: selected, and in the whole cohort."),
        alt=f"{label}: histogram of {int(here.sum())} patients of {int(whole.sum())}",
    )


def bin_edges(values: np.ndarray, *, log: bool) -> np.ndarray:
    """Return round bin edges that span all values: on a log axis 1, 2, 5 of each decade."""
    known = values[~np.isnan(values)]
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


def _edges(variable: FactorRole, values: np.ndarray) -> np.ndarray:
    """Return a variable's bin edges; its cut-points are among them, so that a brush can end there."""
    edges = bin_edges(values, log=variable.log)
    return np.union1d(edges, [c.at for c in variable.cuts if edges[0] < c.at < edges[-1]])


def brushed(cohort: Cohort, key: str, low: float, high: float) -> Condition | None:
    """Turn a brush into a condition on whole bins: at least the lower edge, below the upper.

    None where the brush holds all bins or no part of one.
    """
    edges = _edges(cohort.variable(key), cohort.values(key).to_numpy(dtype=float))
    low, high = min(low, high), max(low, high)
    centres = np.sqrt(edges[:-1] * edges[1:]) if cohort.variable(key).log and edges[0] > 0 \
        else (edges[:-1] + edges[1:]) / 2
    inside = np.flatnonzero((centres >= low) & (centres <= high))
    if not inside.size or inside.size == centres.size:
        return None
    bounds = []
    if inside[0] > 0:
        bounds.append(("ge", float(edges[inside[0]])))
    if inside[-1] < centres.size - 1:
        bounds.append(("lt", float(edges[inside[-1] + 1])))
    return Condition(bounds=tuple(bounds))


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
    y = alt.Y("level:N", sort=None, title=None,
              axis=alt.Axis(domain=False, ticks=False, labelLimit=alt.ExprRef("extent"),
                            minExtent=alt.ExprRef("extent"), maxExtent=alt.ExprRef("extent")))
    x_scale = alt.Scale(domain=[0, alt.ExprRef("end")], nice=False)
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
        alt.Chart(theme.data("cuts")).mark_rule(color=theme.ACCENT, strokeDash=[3, 2]).encode(
            x=alt.X("x:Q", scale=scale)),
        alt.Chart(theme.data("cuts")).mark_text(
            align="left", baseline="top", dx=3, fontSize=10, color=theme.ACCENT).encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(0), text="text:N"),
    ).add_params(*names)
    return theme.finish(chart, width=WIDTH, height=_HISTOGRAM + _TITLE, title=alt.ExprRef("heading"))
