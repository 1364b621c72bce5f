"""Many small Cox models at once, each on groups of patients who share their covariates.

Each patient of a group has weight exp(b), so deaths and numbers at risk by group and time are sufficient: a model's
cost grows with groups × times, not with patients. Several models of the same groups share these arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from core.likelihood.efron_nodes import EfronRiskSets
from core.likelihood.newton import COEFFICIENT, maximise_each

_STRIDE = 3.0  # of a log hazard ratio, the longest step
_RIDGE = 1e-9  # keeps a coefficient that is not identifiable where it is, and alters no maximum


def against_first(sets: EfronRiskSets) -> tuple[np.ndarray, np.ndarray]:
    """Fit each group's log hazard ratio against the first; return it and its standard error, (b, g - 1) each.

    All must have a finite maximum (see monotone.finite_against_first).
    """
    models = GroupedModels(sets)
    coef = maximise_each(models, models.start())
    information = models.at(coef).information()[:, 0, 1:, 1:]
    variance = np.diagonal(np.linalg.inv(_ridged(information.copy())), axis1=-2, axis2=-1)
    return coef[:, 0, 1:] - coef[:, 0, :1], np.sqrt(variance)


def fit_all(sets: EfronRiskSets, *, has_events: np.ndarray | None = None, design: np.ndarray | None = None,
            precision: float = COEFFICIENT) -> np.ndarray:
    """Fit models of groups of patients; return the groups' log hazard ratios, (b, m, g).

    Only their differences are identifiable. A coefficient without a finite maximum grows until the likelihood no longer
    changes. NaN where the iteration does not converge.

    Parameters
    ----------
    has_events : bool (b, m, g), the groups in each model; all unless given. A group without events is in no model: its
        coefficient is minus infinity
    design : float (m, g, q), the groups' covariates in each of a batch's m models; one coefficient per group unless
        given. Columns may be linearly dependent; no reference is needed
    precision : COEFFICIENT, or LIKELIHOOD if only the likelihood is needed
    """
    models = GroupedModels(sets, has_events, design)
    return maximise_each(models, models.start(), precision=precision)


def log_likelihood(sets: EfronRiskSets, coef: np.ndarray, *, has_events: np.ndarray) -> np.ndarray:
    """Return the log likelihoods at coefficients (b, m, g), each (b, m)."""
    logs = np.log(GroupedModels(sets, has_events).at(coef).total) @ sets.weight[:, :, None]
    return np.asarray((coef @ sets.deaths[:, :, None] - logs)[..., 0])


class GroupedModels:
    """Models of groups of patients; parameters as for `fit_all`."""

    def __init__(self, sets: EfronRiskSets, has_events: np.ndarray | None = None,
                 design: np.ndarray | None = None) -> None:
        b, g = sets.deaths.shape
        self.sets, self.design = sets, design
        self.has_events = np.ones((b, 1, g), bool) if has_events is None else has_events

    def at(self, coef: np.ndarray) -> _Point:
        """Evaluate the likelihoods at coefficients (b, m, g)."""
        return _Point(self, coef)

    def only(self, rows: np.ndarray) -> GroupedModels:
        """Keep the models of a mask, bool (b,)."""
        part = GroupedModels(self.sets.only(rows), self.has_events[rows], self.design)
        part.products = self.products[rows]
        return part

    def start(self) -> np.ndarray:
        """Return coefficients near the maximum, (b, m, g): observed over expected deaths of each column's groups."""
        observed, expected = self.sets.deaths[:, None] * self.has_events, self.at(np.zeros(self.has_events.shape)).mean
        if self.design is not None:
            observed, expected = (np.squeeze(v[..., None, :] @ self.design, -2) for v in (observed, expected))
        known = (observed > 0) & (expected > 0)
        theta = np.log(np.where(known, observed, 1) / np.where(known, expected, 1))
        return np.asarray(theta if self.design is None else (self.design @ theta[..., None])[..., 0])

    @cached_property
    def products(self) -> np.ndarray:
        """The products of what each two groups have at risk, (b, pairs, s)."""
        left, pairs = self.sets.left, list(zip(*_pairs(self.has_events.shape[-1]), strict=True))
        out = np.empty((len(left), len(pairs), left.shape[-1]))
        for place, (first, second) in enumerate(pairs):
            np.multiply(left[:, first], left[:, second], out=out[:, place])
        return out


@dataclass(eq=False)
class _Point:
    """The likelihoods at coefficients (b, m, g).

    Attributes
    ----------
    ratio : (b, m, g), the groups' weights, exp(coef); 0 of a group without events
    total : (b, m, s), the weight of all at risk; 1 for nobody
    mean : (b, m, g), expected deaths
    """

    models: GroupedModels
    coef: np.ndarray

    def __post_init__(self) -> None:
        sets = self.models.sets
        self.ratio = np.exp(self.coef) * self.models.has_events
        self.total = self.ratio @ sets.left
        self.total[self.total <= 0] = 1.0
        self.deaths_by_weight = sets.weight[:, None] / self.total
        self.mean = self.ratio * (self.deaths_by_weight @ sets.left.transpose(0, 2, 1))
        self.score = sets.deaths[:, None] - self.mean

    def information(self) -> np.ndarray:
        """Return the information of the groups' coefficients, (b, m, g, g).

        A common shift of all coefficients is not identifiable: the rows sum to zero.
        """
        g = self.ratio.shape[-1]
        first, second = _pairs(g)
        out = np.zeros((*self.ratio.shape, g))
        squares = (self.deaths_by_weight / self.total) @ self.models.products.transpose(0, 2, 1)
        out[..., first, second] = -squares * self.ratio[..., first] * self.ratio[..., second]
        out += out.swapaxes(-1, -2)
        diagonal = np.arange(g)
        out[..., diagonal, diagonal] = -out.sum(axis=-1)
        return out

    def step(self) -> np.ndarray:
        """Return Newton's step of the groups' coefficients, (b, m, g), none longer than allowed."""
        information, score, design = self.information(), self.score[..., None], self.models.design
        # Add the ridge last, to the columns' information: an empty group must not penalise a column it shares.
        if design is None:  # the first group stays where it is: only differences are identifiable
            move = np.zeros_like(score)
            move[..., 1:, :] = np.linalg.solve(_ridged(information[..., 1:, 1:].copy()), score[..., 1:, :])
        else:
            across = design.swapaxes(-1, -2)
            move = design @ np.linalg.solve(_ridged(across @ information @ design), across @ score)
        move = move[..., 0]
        longest = np.abs(move).max(axis=-1, keepdims=True)
        return np.asarray(move * (_STRIDE / np.maximum(longest, _STRIDE)))


def _ridged(information: np.ndarray) -> np.ndarray:
    """Return an information that has an inverse: with a ridge, and 1 where a coefficient is not identifiable."""
    places = np.arange(information.shape[-1])
    diagonal = information[..., places, places]
    information[..., places, places] = np.where(diagonal > _RIDGE, diagonal * (1 + _RIDGE), diagonal + 1)
    return information


@lru_cache(maxsize=64)
def _pairs(groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of groups, as two lists of places."""
    return np.triu_indices(groups, 1)
