"""How a figure leaves: for which place it is laid out, in which colours, and what of its words is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal

from core.errors import CohortError
from core.export.hatches import hatched
from core.export.journals import P_STYLES, PStyle, restyled
from core.export.small_counts import without_small_counts
from core.figure import Figure, Room, dark_colour, headings_of, theme
from core.language import say, speaking
from core.options import Checked, Limits

Purpose = Literal["slide", "half", "4:3", "column", "columns", "poster"]
Colours = Literal["Okabe and Ito", "Blue and red", "Calm", "Greys"]
Least = Literal[0, 5, 10]
LEAST: tuple[Least, ...] = (0, 5, 10)
DPI = (300, 600, 1200)
_MILLIMETRE = 72 / 25.4  # points
_COLOUR = re.compile(r'((?:fill|stroke)=")(#[0-9a-fA-F]{6})(?=")')
_IN_DATA = re.compile(r'"(#[0-9a-fA-F]{6})"')
_HOLD_P = ("p", "alone", "together")  # fields of a forest's rows that end with p


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A place that a figure is made for.

    Attributes
    ----------
    room : that the chart is laid out for
    width : of the picture, in points
    least : points of the smallest letters
    """

    label: str
    room: Room
    width: float
    least: float


PRESETS: dict[Purpose, Preset] = {
    "slide": Preset(label="Slide 16:9", room="slide", width=12.33 * 72, least=12),
    "half": Preset(label="Half a slide", room="narrow", width=6 * 72, least=12),
    "4:3": Preset(label="Slide 4:3", room="middle", width=9.4 * 72, least=12),
    "column": Preset(label="Journal, one column (85 mm)", room="narrow", width=85 * _MILLIMETRE, least=7),
    "columns": Preset(label="Journal, two columns (174 mm)", room="page", width=174 * _MILLIMETRE, least=7),
    "poster": Preset(label="A4 poster", room="page", width=277 * _MILLIMETRE, least=10)}


@dataclass(frozen=True, kw_only=True)
class Style(Checked):
    """What of a figure is chosen before it is saved; texts and colours that are empty stay as they are.

    Attributes
    ----------
    purpose : the place that it is laid out for
    dpi : pixels per inch of PNG, TIFF and EPS
    bare : the chart alone: no title, finding and footnote
    transparent : without a white background
    colours : of the groups; "Greys" turns everything grey
    p_style : how p-values are written
    months : whether CSV and Excel have times in whole months
    least : counts below it are left out; 0 for none
    title : in place of the figure's
    inks : colours of the groups in their order, "" for that of the palette; a figure's own (see `coloured`)
    """

    limits: ClassVar[Limits] = {"dpi": (72, 1200)}

    purpose: Purpose = "slide"
    dpi: int = 300
    bare: bool = False
    transparent: bool = False
    colours: Colours = "Okabe and Ito"
    p_style: PStyle = "AMA"
    months: bool = False
    least: Least = 0
    title: str = ""
    inks: tuple[str, ...] = ()

    @property
    def preset(self) -> Preset:
        """The place that it is for."""
        return PRESETS[self.purpose]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data; title and colours of groups are the one figure's, no part of a hospital's style."""
        return {k: v for k, v in asdict(self).items() if k not in ("title", "inks")}

    @classmethod
    def from_json(cls, text: str | bytes) -> Style:
        """Read a saved style.

        Raises
        ------
        CohortError
            If it is none, naming what does not fit.
        """
        remedy = say("Choose a file that “Save this style” has written.")
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CohortError(say("This file is no style: it is not JSON."), remedy) from error
        if not isinstance(data, dict):
            raise CohortError(say("This file is no style: it has no names with values."), remedy)
        known = cls().to_json()
        odd = [name for name in data if name not in known] + [
            name for name, value in data.items() if name in known and type(value) is not type(known[name])]
        if odd:
            raise CohortError(say("This style does not fit: {odd} is not known, or its value is of the wrong kind.",
                                  odd=f"{odd[0]!r}"),
                              remedy)
        try:
            return cls(**data)
        except ValueError as error:
            raise CohortError(say("This style does not fit: {error}", error=error), remedy) from error


def coloured(style: Style, figure: Figure) -> Style:
    """Return the style with the colours that were chosen for a figure's groups."""
    return replace(style, inks=figure.recipe.inks) if figure.recipe else style


