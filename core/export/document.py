"""A Word document of a figure: its numbers as a native table, its finding, and what its reader must know."""

from __future__ import annotations

import io
from typing import Any

from core.figure import Figure, headings_of, spans_of, table_parts

_FONT, _SIZE, _SMALL = "Calibri", 9, 8


def docx_bytes(figure: Figure) -> bytes:
    """Return a document with the figure's table, as text that can be edited."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = _FONT, Pt(_SIZE)
    if len(figure.table.columns) > 5:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(figure.full_title, level=2)
    for line in figure.summary:
        document.add_paragraph(line)
    parts = table_parts(figure.table)
    for words, part in parts:
        if len(parts) > 1:
            document.add_paragraph(words)
        _table(document, part)
    for line in figure.footnote():
        document.add_paragraph().add_run(line).font.size = Pt(_SMALL)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Any, frame: Any) -> None:
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
