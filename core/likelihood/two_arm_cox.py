"""Hazard ratios of two arms, many at once: each death says only which odds the second arm's patients had to be its.

With n0 and n1 left at risk and a log hazard ratio b the death is the second arm's with probability
p = n1 exp(b) / (n0 + n1 exp(b)); score and information are sums over deaths (R: coxph, ties = "efron").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.likelihood.efron_nodes import LeftAtRisk

_GAIN = 1e-15  # squared distance to the maximum in standard errors that ends the iteration
_STRIDE, _MAX_ITERATIONS = 3.0, 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Pairs of arms at their deaths.

    Attributes
    ----------
    observed : (k,), deaths of the second arm while both were at risk
    odds : (k, s), patients at risk of the second arm per patient of the first
    weight : (k, s), how many deaths that stands for; 0 where one arm has nobody at risk
    """

    observed: np.ndarray
    odds: np.ndarray
    weight: np.ndarray

    @staticmethod
    def of(cells: LeftAtRisk) -> Pairs:
        """Lay out models of two groups."""
        first, second = cells.left[:, 0], cells.left[:, 1]
        both = (first > 0) & (second > 0)  # the other deaths say nothing of the ratio
        if both.all():
            return Pairs(observed=cells.deaths[:, 1], odds=second / first, weight=cells.weight)
        certain = np.vecdot(cells.weight, (second > 0) & ~both)
        return Pairs(observed=cells.deaths[:, 1] - certain, weight=cells.weight * both,
                     odds=np.where(both, second, 1.0) / np.where(both, first, 1.0))

    def only(self, some: np.ndarray) -> Pairs:
        """Keep some of the pairs."""
        return Pairs(observed=self.observed[some], odds=self.odds[some], weight=self.weight[some])

    def start(self) -> np.ndarray:
        """Return coefficients near the maximum, (k,): observed over expected deaths, a half added to each."""
        expected = np.vecdot(self.weight, self.odds / (1 + self.odds))
        total = self.weight.sum(axis=1)
        return np.asarray(np.log((self.observed + 0.5) / (expected + 0.5) * (total - expected + 0.5)
                                 / (total - self.observed + 0.5)))

    def shares(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both arms' probabilities to have each death, first and second, (k, s) each."""
        first = 1 / (1 + self.odds * np.exp(b)[:, None])
        return first, 1 - first

    def score(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return score and information, (k,) each."""
        first, second = self.shares(b)
        expected = self.weight * second
        return self.observed - expected.sum(axis=1), np.vecdot(expected, first)

    def maximum(self) -> tuple[np.ndarray, np.ndarray]:
        """Return log hazard ratios and their standard errors, (k,) each; there must be a finite maximum."""
        b = self.start()
        score, information = self.score(b)
        for _ in range(_MAX_ITERATIONS):
            move = np.clip(score / information, -_STRIDE, _STRIDE)
            gain = score * move
            if (gain <= _GAIN).all():
                break
            ahead = self.score(b + move)
            while (over := ahead[0] * move < -gain).any() and gain.max() > _GAIN:  # steeper on the other side
                move = np.where(over, move / 2, move)
                gain = score * move
                ahead = self.score(b + move)
            b, (score, information) = b + move, ahead
        return b + score / information, 1 / np.sqrt(information)
