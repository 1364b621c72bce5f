"""What must hold for any cohort: hypothesis makes them up."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import Cohort, read_cohort, treatment_effect
from core.cohort.condition import Condition
from core.cohort.counts import count
from core.cohort.filters import Filters
from core.summaries import adverse_events
from core.survival import kaplan_meier

pytestmark = pytest.mark.slow

MAPPING = {
    "patient_id": "id",
    "arm": {"column": "arm", "reference": "a"},
    "endpoints": {"OS": {"time": "t", "event": "e", "event_values": ["1"], "unit": "months"}},
    "factors": {"grade": {"column": "grade", "levels": ["low", "mid", "high"]},
                "size": {"column": "size", "kind": "numeric"}},
    "adverse_events": {"columns": "ae_*"},
}
patient = st.tuples(
    st.sampled_from("ab"), st.integers(0, 40), st.integers(0, 1),
    st.sampled_from(["low", "mid", "high", ""]),
    st.one_of(st.integers(0, 20), st.none()), st.sampled_from(["0", "1", "2", "3", ""]),
)
patients = st.lists(patient, min_size=4, max_size=40).filter(lambda ps: {p[0] for p in ps} == {"a", "b"})
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def cohort_of(rows, reference="a") -> Cohort:
    frame = pd.DataFrame(rows, columns=["arm", "t", "e", "grade", "size", "ae_rash"])
    frame["size"] = frame["size"].map(lambda v: "" if v is None or np.isnan(v) else f"{v:g}")
    frame.insert(0, "id", [f"p{i}" for i in range(len(frame))])
    mapping = {**MAPPING, "arm": {"column": "arm", "reference": reference}}
    return read_cohort(io.BytesIO(frame.to_csv(index=False).encode()), mapping)


@relaxed
@given(patients)
def test_a_curve_never_rises_and_nobody_is_lost(rows):
    cohort = cohort_of(rows)
    counts = count(cohort, "OS", "arm")
    assert (counts.at_risk >= 0).all()
    assert counts.n.sum() == cohort.n
    assert (counts.deaths + counts.censored).sum() == cohort.n
    curves = kaplan_meier(cohort, endpoint="OS", by="arm").curves
    for _, curve in curves.groupby("strata"):
        assert (np.diff(curve.estimate) <= 0).all()
        assert (np.diff(curve.n_risk) < 0).all()
        assert curve.estimate.between(0, 1).all()
        known = curve.conf_low.notna()
        assert (curve.conf_low[known] <= curve.estimate[known] + 1e-12).all()
        assert (curve.conf_high[known] >= curve.estimate[known] - 1e-12).all()


@relaxed
@given(patients)
def test_swapped_arms_invert_the_hazard_ratio(rows):
    one = treatment_effect(cohort_of(rows, "a"), endpoint="OS", by="arm").terms.iloc[0]
    other = treatment_effect(cohort_of(rows, "b"), endpoint="OS", by="arm").terms.iloc[0]
    assert (one.reason == "") == (other.reason == "")
    if one.reason == "":
        assert one.hazard_ratio * other.hazard_ratio == pytest.approx(1, rel=1e-8)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-6, abs=1e-12)
    else:
        assert np.isnan(one.hazard_ratio) and np.isnan(one.p_value)


@relaxed
@given(patients, st.sampled_from([
    {"grade": {"in": ["low", "mid"]}}, {"grade": {"missing": True}}, {"size": {"ge": 3, "lt": 12}},
    {"size": {"gt": 5, "missing": True}}, {"ae_rash": {"ge": 2}}, {"arm": {"in": ["a"]}},
]))
def test_a_filter_and_its_complement_part_the_cohort(rows, conditions):
    cohort = cohort_of(rows)
    inside = cohort.filter(Filters.from_json(conditions))
    outside = cohort.filter(Filters.from_json({k: {"not": c} for k, c in conditions.items()}))
    assert inside.n + outside.n == cohort.n
    assert not (inside.rows & outside.rows).any()


@relaxed
@given(patients)
def test_each_patient_counts_once_per_term(rows):
    result = adverse_events(cohort_of(rows)).rows
    any_grade = result[result.band == "any"].set_index("arm")
    for arm in "ab":
        grades = [r[5] for r in rows if r[0] == arm]
        assert any_grade.n[arm] == sum(g != "" for g in grades)
        assert any_grade.n_event[arm] == sum(g in {"1", "2", "3"} for g in grades)


def test_filters_survive_json_and_negation():
    filters = Filters.from_json({"pvtt": {"in": ["Vp3"]}, "afp": {"not": {"gt": 400}}})
    again = Filters.from_json(filters.to_json())
    assert again == filters
    assert again.key == filters.key
    assert Filters().toggled("pvtt", "Vp3").toggled("pvtt", "Vp4").toggled("pvtt", "Vp3") == \
        Filters({"pvtt": Condition(levels=("Vp4",))})
