"""The arms' hazard ratio along a number: R's coxph and anova, turned with the reference, refused where it is none."""

import json

import numpy as np
import pytest

from core import read_cohort
from core.cohort import with_references
from core.errors import NotEstimable
from core.hazards import along_number, along_numbers, baseline_numbers, treatment_effect
from tests.conftest import REFERENCE, SAMPLE
from tests.shared.from_r import agree, model_cohort

R = json.loads((REFERENCE / "along_number.json").read_text())
ASKED = {"yang_age": (SAMPLE, "OS", "age", {}), "yang_afp": (SAMPLE, "PFS", "afp", {}),
         "yang_large": (SAMPLE, "OS", "tumor_size", {"tumor_size": {"gt": 7}}),
         "veteran_karno": ("veteran.csv", "OS", "karno", {}), "colon_age": ("colon.csv", "OS", "age", {}),
         "pbc_age": ("pbc.csv", "OS", "age", {}), "simulated_age": ("simulated.csv", "OS", "age", {})}


@pytest.mark.parametrize("name", ASKED)
def test_it_is_coxph_with_a_product(name):
    file, endpoint, key, filters = ASKED[name]
    cohort = (read_cohort(file) if file == SAMPLE else model_cohort(file)).filter(filters)
    ours, theirs = along_number(cohort, endpoint=endpoint, key=key), R[name]
    assert (ours.n, ours.n_event, ours.df) == (theirs["n"], theirs["n_event"], theirs["df"])
    agree(ours.statistic, theirs["statistic"], 1.0)
    agree(ours.p_value, theirs["p_value"])
    agree(ours.p_proportional, theirs["zph"], tolerance=1e-5)
    points = np.array(theirs["points"])  # on the scale on which the number enters
    if ours.form == "linear":
        agree(ours.quantiles[1:4], points)
    ratios = ours.ratios(np.exp2(points) if ours.form == "log2" else points)
    for arm, of_arm in zip(ours.arms, theirs["ratios"], strict=True):
        part = ratios[ratios.arm == arm]
        agree(part.coef, of_arm["coef"], np.array(of_arm["error"]))
        agree(part.std_error, of_arm["error"])


def test_the_reference_turns_it_over(sample):
    turned = with_references(sample, {"arm": "TACE+IMRT+sorafenib"})
    one, two = (along_number(c, endpoint="OS", key="age") for c in (sample, turned))
    at = np.array([40.0, 60.0])
    np.testing.assert_allclose(two.ratios(at).coef, -one.ratios(at).coef, rtol=1e-6)
    assert two.p_value == pytest.approx(one.p_value, rel=1e-9) and two.reference == "TACE+IMRT+sorafenib"


def test_an_arm_that_a_filter_empties_is_left_aside():
    colon = model_cohort("colon.csv").filter({"arm": {"in": ["Lev", "Lev+5FU"]}})
    along = along_number(colon, endpoint="OS", key="age")
    effect = treatment_effect(colon, endpoint="OS", by="arm").terms
    assert (along.arms, along.reference, along.df) == (("Lev+5FU",), effect.reference[0], 1)


@pytest.mark.parametrize("filters, says", [
    ({"arm": {"in": ["TACE+IMRT"]}}, "One arm"), ({"age": {"ge": 200}}, "One arm"),
    ({"pvtt": {"in": ["Vp2"]}}, "monotone likelihood"), ({"tumor_size": {"ge": 13}}, "only one patient"),
    ({"pvtt": {"in": ["Vp4"]}, "age": {"gt": 68}}, "One arm")])
def test_what_cannot_be_is_said(sample, filters, says):
    with pytest.raises(NotEstimable, match=says):
        along_number(sample.filter(filters), endpoint="OS", key="age")


@pytest.mark.parametrize("key", ["pvtt", "ae_diarrhea", "arm"])
def test_only_a_number_known_at_time_zero_will_do(sample, key):
    with pytest.raises(NotEstimable, match="no number"):
        along_number(sample, endpoint="OS", key=key)


def test_all_of_a_cohort_with_p_adjusted(sample):
    fitted, p = along_numbers(sample, endpoint="OS")
    assert tuple(fitted) == baseline_numbers(sample) == ("age", "afp", "tumor_size")
    assert max(p.values()) == pytest.approx(max(one.p_value for one in fitted.values()))
    few, of = along_numbers(sample.filter({"arm": {"in": ["TACE+IMRT"]}}), endpoint="OS")
    assert all(isinstance(one, NotEstimable) for one in few.values()) and np.isnan(list(of.values())).all()
