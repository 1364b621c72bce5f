"""The arms' hazard ratio, and why there is none."""

import io

import numpy as np
import pytest

from core import CoxOptions, read_cohort, treatment_effect
from core.cohort.counts import count
from core.errors import NotEstimable
from core.hazards import cox
from core.survival import kaplan_meier
from core.survival.adequacy import log_rank_reason


def cohort_of(rows):
    """Rows are (arm, time, event)."""
    text = "id,arm,OS_months,OS_event\n" + "".join(f"p{i},{a},{t},{e}\n" for i, (a, t, e) in enumerate(rows))
    return read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event"}}})


NO_EVENT = [("a", 1, 1), ("a", 2, 1), ("b", 3, 0), ("b", 4, 0)]
ONE_PATIENT = [("a", 1, 1), ("a", 2, 1), ("a", 5, 1), ("b", 3, 1)]
APART = [("a", 1, 1), ("a", 2, 1), ("b", 3, 1), ("b", 4, 1)]


@pytest.mark.parametrize(("rows", "reason"), [
    (NO_EVENT, "no event in b"),
    (ONE_PATIENT, "only one patient in b"),
    (APART, "only one of b and a had events"),
])
def test_no_hazard_ratio_without_a_meaning(rows, reason):
    term = treatment_effect(cohort_of(rows), endpoint="OS", by="arm").terms.iloc[0]
    assert reason in term.reason
    assert term[["coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value"]].isna().all()


def test_an_emptied_arm_is_named_and_kept(sample):
    cohort = sample.filter({"response": {"in": ["CR"]}})
    assert treatment_effect(cohort, endpoint="OS", by="arm").terms.reason[0] == "no patient in TACE+IMRT"
    result = kaplan_meier(cohort, endpoint="OS", by="arm")
    assert result.medians.n.tolist() == [0, 3]
    assert result.log_rank.empty
    assert "fewer than two groups" in log_rank_reason(count(cohort, "OS", "arm"))


def test_one_stratum_has_no_hazard_ratio(sample):
    with pytest.raises(NotEstimable, match="has one level"):
        treatment_effect(sample, endpoint="OS", by="child_pugh")


def test_three_arms_of_which_one_cannot_be_estimated():
    """The others are estimated as if it were not there: that is the limit of the likelihood."""
    rows = [("a", 1, 1), ("b", 2, 1), ("a", 3, 1), ("b", 4, 0), ("a", 6, 0), ("b", 5, 1)]
    alone = treatment_effect(cohort_of(rows), endpoint="OS", by="arm").terms.iloc[0]
    terms = treatment_effect(cohort_of([*rows, ("c", 3, 0), ("c", 4, 0)]), endpoint="OS",
                             by="arm").terms.set_index("level")
    assert terms.hazard_ratio["b"] == pytest.approx(alone.hazard_ratio, rel=1e-12)
    assert np.isnan(terms.hazard_ratio["c"]) and terms.reason["c"] == "no event in c"


@pytest.mark.parametrize(("n", "few"), [(20, 2), (60, 2), (150, 5), (3000, 2), (3000, 5)])
def test_the_first_to_die_have_no_hazard_ratio(n, few):
    """A rare level whose patients all die first: at no size a number, an error of 0 or a crash."""
    text = "id,OS_months,OS_event,age,rare\n" + "".join(
        f"p{i},{i + 1},{int(i % 7 != 6)},{40 + i * 13 % 37},{'y' if i < few else 'n'}\n" for i in range(n))
    terms = cox(read_cohort(io.BytesIO(text.encode())), endpoint="OS", covariates=["age", "rare"]).terms
    assert "monotone likelihood" in terms.reason[1]
    assert terms[["coef", "std_error", "p_value"]].iloc[1].isna().all()
    assert terms.reason[0] == "" and 0 < terms.std_error[0] < 1


def lone(which):
    lines = ["id,arm,OS_months,OS_event", *(f"p{i},{'AB'[i % 2]},{i + 2},{int(i % 3 > 0)}" for i in range(30)),
             f"lone,{which},4.5,1"]
    arms = sorted({"A", "B", which})
    return read_cohort("\n".join(lines).encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": arms[0], "levels": {a: a for a in arms}},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"], "unit": "months"}}})


@pytest.mark.parametrize("firth", [False, True])
@pytest.mark.parametrize("which", ["Z", "0"])
def test_an_arm_of_one_patient_has_no_ratio_by_either_likelihood(firth, which):
    """As the other arm and as the reference; the treatment's own ratio says the same."""
    cohort = lone(which)
    terms = cox(cohort, endpoint="OS", covariates=("arm",), options=CoxOptions(firth=firth)).terms
    hidden = terms if which == "0" else terms[terms.level == which]
    assert hidden.hazard_ratio.isna().all() and hidden.conf_low.isna().all()
    assert set(hidden.reason) == {f"only one patient in {which}"}
    simple = treatment_effect(cohort, endpoint="OS", by="arm").terms
    assert simple.reason.tolist() == terms.reason.tolist()
