"""Files that are not read, or not without an answer."""

from __future__ import annotations

import gzip
import json

from tests.corpus.files import (
    BASE,
    LINES,
    Case,
    N,
    changed,
    columns,
    cycle,
    dated,
    dates,
    long_events,
    raw,
    renamed,
    text,
    visits,
    workbook,
    zipped,
)


def refused(name, data, words, **more):
    return Case(name, data if isinstance(data, bytes) else raw(data), "refused", words, **more)


def asked(name, data, words):
    return Case(name, data if isinstance(data, bytes) else raw(data), "asked", words)


def line(number, content):
    """Write the good cohort with one line replaced."""
    return "\n".join([*LINES[:number - 1], content, *LINES[number:]])


NO_UNIT = [
    asked("times without a unit", renamed("OS_months", "OS"), "In which unit are the times of OS"),
    asked("999 among times without a unit", renamed("OS_months", "OS", ["999", *(str(i + 3) for i in range(N - 1))]),
          "In which unit are the times of OS"),
    asked("another endpoint with a general status", "pid,rfstime,status,age\n" + "".join(
        f"p{i},{i * 30 + 5},{i % 2},{40 + i}\n" for i in range(N)), "In which unit are the times of RFS"),
    asked("a flag under an endpoint's bare name", text(
        OS_months=None, OS_event=None, OS=cycle("0", "1"), **{"OS.time": [str(i + 2.5) for i in range(N)]}),
          "In which unit are the times of OS"),
]

