"""A hazard ratio along a number: curves with their limits on a log scale, marks of values at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.marks.forest import HIGH, LOW
from core.figure import rows_of, theme
from core.language import once_per_language, say

WIDTH, HEIGHT = 900, 240
RATIO_CURVE_KEY = {"points area": "shaded: 95% limits", "points line": "line: hazard ratio",
                   "one rule": "dashed: a ratio of 1"}
_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
_NAME, _BESIDE = 24, 165  # characters of a name, and pixels that names have at the right of the curves
_APART = 0.16  # decades between two names, a line's height


def ratio_curve(curves: Sequence[tuple[str, str, pd.DataFrame]], marks: np.ndarray, title: str, *,
                log: bool) -> dict[str, Any]:
    """Draw curves, cut where a forest's axis ends.

    Parameters
    ----------
    curves : name beside it, "" for none, colour, and value, hazard_ratio, conf_low, conf_high
    marks : values at the foot
    title : of the number's axis, which is logarithmic where `log`
    """
    points: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for k, (name, ink, curve) in enumerate(curves):
        inside = curve[["hazard_ratio", "conf_low", "conf_high"]].clip(LOW, HIGH)
        rows = [{"k": str(k), "c": ink, "x": float(x), "y": float(r.hazard_ratio), "low": float(r.conf_low),
                 "high": float(r.conf_high)} for x, r in zip(curve.value, rows_of(inside), strict=True)]
        points += rows
        names += [{**rows[-1], "text": theme.shortened(name, _NAME)}] if name else []
    _set_apart(names)
    ends = [row["x"] for row in points]
    return theme.with_data(
        _template(log, bool(names)), points=points, names=names, one=[{"y": 1.0}], titles=[{"text": title}],
        knots=[{"x": float(at)} for at in marks if min(ends) <= at <= max(ends)])


def _set_apart(names: list[dict[str, Any]]) -> None:
    """Move names that would touch apart, the highest first, and all of them into the plot."""
    ordered, ends = sorted(names, key=lambda row: -row["y"]), (np.log10(HIGH), np.log10(LOW))
    at = ends[0]
    for i, row in enumerate(ordered):
        at = min(np.log10(row["y"]), at - _APART if i else at)
        row["y"] = float(at)
    above = ends[1]
    for row in reversed(ordered):
        row["y"] = max(row["y"], above)
        above = row["y"] + _APART
    for row in ordered:
        row["y"] = float(10 ** row["y"])


@once_per_language(4)
def _template(log: bool, named: bool) -> dict[str, Any]:
    x = alt.X("x:Q", title=None, axis=alt.Axis(grid=False, format="~s" if log else "~g"),
              scale=alt.Scale(type="log" if log else "linear", zero=False, nice=False,
                              range=[0, alt.ExprRef(f"width - {_BESIDE if named else 0}")]))
    scale = alt.Scale(type="log", domain=[LOW, HIGH], nice=False)
    y = alt.Y("y:Q", scale=scale, title=say("Hazard ratio (log scale)"),
              axis=alt.Axis(values=list(_TICKS), format="~g"))
    points, ink = alt.Chart(theme.data("points")), theme.given("c")
    chart = alt.layer(
        points.mark_area(opacity=0.18).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q", color=ink,
                                              detail="k:N"),
        points.mark_line().encode(x=x, y=y, color=ink, detail="k:N"),
        alt.Chart(theme.data("one")).mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(y=y),
        alt.Chart(theme.data("knots")).mark_tick(orient="vertical", size=10, color=theme.INK).encode(
            x=x, y=alt.value(alt.ExprRef("height - 5"))),
        alt.Chart(theme.data("names")).mark_text(align="left", baseline="middle", dx=6, fontSize=12,
                                                 fontWeight=600).encode(x=x, y=y, text="text:N", color=ink),
        alt.Chart(theme.data("titles")).mark_text(baseline="top", dy=24, fontSize=11).encode(
            x=alt.value(alt.ExprRef("width / 2")), y=alt.value("height"), text="text:N", color=alt.value(theme.QUIET)))
    return theme.finish(chart, width=WIDTH, height=HEIGHT, free=True)
