"""Cox's partial likelihood on a design matrix, Efron ties: for models of more than one factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_STEP = 1e-10
_MAX_ITERATIONS = 40
_DIVERGED = 20.0  # log hazard ratio over a column's range: beyond it a coefficient runs to infinity
_STRIDE = 5.0  # the most that a log hazard ratio over a column's range may change at a time
_VANISHED = 1e-8  # information left of a column, as a share of what it was at the start


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """Coefficients and standard errors (p,), in units of the columns; `diverged` bool (p,)."""

    coef: np.ndarray
    std_error: np.ndarray
    diverged: np.ndarray


def fit(index: np.ndarray, event: np.ndarray, design: np.ndarray) -> Fit:
    """Maximise the partial likelihood by Newton's method.

    Parameters
    ----------
    index : int (n,), each patient's place among the distinct times
    event : bool (n,)
    design : float (n, p), of full column rank

    Source: Efron B. JASA 1977;72:557; R's coxph with ties = "efron".
    """
    scale = design.std(axis=0)
    scale[scale == 0] = 1.0
    x = (design - design.mean(axis=0)) / scale
    order = np.argsort(-index, kind="stable")  # latest first: a risk set is a prefix
    x, event, index = x[order], event[order], index[order]
    risk = _RiskSets(index, event)
    beta = np.zeros(x.shape[1])
    span = np.ptp(x, axis=0)
    likelihood, score, information = risk.evaluate(x, beta)
    at_start = np.diag(information)
    for _ in range(_MAX_ITERATIONS):
        move = np.linalg.lstsq(information, score, rcond=1e-14)[0]
        move *= min(1.0, _STRIDE / max(np.abs(move * span).max(), 1e-300))
        ahead = risk.evaluate(x, beta + move)
        while not ahead[0] >= likelihood - 1e-9 * abs(likelihood) and np.abs(move).max() > _STEP:
            move /= 2
            ahead = risk.evaluate(x, beta + move)
        beta = beta + move
        likelihood, score, information = ahead
        if np.abs(move).max() < _STEP or np.abs(beta * span).max() > 1.5 * _DIVERGED:
            break
    variance = np.diag(np.linalg.pinv(information, rcond=1e-14))
    diverged = ((np.abs(beta * span) > _DIVERGED) | (np.diag(information) < _VANISHED * at_start)
                | ~(variance > 0))
    return Fit(coef=beta / scale, std_error=np.sqrt(np.maximum(variance, 0)) / scale, diverged=diverged)


class _RiskSets:
    """Where each death's risk set ends and which ties it shares, for patients sorted latest first."""

    def __init__(self, index: np.ndarray, event: np.ndarray) -> None:
        self.event = event
        ends = np.append(np.flatnonzero(np.diff(index)), index.size - 1)  # last row of each time
        starts = np.append(0, ends[:-1] + 1)
        deaths = np.add.reduceat(event.astype(int), starts)
        self.at_death = deaths > 0
        self.starts, self.ends = starts[self.at_death], ends[self.at_death]
        self.deaths = deaths[self.at_death]
        self.time = np.repeat(np.arange(self.deaths.size), self.deaths)
        first = np.repeat(np.cumsum(self.deaths) - self.deaths, self.deaths)
        self.share = (np.arange(self.time.size) - first) / self.deaths[self.time]

    def evaluate(self, x: np.ndarray, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return log likelihood, score (p,) and information (p, p)."""
        eta = x @ beta
        weight = np.exp(eta - eta.max())  # the risk sets' shares do not feel the shift
        first = weight[:, None] * x
        s0, d0 = np.cumsum(weight)[self.ends], self._tied(weight)
        s1, d1 = np.cumsum(first, axis=0)[self.ends], self._tied(first)
        t, l_of_d = self.time, self.share
        total = s0[t] - l_of_d * d0[t]
        mean = (s1[t] - l_of_d[:, None] * d1[t]) / total[:, None]
        likelihood = float((eta - eta.max())[self.event].sum() - np.log(total).sum())
        score = x[self.event].sum(axis=0) - mean.sum(axis=0)
        # Sum over deaths of the weighted second moment: each patient enters with the sum of 1 / total
        # over the deaths that saw them at risk, less what Efron's rule takes from the tied.
        inverse = np.bincount(t, 1 / total, self.deaths.size)
        taken = np.bincount(t, l_of_d / total, self.deaths.size)
        seen = np.zeros(len(x))
        seen[self.ends] = inverse
        seen = np.cumsum(seen[::-1])[::-1]
        dying = np.zeros(len(x))
        dying[self.event] = np.repeat(taken, self.deaths)
        second = (weight * (seen - dying))[:, None] * x
        return likelihood, score, x.T @ second - mean.T @ mean

    def _tied(self, values: np.ndarray) -> np.ndarray:
        """Sum values over the patients who die at each death time."""
        dead = np.where(self.event if values.ndim == 1 else self.event[:, None], values, 0)
        running = np.concatenate([np.zeros((1, *dead.shape[1:])), np.cumsum(dead, axis=0)])
        return np.asarray(running[self.ends + 1] - running[self.starts])
