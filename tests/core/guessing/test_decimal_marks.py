"""One cell such as 1,210 beside decimal commas is asked about; both answers read the file."""

import pytest

from core import NeedsAnswer, read_cohort
from tests.conftest import read_answered

HEAD = "id;OS_months;OS_event;AFP\n"
ROWS = [f"p{i};{i + 2},5;{i % 2};{100 + i},{1 + i % 9}" for i in range(20)]


def test_a_thousand_among_decimal_commas():
    data = (HEAD + "\n".join([*ROWS, "p20;5,5;1;1,210"])).encode()
    with pytest.raises(NeedsAnswer, match="in 'AFP' the number"):
        read_cohort(data)
    whole, point = read_answered(data, "1210"), read_answered(data, "1.210")
    assert whole.table.afp.iloc[-1] == 1210 and point.table.afp.iloc[-1] == pytest.approx(1.21)
    assert whole.table.afp.iloc[0] == pytest.approx(100.1)
    assert "mark of thousands" in " ".join(whole.findings.message)
    assert read_cohort(data, whole.mapping.to_json()).table.afp.iloc[-1] == 1210


@pytest.mark.parametrize("rows", [ROWS, [r + "25" for r in ROWS], [f"{r[:-2]}" for r in ROWS]])
def test_numbers_of_one_kind_are_not_asked(rows):
    read_cohort((HEAD + "\n".join(rows)).encode())
