"""Masters: our own, and a hospital's template of whatever kind."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.util import Inches

from core.export.slides import pptx
from core.export.stage import TemplateError, open_stage
from core.export.style import Style
from core.figure import dark_colour, theme, wrapped
from tests.shared.every_figure import every_figure
from tests.shared.figures import figures, km

pytestmark = pytest.mark.slow
_NS = ('xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
       'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"')


def template(*, width=10.0, dark=False, samples=2) -> bytes:
    """Make a template: named in Chinese, with a footer, sample slides and, if asked for, a dark background."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(width), Inches(7.5)
    for layout in deck.slide_layouts:
        layout._element.cSld.set("name", f"版式{layout.name}")
    if dark:
        ground = deck.slide_master._element.cSld.find("{*}bg")
        if ground is not None:
            ground.getparent().remove(ground)
        deck.slide_master._element.cSld.insert(0, parse_xml(
            f'<p:bg {_NS}><p:bgPr><a:solidFill><a:srgbClr val="0B3D5C"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'))
        colours = deck.slide_master._element.find("{*}clrMap")
        for name, place in {"bg1": "dk1", "tx1": "lt1", "bg2": "dk2", "tx2": "lt2"}.items():
            colours.set(name, place)
    for i in range(samples):
        deck.slides.add_slide(deck.slide_layouts[i]).shapes.title.text = "Sample slide of the template"
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def as_potx(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as made:
        for name in source.namelist():
            made.writestr(name, source.read(name).replace(b"presentationml.presentation.main+xml",
                                                          b"presentationml.template.main+xml"))
    return out.getvalue()


def opened(data: bytes):
    return Presentation(io.BytesIO(data))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [10.0, 13.333])
def test_slides_stand_on_a_template_between_its_title_and_footer(sample, width, dark):
    deck = opened(pptx(figures(sample), template=as_potx(template(width=width, dark=dark))))
    assert deck.slide_width == Inches(width)
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert "Sample slide of the template" not in titles and titles[0] == km(sample).full_title
    parts = {p.partname for p in deck.part.package.iter_parts() if "/slides/slide" in p.partname}
    assert len(parts) == len(titles)
    for slide in deck.slides:
        kinds = [str(p.placeholder_format.type).split()[0] for p in slide.placeholders]
        assert kinds.count("TITLE") == 1 and "SLIDE_NUMBER" in kinds and "OBJECT" not in kinds
        feet = min(p.top for p in slide.placeholders if str(p.placeholder_format.type).startswith(("FOOTER", "SLIDE")))
        for shape in slide.shapes:
            if not shape.is_placeholder:
                assert shape.top >= slide.shapes.title.top + slide.shapes.title.height
                assert shape.top + shape.height <= feet and shape.left + shape.width <= deck.slide_width
    run = next(s for s in deck.slides[0].shapes if s.name == "Finding").text_frame.paragraphs[0].runs[0]
    assert str(run.font.color.rgb) == ("FFFFFF" if dark else "1F2933")


def test_charts_on_a_dark_master_have_no_white_ground(sample):
    for charts in ("shapes", "picture"):
        deck = opened(pptx([km(sample)], template=template(dark=True), charts=charts, style=Style()))
        xml = deck.slides[0].part.blob.decode()
        assert 'val="FFFFFF"' in xml or charts == "picture"
        svgs = [p.blob.decode() for p in deck.slides[0].part.package.iter_parts() if str(p.partname).endswith(".svg")]
        assert all('fill="#ffffff"' not in s[:600].lower() for s in svgs)


@pytest.mark.parametrize(("data", "words"), [
    (b"not a zip", "cannot be opened"), (b"PK\x05\x06" + b"\0" * 18, "cannot be opened"), (b"", None)])
def test_a_template_that_cannot_be_used_is_said_why(sample, data, words):
    if words is None:
        assert open_stage(template=data).native
        return
    with pytest.raises(TemplateError, match=words):
        pptx([km(sample)], template=data)


def test_a_template_without_a_title_is_refused():
    deck = Presentation()
    for layout in list(deck.slide_layouts):
        if layout.name != "Blank":
            deck.slide_layouts.remove(layout)
    out = io.BytesIO()
    deck.save(out)
    with pytest.raises(TemplateError, match="no layout with a title"):
        open_stage(template=out.getvalue())


