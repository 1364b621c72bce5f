"""Charts as shapes: what the SVG draws stands on the slide, as text that is text and at the same places."""

import io
import re

import pytest
from lxml import etree
from pptx import Presentation
from pptx.util import Inches

from core.export import picture
from core.export.shapes import shapes
from core.export.slides import pptx
from tests.shared.figures import figures, km

pytestmark = pytest.mark.slow
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def group_of(figure):
    return on_slide(picture.drawn(figure.drawing), words=figure.full_alt)


def drawn(text: str):
    """Draw an SVG's inside on a slide and return the group."""
    ground = '<rect width="100" height="50"/>'
    return on_slide(f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">{ground}{text}</svg>')


def on_slide(whole: str, words: str = "in words"):
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    shapes(slide.shapes._spTree, whole.encode(), left=1000, top=2000, scale=10_000, name="chart", words=words)
    out = io.BytesIO()
    deck.save(out)
    return Presentation(io.BytesIO(out.getvalue())).slides[0].shapes[0]


@pytest.mark.parametrize("which", range(4))
def test_every_text_and_curve_of_a_chart_is_there(sample, which):
    figure = figures(sample)[which]
    root = etree.fromstring(picture.drawn(figure.drawing).encode())
    seen = [e for e in root.iter("{*}text") if "".join(e.itertext()).strip() and float(e.get("opacity") or 1) > 0.01]
    group = group_of(figure)
    assert sorted(s.text_frame.text for s in group.shapes if s.has_text_frame and s.text_frame.text) == sorted(
        "".join(e.itertext()).strip() for e in seen)
    across, down = figure.drawing["width"], figure.drawing["height"]
    assert group.width / group.height == pytest.approx(across / down, rel=1e-3)
    least, most = group.top - Inches(0.12), group.top + group.height + Inches(0.12)  # a line of text has air
    assert all(least <= shape.top and shape.top + shape.height <= most for shape in group.shapes)
    assert figure.full_alt in group._element.nvGrpSpPr.cNvPr.get("descr")
    ids = [e.get("id") for e in group._element.iter("{*}cNvPr")]
    assert len(set(ids)) == len(ids)


def test_a_curve_is_one_path_with_all_its_steps(sample):
    figure = km(sample)
    group = group_of(figure)
    dashed = [s for s in group._element.iter(f"{A}custDash")]
    steps = [len(p.findall(f"{A}lnTo")) for p in group._element.iter(f"{A}path")]
    paths = [e.get("d") for e in etree.fromstring(picture.drawn(figure.drawing).encode()).iter("{*}path")]
    most = max(len(re.findall(r"[LHVlhv]", d)) for d in paths)
    assert max(steps) >= most > 30 and dashed


@pytest.mark.parametrize(("inside", "box"), [
    ('<path d="M10,10h20v5" stroke="#000" fill="none"/>', (10, 10, 20, 5)),
    ('<g transform="translate(5,6)"><line x2="10" y2="0" stroke="#f00"/></g>', (5, 6, 10, 0)),
    ('<rect x="1" y="2" width="30" height="20" fill="rgb(1,2,3)"/>', (1, 2, 30, 20)),
    ('<path d="M50,25m-10,0a10,10 0 1,0 20,0a10,10 0 1,0 -20,0" fill="#abc"/>', (40, 15, 20, 20)),
    ('<g transform="translate(20,10) rotate(90) translate(0,-5)"><rect width="8" height="2" fill="#000"/></g>',
     (23, 10, 2, 8))])
def test_places_follow_the_transforms(inside, box):
    shape = drawn(inside).shapes[0]
    told = [(v - o) / 10_000 for v, o in zip((shape.left, shape.top), (1000, 2000), strict=True)] + [
        shape.width / 10_000, shape.height / 10_000]
    assert told == pytest.approx(box, abs=0.01)


def test_text_keeps_size_weight_side_turn_and_what_it_says():
    words = "&lt;b&gt; 门静脉 &amp; =1+1"
    group = drawn(f'<text text-anchor="end" font-size="12px" font-weight="600" fill="#0072B2" '
                  f'transform="translate(50,20) rotate(-90)">{words}</text>')
    shape = group.shapes[0]
    run = shape.text_frame.paragraphs[0].runs[0]
    assert run.text == "<b> 门静脉 & =1+1" and run.font.bold and run.font.color.rgb == (0x00, 0x72, 0xB2)
    assert run.font.size.pt == pytest.approx(12 * 10_000 / 12_700, abs=0.01) and shape.rotation == 270
    assert shape.text_frame.paragraphs[0].alignment is not None and not shape.text_frame.word_wrap
    assert "Microsoft YaHei" in etree.tostring(shape._element).decode()


@pytest.mark.parametrize("inside", [
    '<path d="M0,0h5v5Z" fill="#000" opacity="0"/>', '<g display="none"><path d="M0,0h5v5Z" fill="#000"/></g>',
    '<path d="" stroke="#000"/>', '<path d="M0,0h0v0h0Z" fill="#000"/>', '<text> </text>',
    '<path d="M0,0h5v5Z" fill="none"/>', '<path d="M0,0h5" stroke="#000" stroke-opacity="0.001"/>'])
def test_what_is_not_seen_is_no_shape(inside):
    assert len(drawn(inside).shapes) == 0


def test_dashes_and_opacity_are_kept():
    line = '<path d="M0,0h50" stroke="#123456" stroke-width="2" stroke-dasharray="6,4" opacity="0.5"/>'
    shape = drawn(line).shapes[0]
    dash = next(shape._element.iter(f"{A}ds"))
    assert (dash.get("d"), dash.get("sp")) == ("300000", "200000")
    assert next(shape._element.iter(f"{A}alpha")).get("val") == "50000"
    assert shape.line.width == 20_000


def test_the_picture_is_there_for_those_who_want_it(sample):
    deck = Presentation(io.BytesIO(pptx([km(sample)], charts="picture")))
    assert "svgBlip" in deck.slides[0].part.blob.decode()
    assert "svgBlip" not in Presentation(io.BytesIO(pptx([km(sample)]))).slides[0].part.blob.decode()
