"""Palette, fonts and the last touch of every chart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt

from core.figure.rooms import META

FONT_FOLDER = Path(__file__).parents[2] / "static"
FONT = "Inter, 'Droid Sans Fallback', 'Microsoft YaHei', 'PingFang SC', sans-serif"

INK = "#1f2933"
QUIET = "#616e7c"
LINE = "#cbd2d9"
GRID = "#edf0f2"
ALL = "#e1e6eb"  # the whole cohort behind a selection
SELECTED = "#3d6b8f"
ACCENT = "#b45309"
WHITE = "#ffffff"
AGREES = "#1f7a4d"  # a printed figure and the cohort's agree
GRADES = ("#fde3b5", "#f9b45c", "#e8781d", "#b8400e", "#5c1a06")  # CTCAE 1 to 5, lightness falls with the grade
# From blue to orange, which readers with any colour vision tell apart, with lightness apart in grey, too.
RESPONSES = {"CR": "#0a4a7c", "PR": "#6aaede", "SD": "#dbe1e6", "PD": "#c85a1e", "": "#f0f2f4"}

# Okabe and Ito's colours, in the order that keeps neighbours apart in greyscale too.
STRATA = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8a7f00")
# In print without colour: at least 28 of 255 apart, neighbours further.
GREYS = ("#101010", "#808080", "#484848", "#b8b8b8", "#2c2c2c", "#9c9c9c", "#646464", "#d4d4d4")
GREYS_ON_DARK = ("#f2f2f2", "#8c8c8c", "#c6c6c6", "#6a6a6a", "#dcdcdc", "#a8a8a8", "#585858", "#b8b8b8")
PALETTES = {"Okabe and Ito": STRATA, "Blue and red": ("#1f4e9c", "#c0392b", "#2e8b57", "#8e5ea2", "#d98e04", "#48a9c5"),
            "Calm": ("#33658a", "#d1783b", "#5f8d4e", "#9c6b98", "#b8a12f", "#6c7a89"), "Greys": GREYS}
DASHES = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 2), (1, 0), (7, 3), (2, 2))


def colour(place: int) -> str:
    """Return the colour of a stratum by its place among the whole cohort's levels."""
    return STRATA[place % len(STRATA)]


def tint(hex_colour: str, strength: float) -> str:
    """Mix a colour with white; strength 1 keeps it."""
    parts = (int(hex_colour[i:i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - p) * strength):02x}" for p in parts)


def tints(hex_colour: str) -> dict[float, str]:
    """Return the mixtures of a colour with white that charts draw, by their strength; that of 1 is the colour."""
    return {step / 20: tint(hex_colour, step / 20) if step < 20 else hex_colour for step in range(1, 21)}


