"""Firth's penalised likelihood of two arms, from counts."""

import numpy as np
import pandas as pd

from core.likelihood.two_arm_firth import penalised_pairs
from tests.conftest import REFERENCE
from tests.shared.from_r import from_r
from tests.shared.risk_sets import left_at_risk


def test_firth_of_counts_is_what_the_likelihood_in_r_has():
    """tests/reference/hazards.R, firth$thin_arm."""
    theirs = from_r("hazards")["firth"]["thin_arm"]
    found = treatment_tables()
    assert np.isclose(found.coef[0], theirs["coef"][0], atol=2e-5)
    assert np.allclose([found.low[0], found.high[0]], [theirs["low"][0], theirs["high"][0]], atol=5e-5)
    assert np.isclose(found.p_value[0], theirs["p_value"][0], atol=1e-6)
    nobody = penalised_pairs(left_at_risk(np.array([[[1, 0], [0, 0]]]), np.array([[[2, 1], [0, 0]]])))
    assert np.isnan(nobody.coef).all() and np.isnan(nobody.p_value).all()


def treatment_tables():
    """Count the thin cohort of the reference: 10 patients of the control, 6 of the test arm without an event."""
    thin = pd.read_csv(REFERENCE / "thin.csv")
    times = np.unique(thin.time)
    arms = [thin[thin.arm == arm] for arm in ("control", "test")]
    deaths = np.array([[int(((a.time == t) & (a.status == 1)).sum()) for t in times] for a in arms])
    at_risk = np.array([[int((a.time >= t).sum()) for t in times] for a in arms])
    return penalised_pairs(left_at_risk(deaths[None], at_risk[None]))
