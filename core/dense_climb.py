"""Where the maximum of a few patients' partial likelihood is about, by a matrix of what each death leaves at risk.

Of so few patients it is the number of calls that costs, and a step here is ten. What comes out is where the iteration
of cox_fit.py begins: its own likelihood has the last word.
"""

from __future__ import annotations

import numpy as np

from core.partial_likelihood import RiskSets

FEW = 200  # patients up to which this is quicker
_NEAR, _MAX_ITERATIONS = 1e-4, 10
_FAR = 20.0  # log hazard ratio between two patients


def near_maximum(sets: RiskSets) -> tuple[np.ndarray, np.ndarray] | None:
    """Return coefficients that lie within a millionth of the maximum, (p,), and the information there, (p, p).

    None where Newton's steps from zero do not lead there, or where sets have strata or weights.
    """
    if sets.stratum is not None or sets.weight is not None:
        return None
    x, left = np.ascontiguousarray(sets.x), _left_at_risk(sets)
    beta = np.zeros(x.shape[1])
    for _ in range(_MAX_ITERATIONS):
        eta = x @ beta
        if not np.ptp(eta) < _FAR:
            return None
        risk = np.exp(eta)
        weighed, total = risk[:, None] * x, left @ risk
        mean = left @ weighed / total[:, None]
        information = (weighed * (1 / total @ left)[:, None]).T @ x - mean.T @ mean
        try:
            move = np.linalg.solve(information, sets.died - mean.sum(axis=0))
        except np.linalg.LinAlgError:
            return None
        beta = beta + move
        if np.abs(move).max() < _NEAR:
            return beta, information
    return None


def _left_at_risk(sets: RiskSets) -> np.ndarray:
    """Return how much of each patient each death leaves at risk, (d, n)."""
    ends = np.cumsum(sets.sizes)[sets.until - 1]
    left = (np.arange(sets.event.size) < ends[sets.place, None]).astype(float)
    if sets.share.any():
        left[:, sets.event] -= sets.share[:, None] * (sets.place[:, None] == sets.place)
    return left
