"""Several files and shapes: ADaM by its standard, events in long form, references, options, answers."""

import io

import numpy as np
import pandas as pd
import pytest

from core import NeedsAnswer, ReadOptions, read_cohort, treatment_effect
from core.errors import MappingError, ReadingError
from core.hazards import cox
from core.intake.loading import begin, is_mapping
from core.reading.numbers import parse_number
from core.reading.read_table import read_table
from core.summaries import adverse_events
from tests.conftest import REFERENCE
from tests.corpus.files import BASE, N, columns, cycle, raw, renamed, text, workbook

ADAM = {k: REFERENCE / "adam" / f"{k}.csv" for k in ("adsl", "adtte", "adae")}


@pytest.fixture(scope="module")
def adam():
    return read_cohort(ADAM)


@pytest.fixture(scope="module")
def frames():
    return {k: pd.read_csv(p, keep_default_na=False) for k, p in ADAM.items()}


def test_adam_endpoints_are_aval_and_inverted_cnsr(adam, frames):
    assert adam.endpoints == ("OS", "PFS", "CRSD", "EFS")  # TNE is a count
    for name in adam.endpoints:
        rows = frames["adtte"][name == frames["adtte"].PARAMCD].set_index("USUBJID").loc[frames["adsl"].USUBJID]
        np.testing.assert_allclose(adam.patients[f"{name} time"], rows.AVAL / 30.4375, rtol=1e-12)
        assert (adam.patients[f"{name} event"].to_numpy() == 1 - rows.CNSR.to_numpy()).all()
    assert adam.levels("arm")[0] == "B: Placebo"


def test_adam_grades_are_the_worst_per_term_of_emergent_events_in_the_safety_population(adam, frames):
    events = frames["adae"][frames["adae"].TRTEMFL == "Y"]
    worst = events.groupby(["USUBJID", "AEDECOD"]).AETOXGR.max()
    safe = frames["adsl"].set_index("USUBJID").SAFFL == "Y"
    grades = adam.worst_grades
    for term in grades.terms:
        for patient, grade in zip(adam.patients.patient_id, grades.grades[:, grades.terms.index(term)], strict=True):
            wanted = worst.get((patient, term), 0) if safe[patient] else np.nan
            assert grade == wanted or (np.isnan(grade) and np.isnan(wanted))
    body = events.groupby("AEDECOD").AEBODSYS.first()
    assert dict(zip(grades.terms, grades.categories, strict=True)) == {t: body[t] for t in grades.terms}


def test_the_safety_population_is_the_denominator():
    table = text(columns(), SAFFL=["N", *["Y"] * (N - 1)], ae_fever=cycle("0", "2"))
    rows = adverse_events(read_cohort(raw(table))).rows
    assert rows[rows.band == "any"].n.sum() == N - 1


def test_adam_without_its_subjects_is_refused():
    with pytest.raises(MappingError, match="without ADSL"):
        read_cohort({"adtte": ADAM["adtte"]})
    with pytest.raises(MappingError, match="none of ADSL, ADTTE and ADAE"):
        read_cohort({"adsl": ADAM["adsl"], "x": raw(BASE)})
    with pytest.raises(MappingError, match="Two files are ADSL"):
        read_cohort({"a": ADAM["adsl"], "b": ADAM["adsl"]})


def test_an_adam_study_asks_as_a_file_does(frames):
    adsl = frames["adsl"].assign(PVTT=[["I", "II", "III", "IV"][i % 4] for i in range(len(frames["adsl"]))])
    with pytest.raises(NeedsAnswer, match="Vp or Cheng") as error:
        read_cohort({"adsl": adsl.to_csv(index=False).encode(), "adtte": ADAM["adtte"]})
    answered = read_cohort({"adsl": adsl.to_csv(index=False).encode(), "adtte": ADAM["adtte"]},
                           error.value.answered("Vp (Japan)"))
    assert answered.levels("pvtt") == ("Vp1", "Vp2", "Vp3", "Vp4")


