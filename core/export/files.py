"""The formats that a figure can be saved in, and the names of the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.export.data import csv_bytes
from core.export.document import docx_bytes
from core.export.picture import pdf, png, svg
from core.export.slides import pptx
from core.export.workbook import xlsx_bytes
from core.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file format: what it is called; a picture needs a chart."""

    label: str
    suffix: str
    mime: str
    picture: bool = False


FORMATS: tuple[Format, ...] = (
    Format(label="PNG 2×", picture=True, suffix="@2x.png", mime="image/png"),
    Format(label="PNG 4×", picture=True, suffix="@4x.png", mime="image/png"),
    Format(label="SVG", suffix=".svg", mime="image/svg+xml", picture=True),
    Format(label="PDF", suffix=".pdf", mime="application/pdf", picture=True),
    Format(label="CSV", suffix=".csv", mime="text/csv"),
    Format(label="Excel", suffix=".xlsx", mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Format(label="Word", suffix=".docx",
           mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    Format(label="Slide (PPTX)", suffix=".pptx",
           mime="application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    Format(label="Slide with a picture", suffix="-picture.pptx", picture=True,
           mime="application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_MAKE: dict[str, Callable[[Figure], bytes]] = {
    "@2x.png": lambda f: png(f, scale=2), "@4x.png": lambda f: png(f, scale=4), ".svg": svg, ".pdf": pdf,
    ".csv": csv_bytes, ".xlsx": xlsx_bytes, ".docx": docx_bytes, ".pptx": lambda f: pptx([f]),
    "-picture.pptx": lambda f: pptx([f], charts="picture")}


def made(figure: Figure, suffix: str) -> bytes:
    """Return a figure as a file of the format with this suffix."""
    return _MAKE[suffix](figure)


def formats_of(figure: Figure) -> tuple[Format, ...]:
    """Return the formats that a figure can be saved in: a table alone has no picture."""
    return tuple(f for f in FORMATS if figure.chart is not None or not f.picture)


def file_name(figure: Figure, suffix: str) -> str:
    """Name a file after its figure and all that changes its content, so that no two contents share a name."""
    return f"{figure.slug}-{figure.digest}{suffix}"


def board_name(figures: Sequence[Figure], suffix: str) -> str:
    """Name a file of several figures after the first and what is in all of them."""
    content = hashlib.sha256("|".join(f.digest for f in figures).encode()).hexdigest()[:8]
    return f"{figures[0].slug}-{content}-board{suffix}"
