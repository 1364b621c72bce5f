"""CSV and Excel: cells that a spreadsheet would run."""

import io
from xml.etree import ElementTree

import pandas as pd
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
    cells = {line.split(",")[0] for line in lines}
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


def test_a_csv_is_read_without_options_and_marked_where_excel_needs_it(sample):
    figure = km(sample)
    assert csv_bytes(figure).isascii() and csv_bytes(figure).startswith(b"strata,")
    rows = "".join(f"p{i},{'对照组' if i % 2 else '试验组'},{i + 1},1\n" for i in range(12))
    text = f"id,arm,OS_months,OS_event\n{rows}"
    chinese = csv_bytes(km(read_cohort(io.BytesIO(text.encode()))))
    assert chinese.startswith(b"\xef\xbb\xbfstrata")
    assert set(pd.read_csv(io.BytesIO(chinese)).strata) == {"对照组", "试验组"}


def test_numbers_of_a_table_are_numbers_in_excel_and_names_are_names(sample):
    sheet = load_workbook(io.BytesIO(made(km(sample, by="ecog"), ".xlsx")))["Table"]
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == ["0", "1", "2"]  # ECOG's levels
    assert all(row[1].data_type == "n" and row[2].data_type == "n" for row in rows)
    assert sum(row[1].value for row in rows) == 82
    terms = load_workbook(io.BytesIO(made(adverse_events_figure(sample, adverse_events(sample)), ".xlsx")))["Table"]
    p = [cell for row in terms.iter_rows(min_row=3) for cell in row if cell.data_type == "n" and cell.value is not None]
    assert any(0 < cell.value < 1 and cell.number_format.startswith(".0") for cell in p)
