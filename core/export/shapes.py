"""A chart as PowerPoint shapes that can be edited: the SVG of the other files, text as text, each curve a path.

Source: ECMA-376, part 1, DrawingML (custom geometry, text boxes, groups).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fontTools.misc.transform import Identity, Transform
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path

from core.export.hatches import hatch_of
from core.figure import width_of

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
_FONT, _FAR_EAST_FONT = "Arial", "Microsoft YaHei"  # both on every hospital's machine
_POINT = 12700  # English Metric Units, in which PowerPoint measures
_ABOVE, _LINE = 0.96, 1.2  # of the letters' size: from a line's top to its baseline, and to the next line
_UNSEEN = 0.01  # of opacity: places that only answer the mouse
_MOVE = re.compile(r"(translate|rotate|scale)\(([^)]*)\)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_INHERITED = ("fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor")
_ALIGNED = {"start": "l", "middle": "ctr", "end": "r"}
_BOLD = 600  # of the weights that Vega writes, from here on


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What an element inherits: where it stands, how much it covers, and attributes as SVG writes them."""

    moved: Transform = Identity
    opacity: float = 1.0
    given: dict[str, str] = field(default_factory=dict)

    def within(self, element: Any) -> _Look:
        """Return what holds for an element inside."""
        moved = self.moved
        for kind, text in _MOVE.findall(element.get("transform") or ""):
            numbers = [float(n) for n in _NUMBER.findall(text)]
            if kind == "translate":
                moved = moved.translate(*numbers)
            elif kind == "rotate":
                moved = moved.rotate(math.radians(numbers[0]))
            else:
                moved = moved.scale(*numbers)
        given = {name: element.get(name) for name in _INHERITED if element.get(name) is not None}
        return _Look(moved=moved, opacity=self.opacity * float(element.get("opacity") or 1), given=self.given | given)

    def paint(self, element: Any, what: str) -> tuple[str, float] | None:
        """Return the colour of fill or stroke and how much it covers; None where nothing is seen."""
        colour = self.given.get(what, "none")
        share = self.opacity * float(element.get(f"{what}-opacity") or 1)
        return None if colour in ("none", "transparent") or share <= _UNSEEN else (_hex(colour), share)


def shapes(parent: Any, drawing: bytes, *, left: int, top: int, scale: float, name: str, words: str) -> None:
    """Draw an SVG as one group of shapes.

    Parameters
    ----------
    parent : the slide's tree of shapes
    drawing : an SVG of Vega's: groups, paths, lines, rectangles and texts, moved and rotated
    left, top : of the group, in EMU
    scale : EMU per unit of the SVG
    name, words : of the group; the words are for those who do not see it
    """
    from lxml import etree

    root = etree.fromstring(drawing)
    across, down = (round(float(root.get(side)) * scale) for side in ("width", "height"))
    element = _maker(etree)
    group = element(parent, "p:grpSp")
    head = element(group, "p:nvGrpSpPr")
    first = max((int(n) for n in parent.xpath("//p:cNvPr/@id")), default=1) + 1
    element(head, "p:cNvPr", id=first, name=name, descr=words)
    element(head, "p:cNvGrpSpPr")
    element(head, "p:nvPr")
    place = element(element(group, "p:grpSpPr"), "a:xfrm")
    for tag, x, y in (("off", left, top), ("ext", across, down), ("chOff", left, top), ("chExt", across, down)):
        element(place, f"a:{tag}", **(dict(cx=x, cy=y) if "xt" in tag.lower() else dict(x=x, y=y)))
    for ground in root.findall("{*}rect"):
        if ground.get("width") == root.get("width") and ground.get("height") == root.get("height"):
            root.remove(ground)  # the slide has its own
    to_slide = _Look(moved=Transform(scale, 0, 0, scale, left, top))
    for i, (kind, part, look) in enumerate(_walk(root, to_slide)):
        draw = _text if kind == "text" else _path
        draw(element, group, first + 1 + i, part, look, scale)


def _maker(etree: Any) -> Callable[..., Any]:
    """Return what adds an element with attributes, its tag written `a:...` or `p:...`."""
    spaces = {"a": _DRAWING, "p": _SLIDE}

    def element(parent: Any, tag: str, **attributes: object) -> Any:
        space, _, local = tag.partition(":")
        return etree.SubElement(parent, f"{{{spaces[space]}}}{local}", {k: str(v) for k, v in attributes.items()},
                                nsmap=spaces)
    return element


