"""Workbooks of old Excel and OpenDocument."""

from pathlib import Path

import pytest

from core.errors import ReadingError
from core.reading import read_table
from core.reading.spreadsheet import is_spreadsheet

FILES = Path(__file__).parents[2] / "corpus" / "formats"


@pytest.mark.parametrize("name", ["f_cohort.xls", "f_cohort.ods"])
def test_a_worksheet_is_read_with_its_values(name):
    table = read_table(FILES / name)
    assert len(table) == 40 and table.detected.sheets
    first = {c: table.cells[c].cell(0) for c in table.columns}
    assert first == {"patient_id": "K001", "arm": "1", "OS_months": "6.2", "OS_event": "0", "age": "57", "sex": "1",
                     "pvtt": "1", "dx_date": "2019-03-01"}


@pytest.mark.parametrize("name", ["f_cohort.xls", "f_cohort.ods"])
def test_damage_and_an_unknown_sheet_are_said(name):
    from core.read_options import ReadOptions

    data = (FILES / name).read_bytes()
    with pytest.raises(ReadingError) as error:
        read_table(data[:len(data) // 3])
    assert error.value.remedy
    with pytest.raises(ReadingError, match="no sheet 'other'"):
        read_table(data, options=ReadOptions(sheet="other"))


def test_other_files_are_none():
    assert not is_spreadsheet(b"id,a\n1,2\n") and is_spreadsheet((FILES / "f_cohort.ods").read_bytes())
