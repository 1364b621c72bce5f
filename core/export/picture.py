"""PNG, SVG and PDF of a figure: the chart that is on the screen, under its title and footnote."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import Any, cast

from core.charts.theme import FONT_FOLDER, INK, QUIET
from core.figure import Figure

VEGA_LITE = "6.4"
_CHARACTERS = 112  # a footnote's line at the smallest size
_NO_NETWORK: list[str] = []


def png(figure: Figure, *, scale: int = 2, titled: bool = True) -> bytes:
    """Draw a PNG at `scale` pixels per point."""
    return cast(bytes, _converter().vegalite_to_png(
        _spec(figure, titled), vl_version=VEGA_LITE, scale=scale, allowed_base_urls=_NO_NETWORK))


def svg(figure: Figure, *, titled: bool = True) -> bytes:
    """Draw an SVG."""
    text: str = _converter().vegalite_to_svg(
        _spec(figure, titled), vl_version=VEGA_LITE, allowed_base_urls=_NO_NETWORK)
    return text.encode("utf-8")


def pdf(figure: Figure) -> bytes:
    """Draw a PDF page."""
    return cast(bytes, _converter().vegalite_to_pdf(
        _spec(figure, True), vl_version=VEGA_LITE, allowed_base_urls=_NO_NETWORK))


def size(figure: Figure) -> tuple[int, int]:
    """Return a chart's width and height in points."""
    return int(figure.drawing["width"]), int(figure.drawing["height"])


@lru_cache(maxsize=1)
def _converter() -> Any:
    """Load the converter with the app's own fonts; its first picture takes a second or three."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))
    return vl_convert


def _spec(figure: Figure, titled: bool) -> dict[str, Any]:
    """Return the chart as drawn on screen; with a title, also the footnote under it."""
    if not titled:  # the slide's own title says it
        return {k: v for k, v in figure.drawing.items() if k != "title"}
    width = size(figure)[0]
    per_line = max(40, int(_CHARACTERS * width / 720))
    lines = [line for text in figure.footnote()
             for line in textwrap.wrap(text, per_line)]
    chart = {k: v for k, v in figure.drawing.items() if k not in ("$schema", "config", "datasets", "padding")}
    chart.pop("title", None)
    variables = [p for p in chart.pop("params", []) if "value" in p]  # a file needs no selections
    return {
        "$schema": figure.drawing["$schema"],
        "config": figure.drawing["config"] | {"autosize": "pad"},
        "datasets": figure.drawing["datasets"],
        "params": variables,
        "padding": 14,
        "title": {"text": figure.title, "fontSize": 14,
                  "subtitle": textwrap.wrap(" · ".join(figure.summary), per_line - 24),
                  "fontWeight": 600, "subtitleFontSize": 12, "subtitleColor": INK, "anchor": "start",
                  "offset": 10},
        "vconcat": [chart, _footnote(lines, width)],
        "spacing": 6,
    }


def _footnote(lines: list[str], width: int) -> dict[str, Any]:
    return {
        "data": {"values": [{"line": i, "text": line} for i, line in enumerate(lines)]},
        "width": width, "height": max(1, len(lines)) * 12 + 4,
        "view": {"stroke": None},
        "mark": {"type": "text", "align": "left", "baseline": "top", "fontSize": 9, "color": QUIET,
                 "x": 0},
        "encoding": {"text": {"field": "text", "type": "nominal"},
                     "y": {"field": "line", "type": "quantitative", "axis": None,
                           "scale": {"domain": [0, max(1, len(lines))], "reverse": True,
                                     "nice": False}}},
    }
