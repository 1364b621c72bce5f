"""Step curves in panes on one scale, with counts beneath each: the drawing behind survival and incidence.

All panes stand in one layered view, so that the whole is one picture as wide as its place: a pane's own
coordinates (0 to 1 along time, 0 to 1 up) are moved to its place in the grid. The axes are marks, too.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from core.charts.marks.corner import in_a_corner
from core.charts.marks.labels import place_names
from core.charts.marks.panes import GUTTER, SCREEN, Axes, Curve, Design, Layout, Pane, Scale
from core.figure import shortened, theme, width_of
from core.format import number
from core.language import once_per_language, say

_END = 1.015  # the axis runs a little beyond the longest time
_MOST = SCREEN.width  # steps of a curve: one per pixel of its design, beyond which they cannot be told apart
_MOST_FAINT = SCREEN.width // 2  # on the screen, of a band and of a curve behind the others
_MOST_MARKS = 150  # ticks of a curve, and places that answer the mouse
MANY = 8  # curves beyond which bands and names hide one another: the colours repeat, too
_LONGEST, _NAME = 34, 18  # characters of a group's name beside its curve, and pixels of its height
_DATASETS = ("band", "whole", "curve", "touch", "censored", "labels", "medians", "names", "counts", "heads", "titles",
             "tau")
# What each layer means; see Figure.key. Text layers say it themselves, and the grid needs no words.
CURVES_KEY = {
    "band area": "shaded: 95% CI", "whole line": "faint lines: the whole cohort", "curve line": "lines: the groups",
    "censored tick": "ticks: patients censored", "medians rule": "dotted: medians",
    "tau rule": "dashed: τ, the month to which restricted means run",
}


def draw(panes: list[Pane], axes: Axes, *, band: bool, tau: float | None = None,
         design: Design = SCREEN) -> dict[str, Any]:
    """Return the finished chart."""
    layout = Layout(panes=len(panes), strata=len(panes[0].levels), blocks=len(panes[0].blocks), design=design)
    few = layout.strata <= MANY
    data: dict[str, list[dict[str, Any]]] = {name: [] for name in _DATASETS}
    for i, pane in enumerate(panes):
        dx, dy = layout.place(i)
        marks = _pane(pane, axes, layout, band=band and few, named=few, tau=tau)
        marks["tau"] = [] if tau is None else [
            {"x": float(axes.across(np.array(tau))), "y": 0.0, "y2": 1.0, "text": "τ"}]
        for name, rows in marks.items():
            data[name] += [_moved(row, dx, dy, i) for row in rows]
    template = theme.with_words(_template(layout, axes.scale), _words(axes))
    return {**template, "usermeta": {**template.get("usermeta", {}), "months": axes.longest}, "datasets": data}


def _moved(row: dict[str, Any], dx: float, dy: float, pane: int) -> dict[str, Any]:
    """Move a row from its pane's coordinates to the picture's; its series becomes the pane's own."""
    if not dx and not dy:
        return row
    out = {**row, "x": row["x"] + dx}
    for key in ("y", "y2", "lo", "hi"):
        if key in row:
            out[key] = row[key] + dy
    if "k" in row:
        out["k"] = f"{pane} {row['k']}"
    return out


def _pane(pane: Pane, axes: Axes, layout: Layout, *, band: bool, named: bool,
          tau: float | None) -> dict[str, list[dict[str, Any]]]:
    several = layout.strata > 1
    inks = [theme.colour(i) for i in pane.places or range(layout.strata)]
    heads = [{"x": 0.0, "y": layout.heading(b), "text": block.heading} for b, block in enumerate(pane.blocks)]
    labels = _labels(pane, axes, layout, tau) if several and named else []
    most = _MOST_FAINT if layout.design is SCREEN else _MOST
    return {
        "band": [r for c in pane.curves for r in _band(c, axes, most)] if band else [],
        "whole": [r for c in pane.behind for r in _steps(c, axes, most)],
        "curve": [r for c in pane.curves for r in _steps(c, axes)],
        "touch": [r for c in pane.curves for r in _touch(c, axes)],
        "censored": [r for c in pane.curves for r in _censored(c, axes)],
        "labels": labels,
        "medians": [{"x": float(axes.across(np.array(m))), "y": 0.0, "y2": 0.5, "c": theme.colour(i)}
                    for m, i in pane.drops],
        "names": [{"x": 0.0, "y": layout.row(0, i, name=True), "text": shortened(level, 2 * _LONGEST),
                   "c": inks[i]} for i, level in enumerate(pane.levels)] if several and pane.blocks else [],
        "counts": [{"x": float(x), "y": layout.row(b, i), "text": text, "c": inks[i]}
                   for b, block in enumerate(pane.blocks) for i, texts in enumerate(block.texts)
                   for x, text in zip(axes.across(np.array(axes.time_ticks, float)), texts, strict=True)],
        "heads": heads,
        "titles": [*_title(pane, layout), *_inside(pane, axes, layout, labels)],
    }


