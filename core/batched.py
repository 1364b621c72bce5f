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
    """Models whose likelihoods are evaluated together.

    Where one patient dies at a time the score and the information need the sums of n / W and n n' / W² over the
    times, n the groups' numbers at risk and W their weight: products of matrices. Where several do, Efron's rule adds
    terms in the groups' deaths, which are held for these times alone.
    """

    def __init__(self, deaths: np.ndarray, at_risk: np.ndarray, design: np.ndarray) -> None:
        self.dead, self.risk = deaths, at_risk.astype(float, copy=False)
        self.design = design
        self.d = deaths.sum(axis=1)
        self.observed = deaths.sum(axis=2).astype(float)
        self.tied = np.flatnonzero((self.d > 1).any(axis=0))
        tied_d = self.d[:, self.tied]
        self.several = tied_d > 1
        self.ties = Ties(tied_d[self.several])
        self.tied_dead = deaths[:, :, self.tied].astype(float, copy=False)
        self.tied_risk = self.risk if self.tied.size == self.d.shape[1] else self.risk[:, :, self.tied]

    def only(self, some: np.ndarray) -> _Models:
        return _Models(self.dead[some], self.risk[some], self.design[some])

    def evaluate(self, beta: np.ndarray) -> _State:
        """Return score and information at coefficients (b, q)."""
        ratio, total, dying = self._weighed(beta)
        first = self.d / total
        second = first / total
        if self.tied.size:
            here, there = first[:, self.tied], second[:, self.tied]
            here[self.several], there[self.several] = self.ties.sums(total[:, self.tied][self.several],
                                                                     dying[self.several])
            first[:, self.tied], second[:, self.tied] = here, there
        mean = (self.risk @ first[:, :, None])[:, :, 0]
        squares = (self.risk * second[:, None]) @ self.risk.transpose(0, 2, 1)
        if self.tied.size:
            mean += self._tied_mean(total, dying, first)
            squares += self._tied_squares(total, dying, first, second)
        mean *= ratio
        spread = -squares * ratio[:, :, None] * ratio[:, None]
        groups = np.arange(mean.shape[1])
        spread[:, groups, groups] += mean
        across = self.design.transpose(0, 2, 1)
        return _State(score=(across @ (self.observed - mean)[:, :, None])[:, :, 0],
                      information=across @ spread @ self.design)

    def _tied_mean(self, total: np.ndarray, dying: np.ndarray, first: np.ndarray) -> np.ndarray:
        at = self.tied
        weight = (self.d[:, at] - total[:, at] * first[:, at]) / dying
        return np.asarray((self.tied_dead @ weight[:, :, None])[:, :, 0])

    def _tied_squares(self, total: np.ndarray, dying: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Return what ties add: dead dead' α + (dead risk' + risk dead') β, summed over the tied times."""
        at, dead, risk = self.tied, self.tied_dead, self.tied_risk
        share, first, second = total[:, at] / dying, first[:, at], second[:, at]
        beta = first / dying - share * second
        alpha = (self.d[:, at] / dying - 2 * share * first) / dying + share**2 * second
        cross = (dead * beta[:, None]) @ risk.transpose(0, 2, 1)
        return np.asarray((dead * alpha[:, None]) @ dead.transpose(0, 2, 1) + cross + cross.transpose(0, 2, 1))

    def likelihood(self, beta: np.ndarray) -> np.ndarray:
        """Return the log likelihoods at coefficients (b, q), each (b,)."""
        _, total, dying = self._weighed(beta)
        logs = self.d * np.log(total)
        if self.tied.size:
            here = logs[:, self.tied]
            here[self.several] = self.ties.log_sums(total[:, self.tied][self.several], dying[self.several])
            logs[:, self.tied] = here
        linear = (self.design @ beta[:, :, None])[:, :, 0]
        return np.asarray((self.observed * linear).sum(axis=1) - logs.sum(axis=1))

    def _weighed(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the groups' weights (b, g), of who is at risk (b, t) and who dies at the tied times; 1 for nobody."""
        ratio = np.exp((self.design @ beta[:, :, None])[:, :, 0])
        total, dying = (ratio[:, None] @ self.risk)[:, 0], (ratio[:, None] @ self.tied_dead)[:, 0]
        return ratio, np.where(total > 0, total, 1), np.where(dying > 0, dying, 1)


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
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(deaths.sum(axis=2) / expected(deaths, at_risk))
        return np.nan_to_num(ratio[:, 1:] - ratio[:, :1], posinf=0, neginf=0)


def expected(deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return the deaths that groups would have if all had one hazard, (b, g)."""
    hazard = deaths.sum(axis=1) / np.maximum(at_risk.sum(axis=1), 1)
    return np.asarray((at_risk.astype(float) @ hazard[:, :, None])[:, :, 0])


def fit_all(deaths: np.ndarray, at_risk: np.ndarray, design: np.ndarray, start: np.ndarray | None = None, *,
            precision: float = _STEP) -> Batch:
    """Fit models of groups of patients.

    Parameters
    ----------
    deaths, at_risk : int (b models, g groups, t times); a group without patients weighs nothing
    design : float (b, g, q), each group's covariates; a column of zeros is no parameter
    start : float (b, q), coefficients to begin with; zeros unless given
    precision : the last step's size; the error left is of the order of its square, in a likelihood of its fourth power

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
        going = np.abs(move).max(axis=1, initial=0) > precision
        if not going.any():
            break
        if 2 * np.count_nonzero(going) <= going.size:  # the others cost less than to part them
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
