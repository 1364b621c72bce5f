"""Many small Cox models at once, each on groups of patients who share their covariates.

A group weighs exp(z b) per patient, whatever the group's size: with deaths and numbers at risk by group and time,
a model costs groups times times and not patients. All models of a board go through one Newton iteration together.
Efron's ties; source: Efron B. JASA 1977;72:557.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.efron import Ties

_STEP = 1e-6  # Newton ends after a step so small: the error left is of the order of its square
_STRIDE, _MAX_ITERATIONS = 4.0, 30


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Coefficients (b, q), information (b, q, q) and log likelihood (b,) of each model."""

    coef: np.ndarray
    information: np.ndarray
    likelihood: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    score: np.ndarray
    information: np.ndarray
    likelihood: np.ndarray


class _Models:
    """Models whose likelihoods are evaluated together."""

    def __init__(self, deaths: np.ndarray, at_risk: np.ndarray, design: np.ndarray) -> None:
        self.dead, self.risk = deaths.astype(float), at_risk.astype(float)
        self.design = design
        self.d = self.dead.sum(axis=1)
        self.observed = self.dead.sum(axis=2)
        self.cells = self.d > 0
        self.ties = Ties(self.d[self.cells].astype(int))

    def only(self, some: np.ndarray) -> _Models:
        return _Models(self.dead[some], self.risk[some], self.design[some])

    def evaluate(self, beta: np.ndarray) -> _State:
        """Return score, information and log likelihood at coefficients (b, q)."""
        eta = np.einsum("bgq,bq->bg", self.design, beta)
        ratio = np.exp(eta)[:, :, None]
        risk, dead = self.risk * ratio, self.dead * ratio
        total, dying = risk.sum(axis=1), dead.sum(axis=1)
        first, second, logs = np.zeros_like(total), np.zeros_like(total), np.zeros_like(total)
        inside = total[self.cells], dying[self.cells]
        first[self.cells], second[self.cells] = self.ties.sums(*inside)
        logs[self.cells] = self.ties.log_sums(*inside)
        # A group's share of a shrinking risk set is fixed + moving / v, v the set's weight.
        fixed = dead / np.where(dying > 0, dying, 1)[:, None]
        moving = risk - fixed * total[:, None]
        mean = np.einsum("bgt,bt->bg", fixed, self.d) + np.einsum("bgt,bt->bg", moving, first)
        cross = (fixed * first[:, None]) @ moving.transpose(0, 2, 1)
        squares = (fixed * self.d[:, None]) @ fixed.transpose(0, 2, 1) + cross + cross.transpose(0, 2, 1) + \
            (moving * second[:, None]) @ moving.transpose(0, 2, 1)
        spread = -squares
        groups = np.arange(mean.shape[1])
        spread[:, groups, groups] += mean
        across = self.design.transpose(0, 2, 1)
        return _State(score=np.einsum("bqg,bg->bq", across, self.observed - mean),
                      information=across @ spread @ self.design,
                      likelihood=(self.observed * eta).sum(axis=1) - logs.sum(axis=1))


def fit_all(deaths: np.ndarray, at_risk: np.ndarray, design: np.ndarray) -> Batch:
    """Fit models of groups of patients.

    Parameters
    ----------
    deaths, at_risk : int (b models, g groups, t times); a group without patients weighs nothing
    design : float (b, g, q), each group's covariates; a column of zeros is no parameter

    A coefficient without a finite maximum runs on until its likelihood stands still; tell these before.
    """
    models = _Models(deaths, at_risk, design)
    b, _, q = design.shape
    beta = np.zeros((b, q))
    state = models.evaluate(beta)
    out = Batch(coef=beta, information=state.information, likelihood=state.likelihood)
    left = np.arange(b)
    for _ in range(_MAX_ITERATIONS):
        move = _newton_step(state)
        move *= np.minimum(1, _STRIDE / np.maximum(np.abs(move).max(axis=1, initial=0), 1e-300))[:, None]
        ahead = models.evaluate(beta + move)
        while (worse := ahead.likelihood < state.likelihood - 1e-9 * np.abs(state.likelihood)).any():
            move[worse] /= 2
            ahead = models.evaluate(beta + move)
        beta, state = beta + move, ahead
        out.coef[left], out.information[left], out.likelihood[left] = beta, state.information, state.likelihood
        going = np.abs(move).max(axis=1, initial=0) > _STEP
        if not going.any():
            break
        if not going.all():
            models, beta, left = models.only(going), beta[going], left[going]
            state = _State(score=state.score[going], information=state.information[going],
                           likelihood=state.likelihood[going])
    return out


def _newton_step(state: _State) -> np.ndarray:
    """Return the step to the maximum of each model's quadratic, (b, q); the shortest where there are many."""
    information, score = _regular(state.information), state.score[:, :, None]
    try:
        return np.asarray(np.linalg.solve(information, score)[:, :, 0])
    except np.linalg.LinAlgError:
        return np.asarray((np.linalg.pinv(information, rcond=1e-12, hermitian=True) @ score)[:, :, 0])


def _regular(information: np.ndarray) -> np.ndarray:
    """Give parameters that are none, or that nothing tells of any more, an information of their own."""
    out = information.copy()
    places = np.arange(out.shape[1])
    diagonal = out[:, places, places]
    out[:, places, places] = np.where(diagonal > 1e-9, diagonal * (1 + 1e-14), diagonal + 1)
    return out
