"""How a file is read can be said, asked, answered and given up."""

import io

import pytest

from core import NeedsAnswer, ReadOptions, read_cohort
from core.errors import ReadingError
from core.intake import load_files
from core.intake.loading import begin, is_mapping
from core.reading.read_table import read_table
from tests.corpus.files import BASE, N, columns, cycle, raw, renamed, text, workbook


def test_how_a_file_is_read_can_be_said():
    latin = raw(text(centre=cycle("Café", "Zoë")), "cp1252")
    assert read_table(latin, options=ReadOptions(encoding="Windows-1252")).findings == []
    with pytest.raises(ReadingError, match="is not UTF-8"):
        read_table(latin, options=ReadOptions(encoding="UTF-8"))
    two = "x1,x2,x3,x4,x5,x6,x7\n" + BASE
    assert read_cohort(raw(two), options=ReadOptions(header_line=2)).n == N
    book = workbook([["a", "b"], [1, 2]], sheets={"cohort": [row.split(",") for row in BASE.split("\n")[:-1]]})
    assert read_cohort(book, options=ReadOptions(sheet="cohort")).n == N
    with pytest.raises(ReadingError, match=r"no sheet 'x'\. Choose one of: Sheet, cohort"):
        read_table(book, options=ReadOptions(sheet="x"))
    with pytest.raises(ReadingError, match="Unknown delimiter"):
        read_table(raw(BASE), options=ReadOptions(delimiter="#"))
    kept = read_cohort(raw(two), {"patient_id": "patient_id", "reading": {"header_line": 2}})
    assert kept.n == N and kept.mapping.to_json()["reading"] == {"header_line": 2}


def test_reading_can_be_given_up():
    class Enough(BaseException):
        pass

    def stop(share):
        raise Enough

    with pytest.raises(Enough):
        read_table(raw(BASE), progress=stop)


def test_what_is_given_at_once_is_told_apart():
    cohort, events = read_table(raw(BASE)), read_table(raw("id,AE term,grade\nP001,Rash,2\nP003,Pain,1\n"))
    for order in ([cohort, events], [events, cohort]):
        loading = begin(order)
        assert loading.table is cohort and loading.events is events
    assert is_mapping(b'{"patient_id": "x"}') and not is_mapping(b'{"a": 1}') and not is_mapping(raw(BASE))


def test_a_question_is_settled_by_its_answer_or_by_hand():
    table = renamed("pvtt", "PVTT", cycle("I", "II", "III"))
    loading = begin([read_table(raw(table))])
    question, = loading.open_questions()
    loading.answer(question, "Cheng")
    assert not loading.open_questions() and "cheng" in loading.mapping["factors"]
    loading = begin([read_table(raw(table))])
    loading.mapping["factors"]["pvtt"]["levels"] = {"I": "a", "II": "b", "III": "c"}
    assert not loading.open_questions()


def test_findings_follow_the_form():
    loading = begin([read_table(raw(BASE))])
    assert any("reference arm" in str(f["message"]) for f in loading.findings_that_hold())
    loading.mapping = {**loading.mapping, "arm": {**loading.mapping["arm"], "reference": "test"}}
    assert not any("reference arm" in str(f["message"]) for f in loading.findings_that_hold())


def test_bytes_and_open_files(tmp_path):
    file = tmp_path / "c.csv"
    file.write_bytes(raw(BASE))
    with file.open("rb") as opened:
        assert read_cohort(opened).n == read_cohort(file).n == read_cohort(bytearray(raw(BASE))).n == N
    with pytest.raises(ReadingError, match="opened as text"):
        read_table(io.StringIO(BASE))


def test_questions_are_asked_one_after_the_other_until_none_is_open():
    """Each answer brings the next question; what was assumed besides is said in the end."""
    table = raw(renamed("OS_event", "OS_event", cycle("x", "y")).replace("AFP (ng/mL)", "AFP (ng/L)").replace(
        "OS_months", "OS"))
    with pytest.raises(NeedsAnswer, match="In which unit are the times of OS") as unit:
        read_cohort(table)
    with pytest.raises(NeedsAnswer, match="Which value of 'OS_event'") as first:
        read_cohort(table, unit.value.answered("months"))
    with pytest.raises(NeedsAnswer, match="usually a misprint") as second:
        read_cohort(table, first.value.answered("y"))
    cohort = read_cohort(table, second.value.answered("ng/mL (a misprint: keep the numbers)"))
    assert cohort.mapping.endpoints[0].event_values == ("y",) and cohort.variable("afp").cuts
    assert cohort.mapping.endpoints[0].unit == "months"
    assert any("reference arm" in m for m in cohort.findings.message)
    assert "answered" not in cohort.mapping.to_json()


def test_one_answer_tells_how_all_dates_are_written():
    table = text(OS_months=None, **{"surgery date": ["01/02/2019"] * N, "last follow-up": ["03/04/2020"] * N,
                                    "progression date": ["05/06/2019"] * N, "PFS_event": cycle("1")})
    with pytest.raises(NeedsAnswer, match="day first, or month first") as error:
        read_cohort(raw(table))
    cohort = read_cohort(raw(table), error.value.answered("Day first"))
    assert [round(t * 30.4375) for t in (cohort.patients["OS time"][0], cohort.patients["PFS time"][0])] == [427, 124]


def test_both_readings_of_a_mark_can_be_chosen():
    table = text({**columns(), "AFP (ng/mL)": [f"{i + 1}.210" for i in range(N)],
                  "OS_months": [str(i + 2) for i in range(N)]}, sep=";")
    with pytest.raises(NeedsAnswer) as error:
        read_cohort(raw(table))
    assert error.value.choices == ("1210", "1.210")
    first = [read_cohort(raw(table), error.value.answered(c)).patients.afp[0] for c in error.value.choices]
    assert first == [1210, 1.21]


def test_files_that_are_not_used_are_said():
    one, other = (text(**{"x": [str(v) for v in range(N)]}) for _ in range(2))
    loading = load_files([("first.csv", raw(one)), ("second.csv", raw(other + "\n"))])
    assert any("second.csv is the cohort" in str(f["message"]) and "Not used: first.csv" in str(f["message"])
               for f in loading.findings)
