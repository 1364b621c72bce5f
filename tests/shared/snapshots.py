"""Where the marks of every kind of chart stand in every room: python -m tests.shared.snapshots writes it anew.

Per group of marks its kind, how many there are, and the box around their places, in pixels.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from fontTools.misc.transform import Identity, Transform
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from lxml import etree

from core.export.picture import drawn
from core.figure import ROOMS
from tests.shared.every_figure import every_figure

FILE = Path(__file__).parents[1] / "reference" / "marks.json"
COHORTS = ("sample", "two")
_MOVE = re.compile(r"translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)")


def snapshots() -> dict[str, Any]:
    """Return the groups of marks of every chart, by cohort, kind and room."""
    out = {}
    for name in COHORTS:
        for kind, figure in every_figure(name).items():
            if figure.chart is None or (name == "two" and kind in every_figure("sample")):
                continue
            for room in ROOMS:
                out[f"{name} {kind} {room}"] = groups(drawn(figure.laid_out(room)))
    return out


def groups(drawing: str) -> list[list[Any]]:
    """Return kind, number and box of each group of marks of an SVG that holds any."""
    found = []
    _walk(etree.fromstring(drawing.encode()), Identity, found)
    return [[kind, number, *(round(v) for v in box)] for kind, number, box in found if number]


def _walk(element: Any, moved: Transform, found: list[Any]) -> None:
    if (move := _MOVE.match(element.get("transform") or "")) is not None:
        moved = moved.translate(float(move[1]), float(move[2]))
    kind = next((word for word in (element.get("class") or "").split() if word.startswith("mark-")), "")
    if kind and kind != "mark-group":
        boxes = [box for child in element if (box := _box(child, moved)) is not None]
        columns = list(zip(*boxes, strict=True))
        found.append((kind, len(boxes), [min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3])]
                      if boxes else []))
        return
    for child in element:
        _walk(child, moved, found)


def _box(element: Any, moved: Transform) -> tuple[float, float, float, float] | None:
    """Return where a mark is: of a text its place, for its width is the font's."""
    if (move := _MOVE.match(element.get("transform") or "")) is not None:
        moved = moved.translate(float(move[1]), float(move[2]))
    if element.tag.endswith("text"):
        x, y = moved.transformPoint((0, 0))
        return (x, y, x, y) if "".join(element.itertext()).strip() else None
    if element.tag.endswith("line"):
        x, y = moved.transformPoint((float(element.get("x2") or 0), float(element.get("y2") or 0)))
        a, b = moved.transformPoint((0, 0))
        return min(x, a), min(y, b), max(x, a), max(y, b)
    if not element.get("d"):
        return None
    pen = ControlBoundsPen(None)
    parse_path(element.get("d"), TransformPen(pen, moved))
    return pen.bounds


if __name__ == "__main__":
    FILE.write_text("{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in snapshots().items()) + "\n}\n",
                    encoding="utf-8")
