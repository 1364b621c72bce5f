"""Workbooks that are small and ask for much: each ends in words or in a table, within the bounds of its size."""

import io
import zipfile

import pytest

from core.errors import CohortError
from core.intake.loading import load_files
from core.reading.read_table import read_table
from core.workers.pool import Bounds

pytestmark = pytest.mark.slow

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = {
    "[Content_Types].xml":
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        "<Override PartName='/xl/workbook.xml' ContentType='application/vnd.openxmlformats-officedocument."
        "spreadsheetml.sheet.main+xml'/></Types>",
    "_rels/.rels":
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r' "
        "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' "
        "Target='xl/workbook.xml'/></Relationships>",
    "xl/workbook.xml":
        f"<workbook xmlns='{_MAIN}' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>"
        "<sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>",
    "xl/_rels/workbook.xml.rels":
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' "
        "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' "
        "Target='worksheets/sheet1.xml'/></Relationships>",
}
HEAD = "".join(f"<c r='{c}1' t='inlineStr'><is><t>{name}</t></is></c>"
               for c, name in zip("ABCDE", ("id", "arm", "OS_months", "OS_event", "age"), strict=True))


def row(line, *, cells=None):
    values = (line, line % 2, line % 7 + 1, line % 2, 40 + line % 30)
    return f"<row r='{line}'>{cells or ''.join(f'<c><v>{v}</v></c>' for v in values)}</row>"


GOOD = f"<row r='1'>{HEAD}</row>" + "".join(row(i) for i in range(2, 62))


def book(rows=GOOD, *, before="", after="", dimension="A1", **parts):
    """Return a workbook of one sheet, from the XML of its rows and what stands around its data."""
    sheet = f"{before}<worksheet xmlns='{_MAIN}'><dimension ref='{dimension}'/><sheetData>{rows}</sheetData>{after}</worksheet>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in ({"xl/worksheets/sheet1.xml": sheet} | _PARTS | parts).items():
            archive.writestr(name, xml)
    return out.getvalue()


MANY = "".join(f"<sheet name='S{i}' sheetId='{i}' r:id='r1'/>" for i in range(1, 100_000))
HOSTILE = {
    "a comment full of cells": book(before="<!--" + '<c r="A1" ' * 200_000 + "-->"),
    "a formula full of cells": book(GOOD + row(62, cells="<c r='A62'><f>" + "&lt;c r=&quot;A1&quot; " * 100_000
                                               + "</f></c>")),
    "a row of number 1,000,000,000": book(GOOD + row(10**9)),
    "a row of number 10^400": book(GOOD + f"<row r='{'9' * 400}'/>"),
    "a row of number 0": book(GOOD + "<row r='0'/>"),
    "the last row that Excel has": book(GOOD + row(1_048_576)),
    "rows out of order": book(row(70) + GOOD),
    "a row that comes twice": book(GOOD + row(61)),
    "the last column that Excel has": book(GOOD + row(62, cells="<c r='XFD62'><v>1</v></c>")),
    "a column beyond": book(GOOD + row(62, cells="<c r='ZZZZ62'><v>1</v></c>")),
    "100,000 cells in a row": book(GOOD + row(62, cells="<c><v>1</v></c>" * 100_000)),
    "rows as wide as Excel": book(GOOD + "".join(row(i, cells=f"<c r='XFD{i}'><v>1</v></c>") for i in range(62, 2_062))),
    "two million empty rows": book(GOOD + "<row/>" * 2_000_000),
    "two million empty cells": book(GOOD + f"<row>{'<c/>' * 2_000_000}</row>"),
    "elements in one another": book(GOOD + "<a>" * 2_000_000),
    "a cell of 60 MB": book(GOOD + row(62, cells=f"<c><v>{'0' * 60_000_000}</v></c>")),
    "an attribute of 60 MB": book(GOOD, after=f"<a b='{'0' * 60_000_000}'/>"),
    "a million texts": book(**{"xl/sharedStrings.xml": f"<sst xmlns='{_MAIN}'>{'<si/>' * 1_000_000}</sst>"}),
    "200,000 groups of merged cells": book(
        after="<mergeCells>" + "<mergeCell ref='A2:A3'/>" * 200_000 + "</mergeCells>"),
    "100,000 sheets": book(**{"xl/workbook.xml": _PARTS["xl/workbook.xml"].replace("</sheets>", MANY + "</sheets>")}),
    "entities that multiply": book(
        "<row r='1'><c t='inlineStr'><is><t>&e9;</t></is></c></row>",
        before="<!DOCTYPE w [<!ENTITY e0 'ha'>" + "".join(
            f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 10)) + "]>"),
    "an entity that is a file": book(
        GOOD.replace("age", "&e;"), before="<!DOCTYPE w [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"),
    "no worksheet": book(**{"xl/workbook.xml": f"<workbook xmlns='{_MAIN}'><sheets/></workbook>"}),
    "strict Open XML": book(**{"xl/workbook.xml": _PARTS["xl/workbook.xml"].replace(
        _MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")}),
    "a dimension that lies": book(dimension="A1:B1"),
}
READ = {"a comment full of cells", "a dimension that lies", "200,000 groups of merged cells", "a million texts"}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_in_a_table_or_in_words(workers, name):
    data = HOSTILE[name]
    assert len(data) <= 1_000_000
    try:
        loading = workers.run(load_files, [("mine.xlsx", data)], bounds=Bounds.of_files([len(data)]))
    except CohortError as error:
        assert name not in READ or "more than" in error.problem, error.problem  # a busy machine may need its bound
        assert error.problem and error.remedy
        assert "root:" not in str(error)
        assert len(str(error)) < 600
    else:
        assert len(loading.table) >= 60
        assert list(loading.table.columns)[:4] == ["id", "arm", "OS_months", "OS_event"]


def test_the_row_that_a_sentence_names_is_excels():
    """Gaps between rows, and a sheet that does not say its rows' numbers."""
    gap = book(f"<row r='3'>{HEAD}</row>" + "".join(row(i) for i in range(11, 71)))
    assert list(read_table(gap).lines[:2]) == [11, 12]
    unnumbered = book(GOOD.replace("<row r=", "<row q="))
    assert list(read_table(unnumbered).lines[:2]) == [2, 3]


def test_formulas_and_merged_cells_are_told_as_they_are():
    """An empty text is a computed value; a comment with cells in it is none."""
    formulas = book(GOOD.replace("<c><v>41</v></c>", "<c t='str'><f>A1</f><v></v></c>"),
                    before="<!-- <c r='A1'><f>1</f></c> -->")
    assert not [f for f in read_table(formulas).findings if "never computed" in str(f)]
    missing = book(GOOD.replace("<c><v>42</v></c>", "<c><f>A1</f></c>", 1))
    assert [f for f in read_table(missing).findings if "1 formulas were never computed" in str(f) and "E2" in str(f)]
