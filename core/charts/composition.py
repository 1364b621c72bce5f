"""The cohort's composition: a bar per level, a histogram per number; one description for the screen and for files.

The faint bar is the whole cohort, the strong one the patients who pass all filters.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.cohort import GROUPS, Cohort, Condition, bin_counts, has_zeros, level_counts
from core.figure import Figure, provenance, recipe, text_table, theme
from core.format import exact
from core.language import once_per_language, say
from core.schema import Cut

WIDTH = 330
_ROW = 19
_LABELS, _LABELS_MOST = 92, 150  # pixels for level names
_NARROW = 235  # the narrowest that a chart gets on screen
_HISTOGRAM, _TITLE = 96, 28
_KEY = {"bars bar": "pale bars: the whole cohort; strong: the selected patients, grey where a filter leaves a bar out",
        "cuts rule": "dashed: cut-points"}
_ROOM = 1.2  # above the bars, for the names of cut-points


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallChart:
    """What a small chart of one variable shows, on screen and in a file.

    Attributes
    ----------
    heading : label and unit, and how many values are missing
    names : of the levels, or of the intervals between the bins' edges, (r,)
    selected, whole : patients who pass the filters, and all, int (r,)
    kept : whether the variable's filter lets each pass, bool (r,)
    missing : how many of the selected and of all have no value
    absent : what having no value is called
    bins : of a number the edges of its bins, (r + 1,)
    cuts : of a number its cut-points that lie among them
    log : whether a number's axis is logarithmic
    zeros : whether the first bin holds nothing but zeros
    """

    key: str
    label: str
    heading: str
    names: tuple[str, ...]
    selected: np.ndarray
    whole: np.ndarray
    kept: np.ndarray
    missing: tuple[int, int]
    absent: str = "missing"
    bins: tuple[Cut, ...] = ()
    cuts: tuple[Cut, ...] = ()
    log: bool = False
    zeros: bool = False

    @property
    def texts(self) -> list[str]:
        """How many are selected of how many, row by row."""
        return [f"{h:,} / {a:,}" for h, a in zip(self.selected, self.whole, strict=True)]

    @property
    def top(self) -> float:
        """Where a histogram's axis ends, which leaves room for the names of cut-points."""
        return int(self.whole.max(initial=1)) * (_ROOM if self.cuts else 1.05)


def small_chart(cohort: Cohort, key: str) -> SmallChart:
    """Count how many patients have each level of a variable, or lie in each bin of a number: selected, and all."""
    return _of_number(cohort, key) if cohort.variable(key).kind == "numeric" else _of_levels(cohort, key)


def _of_levels(cohort: Cohort, key: str) -> SmallChart:
    variable, levels = cohort.variable(key), cohort.levels(key)
    whole = level_counts(cohort.whole, key)
    condition = cohort.filters.conditions.get(key)
    kept = np.array([condition is None or bool(condition.mask(pd.Series([v]))[0]) for v in levels], bool)
    selected, missing = level_counts(cohort, key), cohort.whole.n - int(whole.sum())
    absent = say("in none, or in two") if key == GROUPS else "missing"
    return SmallChart(key=key, label=variable.label, heading=_heading(variable.label, missing, absent), names=levels,
                      selected=selected, whole=whole, kept=kept, missing=(cohort.n - int(selected.sum()), missing),
                      absent=absent)


def _of_number(cohort: Cohort, key: str) -> SmallChart:
    variable = cohort.variable(key)
    bins, selected, whole = bin_counts(cohort, key)
    edges = np.array([c.at for c in bins])
    condition = cohort.filters.conditions.get(key)
    kept = condition.mask((edges[:-1] + edges[1:]) / 2) if condition else np.ones(len(selected), bool)
    names = [Condition.between(a, b).words(variable.unit) for a, b in pairwise(bins)]
    zeros = variable.log and has_zeros(cohort.whole.values(key).to_numpy(dtype=float))
    if zeros:
        names[0] = f"0 {variable.unit}".strip()
    label = f"{variable.label}, {variable.unit}" if variable.unit else variable.label
    missing = cohort.whole.n - int(whole.sum())
    return SmallChart(key=key, label=label, heading=_heading(label, missing), names=tuple(names), selected=selected,
                      whole=whole, kept=kept, missing=(cohort.n - int(selected.sum()), missing), bins=bins,
                      cuts=tuple(c for c in variable.cuts if edges[0] <= c.at <= edges[-1]),
                      log=bool(variable.log and edges[0] > 0), zeros=zeros)


def composition_figure(cohort: Cohort, key: str) -> Figure:
    """Draw a variable's small chart for a file."""
    return _histogram_figure(cohort, key) if cohort.variable(key).kind == "numeric" else _bars_figure(cohort, key)


