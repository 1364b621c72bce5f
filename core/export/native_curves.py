"""Kaplan-Meier curves as a chart of PowerPoint itself: lines, censoring marks, limits behind, numbers at risk beneath.

Its workbook holds the steps of the curves, and so every time at which someone had an event or was censored.
Source: ECMA-376, part 1, DrawingML charts (scatterChart, errBars, manualLayout).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from core.export.stage import FONT, Stage
from core.export.style import Style, recoloured_data
from core.figure import LINE, QUIET, Figure, shortened, width_of
from core.language import say

DRAWN = ("band area", "curve line", "censored tick")  # layers of a figure that the chart has, too
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LETTERS, _COUNTS = 14, 12  # points
_ROW, _UNDER, _BESIDE, _ABOVE, _RIGHT = 0.27, 0.72, 1.0, 0.1, 0.3  # inches of a row of counts, and around the plot
_AT_RISK, _BOLD = "Number at risk", 1.1  # how much wider bold letters are
_STEPS, _MOST_TICKS = (1, 2, 3, 6, 12, 24, 36, 60, 120), 9  # months between ticks, and how many these are
_LEGEND = 0.42  # inches above a plot
_WIDEST, _LONGEST = 2.6, 40  # inches, and characters, of a name beside its counts
_LINE, _THIN, _TICK = 2.25, 1.25, 0.018  # points; half a censoring mark, as a share
_BAND = 15_000  # thousandths of a per cent that a band covers
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table's style without lines


@dataclass(frozen=True, kw_only=True, eq=False)
class _Curve:
    """A curve as it is drawn: corners, limits and censoring marks in months and shares; its counts under the ticks."""

    name: str
    colour: str
    steps: list[tuple[float, float]]
    limits: list[tuple[float, float, float]]
    censored: list[tuple[float, float]]
    counts: list[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class NativeCurves:
    """What a native chart shows: curves, where the time axis ends, its ticks, and the titles of the axes."""

    curves: tuple[_Curve, ...]
    longest: float
    ticks: tuple[float, ...]
    titles: tuple[str, str]

    @property
    def counted(self) -> bool:
        """Whether numbers at risk stand under the axis."""
        return all(curve.counts for curve in self.curves)

    @property
    def above(self) -> float:
        """Inches above the plot: for a legend, where no table names the curves in their colours."""
        return _ABOVE if self.counted or len(self.curves) < 2 else _LEGEND


def native_curves(figure: Figure, style: Style) -> NativeCurves | None:
    """Return what a native chart shows of a figure, as its drawing has it; None where it is not one plot of survival.

    In whole months times are those at whose end the curve is as it is drawn.
    """
    recipe = figure.recipe
    if recipe is None or recipe.kind != "curves" or recipe.choices["options"]["view"] != "survival":
        return None
    chart, options = figure.laid_out("middle"), recipe.choices["options"]
    data, longest = chart["datasets"], float(chart["usermeta"]["months"])
    places = list(dict.fromkeys(row["k"] for row in data["curve"]))
    if not places:
        return None
    names, counts = list(dict.fromkeys(figure.drawn.strata)), _counts(data["counts"])
    curves = []
    for k, name in zip(places, names, strict=True):
        ink = next(row["c"] for row in data["curve"] if row["k"] == k)
        curves.append(_Curve(
            name=str(name), colour=recoloured_data(f'"{ink}"', style).strip('"'), counts=counts.get(ink, []),
            steps=_corners(_in_months(data["curve"], k, ("y",), longest, whole=style.months)),
            limits=_in_months(data["band"], k, ("lo", "hi"), longest, whole=style.months),
            censored=_in_months([row | {"k": k} for row in data["censored"] if row["c"] == ink], k, ("y",), longest,
                                whole=style.months)))
    ticks = tuple(round(x * longest, 4) for x in sorted({round(row["x"], 9) for row in data["counts"]}))
    titles = (options["up_title"] or _up_title(figure.drawing), options["across_title"] or say("Months"))
    return NativeCurves(curves=tuple(curves), longest=longest, ticks=ticks or _ticks(longest), titles=titles)


def _up_title(chart: Any) -> str:
    """Return the title of the first axis of a chart that has one."""
    parts = chart.values() if isinstance(chart, dict) else chart if isinstance(chart, list) else ()
    axis = chart.get("axis") if isinstance(chart, dict) else None
    if isinstance(axis, dict) and axis.get("title"):
        return str(axis["title"])
    return next(filter(None, map(_up_title, parts)), "")


def _counts(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the texts of the first block of counts by their colours, from left to right."""
    out: dict[str, list[str]] = {}
    for ink in dict.fromkeys(row["c"] for row in rows):
        of = [row for row in rows if row["c"] == ink]
        top = max(row["y"] for row in of)
        out[ink] = [row["text"] for row in sorted(of, key=lambda r: r["x"]) if row["y"] == top]
    return out