def _walk(element: Any, look: _Look) -> Iterator[tuple[str, Any, _Look]]:
    """Yield what draws something, in the order in which it is drawn."""
    if not isinstance(element.tag, str):
        return
    kind = element.tag.rpartition("}")[2]
    look = look.within(element)
    if element.get("display") == "none" or look.opacity <= _UNSEEN:
        return
    if kind in ("svg", "g"):
        for part in element:
            yield from _walk(part, look)
    elif kind in ("path", "line", "rect", "text"):
        yield kind, element, look


def _outline(element: Any) -> str:
    """Return the path data of a path, a line or a rectangle."""
    def at(name: str) -> float:
        return float(element.get(name) or 0)
    kind = element.tag.rpartition("}")[2]
    if kind == "line":
        return f"M{at('x1')},{at('y1')}L{at('x2')},{at('y2')}"
    if kind == "rect":
        return f"M{at('x')},{at('y')}h{at('width')}v{at('height')}h{-at('width')}Z"
    return element.get("d") or ""


def _path(element: Callable[..., Any], group: Any, number: int, part: Any, look: _Look, scale: float) -> None:
    fill, stroke = look.paint(part, "fill"), look.paint(part, "stroke")
    pen = RecordingPen()
    parse_path(_outline(part), TransformPen(pen, look.moved))
    points = [p for _, of in pen.value for p in of]
    if not points or not (fill or stroke):
        return
    left, top = (math.floor(min(p[i] for p in points)) for i in (0, 1))
    across, down = (max(1, math.ceil(max(p[i] for p in points)) - start) for i, start in ((0, left), (1, top)))
    if not stroke and min(across, down) <= 1:  # a surface without one
        return
    shape = _shape(element, group, number, part.get("aria-roledescription") or "line")
    properties = element(shape, "p:spPr")
    _placed(element, properties, left, top, across, down)
    geometry = element(properties, "a:custGeom")
    for empty in ("avLst", "gdLst", "ahLst", "cxnLst"):
        element(geometry, f"a:{empty}")
    element(geometry, "a:rect", l="l", t="t", r="r", b="b")
    drawn = element(element(geometry, "a:pathLst"), "a:path", w=across, h=down, **({} if fill else {"fill": "none"}))
    for command, of in pen.value:
        tag = {"moveTo": "moveTo", "lineTo": "lnTo", "curveTo": "cubicBezTo", "qCurveTo": "quadBezTo",
               "closePath": "close"}.get(command)
        if tag:
            step = element(drawn, f"a:{tag}")
            for x, y in of:
                element(step, "a:pt", x=round(x - left), y=round(y - top))
    _filled(element, properties, fill)
    _stroked(element, properties, stroke, look, scale)


def _stroked(element: Callable[..., Any], properties: Any, stroke: tuple[str, float] | None, look: _Look,
             scale: float) -> None:
    """Draw an outline with its dashes, which DrawingML measures in the line's width."""
    width = float(_NUMBER.findall(look.given.get("stroke-width", "1"))[0])
    line = element(properties, "a:ln", **({"w": max(1, round(width * scale))} if stroke else {}))
    _filled(element, line, stroke)
    dashes = [float(n) for n in _NUMBER.findall(look.given.get("stroke-dasharray", ""))]
    if stroke and len(dashes) > 1 and any(dashes[1::2]):
        several = element(line, "a:custDash")
        for dash, space in zip(dashes[::2], dashes[1::2], strict=False):
            element(several, "a:ds", d=round(dash / width * 100_000), sp=round(space / width * 100_000))
    if stroke:
        element(line, "a:miter", lim=800_000)


