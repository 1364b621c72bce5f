"""Kaplan-Meier curves as a chart of PowerPoint itself: lines, censoring marks, limits behind, numbers at risk beneath.

Its workbook holds the steps of the curves, and so every time at which someone had an event or was censored.
Source: ECMA-376, part 1, DrawingML charts (scatterChart, errBars, manualLayout).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from core.export.stage import FONT, Stage
from core.export.style import Style, recoloured_data
from core.figure import LINE, QUIET, Figure, shortened, width_of
from core.format import DASH, number

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LETTERS, _COUNTS = 14, 12  # points
_ROW, _UNDER, _BESIDE, _ABOVE, _RIGHT = 0.27, 0.72, 1.0, 0.1, 0.3  # inches of a row of counts, and around the plot
_AT_RISK, _BOLD = "Number at risk", 1.1  # how much wider bold letters are
_STEPS, _MOST_TICKS = (1, 2, 3, 6, 12, 24, 36, 60, 120), 9  # months between ticks, and how many these are
_WIDEST, _LONGEST = 2.6, 40  # inches, and characters, of a name beside its counts
_LINE, _THIN, _TICK = 2.25, 1.25, 0.018  # points; half a censoring mark, as a share
_BAND = 15_000  # thousandths of a per cent that a band covers
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table's style without lines


@dataclass(frozen=True, kw_only=True, eq=False)
class _Curve:
    name: str
    colour: str
    time: np.ndarray
    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    censored: np.ndarray  # bool
    n_risk: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class NativeCurves:
    """What a native chart shows: curves, where the time axis ends, its ticks, and the titles of the axes."""

    curves: tuple[_Curve, ...]
    longest: float
    ticks: tuple[float, ...]
    titles: tuple[str, str]
    band: bool
    counts: bool


def native_curves(figure: Figure, style: Style) -> NativeCurves | None:
    """Return what a native chart shows of a figure; None where it is not one plot of survival."""
    recipe = figure.recipe
    if recipe is None or recipe.kind != "curves" or recipe.choices["options"]["view"] != "survival":
        return None
    options, drawn = recipe.choices["options"], figure.drawn
    if drawn.empty:
        return None
    data = figure.laid_out("middle")["datasets"]
    inks = dict(zip(dict.fromkeys(row["k"] for row in data["curve"]), drawn.strata.unique(), strict=False))
    colours = {inks[row["k"]]: row["c"] for row in data["curve"]}
    curves, ends = [], [row["x"] for row in data["curve"]]
    for name, of in drawn.groupby("strata", sort=False):
        kept = of[(of.n_risk.fillna(np.inf) >= options["at_risk"]) & (of.time <= (options["until"] or np.inf))]
        colour = recoloured_data(f'"{colours[name]}"', style).strip('"')
        curves.append(_Curve(
            name=str(name), colour=colour, time=kept.time.to_numpy(dtype=float),
            censored=(kept.n_censor > 0).to_numpy(), n_risk=kept.n_risk.to_numpy(dtype=float),
            estimate=kept.estimate.to_numpy(dtype=float),
            low=kept.conf_low.to_numpy(dtype=float), high=kept.conf_high.to_numpy(dtype=float)))
    longest = options["until"] or max(c.time.max(initial=0.0) for c in curves) / max(ends)
    ticks = tuple(round(x * float(longest), 4) for x in sorted({round(row["x"], 9) for row in data["counts"]}))
    endpoint = figure.title.rsplit(" by ", 1)[0] if recipe.choices["by"] else figure.title
    titles = (options["up_title"] or endpoint, options["across_title"] or "Months")
    return NativeCurves(curves=tuple(curves), longest=float(longest), ticks=ticks or _ticks(float(longest)),
                        titles=titles, band=options["band"], counts=bool(data["counts"]))


def _ticks(longest: float) -> tuple[float, ...]:
    """Return ticks of a time axis beneath which nothing is counted, in months."""
    step = next((s for s in _STEPS if longest / s < _MOST_TICKS), math.ceil(longest / _MOST_TICKS))
    return tuple(float(t) for t in range(0, int(longest) + 1, step))


def add_native(stage: Stage, slide: Any, shown: NativeCurves, figure: Figure, box: Sequence[float]) -> None:
    """Draw the chart into a box: left, top, width, height in inches."""
    left, top, width, height = box
    beside = max(_BESIDE, _names_beside(shown, width)) if shown.counts else _BESIDE
    rows = (len(shown.curves) + 1) * _ROW if shown.counts else 0.0
    plot = (left + beside, top + _ABOVE, width - beside - _RIGHT, height - rows - _UNDER - _ABOVE)
    if shown.band:
        _bands(slide, shown, plot)
    _lines(stage, slide, shown, figure, plot)
    _names(slide, shown, figure, plot)
    if shown.counts:
        _at_risk(stage, slide, shown, plot, left)


def _names_beside(shown: NativeCurves, width: float) -> float:
    """Return the inches left of a plot at which the names of the table have room before its first column."""
    texts = [_AT_RISK, *(shortened(c.name, _LONGEST) for c in shown.curves)]
    names = min(max(width_of(text, _COUNTS) for text in texts) * _BOLD / 72 + 0.1, _WIDEST)
    half = shown.ticks[1] / shown.longest / 2 if len(shown.ticks) > 1 else 0.1  # of a column, as a share of the plot
    return (names + (width - _RIGHT) * half) / (1 + half)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    made: Any = RGBColor
    return made.from_string(colour.lstrip("#"))


def _across(shown: NativeCurves, plot: Sequence[float], time: float) -> float:
    return plot[0] + plot[2] * time / shown.longest


def _steps(time: np.ndarray, value: np.ndarray, longest: float) -> list[tuple[float, float]]:
    """Return the corners of a curve that begins at 1."""
    corners, before = [(0.0, 1.0)], 1.0
    for t, v in zip(time.tolist(), value.tolist(), strict=True):
        if v != before:
            corners += [(t, before), (t, v)]
            before = v
    last = min(float(time[-1]), longest) if time.size else 0.0
    return corners if corners[-1][0] >= last else [*corners, (last, before)]


def _bands(slide: Any, shown: NativeCurves, plot: Sequence[float]) -> None:
    """Draw the limits of the curves as one group behind them."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn
    from pptx.util import Inches

    group = slide.shapes.add_group_shape()
    group.name = "95% CI"
    for curve in shown.curves:
        known = ~np.isnan(curve.low)
        upper, lower = (_steps(curve.time[known], side[known], shown.longest) for side in (curve.high, curve.low))
        corners = [(Inches(_across(shown, plot, t)), Inches(plot[1] + plot[3] * (1 - v)))
                   for t, v in [*upper, *reversed(lower)]]
        if len(corners) < 4:
            continue
        builder = group.shapes.build_freeform(*corners[0], scale=1.0)
        builder.add_line_segments(corners[1:], close=True)
        shape = builder.convert_to_shape()
        shape.name = f"95% CI of {curve.name}"
        shape.line.fill.background()
        shape.shadow.inherit = False
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(curve.colour)
        colour = shape._element.spPr.find(qn("a:solidFill"))[0]
        colour.append(parse_xml(f'<a:alpha xmlns:a="{_DRAWING}" val="{_BAND}"/>'))


