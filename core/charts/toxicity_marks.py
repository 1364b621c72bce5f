"""How the Toxicity page's charts are drawn: templates without data, a row per term."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from core.charts.adverse_events import LINE
from core.figure import CLICK, theme
from core.language import once_per_language, say

_SIDES: tuple[tuple[int, Literal["left", "right"]], ...] = ((-1, "right"), (1, "left"))
WIDTH, _STEP, _TERM = 620, 24, 150  # pixels: of a chart, a row, the names


def _rows(terms: int) -> alt.Y:
    """Return the rows' scale: by place, for a scale of names would keep the order that it first had."""
    return alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(terms)), paddingInner=0, paddingOuter=0))


def _names(y: alt.Y, room: int = 6) -> list[alt.Chart]:
    """Write the rows' names, those of categories in bold."""
    base = alt.Chart(theme.data("names")).encode(y=y, x=alt.value(_TERM - room), text="text:N",
                                                 color=alt.value(theme.INK))
    return [base.transform_filter("!datum.head").mark_text(align="right", baseline="middle"),
            base.transform_filter("datum.head").mark_text(align="right", baseline="middle", fontWeight=600)]


def _groups(arms: int) -> alt.YOffset:
    return alt.YOffset("arm:O", scale=alt.Scale(domain=list(range(arms)), paddingInner=0.12, paddingOuter=0.2))


def _clicked(base: alt.Chart, y: alt.Y) -> alt.Chart:
    """Let a whole row be clicked."""
    picked = alt.selection_point(name=CLICK, fields=["term"], toggle="true", clear=False)
    return base.mark_bar(opacity=0.001, cursor="pointer").encode(
        y=y, x=alt.value(0), x2=alt.value("width"),
        tooltip=[alt.Tooltip("term:N", title=say("Term")),
                 alt.Tooltip("tip:N", title=say("Patients"))]).add_params(picked)


@once_per_language(64)
def butterfly(terms: int) -> dict[str, Any]:
    """Two groups back to back."""
    y, scale = _rows(terms), alt.Scale(domain=[-1.2, 1.2], nice=False, range=[_TERM, alt.ExprRef("width")])
    axis = alt.Axis(values=[-1, -0.5, 0, 0.5, 1], labelExpr="format(abs(datum.value), '.0%')", title=None, domain=False,
                    ticks=False, orient="top", offset=16)
    x, x2 = alt.X("from:Q", scale=scale, axis=axis), alt.X2("to:Q")
    base = alt.Chart(theme.data("bars"))
    layers: list[Any] = [
        base.mark_bar(height=alt.RelativeBandSize(0.66)).encode(y=y, x=x, x2=x2, color=theme.given("c")),
        *(base.transform_filter(f"datum.side == {side} && datum.text != ''").mark_text(
            align=align, dx=4 * side, fontSize=10, baseline="middle").encode(
                y=y, x=alt.X("to:Q", scale=scale), text="text:N", color=theme.given("ink"))
          for side, align in _SIDES),
        alt.Chart(theme.data("heads")).mark_text(fontWeight=600, baseline="bottom").encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-4), text="text:N", color=theme.given("c")),
        *_names(y), _clicked(base, y)]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=terms * _STEP + 56, rows=(terms, _STEP, 0), least=420)


@once_per_language(64)
def dots(terms: int, arms: int) -> dict[str, Any]:
    """Differences with their intervals, and as text."""
    y = _rows(terms)
    place = {"y": y, "yOffset": _groups(arms)} if arms > 1 else {"y": y}
    scale = alt.Scale(domain=[-100, 100], clamp=True, nice=False, range=[_TERM + 8, alt.ExprRef("width - 175")])
    x = alt.X("x:Q", scale=scale, title=None, axis=alt.Axis(orient="top", offset=16, domain=False, ticks=False,
                                                            values=[-100, -50, 0, 50, 100]))
    base, colour = alt.Chart(theme.data("rows")), theme.given("c")
    layers = [
        base.mark_rule(strokeWidth=1.6).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour, **place),
        base.mark_point(filled=True, size=55, opacity=1).encode(x=x, color=colour, **place),
        base.mark_text(align="right", baseline="middle", fontSize=11).encode(
            x=alt.value("width"), text="text:N", color=alt.value(theme.INK), **place),
        *_names(y), _clicked(base, y)]
    step = max(_STEP, 15 * arms)
    return theme.finish(alt.layer(*layers), width=WIDTH, height=terms * step + 56, rows=(terms, step, 0), least=460)


