"""PowerPoint files."""

import io
import zipfile
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from pptx import Presentation

from core import read_cohort
from core.export.slides import pptx
from core.export.style import Style
from core.figure import width_of
from tests.core.export.test_stage import template
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow


def test_a_slide_holds_vector_picture_table_and_footnote(vp3):
    data = pptx([km(vp3)], charts="picture")
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert sum(n.endswith(".svg") for n in names) == 1
    slide = Presentation(io.BytesIO(data)).slides[0]
    assert "svgBlip" in slide.part.blob.decode()
    named = {s.name: s for s in slide.shapes}
    assert "Log-rank p" in named["Finding"].text_frame.text
    table = named["Numbers"].table
    assert [c.text for c in table.rows[0].cells][:3] == ["Arm", "n", "Events"]
    for word in ("38 of 82", "24 OS events", "log-log 95% CI", "PVTT grade Vp3", vp3.fingerprint[:12],
                 "0.1.0"):
        assert word in named["Footnote"].text_frame.text


@pytest.mark.parametrize("notes", [0, 6, 14, 40])
def test_a_long_footnote_stands_on_the_slide_under_the_chart(vp3, notes):
    said = tuple(f"Factor {i}: {i + 2} patients without it, and a reason that is told at length." for i in range(notes))
    figure = replace(km(vp3), notes=said)
    deck = Presentation(io.BytesIO(pptx([figure])))
    named = {s.name: s for s in deck.slides[0].shapes}
    foot, chart = named["Footnote"], named[figure.full_title]
    assert all(line in foot.text_frame.text for line in figure.footnote())
    assert chart.top + chart.height <= foot.top and foot.top + foot.height <= deck.slide_height
    points = foot.text_frame.paragraphs[0].runs[0].font.size
    across = sum(len(p.text) // 230 + 1 for p in foot.text_frame.paragraphs)  # a slide holds 250 letters of 7 points
    assert across * points <= foot.height


@pytest.mark.parametrize("by", [None, "arm", "ecog", "pvtt"])
def test_curves_on_a_slide_are_read_from_the_back_row(sample, by):
    """Letters of 14 points at least, of the counts 12; nothing on another; all of it on the slide."""
    figure = km(sample, by=by).ready()
    deck = Presentation(io.BytesIO(pptx([figure])))
    slide = deck.slides[0]
    named = {s.name: s for s in slide.shapes}
    group = named[figure.full_title]
    texts = [s for s in group.shapes if s.has_text_frame and s.text_frame.text]
    sizes = {t.text_frame.text: t.text_frame.paragraphs[0].runs[0].font.size.pt for t in texts}
    assert min(sizes.values()) >= 11.9
    assert min(sizes[t] for t in ("0%", "100%", "Months", "Overall survival")) >= 13.9
    assert group.top + group.height <= named["Footnote"].top and group.left + group.width <= deck.slide_width
    tops = sorted({round(t.top / 12700) for t in texts if t.text_frame.text.isdigit()})
    assert all(b - a >= 12 for a, b in pairwise(tops))  # rows of counts, and the labels of the axis, stand apart
    if by in (None, "arm", "ecog"):
        assert named["Numbers"].top >= group.top + group.height and len(deck.slides) == 1
    else:
        assert len(deck.slides) == 2 and len(deck.slides[1].shapes) == 4  # title, table, footnote, number


@pytest.mark.parametrize("groups", [2, 3, 4, 5, 8])
def test_names_on_a_slide_keep_apart(groups):
    rows = "".join(f"p{i},Stage {'ABCDEFGH'[i % groups]} of disease,{i % 37 + 1 + i % groups},{i % 3 > 0:d}\n"
                   for i in range(200))
    cohort = read_cohort(("id,stage,OS_months,OS_event\n" + rows).encode())
    key = next(f.key for f in cohort.mapping.factors) if cohort.mapping.factors else "arm"
    figure = km(cohort, by=key).ready()
    group = next(s for s in Presentation(io.BytesIO(pptx([figure]))).slides[0].shapes if s.name == figure.full_title)
    words = [s for s in group.shapes if s.has_text_frame and s.text_frame.text.startswith("Stage ")]
    boxes = [(s.left, s.top, s.left + s.width * 0.8, s.top + s.height * 0.8) for s in words]
    assert len(boxes) == (2 * groups if groups < 5 else groups)  # beside the curves, and over the counts of a few
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("kind", ["adverse events", "baseline", "subgroups", "km panes"])
def test_tables_of_a_narrow_slide_are_divided_by_columns_and_stay_on_it(kind):
    """Every cell is there once, beside its row's name; a row is one line."""
    figure = every_figure("sample")[kind].ready()
    deck = Presentation(io.BytesIO(pptx([figure], style=Style(purpose="4:3"))))
    cells, rows = [], set()
    for slide in deck.slides:
        foot = next(s for s in slide.shapes if s.name == "Footnote")
        for table in (s for s in slide.shapes if s.has_table):
            assert table.top + table.height <= foot.top
            for row in table.table.rows:
                for column, cell in zip(table.table.columns, row.cells, strict=True):
                    points = cell.text_frame.paragraphs[0].font.size.pt
                    assert width_of(cell.text, points) <= column.width / 12700 or cell.is_merge_origin
            body = [[c.text for c in row.cells] for row in table.table.rows]
            rows |= {r[0] for r in body}
            cells += [c for r in body for c in r[1:]]
    texts = [str(v) for v in figure.table.iloc[:, 1:].to_numpy().ravel() if len(str(v)) < 50]
    assert set(texts) <= set(cells) and {str(v) for v in figure.table.iloc[:, 0]} <= rows


def test_the_slides_of_a_board_have_the_style_of_one(vp3):
    deck = Presentation(io.BytesIO(pptx([km(vp3)], style=Style(p_style="NEJM"))))
    texts = [s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]
    assert any("Log-rank P=0." in text for text in texts)


@pytest.mark.parametrize("by", [None, "arm", "ecog", "pvtt", "tumor_size"])
def test_curves_on_a_narrow_slide_are_read_from_the_back_row_too(sample, by):
    figure = km(sample, by=by).ready()
    for data, least in ((pptx([figure], style=Style(purpose="4:3")), 11.9),
                        (pptx([figure], template=template(width=10.0)), 11.3)):  # whose title stands high
        slide = Presentation(io.BytesIO(data)).slides[0]
        group = next(s for s in slide.shapes if s.name == figure.full_title)
        sizes = [s.text_frame.paragraphs[0].runs[0].font.size.pt for s in group.shapes
                 if s.has_text_frame and s.text_frame.text]
        assert min(sizes) >= least and max(sizes) >= 13.5
        for finding in (s for s in slide.shapes if s.name == "Finding"):
            assert finding.top + finding.height <= group.top
