"""A mapping as a document: out and back, documented, refused where it is wrong."""

import functools
import json

import numpy as np
import pandas as pd
import pytest

from core import read_cohort
from core.errors import MappingError
from core.mapping.column_mapping import ColumnMapping
from tests.conftest import SAMPLE
from tests.shared.files import from_text, rows


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
    cohort = from_text(text, {
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
    ({"factors": {"age": {"column": "age", "kind": "numeric", "unit": {}}}}, "The unit of age is {}"),
    ({"factors": {"sex": {"column": "sex", "reference": ["F"]}}}, "The reference of sex is"),
    ({"factors": {"sex": {"column": "sex", "label": "\ud800"}}}, "control character"),
    ({"reading": {"decimal": [1]}}, "not of the expected form .decimal is"),
    ({"missing": functools.reduce(lambda inner, _: {"not": inner}, range(5000), {})}, "nested without end"),
])
def test_a_wrong_mapping_is_said(change, words):
    with pytest.raises(MappingError, match=words):
        from_text(rows(), {"patient_id": "id", **change})
    with pytest.raises(MappingError, match="not valid JSON"):
        ColumnMapping.from_json("{oops", ["id"])
