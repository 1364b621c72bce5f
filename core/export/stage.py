"""The presentation that slides are put on: Cohortscope's own master, or a hospital's template.

A template's layouts are found by the types of their placeholders, never by their names; its sample slides are taken
away, its footers and slide numbers are taken over, and what a slide holds stands in the room that it leaves.
"""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import CohortError
from core.figure import INK, QUIET, theme
from core.language import say
from core.options import takes_options

Shape = Literal["16:9", "4:3"]
SHAPES: dict[Shape, float] = {"16:9": 13.333, "4:3": 10.0}  # inches across; both are 7.5 high
FONT = "Arial"  # on every hospital's machine; the chart brings its own
_HEIGHT = 7.5
_MARGIN = 0.5
_TITLE_TOP, _TITLE_HEIGHT, _AFTER = 0.32, 0.72, 0.1
_NUMBER = (0.6, 0.3)  # inches of the slide's number, at the lower right
_EMU = 914400  # English Metric Units of an inch
_PRESENTATION = b"presentationml.presentation.main+xml"
_TEMPLATE = b"presentationml.template.main+xml"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_REMEDY = "Save it in PowerPoint as .pptx or .potx, or take the slides without a template."
_DARK = 0.5  # lightness
_MOST = 50 * 1024**2  # bytes of a template


class TemplateError(CohortError):
    """A template that slides cannot be put on."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """An open presentation and where a slide's parts stand, in inches.

    Attributes
    ----------
    deck : of python-pptx
    layout : that with a title and the least beside it
    width, height : of a slide
    left, right : margins
    top : where the room for charts begins
    bottom : where the template's footer begins
    native : whether the master is Cohortscope's
    dark : whether the master's background is dark
    """

    deck: Any
    layout: Any
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    native: bool
    dark: bool = False

    @property
    def inner(self) -> float:
        """Inches between the margins."""
        return self.width - self.left - self.right

    @property
    def ink(self) -> str:
        """Colour of what is read first."""
        return theme.WHITE if self.dark else INK

    @property
    def quiet(self) -> str:
        """Colour of what is read last."""
        return theme.LINE if self.dark else QUIET

    def try_out(self) -> bool:
        """Add a slide with a title and save it.

        Raises
        ------
        TemplateError
            If that cannot be done.
        """
        try:
            self.add().shapes.title.text_frame.text = "Title"
            self.deck.save(io.BytesIO())
        except Exception as error:  # whatever a foreign layout lacks
            raise TemplateError(say("Slides cannot be put on this template ({kind}).", kind=type(error).__name__),
                                _REMEDY) from error
        return True

    def add(self) -> Any:
        """Add a slide with its title's placeholder, its number, and the template's footers."""
        slide = self.deck.slides.add_slide(self.layout)
        for placeholder in list(slide.placeholders):
            if placeholder != slide.shapes.title:
                placeholder._element.getparent().remove(placeholder._element)
        for placeholder in self.layout.placeholders:
            if _kind(placeholder) in ("SLIDE_NUMBER", "FOOTER"):  # a date would be the template's
                slide.shapes._spTree.append(copy.deepcopy(placeholder._element))
        return slide


@takes_options
def open_stage(shape: Shape = "16:9", template: bytes | None = None) -> Stage:
    """Open a presentation without slides.

    Parameters
    ----------
    template : of a .pptx or .potx; its own size counts, not `shape`

    Raises
    ------
    TemplateError
        If it cannot be opened, or has no layout with a title.
    """
    return _with_template(template) if template else _native(shape)


def _native(shape: Shape) -> Stage:
    """Turn python-pptx's master into one of this size: title above, number beneath, and the fonts of the slides."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    width = SHAPES[shape]
    deck.slide_width, deck.slide_height = Inches(width), Inches(_HEIGHT)
    size = deck.part._element.find(".//{http://schemas.openxmlformats.org/presentationml/2006/main}sldSz")
    if "type" in size.attrib:
        del size.attrib["type"]  # it says 4:3
    layout = deck.slide_layouts[5]  # title only
    for other in list(deck.slide_layouts):
        if other != layout:
            deck.slide_layouts.remove(other)
    for part in (deck.slide_master, layout):
        for placeholder in list(part.placeholders):
            _stand(placeholder, width)
    _fonts(deck)
    properties = deck.core_properties
    properties.author = properties.last_modified_by = properties.title = ""
    return Stage(deck=deck, layout=layout, width=width, height=_HEIGHT, left=_MARGIN, right=_MARGIN,
                 top=_TITLE_TOP + _TITLE_HEIGHT + _AFTER, bottom=_HEIGHT, native=True)