def _lines(stage: Stage, slide: Any, shown: NativeCurves, figure: Figure, plot: Sequence[float]) -> None:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data: Any = cast(Any, XyChartData)()
    steps = [_steps(curve.time, curve.estimate, shown.longest) for curve in shown.curves]
    most = max(map(len, steps))
    for curve, corners in zip(shown.curves, steps, strict=True):
        series = data.add_series(curve.name)
        for t, v in [*corners, *[corners[-1]] * (most - len(corners))]:  # LibreOffice hides one shorter than the next
            series.add_data_point(t, v)
    for curve in shown.curves:
        series = data.add_series(f"{curve.name}, censored")
        for t, v in zip(curve.time[curve.censored].tolist(), curve.estimate[curve.censored].tolist(), strict=True):
            series.add_data_point(t, v)
    frame = (plot[0] - _BESIDE, plot[1] - _ABOVE, plot[2] + _BESIDE + _RIGHT, plot[3] + _ABOVE + _UNDER)
    shape = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *map(Inches, frame), data)
    shape.name = figure.full_title
    shape._element.nvGraphicFramePr.cNvPr.set("descr", figure.full_alt)
    chart = shape.chart
    chart.has_legend = chart.has_title = False
    chart.font.size, chart.font.name = Inches(_LETTERS / 72), FONT
    _inner(chart, [(plot[0] - frame[0]) / frame[2], (plot[1] - frame[1]) / frame[3], plot[2] / frame[2],
                   plot[3] / frame[3]])
    _axes(stage, chart, shown)
    series = list(chart.plots[0].series)
    for i, curve in enumerate(shown.curves):
        _line(series[i], curve.colour)
        _censored(series[len(shown.curves) + i], curve.colour)


