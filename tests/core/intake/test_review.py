"""What the review says of a file: each line in plain words, with its evidence and the section that changes it."""

import pytest

from core.intake import SECTIONS, load_files, make_cohort, review
from core.mapping import ColumnMapping
from tests.conftest import HCC, SAMPLE
from tests.corpus.layouts import BASE, DEAD, MONTHS, N


def lines_of(data, *answers, typed=True):
    loading = load_files([("x.csv", data)])
    for answer in answers:
        question = loading.open_questions()[0]
        loading.answer(question, next(c for c in question.choices if c.startswith(answer)))
    mapping = ColumnMapping.from_json(loading.mapping, loading.table.columns)
    cohort = make_cohort(loading.table, loading.mapping) if typed else None
    return {line.about: line for line in review(loading.table, mapping, cohort, loading.findings_that_hold(),
                                                loading.answers, loading.open_questions())}


def table(**columns):
    every = {**BASE, "OS_months": MONTHS, "OS_event": DEAD, **columns}
    return "\n".join([",".join(every), *(",".join(map(str, r)) for r in zip(*every.values(), strict=True))]).encode()


def test_the_sample_is_told_in_one_glance():
    lines = lines_of(SAMPLE.read_bytes())
    assert list(lines)[:4] == ["Overall survival", "Progression-free survival", "Arm", "Patients"]
    assert {line.section for line in lines.values()} == set(SECTIONS)
    assert lines["Overall survival"].statement == (
        "Time “os_months” in months. Event: “os_event” is 1. 82 patients, 56 events, median 18.3 months.")
    assert lines["Overall survival"].evidence.startswith("“os_months” says months.")
    assert lines["Arm"].statement == "“arm”: TACE+IMRT (47, the reference), TACE+IMRT+sorafenib (35)."
    assert "PVTT grade: none < Vp2 < Vp3 < Vp4" in lines["Order of levels"].statement
    assert "17 adverse events by worst CTCAE grade: no baseline factors." in lines["Known later"].statement
    assert lines["Baseline factors"].statement.startswith("PVTT grade")


def test_open_questions_and_answers_are_told():
    asked = lines_of(HCC.read_bytes(), typed=False)
    assert asked["Overall survival"].evidence.startswith("Asked above")
    assert asked["Baseline factors"].evidence.startswith("Asked above")
    answered = lines_of(HCC.read_bytes(), "months", "Leave as codes")
    assert "You answered “months”." in answered["Overall survival"].evidence
    assert "97 events" in answered["Overall survival"].statement and answered["Arm"].statement.startswith("None")


@pytest.mark.parametrize(("columns", "about", "words"), [
    ({"entry": [0.1 * (1 + i % 9) for i in range(N)]}, "Overall survival", "observation from “entry” (late entry)"),
    ({"remark": [f"text {i}" for i in range(N)]}, "Left aside", "1 column: remark. Any can be added by name."),
    ({"relapse": DEAD}, "Known later", "Relapse"), ({"ITTFL": ["Y", "Y", "N"] * (N // 3)}, "Patients", "“ITTFL” is Y")])
def test_each_thing_has_its_line(columns, about, words):
    answers = ["Yes"] if "entry" in columns else []
    assert words in lines_of(table(**columns), *answers)[about].statement


def test_countries_have_no_order_and_grades_have():
    words = lines_of(table(country=["Spain", "China", "Japan"] * (N // 3), grade_of_risk=["high", "low", "moderate"] *
                           (N // 3)))["Order of levels"].statement
    assert "low < moderate < high" in words and "Spain" not in words