@once_per_language(1)
def volcano() -> dict[str, Any]:
    """Points by difference and p."""
    x = alt.X("x:Q", title=say("Risk difference, percentage points"), scale=alt.Scale(zero=True, nice=True, padding=60),
              axis=alt.Axis(tickCount=6))
    y = alt.Y("y:Q", title=say("p (small above)"), scale=alt.Scale(zero=True, nice=True), axis=alt.Axis(
        values=[0, 0.301, 0.699, 1, 1.301, 2, 3, 4, 6, 8],
        labelExpr="{'0': '1', '0.301': '.5', '0.699': '.2', '1': '.1', '1.301': '.05', '2': '.01'}[datum.value] || "
                  "('1e-' + datum.value)"))
    base, limit = alt.Chart(theme.data("points")), alt.Chart(theme.data("limit"))
    picked = alt.selection_point(name=CLICK, fields=["term"], toggle="true", clear=False)
    texts = [base.transform_filter(f"datum.side == {side}").mark_text(align=align, dx=8 * side, fontSize=11).encode(
        x=x, y=y, text="text:N", color=alt.value(theme.INK)) for side, align in _SIDES]
    chart = alt.layer(
        limit.mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(y=y),
        base.mark_point(filled=True, size=70, opacity=0.9, cursor="pointer").encode(
            x=x, y=y, color=theme.given("c"), tooltip=[alt.Tooltip("term:N", title=say("Term")),
                                                       alt.Tooltip("tip:N", title="p")]).add_params(picked), *texts)
    return theme.finish(chart, width=WIDTH, height=400, free=True)


@once_per_language(64)
def grades(terms: int, arms: int, lines: int) -> dict[str, Any]:
    """Grades stacked, a bar per group; above them the grades' colours and, in some lines, the groups'."""
    y, offset = _rows(terms), _groups(arms)
    scale = alt.Scale(domain=[0, 1], nice=False, range=[_TERM, alt.ExprRef("width - 10")])
    axis = alt.Axis(format=".0%", title=None, domain=False, ticks=False, orient="top", offset=18 + lines * LINE)
    base, legend, names = (alt.Chart(theme.data(name)) for name in ("bars", "legend", "arms"))
    layers = [
        base.mark_bar().encode(y=y, yOffset=offset, x=alt.X("from:Q", scale=scale, axis=axis), x2="to:Q",
                               color=theme.given("c"), tooltip=[alt.Tooltip("term:N", title=say("Term")),
                                                                alt.Tooltip("tip:N", title=say("Patients"))]),
        alt.Chart(theme.data("marks")).mark_text(fontSize=10, align="right", dx=-3, baseline="middle").encode(
            y=y, yOffset=offset, x=alt.XDatum(0, scale=scale), text="text:N", color=theme.given("c")),
        legend.mark_point(shape="square", filled=True, size=70, opacity=1).encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-8), color=theme.given("c")),
        legend.mark_text(align="left", baseline="middle", dx=8).encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-8), text="text:N", color=alt.value(theme.QUIET)),
        *(names.transform_filter(f"datum.line == {line}").mark_text(align="left", baseline="middle").encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-9 - (lines - line) * LINE), text="text:N",
            color=theme.given("c")) for line in range(lines)), *_names(y, 18)]
    step = arms * 11 + 9
    return theme.finish(alt.layer(*layers), width=WIDTH, height=terms * step + 56 + lines * LINE,
                        rows=(terms, step, 0), least=_TERM + 440)