OTHER_KINDS = [
    refused("empty", b"", "empty"),
    refused("spaces alone", b"  \n \n", "empty"),
    refused("no-break spaces alone", "\u00a0\n\u3000,\u2007\n" * 60, "no text"),
    refused("delimiters alone", b",,,\n,,,\n", "no text but delimiters"),
    refused("PDF", b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
    refused("PNG", b"\x89PNG\r\n\x1a\n\x00", "a picture"),
    refused("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
    refused("HTML error page", "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "web page"),
    refused("HTML table saved as .xls", "<html><table><tr><td>id</td></tr></table></html>", "web page"),
    refused("XML workbook", "<?xml version='1.0'?><Workbook></Workbook>", "XML"),
    refused("JSON", json.dumps([{"id": 1, "os": 2}]), "JSON"),
    refused("JSON object", json.dumps({"id": [1, 2]}, indent=1), "JSON"),
    refused("gzip that ends early", gzip.compress(raw(BASE))[:60], "not complete"),
    refused("gzip of one line", gzip.compress(b"a," * 3_000_000), "longer than"),
    refused("zip of two tables", zipped({"cohort.csv": raw(BASE), "more.csv": raw(BASE)}), "a zip archive of 2 files"),
    refused("an R workspace", gzip.compress(b"RDX3\nX\n" + bytes(80)), "write.csv"),
    refused("an R object", gzip.compress(b"X\n\x00\x00\x00\x03" + bytes(80)), "write.csv"),
    refused("Word document", zipped({"word/document.xml": b"<x/>"}), "a Word document"),
    refused("damaged zip", b"PK\x03\x04 and nothing", "damaged"),
    refused("damaged workbook", zipped({"xl/workbook.xml": b"<broken", "[Content_Types].xml": b"<x"}), "damaged"),
    refused("workbook bomb", zipped({"xl/workbook.xml": b"0" * 700 * 1024**2}), "unpacks to"),
    refused("empty workbook", workbook([]), "sheets are empty"),
    refused("old .xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
    refused("SPSS file", b"$FL2@(#) SPSS DATA FILE", "SPSS"),
    refused("NUL bytes", raw(BASE).replace(b"Vp3", b"V\x00p", 1), "Line 3 holds a NUL byte"),
    refused("UTF-16 without BOM", BASE.encode("utf-16-le"), "UTF-16 without"),
    refused("bytes of no encoding", raw(BASE).replace(b"Vp3", b"\x81\x8d\xff", 1), "Line 3"),
    refused("control characters of another encoding", changed("pvtt", 5, "V\x85\x93"), "control character"),
    refused("half of a UTF-16 file", BASE.encode("utf-16")[:-1], "UTF-16"),
]

SHAPE = [
    refused("one column", "id\n1\n2\n", "Only one column"),
    refused("header alone", LINES[0] + "\n", "no rows"),
    refused("a short row", line(7, "P006,test,45"), "Line 7 has 3 cells"),
    refused("a long row", line(7, LINES[6] + ",1"), "Line 7 has 8 cells"),
    refused("a row cut off at the end", "\n".join(LINES[:20]) + "\nP0", "Line 21 has 1 cells"),
    refused("a comma for a point in a comma file", changed("OS_months", 5, "6,5"), "Line 6 has 8 cells"),
    refused("an unclosed quote", changed("pvtt", 5, '"Vp3'), "line 6 is not closed"),
    refused("text behind a quote", changed("pvtt", 5, '"Vp3"x'), "line 6 is not closed"),
    refused("a name missing", BASE.replace("age", "", 1), "Column 3 has no name"),
    refused("lying on its side", "variable," + ",".join(f"P{i}" for i in range(9)) + "\n" + "\n".join(
        f"{name}," + ",".join(str(i) for i in range(9)) for name in ("age", "sex", "AFP", "ECOG", "OS", "status")),
            "lies on its side"),
    refused("a line of 1.1 MB", changed("pvtt", 5, "x" * 1_100_000), "Line 6 is longer"),
    refused("a cell of 40,000 characters", changed("pvtt", 5, "x" * 40_000), "A cell on line 6 is longer"),
    refused("2,001 columns", ",".join(f"c{i}" for i in range(2001)) + "\n" + ",".join(["1"] * 2001) + "\n", "2,001 columns"),
    refused("a list of adverse events", "patient_id,term,grade\n" + "".join(f"P{i % 5},Nausea,{i % 4}\n" for i in range(30)),
            "list of adverse events"),
    refused("adverse events of other patients", BASE, "No id of", also=long_events("X1,Nausea,2", "X2,Nausea,1")),
    refused("a wrong grade in the second file", BASE, "is not a CTCAE grade", also=long_events("P001,Nausea,7")),
    refused("a second file without a grade", BASE, "no column for the grade",
            also=b"patient_id,term,when\nP001,Nausea,2\nP002,Rash,3\n"),
]

VALUES = [
    refused("a word for a time", changed("OS_months", 5, "soon"), "Line 6, column 'OS_months': 'soon' is not a number"),
    refused("a negative time", changed("OS_months", 5, "-3"), "Line 6, column 'OS_months': '-3' is a negative time"),
    refused("an infinite time", changed("OS_months", 5, "inf"), "Line 6, column 'OS_months': 'inf'"),
    refused("a time of 1e400", changed("OS_months", 5, "1e400"), "Line 6, column 'OS_months': '1e400'"),
    refused("an infinite age", changed("age", 5, "inf"), "Line 6, column 'age': 'inf'"),
    refused("two rows under one id", changed("patient_id", 5, "P001"), "in more than one row"),
    refused("a sixth of the ids twice", text(patient_id=[f"P{i % 20}" for i in range(N)]), "in more than one row"),
    refused("a missing id", changed("patient_id", 5, ""), "Line 6, column 'patient_id'"),
    refused("a grade of 7", text(ae_fever=cycle("1", "2", "7")), "'7' is not a CTCAE grade",
            mapping={"patient_id": "patient_id", "adverse_events": {"columns": "ae_*"}}),
    refused("an arm as long as the file", BASE, "it cannot be the arm", mapping={"arm": {"column": "patient_id"}}),
    refused("a time in no unit of time", changed("OS_months", 5, "45 cm"), "another unit"),
    refused("an end before its start", dated(dates("%Y-%m-%d"), ["2018-01-01"] * N), "lies before"),
    refused("a date that is none", dated(dates("%Y-%m-%d"), [*dates("%Y-%m-%d", 40)[:-1], "2021-02-30"]), "not a date"),
    asked("status 0, 1 and 2", renamed("OS_event", "OS_event", cycle("0", "1", "2")), "Which value of 'OS_event'"),
    asked("status 0.5", changed("OS_event", 5, "0.5"), "Which value of 'OS_event'"),
    asked("words that no convention knows", renamed("OS_event", "OS_event", cycle("x", "y")), "Which value of 'OS_event'"),
    asked("a bare I-IV under PVTT", renamed("pvtt", "PVTT", cycle("I", "II", "III", "IV")), "Vp or Cheng"),
    asked("a bare 1-4 under PVTT", renamed("pvtt", "PVTT分型", cycle("1", "2", "3", "4", "无")), "Vp or Cheng"),
    asked("AFP in ng/L", renamed("AFP (ng/mL)", "AFP (ng/L)"), "usually a misprint"),
    asked("size in mm without saying so", text(**{"tumour size": [str(20 + 5 * i) for i in range(N)]}), "cm or mm"),
    asked("day or month first", dated(["01/02/2019"] * N, ["03/04/2020", "05/06/2020"] * (N // 2)), "day first, or month first"),
    asked("1,210 in a semicolon file", text({**columns(), "AFP (ng/mL)": [f"{i + 1},210" for i in range(N)],
                                             "OS_months": [str(i + 2) for i in range(N)]}, sep=";"), "1210 or 1.210"),
    asked("years of two digits, first or last", dated([f"{12 + i % 9}-03-{14 + i % 9}" for i in range(N)],
                                                      [f"{22 + i % 9}-03-{14 + i % 9}" for i in range(N)]), "written year first, or day first"),
    asked("1.210 in a semicolon file", text({**columns(), "AFP (ng/mL)": [f"{i + 1}.210" for i in range(N)],
                                             "OS_months": [str(i + 2) for i in range(N)]}, sep=";"), "Is 1.210"),
    asked("AFP ng/L without brackets", renamed("AFP (ng/mL)", "AFP ng/L"), "usually a misprint"),
    asked("a legend that is not understood", renamed("OS_event", "status (0=xq; 1=zq)"), "Which value of"),
    asked("an arm column with as many values as rows", text(arm=[f"regimen {i}" for i in range(N)]), "as many values as rows"),
    asked("visits", visits(), "Which row of a patient counts"),
]

CASES = [*NO_UNIT, *OTHER_KINDS, *SHAPE, *VALUES]
