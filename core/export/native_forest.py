"""A forest as PowerPoint has it: a table, and over its empty column a chart of ratios and limits on a log axis.

Source: ECMA-376, part 1, DrawingML charts (scatterChart, logBase, manualLayout).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from core.export.native_curves import PLAIN, cell_text, inner_layout, rgb
from core.export.stage import FONT, Stage
from core.export.style import Style, recoloured_data
from core.figure import Figure, shortened, width_of
from core.language import say

KINDS = ("model", "subgroups")
_RATIO = "together"  # the column beside whose left the ratios are drawn
_LOW, _HIGH = 0.1, 10.0
_AXIS, _ROW, _UNDER = 2.6, 0.3, 0.75  # inches: of the axis at least, of a row at most, under the rows
_LETTERS, _LONGEST = 12, 44
_INSIDE = 0.06  # of the chart's width, left and right of its plot
_LINE = 1.5  # points


def has_forest(figure: Figure) -> bool:
    """Tell whether a figure is a forest with its rows as data."""
    return figure.recipe is not None and figure.recipe.kind in KINDS and figure.chart is not None


def add_forest(stage: Stage, slide: Any, page: dict[str, Any], figure: Figure, style: Style,
               box: Sequence[float]) -> tuple[float, float]:
    """Draw a page of a forest into a box (left, top, width, height in inches); return width and height.

    Parameters
    ----------
    page : the chart with the rows that this slide has
    """
    left, top, width, height = box
    rows = page["datasets"]["rows"]
    titles = [(t["field"], t["text"]) for t in page["datasets"]["titles"]]
    place = next(i for i, (field, _) in enumerate(titles) if field == _RATIO)
    tall = min(_ROW, (height - _UNDER) / (len(rows) + 1))
    widths = [_width(title, [str(r.get(field, "")) for r in rows]) for field, title in titles]
    axis = max(_AXIS, width - math.fsum(widths))
    scale = min(1.0, (width - axis) / math.fsum(widths))
    columns = [*(w * scale for w in widths[:place]), axis, *(w * scale for w in widths[place:])]
    _table(stage, slide, rows, titles, place, columns, (left, top, tall))
    plot = left + math.fsum(columns[:place])
    _marks(stage, slide, page, figure, style, (plot, top + tall, axis, tall * len(rows)))
    return width, tall * (len(rows) + 1) + _UNDER


def _width(title: str, texts: Sequence[str]) -> float:
    """Return the inches of a column."""
    return max(width_of(shortened(t, _LONGEST), _LETTERS) for t in (title, *texts)) / 72 + 0.2


def _table(stage: Stage, slide: Any, rows: Sequence[dict[str, Any]], titles: Sequence[tuple[str, str]], place: int,
           columns: Sequence[float], at: tuple[float, float, float]) -> None:
    from pptx.util import Inches

    left, top, tall = at
    shape = slide.shapes.add_table(len(rows) + 1, len(columns), Inches(left), Inches(top), Inches(math.fsum(columns)),
                                   Inches(tall * (len(rows) + 1)))
    shape.name = "Rows of the forest"
    table = shape.table
    table.first_row = table.horz_banding = False
    shape._element.graphic.graphicData.tbl.tblPr.find("{*}tableStyleId").text = PLAIN
    for i, width in enumerate(columns):
        table.columns[i].width = Inches(width)
    for i in range(len(rows) + 1):
        table.rows[i].height = Inches(tall)
    fields = [*(f for f, _ in titles[:place]), "", *(f for f, _ in titles[place:])]
    heads = dict(titles)
    for j, field in enumerate(fields):
        cell_text(table.cell(0, j), heads.get(field, "") if field else "", stage.quiet, left=True, bold=False)
        for i, row in enumerate(rows, start=1):
            text = shortened(str(row.get(field, "") or ""), _LONGEST) if field else ""
            heavy = bool(row.get("head")) or (not j and str(row["key"]).startswith("\t"))  # a factor; all patients
            cell_text(table.cell(i, j), text, stage.ink, left=True, bold=heavy)


def _marks(stage: Stage, slide: Any, page: dict[str, Any], figure: Figure, style: Style, plot: Sequence[float]) -> None:
    """Draw ratios and limits over the empty column, and the lines that go through all rows."""
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    rows = page["datasets"]["rows"]
    shown = [(i, row) for i, row in enumerate(rows) if row.get("low") is not None]
    left, top, width, height = plot
    _through(slide, page, stage, plot)
    data: Any = cast(Any, XyChartData)()
    ratios = data.add_series("Hazard ratio")
    drawn = [(i, row) for i, row in shown if row.get("ratio") is not None]
    for i, row in drawn:
        ratios.add_data_point(row["ratio"], len(rows) - i - 0.5)
    for i, row in shown:
        limits = data.add_series(f"95% CI {row['label'].strip()}")
        for value in (row["low"], row["high"]):
            limits.add_data_point(value, len(rows) - i - 0.5)
    if not drawn:
        return
    frame = (left, top, width, height + _UNDER)
    shape = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *map(Inches, frame), data)
    shape.name = figure.full_title
    shape._element.nvGraphicFramePr.cNvPr.set("descr", figure.full_alt)
    chart = shape.chart
    chart.has_legend = chart.has_title = False
    chart.font.size, chart.font.name = Inches(_LETTERS / 72), FONT
    inner_layout(chart, [_INSIDE, 0.0, 1 - 2 * _INSIDE, height / (height + _UNDER)])
    _axes(stage, chart, len(rows))
    series = list(chart.plots[0].series)
    inks = [recoloured_data(f'"{row["c"]}"', style).strip('"') for _, row in shown]
    _squares(series[0], [row for _, row in drawn],
             [recoloured_data(f'"{row["c"]}"', style).strip('"') for _, row in drawn])
    for one, ink in zip(series[1:], inks, strict=True):
        _limits(one, ink)


def _axes(stage: Stage, chart: Any, rows: int) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    up, across = chart.value_axis, chart.category_axis
    up.minimum_scale, up.maximum_scale = 0, rows
    up.has_major_gridlines = up.visible = False
    across.minimum_scale, across.maximum_scale, across.has_major_gridlines = _LOW, _HIGH, False
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = "General", False
    across.tick_labels.font.size, across.tick_labels.font.color.rgb = Pt(_LETTERS), rgb(stage.quiet)
    scaling = across._element.find(qn("c:scaling"))
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    scaling.insert(0, parse_xml(f'<c:logBase xmlns:c="{namespace}" val="10"/>'))
    across.has_title = True
    across.axis_title.text_frame.text = say("Hazard ratio (log scale)")
    for run in across.axis_title.text_frame.paragraphs[0].runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(_LETTERS), False, rgb(stage.quiet)


def _squares(series: Any, rows: Sequence[dict[str, Any]], inks: Sequence[str]) -> None:
    """Draw ratios as squares whose area goes by the events."""
    from pptx.enum.chart import XL_MARKER_STYLE

    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.SQUARE
    for i, (row, ink) in enumerate(zip(rows, inks, strict=True)):
        marker = series.points[i].marker
        marker.style, marker.size = XL_MARKER_STYLE.SQUARE, round(min(max(math.sqrt(row["size"]) * 0.8, 4), 14))
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = rgb(ink)
        marker.format.line.fill.background()


def _limits(series: Any, ink: str) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.util import Pt

    series.marker.style = XL_MARKER_STYLE.NONE
    series.format.line.color.rgb = rgb(ink)
    series.format.line.width = Pt(_LINE)


def _through(slide: Any, page: dict[str, Any], stage: Stage, plot: Sequence[float]) -> None:
    """Draw the lines of a ratio of 1 and of all patients, and what stands at both sides under the axis."""
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Inches, Pt

    left, top, width, height = plot

    def place(ratio: float) -> float:
        share = math.log(ratio / _LOW) / math.log(_HIGH / _LOW)
        return left + width * (_INSIDE + (1 - 2 * _INSIDE) * share)
    for row in page["datasets"]["lines"]:
        line = slide.shapes.add_connector(1, Inches(place(row["at"])), Inches(top), Inches(place(row["at"])),
                                          Inches(top + height))
        line.name = "All patients" if row["dashed"] else "A ratio of 1"
        line.line.color.rgb, line.line.width = rgb(stage.quiet), Pt(0.75)
        if row["dashed"]:
            line.line.dash_style = MSO_LINE.DASH
