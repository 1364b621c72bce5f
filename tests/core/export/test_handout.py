"""A talk as PDF: its figures in order, their numbers, nothing beyond the page, letters that are read on paper."""

import io
import math
from dataclasses import replace

import pytest
from pypdf import PdfReader

from core.enclosed import enclosed
from core.export.deck import Entry, Talk
from core.export.handout import handout_pdf
from core.export.style import Style
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow

KINDS = ("km survival", "km panes", "subgroups", "baseline", "adverse events", "difference", "zph", "model")


def pages(data):
    return PdfReader(io.BytesIO(data)).pages


def letters(page):
    """Return text, size in points, and place of each run of text of a page."""
    found = []

    def visit(text, cm, tm, font, size):
        if text.strip():
            scale = math.sqrt(abs((cm[0] * cm[3] - cm[1] * cm[2]) * (tm[0] * tm[3] - tm[1] * tm[2])))
            found.append((text, size * scale, cm[0] * tm[4] + cm[4], cm[3] * tm[5] + cm[5]))
    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("name", ["sample", "two", "awkward"])
def test_figures_stand_in_order_on_a4_with_letters_that_are_read(name):
    figures = [every_figure(name)[kind].ready() for kind in KINDS]
    shares = []
    data = handout_pdf([Entry(figure=f) for f in figures], Talk(title="门静脉癌栓 talk", subtitle="2026"),
                       progress=shares.append)
    found = pages(data)
    assert all((round(p.mediabox.width), round(p.mediabox.height)) == (842, 595) for p in found)
    texts = [p.extract_text() for p in found]
    first = [next(i for i, text in enumerate(texts) if f.full_title[:40] in " ".join(text.split())) for f in figures]
    assert first == sorted(first) and len(set(first)) == len(first) and shares == sorted(shares)
    assert "talk" in texts[0] and "Patients and methods" in texts[-1]
    for page in found:
        assert f"/ {len(found)}" in page.extract_text()
        for text, size, x, y in letters(page):
            assert size > 6.4, (text, size)
            assert -1 <= x <= 842 and 0 <= y <= 595, (text, x, y)


def test_every_row_of_a_table_and_the_footnote_are_there():
    figure = every_figure("awkward")["baseline"].ready()
    text = " ".join(" ".join(p.extract_text() for p in pages(handout_pdf([Entry(figure=figure)], Talk()))).split())
    for row in figure.table.to_numpy().tolist():
        assert " ".join(str(row[0]).split())[:40] in text
    assert " ".join(figure.footnote()[0].split())[:60] in text


def test_long_cells_are_written_out_on_several_lines():
    figure = every_figure("sample")["audit"].ready()
    text = "".join(" ".join(p.extract_text() for p in pages(handout_pdf([Entry(figure=figure)], Talk()))).split())
    for words in figure.table.iloc[:, -1]:
        assert "".join(words.split()) in text and len(words) > 0


def test_captions_styles_and_the_way_back(sample):
    figure = every_figure("sample")["response"].ready()
    plain = handout_pdf([Entry(figure=figure, caption="What we saw")], Talk(methods=False))
    assert "What we saw" in pages(plain)[0].extract_text() and "methods" not in pages(plain)[-1].extract_text()
    grey = handout_pdf([Entry(figure=figure)], Talk(), style=Style(colours="Greys", p_style="NEJM"))
    assert grey != plain and PdfReader(io.BytesIO(grey)).metadata.title == "Figures"
    shown = km(sample).ready()
    marked = replace(shown, provenance=replace(shown.provenance, view='{"a": 1}'))
    assert enclosed(handout_pdf([Entry(figure=marked)], Talk())) == b'{"a": 1}'