def _text(element: Callable[..., Any], group: Any, number: int, part: Any, look: _Look, scale: float) -> None:
    text, paint = "".join(part.itertext()).strip(), look.paint(part, "fill")
    if not text or not paint:
        return
    size = float(_NUMBER.findall(look.given.get("font-size", "11"))[0])
    anchor = look.given.get("text-anchor", "start")
    across, down = width_of(text, size) * 1.2 + size, size * _LINE
    from_left = {"start": 0.0, "middle": -across / 2, "end": -across}[anchor]
    # A rotated box is placed as if it were not and turned about its middle.
    middle = look.moved.transformPoint((from_left + across / 2, down / 2 - size * _ABOVE))
    turned = math.degrees(math.atan2(look.moved[1], look.moved[0])) % 360
    shape = _shape(element, group, number, text, is_text=True)
    properties = element(shape, "p:spPr")
    _placed(element, properties, round(middle[0] - across * scale / 2), round(middle[1] - down * scale / 2),
            round(across * scale), round(down * scale), turned=turned)
    element(element(properties, "a:prstGeom", prst="rect"), "a:avLst")
    element(properties, "a:noFill")
    body = element(shape, "p:txBody")
    element(body, "a:bodyPr", wrap="none", lIns=0, tIns=0, rIns=0, bIns=0, anchor="t")
    element(body, "a:lstStyle")
    paragraph = element(body, "a:p")
    element(paragraph, "a:pPr", algn=_ALIGNED[anchor])
    weight = look.given.get("font-weight", "normal")
    bold = {"b": 1} if weight == "bold" or (weight.isdigit() and int(weight) >= _BOLD) else {}
    for words, inked in _runs(part, paint):
        run = element(paragraph, "a:r")
        look_of_run = element(run, "a:rPr", lang="en-US", sz=max(100, round(size * scale / _POINT * 100)), **bold)
        _filled(element, look_of_run, inked)
        element(look_of_run, "a:latin", typeface=_FONT)
        element(look_of_run, "a:ea", typeface=_FAR_EAST_FONT)
        element(run, "a:t").text = words


def _runs(part: Any, paint: tuple[str, float]) -> Iterator[tuple[str, tuple[str, float]]]:
    """Walk the pieces of a text, each with its fill: a square before a name may be hatched."""
    pieces = [(part.text, paint)]
    for inner in part:
        pieces += [(inner.text, (inner.get("fill") or paint[0], paint[1])), (inner.tail, paint)]
    whole = [(words, inked) for words, inked in pieces if words and words.strip()]
    for i, (words, inked) in enumerate(whole):
        yield (words.strip() if len(whole) == 1 else words.lstrip() if not i else words), inked


def _shape(element: Callable[..., Any], group: Any, number: int, name: str, *, is_text: bool = False) -> Any:
    shape = element(group, "p:sp")
    head = element(shape, "p:nvSpPr")
    element(head, "p:cNvPr", id=number, name=name)
    element(head, "p:cNvSpPr", **({"txBox": 1} if is_text else {}))
    element(head, "p:nvPr")
    return shape


def _placed(element: Callable[..., Any], properties: Any, left: int, top: int, across: int, down: int, *,
            turned: float = 0.0) -> None:
    place = element(properties, "a:xfrm", **({"rot": round(turned * 60_000)} if turned else {}))
    element(place, "a:off", x=left, y=top)
    element(place, "a:ext", cx=across, cy=down)


def _filled(element: Callable[..., Any], properties: Any, paint: tuple[str, float] | None) -> None:
    if paint is None:
        element(properties, "a:noFill")
        return
    if hatch := hatch_of(paint[0]):
        name, ground, line = hatch
        pattern = element(properties, "a:pattFill", prst=name)
        element(element(pattern, "a:fgClr"), "a:srgbClr", val=line)
        element(element(pattern, "a:bgClr"), "a:srgbClr", val=ground)
        return
    colour = element(element(properties, "a:solidFill"), "a:srgbClr", val=paint[0])
    if paint[1] < 1:
        element(colour, "a:alpha", val=round(paint[1] * 100_000))


def _hex(colour: str) -> str:
    """Return a colour as DrawingML writes it: six hexadecimal digits; a hatch stays as it is."""
    if hatch_of(colour):
        return colour
    if colour.startswith("#"):
        digits = colour[1:]
        return (digits if len(digits) == 6 else "".join(2 * d for d in digits)).upper()
    if colour.startswith("rgb"):
        return "".join(f"{round(float(n)):02X}" for n in _NUMBER.findall(colour)[:3])
    return {"white": "FFFFFF"}.get(colour, "000000")
