"""A talk: a title slide, figures with their captions, and a slide of methods, on one master."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from core.export.office import enclose
from core.export.slide_texts import style as write
from core.export.slides import add_figure
from core.export.stage import Stage, open_stage
from core.export.style import Style, dressed
from core.figure import Figure, wrapped
from core.language import say, speaking

_METHOD_LETTERS = (18, 16, 14, 12)  # points: the largest at which all statements have room


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """A figure of a talk, as it was when it was added; the caption stands first in its finding.

    `name` stays the same wherever the figure stands, and whatever is changed of it.
    """

    figure: Figure
    caption: str = ""
    name: str = field(default_factory=lambda: token_hex(4))

    def captioned(self) -> Figure:
        """Return the figure with its caption."""
        words = " ".join(self.caption.split())
        return replace(self.figure, summary=(words, *self.figure.summary)) if words else self.figure


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What a presentation has beside its figures: its title with a line under it, none where both are empty."""

    title: str = ""
    subtitle: str = ""
    methods: bool = True


def deck_pptx(entries: Sequence[Entry], talk: Talk, *, style: Style | None = None, template: bytes | None = None,
              progress: Callable[[float], None] = lambda share: None) -> bytes:
    """Return a presentation of figures in their order, between a title slide and a slide of methods.

    Raises
    ------
    TemplateError
        If the template cannot be used.
    """
    style = replace(style or Style(), title="")
    stage = open_stage("4:3" if style.purpose == "4:3" else "16:9", template)
    if talk.title.strip() or talk.subtitle.strip():
        _title_slide(stage, talk)
    for i, entry in enumerate(entries):
        with speaking(entry.figure.language):
            add_figure(stage, entry.captioned(), "shapes", style)
        progress((i + 1) / (len(entries) + 1))
    if talk.methods and entries:
        _methods_slide(stage, [dressed(entry.figure, style) for entry in entries])
    enclose(stage.deck.part, entries[0].figure.provenance.view if entries else "")
    stage.deck.core_properties.title = " ".join(talk.title.split())
    out = io.BytesIO()
    stage.deck.save(out)
    return out.getvalue()


def methods_of(figures: Sequence[Figure]) -> list[str]:
    """Return what was done for some figures, each statement once: which patients, methods and file."""
    origins = [figure.provenance for figure in figures]
    return list(dict.fromkeys([f"{p.patients}. {p.filters}" for p in origins] + [p.method for p in origins if p.method]
                              + [p.source for p in origins]))


def _title_slide(stage: Stage, talk: Talk) -> None:
    from pptx.util import Inches

    slide = stage.add()
    slide.shapes.title.text_frame.text = " ".join(talk.title.split()) or " ".join(talk.subtitle.split())
    head = slide.shapes.title
    head.left, head.width = Inches(stage.left), Inches(stage.inner)
    head.top, head.height = Inches(stage.height * 0.3), Inches(stage.height * 0.22)
    if stage.native:
        write(head.text_frame, 36, stage.ink, bold=True)
    head.text_frame.word_wrap = True
    if talk.title.strip() and talk.subtitle.strip():
        box = slide.shapes.add_textbox(Inches(stage.left), Inches(stage.height * 0.54), Inches(stage.inner),
                                       Inches(stage.height * 0.14))
        box.name = "Subtitle"
        box.text_frame.word_wrap = True
        box.text_frame.text = " ".join(talk.subtitle.split())
        write(box.text_frame, 20, stage.quiet)


def _methods_slide(stage: Stage, figures: Sequence[Figure]) -> None:
    """Write the methods, on as many slides as they need in letters of 12 points at least."""
    lines = methods_of(figures)
    room = stage.bottom - stage.top - 0.4
    across = (stage.inner - 0.2) * 72
    points = next((p for p in _METHOD_LETTERS if _height(lines, across, p) <= room), _METHOD_LETTERS[-1])
    while lines:
        shown: list[str] = []
        while lines and (not shown or _height([*shown, lines[0]], across, points) <= room):
            shown.append(lines.pop(0))
        _page(stage, shown, points)


def _height(lines: Sequence[str], across: float, points: float) -> float:
    """Return the inches that statements need, each with air beneath it."""
    return sum(len(wrapped(line, across, points)) * 1.2 + 0.5 for line in lines) * points / 72


def _page(stage: Stage, lines: Sequence[str], points: float) -> None:
    from pptx.util import Inches, Pt

    slide: Any = stage.add()
    slide.shapes.title.text_frame.text = say("Patients and methods")
    if stage.native:
        write(slide.shapes.title.text_frame, 26, stage.ink, bold=True)
    box = slide.shapes.add_textbox(Inches(stage.left), Inches(stage.top), Inches(stage.inner),
                                   Inches(min(_height(lines, (stage.inner - 0.2) * 72, points) + 0.1,
                                              stage.bottom - stage.top - 0.1)))
    box.name = "Methods"
    box.text_frame.word_wrap = True
    box.text_frame.text = "\n".join(lines)
    write(box.text_frame, points, stage.ink)
    for paragraph in box.text_frame.paragraphs:
        paragraph.space_after = Pt(points / 2)