def _title(pane: Pane, layout: Layout) -> list[dict[str, Any]]:
    """Name a pane among several, with what its own curves show."""
    if layout.panes == 1:
        return []
    title = f"{shortened(pane.title, _LONGEST)}: {pane.finding}" if pane.finding else pane.title
    return [{"x": 0.0, "y": 1 + 16 / layout.plot, "text": title}]


def _inside(pane: Pane, axes: Axes, layout: Layout, labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write what was found into a corner of the plot, where one is free."""
    share = layout.columns / layout.design.inner
    curves = [(axes.across(c.time), axes.up(c.value), _start(c, axes)) for c in (*pane.curves, *pane.behind)]
    return in_a_corner(pane.inside, [width_of(text, 12) * share for text in pane.inside], _NAME / layout.plot, curves,
                       [(row["x"], row["y"], (width_of(row["text"], 12) + 8) * share) for row in labels])


def _start(curve: Curve, axes: Axes) -> float:
    """Return where a curve begins, as a share of the vertical scale."""
    return float(axes.up(np.array(axes.low if curve.start is None else curve.start)))


def thinned(time: np.ndarray, most: int = _MOST) -> np.ndarray:
    """Return which steps to keep: the last per pixel column where there are more than a screen can show."""
    if time.size <= most:
        return np.arange(time.size)
    return np.flatnonzero(np.append(np.diff(_columns(time, most)) != 0, True))


def _columns(places: np.ndarray, most: int) -> np.ndarray:
    """Return in which of so many columns each place stands, (n,); the places ascend."""
    return np.asarray(np.floor(places / places.max() * most))


def _steps(curve: Curve, axes: Axes, most: int = _MOST) -> list[dict[str, Any]]:
    base = {"k": str(curve.place), "c": theme.colour(curve.place), "d": theme.dash(curve.place)}
    x, y = axes.across(curve.time), axes.up(curve.value)
    kept = thinned(x, most)
    begin = [] if curve.start is None else [base | {"x": 0.0, "y": float(axes.up(np.array(curve.start)))}]
    return begin + [base | {"x": a, "y": b} for a, b in zip(x[kept].tolist(), y[kept].tolist(), strict=True)]


def _touch(curve: Curve, axes: Axes) -> list[dict[str, Any]]:
    """Return the places that answer the mouse."""
    kept = thinned(curve.time, _MOST_MARKS)
    x, y = axes.across(curve.time[kept]).tolist(), axes.up(curve.value[kept]).tolist()
    return [{"group": curve.level, "x": a, "y": b, **dict(zip(("month", "value", "risk"), curve.tip(i), strict=True))}
            for a, b, i in zip(x, y, kept.tolist(), strict=True)]


def _band(curve: Curve, axes: Axes, most: int) -> list[dict[str, Any]]:
    """Return the limits; of more than so many each row holds the outermost from its time to that of the next."""
    base = {"k": str(curve.place), "c": theme.colour(curve.place)}
    known = ~(np.isnan(curve.low) | np.isnan(curve.high))
    x = axes.across(curve.time)
    at, low, high = x[known], axes.up(curve.low[known]), axes.up(curve.high[known])
    if at.size > most:
        first = np.flatnonzero(np.append(True, np.diff(_columns(at, most)) != 0))
        at, low, high = at[first], np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    out: list[dict[str, Any]] = []
    if curve.start is not None:
        begin = float(axes.up(np.array(curve.start)))
        out.append(base | {"x": 0.0, "lo": begin, "hi": begin})
    out.extend(base | {"x": a, "lo": b, "hi": c} for a, b, c in
               zip(at.tolist(), low.tolist(), high.tolist(), strict=True))
    ended = np.flatnonzero(~known & (np.arange(known.size) > np.append(np.flatnonzero(known), -1).max()))
    if ended.size and out:  # the curve goes on where it has no limits any more: the band ends there
        out.append(out[-1] | {"x": float(x[ended[0]])})
    return out


def _censored(curve: Curve, axes: Axes) -> list[dict[str, Any]]:
    at = np.flatnonzero(curve.ticks)
    at = at[thinned(curve.time[at], _MOST_MARKS)]
    x, y = axes.across(curve.time[at]).tolist(), axes.up(curve.value[at]).tolist()
    return [{"x": a, "y": b, "c": theme.colour(curve.place)} for a, b in zip(x, y, strict=True)]


def _labels(pane: Pane, axes: Axes, layout: Layout, tau: float | None) -> list[dict[str, Any]]:
    """Place each stratum's name beside its curve."""
    curves = pane.curves
    names = [shortened(curve.level, _LONGEST) for curve in curves]
    widths = [(width_of(name, 12) + 8) * layout.columns / layout.design.inner for name in names]
    points = [(axes.across(c.time), axes.up(c.value)) for c in curves]
    starts = [_start(c, axes) for c in curves]
    medians = [float(axes.across(np.array(month))) for month, _ in pane.drops]
    lines = [] if tau is None else [float(axes.across(np.array(tau)))]
    places = place_names(points, widths, 1.0, starts, height=_NAME / layout.plot, medians=medians, lines=lines)
    return [{"x": p.x, "y": p.y, "text": name, "c": theme.colour(curve.place)}
            for curve, name, p in zip(curves, names, places, strict=True)]


def _words(axes: Axes) -> dict[str, str]:
    """Return what stands in the place of the template's words: it is kept for all sessions, and knows no text."""
    labels = ", ".join(f"'{_thousandths(share)}': '{label}'" for share, label in
                       zip(axes.up(np.array(axes.ticks)), axes.labels, strict=True))
    months = say("Months (logarithmic)") if axes.first else say("Months")
    return {"up": axes.title, "across": axes.across_title or months, "measure": axes.measure, "labels": f"{{{labels}}}"}


def _thousandths(share: float) -> int:
    return round(float(share) * 1000)


@once_per_language(64)
def _template(layout: Layout, axes: Scale) -> dict[str, Any]:
    wide = layout.columns + (layout.columns - 1) * GUTTER + (_END - 1)
    top = 1.02 + layout.above / layout.plot
    bottom = -(layout.below / layout.plot + (layout.rows - 1) * layout.pitch)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, wide], nice=False, zero=True), axis=None)
    y_scale = alt.Scale(domain=[bottom, top], nice=False)
    y = alt.Y("y:Q", scale=y_scale, axis=_scale_axis(layout, axes))
    bare = alt.Y("y:Q", scale=y_scale)
    colour = theme.given("c")
    titles = {"group": say("Group"), "month": say("Month"), "value": theme.word("measure"), "risk": say("At risk")}
    tip = [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]
    layers = [
        *_grid(layout, axes, x, bare),
        _layer("band").mark_area(interpolate="step-after", opacity=0.13).encode(
            x=x, y=alt.Y("lo:Q", scale=y_scale), y2="hi:Q", color=colour, detail="k:N"),
        _layer("medians").mark_rule(strokeDash=[2, 3], strokeWidth=1).encode(x=x, y=bare, y2="y2:Q", color=colour),
        _layer("whole").mark_line(interpolate="step-after", strokeWidth=1.2, opacity=0.35).encode(
            x=x, y=y, color=colour, detail="k:N"),
        _layer("curve").mark_line(interpolate="step-after", strokeWidth=2).encode(
            x=x, y=y, color=colour, detail="k:N",
            strokeDash=alt.StrokeDash("d:N", scale=theme.dash_scale(), legend=None)),
        _layer("censored").mark_tick(orient="vertical", size=9, thickness=1.2).encode(x=x, y=y, color=colour),
        _layer("tau").mark_rule(strokeDash=[5, 3], color=theme.ACCENT).encode(x=x, y=bare, y2="y2:Q"),
        _layer("tau").mark_text(baseline="top", align="right", dx=-4, color=theme.ACCENT, fontWeight=600).encode(
            x=x, y=alt.Y("y2:Q", scale=y_scale), text="text:N"),
        _layer("touch").mark_point(size=60, opacity=0, filled=True).encode(x=x, y=y, tooltip=tip),
        *_texts(x, y, layout.design.letters),
    ]
    return theme.finish(alt.layer(*layers), width=layout.design.width, height=round((top - bottom) * layout.plot))


