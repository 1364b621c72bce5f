"""A talk as PDF: A4 pages across, a figure each or as many as it needs, its numbers behind it."""

from __future__ import annotations

import html
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from core.enclosed import KEY, as_ascii
from core.export.deck import Entry, Talk, methods_of
from core.export.picture import converter, svg
from core.export.slide_tables import LONGEST, by_columns, end_of_part, heads_of, readable, widths_of
from core.export.style import Style, dressed
from core.figure import (
    FONT,
    INK,
    LINE,
    QUIET,
    WHITE,
    Figure,
    divided,
    headings_of,
    shortened,
    spans_of,
    table_parts,
    wrapped,
)
from core.format import plain_number
from core.language import say

_ACROSS, _DOWN, _MARGIN = 841.9, 595.3, 36.0  # points of A4, turned
_INNER, _ROOM = _ACROSS - 2 * _MARGIN, _DOWN - 2 * _MARGIN - 14  # beside the page's number
_HEAD, _TEXT, _FOOT = 16.0, 11.0, 8.0  # points of letters
_LINE, _ROW = 1.35, 1.65  # of a line, and of a table's row, to its letters
_SIZES = (11.0, 10.0, 9.0, 8.0, 7.5)  # points of a table's letters, the largest that have room
_MOST_COUNTED = 4  # groups whose numbers at risk have room under their curves
_CELL, _GAP = 6.0, 14.0  # points beside a cell's text, and beneath a table


def handout_pdf(entries: Sequence[Entry], talk: Talk, *, style: Style | None = None,
                progress: Callable[[float], None] = lambda share: None) -> bytes:
    """Return a PDF of figures in their order, between a title page and the methods."""
    from pypdf import PdfWriter

    style = replace(style or Style(), title="", purpose="slide", bare=True)
    pages: list[str] = []
    if talk.title.strip() or talk.subtitle.strip():
        pages.append(_lines([(talk.title, 30.0, INK), (talk.subtitle, _HEAD, QUIET)], _DOWN * 0.35))
    for i, entry in enumerate(entries):
        pages += _figure(dressed(entry.captioned(), style), style)
        progress((i + 1) / (len(entries) + 1))
    if talk.methods and entries:
        words = [(line, _TEXT, INK) for line in methods_of([dressed(e.figure, style) for e in entries])]
        pages.append(_lines([(say("Patients and methods"), _HEAD, INK), *words], _MARGIN))
    writer = PdfWriter()
    for number, page in enumerate(pages, start=1):
        writer.append(io.BytesIO(converter().svg_to_pdf(_whole(page, number, len(pages)))))
    view = entries[0].figure.provenance.view if entries else ""
    writer.add_metadata({"/Title": " ".join(talk.title.split()) or say("Figures"), "/Producer": "Cohortscope",
                         **({f"/{KEY}": as_ascii(view)} if view else {})})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _figure(figure: Figure, style: Style) -> Iterator[str]:
    """Draw a figure's pages: its chart in parts that are read, then its numbers with the footnote."""
    if figure.chart is not None:
        finding = [(line, _TEXT, INK) for line in figure.summary]
        above = _height([(figure.full_title, _HEAD, INK), *finding])
        crowded = len(figure.laid_out("slide")["datasets"].get("names", ())) > _MOST_COUNTED and figure.layouts
        drawings = [figure.laid_out("middle")] if crowded and not figure.slides else list(figure.slides) or divided(
            figure.laid_out("slide"), (_ROOM - above) / _scale(figure))
        for place, drawing in enumerate(drawings, start=1):
            title = figure.full_title if len(drawings) == 1 else say(
                "{title} ({page} of {pages})", title=figure.full_title, page=place, pages=len(drawings))
            words = [(title, _HEAD, INK), *(finding if place == 1 else [])]
            part = replace(figure, layouts={**figure.layouts, "slide": drawing}, slides=(), redraw=None)
            yield _lines(words, _MARGIN) + _fitted(svg(part, style).decode("utf-8"), _height(words))
    yield from _numbers(figure)


def _numbers(figure: Figure) -> Iterator[str]:
    """Write a figure's tables, as many on a page as have room, and its footnote beneath the last."""
    head, foot = [(figure.full_title, _HEAD, INK)], [(line, _FOOT, QUIET) for line in figure.footnote()]
    top = _MARGIN + _height(head)
    page, y = _lines(head, _MARGIN), top
    beneath = _height(foot) if _height(foot) < _ROOM / 4 else 0.0  # a long one has a page of its own
    for words, frame, points in _tables(figure, _ROOM - _height(head) - beneath - 2 * _TEXT - _GAP):
        name = [(words, _TEXT, INK)] if words else []
        tall = _height(name) + _table_height(frame, points) + _GAP
        if y > top and y + tall > _MARGIN + _ROOM:
            yield page
            page, y = _lines(head, _MARGIN), top
        page += _lines(name, y) + _table(frame, points, y + _height(name))
        y += tall
    if y > top and y + _height(foot) > _MARGIN + _ROOM:
        yield page
        page, y = _lines(head, _MARGIN), top
    yield page + _lines(foot, y)


def _table_height(frame: pd.DataFrame, points: float) -> float:
    widths = widths_of(frame, points)
    rows = math.fsum(_row_height(cells, widths, points) for cells in frame.itertuples(index=False, name=None))
    return heads_of(frame) * points * _ROW + rows


