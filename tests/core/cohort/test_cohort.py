"""From file to cohort: what is guessed, assumed, refused; filters by key and level; the JSON contract."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from core import Filters, read_cohort, schema
from core.cohort.strata import stratification
from core.errors import FilterError, MappingError, NeedsAnswer, NotEstimable, ValidationError
from core.findings import grouped_by_kind
from core.intake.plausibility import last_seen
from core.mapping.column_mapping import ColumnMapping
from tests.conftest import REFERENCE, SAMPLE

HEAD = "id,arm,OS_months,OS_event,age\n"


def cohort_of(text, mapping=None):
    return read_cohort(io.BytesIO(text.encode()), mapping)


def rows(n=12, arms="ab"):
    return HEAD + "".join(f"p{i},{arms[i % len(arms)]},{i + 1},{i % 2},{40 + i}\n" for i in range(n))


def test_the_sample_is_recognised_whole(sample):
    mapping = sample.mapping
    assert mapping.patient_id == "patient_id"
    assert mapping.arm.reference == "TACE+IMRT"
    assert sample.endpoints == ("OS", "PFS")
    assert {f.key for f in mapping.factors} == {
        "age", "sex", "ecog", "child_pugh", "etiology", "afp", "tumor_size", "tumor_number", "pvtt",
        "hvtt", "t_stage", "n_stage"}
    assert mapping.response.known == "later"
    assert len(mapping.failure_sites) == 3 and len(mapping.adverse_events) == 17
    assert sample.levels("pvtt") == ("none", "Vp2", "Vp3", "Vp4")


def test_a_dictionary_name_never_forces_numeric(hcc):
    """AFP and tumour size of this cohort are the codes 1 and 2."""
    assert hcc.n == 227
    assert hcc.mapping.arm is None
    assert hcc.endpoints == ("OS", "RFS")
    assert hcc.variable("afp").kind == "categorical"
    assert hcc.levels("tumor_size") == ("1", "2")
    assert hcc.variable("age").kind == "numeric"


def test_a_filtered_cohort_holds_its_own_patients_and_events(sample):
    sub = sample.filter(Filters.from_json({"pvtt": {"in": ["Vp3", "Vp4"]}, "afp": {"gt": 400}}))
    frame = pd.read_csv(SAMPLE, keep_default_na=False)
    wanted = frame[frame.pvtt.isin(["Vp3", "Vp4"]) & (frame.afp_ng_ml > 400)]
    assert sub.patients[schema.PATIENT].tolist() == wanted.patient_id.tolist()
    assert (sub.patients["OS time"].to_numpy() == wanted.os_months.to_numpy()).all()
    graded = wanted.filter(like="ae_").to_numpy()
    assert len(sub.events) == (graded > 0).sum()
    first = sub.events.iloc[0]
    assert wanted.iloc[int(first.patient)]["ae_leukopenia"] == first.grade
    assert sub.whole is sample and sub.key != sample.key
    assert sub.words() == "PVTT grade Vp3, Vp4; AFP > 400 ng/mL"


def test_filters_chain_and_say_what_is_wrong(sample):
    once = sample.filter({"pvtt": {"in": ["Vp3"]}})
    assert once.filter({"hvtt": {"in": ["yes"]}}).n == sample.filter(
        {"pvtt": {"in": ["Vp3"]}, "hvtt": {"in": ["yes"]}}).n
    for conditions, words in (
        ({"pvt": {"in": ["Vp3"]}}, "There is no variable 'pvt'"),
        ({"pvtt": {"in": ["Vp9"]}}, "has no level 'Vp9'. Choose from: none, Vp2"),
        ({"pvtt": {"gt": 3}}, "has levels, not numbers"),
        ({"afp": {"in": ["3"]}}, "is a number"),
        ({"afp": {"above": 3}}, "Unknown condition 'above'"),
        ({"afp": {"gt": "much"}}, "A bound is not a number"),
        ({"pvtt": ["Vp3"]}, "Filters are an object"),
    ):
        with pytest.raises(FilterError, match=words):
            sample.filter(conditions)


def test_missing_is_counted_and_filtered_apart():
    text = rows() + "p90,a,,1,\np91,b,5,,50\n"
    cohort = cohort_of(text)
    assert cohort.n == 14
    said = cohort.findings[cohort.findings.severity == "warning"]
    assert said.row.tolist() == [14, 15]
    assert "left out of OS" in said.message.iloc[0]
    assert cohort.filter({"age": {"missing": True}}).n == 1
    assert cohort.filter({"age": {"missing": False}}).n == 13
    assert cohort.filter({"age": {"ge": 50}}).missing_in_filters() == {"age": 1}
    assert cohort.filter({"arm": {"in": ["a"]}}).missing_in_filters() == {}
    assert cohort.filter({"age": {"ge": 50, "missing": True}}).n == 4


def test_mapping_goes_out_and_comes_back(sample, tmp_path):
    data = sample.mapping.to_json()
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    for source in (data, json.dumps(data), file):
        again = read_cohort(SAMPLE, source)
        assert again.mapping == sample.mapping
        pd.testing.assert_frame_equal(again.patients, sample.patients)


def test_the_documented_form_of_a_mapping():
    """Raw values are labelled, days become months, a glob names the adverse events."""
    text = "ID,trt,time,status,sex,ae_rash\n1,1,30,2,1,0\n2,2,61,1,2,3\n3,1,91,2,2,\n"
    cohort = cohort_of(text, {
        "patient_id": "ID",
        "arm": {"column": "trt", "reference": "1", "levels": {"1": "standard", "2": "test"}},
        "endpoints": {"OS": {"time": "time", "event": "status", "event_values": ["2"], "unit": "days"}},
        "factors": {"sex": {"column": "sex", "levels": {"1": "male", "2": "female"}}},
        "adverse_events": {"columns": "ae_*"}})
    assert cohort.levels("arm") == ("standard", "test")
    np.testing.assert_allclose(cohort.patients["OS time"], np.array([30, 61, 91]) / 30.4375)
    assert cohort.patients["OS event"].tolist() == [1, 0, 1]
    assert cohort.filter({"sex": {"in": ["female"]}}).n == 2
    grades = cohort.worst_grades.grades[:, 0]
    assert grades[:2].tolist() == [0, 3] and np.isnan(grades[2])


@pytest.mark.parametrize(("change", "words"), [
    ({"patient_id": "nope"}, "No column 'nope' for the role patient id. Choose one of: id, arm"),
    ({"endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "unit": "moons"}}}, "time unit 'moons'"),
    ({"endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": []}}}, "No value of"),
    ({"factors": {"age": {"column": "age", "kind": "number"}}}, "Unknown kind 'number'"),
    ({"factors": {"age": {"kind": "numeric"}}}, "not of the expected form"),
    ({"factor": {}}, "unknown key 'factor'"),
])
def test_a_wrong_mapping_is_said(change, words):
    with pytest.raises(MappingError, match=words):
        cohort_of(rows(), {"patient_id": "id", **change})
    with pytest.raises(MappingError, match="not valid JSON"):
        ColumnMapping.from_json("{oops", ["id"])


def test_cells_that_do_not_fit_are_all_named():
    text = rows().replace("p3,b,4,", "p3,b,four,").replace("p5,b,6,", "p5,b,-6,").replace("p7,", "p1,")
    mapping = cohort_of(rows()).mapping
    with pytest.raises(ValidationError) as error:
        cohort_of(text, mapping)
    refused = error.value.findings[error.value.findings.severity == "refused"]
    assert sorted(refused.row) == [3, 5, 7, 9]
    assert "Line 5, column 'OS_months': 'four' is not a number" in str(error.value)
    assert any("negative time" in m for m in refused.message)
    assert sum("more than one row" in m for m in refused.message) == 2


def test_an_arm_with_one_level():
    cohort = cohort_of(rows(arms="a"))
    assert cohort.mapping.arm is None
    assert "single level, 'a'" in " ".join(cohort.findings.message)
    with pytest.raises(ValidationError, match="only one level, 'a': two or more"):
        cohort_of(rows(arms="a"), {"arm": {"column": "arm", "reference": "a"}})
    with pytest.raises(ValidationError, match="reference arm 'c' is not in column 'arm'"):
        cohort_of(rows(), {"arm": {"column": "arm", "reference": "c"}})


def test_a_status_that_no_convention_decides_is_asked():
    text = rows().replace(",0,", ",7,")
    with pytest.raises(NeedsAnswer, match="Which value of 'OS_event' means an event") as error:
        cohort_of(text)
    assert error.value.choices == ("1", "7")


@pytest.mark.parametrize(("file", "unit"), [("lung.csv", "days"), ("ovarian.csv", "days")])
def test_conventional_readings_are_assumed_and_said(file, unit):
    cohort = read_cohort(REFERENCE / file)
    assert cohort.mapping.endpoints[0].unit == unit
    assert f"read as {unit}" in " ".join(cohort.findings[cohort.findings.severity == "assumed"].message)


def test_none_stays_a_level():
    text = rows().replace("age\n", "age,invasion\n")
    text = "\n".join(f"{line},{'None' if i % 2 else 'Micro'}" if i else line
                     for i, line in enumerate(text.strip().split("\n")))
    assert cohort_of(text).levels("invasion") == ("Micro", "None")




def with_column(name, values, n=24):
    """Return a cohort file whose last column is given; values repeat."""
    lines = rows(n).strip().split("\n")
    return "\n".join([f"{lines[0]},{name}", *(f"{line},{values[i % len(values)]}"
                                             for i, line in enumerate(lines[1:]))])


def test_ones_of_a_censoring_column_are_censored():
    cohort = cohort_of(rows().replace("OS_event", "OS_censor"))
    assert cohort.mapping.endpoints[0].event_values == ("0",)
    assert any("0 means event" in m for m in cohort.findings.message)


@pytest.mark.parametrize(("header", "unit"), [
    ("OSdays", "days"), ("os_m", "months"), ("OS (weeks)", "weeks"), ("OS_d", "days")])
def test_the_unit_in_a_header(header, unit):
    assert cohort_of(rows().replace("OS_months", header)).mapping.endpoints[0].unit == unit


def test_no_column_is_lost_where_keys_meet():
    text = "id,CD4+,CD4-,Возраст,Пол,arm,treatment,ae_hair_loss,ae_Hair loss\n" + "".join(
        f"p{i},{i % 2},{i % 3},{40 + i},{'мж'[i % 2]},{'ab'[i % 2]},{'xy'[i % 2]},{i % 4},0\n"
        for i in range(20))
    cohort = cohort_of(text)
    assert {"cd4", "cd4_2", "возраст", "пол", "treatment", "ae_hair_loss"} <= set(cohort.variables)
    assert (cohort.worst_grades.grades[:, 0] == np.arange(20) % 4).all()
    for key in ("patient_id", "OS time", "arm"):
        with pytest.raises(MappingError, match="taken by another role"):
            cohort_of(rows(), {**cohort_of(rows()).mapping.to_json(),
                               "factors": {key: {"column": "age", "kind": "numeric"}}})


def test_missing_codes_are_codes():
    text = rows().replace("p3,b,4,1", "p3,b,4,").replace(",45\n", ",999\n")
    base = cohort_of(rows()).mapping.to_json()
    for codes, age in (([999], 1), (["999"], 1), ("NA", 0)):
        cohort = cohort_of(text, {**base, "missing": codes})
        assert cohort.patients["OS event"].isna().sum() == 1  # a blank is missing whatever the list says
        assert cohort.patients.age.isna().sum() == age
    with pytest.raises(MappingError, match="missing codes"):
        cohort_of(text, {**base, "missing": [["a"]]})


def test_an_unnamed_value_never_joins_a_level():
    mapping = {"patient_id": "id", "factors": {"g": {"column": "g", "levels": {"0": "1", "1": "2"}}}}
    with pytest.raises(ValidationError, match="holds '2', which the mapping does not name"):
        cohort_of(with_column("g", "012"), mapping)


def test_codes_with_a_decimal_point_are_codes():
    """As pandas and R write integers where some are missing."""
    text = with_column("ae_fever", ["0.0", "1.0", "3.0", ""])
    text = text.replace(",1,4", ",1.0,4").replace(",0,4", ",0.0,4").replace(",1,5", ",1.0,5")
    cohort = cohort_of(text)
    assert cohort.worst_grades.terms == ("Fever",)
    assert cohort.worst_grades.grades[:3, 0].tolist() == [0, 1, 3]
    assert cohort.patients["OS event"].tolist() == [float(i % 2) for i in range(24)]


def test_a_cell_that_is_no_number_is_said():
    afp = ["3.5", "12", "40", "800", "95", "6", "7", "8", "9.1", "10", "11", "13", "14", "high"]
    cohort = cohort_of(with_column("AFP", afp))
    said = cohort.findings[cohort.findings.column == "AFP"]
    assert said.row.tolist() == [15] and "'high' is not a number and counts as missing" in said.message.iloc[0]
    assert cohort.patients.afp.isna().sum() == 1
    text = rows(24).replace("p3,b,4,", "p3,b,soon,")
    with pytest.raises(ValidationError, match="Line 5, column 'OS_months': 'soon' is not a number"):
        cohort_of(text)
    with pytest.raises(ValidationError, match="stands for more than one row"):
        cohort_of(rows(24).replace("p3,", "p4,"))


@pytest.mark.parametrize(("conditions", "words"), [
    ("{bad", "not valid JSON"), ({"arm": {"in": 5}}, "'in' is 5"), ({"arm": {}}, "empty"),
    ({"age": {"gt": float("nan")}}, "A bound"), ({"arm": {"not": {}}}, "empty"),
    ({"arm": {"missing": "false"}}, "'missing' is 'false'"),
])
def test_filters_that_mean_nothing_are_refused(conditions, words):
    with pytest.raises(FilterError, match=words):
        Filters.from_json(conditions)


def test_a_click_keeps_the_rest_of_a_condition():
    filters = Filters.from_json({"sex": {"in": ["M"], "missing": True}}).toggled("sex", "F")
    assert filters.to_json() == {"sex": {"in": ["M", "F"], "missing": True}}


# ---- what happened after the end, and findings of one kind ---------------------------------------

def late_cohort(n=40):
    rows = "".join(f"p{i},{'AB'[i % 2]},{10 + i % 3},{i % 2},{'CR' if i % 2 else 'PD'},{20 if i < 5 else 2}\n"
                   for i in range(n))
    events = "id,term,grade,day\n" + "".join(f"p{i},Rash,{1 + i % 3},{900 if i % 4 else 30}\n" for i in range(n))
    mapping = {"patient_id": "id", "arm": {"column": "arm", "reference": "A", "levels": {"A": "A", "B": "B"}},
               "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"], "unit": "months"}},
               "response": {"column": "response", "when": {"column": "known", "unit": "months"}},
               "adverse_events": {"file": {"patient": "id", "term": "term", "grade": "grade", "day": "day"}}}
    return read_cohort(f"id,arm,OS_months,OS_event,response,known\n{rows}".encode(), mapping,
                       adverse_events=events.encode())


def test_events_and_responses_after_the_end_are_named():
    found = late_cohort().findings
    events = found[found.message.str.contains("lies after the patient's death or last follow-up")]
    assert events.rows.sum() == 30 and events.kind.nunique() == 1 and "of 40 dated events" in events.kind.iloc[0]
    responses = found[found.message.str.contains("Response became known after")]
    assert responses.row.tolist() == [2, 3, 4, 5, 6]


def test_the_adam_study_has_its_late_events_said():
    folder = REFERENCE / "adam"
    cohort = read_cohort({p.name: p for p in folder.glob("*.csv")})
    late = cohort.findings[cohort.findings.message.str.contains("lies after the patient's death or last follow-up")]
    assert late.rows.sum() > 0 and len(grouped_by_kind(late)) == 1


def test_findings_of_one_kind_are_one():
    kinds = grouped_by_kind(late_cohort().findings)
    late = next(k for k in kinds if "lies after" in k.kind.iloc[0])
    assert late.rows.sum() == 30 and len(kinds) < 10
    with pytest.raises(ValidationError, match=r"And 19 more like it\.") as refused:
        read_cohort(("id,arm,OS_months,OS_event\n" + "".join(
            f"p{i},{'AB'[i % 2]},{-1 - i if i < 20 else i},1\n" for i in range(60))).encode(), {
            "patient_id": "id", "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"]}}})
    assert str(refused.value).count("negative time") == 1


def test_a_patient_is_followed_at_least_to_their_last_event():
    """Without overall survival: censored for one endpoint at 2, an event of another at 5; one had only events."""
    rows = "".join(f"p{i},{'ab'[i % 2]},2,0,5,1\n" for i in range(4)) + "p4,a,3,1,6,1\n"
    cohort = read_cohort(f"id,arm,LRC_months,LRC_event,PFS_months,PFS_event\n{rows}".encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"},
        "endpoints": {name: {"time": f"{name}_months", "unit": "months", "event": f"{name}_event",
                             "event_values": ["1"]} for name in ("LRC", "PFS")}})
    np.testing.assert_array_equal(last_seen(cohort.table, cohort.mapping), [5, 5, 5, 5, np.nan])


def test_a_number_that_nobody_has_makes_no_strata():
    rows = "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},\n" for i in range(12))
    cohort = read_cohort(f"id,arm,OS_months,OS_event,score\n{rows}".encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"},
        "endpoints": {"OS": {"time": "OS_months", "unit": "months", "event": "OS_event", "event_values": ["1"]}},
        "factors": {"score": {"label": "Score", "column": "score", "kind": "numeric"}}})
    with pytest.raises(NotEstimable, match="missing in every patient"):
        stratification(cohort, "score")


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


def test_a_name_may_have_several_lines():
    """As headers from Excel have, in the file and in the mapping that is made of it."""
    text = rows().replace("age", '"age\\n(years)"'.replace("\\n", "\n"), 1)
    cohort = cohort_of(text)
    again = cohort_of(text, cohort.mapping.to_json())
    assert again.n == cohort.n == 12 and again.mapping.to_json() == cohort.mapping.to_json()
