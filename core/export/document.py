"""A Word document of a figure: the chart, its numbers as a native table, its finding, and what its reader must know."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from core.export.office import enclose
from core.export.raster import png
from core.export.style import Style
from core.figure import Figure, headings_of, spans_of, table_parts, width_of

_FONT, _SIZE, _SMALL = "Calibri", 10, 8
_PAGE = (210, 297)  # millimetres, A4
_MARGIN = 20
_WIDE = 5  # columns of a table beyond which the page is turned
_PADDING = 12  # points of a cell beside its text
_POINT = 12700  # English Metric Units


def docx_bytes(figure: Figure, style: Style | None = None) -> bytes:
    """Return a document with the figure's chart, and its table as text that can be edited."""
    from docx import Document
    from docx.shared import Mm, Pt

    document = Document()
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = _FONT, Pt(_SIZE)
    turned = len(figure.table.columns) > _WIDE
    section = document.sections[0]
    width, height = reversed(_PAGE) if turned else _PAGE
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    if turned:
        from docx.enum.section import WD_ORIENT

        section.orientation = WD_ORIENT.LANDSCAPE
    properties = document.core_properties
    properties.author, properties.comments, properties.title = "", "", figure.full_title
    document.add_heading(figure.full_title, level=2)
    for line in figure.summary:
        document.add_paragraph(line)
    if figure.chart is not None:
        _chart(document, figure, style or Style())
    parts = table_parts(figure.table)
    for words, part in parts:
        if len(parts) > 1:
            document.add_paragraph(words)
        _table(document, part, (width - 2 * _MARGIN) / 25.4 * 72)
    for line in figure.footnote():
        document.add_paragraph().add_run(line).font.size = Pt(_SMALL)
    enclose(document.part, figure.provenance.view)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _chart(document: Any, figure: Figure, style: Style) -> None:
    """Put the chart alone in, as across two columns of a journal; its words stand around it as text."""
    from docx.shared import Emu, Mm

    height = _PAGE[0 if document.sections[0].page_width > document.sections[0].page_height else 1] - 2 * _MARGIN - 60
    picture = io.BytesIO(png(figure, replace(style, purpose="columns", bare=True, dpi=300)))
    shape = document.add_picture(picture, width=Mm(170))
    if shape.height > Mm(height):
        shape.width, shape.height = Emu(round(shape.width * Mm(height) / shape.height)), Mm(height)
    shape._inline.docPr.set("descr", figure.full_alt)


def _table(document: Any, frame: Any, width: float) -> None:
    """Write a table: light lines, the headings again on each page, columns as wide as their text."""
    from docx.shared import Emu

    groups = spans_of(frame)
    table = document.add_table(rows=2 if groups else 1, cols=len(frame.columns), style="Light List")
    place = 0
    for group, columns in groups:
        cells = table.rows[0].cells
        (cells[place].merge(cells[place + columns - 1]) if group else cells[place]).text = group
        place += columns
    for cell, (_, name) in zip(table.rows[-1].cells, headings_of(frame), strict=True):
        cell.text = name
    for row in frame.itertuples(index=False, name=None):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    for head in table.rows[:2 if groups else 1]:
        _repeats(head)
    table.autofit = False
    wanted = [max([width_of(name, _SIZE) / 2, *(width_of(str(v), _SIZE) for v in frame.iloc[:, i])]) + _PADDING
              for i, (_, name) in enumerate(headings_of(frame))]
    for column, share in zip(table.columns, wanted, strict=True):
        for cell in (column, *column.cells):  # Word goes by the cells
            cell.width = Emu(round(width * _POINT * share / sum(wanted)))


def _repeats(row: Any) -> None:
    """Let a row of headings stand on every page of its table."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
