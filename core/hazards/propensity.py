"""Weights that make two arms alike in what was known at time zero.

Sources: Rosenbaum and Rubin. Biometrika 1983;70:41; Robins, Hernán, Brumback. Epidemiology 2000;11:550 (stabilised);
Li, Morgan, Zaslavsky. JASA 2018;113:390 (overlap); Austin and Stuart. Stat Med 2015;34:3661 (balance).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from core.errors import NotEstimable
from core.language import say
from core.likelihood import maximise, solved, standardise
from core.options import takes_options

Kind = Literal["IPTW", "stabilised", "overlap"]
ESTIMANDS: dict[Kind, str] = {
    "IPTW": "average effect in all patients",
    "stabilised": "average effect in all patients",
    "overlap": "average effect in patients who might have had either treatment (overlap population)",
}
_NEW = 1e-10  # of the largest direction of a design, below which one follows from the others
_SINGULAR = 1e-12  # of it, below which numbers do not hold the information
_CERTAIN = 1e-6  # least information along a direction of the covariates; below it they separate the arms


def propensity_score(design: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return each patient's probability to be treated, (n,), by logistic regression (R: glm, binomial).

    Parameters
    ----------
    design : float (n, p), without a constant; columns that follow from others do no harm
    treated : bool (n,)

    Raises
    ------
    NotEstimable
        If the covariates tell the arms apart completely, so that no weight is finite.
    """
    columns, _ = standardise(design)
    x = _directions(np.column_stack([np.ones(treated.size), columns]))
    at, ended = maximise(_Logistic(x, treated, np.zeros(x.shape[1])), step=lambda at, _: at.step(),
                         moved=lambda at, move: _Logistic(x, treated, at.beta + move),
                         within_reach=lambda at: at.left_to_chance > _SINGULAR)
    if not ended or at.left_to_chance < _CERTAIN:
        raise NotEstimable(say("The covariates separate the arms: some patients could only have had one treatment, "
                               "so there are no finite weights."),
                           say("Remove covariates, or merge levels that one arm lacks."))
    return at.probability


@dataclass(eq=False)
class _Logistic:
    """A logistic model at its coefficients, (p,), of a design x (n, p)."""

    x: np.ndarray
    treated: np.ndarray
    beta: np.ndarray

    @cached_property
    def probability(self) -> np.ndarray:
        """Each patient's probability to be treated, (n,)."""
        from scipy.special import expit

        return np.asarray(expit(self.x @ self.beta))

    @property
    def value(self) -> float:
        from scipy.special import log_expit

        return float(log_expit(np.where(self.treated, 1, -1) * (self.x @ self.beta)).sum())

    @property
    def score(self) -> np.ndarray:
        return np.asarray(self.x.T @ (self.treated - self.probability))

    @cached_property
    def information(self) -> np.ndarray:
        return np.asarray((self.x * (self.probability * (1 - self.probability))[:, None]).T @ self.x)

    @property
    def left_to_chance(self) -> float:
        """The information along the direction of the covariates that has least of it."""
        return float(np.linalg.eigvalsh(self.information)[0])

    def step(self) -> np.ndarray:
        return solved(self.information, self.score)


def _directions(x: np.ndarray) -> np.ndarray:
    """Return orthonormal columns with the same span, (n, rank).

    A logistic model's information along each is the mean of p (1 - p), weighted by the column's squares: a number below
    1 that shows how much of the treatment is left to chance, whatever the covariates' units.
    """
    size, along = np.linalg.eigh(x.T @ x)
    new = size > _NEW * size[-1]
    return np.asarray(x @ (along[:, new] / np.sqrt(size[new])))


@takes_options
def weights(score: np.ndarray, treated: np.ndarray, kind: Kind) -> np.ndarray:
    """Return each patient's weight, (n,), from the propensity score."""
    if kind == "overlap":
        return np.where(treated, 1 - score, score)
    share = treated.mean() if kind == "stabilised" else 1.0
    other = 1 - treated.mean() if kind == "stabilised" else 1.0
    return np.where(treated, share / np.where(treated, score, 1), other / (1 - np.where(treated, 0, score)))


def effective_size(weight: np.ndarray) -> float:
    """Return Kish's effective sample size: (sum of the weights)² by the sum of their squares."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def mean_differences(values: np.ndarray, treated: np.ndarray, weight: np.ndarray, *,
                     binary: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return standardised mean differences (treated minus others) before and after weighting, each (p,).

    Both are divided by the unweighted pooled standard deviation √((v₁ + v₀) / 2), so that they can be compared;
    v = p (1 − p) for a binary variable. NaN where nothing varies within the groups.

    Parameters
    ----------
    values : float (n, p)
    binary : bool (p,)
    """
    ours, others = values[treated], values[~treated]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = [np.where(binary, v.mean(axis=0) * (1 - v.mean(axis=0)), v.var(axis=0, ddof=1))
                  for v in (ours, others)]
        pooled = np.sqrt((spread[0] + spread[1]) / 2)
        before = (ours.mean(axis=0) - others.mean(axis=0)) / pooled
        after = (np.average(ours, axis=0, weights=weight[treated])
                 - np.average(others, axis=0, weights=weight[~treated])) / pooled
    return np.where(pooled > 0, before, np.nan), np.where(pooled > 0, after, np.nan)
