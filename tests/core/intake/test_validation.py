"""Cells that do not fit are all named."""

import pytest

from core import read_cohort
from core.errors import MappingError, ValidationError
from core.mapping.column_mapping import ColumnMapping
from tests.shared.files import from_text, rows, with_column


def test_cells_that_do_not_fit_are_all_named():
    text = rows().replace("p3,b,4,", "p3,b,four,").replace("p5,b,6,", "p5,b,-6,").replace("p7,", "p1,")
    mapping = from_text(rows()).mapping
    with pytest.raises(ValidationError) as error:
        from_text(text, mapping)
    refused = error.value.findings[error.value.findings.severity == "refused"]
    assert sorted(refused.row) == [3, 5, 7, 9]
    assert "Line 5, column 'OS_months': 'four' is not a number" in str(error.value)
    assert any("negative time" in m for m in refused.message)
    assert sum("more than one row" in m for m in refused.message) == 2


def test_a_cell_that_is_no_number_is_said():
    afp = ["3.5", "12", "40", "800", "95", "6", "7", "8", "9.1", "10", "11", "13", "14", "high"]
    cohort = from_text(with_column("AFP", afp))
    said = cohort.findings[cohort.findings.column == "AFP"]
    assert said.row.tolist() == [15] and "'high' is not a number and counts as missing" in said.message.iloc[0]
    assert cohort.patients.afp.isna().sum() == 1
    text = rows(24).replace("p3,b,4,", "p3,b,soon,")
    with pytest.raises(ValidationError, match="Line 5, column 'OS_months': 'soon' is not a number"):
        from_text(text)
    with pytest.raises(ValidationError, match="occurs in more than one row"):
        from_text(rows(24).replace("p3,", "p4,"))


def test_control_characters_are_taken_away_and_said():
    """No XML holds them, and so no picture, slide or document."""
    arms = "a", "B\x01C"
    rows = "".join(f"p{i},{arms[i % 2]},{i + 1},{i % 2},{40 + i}\n" for i in range(12))
    cohort = read_cohort(f"id,arm,OS_months,OS_event,age\n{rows}\x0c".encode())
    assert cohort.levels("arm") == ("a", "BC")
    said = cohort.findings[cohort.findings.message.str.contains("control characters")]
    assert list(said.row) == [3] and "7 control" in said.message.iloc[0]
    mapping = cohort.mapping.to_json()
    mapping["factors"]["age"]["label"] = "Age\x02"
    with pytest.raises(MappingError, match="control character"):
        ColumnMapping.from_json(mapping)
