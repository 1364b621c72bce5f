"""PNG, SVG and PDF of a figure: the very chart that is on the screen, with its title above and its footnote beneath."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from core.figure import FONT, FONT_FOLDER, INK, QUIET, WHITE, Figure, wrapped
from core.format import plain_number

VEGA_LITE = "6.4"
_NO_NETWORK: list[str] = []
_MARGIN, _GAP = 14, 10  # pixels around the picture, and between its parts
_TITLE, _SUMMARY, _FOOT = (14, 19), (12, 16), (9, 12)  # of letters and lines, pixels
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def png(figure: Figure, *, scale: int = 2) -> bytes:
    """Draw a PNG at `scale` pixels per point."""
    return png_of(svg(figure), scale=scale)


def png_of(drawing: bytes, *, scale: int) -> bytes:
    """Draw a PNG of an SVG at `scale` pixels per point."""
    return cast(bytes, _converter().svg_to_png(drawing.decode("utf-8"), scale=scale))


def svg(figure: Figure, *, titled: bool = True) -> bytes:
    """Draw an SVG: the chart, and around it title, finding and footnote unless it is to stand bare."""
    chart = _drawn(figure.drawing)
    return (_titled(figure, chart) if titled else chart).encode("utf-8")


def slide_svg(figure: Figure) -> bytes:
    """Draw an SVG of the chart alone as a slide shows it."""
    return _drawn(figure.on_slide or figure.drawing).encode("utf-8")


def _drawn(chart: dict[str, Any]) -> str:
    return cast(str, _converter().vegalite_to_svg(chart, vl_version=VEGA_LITE, allowed_base_urls=_NO_NETWORK))


def pdf(figure: Figure) -> bytes:
    """Draw a PDF page."""
    return cast(bytes, _converter().svg_to_pdf(svg(figure).decode("utf-8")))


def size(figure: Figure) -> tuple[int, int]:
    """Return the width and height of the chart that a slide shows, in points."""
    chart = figure.on_slide or figure.drawing
    return int(chart["width"]), int(chart["height"])


@lru_cache(maxsize=1)
def _converter() -> Any:
    """Load the converter with the app's own fonts; its first picture takes a second or three."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))
    return vl_convert


def _titled(figure: Figure, chart: str) -> str:
    """Put title, finding and footnote around a finished chart; nothing in it is drawn anew."""
    box = _BOX.search(chart)
    assert box is not None  # every chart of the converter has one
    width, height = (float(v) for v in box.groups())
    parts: list[str] = []
    y = float(_MARGIN)
    for texts, (letters, line), look in (((figure.full_title,), _TITLE, f'fill="{INK}" font-weight="600"'),
                                         (figure.summary, _SUMMARY, f'fill="{INK}"')):
        y = _write(parts, texts, letters, line, look, y, width)
    y += _GAP
    inner = chart[chart.index("<svg"):].replace("<svg", f'<svg x="{_MARGIN}" y="{_at(y)}"', 1)
    parts.append(inner)
    y = _write(parts, figure.footnote(), *_FOOT, f'fill="{QUIET}"', y + height + _GAP, width)
    across, down = width + 2 * _MARGIN, y + _MARGIN
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{_at(across)}" '
            f'height="{_at(down)}" viewBox="0 0 {_at(across)} {_at(down)}" role="img" '
            f'aria-label="{html.escape(figure.full_alt)}">'
            f'<rect width="100%" height="100%" fill="{WHITE}"/>{"".join(parts)}</svg>')


def _write(parts: list[str], texts: Sequence[str], letters: int, line: int, look: str, y: float, width: float) -> float:
    """Write texts as lines of the picture's width from a height on; return where they end."""
    for text_of_line in (row for text in texts for row in wrapped(text, width, letters)):
        y += line
        parts.append(f'<text x="{_MARGIN}" y="{_at(y - line * 0.25)}" font-family="{html.escape(FONT)}" '
                     f'font-size="{letters}" {look}>{html.escape(text_of_line)}</text>')
    return y


def _at(pixels: float) -> str:
    """Write a place or length in an SVG."""
    return plain_number(round(pixels, 2))