def _inner(chart: Any, shares: Sequence[float]) -> None:
    """Let the plot itself, without its labels, stand where the table and the limits expect it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    area = chart._chartSpace.find(f".//{qn('c:plotArea')}")
    for layout in area.findall(qn("c:layout")):
        area.remove(layout)
    places = "".join(f'<c:{name} val="{float(v)!r}"/>' for name, v in zip("xywh", shares, strict=True))
    area.insert(0, parse_xml(f'<c:layout xmlns:c="{_CHART}"><c:manualLayout><c:layoutTarget val="inner"/>'
                             f'<c:xMode val="edge"/><c:yMode val="edge"/>{places}</c:manualLayout></c:layout>'))


def _axes(stage: Stage, chart: Any, shown: NativeCurves) -> None:
    from pptx.util import Pt

    up, across = chart.value_axis, chart.category_axis
    up.minimum_scale, up.maximum_scale, up.major_unit = 0, 1, 0.25
    up.tick_labels.number_format, up.tick_labels.number_format_is_linked = "0%", False
    across.minimum_scale, across.maximum_scale = 0, shown.longest
    across.major_unit = shown.ticks[1] - shown.ticks[0] if len(shown.ticks) > 1 else shown.longest
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = "General", False
    across.has_major_gridlines = False
    ink = _rgb(stage.quiet)
    up.major_gridlines.format.line.color.rgb = _rgb(QUIET if stage.dark else LINE)
    up.major_gridlines.format.line.width = Pt(0.25)
    up.format.line.fill.background()
    for axis, title in zip((up, across), shown.titles, strict=True):
        axis.tick_labels.font.size, axis.tick_labels.font.color.rgb = Pt(_LETTERS), ink
        axis.has_title = True
        axis.axis_title.text_frame.text = title
        for run in axis.axis_title.text_frame.paragraphs[0].runs:
            run.font.size, run.font.bold, run.font.color.rgb = Pt(_LETTERS), False, ink


def _line(series: Any, colour: str) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.util import Pt

    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    series.format.line.color.rgb = _rgb(colour)
    series.format.line.width = Pt(_LINE)


def _censored(series: Any, colour: str) -> None:
    """Draw a series as upright marks: error bars without caps on points that are not drawn themselves."""
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    series.format.line.fill.background()
    element = series._element
    points = element.find(qn("c:xVal"))
    if points is None:
        return
    bars = (f'<c:errBars xmlns:c="{_CHART}" xmlns:a="{_DRAWING}"><c:errDir val="y"/><c:errBarType val="both"/>'
            f'<c:errValType val="fixedVal"/><c:noEndCap val="1"/><c:val val="{_TICK}"/><c:spPr>'
            f'<a:ln w="{int(_THIN * 12700)}"><a:solidFill><a:srgbClr val="{colour.lstrip("#")}"/></a:solidFill></a:ln>'
            "</c:spPr></c:errBars>")
    element.insert(list(element).index(points), parse_xml(bars))  # before the values, as the schema has it


def _names(slide: Any, shown: NativeCurves, figure: Figure, plot: Sequence[float]) -> None:
    """Write the curves' names where the drawing of the other forms has them."""
    for row in figure.laid_out("middle")["datasets"]["labels"]:
        colour = next((c.colour for c in shown.curves if shortened(c.name, _LONGEST) == row["text"]
                       or c.name == row["text"]), shown.curves[0].colour)
        _text(slide, row["text"], colour, (plot[0] + plot[2] * row["x"], plot[1] + plot[3] * (1 - row["y"]) - 0.14))


def _text(slide: Any, text: str, colour: str, place: Sequence[float]) -> None:
    from pptx.util import Inches, Pt

    width = width_of(text, _LETTERS) / 72 + 0.1
    box = slide.shapes.add_textbox(Inches(place[0]), Inches(place[1]), Inches(width), Inches(0.28))
    box.name = f"Name of {text}"
    frame = box.text_frame
    frame.word_wrap = False
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    run = frame.paragraphs[0].add_run()
    run.text, run.font.size, run.font.bold, run.font.name = text, Pt(_LETTERS), True, FONT
    run.font.color.rgb = _rgb(colour)


def _at_risk(stage: Stage, slide: Any, shown: NativeCurves, plot: Sequence[float], left: float) -> None:
    """Write the numbers at risk as a table whose columns are centred under the ticks."""
    from pptx.util import Inches

    apart = _across(shown, plot, shown.ticks[1]) - plot[0] if len(shown.ticks) > 1 else 0.8
    head = plot[0] - apart / 2 - left
    rows, columns = len(shown.curves) + 1, len(shown.ticks) + 1
    shape = slide.shapes.add_table(rows, columns, Inches(left), Inches(plot[1] + plot[3] + _UNDER), Inches(head),
                                   Inches(_ROW * rows))
    shape.name = _AT_RISK
    table = shape.table
    table.first_row = table.horz_banding = False
    shape._element.graphic.graphicData.tbl.tblPr.find(f"{{{_DRAWING}}}tableStyleId").text = _PLAIN
    for i in range(columns):
        table.columns[i].width = Inches(apart if i else max(head, 0.05))
    for i in range(rows):
        table.rows[i].height = Inches(_ROW)
    _cell(table.cell(0, 0), _AT_RISK, stage.quiet, left=True)
    for j in range(1, columns):
        _cell(table.cell(0, j), "", stage.quiet)
    for i, curve in enumerate(shown.curves, start=1):
        _cell(table.cell(i, 0), shortened(curve.name, _LONGEST), curve.colour, left=True)
        left_at_risk = np.append(curve.n_risk, 0)[np.searchsorted(curve.time, np.array(shown.ticks) - 1e-9)]
        for j, n in enumerate(left_at_risk.tolist(), start=1):
            _cell(table.cell(i, j), DASH if np.isnan(n) else number(round(n)), curve.colour)


def _cell(cell: Any, text: str, colour: str, *, left: bool = False) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = 0
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.text_frame.word_wrap = False
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if left else PP_ALIGN.CENTER
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold, run.font.name = text, Pt(_COUNTS), left, FONT
    run.font.color.rgb = _rgb(colour)
