"""Propensity weighting beside R: glm for the propensity, then coxph and survfit with weights and robust = TRUE.

Tolerance: 1e-6 of the larger of value and standard error.
"""

import io
from dataclasses import replace

import numpy as np
import pytest

from core import read_cohort
from core.charts import love_figure, weighted_figure
from core.errors import NotEstimable
from core.hazards.propensity import ESTIMANDS, effective_size, propensity_score
from core.hazards.weighting import WeightingOptions, weighted_comparison
from core.statistics.e_value import e_values
from tests.conftest import SAMPLE
from tests.shared.from_r import from_r, model_cohort

EXPECTED = from_r("hazards")["weighting"]
COVARIATES = {"yang": ("age", "pvtt", "tumor_size", "hvtt"), "veteran": ("karno", "age", "celltype"),
              "simulated": ("age", "stage"), "visits": ("age", "stage")}
CASES = [(name, kind) for name in COVARIATES for kind in ESTIMANDS]


@pytest.fixture(scope="module")
def cohorts():
    return {"yang": read_cohort(SAMPLE)} | {
        name: model_cohort(f"{name}.csv") for name in COVARIATES if name != "yang"}


def compared(cohorts, name, kind):
    return weighted_comparison(cohorts[name], endpoint="OS", options=WeightingOptions(
        covariates=COVARIATES[name], kind=kind))


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_hazard_ratio_and_robust_error(cohorts, name, kind):
    found, r = compared(cohorts, name, kind), EXPECTED[name][kind]
    row = found.effect.set_index("analysis").loc["weighted"]
    assert row.coef == pytest.approx(r["coef"], abs=1e-6 * r["robust"], rel=1e-6)
    assert row.std_error == pytest.approx(r["robust"], rel=1e-6)
    assert row.p_value == pytest.approx(r["p_value"], rel=1e-5)
    assert abs(row.std_error / r["naive"] - 1) > 1e-5  # the test could not tell them apart otherwise
    assert found.arms.effective_n.to_numpy() == pytest.approx(r["ess"], rel=1e-6)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_weighted_curves_and_medians(cohorts, name, kind):
    found, r = compared(cohorts, name, kind), EXPECTED[name][kind]
    ours = found.curves.iloc[np.array(r["kept"]) - 1]
    for column, theirs in (("time", "time"), ("estimate", "surv"), ("std_error", "std_error"), ("conf_low", "lower"),
                           ("conf_high", "upper")):
        expected = np.array(r[theirs], float)
        got = ours[column].to_numpy()
        both = ~(np.isnan(expected) | np.isnan(got))
        assert both.sum() > 0.9 * both.size
        assert got[both] == pytest.approx(expected[both], rel=1e-6, abs=1e-9), column
    medians = found.arms[["median", "conf_low", "conf_high"]].to_numpy().T.ravel()
    assert medians == pytest.approx(np.array(r["median"], float), rel=1e-6, nan_ok=True)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_balance_before_and_after(cohorts, name, kind):
    found, r = compared(cohorts, name, kind), EXPECTED[name][kind]
    rows = {f"{t.replace('tumor_size', 'tumor_size_cm')}{level}": (a, b)
            for t, level, a, b in found.balance.itertuples(index=False)}
    ours = np.array([rows[c] for c in r["columns"]])
    assert ours[:, 0] == pytest.approx(r["smd_before"], abs=1e-6)
    assert ours[:, 1] == pytest.approx(r["smd_after"], abs=1e-6)
    if kind == "overlap":  # logistic overlap weights balance the means exactly
        assert np.abs(found.balance.smd_after).max() < 1e-6


def test_the_two_kinds_of_average_effect_differ_in_scale_alone(cohorts):
    plain, scaled = (compared(cohorts, "yang", kind) for kind in ("IPTW", "stabilised"))
    assert plain.curves.estimate.to_numpy() == pytest.approx(scaled.curves.estimate.to_numpy())
    assert plain.arms.effective_n.to_numpy() == pytest.approx(scaled.arms.effective_n.to_numpy())


def test_equal_weights_change_nothing(cohorts):
    from core.survival import kaplan_meier
    found = compared(cohorts, "yang", "IPTW")
    known = kaplan_meier(cohorts["yang"], endpoint="OS", by="arm").curves.set_index("strata")
    assert found.n == 82
    for arm in known.index.unique():
        ours = found.unweighted[found.unweighted.strata == arm]
        assert ours.estimate.to_numpy() == pytest.approx(known.loc[arm].estimate.to_numpy())
    assert effective_size(np.ones(7)) == pytest.approx(7)


