"""Drawings of a figure as SVG and PDF: its chart laid out for a place, its title above and its footnote beneath."""

from __future__ import annotations

import html
import io
import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from core.enclosed import KEY, as_ascii
from core.export.style import Style, coloured, recoloured
from core.figure import FONT, FONT_FOLDER, INK, QUIET, WHITE, Figure, sizes, wrapped
from core.format import plain_number

VEGA_LITE = "6.4"
_NO_NETWORK: list[str] = []
_MARGIN, _GAP = 14, 10  # pixels around the picture, and between its parts
_TITLE, _SUMMARY, _FOOT = (14, 19), (12, 16), (9.5, 12.5)  # of letters and lines, pixels
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_GROUND = re.compile(rf'<rect [^>]*fill="{WHITE}"[^>]*/>')


def svg(figure: Figure, style: Style | None = None) -> bytes:
    """Draw an SVG: the chart, and around it title, finding and footnote unless it is to stand bare.

    It is as wide as its place, in points; within, lengths are pixels of the chart.
    """
    return _picture(figure, style or Style())[0].encode("utf-8")


def pdf(figure: Figure, style: Style | None = None) -> bytes:
    """Draw a PDF page of the size of its place; its information encloses the view that leads back to it."""
    from pypdf import PdfWriter

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it counts the converter's objects anew, and says so
    writer = PdfWriter(clone_from=io.BytesIO(converter().svg_to_pdf(svg(figure, style).decode("utf-8"))))
    view = {f"/{KEY}": as_ascii(figure.provenance.view)} if figure.provenance.view else {}
    writer.add_metadata({"/Title": figure.full_title, "/Producer": "Cohortscope", **view})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def least_letters(figure: Figure, style: Style) -> float:
    """Return the size of the smallest letters of a figure's chart in its picture, in points, without drawing it."""
    chart = figure.laid_out(style.preset.room)
    return min(sizes(chart)) * style.preset.width / (chart["width"] + 2 * _MARGIN)


def drawn(chart: dict[str, Any]) -> str:
    """Draw a chart alone."""
    return cast(str, converter().vegalite_to_svg(chart, vl_version=VEGA_LITE, allowed_base_urls=_NO_NETWORK))


@lru_cache(maxsize=1)
def converter() -> Any:
    """Load the converter with the app's own fonts; its first picture takes a second or three."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))
    return vl_convert


def _picture(figure: Figure, style: Style) -> tuple[str, float]:
    """Return an SVG, and how many points a pixel of its chart has."""
    style, laid_out = coloured(style, figure), figure.laid_out(style.preset.room)
    chart = drawn(laid_out)
    if style.transparent:
        chart = _GROUND.sub("", chart, count=1)
    box = _BOX.search(chart)
    assert box is not None  # every chart of the converter has one
    width, height = (float(v) for v in box.groups())
    parts: list[str] = []
    y = float(_MARGIN)
    if not style.bare:
        for texts, (letters, line), look in (((figure.full_title,), _TITLE, f'fill="{INK}" font-weight="600"'),
                                             (figure.beside(laid_out), _SUMMARY, f'fill="{INK}"')):
            y = _write(parts, texts, letters, line, look, y, width)
        y += _GAP
    parts.append(chart[chart.index("<svg"):].replace("<svg", f'<svg x="{_MARGIN}" y="{_at(y)}"', 1))
    y += height
    if not style.bare:
        y = _write(parts, figure.footnote(), *_FOOT, f'fill="{QUIET}"', y + _GAP, width)
    across, down = width + 2 * _MARGIN, y + _MARGIN
    scale = style.preset.width / across
    ground = "" if style.transparent else f'<rect width="100%" height="100%" fill="{WHITE}"/>'
    whole = (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
             f'width="{_at(across * scale)}" height="{_at(down * scale)}" viewBox="0 0 {_at(across)} {_at(down)}" '
             f'role="img" aria-label="{html.escape(figure.full_alt)}">{_metadata(figure)}'
             f'{ground}{"".join(parts)}</svg>')
    return recoloured(whole, style), scale


def _metadata(figure: Figure) -> str:
    """Enclose the view that leads back to a figure."""
    view = figure.provenance.view
    return f'<metadata id="{KEY}">{html.escape(view, quote=False)}</metadata>' if view else ""


def _write(parts: list[str], texts: Sequence[str], letters: float, line: float, look: str, y: float,
           width: float) -> float:
    """Write texts as lines of the picture's width from a height on; return where they end."""
    for text_of_line in (row for text in texts for row in wrapped(text, width, letters)):
        y += line
        parts.append(f'<text x="{_MARGIN}" y="{_at(y - line * 0.25)}" font-family="{html.escape(FONT)}" '
                     f'font-size="{letters}" {look}>{html.escape(text_of_line)}</text>')
    return y


def _at(pixels: float) -> str:
    """Write a place or length in an SVG."""
    return plain_number(round(pixels, 2))
