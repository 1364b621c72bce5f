"""Weights that make two arms alike in what was known at time zero.

Sources: Rosenbaum and Rubin. Biometrika 1983;70:41; Robins, Hernán, Brumback. Epidemiology 2000;11:550 (stabilised);
Li, Morgan, Zaslavsky. JASA 2018;113:390 (overlap); Austin and Stuart. Stat Med 2015;34:3661 (balance).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from core.errors import NotEstimable
from core.likelihood import standardise
from core.options import takes_options

Kind = Literal["IPTW", "stabilised", "overlap"]
ESTIMANDS: dict[Kind, str] = {
    "IPTW": "average effect in all patients",
    "stabilised": "average effect in all patients",
    "overlap": "average effect in patients who might have had either treatment (overlap population)",
}
_STEP, _MAX_ITERATIONS = 1e-10, 60  # of a patient's log odds
_NEW = 1e-10  # of the largest direction of a design, below which one follows from the others
_CERTAIN = 1e-6  # what is left to chance along a direction of the covariates; below it they tell the arms apart


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
    from scipy.special import expit

    columns = design.copy()
    standardise(columns)
    x = _directions(np.column_stack([np.ones(treated.size), columns]))
    beta = np.zeros(x.shape[1])
    for _ in range(_MAX_ITERATIONS):
        score = expit(x @ beta)
        information = (x * (score * (1 - score))[:, None]).T @ x
        try:
            move = np.linalg.solve(information, x.T @ (treated - score))
        except np.linalg.LinAlgError:  # nothing at all is left to chance along one of them
            break
        beta = beta + move
        if np.abs(x @ move).max() < _STEP:
            if np.linalg.eigvalsh(information)[0] < _CERTAIN:
                break
            return np.asarray(expit(x @ beta))
    raise NotEstimable("The covariates tell the arms apart, so that some patients could only have had one treatment: "
                       "there are no finite weights.", "Take covariates away, or merge levels that one arm lacks.")


def _directions(x: np.ndarray) -> np.ndarray:
    """Return orthonormal columns that span the same, (n, rank).

    Along each the information of a logistic model is the mean of p (1 - p), weighed by the squares: a part of 1 that
    tells how much is left to chance, whatever the covariates' units.
    """
    size, along = np.linalg.eigh(x.T @ x)
    some = size > _NEW * size[-1]
    return np.asarray(x @ (along[:, some] / np.sqrt(size[some])))


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

    Both are on the unweighted pooled standard deviation, so that they can be compared: √((v₁ + v₀) / 2), v = p (1 − p)
    for what is there or not. NaN where nothing varies within the groups.

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