def shaded(hex_colour: str, strength: float) -> str:
    """Mix a colour with the dark of a page; strength 1 keeps it."""
    parts = (int(hex_colour[i:i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p * (0.2 + 0.8 * strength)):02x}" for p in parts)


def lightness(hex_colour: str) -> float:
    """Return how light a colour is in grey: 0 black, 1 white (ITU-R BT.601)."""
    red, green, blue = (int(hex_colour[i:i + 2], 16) for i in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def grey(hex_colour: str) -> str:
    """Return a colour's grey."""
    return "#" + f"{round(255 * lightness(hex_colour)):02x}" * 3


def dash(place: int) -> str:
    """Return the key of a stratum's line dash by its place."""
    return str(place % len(DASHES))


def dash_scale() -> alt.Scale:
    """Map the keys of `dash` to line dashes."""
    return alt.Scale(domain=[str(i) for i in range(len(DASHES))], range=[list(d) for d in DASHES])


def given(field: str) -> alt.Color:
    """Colour marks by a field that holds the colour itself."""
    return alt.Color(f"{field}:N", scale=None, legend=None)


def finish(chart: alt.Chart | alt.LayerChart | alt.FacetChart, *, width: int, height: int,
           title: alt.ExprRef | None = None, rows: tuple[int, float, int] | None = None,
           least: int = 0, free: bool = False, letters: float = 11) -> dict[str, Any]:
    """Return a template: a Vega-Lite dict that names its datasets and holds none.

    Parameters
    ----------
    rows : of a chart of rows, by whose field `i` it can be divided: how many, pixels of one, how many head all others
    least : pixels beneath which its parts would meet
    free : whether it may be lower than it is
    letters : pixels of letters where a mark says nothing else
    """
    # Padding stands on the chart itself: in the configuration Streamlit would add its own to it.
    padding = {"left": 4, "right": 10, "top": 4, "bottom": 4}
    done = chart.properties(width=width, height=height, padding=padding).configure(
        font=FONT,
        background=WHITE,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFont=FONT, titleFont=FONT, labelColor=INK, titleColor=QUIET, titleFontWeight="normal",
            labelFontSize=letters, titleFontSize=letters, gridColor=GRID, domainColor=LINE, tickColor=LINE,
        ),
        mark=alt.MarkConfig(aria=False),  # a chart has words, and its numbers stand in a table
        text=alt.MarkConfig(font=FONT, fontSize=letters),
        title=alt.TitleConfig(font=FONT, fontSize=12, fontWeight=600, color=INK, anchor="start",
                              subtitleFont=FONT, subtitleColor=QUIET, subtitleFontSize=letters, offset=6),
    )
    if title:
        done = done.properties(title=alt.TitleParams(text=title))
    with alt.data_transformers.enable(consolidate_datasets=False):  # fixed marks keep their values
        template: dict[str, Any] = done.to_dict()
    template[META] = {"least": least, "free": free}
    if rows:
        template[META]["rows"] = dict(zip(("number", "step", "heads"), rows, strict=True))
    for layer in layers_of(template):
        if "tooltip" not in layer.get("encoding", {}):
            layer["mark"]["tooltip"] = None  # else the browser shows the data behind the mark
    return template


def layers_of(chart: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk the layers of a chart that draw marks."""
    for part in chart.get("layer", []):
        yield from layers_of(part)
    if "mark" in chart:
        if isinstance(chart["mark"], str):
            chart["mark"] = {"type": chart["mark"]}
        yield chart


def with_data(template: Mapping[str, Any], /, *, height: int | None = None,
              values: Mapping[str, Any] | None = None,
              **datasets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Fill a template's named datasets, its height, and the `values` of its variables."""
    chart = {**template, "datasets": {name: list(rows) for name, rows in datasets.items()}}
    if height is not None:
        chart["height"] = height
    if values is not None:
        given_here = [{"name": name, "value": value} for name, value in values.items()]
        rest = [p for p in template.get("params", []) if p["name"] not in values]
        chart["params"] = [*given_here, *rest]
    return chart


def word(name: str) -> str:
    """Return what stands in a template where `with_words` puts a text."""
    return f"\u27e8{name}\u27e9"


def with_words(template: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Copy a template with its words' places filled, also those within a longer text."""
    places = {word(name): text for name, text in words.items()}
    any_place = re.compile("|".join(map(re.escape, places)))

    def filled(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: filled(value) for key, value in part.items()}
        if isinstance(part, list):
            return [filled(value) for value in part]
        return any_place.sub(lambda m: places[m[0]], part) if isinstance(part, str) and "\u27e8" in part else part
    return {key: filled(value) for key, value in template.items()}


def variables(*names: str) -> list[alt.Parameter]:
    """Declare variables of a template that `with_data` gives values."""
    return [alt.param(name=name, value=0) for name in names]


def data(name: str) -> alt.NamedData:
    """Refer to a dataset that `with_data` fills."""
    return alt.NamedData(name=name)


def shortened(text: str, most: int) -> str:
    """Cut a long name, with an ellipsis; the tables hold it whole."""
    return text if len(text) <= most else f"{text[:most - 1].rstrip()}…"


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines of a width in pixels; between Han characters anywhere, elsewhere between words."""
    lines, line = [], ""
    for word in re.findall(r"[\u2e80-\U0010ffff]|[^\s\u2e80-\U0010ffff]+\s*|\s+", text):
        if line and width_of(line + word.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
        while width_of(line.rstrip(), size) > width and len(line) > 1:  # a word longer than a line
            fits = next(i for i in range(len(line), 0, -1) if i == 1 or width_of(line[:i], size) <= width)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line.strip() else lines


def width_of(text: str, size: float = 11) -> float:
    """Estimate a text's width in pixels; Han characters are as wide as high."""
    return sum(size if ord(c) > 0x2E80 else size * 0.56 for c in text)


