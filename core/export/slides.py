"""A 16:9 slide per figure: title, the chart as shapes that can be edited or as a picture, the numbers as a table.

A footnote says which patients and which methods.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, cast

import pandas as pd

from core.export.picture import png_of, size, slide_svg
from core.export.shapes import shapes
from core.figure import BENEATH, INK, QUIET, Figure, headings_of, shortened, spans_of, table_parts, width_of
from core.options import takes_options

ChartForm = Literal["shapes", "picture"]

_WIDTH, _HEIGHT = 13.333, 7.5  # inches
_MARGIN = 0.5
_TITLE_TOP, _TITLE_HEIGHT = 0.32, 0.62
_FOOT_HEIGHT, _FOOT_MARGIN = 0.95, 0.15
_FOOT_SIZES = ((9, "\n"), (8, "\n"), (8, " "), (7, " "))  # points, and what stands between statements
_LINE_HEIGHT = 1.2 / 72  # inches per point
_MOST_ROWS, _MOST_COLUMNS, _ROW = 20, 6, 0.25  # rows and columns of a table, inches of a row of a long one
_MOST_BENEATH = 0.4  # of the room: a table that needs more is on a slide of its own
_LONGEST = 52  # characters of a cell; longer ones are cut, for a row must stay one line high
_LARGEST = 14 / 11 / 72  # inches per point of a chart, whose letters then have 14: a small one is not blown up
_FONT = "Arial"  # on every hospital's machine; the chart brings its own
_SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


@takes_options
def pptx(figures: Sequence[Figure], *, charts: ChartForm = "shapes",
         progress: Callable[[float], None] = lambda share: None) -> bytes:
    """Return a presentation with a slide per figure (and one more where a table is too long).

    `progress` is called with the share that is done.
    """
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    for i, figure in enumerate(figures):
        _slide(deck, figure, charts)
        progress((i + 1) / len(figures))
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _slide(deck: Any, figure: Figure, charts: ChartForm) -> None:
    """Lay a figure out: the finding beside the chart, the numbers where there is room for them."""
    top = _TITLE_TOP + _TITLE_HEIGHT + 0.1
    room = _HEIGHT - top - _foot(figure)[2] - 0.1
    inner = _WIDTH - 2 * _MARGIN
    rows, columns = figure.table.shape
    slide = _headed(deck, figure, figure.full_title)
    table = 0.3 * (rows + _heads(figure.table)) + 0.15
    if figure.chart is None:
        _tables(deck, slide, figure, top, inner)
    elif columns > _MOST_COLUMNS or rows > _MOST_ROWS or (figure.summary and table > _MOST_BENEATH * room) or (
            figure.on_slide and rows > BENEATH):
        width, _ = _chart(slide, figure, charts, _MARGIN, top, inner if not figure.summary else inner - 3.4, room)
        _summary(slide, figure, _MARGIN + width + 0.3, top)
        _tables(deck, None, figure, top, inner)
    elif figure.summary or figure.on_slide:  # chart and finding above, the few numbers beneath
        width, height = _chart(slide, figure, charts, _MARGIN, top, inner - 3.4, room - table)
        _summary(slide, figure, _MARGIN + width + 0.3, top)
        _table(slide, figure.table, _MARGIN, top + height + 0.15, inner)
    else:  # chart beside its numbers
        width, _ = _chart(slide, figure, charts, _MARGIN, top, inner * 0.55, room)
        left = _MARGIN + width + 0.4
        _table(slide, figure.table, left, top + 0.1, min(_WIDTH - _MARGIN - left, 5.5))


def _tables(deck: Any, slide: Any, figure: Figure, top: float, width: float) -> None:
    """Write a table on slides of its own, the first of them on `slide` where that is given."""
    for name, part in table_parts(figure.table):
        # A higher footnote, and a second row of headings, take rows away.
        most = _MOST_ROWS - math.ceil((_foot(figure)[2] - _FOOT_HEIGHT) / _ROW) - _heads(part) + 1
        for start in range(0, len(part), most):
            target = slide or _headed(deck, figure, f"{figure.full_title}: {name}")
            _table(target, part.iloc[start:start + most], _MARGIN, top, width)
            slide = None


def _heads(frame: pd.DataFrame) -> int:
    """Return how many rows of headings a table has."""
    return 2 if spans_of(frame) else 1


def _summary(slide: Any, figure: Figure, left: float, top: float) -> None:
    """Write the finding in large letters."""
    from pptx.util import Inches

    if not figure.summary:
        return
    box = slide.shapes.add_textbox(Inches(left), Inches(top + 0.3), Inches(_WIDTH - _MARGIN - left),
                                   Inches(0.55 * len(figure.summary) + 0.3))
    box.name = "Finding"
    box.text_frame.word_wrap = True
    box.text_frame.text = "\n".join(figure.summary)
    _style(box.text_frame, 20 if len(figure.summary) < 4 else 14, INK, bold=True)


def _headed(deck: Any, figure: Figure, title: str) -> Any:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[5])  # title only
    head = slide.shapes.title
    head.left, head.top = Inches(_MARGIN), Inches(_TITLE_TOP)
    head.width, head.height = Inches(_WIDTH - 2 * _MARGIN), Inches(_TITLE_HEIGHT)
    head.text_frame.text = title
    _style(head.text_frame, 26 if width_of(title, 26) < (_WIDTH - 2 * _MARGIN) * 72 else 18, INK, bold=True)
    text, points, height = _foot(figure)
    foot = slide.shapes.add_textbox(Inches(_MARGIN), Inches(_HEIGHT - height),
                                    Inches(_WIDTH - 2 * _MARGIN), Inches(height - _FOOT_MARGIN))
    foot.name = "Footnote"
    foot.text_frame.word_wrap = True
    foot.text_frame.text = text
    _style(foot.text_frame, points, QUIET)
    slide.notes_slide.notes_text_frame.text = figure.full_alt
    return slide


def _foot(figure: Figure) -> tuple[str, float, float]:
    """Return the footnote's text, its letters' size in points and the height it needs: never too little for all of it.

    A statement has its own line where there is room.
    """
    for points, between in _FOOT_SIZES:
        text = between.join(figure.footnote())
        across = (_WIDTH - 2 * _MARGIN - 0.2) * 72
        lines = sum(max(1, math.ceil(width_of(line, size=points) / across)) for line in text.split("\n"))
        height = lines * points * _LINE_HEIGHT + 0.1 + _FOOT_MARGIN
        if height <= _FOOT_HEIGHT:
            return text, points, _FOOT_HEIGHT
    return text, points, height


def _style(frame: Any, points: float, colour: str, *, bold: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    for paragraph in frame.paragraphs:
        paragraph.alignment, paragraph.font.size = PP_ALIGN.LEFT, Pt(points)  # an empty cell is as high as others
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(points), bold, _FONT
            run.font.color.rgb = cast(Any, RGBColor).from_string(colour.lstrip("#"))


def _chart(slide: Any, figure: Figure, charts: ChartForm, left: float, top: float, width: float,
           height: float) -> tuple[float, float]:
    """Fit the chart into a box and return its width and height."""
    from pptx.util import Inches

    across, down = size(figure)
    scale = min(width / across, height / down, _LARGEST)
    width, height = across * scale, down * scale
    drawing = slide_svg(figure)
    if charts == "shapes":
        shapes(slide.shapes._spTree, drawing, left=Inches(left), top=Inches(top), scale=Inches(scale),
               name=figure.full_title, words=figure.full_alt)
    else:
        _picture(slide, figure, drawing, [Inches(v) for v in (left, top, width, height)])
    return width, height


def _picture(slide: Any, figure: Figure, drawing: bytes, box: list[int]) -> None:
    """Put a chart as a PNG with the SVG hung on it: PowerPoint 2016 and later draw the vector."""
    from lxml import etree
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    shape = slide.shapes.add_picture(io.BytesIO(png_of(drawing, scale=3)), *box)
    shape.name = figure.full_title
    shape._element.nvPicPr.cNvPr.set("descr", figure.full_alt)
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


def _table(slide: Any, frame: pd.DataFrame, left: float, top: float, width: float) -> None:
    """Write a figure's numbers as a native table, columns as wide as their text."""
    from pptx.util import Inches

    many = len(frame.columns) > _MOST_COLUMNS
    points = 9 if many else 12 if len(frame) <= 6 else 10
    row = _ROW if many or len(frame) > 6 else 0.3
    headings, groups = headings_of(frame), spans_of(frame)
    above = [[group for group, columns in groups for _ in range(columns)]] if groups else []
    heads = [*above, [name for _, name in headings]]
    lines = [*heads, *frame.itertuples(index=False, name=None)]
    shape = slide.shapes.add_table(len(lines), len(headings), Inches(left), Inches(top),
                                   Inches(width), Inches(row * len(lines)))
    shape.name = "Numbers"
    native = shape.table
    _plain_style(shape)
    for column, share in enumerate(_shares(frame, many)):
        native.columns[column].width = Inches(width * share)
    for i, cells in enumerate(lines):
        native.rows[i].height = Inches(row)
        for j, text in enumerate(cells):
            cell = native.cell(i, j)
            if i or not groups or not j or text != cells[j - 1]:  # a group's name stands once, over its columns
                cell.text_frame.text = shortened(str(text), _LONGEST)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.margin_left = cell.margin_right = Inches(0.06)
            head = i < len(heads)
            _style(cell.text_frame, points, QUIET if head else INK, bold=j == 0 and not head)
    _merge(native, groups)


def _merge(native: Any, groups: list[tuple[str, int]]) -> None:
    """Join the cells of each group's name over its columns."""
    place = 0
    for group, columns in groups:
        if group and columns > 1:
            native.cell(0, place).merge(native.cell(0, place + columns - 1))
        place += columns


def _shares(frame: Any, wrapped_heads: bool) -> list[float]:
    widths = []
    for place, (_, name) in enumerate(headings_of(frame)):
        words = max((width_of(w) for w in name.split()), default=0.0)
        head = max(words * 1.1, width_of(name) / 2.5) if wrapped_heads else width_of(name)
        cells = (width_of(shortened(str(v), _LONGEST)) for v in frame.iloc[:, place])
        widths.append(max([head, *cells]) + 14)
    return [w / math.fsum(widths) for w in widths]


def _plain_style(shape: Any) -> None:
    """Choose the built-in table style without fills: thin lines only."""
    properties = shape._element.graphic.graphicData.tbl.tblPr
    style = properties.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId")
    style.text = "{9D7B030F-B1BA-407E-8C2B-9B3B5B5A3C44}"  # "Light Style 1"
    shape.table.horz_banding = False