def _stand(placeholder: Any, width: float) -> None:
    """Put a placeholder of the native master where it belongs; those that no slide has are taken away."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    kind = _kind(placeholder)
    if kind == "TITLE":
        placeholder.left, placeholder.top = Inches(_MARGIN), Inches(_TITLE_TOP)
        placeholder.width, placeholder.height = Inches(width - 2 * _MARGIN), Inches(_TITLE_HEIGHT)
    elif kind == "SLIDE_NUMBER":
        across, down = _NUMBER
        placeholder.left, placeholder.top = Inches(width - _MARGIN - across), Inches(_HEIGHT - down)
        placeholder.width, placeholder.height = Inches(across), Inches(down)
        for paragraph in placeholder.text_frame.paragraphs:
            paragraph.alignment, paragraph.font.size = PP_ALIGN.RIGHT, Pt(9)
    elif kind in ("DATE", "FOOTER"):
        placeholder._element.getparent().remove(placeholder._element)


def _fonts(deck: Any) -> None:
    """Let the theme's fonts and colours be those that the slides are written in."""
    part = next(r.target_part for r in deck.slide_master.part.rels.values() if r.reltype.endswith("/theme"))
    from lxml import etree

    root = etree.fromstring(part.blob)
    for kind in ("majorFont", "minorFont"):
        root.find(f".//{_DRAWING}{kind}/{_DRAWING}latin").set("typeface", FONT)
    for i, colour in enumerate(theme.STRATA[:6], start=1):
        place = root.find(f".//{_DRAWING}accent{i}")
        place.clear()
        etree.SubElement(place, f"{_DRAWING}srgbClr", val=colour.lstrip("#"))
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _with_template(data: bytes) -> Stage:
    deck = _opened(data)
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts
               if any(_kind(p) == "TITLE" for p in layout.placeholders)]
    if not layouts:
        raise TemplateError(say("This template has no layout with a title."),
                            say("Give one that has, or take the slides without a template."))
    width, height = deck.slide_width / _EMU, deck.slide_height / _EMU
    able = [one for one in layouts if (_title_of(one).top + _title_of(one).height) / _EMU + _AFTER <= height / 2]
    if not able:  # the title stands beneath: the room is above it
        raise TemplateError(say("In this template's layouts the title leaves no room beneath it."),
                            say("Give a template with a layout whose title stands at the top."))
    layout = min(able, key=_beside)
    _without_slides(deck)
    title = _title_of(layout)
    feet = [p.top / _EMU for p in layout.placeholders if _kind(p) in ("FOOTER", "SLIDE_NUMBER", "DATE") and p.top]
    left = min(max(title.left / _EMU, 0.3), width / 6)
    top = (title.top + title.height) / _EMU + _AFTER
    return Stage(deck=deck, layout=layout, width=width, height=height, left=left, right=left, top=top,
                 bottom=min([f for f in feet if f > height / 2] + [height]), native=False, dark=_dark(layout))


def _title_of(layout: Any) -> Any:
    return next(p for p in layout.placeholders if _kind(p) == "TITLE")


def _without_slides(deck: Any) -> None:
    """Take a template's sample slides away, with the shows and sections that name them and the picture of the first."""
    package = deck.part.package
    for name in [r.rId for r in package._rels.values() if r.reltype.endswith("/thumbnail")]:
        package._rels.pop(name)
    root = deck.part._element
    for name in ("custShowLst", "sectionLst"):
        for listed in list(root.iter(f"{{*}}{name}")):
            listed.getparent().remove(listed)
    for entry in list(deck.slides._sldIdLst):
        deck.slides._sldIdLst.remove(entry)
        deck.part._rels.pop(entry.rId)


def _opened(data: bytes) -> Any:
    """Open a .pptx, or a .potx once its type says that it is a presentation."""
    from pptx import Presentation

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _MOST:
                raise TemplateError(say("This template is larger than 50 MB."), say("Give one without large pictures."))
            parts = {item.filename: packed.read(item) for item in packed.infolist()}
        kinds = "[Content_Types].xml"
        parts[kinds] = parts[kinds].replace(_TEMPLATE, _PRESENTATION)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
            for name, content in parts.items():
                whole.writestr(name, content)
        return Presentation(io.BytesIO(out.getvalue()))
    except TemplateError:
        raise
    except Exception as error:  # whatever a foreign file holds: of zip, XML or its parts
        raise TemplateError(say("This template cannot be opened ({kind}).", kind=type(error).__name__),
                            _REMEDY) from error


def _beside(layout: Any) -> int:
    """Count what a layout has beside its title that is no footer."""
    return sum(_kind(p) not in ("TITLE", "FOOTER", "SLIDE_NUMBER", "DATE") for p in layout.placeholders)


def _kind(placeholder: Any) -> str:
    name = str(placeholder.placeholder_format.type).split()[0]
    return "TITLE" if name == "CENTER_TITLE" else name


def _dark(layout: Any) -> bool:
    """Tell whether the background of a layout, or else of its master, is dark; of a gradient by its first colour."""
    for part in (layout, layout.slide_master):
        ground = part._element.find(".//{*}cSld/{*}bg")
        if ground is not None:
            kinds = [f"{_DRAWING}{kind}" for kind in ("srgbClr", "schemeClr", "sysClr")]
            colours = (_resolved(c, layout.slide_master) for c in ground.iter(*kinds))
            first = next((c for c in colours if c), "")
            return bool(first) and theme.lightness(f"#{first}") < _DARK
    return False


def _resolved(colour: Any, master: Any) -> str:
    """Return a colour's six digits; of the theme's by the master's map, "" where it is none."""
    if not colour.tag.endswith("schemeClr"):
        return str(colour.get("lastClr") or colour.get("val") or "")
    mapped = master._element.find("{*}clrMap")
    name = colour.get("val") if mapped is None else mapped.get(colour.get("val"), colour.get("val"))
    from lxml import etree

    part = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
    entry = etree.fromstring(part.blob).find(f".//{_DRAWING}clrScheme/{_DRAWING}{name}")
    return "" if entry is None or not len(entry) else _resolved(entry[0], master)

