"""Many small Cox models at once, each on groups of patients who share their covariates.

A group weighs exp(b) per patient, whatever the group's size: with deaths and numbers at risk by group and time, a model
costs groups times times and not patients. All models of a board go through one Newton iteration together; several
models of the same groups share what is laid out.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from core.likelihood.efron_nodes import LeftAtRisk
from core.likelihood.two_arm_cox import Pairs

COEFFICIENT, LIKELIHOOD = 1e-15, 1e-7  # squared distance to the maximum in standard errors that ends the iteration
_STEEP = 1e-8  # ... up to which a likelihood may be steeper on the other side
_STRIDE, _MAX_ITERATIONS = 3.0, 40
_RIDGE = 1e-9  # keeps what no likelihood tells where it is, and alters no maximum


def against_first(cells: LeftAtRisk) -> tuple[np.ndarray, np.ndarray]:
    """Fit each group's log hazard ratio against the first; return it and its standard error, (b, g - 1) each.

    All must have a finite maximum (see monotone.finite_against_first).
    """
    if cells.deaths.shape[1] == 2:
        coef, error = Pairs.of(cells).maximum()
        return coef[:, None], error[:, None]
    several, information = fit_all(cells)
    variance = np.diagonal(np.linalg.inv(_ridged(information[:, 0, 1:, 1:].copy())), axis1=-2, axis2=-1)
    return several[:, 0, 1:] - several[:, 0, :1], np.sqrt(variance)


class _Point:
    """The likelihoods' score at some coefficients (b, m, g), and what their information is made of."""

    def __init__(self, cells: LeftAtRisk, alive: np.ndarray, coef: np.ndarray) -> None:
        self.cells, self.coef = cells, coef
        self.ratio, self.total = _weighed(cells, alive, coef)
        self.share = cells.weight[:, None] / self.total
        self.mean = self.ratio * (self.share @ cells.left.transpose(0, 2, 1))
        self.score = cells.deaths[:, None] - self.mean

    def information(self, pairs: np.ndarray) -> np.ndarray:
        """Return the information of the groups' coefficients, (b, m, g, g); of `pairs` see `_pairs`.

        It tells nothing of all coefficients moving together: its rows sum to zero.
        """
        g = self.ratio.shape[-1]
        first, second = _triangle(g)
        out = np.zeros((*self.ratio.shape, g))
        squares = (self.share / self.total) @ pairs.transpose(0, 2, 1)
        out[..., first, second] = -squares * self.ratio[..., first] * self.ratio[..., second]
        out += out.swapaxes(-1, -2)
        places = np.arange(g)
        out[..., places, places] = -out.sum(axis=-1)
        return out


def _ridged(information: np.ndarray) -> np.ndarray:
    """Return an information that has an inverse: with a ridge, and 1 where nothing is told of a coefficient."""
    places = np.arange(information.shape[-1])
    own = information[..., places, places]
    information[..., places, places] = np.where(own > _RIDGE, own * (1 + _RIDGE), own + 1)
    return information


