"""A figure's numbers as native tables of a slide, in letters that are read from the back row."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pandas as pd

from core.export.slide_texts import style
from core.export.stage import Stage
from core.figure import headings_of, shortened, spans_of, text_table, turned, width_of

LONGEST = 52  # characters of a cell; longer ones are cut, for a row must stay one line high
_SIZES = (14, 12)  # points: the larger one if the columns have room; less is not read from the back row
_ROW = 1.65 / 72  # inches of a row per point of its letters
_TURNED = 4  # rows, of fewer than which columns are made
_ALONE = 3  # rows, of fewer than which a table does not stand alone on a slide
_PADDING = 14  # points of a cell beside its text
_CAPITAL = 0.16  # of the size, by which a capital is wider than a small letter


def height_of(frame: pd.DataFrame, width: float, points: float | None = None) -> float:
    """Return the inches that a table needs at a width, its letters of a size or as large as they have room."""
    return (len(frame) + heads_of(frame)) * _ROW * (points or size_of(frame, width)) + 0.05


def size_of(frame: pd.DataFrame, width: float) -> float:
    """Return the points of a table's letters at a width in inches."""
    return next((p for p in _SIZES if math.fsum(widths_of(frame, p)) <= width * 72), _SIZES[-1])


def readable(frame: pd.DataFrame, width: float, least: float = _SIZES[-1]) -> pd.DataFrame:
    """Return a table, turned where it has few rows and its columns have no room beside each other."""
    crowded = math.fsum(widths_of(frame, least)) > width * 72
    return turned(frame) if crowded and len(frame) < _TURNED and not spans_of(frame) else frame


