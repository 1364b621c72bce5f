"""Sums over tied deaths by nodes beside the sums themselves, and the models that stand on them."""

import numpy as np
import pytest

from tests.shared.risk_sets import left_at_risk


def counts(groups, patients, dying, seed):
    """Draw deaths and at risk, (1, groups, times): groups of so many patients, of whom a part dies at each time."""
    rng = np.random.default_rng(seed)
    deaths = rng.binomial(int(patients), dying, (groups, 30))
    return deaths[None], patients + np.cumsum(deaths[:, ::-1], axis=1)[:, ::-1][None]


def one_by_one(deaths, at_risk, weights, f):
    """Sum f of what each single death leaves, by Efron's rule."""
    total = 0.0
    for d, n in zip(deaths[0].T, at_risk[0].T, strict=True):
        tied = d.sum()
        total += sum(f(float(weights @ (n - i / tied * d))) for i in range(tied))
    return total


@pytest.mark.parametrize(("patients", "dying"), [(3, 0.05), (3, 0.3), (40, 0.05), (500, 0.01), (2000, 0.002),
                                                 (20_000, 0.001), (1000, 0.02), (100_000, 1e-4)])
@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (1.0, 0.05, 20.0)])
def test_nodes_stand_for_every_death(patients, dying, weights):
    deaths, at_risk = counts(3, patients, dying, seed=patients)
    sets = left_at_risk(deaths, at_risk)
    left = np.array(weights) @ sets.left[0]
    some = sets.weight[0] > 0
    assert sets.weight.sum() == pytest.approx(deaths.sum(), rel=1e-14)
    for f in (np.log, np.reciprocal, lambda v: v**-2.0):
        ours = float(sets.weight[0][some] @ f(left[some]))
        assert ours == pytest.approx(one_by_one(deaths, at_risk, np.array(weights), f), rel=1e-11)


def test_everybody_dies_at_once():
    deaths = at_risk = np.array([[[60], [40]]])
    sets = left_at_risk(deaths, at_risk)
    assert sets.weight.sum() == 100 and sets.left[0].sum(axis=0).min() == pytest.approx(1.0)
