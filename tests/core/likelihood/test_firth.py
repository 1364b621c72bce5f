"""Firth's penalised likelihood where little holds it, beside one summed death by death here."""

import io

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from core import CoxOptions, read_cohort
from core.hazards import cox
from core.hazards.estimability import NOT_IDENTIFIED
from tests.shared.cohorts import cohort_from

# arm, site, x, time, event
EIGHT = [("b", "s3", 39, 14, 1), ("b", "s3", 49, 6, 1), ("a", "s1", 60, 31, 0), ("c", "s2", 64, 6, 1),
         ("a", "s1", 57, 20, 0), ("a", "s2", 57, 9, 1), ("c", "s1", 63, 6, 1), ("b", "s1", 51, 16, 0)]


def eight():
    lines = [f"p{i},{','.join(map(str, row))}" for i, row in enumerate(EIGHT)]
    return read_cohort(io.BytesIO("\n".join(["id,arm,site,x,time,event", *lines]).encode()), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a", "levels": {v: v for v in "abc"}},
        "factors": {"site": {"column": "site", "kind": "categorical"}, "x": {"column": "x", "kind": "numeric"}},
        "endpoints": {"OS": {"time": "time", "event": "event", "event_values": ["1"], "unit": "months"}}})


def likelihood(beta, design, time, event, site):
    """The likelihood by Breslow's rule within sites, and half the logarithm of its information's determinant."""
    eta, total, information = design @ beta, 0.0, np.zeros((beta.size, beta.size))
    for i in np.flatnonzero(event):
        at_risk = np.flatnonzero((site == site[i]) & (time >= time[i]))
        share = np.exp(eta[at_risk] - eta[at_risk].max())
        total += eta[i] - eta[at_risk].max() - np.log(share.sum())
        share /= share.sum()
        centred = design[at_risk] - share @ design[at_risk]
        information += (centred * share[:, None]).T @ centred
    sign, size = np.linalg.slogdet(information)
    return total + size / 2 if sign > 0 else -1e9


def highest(value, size, place, at, seeds=6):
    """Maximise over all coefficients but one, from several starts."""
    def full(free):
        return np.insert(free, place, at)
    starts = [np.zeros(size - 1), *(np.random.default_rng(s).normal(size=size - 1) * 2 for s in range(seeds))]
    found = [minimize(lambda z: -value(full(z)), s, method="Nelder-Mead", options={
        "xatol": 1e-8, "fatol": 1e-11, "maxiter": 4000, "maxfev": 6000}) for s in starts]
    return -min(f.fun for f in found)


@pytest.mark.slow
def test_limits_are_where_the_profile_falls_by_what_they_allow():
    terms = cox(eight(), endpoint="OS", covariates=["arm", "x"],
                options=CoxOptions.of(stratify_by=["site"], ties="breslow", firth=True)).terms
    assert terms.reason.tolist() == ["", "", ""]
    arm, site, x, time, event = (np.array(v) for v in zip(*EIGHT, strict=True))
    design = np.column_stack([arm == "b", arm == "c", (x - x.mean()) / x.std()]).astype(float)

    def value(beta):
        return likelihood(beta, design, time, event, site)

    unit = np.array([1, 1, x.std()])
    best = value(terms.coef.to_numpy() * unit)
    for j, column in ((0, "conf_low"), (1, "conf_low"), (2, "conf_low"), (2, "conf_high")):
        fallen = best - highest(value, 3, j, np.log(terms[column][j]) * unit[j])
        assert fallen == pytest.approx(1.920729, abs=2e-5), (j, column)
    assert terms.conf_high[2] == pytest.approx(2.552392, abs=1e-5)


def test_arms_that_share_no_risk_set_have_no_penalised_ratio_either():
    rows = [("a", "s3", 36, 11, 1), ("a", "s1", 63, 41, 1), ("b", "s3", 56, 1, 0), ("a", "s3", 45, 8, 1),
            ("a", "s1", 49, 8, 1), ("a", "s3", 52, 1, 0), ("b", "s2", 44, 18, 1), ("a", "s1", 57, 4, 0)]
    cohort = cohort_from(pd.DataFrame(rows, columns=["arm", "site", "x", "time", "event"]))
    plain, firth = (cox(cohort, endpoint="OS", covariates=["arm"], options=CoxOptions.of(
        stratify_by=["site"], ties="breslow", firth=firth)) for firth in (False, True))
    assert plain.terms.reason.tolist() == firth.terms.reason.tolist() == [NOT_IDENTIFIED]


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("n", [20, 40, 80])
def test_beside_a_number_that_orders_the_deaths_it_ends(n, ties):
    """Its profile is nearly flat, and the information next to nothing: each limit is finite, infinite or refused."""
    rng = np.random.default_rng(1)
    time = np.round(rng.exponential(10, n) + np.arange(n) * 1e-3, 4)
    frame = pd.DataFrame({"arm": rng.choice(["a", "b"], n), "followed": time, "time": time,
                          "event": (rng.random(n) < 0.7).astype(int)})
    terms = cox(cohort_from(frame), endpoint="OS", covariates=["arm", "followed"],
                options=CoxOptions.of(ties=ties, firth=True)).terms
    shown = terms[terms.reason == ""]
    assert (shown.conf_low < shown.hazard_ratio).all() and (shown.hazard_ratio < shown.conf_high).all()