def _bars_figure(cohort: Cohort, key: str) -> Figure:
    """Draw how many patients have each level of a categorical variable, selected and in all."""
    chart = small_chart(cohort, key)
    rows = [{"i": i, "level": level, "all": int(a), "here": int(h), "text": text, "c": _strong(kept)}
            for i, (level, a, h, text, kept) in enumerate(zip(chart.names, chart.whole, chart.selected, chart.texts,
                                                              chart.kept, strict=True))]
    drawn = pd.DataFrame({"level": chart.names, "selected": chart.selected, "all": chart.whole})
    return Figure(
        slug=f"composition-{key}", title=say("{label}: patients per level", label=chart.label), key=_KEY,
        chart=theme.with_data(_bars(), bars=rows, height=len(rows) * _ROW + _TITLE,
                              values={"heading": chart.heading, **_widths(chart.names, chart.whole)}),
        table=text_table([chart.label, say("Selected"), say("All")], drawn.astype(str).to_numpy().tolist()),
        drawn=drawn, recipe=recipe(cohort, "composition", key=key),
        provenance=provenance(cohort, say("Patients per level: selected, and in the whole cohort.")),
        alt=f"{chart.label}: " + "; ".join(f"{r['level']} {r['text']}" for r in rows),
    )


def _histogram_figure(cohort: Cohort, key: str) -> Figure:
    """Draw a number's distribution, here and in all, with its cut-points."""
    chart = small_chart(cohort, key)
    edges = [c.at for c in chart.bins]
    rows: list[dict[str, Any]] = [{"lo": a, "hi": b, "all": int(w), "here": int(h), "c": _strong(kept),
                                   "text": say("{name}: {h} of {w}", name=name, h=f"{h:,}", w=f"{w:,}")}
                                  for (a, b), w, h, kept, name in zip(pairwise(edges), chart.whole, chart.selected,
                                                                      chart.kept, chart.names, strict=True)]
    drawn = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "selected": chart.selected, "all": chart.whole})
    return Figure(
        slug=f"composition-{key}", title=say("{label}: patients per interval",
                                             label=cohort.variable(key).label), key=_KEY,
        chart=theme.with_data(
            _histogram(chart.log), bars=rows,
            zeros=[{"lo": edges[0], "hi": edges[1], "text": "0"}] if chart.zeros else [],
            cuts=[{"x": c.at, "text": exact(c.at)} for c in chart.cuts],
            values={"heading": chart.heading, "low": edges[0], "high": edges[-1], "top": chart.top}),
        table=text_table([chart.label, say("Selected"), say("All")], [[name, f"{h:,}", f"{w:,}"] for name, h, w in zip(
            chart.names, chart.selected, chart.whole, strict=True)]),
        drawn=drawn, recipe=recipe(cohort, "composition", key=key),
        provenance=provenance(cohort, say("Patients per interval: selected, and in the whole cohort.")),
        alt=say("{label}: histogram of {selected} patients of {all}", label=chart.label,
                selected=int(chart.selected.sum()), all=int(chart.whole.sum())),
    )


def _strong(kept: bool) -> str:
    return theme.SELECTED if kept else theme.LINE


def _widths(levels: tuple[str, ...], whole: np.ndarray) -> dict[str, float]:
    """Return the room for level names (pixels) and the axis' end that leaves room for the counts."""
    widest = max((theme.width_of(v) for v in levels), default=0.0) + 6
    extent = int(min(max(widest, _LABELS), _LABELS_MOST))
    largest = int(whole.max(initial=1))
    counts = theme.width_of(f"{largest:,} / {largest:,}", 10) + 8
    return {"extent": extent, "end": largest * (1 + counts / max(_NARROW - extent - counts, counts))}


def _heading(label: str, missing: int, absent: str = "missing") -> str:
    return f"{label}  ({missing} {absent})" if missing else label


@once_per_language(1)
def _bars() -> dict[str, Any]:
    heading, extent, end = theme.variables("heading", "extent", "end")
    y = alt.Y("i:O", axis=None)
    x_scale = alt.Scale(domain=[0, alt.ExprRef("end")], nice=False,
                        range=[alt.ExprRef("extent"), alt.ExprRef("width")])
    base = alt.Chart(theme.data("bars"))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    chart = alt.layer(
        base.mark_bar(color=theme.ALL, height={"band": 0.72}).encode(y=y, x=x("all")),
        base.mark_bar(height={"band": 0.72}).encode(y=y, x=x("here"), color=theme.given("c")),
        base.mark_text(align="left", dx=5, color=theme.QUIET, fontSize=10).encode(
            y=y, x=x("all"), text="text:N"),
        base.mark_text(align="right", baseline="middle", color=theme.INK, limit=alt.ExprRef("extent - 6")).encode(
            y=y, x=alt.value(alt.ExprRef("extent - 6")), text="level:N"),
    ).add_params(heading, extent, end)
    return theme.finish(chart, width=WIDTH, height=_TITLE, title=alt.ExprRef("heading"))


@once_per_language(2)
def _histogram(log: bool) -> dict[str, Any]:
    names = theme.variables("heading", "low", "high", "top")
    scale = alt.Scale(type="log" if log else "linear", nice=False,
                      domain=[alt.ExprRef("low"), alt.ExprRef("high")])
    y_scale = alt.Scale(domain=[0, alt.ExprRef("top")], nice=False)
    axis = alt.Axis(title=None, grid=False, tickCount=5, format="~s" if log else ",.3~f",
                    labelOverlap=True)
    base = alt.Chart(theme.data("bars"))

    def bar(field: str, **mark: Any) -> alt.Chart:
        return base.mark_bar(binSpacing=1, **mark).encode(
            x=alt.X("lo:Q", scale=scale, axis=axis), x2="hi:Q",
            y=alt.Y(f"{field}:Q", scale=y_scale, axis=None), y2=alt.datum(0))

    chart = alt.layer(
        bar("all", color=theme.ALL),
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
