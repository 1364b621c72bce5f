"""Adverse events in long form."""

import numpy as np
import pytest

from core import adverse_events, read_cohort
from core.charts import adverse_events_figure, patients_table, term_figure
from core.errors import MappingError, ValidationError
from tests.corpus.files import BASE, raw

SEVERITIES = "id,AETERM,{}\nP001,Rash,MILD\nP001,Rash,Severe\nP002,Pain,moderate\nP003,Pain,Life-threatening\n"


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


@pytest.mark.parametrize("header", ["AESEV", "Severity", "严重程度", "grade"])
def test_severities_are_no_grades_and_named_so(header):
    cohort = read_cohort(raw(BASE), adverse_events=raw(SEVERITIES.format(header)))
    assert cohort.mapping.event_file.severity == header and not cohort.mapping.event_file.grade
    assert cohort.worst_grades.grades[:3].tolist() == [[0, 3], [2, 0], [4, 0]]
    figure = adverse_events_figure(cohort, adverse_events(cohort))
    shown = f"{figure.title} {figure.key} {figure.table.columns.tolist()} {figure.provenance}"
    assert "worst severity" in shown and "Severe or worse" in shown and "CTCAE" not in shown and "rade" not in shown
    assert "severe" in term_figure(cohort, "Rash", None).table.columns
    assert patients_table(cohort, "Rash", None, named=True)["Worst severity"].tolist() == ["severe"]
    assert cohort.filter({"ae_rash": {"ge": 3}}).words() == "Rash, severe or worse"
    assert "holds severities and no CTCAE grades" in " ".join(cohort.findings.message)


def test_grades_count_where_a_list_has_both():
    events = "id,AETERM,AESEV,AETOXGR\nP001,Rash,MILD,2\n"
    cohort = read_cohort(raw(BASE), adverse_events=raw(events))
    assert cohort.worst_grades.grades.max() == 2
    assert "worst CTCAE grade" in adverse_events_figure(cohort, adverse_events(cohort)).title


def test_severities_beside_columns_of_grades_and_strange_words_are_refused():
    wide = BASE.replace("age", "ae_nausea")
    mapping = {**read_cohort(raw(BASE)).mapping.to_json(), "factors": {}, "adverse_events": {"columns": ["ae_nausea"]}}
    grades = "\n".join([wide.splitlines()[0], *(",".join([*r.split(",")[:-2], "2", r.split(",")[-1]])
                                                for r in wide.splitlines()[1:])])
    if "ae_nausea" in grades.splitlines()[0].split(",")[-2:]:
        with pytest.raises((MappingError, ValidationError)):
            read_cohort(raw(grades), mapping, adverse_events=raw(SEVERITIES.format("AESEV")))
    with pytest.raises(ValidationError, match="is not a severity"):
        read_cohort(raw(BASE), adverse_events=raw(SEVERITIES.format("AESEV").replace("MILD", "purple")))


def test_another_arm_in_the_list_is_a_warning_with_patient_and_both_arms():
    rows = [r.split(",") for r in BASE.splitlines()]
    arm = rows[0].index("arm")
    other = {r[arm] for r in rows[1:]} - {rows[1][arm]}
    events = f"id,arm,term,grade\n{rows[1][0]},{min(other)},Nausea,2\n{rows[2][0]},{rows[2][arm]},Nausea,1\n"
    cohort = read_cohort(raw(BASE), adverse_events=raw(events))
    told, = (m for m in cohort.findings.message if "arms of a patient differ" in m)
    assert rows[1][0] in told and min(other) in told and rows[1][arm] in told
    assert cohort.table.arm.iloc[0] == rows[1][arm]