@lru_cache(maxsize=64)
def _triangle(groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of groups."""
    return np.triu_indices(groups, 1)


def _pairs(cells: LeftAtRisk) -> np.ndarray:
    """Return the products of what is left of each two groups, (b, pairs, s)."""
    left, (b, g, t) = cells.left, cells.left.shape
    if g == 2:
        return np.asarray(left[:, :1] * left[:, 1:])
    out, at = np.empty((b, g * (g - 1) // 2, t)), 0
    for i in range(g - 1):
        np.multiply(left[:, i:i + 1], left[:, i + 1:], out=out[:, at:at + g - 1 - i])
        at += g - 1 - i
    return out


def _weighed(cells: LeftAtRisk, alive: np.ndarray, coef: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the groups' weights, (b, m, g), and that of all who are left, (b, m, s); 1 for nobody."""
    ratio = np.exp(coef) * alive
    total = ratio @ cells.left
    return ratio, np.where(total > 0, total, 1.0)


def log_likelihood(cells: LeftAtRisk, coef: np.ndarray, *, alive: np.ndarray) -> np.ndarray:
    """Return the log likelihoods at coefficients (b, m, g), each (b, m)."""
    _, total = _weighed(cells, alive, coef)
    logs = (np.log(total) @ cells.weight[:, :, None])[..., 0]
    return np.asarray((coef @ cells.deaths[:, :, None])[..., 0] - logs)


def fit_all(cells: LeftAtRisk, *, alive: np.ndarray | None = None, design: np.ndarray | None = None,
            precision: float = COEFFICIENT) -> tuple[np.ndarray, np.ndarray]:
    """Fit models of groups of patients.

    Returns the groups' log hazard ratios, (b, m, g), of which only the differences mean something, and their
    information, (b, m, g, g).

    Parameters
    ----------
    alive : bool (b, m, g), the groups that a model has: those without events, whose coefficient is minus infinity, are
        none; all unless given
    design : float (m, g, q), the groups' covariates in each of a batch's m models; each group by itself unless given.
        No column need be a reference, and columns may follow from each other
    precision : COEFFICIENT, or LIKELIHOOD where nothing but the likelihood is wanted

    A coefficient without a finite maximum runs on until its likelihood stands still; tell these before. What does not
    come to an end is NaN. A likelihood's iteration ends where the next step, were its gain to shrink as this one's
    did, would gain no more than that: near a maximum gains shrink ever faster, towards one at infinity alike.
    """
    b, g = cells.deaths.shape
    alive = np.ones((b, 1, g), bool) if alive is None else alive
    at, pairs = _Point(cells, alive, _start(cells, alive, design)), _pairs(cells)
    information = at.information(pairs)
    coef, kept, here, before = at.coef.copy(), information.copy(), np.arange(b), None
    for _ in range(_MAX_ITERATIONS):
        move = _step(information, at.score, design)
        gain = (at.score * move).sum(axis=-1)  # the squared distance to the maximum, in standard errors
        if precision == LIKELIHOOD and before is not None:
            going = (gain * np.minimum(gain / np.maximum(before, precision), 1) > precision).any(axis=1)
        else:
            going = (gain > precision).any(axis=1)
        if 2 * np.count_nonzero(going) <= going.size:  # the others cost less than to part them
            coef[here], kept[here] = at.coef + move, information
            if not going.any():
                break
            here, cells, alive, move, gain = here[going], cells.only(going), alive[going], move[going], gain[going]
            information, pairs, at = information[going], pairs[going], _Point(cells, alive, at.coef[going])
        at, before = _ahead(cells, alive, at, move, gain), gain
        information = at.information(pairs)
    else:
        coef[here], kept[here] = math.nan, information
    return coef, kept


def _start(cells: LeftAtRisk, alive: np.ndarray, design: np.ndarray | None) -> np.ndarray:
    """Return coefficients near the maximum, (b, m, g): observed over expected deaths of each column's groups."""
    observed, expected = cells.deaths[:, None] * alive, _Point(cells, alive, np.zeros(alive.shape)).mean
    if design is not None:
        observed, expected = (np.squeeze(v[..., None, :] @ design, -2) for v in (observed, expected))
    some = (observed > 0) & (expected > 0)
    theta = np.log(np.where(some, observed, 1) / np.where(some, expected, 1))
    return np.asarray(theta if design is None else (design @ theta[..., None])[..., 0])


def _step(information: np.ndarray, score: np.ndarray, design: np.ndarray | None) -> np.ndarray:
    """Return Newton's step of the groups' coefficients, (b, m, g), within bounds."""
    if design is not None:
        across = design.swapaxes(-1, -2)
        information, score = across @ information @ design, np.squeeze(across @ score[..., None], -1)
    # The ridge comes last: a group without patients tells a column that it shares with others nothing.
    move = np.linalg.solve(_ridged(information if design is not None else information.copy()), score[..., None])
    move = (move if design is None else design @ move)[..., 0]
    far = np.abs(move)
    if far.max() <= _STRIDE:
        return np.asarray(move)
    return np.asarray(move * (_STRIDE / np.maximum(far.max(axis=-1, keepdims=True), _STRIDE)))


def _ahead(cells: LeftAtRisk, alive: np.ndarray, at: _Point, move: np.ndarray, gain: np.ndarray) -> _Point:
    """Go by a step, or by as much of it as does not leave the likelihood steeper on the other side."""
    ahead = _Point(cells, alive, at.coef + move)
    while (worse := ((ahead.score * move).sum(axis=-1) < -gain) & (gain > _STEEP)).any():
        move = np.where(worse[..., None], move / 2, move)
        gain = np.where(worse, gain / 2, gain)
        ahead = _Point(cells, alive, at.coef + move)
    return ahead
