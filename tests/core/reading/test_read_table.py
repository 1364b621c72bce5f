"""Bytes into text: encodings and delimiters that are read, content that is refused in words."""

import io

import pytest

from core.errors import CohortError, ReadingError
from core.reading.read_table import read_table


def cell(table, row, column):
    return table.cells[table.columns[column]].cell(row)


GOOD = "id,arm,AFP(ng/mL)\np1,A,3\np2,B,4\n"


@pytest.mark.parametrize(("encoding", "said"), [
    ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("gb18030", "GB18030")])
def test_encodings(encoding, said):
    text = "编号,治疗组,甲胎蛋白\n一号,对照组,3\n二号,试验组,4\n"
    table = read_table(text.encode(encoding))
    assert (table.detected.encoding, table.columns[1], cell(table, 0, 1)) == (said, "治疗组", "对照组")


def test_western_accents_are_not_read_as_chinese():
    table = read_table("id,präparat\n1,Käse\n2,Füße\n".encode("cp1252"))
    assert table.detected.encoding == "Windows-1252"
    assert cell(table, 1, 1) == "Füße"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter, newline):
    table = read_table(GOOD.replace(",", delimiter).replace("\n", newline).encode())
    assert table.columns == ["id", "arm", "AFP(ng/mL)"]
    assert [cell(table, 1, i) for i in range(3)] == ["p2", "B", "4"]


def test_quoted_newlines_keep_the_line_numbers():
    table = read_table(b'id,note\n1,"two\nlines"\n2,x\n')
    assert cell(table, 0, 1) == "two\nlines"
    assert table.lines.tolist() == [2, 4]


def test_blank_rows_are_passed_over_and_said():
    table = read_table(b"id,a\n1,2\n,\n\n3,4\n")
    assert len(table) == 2
    assert sorted(f["row"] for f in table.findings) == [3, 4]


def test_none_is_a_level_and_not_missing():
    assert read_table(b"id,invasion\n1,None\n2,NA\n").cells["invasion"].series().tolist() == ["None", "NA"]


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"),
    (b",,,\n,,,\n", "no text but delimiters"),
    (b"\xef\xbb\xbf\r\n", "no text but delimiters"),
    (b"a" * 150_000, "Only one column"),
    (b"%PDF-1.4 x", "a PDF"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"PK\x03\x04", "workbook or zip"),
    (b"\xd0\xcf\x11\xe0", "old Excel"),
    (b"<!DOCTYPE html><html>", "a web page"),
    (b'{"a": 1}', "JSON"),
    (b"id,a\n1,\x002\n", "Line 2 holds a NUL byte"),
    (b"id\n1\n", "Only one column"),
    (b"id,,a\n1,2,3\n", "Column 2 has no name"),
    (b"id,a\n1,2\n3\n", "Line 3 has 1 cells"),
    (b"id,a\n1,2,3\n", "Line 2 has 3 cells"),
    (b'id,a\n1,"open\n2,3\n', "line 2 is not closed"),
    (b"id,a\n", "has a header but no rows"),
    (b"id,a\n1," + b"x" * 40_000 + b"\n", "A cell on line 2 is longer"),
    (b"id,a\n1," + b"x" * 1_100_000 + b"\n", "Line 2 is longer"),
])
def test_what_is_refused_is_said(data, words):
    with pytest.raises(ReadingError) as error:
        read_table(data, name="f.csv")
    assert words in str(error.value)
    assert error.value.remedy


def test_sources():
    assert read_table(io.BytesIO(GOOD.encode())).sha256 == read_table(GOOD.encode()).sha256
    with pytest.raises(CohortError, match="There is no file"):
        read_table("nowhere.csv")
    with pytest.raises(CohortError, match="Give a path, bytes or an open file"):
        read_table(GOOD * 200)
