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
