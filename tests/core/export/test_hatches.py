"""Greys with hatches: bars of every group but the first have one, in pictures and in PowerPoint; colours have none."""

import io
import re

import pytest
from pptx import Presentation

from core.export import Style, pptx
from core.export.hatches import HATCHES, hatch_of, hatched
from core.export.picture import pdf, svg
from core.export.raster import png_of
from tests.shared.every_figure import every_figure

BARS = ("adverse events", "failure", "waterfall")
GREY = Style(colours="Greys")


def fills(drawing: str) -> set[str]:
    return {name for fill in re.findall(r' fill="(url[^"]+)"', drawing) if (name := hatch_of(fill)[0])}


@pytest.mark.parametrize("kind", BARS)
def test_each_group_has_its_hatch_and_the_first_is_plain(kind):
    figure = every_figure("awkward")[kind].ready()
    groups = len({i for data in figure.chart["datasets"].values() for row in data if "■" in str(row.get("text", ""))
                  for i in [row["text"]]})
    drawing = svg(figure, GREY).decode()
    assert fills(drawing) == {name for name, _ in HATCHES[1:groups]}
    assert all(f'id="{known}"' in drawing for known in re.findall(r"url\(#([^)]+)\)", drawing) if "hatch" in known)
    assert not fills(svg(figure, Style()).decode())
    assert png_of(drawing.encode(), scale=1).startswith(b"\x89PNG") and pdf(figure, GREY).startswith(b"%PDF")


@pytest.mark.parametrize("kind", BARS)
def test_powerpoint_has_the_same_hatches(kind):
    figure = every_figure("awkward")[kind].ready()
    slide = Presentation(io.BytesIO(pptx([figure], style=GREY))).slides[0]
    there = {e.get("prst") for e in slide.shapes._spTree.iter("{*}pattFill")}
    assert there == fills(svg(figure, GREY).decode())


def test_only_bars_are_hatched_with_lines_of_the_ground_s_colour():
    bar, dot = '<path d="M0,1h5.5v2h-5.5Z" fill="#112233"/>', '<path d="M0,1A2,2,0,1,1,0,3Z" fill="#112233"/>'
    for dark, line in ((False, "ffffff"), (True, "000000")):
        out = hatched(f"<svg>{bar}{dot}</svg>", lambda c: 1, lambda c: "#808080", dark=dark)
        assert f'fill="url(#hatch-wdUpDiag-808080-{line})"' in out and dot in out
    assert hatched(f"<svg>{bar}</svg>", lambda c: 0, lambda c: "#808080") == f"<svg>{bar}</svg>"
    assert hatch_of("#112233") is None
