"""Slides of figures: title, the chart as shapes that can be edited or as a picture, the numbers as native tables.

A footnote says which patients and which methods. What does not fit in letters that are read from the back row goes to
further slides: long charts are divided by their rows, long tables by theirs.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from core.export.native_curves import DRAWN, add_native, native_curves
from core.export.native_forest import add_forest, has_forest
from core.export.office import enclose
from core.export.picture import drawn
from core.export.raster import png_of
from core.export.shapes import shapes
from core.export.slide_tables import add_table, alone, by_columns, height_of, parts_of, readable, size_of
from core.export.slide_texts import BESIDE, finding, finding_above, finding_fits, headed, room
from core.export.stage import Shape, Stage, open_stage
from core.export.style import Style, coloured, dressed, recoloured
from core.figure import ROOMS, Figure, darkened, divided, least_width
from core.language import say, speaking
from core.options import takes_options

ChartForm = Literal["shapes", "picture", "native"]

_LARGEST = 14 / 10 / 72  # inches per pixel of a chart, whose letters of 10 then have 14 points
_LEAST = 14 / 11 / 72  # letters of 11 have 14 points
_ROWS = 12 / 11.5 / 72  # rows of a forest have 12
_GAP = 0.15
_TALL = 0.62  # of a native chart, to its width
_MOST = 6  # slides of one table
_TABLE = (6, 2.2)  # rows and inches of a table that may stand beneath a chart
_SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


@takes_options
def pptx(figures: Sequence[Figure], *, charts: ChartForm = "shapes", style: Style | None = None,
         template: bytes | None = None, progress: Callable[[float], None] = lambda share: None) -> bytes:
    """Return a presentation of figures, each on a slide or as many as it needs.

    Parameters
    ----------
    template : of a hospital's .pptx or .potx
    progress : called with the share that is done

    Raises
    ------
    TemplateError
        If the template cannot be used.
    """
    style = style or Style()
    shape: Shape = "4:3" if style.purpose == "4:3" else "16:9"
    stage = open_stage(shape, template)
    for i, figure in enumerate(figures):
        with speaking(figure.language):
            add_figure(stage, figure, charts, style)
        progress((i + 1) / len(figures))
    enclose(stage.deck.part, figures[0].provenance.view if figures else "")
    out = io.BytesIO()
    stage.deck.save(out)
    return out.getvalue()


@takes_options
def add_figure(stage: Stage, figure: Figure, charts: ChartForm, style: Style) -> None:
    """Add the slides of a figure in a style."""
    _Slides(stage, dressed(figure, style), charts, style).add()


class _Slides:
    """The slides of one figure."""

    def __init__(self, stage: Stage, figure: Figure, charts: ChartForm, style: Style) -> None:
        self.stage, self.figure, self.charts, self.style = stage, figure, charts, coloured(style, figure)
        if charts == "native" and native_curves(figure, style):
            self.figure = figure = replace(figure, key={k: v for k, v in figure.key.items() if k in DRAWN})
        self.room = room(stage, figure)
        self.table = readable(figure.table, stage.inner)

    def add(self) -> None:
        """Lay the figure out: two thirds for the chart and the finding beside it, or across where it needs the room."""
        if self.figure.chart is None:
            self._tables()
        elif self._across():
            self._long()
        elif self.figure.summary or self.figure.layouts or least_width(self.figure.drawing) > ROOMS["narrow"]:
            self._with_finding()
        else:
            self._beside_table()

    def _across(self) -> bool:
        """Tell whether a chart needs the whole width: it is divided, or has no room at two thirds."""
        chart = self.figure.laid_out("middle")
        needs = chart["height"] * _LEAST > self.room and not self.figure.layouts and not _free(chart)
        return (bool(self.figure.slides) or needs or least_width(chart) > ROOMS["middle"]
                or not finding_fits(self.figure, BESIDE, self.room - 0.2))

    def _long(self) -> None:
        """Draw a chart across as many slides as its rows need, the finding above the first; the table follows."""
        stage, figure = self.stage, self.figure
        pages = list(figure.slides)
        if not pages:
            chart = figure.laid_out("slide")
            above = 0.5 if figure.summary else 0.0
            pages = divided(chart, (self.room - above) / max(_ROWS, min(stage.inner / chart["width"], _LEAST)))
        for i, page in enumerate(pages):
            title = figure.full_title if len(pages) == 1 else say(
                "{title} ({page} of {pages})", title=figure.full_title, page=i + 1, pages=len(pages))
            slide = headed(stage, figure, title)
            top = stage.top + (finding_above(stage, slide, figure, stage.top) if not i else 0.0)
            _, height = self._chart(slide, page, stage.left, top, stage.inner, stage.top + self.room - top)
        if len(pages) == 1 and self._small() and top + height + _GAP + self._table <= stage.top + self.room:
            add_table(stage, slide, self.table, stage.left, top + height + _GAP, stage.inner)
        else:
            self._tables()

    def _with_finding(self) -> None:
        stage, figure = self.stage, self.figure
        slide, table = headed(stage, figure, figure.full_title), self._table
        beside = bool(figure.summary) and stage.inner - BESIDE >= ROOMS["middle"] * _LEAST - _GAP
        top = stage.top + (0.0 if beside else finding_above(stage, slide, figure, stage.top))
        free, across = stage.top + self.room - top, stage.inner - (BESIDE if beside else 0.0)
        chart = self._shortened(figure.laid_out("middle" if beside else "low"), across)
        beneath = self._small() and (
            chart["height"] * min(_LEAST, across / chart["width"]) <= free - table - _GAP)
        width, height = self._chart(slide, chart, stage.left, top, across, free - table - _GAP if beneath else free)
        left = stage.left + width + 0.2
        if beside:
            finding(stage, slide, figure, (left, top + 0.2, stage.width - stage.right - left,
                                           (height if beneath else free) - 0.2))
        if beneath:
            add_table(stage, slide, self.table, stage.left, top + height + _GAP, stage.inner)
        else:
            self._tables()

    @property
    def _table(self) -> float:
        """Inches that the table needs."""
        return height_of(self.table, self.stage.inner)

    def _small(self) -> bool:
        """Tell whether the table may stand beneath a chart."""
        rows, inches = _TABLE
        if len(by_columns(self.table, self.stage.inner)) > 1:
            return False
        return len(self.table) <= rows and self._table <= inches

    def _beside_table(self) -> None:
        """Draw a small chart beside its numbers, or before them."""
        stage, figure = self.stage, self.figure
        slide = headed(stage, figure, figure.full_title)
        chart = self._shortened(figure.laid_out("narrow"), stage.inner * 0.55)
        width, _ = self._chart(slide, chart, stage.left, stage.top, stage.inner * 0.55, self.room)
        left = stage.left + width + 0.4
        wide = stage.width - stage.right - left
        if height_of(figure.table, wide) <= self.room and size_of(figure.table, wide) >= 12:
            add_table(stage, slide, figure.table, left, stage.top + 0.1, wide)
        else:
            self._tables()

    def _shortened(self, chart: dict[str, Any], across: float) -> dict[str, Any]:
        """Return a chart whose height is free with as much of it as there is."""
        if not _free(chart):
            return chart
        return {**chart, "height": min(chart["height"], int(self.room / min(_LEAST, across / chart["width"])))}

    def _tables(self) -> None:
        """Write the table on slides of its own, parts of few rows beneath each other."""
        stage, figure = self.stage, self.figure
        title = figure.full_title if figure.chart is None else f"{figure.full_title}: {say('the numbers')}"
        slide, top, end = None, 0.0, stage.top + self.room
        for rows, points, rest in self._parts():
            tall = height_of(rows, stage.inner, points)
            if slide is None or rest or top + tall > end:
                slide, top = headed(stage, figure, f"{title}{rest}"), stage.top
            add_table(stage, slide, rows, stage.left, top, stage.inner, points)
            top += tall + 2 * _GAP

    def _parts(self) -> Iterator[tuple[pd.DataFrame, float, str]]:
        """Divide the table by columns and rows; return the parts, the points of their letters, and what is left out."""
        for whole in by_columns(alone(self.table), self.stage.inner):
            points, parts = size_of(whole, self.stage.inner), parts_of(whole, self.stage.inner, self.room)
            shown = sum(len(rows) for rows in parts[:_MOST])
            rest = say(" (rows after {shown} of {all}: in CSV, Excel, Word)", shown=f"{shown:,}", all=f"{len(whole):,}")
            for i, rows in enumerate(parts[:_MOST]):
                yield rows, points, rest if i == _MOST - 1 and len(parts) > _MOST else ""

    def _chart(self, slide: Any, chart: dict[str, Any], left: float, top: float, width: float,
               height: float) -> tuple[float, float]:
        """Fit a chart into a box and return its width and height."""
        from pptx.util import Inches

        if self.charts == "native" and (curves := native_curves(self.figure, self.style)):
            height = min(height, width * _TALL)
            add_native(self.stage, slide, curves, self.figure, (left, top, width, height))
            return width, height
        if self.charts == "native" and has_forest(self.figure):
            return add_forest(self.stage, slide, chart, self.figure, self.style, (left, top, width, height))
        scale = min(width / chart["width"], height / chart["height"], _LARGEST)
        width, height = chart["width"] * scale, chart["height"] * scale
        bare = darkened(chart) if self.stage.dark else chart
        drawing = recoloured(drawn(bare), self.style, dark=self.stage.dark).encode("utf-8")
        name, words = self.figure.full_title, self.figure.full_alt
        if self.charts != "picture":
            shapes(slide.shapes._spTree, drawing, left=Inches(left), top=Inches(top), scale=Inches(scale), name=name,
                   words=words)
        else:
            _picture(slide, drawing, [Inches(v) for v in (left, top, width, height)], name, words)
        return width, height


def _free(chart: dict[str, Any]) -> bool:
    """Tell whether a chart may be lower than it is."""
    return bool(chart.get("usermeta", {}).get("free"))


def _picture(slide: Any, drawing: bytes, box: list[int], title: str, words: str) -> None:
    """Put a chart as a PNG with the SVG hung on it: PowerPoint 2016 and later draw the vector."""
    from lxml import etree
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    shape = slide.shapes.add_picture(io.BytesIO(png_of(drawing, scale=3)), *box)
    shape.name = title
    shape._element.nvPicPr.cNvPr.set("descr", words)
    package = slide.part.package
    name = PackURI(f"/ppt/media/chart{sum(1 for _ in package.iter_parts())}.svg")
    part = Part(name, "image/svg+xml", package, drawing)
    relation = slide.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image")
    blip = shape._element.blipFill.find(".//{http://schemas.openxmlformats.org/drawingml/2006/main}blip")
    main = "http://schemas.openxmlformats.org/drawingml/2006/main"
    extensions = etree.SubElement(blip, f"{{{main}}}extLst")
    extension = etree.SubElement(extensions, f"{{{main}}}ext", uri=_SVG_EXTENSION)
    embedded = etree.SubElement(extension, f"{{{_SVG_NAMESPACE}}}svgBlip", nsmap={"asvg": _SVG_NAMESPACE})
    embedded.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed", relation)