def alone(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table for a slide of its own: turned where it has one or two rows and more columns."""
    return turned(frame) if len(frame) < _ALONE < len(frame.columns) and not spans_of(frame) else frame


def heads_of(frame: pd.DataFrame) -> int:
    """Return how many rows of headings a table has."""
    return 2 if spans_of(frame) else 1


def by_columns(frame: pd.DataFrame, width: float, least: float = _SIZES[-1]) -> list[pd.DataFrame]:
    """Divide a table whose columns have no room beside each other in the least points; its rows are named in each part.

    There are as few parts as possible, as even in width as possible, and a group's columns stay together
    where the group has room.
    """
    widths, room = widths_of(frame, least), width * 72
    names = list(range(_names(frame)))
    blocks = _blocks(frame, names, widths, room)
    fewest = len(_filled(names, blocks, widths, room))
    if fewest == 1:
        return [frame]
    limits = range(int(widths[0]), math.ceil(room))
    evenest = next((limit for limit in limits if len(_filled(names, blocks, widths, limit)) == fewest), room)
    return [_columns(frame, places) for places in _filled(names, blocks, widths, evenest)]


def _names(frame: pd.DataFrame) -> int:
    """Return how many columns name a row: two where the first is the same in several rows, none of them indented."""
    first = frame.iloc[:, 0].astype(str)
    if first.is_unique or any(name[:1].isspace() for name in first) or len(frame.columns) < 3:
        return 1
    return 1 if frame.iloc[:, :2].duplicated().any() else 2


def _blocks(frame: pd.DataFrame, names: list[int], widths: list[float], room: float) -> list[list[int]]:
    """Return the places of the columns after the rows' names that stay together."""
    places = iter(range(len(widths)))
    blocks: list[list[int]] = []
    for group, count in spans_of(frame) or [("", len(widths))]:
        block = [place for place in itertools.islice(places, count) if place not in names]
        together = group and math.fsum(widths[place] for place in [*names, *block]) <= room
        blocks += [block] if together else [[place] for place in block]
    return [block for block in blocks if block]


def _filled(names: list[int], blocks: list[list[int]], widths: list[float], limit: float) -> list[list[int]]:
    """Fill parts one after the other up to a width in points; each has the rows' names and a block at least."""
    parts = [names[:]]
    for block in blocks:
        if len(parts[-1]) > len(names) and math.fsum(widths[i] for i in [*parts[-1], *block]) > limit:
            parts.append(names[:])
        parts[-1] += block
    return parts


def _columns(frame: pd.DataFrame, places: list[int]) -> pd.DataFrame:
    """Return some columns of a table; under their groups where these have more than one name."""
    headings = headings_of(frame)
    return text_table([headings[i] for i in places], frame.iloc[:, places].to_numpy().tolist())


def parts_of(frame: pd.DataFrame, width: float, height: float) -> list[pd.DataFrame]:
    """Divide a table into parts of nearly equal length that fit a height."""
    most = max(int(height / (_ROW * size_of(frame, width))) - heads_of(frame), 3)
    parts, begin = [], 0
    while begin < len(frame):
        left = len(frame) - begin
        end = end_of_part(frame, begin, begin + math.ceil(left / math.ceil(left / most)))
        parts.append(frame.iloc[begin:end])
        begin = end
    return parts or [frame]


def end_of_part(frame: pd.DataFrame, begin: int, end: int) -> int:
    """Return the row before which a part of a table ends: the last of at most ``end`` that is not indented.

    So the levels of a variable stay under its name. A part that would lose more than half of its rows ends at ``end``.
    """
    whole = [row for row in range(begin + 1, min(end, len(frame) - 1) + 1) if not str(frame.iloc[row, 0])[:1].isspace()]
    return whole[-1] if end < len(frame) and whole and (whole[-1] - begin) * 2 >= end - begin else end


def add_table(stage: Stage, slide: Any, frame: pd.DataFrame, left: float, top: float, width: float,
              points: float | None = None) -> None:
    """Write a table, its columns as wide as their text."""
    from pptx.util import Inches

    points = points or size_of(frame, width)
    headings, groups = headings_of(frame), spans_of(frame)
    above = [[group for group, columns in groups for _ in range(columns)]] if groups else []
    heads = [*above, [name for _, name in headings]]
    lines = [*heads, *frame.itertuples(index=False, name=None)]
    row = _ROW * points
    widths = widths_of(frame, points)
    width = min(width, max(math.fsum(widths) / 72 * 1.15, width / 2))
    shape = slide.shapes.add_table(len(lines), len(headings), Inches(left), Inches(top), Inches(width),
                                   Inches(row * len(lines)))
    shape.name = "Numbers"
    native = shape.table
    _plain(shape)
    for column, share in enumerate(widths):
        native.columns[column].width = Inches(width * share / math.fsum(widths))
    for i, cells in enumerate(lines):
        native.rows[i].height = Inches(row)
        for j, text in enumerate(cells):
            cell = native.cell(i, j)
            if i or not groups or not j or text != cells[j - 1]:  # a group's name stands once, over its columns
                cell.text_frame.text = shortened(str(text), LONGEST)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.margin_left = cell.margin_right = Inches(0.06)
            head = i < len(heads)
            style(cell.text_frame, points, stage.quiet if head else stage.ink, bold=j == 0 and not head)
    _merge(native, groups)


def _merge(native: Any, groups: list[tuple[str, int]]) -> None:
    """Join the cells of each group's name over its columns."""
    place = 0
    for group, columns in groups:
        if group and columns > 1:
            native.cell(0, place).merge(native.cell(0, place + columns - 1))
        place += columns


def widths_of(frame: pd.DataFrame, points: float) -> list[float]:
    """Return how wide each column's text is, in points; a group's name needs the room of its columns together."""
    widths = []
    for place, (_, name) in enumerate(headings_of(frame)):
        cells = (_width(str(v), points) for v in frame.iloc[:, place])
        widths.append(max([_width(name, points), *cells]) + _PADDING)
    place = 0
    for group, columns in spans_of(frame):
        short = _width(group, points) + _PADDING - math.fsum(widths[place:place + columns])
        if short > 0:
            widths[place + columns - 1] += short
        place += columns
    return widths


def _plain(shape: Any) -> None:
    """Choose the built-in table style without fills: thin lines only."""
    properties = shape._element.graphic.graphicData.tbl.tblPr
    chosen = properties.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId")
    chosen.text = "{9D7B030F-B1BA-407E-8C2B-9B3B5B5A3C44}"  # "Light Style 1"
    shape.table.horz_banding = False


def _width(text: str, points: float) -> float:
    """Return how wide a cell's text is, in points, with room for its capitals: a cell breaks a word that is wider."""
    shown = shortened(text, LONGEST)
    return width_of(shown, points) + _CAPITAL * points * sum(c.isupper() for c in shown)
