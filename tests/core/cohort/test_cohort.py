"""From file to cohort: what is guessed, assumed, refused; filters by key and level; the JSON contract."""

import pandas as pd
import pytest

from core import Filters, read_cohort, schema
from core.cohort.strata import stratification
from core.errors import NotEstimable, ValidationError
from tests.conftest import SAMPLE
from tests.shared.files import from_text, rows


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


def test_an_arm_with_one_level():
    cohort = from_text(rows(arms="a"))
    assert cohort.mapping.arm is None
    assert "single level, 'a'" in " ".join(cohort.findings.message)
    with pytest.raises(ValidationError, match="only one level, 'a': two or more"):
        from_text(rows(arms="a"), {"arm": {"column": "arm", "reference": "a"}})
    with pytest.raises(ValidationError, match="reference arm 'c' is not in column 'arm'"):
        from_text(rows(), {"arm": {"column": "arm", "reference": "c"}})


def test_a_number_that_nobody_has_makes_no_strata():
    rows = "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},\n" for i in range(12))
    cohort = read_cohort(f"id,arm,OS_months,OS_event,score\n{rows}".encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"},
        "endpoints": {"OS": {"time": "OS_months", "unit": "months", "event": "OS_event", "event_values": ["1"]}},
        "factors": {"score": {"label": "Score", "column": "score", "kind": "numeric"}}})
    with pytest.raises(NotEstimable, match="missing in every patient"):
        stratification(cohort, "score")
