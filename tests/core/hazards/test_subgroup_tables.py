"""A forest's models on counts, beside the models of patients."""

import io
import re

import numpy as np
import pytest

from core import read_cohort, subgroup_hazard_ratios, treatment_effect
from core.hazards import cox
from core.hazards.cox import CoxOptions
from core.hazards.subgroups import condition_of
from core.schema import event_column, time_column


def tied_cohort(arms, n=1500):
    """Simulate patients of several arms whose times are whole months, so that dozens die at once."""
    rng = np.random.default_rng(arms)
    arm, sex, stage = rng.integers(0, arms, n), rng.integers(0, 2, n), rng.integers(0, 3, n)
    time = np.ceil(rng.exponential(8 * (1 + 0.4 * arm) / (1 + 0.5 * stage)))
    event = rng.random(n) < 0.8
    lines = [f"p{i},{'ABC'[a]},{'MF'[s]},{'I' * (g + 1)},{t:g},{int(e)}" for i, (a, s, g, t, e) in enumerate(
        zip(arm, sex, stage, time, event, strict=True))]
    return read_cohort(io.BytesIO("\n".join(["id,arm,sex,tnm,OS_months,OS_event", *lines]).encode()))


@pytest.mark.parametrize("arms", [2, 3])
def test_forests_of_many_ties_are_cox_models_of_their_subgroups(arms):
    """Cox sums over the tied in closed form, and these by nodes: two ways to the same."""
    cohort = tied_cohort(arms)
    found = subgroup_hazard_ratios(cohort, endpoint="OS", factors=["sex", "tnm"])
    for factor, level in (("", ""), ("sex", "F"), ("tnm", "I"), ("tnm", "III")):
        sub = cohort.filter({factor: condition_of(cohort, factor, level).to_json()}) if factor else cohort
        model = cox(sub, endpoint="OS", covariates=["arm"]).terms
        rows = found.rows[(found.rows.factor == factor) & ((found.rows.level == level) | (factor == ""))]
        for column in ("coef", "std_error", "conf_low", "conf_high"):
            assert rows[column].to_numpy() == pytest.approx(model[column].to_numpy(), rel=2e-7), (level, column)
    whole = treatment_effect(cohort, endpoint="OS", by="arm").terms
    assert whole.coef.to_numpy() == pytest.approx(found.rows.coef[found.rows.factor == ""].to_numpy(), rel=1e-10)


@pytest.mark.parametrize("arms", [2, 3])
def test_interactions_of_many_ties_are_likelihood_ratios(arms):
    cohort = tied_cohort(arms)
    found = subgroup_hazard_ratios(cohort, endpoint="OS", factors=["sex"]).interactions.iloc[0]
    apart = cox(cohort, endpoint="OS", covariates=["arm", "sex"])
    # arm * sex says the same as the arms within each sex beside sex
    codes = [cohort.table[c].cat.codes.to_numpy() for c in ("arm", "sex")]
    product = [f"{'ABC'[a]}{'MF'[s]}" for a, s in zip(codes[0], codes[1], strict=True)]
    lines = [f"p{i},{c},{t},{e}" for i, (c, t, e) in enumerate(zip(
        product, cohort.table[time_column("OS")], cohort.table[event_column("OS")].astype(int), strict=True))]
    crossed = read_cohort(io.BytesIO("\n".join(["id,cell,OS_months,OS_event", *lines]).encode()))
    full = cox(crossed, endpoint="OS", covariates=["cell"])
    ratio = full.tests.statistic[0] - apart.tests.statistic[0]
    assert found.df == arms - 1 and found.statistic == pytest.approx(ratio, abs=1e-6)


