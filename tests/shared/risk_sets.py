"""Risk sets of groups of patients, from counts at each time."""

import numpy as np

from core.likelihood import DeathTimes, EfronRiskSets


def left_at_risk(deaths: np.ndarray, at_risk: np.ndarray) -> EfronRiskSets:
    """Lay out one model, or several of the same groups, from deaths and numbers at risk, int (b, g, t)."""
    flat = deaths.reshape(-1, deaths.shape[-1]), at_risk.reshape(-1, deaths.shape[-1])
    times = DeathTimes.from_counts(*flat, deaths.sum(axis=1).max(axis=0))
    return times.risk_sets(deaths[..., times.order].astype(float), at_risk[..., times.order].astype(float))
