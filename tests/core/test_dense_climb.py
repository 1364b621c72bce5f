"""A few patients' likelihood on a matrix leads to the maximum that the iteration from zero finds, or nowhere."""

import numpy as np
import pytest

from core import CoxOptions, cox
from core.cox_fit import standardise
from core.dense_climb import near_maximum
from core.partial_likelihood import RiskSets


def risk_sets(*, times: int, ties: str = "efron", **more) -> RiskSets:
    """150 patients with ties, unsorted."""
    rng = np.random.default_rng(times)
    x = np.column_stack([rng.integers(0, 2, 150), rng.normal(size=(150, 3))]).astype(float)
    standardise(x)
    index = np.floor(rng.random(150) * times).astype(int)
    return RiskSets(index, rng.random(150) < 0.6, x, ties=ties, **more)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("times", [5, 40, 1000])
def test_the_maximum_is_that_of_the_likelihood(times, ties):
    sets = risk_sets(times=times, ties=ties)
    found = near_maximum(sets)
    assert found is not None
    point = sets.evaluate(found[0])
    assert np.abs(np.linalg.solve(point.information, point.score)).max() < 1e-6
    assert found[1] == pytest.approx(point.information, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_model_is_the_same_with_and_without(sample, monkeypatch, ties):
    asked = {"endpoint": "OS", "covariates": ["arm", "age", "afp", "pvtt", "sex"],
             "options": CoxOptions.of(ties=ties, forms={"afp": "log2"})}
    fast = cox(sample, **asked)
    monkeypatch.setattr("core.cox_fit.FEW", 0)
    slow = cox(sample, **asked)
    for column, error in (("coef", 1e-9), ("std_error", 2e-7)):  # an information follows its place, not its square
        assert fast.terms[column].to_numpy() == pytest.approx(slow.terms[column].to_numpy(), rel=error, nan_ok=True)
    assert fast.tests.statistic.to_numpy() == pytest.approx(slow.tests.statistic.to_numpy(), rel=1e-9)
    assert fast.zph.statistic.to_numpy() == pytest.approx(slow.zph.statistic.to_numpy(), rel=1e-6)


def test_what_it_is_not_for_begins_at_zero():
    assert near_maximum(risk_sets(times=40, stratum=np.arange(150) % 3)) is None
    assert near_maximum(risk_sets(times=40, weight=np.linspace(0.5, 1.5, 150))) is None
    runaway = np.linspace(-1, 1, 20)[:, None]  # who has more dies earlier: no finite maximum
    standardise(runaway)
    assert near_maximum(RiskSets(np.arange(20)[::-1], np.ones(20, bool), runaway)) is None
    sets = risk_sets(times=40)
    assert near_maximum(RiskSets(sets.index, sets.event, np.zeros((150, 2)))) is None  # nothing that varies