def test_levels_that_share_no_arm_with_others_add_no_term():
    """Arms A and B are in stages I and II alone, C and D in III and IV: 8 cells less 6 terms of arm + stage."""
    rng = np.random.default_rng(5)
    lines = []
    for i in range(600):
        arm, stage = "ABCD"[i % 4], ("I", "II", "III", "IV")[2 * (i % 4 // 2) + rng.integers(2)]
        lines.append(f"p{i},{arm},{stage},{rng.exponential(10):.2f},{int(rng.random() < 0.7)}")
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,tnm,OS_months,OS_event", *lines]).encode()))
    found = subgroup_hazard_ratios(cohort, endpoint="OS", factors=["tnm"]).interactions.iloc[0]
    apart = cox(cohort, endpoint="OS", covariates=["arm", "tnm"])
    cells = "\n".join(["id,cell,OS_months,OS_event", *(re.sub(r",([A-D]),(\w+),", r",\1 \2,", line) for line in lines)])
    full = cox(read_cohort(io.BytesIO(cells.encode())), endpoint="OS", covariates=["cell"])
    assert found.df == 2 == (full.terms.reason == "").sum() - (apart.terms.reason == "").sum()
    assert found.statistic == pytest.approx(full.tests.statistic[0] - apart.tests.statistic[0], abs=1e-6)


def test_a_part_to_begin_with_leads_to_the_same_maximum(monkeypatch, tmp_path):
    from bench.simulate import simulate

    cohort = read_cohort(simulate(24_000, tmp_path))
    asked = {"endpoint": "OS", "covariates": ["arm", "age", "afp", "pvtt", "sex"]}
    for options in (CoxOptions.of(forms={"afp": "log2"}), CoxOptions.of(stratify_by=("ecog",))):
        fast = cox(cohort, **asked, options=options)
        with monkeypatch.context() as patched:
            patched.setattr("core.likelihood.cox_fit._MANY", 10**9)
            slow = cox(cohort, **asked, options=options)
        for column in ("coef", "std_error"):
            assert fast.terms[column].to_numpy() == pytest.approx(slow.terms[column].to_numpy(), rel=1e-7), column
        assert fast.tests.statistic.to_numpy() == pytest.approx(slow.tests.statistic.to_numpy(), rel=1e-7)
        assert fast.zph.statistic.to_numpy() == pytest.approx(slow.zph.statistic.to_numpy(), rel=1e-5)


SPARSE = {  # arm, level, months, + for a death; R: 2 * diff of loglik of coxph(arm + f), coxph(arm * f), eps = 1e-12
    "two arms": ("ay23+ aw25 ay7 aw6+ av3+ bw7 bv8 aw19 aw4 ay17 bv18+ aw27+ aw4 aw3 bw21 bu24+", 3.1e-13),
    "three arms": ("aw251 by43 ax223+ cw353 aw363+ by199 bw87+ bx278 bv59+ aw250+ bw185 bx199 aw322 cw85 cu93+ cu144+ "
                   "ay181", 7.68829966554893)}


@pytest.mark.parametrize("name", SPARSE)
def test_cells_without_patients_tell_an_additive_model_nothing(name):
    """The statistic within 1e-6, though maxima lie at infinity, and no cell that slows the iteration."""
    text, theirs = SPARSE[name]
    cells = [re.fullmatch(r"(.)(.)(\d+)(\+?)", cell) for cell in text.split()]
    lines = [f"p{i},{c[1]},{c[2]},{c[3]},{int(bool(c[4]))}" for i, c in enumerate(cells)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,stage,OS_months,OS_event", *lines]).encode()), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a", "levels": {v: v for v in "abc" if v in text}},
        "factors": {"stage": {"column": "stage", "kind": "categorical"}},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"], "unit": "months"}}})
    found = subgroup_hazard_ratios(cohort, endpoint="OS", factors=["stage"]).interactions.iloc[0]
    assert found.statistic == pytest.approx(theirs, abs=1e-6)


def test_an_iteration_without_an_end_has_no_figure(sample, monkeypatch):
    monkeypatch.setattr("core.likelihood.newton.MAX_ITERATIONS", 1)
    assert subgroup_hazard_ratios(sample, endpoint="OS", factors=["pvtt", "sex"]).interactions.p_value.isna().all()
