"""Many small models at once."""

import numpy as np
import pytest
from scipy.optimize import brentq

from core.likelihood.efron_nodes import EfronRiskSets
from core.likelihood.grouped_cox import against_first, fit_all
from tests.shared.risk_sets import left_at_risk


@pytest.mark.parametrize("ratio", [0.01, 0.3, 1.0, 40.0])
def test_two_groups_have_the_maximum_of_the_odds_at_each_death(ratio):
    rng = np.random.default_rng(int(100 * ratio))
    left = np.cumsum(rng.integers(0, 4, (2, 60)), axis=1)[:, ::-1] + 1
    deaths = np.stack([rng.binomial(1, 1 / (1 + ratio), 60), rng.binomial(1, ratio / (1 + ratio), 60)])
    deaths[:, -1] = deaths[:, 0] = 1
    sets = left_at_risk(deaths[None], left[None] + 1)
    first, second = sets.left[0]

    def second_dies(b):
        return second * np.exp(b) / (first + second * np.exp(b))
    b = brentq(lambda b: sets.deaths[0, 1] - sets.weight[0] @ second_dies(b), -20, 20, xtol=1e-12)
    coef, error = against_first(sets)
    assert coef.shape == error.shape == (1, 1)
    assert coef[0, 0] == pytest.approx(b, abs=1e-8)
    assert error[0, 0] == pytest.approx((sets.weight[0] @ (second_dies(b) * (1 - second_dies(b)))) ** -0.5, rel=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_a_small_reference_beside_very_many_patients_has_a_maximum(seed):
    """Rounding of a hundred thousand deaths must not keep the iteration going: the reference stays at zero."""
    rng = np.random.default_rng(seed)
    leaving = np.array([rng.multinomial(20, np.full(100, 0.01)), rng.multinomial(400_000, np.full(100, 0.01))])
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    deaths = np.minimum(rng.binomial(leaving, 0.4), leaving)
    deaths[0, :5] = leaving[0, :5]
    coef, error = against_first(left_at_risk(deaths[None], at_risk[None]))
    assert np.isfinite(coef).all() and 0.1 < error[0, 0] < 2


def test_nothing_to_fit_is_nothing():
    none = EfronRiskSets(left=np.zeros((0, 2, 3)), weight=np.zeros((0, 3)), deaths=np.zeros((0, 2)))
    assert fit_all(none).shape == (0, 1, 2)
