"""Many small Cox models at once, each on groups of patients who share their covariates.

A group weighs exp(z b) per patient, whatever the group's size: with deaths and numbers at risk by group and time,
a model costs groups times times and not patients. All models of a board go through one Newton iteration together.
Efron's ties; source: Efron B. JASA 1977;72:557.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.efron import Ties

_STEP = 1e-6  # Newton ends after a step so small: the error left is of the order of its square
_STRIDE, _MAX_ITERATIONS = 4.0, 30


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    score: np.ndarray
    information: np.ndarray


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
        """Return score and information at coefficients (b, q)."""
        risk, dead, total, dying = self._weighed(beta)
        first, second = np.zeros_like(total), np.zeros_like(total)
        first[self.cells], second[self.cells] = self.ties.sums(total[self.cells], dying[self.cells])
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
                      information=across @ spread @ self.design)

    def likelihood(self, beta: np.ndarray) -> np.ndarray:
        """Return the log likelihoods at coefficients (b, q), each (b,)."""
        _, _, total, dying = self._weighed(beta)
        logs = np.zeros_like(total)
        logs[self.cells] = self.ties.log_sums(total[self.cells], dying[self.cells])
        return np.asarray((self.observed * np.einsum("bgq,bq->bg", self.design, beta)).sum(axis=1) - logs.sum(axis=1))

    def _weighed(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return who is at risk and who dies by their weights, per group and together."""
        ratio = np.exp(np.einsum("bgq,bq->bg", self.design, beta))[:, :, None]
        risk, dead = self.risk * ratio, self.dead * ratio
        return risk, dead, risk.sum(axis=1), dead.sum(axis=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Coefficients (b, q) and information (b, q, q) of each model."""

    coef: np.ndarray
    information: np.ndarray
    models: _Models

    @cached_property
    def std_error(self) -> np.ndarray:
        """Standard errors of the coefficients, (b, q)."""
        variance = np.linalg.pinv(self.information, hermitian=True)
        return np.sqrt(np.maximum(np.diagonal(variance, axis1=1, axis2=2), 0))

    @cached_property
    def likelihood(self) -> np.ndarray:
        """Log likelihoods, (b,)."""
        return self.models.likelihood(self.coef)


def against_first(groups: int) -> np.ndarray:
    """Return the design of each group against the first, (groups, groups - 1)."""
    return np.eye(groups)[:, 1:]


def by_observed(deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return coefficients near the maximum for groups against the first, (b, g - 1): observed over expected deaths."""
    observed, all_at_risk = deaths.sum(axis=2), at_risk.sum(axis=1, keepdims=True)
    expected = (at_risk / np.maximum(all_at_risk, 1) * deaths.sum(axis=1, keepdims=True)).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(observed / expected)
        return np.nan_to_num(ratio[:, 1:] - ratio[:, :1], posinf=0, neginf=0)


def fit_all(deaths: np.ndarray, at_risk: np.ndarray, design: np.ndarray, start: np.ndarray | None = None) -> Batch:
    """Fit models of groups of patients.

    Parameters
    ----------
    deaths, at_risk : int (b models, g groups, t times); a group without patients weighs nothing
    design : float (b, g, q), each group's covariates; a column of zeros is no parameter
    start : float (b, q), coefficients to begin with; zeros unless given

    A coefficient without a finite maximum runs on until its likelihood stands still; tell these before.
    """
    everything = models = _Models(deaths, at_risk, design)
    b, _, q = design.shape
    beta = np.zeros((b, q)) if start is None else start
    state = models.evaluate(beta)
    coef, information = beta.copy(), state.information.copy()
    left = np.arange(b)
    for _ in range(_MAX_ITERATIONS):
        move = _newton_step(state)
        move *= np.minimum(1, _STRIDE / np.maximum(np.abs(move).max(axis=1, initial=0), 1e-300))[:, None]
        ahead = models.evaluate(beta + move)
        while (worse := _worse(ahead, state, move)).any():
            move[worse] /= 2
            ahead = models.evaluate(beta + move)
        beta, state = beta + move, ahead
        coef[left], information[left] = beta, state.information
        going = np.abs(move).max(axis=1, initial=0) > _STEP
        if not going.any():
            break
        if not going.all():
            models, beta, left = models.only(going), beta[going], left[going]
            state = _State(score=state.score[going], information=state.information[going])
    return Batch(coef=coef, information=information, models=everything)


def _worse(ahead: _State, state: _State, move: np.ndarray) -> np.ndarray:
    """Tell where a step that is no trifle leaves a steeper likelihood than there was, bool (b,)."""
    steeper = np.abs(ahead.score).max(axis=1, initial=0) > np.abs(state.score).max(axis=1, initial=0)
    return np.asarray(steeper & (np.abs(move).max(axis=1, initial=0) > _STEP))


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