def test_events_in_long_form_keep_what_is_recorded():
    events = ("id,AE,grade,SOC,serious,related,day\nP001,Rash,2,Skin,yes,no,12\nP001,rash ,3,Skin,N,Y,15\n"
              "P002,Pain,,Other,,,\n")
    cohort = read_cohort(raw(BASE), adverse_events=raw(events))
    long = cohort.long_events
    assert long.term.astype(str).tolist() == ["Rash", "Rash", "Pain"]
    assert long.serious.astype(object).tolist()[:2] == ["yes", "no"]
    assert long.related.isna().tolist() == [False, False, True]
    assert long.day.tolist()[:2] == [12, 15]
    worst = cohort.worst_grades
    assert worst.grades[0].tolist() == [0, 3] and np.isnan(worst.grades[1, worst.terms.index("Pain")])
    again = read_cohort(raw(BASE), cohort.mapping.to_json(), adverse_events=raw(events))
    assert again.mapping == cohort.mapping


def test_the_reference_of_a_factor_is_what_others_are_compared_with():
    cohort = read_cohort(raw(BASE))
    mapping = cohort.mapping.to_json()
    mapping["factors"]["pvtt"]["reference"] = "Vp4"
    other = read_cohort(raw(BASE), mapping)
    assert other.levels("pvtt") == cohort.levels("pvtt")
    first = treatment_effect(cohort, endpoint="OS", by="pvtt").terms.set_index("level").coef
    last = treatment_effect(other, endpoint="OS", by="pvtt").terms
    assert last.reference.unique().tolist() == ["Vp4"] and last.level.tolist() == ["Vp2", "Vp3"]
    assert last.set_index("level").coef["Vp2"] == pytest.approx(-first["Vp4"], rel=1e-9)
    joint = cox(other, endpoint="OS", covariates=["pvtt", "age"]).terms
    assert joint.reference.tolist()[:2] == ["Vp4", "Vp4"]
    with pytest.raises(Exception, match="no level 'Vp9'"):
        read_cohort(raw(BASE), {**mapping, "factors": {"pvtt": {"column": "pvtt", "reference": "Vp9"}}})


def test_levels_of_one_name_are_merged_and_a_named_code_is_no_missing_one():
    mapping = {"patient_id": "patient_id",
               "factors": {"g": {"column": "g", "levels": {"-": "low", "+": "high", "++": "high"}}}}
    cohort = read_cohort(raw(text(g=cycle("-", "+", "++"))), mapping)
    assert cohort.levels("g") == ("low", "high") and cohort.patients.g.value_counts().tolist() == [16, 8]


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


@pytest.mark.parametrize(("text", "value"), [
    ("7.3", 7.3), ("−3", -3), ("１２．５", 12.5), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1 234", 1234),
    ("1'234", 1234),
    ("7,3", 7.3), ("0,125", 0.125), ("≥20", 20), ("45 %", 45), ("38岁", 38), ("1.5×10^3", 1500), ("2e3", 2000),
    ("12,345,678", 12345678), ("inf", None), ("1e400", None), ("3a", None), ("5-8", None), ("85x100", None),
    ("1_000", None),
    ("", None), ("1,23,4", None), ("++", None), ("2024-01-01", None)])
def test_numbers_as_they_are_written(text, value):
    parsed = parse_number(text)
    assert (parsed.value if parsed else None) == value


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
    with pytest.raises(NeedsAnswer, match="Which value of 'OS_event'") as first:
        read_cohort(table)
    with pytest.raises(NeedsAnswer, match="usually a misprint") as second:
        read_cohort(table, first.value.answered("y"))
    cohort = read_cohort(table, second.value.answered("ng/mL (a misprint: keep the numbers)"))
    assert cohort.mapping.endpoints[0].event_values == ("y",) and cohort.variable("afp").cuts
    assert any("read as months" in m for m in cohort.findings.message)
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
