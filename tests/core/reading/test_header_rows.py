"""Headers of two rows and none: joined, or asked; a row of data is never a name."""

import pytest

from core import NeedsAnswer, read_cohort
from core.reading import read_table
from tests.conftest import read_answered

ROWS = "".join(f"p{i},{'AB'[i % 2]},{i + 2},{i % 3 % 2},{40 + i},{'MF'[i % 2]}\n" for i in range(20))


def columns(head, rows=ROWS):
    return read_table(f"{head}\n{rows}".encode())


@pytest.mark.parametrize(("head", "names"), [
    ("Patient,,Survival,,Demographics,\nid,arm,OS (months),OS event,Age,Sex",
     ["id", "arm", "OS (months)", "OS event", "Age", "Sex"]),
    ("ID,,OS,,PFS,\nno,arm,time,event,time,event", ["no", "arm", "OS time", "OS event", "PFS time", "PFS event"]),
    ("Patient,,OS,,PFS,\nid,age,months,status,days,event",
     ["id", "age", "OS months", "OS status", "PFS days", "PFS event"]),
    ("Baseline,,,Month 3,,Outcome,\nid,age,AFP,AFP,CP,os_months,death",
     ["id", "age", "Baseline AFP", "Month 3 AFP", "Month 3 CP", "os_months", "death"]),
    ("id,arm,OS,OS event,Age,Sex\n,,months,0/1,years,", ["id", "arm", "OS (months)", "OS event", "Age (years)", "Sex"]),
    ("id,arm,OS,dead,Age,Sex\n,,(months),1=dead; 0=alive,y,", ["id", "arm", "OS (months)", "dead (1=dead; 0=alive)",
                                                              "Age (y)", "Sex"])])
def test_two_rows_of_names_are_joined_and_said(head, names):
    rows = ROWS if len(names) == 6 else ROWS.replace("\n", ",1\n")
    table = columns(head, rows)
    assert table.columns == names and len(table) == 20
    assert any("rows of names" in f["message"] or "units" in f["message"] or "groups" in f["message"]
               for f in table.findings)


@pytest.mark.parametrize("rows", [
    ROWS, "p0,A,,,,\n" + ROWS, "M,Y,13/02/2015,,15/06/2018,\n" + ROWS, "m,140/90,T1/N0,,,\n" + ROWS,
    "p0,d,2,1,40,m\n" + ROWS, "a,b,c,d,e,f\n" * 5],
    ids=["plain", "gaps", "dates", "pressures", "letters", "words"])
def test_a_first_patient_is_no_second_row_of_names(rows):
    table = columns("id,arm,OS (months),OS event,Age,Sex", rows)
    assert table.columns == ["id", "arm", "OS (months)", "OS event", "Age", "Sex"] and len(table) == rows.count("\n")


def test_a_line_that_was_chosen_is_taken_alone():
    head = "Patient,,Survival,,Demographics,\nid,arm,OS (months),OS event,Age,Sex"
    assert read_cohort(f"{head}\n{ROWS}".encode(), {"reading": {"header_line": 2}, "answered": ["-"]}).n == 20


def test_a_file_without_names_is_asked():
    data = ROWS.encode()
    with pytest.raises(NeedsAnswer, match="looks like data") as asked:
        read_cohort(data)
    bare = read_cohort(data, asked.value.answered(asked.value.choices[0]))
    assert bare.n == 20 and "column_5" in bare.variables
    assert read_answered(data, "Line 1 holds").n == 19
    mapped = read_cohort(data, {"patient_id": "Column 1", "reading": {"header_line": 0}, "endpoints": {"OS": {
        "time": "Column 3", "unit": "months", "event": "Column 4"}}})
    assert mapped.endpoints == ("OS",) and mapped.n == 20