def _in_months(rows: list[dict[str, Any]], k: str, values: tuple[str, ...], longest: float, *,
               whole: bool) -> list[Any]:
    """Return time and values of a curve's rows; in whole months the last of each."""
    times = [(round(row["x"] * longest, 6), *(row[v] for v in values)) for row in rows if row["k"] == k]
    return list({math.ceil(t): (float(math.ceil(t)), *rest) for t, *rest in times}.values()) if whole else times


def _corners(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of a step curve that goes through points."""
    corners = points[:1]
    for t, v in points[1:]:
        corners += [(t, corners[-1][1]), (t, v)] if v != corners[-1][1] else [(t, v)]
    return corners


def _ticks(longest: float) -> tuple[float, ...]:
    """Return ticks of a time axis beneath which nothing is counted, in months."""
    step = next((s for s in _STEPS if longest / s < _MOST_TICKS), math.ceil(longest / _MOST_TICKS))
    return tuple(float(t) for t in range(0, int(longest) + 1, step))


def add_native(stage: Stage, slide: Any, shown: NativeCurves, figure: Figure, box: Sequence[float]) -> None:
    """Draw the chart into a box: left, top, width, height in inches."""
    left, top, width, height = box
    beside = max(_BESIDE, _names_beside(shown, width)) if shown.counted else _BESIDE
    rows = (len(shown.curves) + 1) * _ROW if shown.counted else 0.0
    plot = (left + beside, top + shown.above, width - beside - _RIGHT, height - rows - _UNDER - shown.above)
    if any(curve.limits for curve in shown.curves):
        _bands(slide, shown, plot)
    _lines(stage, slide, shown, figure, plot)
    if shown.counted:
        _at_risk(stage, slide, shown, plot, left)


def _names_beside(shown: NativeCurves, width: float) -> float:
    """Return the inches left of a plot at which the names of the table have room before its first column."""
    texts = [_AT_RISK, *(shortened(c.name, _LONGEST) for c in shown.curves)]
    names = min(max(width_of(text, _COUNTS) for text in texts) * _BOLD / 72 + 0.1, _WIDEST)
    half = shown.ticks[1] / shown.longest / 2 if len(shown.ticks) > 1 else 0.1  # of a column, as a share of the plot
    return (names + (width - _RIGHT) * half) / (1 + half)


def rgb(colour: str) -> Any:
    """Return a colour as python-pptx has it."""
    from pptx.dml.color import RGBColor

    made: Any = RGBColor
    return made.from_string(colour.lstrip("#"))


def _across(shown: NativeCurves, plot: Sequence[float], time: float) -> float:
    return plot[0] + plot[2] * time / shown.longest


def _bands(slide: Any, shown: NativeCurves, plot: Sequence[float]) -> None:
    """Draw the limits of the curves as one group behind them."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn
    from pptx.util import Inches

    group = slide.shapes.add_group_shape()
    group.name = "95% CI"
    for curve in shown.curves:
        upper, lower = (_corners([(t, side[i]) for t, *side in curve.limits]) for i in (1, 0))
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
        shape.fill.fore_color.rgb = rgb(curve.colour)
        colour = shape._element.spPr.find(qn("a:solidFill"))[0]
        colour.append(parse_xml(f'<a:alpha xmlns:a="{_DRAWING}" val="{_BAND}"/>'))


def _lines(stage: Stage, slide: Any, shown: NativeCurves, figure: Figure, plot: Sequence[float]) -> None:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data: Any = cast(Any, XyChartData)()
    most = max(len(curve.steps) for curve in shown.curves)
    for curve in shown.curves:
        series = data.add_series(curve.name)
        for t, v in [*curve.steps, *[curve.steps[-1]] * (most - len(curve.steps))]:
            series.add_data_point(t, v)  # LibreOffice hides a series before a longer one
    for curve in shown.curves:
        series = data.add_series(say("{name}, censored", name=curve.name))
        for t, v in curve.censored:
            series.add_data_point(t, v)
    frame = (plot[0] - _BESIDE, plot[1] - shown.above, plot[2] + _BESIDE + _RIGHT, plot[3] + shown.above + _UNDER)
    shape = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *map(Inches, frame), data)
    shape.name = figure.full_title
    shape._element.nvGraphicFramePr.cNvPr.set("descr", figure.full_alt)
    chart = shape.chart
    chart.has_title = False
    _legend(chart, shown)
    chart.font.size, chart.font.name = Inches(_LETTERS / 72), FONT
    inner_layout(chart, [(plot[0] - frame[0]) / frame[2], (plot[1] - frame[1]) / frame[3], plot[2] / frame[2],
                   plot[3] / frame[3]])
    _axes(stage, chart, shown)
    series = list(chart.plots[0].series)
    for i, curve in enumerate(shown.curves):
        _line(series[i], curve.colour)
        _censored(series[len(shown.curves) + i], curve.colour)