def dressed(figure: Figure, style: Style) -> Figure:
    """Return a figure with the style's title and p-values, and without small counts where these are to be left out."""
    if style.title.strip():
        figure = replace(figure, title=" ".join(style.title.split()))
    with speaking(figure.language):
        figure = without_small_counts(figure, style.least) if style.least else figure
    return figure if style.p_style == P_STYLES[0] else _restyled(figure, style.p_style)


def _restyled(figure: Figure, style: PStyle) -> Figure:
    """Write the p-values of a figure as a journal has them: in its words, its table and its charts."""
    def chart(drawing: dict[str, Any]) -> dict[str, Any]:
        data = {name: [{k: restyled(v, style, alone=k in _HOLD_P) if isinstance(v, str) else v
                        for k, v in row.items()} for row in rows] for name, rows in drawing["datasets"].items()}
        return {**drawing, "datasets": data}

    table = figure.table.copy()
    for place, (_, name) in enumerate(headings_of(table)):
        alone = re.search(r"\bp\b", name) is not None
        table.isetitem(place, [restyled(str(v), style, alone=alone) for v in table.iloc[:, place]])

    def lines(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(restyled(t, style) for t in texts)
    return replace(figure, chart=chart(figure.chart) if figure.chart else None, table=table,
                   summary=lines(figure.summary), notes=lines(figure.notes), warnings=lines(figure.warnings),
                   layouts={room: chart(c) for room, c in figure.layouts.items()},
                   slides=tuple(chart(c) for c in figure.slides))


def recoloured(drawing: str, style: Style, *, dark: bool = False) -> str:
    """Give an SVG the style's colours, and bars hatches where these are greys.

    `dark` where it is drawn for a dark ground, on which colours are lighter.
    """
    inks = _colours(style, dark=dark)
    if style.colours == "Greys":
        places = {tint: place for place, _, tint in _tints(dark=dark)}
        drawing = hatched(drawing, lambda colour: places.get(colour.lower(), 0), inks, dark=dark)
    return _COLOUR.sub(lambda m: m[1] + inks(m[2]), drawing)


def recoloured_data(text: str, style: Style) -> str:
    """Give a chart's JSON the style's colours."""
    inks = _colours(style)
    return _IN_DATA.sub(lambda m: f'"{inks(m[1])}"', text)


def _tints(*, dark: bool) -> Iterator[tuple[int, float, str]]:
    """Walk the colours in which charts draw groups: the group's place, its share in the mixture, and the colour."""
    for place, colour in enumerate(theme.STRATA):
        for share, tint in theme.tints(colour).items():
            yield place, share, (dark_colour(tint) if dark else tint).lower()


def _colours(style: Style, *, dark: bool = False) -> Callable[[str], str]:
    """Return what turns a colour into the style's."""
    palette = theme.PALETTES[style.colours]
    if palette == theme.STRATA and not any(style.inks):
        return str
    chosen = [*style.inks, *[""] * (len(palette) - len(style.inks))]
    if dark:
        palette = theme.GREYS_ON_DARK if style.colours == "Greys" else tuple(theme.tint(c, 0.65) for c in palette)
    palette = tuple(ink or usual for ink, usual in zip(chosen, palette, strict=False))
    counterparts = {tint: (theme.shaded if dark else theme.tint)(palette[place], share)
                    for place, share, tint in _tints(dark=dark) if place < len(palette)}
    rest = theme.grey if style.colours == "Greys" else str
    return lambda colour: counterparts.get(colour.lower()) or rest(colour)
