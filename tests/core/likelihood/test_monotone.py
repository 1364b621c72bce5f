"""Likelihoods that rise for ever: what runs off is named, the others are what they tend to; a wide span is no end."""

import numpy as np
import pandas as pd
import pytest

from core import CoxOptions
from core.hazards import cox
from core.hazards.estimability import NO_FINITE_RATIO, NOT_IDENTIFIED
from core.likelihood.cox_fit import fit
from core.statistics.segments import Runs
from tests.shared.cohorts import cohort_from


def survivors(n: int, seed: int, hazard: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    time, left = rng.exponential(20, n) / hazard, rng.uniform(5, 60, n)
    return {"time": np.minimum(time, left).round(6), "event": (time <= left).astype(int)}


@pytest.mark.parametrize(("n", "seed", "spread", "effect", "theirs"), [
    (300, 0, 1.2, 0.8, [[0.5202152, 0.7289809], [0.12580933, 0.04884811]]),
    (1000, 1, 1.2, 0.8, [[0.4766104, 0.7111351], [0.06776658, 0.02777657]]),
    (3000, 3, 1.3, 0.5, [[0.4300687, 0.4012480], [0.03920648, 0.01031467]])])
def test_a_skewed_number_with_a_large_effect_has_a_maximum(n, seed, spread, effect, theirs):
    """R: coef(summary(coxph(Surv(time, event) ~ arm + x))), printed to seven digits."""
    rng = np.random.default_rng(seed)
    x, arm = np.round(np.exp(spread * rng.normal(size=n)), 2), rng.choice(["a", "b"], n)
    time = np.round(rng.exponential(20, n) / np.exp(effect * x + 0.4 * (arm == "b")), 6)
    left = rng.uniform(5, 60, n)
    terms = cox(cohort_from(pd.DataFrame({"arm": arm, "x": x, "event": (time <= left).astype(int),
                                        "time": np.minimum(time, left).round(6)})),
                endpoint="OS", covariates=["arm", "x"]).terms
    assert terms.reason.tolist() == ["", ""]
    assert terms.coef.to_numpy() == pytest.approx(theirs[0], abs=1e-6)
    assert terms.std_error.to_numpy() == pytest.approx(theirs[1], abs=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("seed", range(3))
def test_beside_a_level_that_always_dies_first_the_others_are_as_if_stratified_by_it(ties, seed):
    rng = np.random.default_rng(seed)
    n = 120
    site, age = rng.choice(["x", "y"], n), rng.normal(60, 9, n).round(1)
    arm = rng.choice(["a", "b"], n)
    lived = survivors(n, seed, np.exp(0.03 * (age - 60) + 0.4 * (arm == "b")))
    lived["time"] = np.ceil(lived["time"] * 2) / 2 + np.where(site == "y", 0, 200)
    cohort = cohort_from(pd.DataFrame({"arm": arm, "site": site, "age": age, **lived}))
    both = cox(cohort, endpoint="OS", covariates=["arm", "age", "site"], options=CoxOptions.of(ties=ties))
    apart = cox(cohort, endpoint="OS", covariates=["arm", "age"],
                options=CoxOptions.of(ties=ties, stratify_by=["site"]))
    assert both.terms.reason.tolist() == ["", "", NO_FINITE_RATIO] and both.fit is None
    for column in ("coef", "std_error", "p_value"):
        assert both.terms[column][:2].to_numpy() == pytest.approx(apart.terms[column].to_numpy(), rel=1e-7), column


@pytest.mark.parametrize("n", [40, 400])
def test_beside_a_number_that_orders_the_deaths_nothing_is_told(n):
    rng = np.random.default_rng(1)
    arm, age = rng.choice(["a", "b"], n), rng.normal(60, 9, n).round()
    lived = survivors(n, 1, np.ones(n))
    lived["time"] = (lived["time"] + np.arange(n) * 1e-3).round(4)
    cohort = cohort_from(pd.DataFrame({"arm": arm, "age": age, "followed": lived["time"], **lived}))
    model = cox(cohort, endpoint="OS", covariates=["arm", "age", "followed"])
    assert model.terms.reason.tolist() == [NOT_IDENTIFIED, NOT_IDENTIFIED, NO_FINITE_RATIO]
    assert model.terms.hazard_ratio.isna().all() and model.reason == ""


def test_arms_that_no_risk_set_compares_are_not_told_apart():
    """R leaves out one of them, and gives ratios against it under the reference's name."""
    frame = pd.DataFrame({"arm": list("aaabbbccc") * 3, "site": list("xxxyyyyyy") * 3,
                          "time": [float(t) for t in range(1, 28)], "event": 1})
    model = cox(cohort_from(frame), endpoint="OS", covariates=["arm"], options=CoxOptions.of(stratify_by=["site"]))
    assert model.terms.reason.tolist() == [NOT_IDENTIFIED, NOT_IDENTIFIED]


def test_strata_far_apart_take_no_digits_from_each_other():
    """Without its others each stratum has the likelihood that it has beside them."""
    rng = np.random.default_rng(4)
    n = 200
    site = np.repeat(["x", "y"], n // 2)
    marker = np.where(site == "x", 0.0, 40.0) + rng.normal(size=n).round(3)
    lived = survivors(n, 4, np.exp(0.9 * (marker - np.where(site == "x", 0.0, 40.0))))
    frame = pd.DataFrame({"arm": rng.choice(["a", "b"], n), "site": site, "marker": marker, **lived})
    near = frame.assign(marker=(marker - np.where(site == "x", 0.0, 40.0)).round(3))
    far, close = (cox(cohort_from(f), endpoint="OS", covariates=["arm", "marker"], options=CoxOptions.of(
        stratify_by=["site"])).terms for f in (frame, near))
    assert far.coef.to_numpy() == pytest.approx(close.coef.to_numpy(), rel=1e-9)
    assert far.std_error.to_numpy() == pytest.approx(close.std_error.to_numpy(), rel=1e-7)


@pytest.mark.parametrize("n", [30, 91, 1000])
@pytest.mark.parametrize("firth", [False, True])
def test_an_arm_nested_in_the_strata_is_told_by_nothing(n, firth):
    """Nothing lifts the dying above those at risk but rounding; beside it another covariate has its ratio."""
    rng = np.random.default_rng(n)
    site = rng.choice(["x", "y", "z"], n)
    frame = pd.DataFrame({"arm": np.where(site == "x", "a", "b"), "site": site, "age": rng.normal(60, 9, n).round(1),
                          **survivors(n, n, np.ones(n))})
    options = CoxOptions.of(stratify_by=["site"], firth=firth)
    alone, both, age = (cox(cohort_from(frame), endpoint="OS", covariates=c, options=options) for c in (
        ["arm"], ["arm", "age"], ["age"]))
    assert alone.terms.reason.tolist() == [NOT_IDENTIFIED] and both.terms.reason.tolist() == [NOT_IDENTIFIED, ""]
    assert both.terms.coef[1] == pytest.approx(age.terms.coef[0], rel=1e-6)


@pytest.mark.parametrize("value", [2e3, 2e4, 1e5, 1e8])
def test_a_code_of_somebody_whom_no_risk_set_holds_changes_nothing(value):
    rng = np.random.default_rng(7)
    n = 300
    marker = np.round(np.exp(rng.normal(2.5, 0.8, n)), 1)
    lived = survivors(n, 7, np.exp(0.05 * marker))
    frame = pd.DataFrame({"arm": rng.choice(["a", "b"], n), "marker": marker, **lived})
    left = frame.assign(event=np.where(np.arange(n) == 0, 0, frame.event), time=np.where(
        np.arange(n) == 0, frame.time.min() / 2, frame.time))
    coded = left.assign(marker=np.where(np.arange(n) == 0, value, left.marker))
    theirs, ours = (cox(cohort_from(f), endpoint="OS", covariates=["arm", "marker"]).terms for f in (left, coded))
    assert ours.reason.tolist() == ["", ""]
    assert ours.coef.to_numpy() == pytest.approx(theirs.coef.to_numpy(), rel=1e-6)
    assert ours.std_error.to_numpy() == pytest.approx(theirs.std_error.to_numpy(), rel=1e-6)


@pytest.mark.parametrize("many", [3, 40])
def test_sums_run_within_their_group_whatever_the_others_hold(many):
    rng = np.random.default_rng(many)
    sizes = rng.integers(0, 9, many)
    values = np.exp(rng.normal(size=(int(sizes.sum()), 2)) * 20)
    runs, parts = Runs(sizes), np.split(values, np.cumsum(sizes)[:-1])
    assert runs.sums(values) == pytest.approx(np.concatenate([p.cumsum(axis=0) for p in parts]), rel=1e-14)
    assert runs.sums_back(values) == pytest.approx(
        np.concatenate([p[::-1].cumsum(axis=0)[::-1] for p in parts]), rel=1e-14)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    wanted = [start + int(values[start:i + 1, 0].argmax()) for i, start in enumerate(first.tolist())]
    assert runs.highest(values[:, 0]).tolist() == wanted


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_deaths_that_weigh_nothing_say_nothing(ties):
    """Who has no weight may stay in the risk sets or be left out: the estimate is the same."""
    rng = np.random.default_rng(3)
    index, event, x = np.arange(40) // 2, rng.random(40) < 0.7, rng.normal(size=(40, 1))
    weight = np.where(index == 5, 0.0, 1.0)
    event[index == 5] = True
    left = weight > 0
    all_of_them = fit(index, event, x, weight=weight, ties=ties)
    the_others = fit(index[left], event[left], x[left], weight=weight[left], ties=ties)
    assert all_of_them.coef == pytest.approx(the_others.coef, rel=1e-9)
    assert all_of_them.std_error == pytest.approx(the_others.std_error, rel=1e-7)
