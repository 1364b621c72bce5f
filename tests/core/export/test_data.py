"""CSV and Excel: cells that a spreadsheet would run."""

import io
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from core import read_cohort
from core.charts import (
    adverse_events_figure,
)
from core.export import made
from core.export.data import csv_bytes
from core.export.picture import svg
from core.export.slides import pptx
from core.summaries import adverse_events
from tests.shared.figures import km
from tests.shared.files import marked_cohort

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def marked():
    return marked_cohort()


def test_cells_that_a_spreadsheet_would_run_are_text():
    text = "id,arm,OS_months,OS_event\n" + "".join(
        f"p{i},{'=cmd|x' if i % 2 else '@sum'},{i + 1},1\n" for i in range(12))
    lines = csv_bytes(km(read_cohort(io.BytesIO(text.encode())))).decode("utf-8-sig").splitlines()
    cells = {line.split(",")[0] for line in lines if not line.startswith(("#", '"#'))}
    assert cells == {"strata", "'=cmd|x", "'@sum"}


def test_markup_in_files_is_text(marked):
    figure = km(marked)
    sheet = load_workbook(io.BytesIO(made(figure, ".xlsx")))["Numbers"]
    strata = {row[0].value: row[0].data_type for row in sheet.iter_rows(min_row=2)}
    assert strata == {"=1+1": "s", "<b>x</b>": "s"}
    slide = Presentation(io.BytesIO(pptx([figure]))).slides[0]
    table = {s.name: s for s in slide.shapes}["Numbers"].table
    assert sorted(row.cells[0].text for row in table.rows)[:2] == ["<b>x</b>", "=1+1"]
    terms = adverse_events_figure(marked, adverse_events(marked))
    assert "<u>fever</u>" in "".join(ElementTree.fromstring(svg(terms)).itertext())
    assert "<u>fever</u>" in csv_bytes(terms).decode()
