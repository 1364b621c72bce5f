"""Groups of patients at risk at each death: Efron's rule for tied deaths as a few weighted nodes.

For the l-th of d tied deaths, those who die are counted as 1 - l/d in the risk set, and a likelihood needs sums over
l = 0 ... d - 1 of a smooth function of the numbers at risk. Up to three tied deaths are summed one by one. More are
replaced by two or three Gauss nodes of the d points (Gram's polynomials), if they are so small a part of every group
that the error is below 1e-12 of the sum; otherwise they too are summed one by one.

Sources: Efron B. JASA 1977;72:557; Szegő G, Orthogonal Polynomials (1939), 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_TWO, _THREE = 2e-3, 2e-2  # the largest part of a group that may die at once for so many nodes
_FEW = 300  # below so many times, two or three tied deaths are laid out one by one: this saves calls


@dataclass(frozen=True, kw_only=True, eq=False)
class EfronRiskSets:
    """The groups of some models at their deaths.

    Attributes
    ----------
    left : float (b models, g groups, s nodes), patients at risk, by Efron's rule
    weight : float (b, s), how many deaths a node stands for; 0 where a model has none there
    deaths : float (b, g)
    """

    left: np.ndarray
    weight: np.ndarray
    deaths: np.ndarray

    def only(self, models: np.ndarray) -> EfronRiskSets:
        """Keep the models of a mask or of places."""
        return EfronRiskSets(left=self.left[models], weight=self.weight[models], deaths=self.deaths[models])


@dataclass(frozen=True, kw_only=True, eq=False)
class DeathTimes:
    """Times of death in the order in which they are laid out: those of one node first.

    Attributes
    ----------
    order : int (t,), places among the times that were given, those without a death left aside
    ends : where the times of one, two and three nodes end
    most : int (t - ends[2],), the largest number of deaths of a model at each remaining time
    """

    order: np.ndarray
    ends: tuple[int, int, int]
    most: np.ndarray

    @staticmethod
    def from_counts(deaths: np.ndarray, at_risk: np.ndarray, died: np.ndarray | None = None) -> DeathTimes:
        """Lay out the times of groups of patients.

        Parameters
        ----------
        deaths, at_risk : (k groups, t)
        died : (t,), the largest number of deaths of a model; the sum over all groups unless given
        """
        died = deaths.sum(axis=0) if died is None else died
        died = died.astype(int, copy=False)
        nodes = np.minimum(died, 4)
        many = np.flatnonzero(died > 2)
        if many.size:
            part = (deaths[:, many] / np.maximum(at_risk[:, many], 1)).max(axis=0)
            nodes[many] = np.where(part < _TWO, 2, np.where(part < _THREE, 3, nodes[many]))
        if died.size < _FEW:
            nodes[(nodes > 1) & (died < 4)] = 4
        order = np.argsort(nodes, kind="stable")
        none, *ends = np.cumsum(np.bincount(nodes, minlength=4)[:4]).tolist()
        order = order[none:]
        ends = [end - none for end in ends]
        return DeathTimes(order=order, ends=(ends[0], ends[1], ends[2]), most=died[order[ends[2]:]])

    def risk_sets(self, deaths: np.ndarray, at_risk: np.ndarray) -> EfronRiskSets:
        """Lay out models from deaths and numbers at risk, float (b models, g groups, t) in this order of times."""
        one, two, three = self.ends
        b, g, t = deaths.shape
        size = one + 2 * (two - one) + 3 * (three - two) + int(self.most.sum())
        out = EfronRiskSets(left=np.empty((b, g, size)), weight=np.empty((b, size)), deaths=deaths.sum(axis=2))
        died = deaths.sum(axis=1)
        out.left[..., :one], out.weight[:, :one] = at_risk[..., :one], died[:, :one]
        at = one
        for nodes, span in ((2, slice(one, two)), (3, slice(two, three))):
            if span.stop > span.start:
                at = _put_nodes(out, at, _gauss(died[:, span], nodes), deaths[..., span], at_risk[..., span])
        if t > three:
            self._put_single_deaths(out, at, deaths[..., three:], at_risk[..., three:], died[:, three:])
        return out

    def by_node(self, values: np.ndarray) -> np.ndarray:
        """Repeat a value per time, (b, t) in this order, for each of the nodes of `risk_sets`, (b, s)."""
        one, two, three = self.ends
        parts = [values[:, :one], *[values[:, one:two]] * 2, *[values[:, two:three]] * 3]
        return np.concatenate([*parts, values[:, three:][:, self._single_deaths[0]]], axis=1)

    @cached_property
    def _single_deaths(self) -> tuple[np.ndarray, np.ndarray]:
        """For each death laid out by itself, the place of its time and how many tied deaths precede it."""
        at = np.repeat(np.arange(self.most.size), self.most)
        return at, np.arange(at.size) - np.repeat(np.cumsum(self.most) - self.most, self.most)

    def _put_single_deaths(self, out: EfronRiskSets, start: int, deaths: np.ndarray, at_risk: np.ndarray,
                           died: np.ndarray) -> None:
        """Enter each death by itself; 0 the weight of those that a model has not."""
        at, place = self._single_deaths
        d = died[:, at]
        inside = place < d
        fraction = np.where(inside, place / np.maximum(d, 1), 0)
        out.left[..., start:] = at_risk[..., at] - fraction[:, None] * deaths[..., at]
        out.weight[:, start:] = inside


def _gauss(died: np.ndarray, nodes: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the share l / d and the weight, each (b, t), of each node of 0 ... d - 1; exact up to d = `nodes`."""
    one = 1 / np.maximum(died, 1)
    square = one * one
    middle = (1 - one) / 2
    if nodes == 2:
        reach, outer = np.sqrt((1 - square) / 12), died / 2
        return [(middle - reach, outer), (middle + reach, outer)]
    spread = 3 - 7 * square  # negative for one death, whose nodes all lie in the middle
    reach, outer = np.sqrt(np.maximum(spread, 0) / 20), died * (5 / 6) * (1 - square) / spread
    return [(middle - reach, outer), (middle + reach, outer), (middle, died - 2 * outer)]


def _put_nodes(out: EfronRiskSets, at: int, nodes: list[tuple[np.ndarray, np.ndarray]], deaths: np.ndarray,
               at_risk: np.ndarray) -> int:
    """Enter nodes from a place on; return where they end."""
    for share, weight in nodes:
        node = out.left[..., at:at + share.shape[1]]
        np.multiply(share[:, None], deaths, out=node)
        np.subtract(at_risk, node, out=node)
        out.weight[:, at:at + share.shape[1]] = weight
        at += share.shape[1]
    return at
