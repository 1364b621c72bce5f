"""The formats that a figure can be saved in, and the names of the files."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from core.export.data import csv_bytes, csv_with_notes
from core.export.document import docx_bytes
from core.export.native_curves import native_curves
from core.export.native_forest import has_forest
from core.export.picture import least_letters, pdf, svg
from core.export.privacy import in_whole_months
from core.export.raster import eps, png, tiff
from core.export.slides import ChartForm, pptx
from core.export.style import PRESETS, Purpose, Style, dressed
from core.export.workbook import xlsx_bytes
from core.figure import Figure
from core.language import speaking

_NEAR = 0.05  # points: what letters may lack


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file format: what it is called; a picture needs a chart, and may be laid out for a place."""

    label: str
    suffix: str
    mime: str
    picture: bool = False


_PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
FORMATS: tuple[Format, ...] = (
    Format(label="Slide (PPTX)", suffix=".pptx", mime=_PRESENTATION),
    Format(label="Slide with a picture", suffix="-picture.pptx", picture=True, mime=_PRESENTATION),
    Format(label="Slide with a PowerPoint chart", suffix="-native.pptx", picture=True, mime=_PRESENTATION),
    Format(label="PNG", picture=True, suffix=".png", mime="image/png"),
    Format(label="TIFF", picture=True, suffix=".tiff", mime="image/tiff"),
    Format(label="EPS", picture=True, suffix=".eps", mime="application/postscript"),
    Format(label="SVG", suffix=".svg", mime="image/svg+xml", picture=True),
    Format(label="PDF", suffix=".pdf", mime="application/pdf", picture=True),
    Format(label="CSV", suffix=".csv", mime="text/csv"),
    Format(label="CSV and notes (zip)", suffix=".zip", mime="application/zip"),
    Format(label="Excel", suffix=".xlsx", mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Format(label="Word", suffix=".docx",
           mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)
_MAKE: dict[str, Callable[[Figure, Style], bytes]] = {
    ".png": png, ".tiff": tiff, ".eps": eps, ".svg": svg, ".pdf": pdf,
    ".csv": lambda f, style: csv_bytes(f), ".zip": lambda f, style: csv_with_notes(f),
    ".xlsx": lambda f, style: xlsx_bytes(f),
    ".docx": docx_bytes}
NATIVE = "-native.pptx"
_NUMBERS = (".csv", ".zip", ".xlsx")
_SLIDES: dict[str, ChartForm] = {".pptx": "shapes", "-picture.pptx": "picture", NATIVE: "native"}


def made(figure: Figure, suffix: str, style: Style | None = None, *, template: bytes | None = None) -> bytes:
    """Return a figure as a file of the format with this suffix, in a style; slides on a template.

    Raises
    ------
    TemplateError
        If the template cannot be used.
    """
    style = style or Style()
    with speaking(figure.language):
        if style.months and suffix in (*_NUMBERS, NATIVE):
            figure = in_whole_months(figure)
        if suffix in _SLIDES:
            return pptx([figure], charts=_SLIDES[suffix], style=style, template=template)
        return _MAKE[suffix](dressed(figure, style), style)


def zipped(figures: Sequence[Figure], suffix: str, style: Style | None = None, *,
           progress: Callable[[float], None] = lambda share: None) -> bytes:
    """Return a zip of figures as files of one format, a table as CSV where the format is a picture's."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for i, figure in enumerate(figures):
            kind = suffix if any(f.suffix == suffix for f in formats_of(figure)) else ".csv"
            packed.writestr(f"{i + 1:02d}-{file_name(figure, kind, style)}", made(figure, kind, style))
            progress((i + 1) / len(figures))
    return out.getvalue()


def formats_of(figure: Figure) -> tuple[Format, ...]:
    """Return the formats that a figure can be saved in: a table alone has no picture."""
    return tuple(f for f in FORMATS if (figure.chart is not None or not f.picture)
                 and (f.suffix != NATIVE or has_forest(figure) or native_curves(figure, Style()) is not None))


def purposes_of(figure: Figure) -> list[Purpose]:
    """Return the places for which a figure's letters are large enough; all of a table, which has no picture."""
    if figure.chart is None:
        return list(PRESETS)
    return [purpose for purpose, preset in PRESETS.items()
            if least_letters(figure, Style(purpose=purpose)) >= preset.least - _NEAR]


def file_name(figure: Figure, suffix: str, style: Style | None = None, template: bytes | None = None) -> str:
    """Name a file after its figure and all that changes its content, so that no two contents share a name."""
    chosen = "" if style in (None, Style()) else json.dumps(asdict(style or Style()), sort_keys=True)
    if template and suffix in _SLIDES:
        chosen += hashlib.sha256(template).hexdigest()
    digest = hashlib.sha256(f"{figure.digest}{chosen}".encode()).hexdigest()[:8] if chosen else figure.digest
    return f"{figure.slug}-{digest}{suffix}"


def board_name(figures: Sequence[Figure], suffix: str, style: Style | None = None) -> str:
    """Name a file of several figures after the first and what is in all of them."""
    names = "|".join(file_name(f, "", style and replace(style, title="")) for f in figures)
    return f"{figures[0].slug}-{hashlib.sha256(names.encode()).hexdigest()[:8]}-board{suffix}"