def _tables(figure: Figure, down: float) -> Iterator[tuple[str, pd.DataFrame, float]]:
    """Divide a figure's table into parts that have room on a page; return their names and the points of letters."""
    parts = table_parts(figure.table)
    for words, frame in parts:
        for columns in [frame] if _points(frame) else _divided(frame):
            points, begin = _points(columns) or _SIZES[-1], 0
            heights = [_row_height(cells, widths_of(columns, points), points)
                       for cells in columns.itertuples(index=False, name=None)]
            room = down - heads_of(columns) * points * _ROW
            while begin < max(len(columns), 1):
                end = begin + 1
                while end < len(columns) and math.fsum(heights[begin:end + 1]) <= room:
                    end += 1
                end = end_of_part(columns, begin, end)
                yield words if len(parts) > 1 else "", columns.iloc[begin:end], points
                begin = end


def _divided(frame: pd.DataFrame) -> list[pd.DataFrame]:
    return by_columns(readable(frame, _INNER / 72, _SIZES[-1]), _INNER / 72, _SIZES[-1])


def _row_height(cells: Sequence[Any], widths: Sequence[float], points: float) -> float:
    """Return the points that a row needs, its longest cell on as many lines as that has."""
    lines = max((len(_wrapped(v, w, points)) for v, w in zip(cells, widths, strict=True)), default=1)
    return points * (_ROW + (lines - 1) * _LINE)


def _wrapped(cell: Any, width: float, points: float) -> list[str]:
    return wrapped(str(cell), width, points) or [""]


def _points(frame: pd.DataFrame) -> float:
    """Return the largest letters with which a table's columns have room beside each other, in points; 0 for none."""
    return next((p for p in _SIZES if math.fsum(widths_of(frame, p)) <= _INNER), 0.0)


def _height(texts: Sequence[tuple[str, float, str]]) -> float:
    """Return the points that lines need; see `_lines`."""
    return math.fsum((len(wrapped(" ".join(text.split()), _INNER, points)) * _LINE + 0.3) * points
                     for text, points, _ in texts)


def _scale(figure: Figure) -> float:
    """Return the points of a pixel of a chart that is as wide as the page."""
    return _INNER / float(figure.laid_out("slide")["width"])


def _fitted(drawing: str, above: float) -> str:
    """Put a drawing into the room that a page has beneath its words, in its proportions."""
    inner = drawing[drawing.index("<svg"):]
    return (f'<svg x="{_MARGIN}" y="{_MARGIN + above}" width="{_INNER}" height="{_ROOM - above}" '
            f'viewBox="{_box(inner)}" preserveAspectRatio="xMinYMin meet">{inner}</svg>')


def _box(drawing: str) -> str:
    """Return the box of a drawing by its own width and height."""
    sizes = {name: drawing.split(f'{name}="', 1)[1].split('"', 1)[0] for name in ("width", "height")}
    return f'0 0 {sizes["width"]} {sizes["height"]}'


def _lines(texts: Sequence[tuple[str, float, str]], y: float) -> str:
    """Write texts, each with its letters in points and its colour, one beneath the other."""
    out = []
    for text, points, colour in texts:
        for line in wrapped(" ".join(text.split()), _INNER, points):
            y += points * _LINE
            out.append(_text(_MARGIN, y, line, points, colour))
        y += points * 0.3
    return "".join(out)


def _table(frame: pd.DataFrame, points: float, top: float) -> str:
    """Write a table: headings above a line, columns as wide as their text."""
    widths, row = widths_of(frame, points), points * _ROW
    scale = min(_INNER / math.fsum(widths), 1.4)
    lefts = [_MARGIN + scale * math.fsum(widths[:i]) for i in range(len(widths))]
    parts: list[str] = []
    y, place = top, 0
    groups = spans_of(frame)
    for group, many in groups:
        parts.append(_text(lefts[place] + _CELL, y + points, shortened(group, LONGEST), points, INK, weight=600))
        place += many
    y += row if groups else 0.0
    for left, (_, name) in zip(lefts, headings_of(frame), strict=True):
        parts.append(_text(left + _CELL, y + points, shortened(name, LONGEST), points, INK, weight=600))
    y += row
    for cells in frame.itertuples(index=False, name=None):
        parts.append(f'<line x1="{_MARGIN}" x2="{lefts[-1] + scale * widths[-1]}" y1="{y - points * 0.25}" '
                     f'y2="{y - points * 0.25}" stroke="{LINE}" stroke-width="0.5"/>')
        for left, cell, width in zip(lefts, cells, widths, strict=True):
            parts += [_text(left + _CELL, y + points * (1 + i * _LINE), line, points, INK)
                      for i, line in enumerate(_wrapped(cell, width, points))]
        y += _row_height(cells, widths, points)
    return "".join(parts)


def _text(x: float, y: float, text: str, points: float, colour: str, weight: int = 400) -> str:
    place = f'x="{plain_number(x)}" y="{plain_number(y)}"'
    return (f'<text {place} font-family="{html.escape(FONT)}" font-size="{plain_number(points)}" fill="{colour}" '
            f'font-weight="{weight}" xml:space="preserve">{html.escape(text)}</text>')


def _whole(page: str, number: int, of: int) -> Any:
    foot = _text(_ACROSS - _MARGIN - 40, _DOWN - _MARGIN / 2, f"{number} / {of}", _FOOT, QUIET)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{_ACROSS}" '
            f'height="{_DOWN}" viewBox="0 0 {_ACROSS} {_DOWN}"><rect width="100%" height="100%" fill="{WHITE}"/>'
            f'{page}{foot}</svg>')
