"""Word files."""

import io

from core.export import formats_of, made


def test_a_word_document_holds_the_table_and_the_footnote(sample):
    from docx import Document

    from core.charts import baseline_figure
    from core.summaries.baseline import baseline

    figure = baseline_figure(sample, baseline(sample), p=True)
    form = next(f for f in formats_of(figure) if f.suffix == ".docx")
    document = Document(io.BytesIO(made(figure, form.suffix)))
    cells = [[c.text for c in row.cells] for row in document.tables[0].rows]
    assert cells[0] == list(figure.table.columns) and cells[1] == [str(v) for v in figure.table.iloc[0]]
    assert len(cells) == 1 + len(figure.table)
    said = "\n".join(p.text for p in document.paragraphs)
    assert figure.title in said and all(line in said for line in figure.footnote())


def test_a_word_document_has_the_chart_on_a4_with_the_headings_on_every_page(vp3):
    from docx import Document
    from docx.shared import Mm

    from tests.shared.figures import km

    document = Document(io.BytesIO(made(km(vp3), ".docx")))
    section = document.sections[0]
    assert {round(section.page_width.mm), round(section.page_height.mm)} == {210, 297}
    picture = document.inline_shapes[0]
    assert picture.width <= section.page_width - 2 * Mm(20) and picture.height < section.page_height
    assert "PVTT grade Vp3" in picture._inline.docPr.get("descr")
    table = document.tables[0]
    assert table.rows[0]._tr.trPr is not None and "tblHeader" in table.rows[0]._tr.xml
    assert len({column.width for column in table.columns}) > 1
    assert document.core_properties.author == ""