def test_the_e_value_of_a_published_example():
    # VanderWeele and Ding 2017: risk ratio 3.9 (95 % CI 1.8 to 8.7) has E-values 7.26 and 3.0.
    both = e_values(3.9, 1.8, 8.7, share=0.05)
    assert both == pytest.approx((7.26, 3.0), abs=0.005)
    assert e_values(1 / 3.9, 1 / 8.7, 1 / 1.8, share=0.05) == pytest.approx(both)
    assert e_values(0.8, 0.6, 1.1, share=0.05)[1] == 1
    # R: EValue::evalues.HR(0.56, 0.46, 0.69, rare = FALSE), worked by its formula
    risk = (1 - 0.5 ** np.sqrt(0.56)) / (1 - 0.5 ** np.sqrt(1 / 0.56))
    assert e_values(0.56, 0.46, 0.69, share=0.6)[0] == pytest.approx(1 / risk + np.sqrt(1 / risk * (1 / risk - 1)))


def test_what_cannot_be_weighted_is_said(cohorts):
    yang = cohorts["yang"]
    with pytest.raises(NotEstimable, match="needs covariates"):
        weighted_comparison(yang, endpoint="OS", options=WeightingOptions(covariates=()))
    with pytest.raises(NotEstimable, match="known only after time zero"):
        weighted_comparison(yang, endpoint="OS", options=WeightingOptions(covariates=("response",)))
    with pytest.raises(NotEstimable, match="nothing to balance"):
        weighted_comparison(yang, endpoint="OS", options=WeightingOptions(covariates=("child_pugh",)))
    one = yang.filter({"arm": {"in": ["TACE+IMRT"]}})
    with pytest.raises(NotEstimable, match="two arms; of patients with all covariates known there is 1 arm"):
        weighted_comparison(one, endpoint="OS", options=WeightingOptions(covariates=("age",)))
    x = np.arange(20.0)[:, None]
    with pytest.raises(NotEstimable, match="covariates separate the arms"):
        propensity_score(x, x[:, 0] > 9)


def test_an_arm_without_events_has_curves_and_a_reason(cohorts):
    thin = cohorts["yang"].filter({"pvtt": {"in": ["Vp2"]}})
    found = weighted_comparison(thin, endpoint="OS", options=WeightingOptions(
        covariates=("tumor_size",), kind="overlap"))
    assert "no finite value" in found.reason and found.effect.hazard_ratio.isna().all()
    assert len(found.curves)


def test_one_patient_in_an_arm_and_a_skewed_covariate():
    rng = np.random.default_rng(3)
    text = "id,arm,age,OS_months,OS_event\n" + "".join(
        f"p{i},{'ab'[i == 0]},{40 + i % 30},{3 + i % 9},{i % 2}\n" for i in range(40))
    with pytest.raises(NotEstimable, match="Only one patient in b"):
        weighted_comparison(read_cohort(io.BytesIO(text.encode())), endpoint="OS",
                            options=WeightingOptions(covariates=("age",)))
    x = np.exp(2.5 * rng.standard_normal(300))  # its largest values give propensities near 1, and no separation
    treated = rng.random(300) < 1 / (1 + np.exp(-0.8 * (x - x.mean()) / x.std()))
    score = propensity_score(x[:, None], treated)
    assert (score > 0).all() and abs(score.sum() - treated.sum()) < 1e-6  # the likelihood's own equation


MAPPING = {"patient_id": "id", "arm": {"column": "arm", "reference": "a", "levels": {"a": "a", "b": "b"}},
           "factors": {"site": {"column": "site", "kind": "categorical"}, "lesions": {"column": "lesions",
                                                                                      "kind": "numeric"}},
           "endpoints": {"OS": {"time": "months", "event": "event", "event_values": ["1"], "unit": "months"}}}


def of_two_arms(arm, *, site=None, lesions=None):
    """As many patients, seen every three months."""
    rng = np.random.default_rng(4)
    site, lesions = ["x"] * len(arm) if site is None else site, range(len(arm)) if lesions is None else lesions
    lines = [f"p{i},{a},{s},{k},{3 * rng.integers(1, 9)},{int(rng.random() < 0.7)}"
             for i, (a, s, k) in enumerate(zip(arm, site, lesions, strict=True))]
    return read_cohort(io.BytesIO("\n".join(["id,arm,site,lesions,months,event", *lines]).encode()), MAPPING)