def _layer(name: str) -> alt.Chart:
    """Begin a layer with the dataset that it draws."""
    return alt.Chart(theme.data(name))


def _texts(x: alt.X, y: alt.Y, letters: float) -> list[alt.Chart]:
    """Return the curves' labels, the table under them (names, counts, heads) in such letters, and the panes' titles."""
    colour = theme.given("c")
    return [
        _layer("labels").mark_text(align="left", baseline="middle", fontSize=12, fontWeight=600).encode(
            x=x, y=y, text="text:N", color=colour),
        _layer("names").mark_text(align="left", baseline="middle", fontWeight=600, dx=-6, fontSize=letters).encode(
            x=x, y=y, text="text:N", color=colour),
        _layer("counts").mark_text(baseline="middle", fontSize=letters).encode(x=x, y=y, text="text:N", color=colour),
        _layer("heads").mark_text(align="left", baseline="middle", dx=-6, color=theme.QUIET, fontSize=letters).encode(
            x=x, y=y, text="text:N"),
        _layer("titles").mark_text(align="left", baseline="middle", fontSize=12, fontWeight=600).encode(
            x=x, y=y, text="text:N"),
    ]


def _scale_axis(layout: Layout, axes: Scale) -> alt.Axis:
    """Label the vertical scale at the left of each row of panes."""
    shares = [float(v) for v in axes.up(np.array(axes.ticks))]
    values = [v - r * layout.pitch for r in range(layout.rows) for v in shares]
    # A tick's place among the labels, from the height that it was given.
    row = f"floor((1.001 - datum.value) / {layout.pitch})"
    within = f"round((datum.value + {row} * {layout.pitch}) * 1000)"
    return alt.Axis(values=values, labelExpr=f"({theme.word('labels')})[{within}]", title=theme.word("up"),
                    titleAnchor="end",
                    domain=False, ticks=False, grid=False, labelPadding=14)