def inner_layout(chart: Any, shares: Sequence[float]) -> None:
    """Let the plot itself, without its labels, stand where the table and the limits expect it.

    The axes get numbers that the schema allows: python-pptx gives them negative ones.
    """
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    area = chart._chartSpace.find(f".//{qn('c:plotArea')}")
    for name in area.iter(qn("c:axId"), qn("c:crossAx")):
        name.set("val", name.get("val").lstrip("-"))
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
    ink = rgb(stage.quiet)
    up.major_gridlines.format.line.color.rgb = rgb(QUIET if stage.dark else LINE)
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
    series.format.line.color.rgb = rgb(colour)
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


def _legend(chart: Any, shown: NativeCurves) -> None:
    """Name the curves in a legend where no table names them in their colours; it has no entry for censoring marks."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    chart.has_legend = not shown.counted and len(shown.curves) > 1
    if not chart.has_legend:
        return
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    place = chart.legend._element.find(qn("c:legendPos"))
    for i in reversed(range(len(shown.curves), 2 * len(shown.curves))):
        place.addnext(parse_xml(f'<c:legendEntry xmlns:c="{_CHART}"><c:idx val="{i}"/><c:delete val="1"/>'
                                "</c:legendEntry>"))


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
    shape._element.graphic.graphicData.tbl.tblPr.find(f"{{{_DRAWING}}}tableStyleId").text = PLAIN
    for i in range(columns):
        table.columns[i].width = Inches(apart if i else max(head, 0.05))
    for i in range(rows):
        table.rows[i].height = Inches(_ROW)
    cell_text(table.cell(0, 0), _AT_RISK, stage.quiet, left=True)
    for j in range(1, columns):
        cell_text(table.cell(0, j), "", stage.quiet)
    for i, curve in enumerate(shown.curves, start=1):
        cell_text(table.cell(i, 0), _fitting(curve.name, head - 0.05), curve.colour, left=True)
        for j, text in enumerate(curve.counts, start=1):
            cell_text(table.cell(i, j), text, curve.colour)


def _fitting(name: str, inches: float) -> str:
    """Shorten a name until it has room, in bold letters, on one line."""
    return next((short for n in range(_LONGEST, 3, -1)
                 if width_of(short := shortened(name, n), _COUNTS) * _BOLD <= inches * 72), shortened(name, 3))


def cell_text(cell: Any, text: str, colour: str, *, left: bool = False, bold: bool | None = None) -> None:
    """Write a cell of a table without margins; at the left in bold unless said otherwise."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = 0
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.text_frame.word_wrap = False
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if left else PP_ALIGN.CENTER
    run = paragraph.add_run()
    run.text, run.font.size, run.font.name = text, Pt(_COUNTS), FONT
    run.font.bold = left if bold is None else bold
    run.font.color.rgb = rgb(colour)
