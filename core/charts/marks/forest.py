"""A forest: rows of text with a hazard ratio drawn on a log axis, all in one view so that nothing shifts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.figure import CLICK, theme
from core.language import once_per_language, say

WIDTH = 1000
STEP = 22
LOW, HIGH = 0.1, 10.0
_LEAST_AXIS = 150  # pixels of the axis of ratios
FOREST_KEY = {"lines rule": "upright line: a ratio of 1", "rows rule": "lines: 95% CI",
              "rows point": "squares: hazard ratios, their area by events; arrows: the interval goes on"}
FOREST_KEY_OF_ALL = FOREST_KEY | {"lines rule": "upright lines: a ratio of 1, and dashed that of all patients"}
_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)


@dataclass(frozen=True)
class TextColumn:
    """A column of text: `place` in pixels from the left, or, where negative, from the right."""

    field: str
    title: str
    place: int
    align: str = "left"


@dataclass(frozen=True)
class ForestLayout:
    """Where the columns stand, how much room the axis leaves at the left and right, and how wide all of it is."""

    columns: tuple[TextColumn, ...]
    left: int
    right: int
    click: bool = False
    width: int = WIDTH
    longest: int = 40  # characters of a row's name


def forest(layout: ForestLayout, rows: Sequence[Mapping[str, Any]], *, overall: float = math.nan,
           titles: Mapping[str, str] | None = None, favours: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """Draw a forest.

    Parameters
    ----------
    rows : per row `key` and the columns' fields; `ratio`, `low`, `high` (NaN for none), `events`, by which squares
        have their area, `head` for a line in bold, `c` the colour
    overall : where the dashed line stands
    titles : headings of columns, where they depend on the data
    favours : what stands under the axis at its left and right
    """
    most = max([float(r.get("events") or 0) for r in rows] + [1.0])
    drawn = [_drawn(i + 1, {**row, "label": theme.shortened(row["label"], layout.longest)}, most)
             for i, row in enumerate(rows)]
    heads = [{"i": 0, "field": c.field, "text": (titles or {}).get(c.field, say(c.title))} for c in layout.columns]
    lines = [{"at": 1.0, "dashed": False}]
    if not math.isnan(overall) and LOW < overall < HIGH:
        lines.append({"at": overall, "dashed": True})
    words = [{"at": at, "text": text} for at, text in zip((0.92, 1.09), favours, strict=True) if text]
    return theme.with_data(_template(layout, len(rows)), rows=drawn, titles=heads, lines=lines, words=words)


def _drawn(i: int, row: Mapping[str, Any], most: float) -> dict[str, Any]:
    """Return a row's marks: limits cut at the axis' ends, with an arrow where one goes on."""
    ratio, low, high = (float(row.get(k, math.nan)) for k in ("ratio", "low", "high"))
    shown = not math.isnan(ratio)
    return {"c": theme.INK, **{k: v for k, v in row.items() if k not in ("ratio", "low", "high", "events")}, "i": i,
            "ratio": min(max(ratio, LOW), HIGH) if shown and LOW <= ratio <= HIGH else None,
            "low": min(max(low, LOW), HIGH) if shown else None, "high": max(min(high, HIGH), LOW) if shown else None,
            "arrow_low": LOW if shown and low < LOW else None, "arrow_high": HIGH if shown and high > HIGH else None,
            "size": 30 + 190 * float(row.get("events") or 0) / most, "head": bool(row.get("head"))}


@once_per_language(64)
def _template(layout: ForestLayout, rows: int) -> dict[str, Any]:
    y = alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(rows + 1)), paddingInner=0, paddingOuter=0))
    scale = alt.Scale(type="log", domain=[LOW, HIGH], nice=False,
                      range=[layout.left, alt.ExprRef(f"width - {layout.right}")])
    axis = alt.Axis(values=list(_TICKS), format="~g", grid=False, domain=True, labelFlush=False,
                    title="\u00a0" if layout.click else say("Hazard ratio (log scale)"))
    x = alt.X("ratio:Q", scale=scale, axis=axis)
    base = alt.Chart(theme.data("rows"))
    colour = theme.given("c")
    layers: list[Any] = [
        alt.Chart(theme.data("lines")).mark_rule(color=theme.LINE).encode(
            x=alt.X("at:Q", scale=scale, axis=axis), strokeDash=alt.StrokeDash(
                "dashed:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [4, 4]]), legend=None)),
        base.mark_rule(strokeWidth=1.6).encode(y=y, x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q",
                                               color=colour),
        base.mark_point(shape="square", filled=True, opacity=1).encode(
            y=y, x=x, size=alt.Size("size:Q", scale=None, legend=None), color=colour)]
    for field, shape in (("arrow_low", "triangle-left"), ("arrow_high", "triangle-right")):
        layers.append(base.mark_point(shape=shape, filled=True, size=45, opacity=1).encode(
            y=y, x=alt.X(f"{field}:Q", scale=scale, axis=axis), color=colour))
    layers += _columns(layout, base, y)
    words = alt.Chart(theme.data("words")).encode(
        x=alt.X("at:Q", scale=scale, axis=axis), y=alt.value(alt.ExprRef("height + 30")), text="text:N",
        color=alt.value(theme.QUIET))
    layers += [words.transform_filter("datum.at < 1").mark_text(align="right", baseline="middle", fontSize=11.5),
               words.transform_filter("datum.at > 1").mark_text(align="left", baseline="middle", fontSize=11.5)]
    if layout.click:
        picked = alt.selection_point(name=CLICK, fields=["key"], toggle="true", clear=False)
        layers.append(base.transform_filter("!datum.head").mark_bar(opacity=0.001, cursor="pointer").encode(
            y=y, x=alt.value(0), x2=alt.value("width"), tooltip=[alt.Tooltip("tip:N", title=say("Subgroup"))]
        ).add_params(picked))
    return theme.finish(alt.layer(*layers), width=layout.width, height=(rows + 1) * STEP,
                        rows=(rows + 1, STEP, 1), least=layout.left + layout.right + _LEAST_AXIS, letters=11.5)


def _columns(layout: ForestLayout, base: alt.Chart, y: alt.Y) -> list[Any]:
    """Return the columns of text beside the marks, and their headings."""
    layers, titles = [], alt.Chart(theme.data("titles"))
    for column in layout.columns:
        place = alt.value(column.place) if column.place >= 0 else alt.value(
            alt.ExprRef(f"width - {-column.place}"))
        mark: dict[str, Any] = {"align": column.align, "baseline": "middle", "fontSize": 11.5}
        for bold in (False, True):
            layers.append(base.transform_filter(f"datum.head == {str(bold).lower()}").mark_text(
                **mark, fontWeight=600 if bold else 400).encode(
                    y=y, x=place, text=f"{column.field}:N", color=alt.value(theme.INK)))
        layers.append(titles.transform_filter(f"datum.field == '{column.field}'").mark_text(
            **mark, fontWeight=500).encode(y=y, x=place, text="text:N", color=alt.value(theme.QUIET)))
    return layers