def _grid(layout: Layout, axes: Scale, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw each pane's grid and time axis inside the view, so that the counts share its scale."""
    lines, marks, labels = [], [], []
    across = [float(v) for v in axes.across(np.array(axes.time_ticks, float))]
    for pane in range(layout.panes):
        dx, dy = layout.place(pane)
        lines += [{"x": dx, "x2": dx + _END, "y": float(v) + dy, "c": theme.GRID}
                  for v in axes.up(np.array(axes.ticks)) if v > 0]
        lines.append({"x": dx, "x2": dx + _END, "y": dy, "c": theme.QUIET})
        marks += [{"x": a + dx, "y": dy, "y2": dy - 5 / layout.plot} for a in across]
        labels += [{"x": a + dx, "y": dy - 14 / layout.plot, "text": number(t), "c": theme.INK}
                   for a, t in zip(across, axes.time_ticks, strict=True)]
        labels.append({"x": dx + 0.5, "y": dy - 30 / layout.plot, "c": theme.QUIET, "text": theme.word("across")})
    return [
        alt.Chart(alt.InlineData(values=lines)).mark_rule().encode(x=x, x2="x2:Q", y=y, color=theme.given("c")),
        alt.Chart(alt.InlineData(values=marks)).mark_rule(color=theme.QUIET).encode(x=x, y=y, y2="y2:Q"),
        alt.Chart(alt.InlineData(values=labels)).mark_text(baseline="middle").encode(
            x=x, y=y, text="text:N", color=theme.given("c")),
    ]
