"""A talk: its title, figures in their order with captions, and the methods of all of them."""

import io

import pytest
from pptx import Presentation

from core.export.deck import Entry, Talk, deck_pptx, methods_of
from core.export.style import Style
from tests.core.export.test_stage import template
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow


def titles(data: bytes) -> list[str]:
    return [slide.shapes.title.text for slide in Presentation(io.BytesIO(data)).slides]


def texts(data: bytes) -> list[str]:
    return [s.text_frame.text for slide in Presentation(io.BytesIO(data)).slides for s in slide.shapes
            if s.has_text_frame]


def test_figures_stand_in_their_order_between_title_and_methods(vp3, sample):
    figures = [km(vp3).ready(), every_figure("sample")["response"].ready(), km(sample, endpoint="PFS").ready()]
    shares = []
    talk = Talk(title="门静脉癌栓  and   TACE", subtitle="Department, 2026")
    data = deck_pptx([Entry(figure=f) for f in figures], talk, progress=shares.append)
    found = titles(data)
    assert found[0] == "门静脉癌栓 and TACE" and found[-1] == "Patients and methods"
    places = [next(i for i, title in enumerate(found) if title.startswith(f.full_title)) for f in figures]
    assert places == sorted(places) and shares == sorted(shares)
    assert "Department, 2026" in texts(data)
    methods = "\n".join(texts(data)[-3:])
    assert all(line in methods for line in methods_of(figures))
    assert Presentation(io.BytesIO(data)).core_properties.title == "门静脉癌栓 and TACE"


def test_a_caption_leads_the_finding_and_stands_on_the_slide_alone(vp3):
    figure = km(vp3).ready()
    entries = [Entry(figure=figure, caption="Sorafenib adds six months"), Entry(figure=figure)]
    data = deck_pptx(entries, Talk(methods=False))
    found = [t for t in texts(data) if "Log-rank" in t and not t.startswith("Kaplan")]
    assert [t.startswith("Sorafenib adds six months") for t in found if "HR" in t and len(t) < 400][:2] == [True, False]
    assert titles(data) == [km(vp3).full_title] * 2


def test_methods_are_each_said_once_and_go_on_where_they_have_no_room(sample):
    same = methods_of([km(sample), km(sample)])
    assert same == methods_of([km(sample)]) and len(same) == 3
    many = [Entry(figure=f.ready()) for f in every_figure("sample").values()]
    data = deck_pptx(many, Talk())
    every = Presentation(io.BytesIO(data)).slides
    pages = [slide for slide in every if slide.shapes.title.text == "Patients and methods"]
    boxes = [s for slide in pages for s in slide.shapes if s.name == "Methods"]
    assert len(pages) > 1
    assert [p.text for b in boxes for p in b.text_frame.paragraphs] == methods_of([e.figure for e in many])
    assert all(b.top + b.height <= 6858000 for b in boxes)
    assert min(p.runs[0].font.size.pt for b in boxes for p in b.text_frame.paragraphs) >= 12


def test_a_talk_stands_on_a_template_in_its_style(sample):
    data = deck_pptx([Entry(figure=km(sample).ready())], Talk(title="A talk"), template=template(dark=True),
                     style=Style(p_style="NEJM", title="of another figure"))
    assert titles(data)[:2] == ["A talk", km(sample).full_title] and titles(data)[-1] == "Patients and methods"
    assert any("P<0.001" in t for t in texts(data))


def test_without_words_or_figures_there_is_no_such_slide(sample):
    assert titles(deck_pptx([Entry(figure=km(sample).ready())], Talk(methods=False))) == [km(sample).full_title]
    assert titles(deck_pptx([], Talk(title="Alone"))) == ["Alone"]