@pytest.mark.parametrize("kind", ESTIMANDS)
@pytest.mark.parametrize("seed", range(4))
def test_what_decided_on_the_arm_has_no_weights(kind, seed):
    """A site that one arm lacks, and a number with one value at which both arms were given: no finite propensity."""
    rng = np.random.default_rng(seed)
    arm, site = rng.choice(["a", "b"], 200), rng.choice(["x", "y", "z"], 200, p=[0.45, 0.45, 0.1])
    lesions = rng.integers(1, 8, 60)
    decided = np.where(lesions < 4, "a", np.where(lesions > 4, "b", rng.choice(["a", "b"], 60)))
    for cohort, key in ((of_two_arms(np.where(site == "z", "b", arm), site=site), "site"),
                        (of_two_arms(decided, lesions=lesions), "lesions")):
        with pytest.raises(NotEstimable, match="covariates separate the arms"):
            weighted_comparison(cohort, endpoint="OS", options=WeightingOptions(covariates=(key,), kind=kind))


def test_collinear_and_rare_covariates_are_no_separation():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(5000, 2))
    rare = np.zeros(5000)
    rare[:4] = 1
    treated = rng.random(5000) < 1 / (1 + np.exp(-2 * x[:, 0]))
    treated[:4] = True, False, True, True
    score = propensity_score(np.column_stack([x, x.sum(axis=1), rare]), treated)
    assert score[:4].mean() == pytest.approx(0.75) and score.sum() == pytest.approx(treated.sum())
    again = propensity_score(np.column_stack([x * 1e6, rare]), treated)
    assert again == pytest.approx(score, abs=1e-9)


def test_weights_that_leave_nobody_of_an_arm_give_a_reason(monkeypatch):
    cohort = of_two_arms(np.array(["a", "b"] * 30))
    for weight, said in ((np.r_[1e6, np.ones(59)], "after weighting, the effective sample size of a is 1.0"),
                         (np.r_[np.zeros(2), np.ones(58)], "")):
        monkeypatch.setattr("core.hazards.weighting.weights", lambda *_, weight=weight: weight)
        found = weighted_comparison(cohort, endpoint="OS", options=WeightingOptions(covariates=("lesions",)))
        assert found.reason == said and found.effect.hazard_ratio.isna().any() == bool(said)


def test_what_weights_do_not_balance_is_said_with_the_effect(sample):
    options = WeightingOptions(covariates=("pvtt", "age", "afp"))
    found = weighted_comparison(sample, endpoint="OS", options=options)
    assert not weighted_figure(sample, found).warnings and found.balance.smd_after.abs().max() < 0.1
    balance = found.balance.assign(smd_after=[-0.17, *found.balance.smd_after[1:]])
    apart = replace(found, balance=balance, n_event=9)
    for figure in (weighted_figure(sample, apart), love_figure(sample, apart)):
        assert figure.warnings[0].startswith("Not balanced by the weights (standardised difference beyond 0.1): "
                                             "PVTT grade none (−0.17). The weighted curves")
    assert weighted_figure(sample, apart).notes[0] == "Only 9 events: read every estimate with caution."


def test_events_at_one_time_hold_no_robust_standard_error():
    lines = [f"p{i},{'ab'[i % 2]},x,{1 + i % 7},12,1" for i in range(30)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,site,lesions,months,event", *lines]).encode()), MAPPING)
    found = weighted_comparison(cohort, endpoint="OS", options=WeightingOptions(covariates=("lesions",)))
    assert found.reason == "too few patients for a robust standard error"
    assert found.effect.hazard_ratio.isna().tolist() == [False, True]


def test_counts_under_weighted_curves_have_their_colours():
    rng = np.random.default_rng(5)
    cohort = of_two_arms(rng.choice(["a", "b", "c"], 150)).filter({"arm": {"in": ["b", "c"]}})
    chart = weighted_figure(cohort, weighted_comparison(cohort, endpoint="OS", options=WeightingOptions(
        covariates=("lesions",)))).drawing["datasets"]
    lines = {row["text"]: row["c"] for row in chart["labels"]}
    assert {row["c"] for row in chart["curve"]} == set(lines.values())
    assert {row["text"]: row["c"] for row in chart["names"]} == lines and len(set(lines.values())) == 2


@pytest.mark.parametrize("seed", range(200))
def test_covariates_that_part_the_arms_end_in_words(seed):
    """Whatever rounding makes of an information that is singular."""
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(int(rng.integers(4, 40)), int(rng.integers(1, 6)))) * 10.0 ** rng.integers(-3, 4)
    treated = design[:, 0] > np.median(design[:, 0])
    with pytest.raises(NotEstimable, match="covariates separate the arms"):
        propensity_score(design, treated)
