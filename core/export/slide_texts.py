"""What is written on a slide: title, finding, footnote and number, each in letters that are read from the back row."""

from __future__ import annotations

import math
from typing import Any, cast

from core.export.stage import FONT, Stage
from core.figure import Figure, width_of, wrapped
from core.language import say

_FOOT_HEIGHT, _FOOT_MARGIN, _HIGHEST = 0.95, 0.15, 2.4  # inches
_FOOT_SIZES = ((9, "\n"), (8, "\n"), (8, " "), (7, " "))  # points, and what stands between statements
_LINE = 1.2 / 72  # inches per point of a line of letters
_FINDINGS = (20, 18, 16, 14, 12)  # points
_TITLES = (26, 22, 18, 16, 14, 12)  # points
_TEMPLATES = 44  # points of a template's title where it says nothing else
_EMU, _POINT = 914_400, 12_700
_NUMBER = 0.7  # inches beside the footnote for the slide's number
BESIDE = 3.4  # inches of a finding beside a chart


def headed(stage: Stage, figure: Figure, title: str) -> Any:
    """Add a slide with its title, its footnote, and the words for those who do not see it in its notes."""
    slide = stage.add()
    _title(stage, slide.shapes.title, title)
    _footnote(stage, slide, figure)
    slide.notes_slide.notes_text_frame.text = "\n".join([figure.full_alt, *figure.summary, *figure.footnote()])
    return slide


def _title(stage: Stage, head: Any, title: str) -> None:
    """Write a title in the largest letters that fit its place; a template's own letters where these do."""
    across, down = (head.width / _EMU - 0.2) * 72, (head.height / _EMU - 0.1) * 72
    for points in _TITLES:
        lines = len(wrapped(title, across, points * 1.05))
        if lines * points * 1.2 <= down:
            break
    head.text_frame.text = title
    head.text_frame.word_wrap = True
    if stage.native:
        style(head.text_frame, points, stage.ink, bold=True)
    elif width_of(title, _TEMPLATES) > across or points < _TITLES[0]:
        for run in head.text_frame.paragraphs[0].runs:
            run.font.size = points * _POINT


def foot(stage: Stage, figure: Figure) -> tuple[str, float, float]:
    """Return the footnote's text, its letters' size in points and the height it needs: never too little for all of it.

    A statement has its own line where there is room.
    """
    for points, between in _FOOT_SIZES:
        text = between.join(figure.footnote())
        across = (stage.inner - _NUMBER - 0.2) * 72
        lines = sum(max(1, math.ceil(width_of(line, size=points) / across)) for line in text.split("\n"))
        height = lines * points * _LINE + 0.1 + _FOOT_MARGIN
        if height <= _FOOT_HEIGHT:
            break
    most = round((_HIGHEST - 0.1 - _FOOT_MARGIN) / (points * _LINE))
    if lines > most:  # the notes hold all of it
        text = f"{text[:int(len(text) * most / lines * 0.85)].rstrip()} {say('… (all of it stands in the notes)')}"
        height = _HIGHEST
    return text, points, height


def room(stage: Stage, figure: Figure) -> float:
    """Return how many inches there are between title and footnote."""
    return stage.bottom - stage.top - foot(stage, figure)[2] - 0.1


def finding(stage: Stage, slide: Any, figure: Figure, place: tuple[float, float, float, float]) -> None:
    """Write the finding beside a chart, in letters as large as the place (left, top, width, height) has room for."""
    if figure.summary:
        left, top, width, room_high = place
        points, height = next(((p, h) for p in _FINDINGS if (h := _height(figure.summary, p, width)) <= room_high),
                              (_FINDINGS[-1], room_high))
        _box(slide, "Finding", "\n".join(figure.summary), (left, top, width, height))
        style(slide.shapes[-1].text_frame, points, stage.ink, bold=True)


def finding_fits(figure: Figure, width: float, height: float) -> bool:
    """Tell whether the finding can stand beside a chart."""
    return not figure.summary or _height(figure.summary, _FINDINGS[-1], width) <= height


def _height(lines: tuple[str, ...], points: float, width: float) -> float:
    """Return the inches that lines of bold letters need."""
    across = (width - 0.2) * 72
    return sum(math.ceil(width_of(line, points * 1.05) / across) for line in lines) * points * _LINE + 0.15


def finding_above(stage: Stage, slide: Any, figure: Figure, top: float) -> float:
    """Write the finding over a chart that goes across the slide; return the inches that it takes."""
    if not figure.summary:
        return 0.0
    text = "; ".join(line.rstrip(".") for line in figure.summary) + "."
    height = _height((text,), 14, stage.inner)
    _box(slide, "Finding", text, (stage.left, top, stage.inner, height))
    style(slide.shapes[-1].text_frame, 14, stage.ink, bold=True)
    return height + 0.05


def style(frame: Any, points: float, colour: str, *, bold: bool = False) -> None:
    """Write a frame's text in letters of a size and colour."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    for paragraph in frame.paragraphs:
        paragraph.alignment, paragraph.font.size = PP_ALIGN.LEFT, Pt(points)  # an empty cell is as high as others
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(points), bold, FONT
            run.font.color.rgb = cast(Any, RGBColor).from_string(colour.lstrip("#"))


def _footnote(stage: Stage, slide: Any, figure: Figure) -> None:
    text, points, height = foot(stage, figure)
    _box(slide, "Footnote", text, (stage.left, stage.bottom - height, stage.inner - _NUMBER, height - _FOOT_MARGIN))
    style(slide.shapes[-1].text_frame, points, stage.quiet)


def _box(slide: Any, name: str, text: str, place: tuple[float, float, float, float]) -> None:
    from pptx.util import Inches

    box = slide.shapes.add_textbox(*(Inches(v) for v in place))
    box.name = name
    box.text_frame.word_wrap = True
    box.text_frame.text = text