@pytest.mark.parametrize("purpose", ["slide", "4:3"])
def test_our_own_master_is_of_its_shape_with_a_number_and_nobody_s_name(sample, purpose):
    deck = opened(pptx([km(sample), every_figure("sample")["subgroups"]], style=Style(purpose=purpose)))
    assert deck.slide_width == Inches(10 if purpose == "4:3" else 13.333) and len(deck.slide_layouts) == 1
    assert deck.core_properties.author == "" and "python-pptx" not in deck.core_properties.title
    assert "type" not in deck.part._element.find(".//{*}sldSz").attrib
    for slide in deck.slides:
        assert next(s.name for s in slide.shapes).startswith("Title")
        assert any(s.is_placeholder and "SLIDE_NUMBER" in str(s.placeholder_format.type) for s in slide.shapes)
    layout = deck.slides[0].slide_layout
    assert max(p.left + p.width for p in layout.placeholders) <= deck.slide_width


def test_a_master_that_is_dark_by_its_theme_is_dark():
    deck = opened(template())
    mapped = deck.slide_master._element.find("{*}clrMap")
    mapped.set("bg1", "dk1")
    mapped.set("tx1", "lt1")
    out = io.BytesIO()
    deck.save(out)
    assert open_stage(template=out.getvalue()).dark and not open_stage(template=template()).dark


def test_sample_slides_are_gone_with_the_shows_that_name_them(sample):
    deck = opened(template(samples=2))
    names = deck.slides._sldIdLst[0]
    show = parse_xml(f'<p:custShowLst {_NS} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
                     f'<p:custShow name="a" id="0"><p:sldLst><p:sld r:id="{names.rId}"/></p:sldLst></p:custShow>'
                     "</p:custShowLst>")
    deck.part._element.append(show)
    out = io.BytesIO()
    deck.save(out)
    data = pptx([km(sample)], template=out.getvalue())
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert len(set(packed.namelist())) == len(packed.namelist())
        assert not any("thumbnail" in name for name in packed.namelist())  # it shows the first of them
        assert not any(b"Sample slide" in packed.read(n) for n in packed.namelist() if n.startswith("ppt/slides/"))


def test_a_layout_whose_title_stands_beneath_is_passed_over(sample):
    deck = opened(template())
    header = deck.slide_layouts[2]
    for placeholder in list(header.placeholders):
        if str(placeholder.placeholder_format.type).startswith("BODY"):
            placeholder._element.getparent().remove(placeholder._element)
    out = io.BytesIO()
    deck.save(out)
    assert open_stage(template=out.getvalue()).layout.name.endswith("Title Only")


def test_titles_fit_their_place(vp3):
    long = replace(km(vp3), title="Overall survival of patients with portal vein tumour thrombus by treatment arm")
    for data in (pptx([long], template=template()), pptx([long], style=Style(purpose="4:3"))):
        title = opened(data).slides[0].shapes.title
        points = title.text_frame.paragraphs[0].runs[0].font.size.pt
        across, down = ((title.width or 0) / 12700 - 15, (title.height or 0) / 12700)
        assert len(wrapped(title.text_frame.text, across, points)) * points * 1.2 <= down + 8


@pytest.mark.parametrize("colours", ["Blue and red", "Calm", "Greys"])
def test_groups_are_told_apart_on_a_dark_master_in_every_palette(sample, colours):
    data = pptx([km(sample)], template=template(dark=True), charts="picture", style=Style(colours=colours))
    drawing = next(p.blob.decode() for p in opened(data).slides[0].part.package.iter_parts()
                   if str(p.partname).endswith(".svg"))
    arms = [m for m in re.findall(r'stroke="(#[0-9a-fA-F]{6})" stroke-width="2"', drawing)]
    assert not {c.lower() for c in arms} & {dark_colour(c).lower() for c in theme.STRATA}
    assert len(set(arms)) == 2 and all(theme.lightness(c) > 0.25 for c in arms)
    assert colours != "Greys" or abs(theme.lightness(arms[0]) - theme.lightness(arms[1])) > 0.1
