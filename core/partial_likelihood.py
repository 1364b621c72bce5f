"""Cox's partial likelihood on a design matrix: strata, ties by Efron or Breslow, case weights.

Sources: Efron B. JASA 1977;72:557; Breslow N. Biometrics 1974;30:89; Therneau and Grambsch, Modeling Survival Data
(2000), chapters 3 and 7; R's coxph.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

Ties = Literal["efron", "breslow"]


class RiskSets:
    """Who is at risk at each death: patients sorted by stratum, latest first, so that a risk set is a run of rows.

    Parameters
    ----------
    index : int (n,), each patient's place among the distinct times
    event : bool (n,)
    x : float (n, p), the design
    stratum : int (n,), None for one
    weight : float (n,), case weights, None for 1

    Attributes
    ----------
    order : (n,), the rows in the order in which they are held here
    place : (d,), for each death the place of its time among the times of death (per stratum)
    share : (d,), l / d of Efron's rule; 0 by Breslow's
    """

    def __init__(self, index: np.ndarray, event: np.ndarray, x: np.ndarray, *, stratum: np.ndarray | None = None,
                 weight: np.ndarray | None = None, ties: Ties = "efron") -> None:
        inside = np.zeros(index.size, int) if stratum is None else stratum
        self.order = np.lexsort((-index, inside))
        self.x, self.event, self.index = x[self.order], event[self.order], index[self.order]
        self.stratum = inside[self.order]
        self.weight = None if weight is None else weight[self.order]
        change = (np.diff(self.index) != 0) | (np.diff(self.stratum) != 0)
        ends = np.append(np.flatnonzero(change), index.size - 1)  # last row of each time
        starts = np.append(0, ends[:-1] + 1)
        deaths = np.add.reduceat(self.event.astype(int), starts)
        some = deaths > 0
        self.starts, self.ends, self.deaths = starts[some], ends[some], deaths[some]
        self.place = np.repeat(np.arange(self.deaths.size), self.deaths)
        first = np.repeat(np.cumsum(self.deaths) - self.deaths, self.deaths)
        self.share = (np.arange(self.place.size) - first) / self.deaths[self.place] if ties == "efron" else \
            np.zeros(self.place.size)
        new = np.flatnonzero(np.append(True, np.diff(self.stratum) != 0))  # where strata begin
        which = np.cumsum(np.append(True, np.diff(self.stratum) != 0)) - 1
        self.first_row, self.next_row = new[which], np.append(new[1:], index.size)[which]
        self.one_stratum = new.size == 1
        self.shared = None if self.weight is None else \
            self._tied(self.weight)[self.place] / self.deaths[self.place]

    def at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum values over the risk set of each time of death, (t, ...)."""
        total = np.cumsum(values, axis=0)
        if self.one_stratum:
            return np.asarray(total[self.ends])
        before = np.concatenate([np.zeros((1, *values.shape[1:])), total])
        return np.asarray(total[self.ends] - before[self.first_row[self.ends]])

    def _tied(self, values: np.ndarray) -> np.ndarray:
        """Sum values over the patients who die at each time of death, (t, ...)."""
        starts = np.cumsum(self.deaths) - self.deaths
        return np.add.reduceat(values[self.event], starts, axis=0)

    def per_death(self, values: np.ndarray) -> np.ndarray:
        """Sum values over what each death leaves at risk by the rule of ties, (d, ...)."""
        at_risk = self.at_risk(values)[self.place]
        share = self.share if values.ndim == 1 else self.share[:, None]
        return np.asarray(at_risk - share * self._tied(values)[self.place]) if self.share.any() else at_risk

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Give each patient the sum of a value per death over the deaths that saw them at risk, (n, ...).

        The tied enter by what Efron's rule leaves of them.
        """
        shape = (self.index.size, *values.shape[1:])
        seen, size = np.zeros(shape), self.deaths.size
        starts = np.cumsum(self.deaths) - self.deaths
        seen[self.ends] = np.add.reduceat(values, starts, axis=0) if size else 0
        total = np.cumsum(seen[::-1], axis=0)[::-1]
        if not self.one_stratum:
            total = total - np.concatenate([total, np.zeros((1, *shape[1:]))])[self.next_row]
        if self.share.any():
            share = self.share if values.ndim == 1 else self.share[:, None]
            total[self.event] -= np.repeat(np.add.reduceat(share * values, starts, axis=0), self.deaths, axis=0)
        return total

    def evaluate(self, beta: np.ndarray) -> Point:
        """Return the likelihood and its derivatives at some coefficients, (p,)."""
        return Point(self, beta)


@dataclass(eq=False)
class Point:
    """The partial likelihood at `beta`; each part is computed when it is asked for."""

    sets: RiskSets
    beta: np.ndarray

    def __post_init__(self) -> None:
        sets = self.sets
        eta = sets.x @ self.beta
        self.eta = eta - eta.max()  # the risk sets' shares do not feel the shift
        risk = np.exp(self.eta)
        self.risk = risk if sets.weight is None else risk * sets.weight
        self.total = sets.per_death(self.risk)

    @cached_property
    def hazard(self) -> np.ndarray:
        """Each death's step of the baseline hazard, (d,)."""
        return 1 / self.total if self.sets.shared is None else self.sets.shared / self.total

    @cached_property
    def likelihood(self) -> float:
        sets, log_total = self.sets, np.log(self.total)
        if sets.weight is None or sets.shared is None:
            return float(self.eta[sets.event].sum() - log_total.sum())
        return float((sets.weight * self.eta)[sets.event].sum() - (sets.shared * log_total).sum())

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean of the design over what each death leaves at risk, (d, p)."""
        return np.asarray(self.sets.per_death(self.risk[:, None] * self.sets.x) / self.total[:, None])

    def _dying(self) -> np.ndarray:
        sets = self.sets
        return np.asarray(sets.x[sets.event] if sets.weight is None else
                          sets.x[sets.event] * sets.weight[sets.event][:, None])

    def score_by(self, g: np.ndarray | None = None) -> np.ndarray:
        """Return the score, (p,), each death weighed by g (d,)."""
        steps = self._dying() - (self.mean if self.sets.shared is None else self.mean * self.sets.shared[:, None])
        return np.asarray(steps.sum(axis=0) if g is None else g @ steps)

    def information_by(self, g: np.ndarray | None = None) -> np.ndarray:
        """Return the information, (p, p), each death weighed by g (d,)."""
        sets = self.sets
        weight = np.ones(self.total.size) if sets.shared is None else sets.shared
        weight = weight if g is None else weight * g
        second = (self.risk * sets.spread(weight / self.total))[:, None] * sets.x
        return np.asarray(sets.x.T @ second - (weight[:, None] * self.mean).T @ self.mean)

    @cached_property
    def score(self) -> np.ndarray:
        return self.score_by()

    @cached_property
    def information(self) -> np.ndarray:
        return self.information_by()

    @cached_property
    def mean_at_death(self) -> np.ndarray:
        """The design's mean at each death, (d, p), averaged over the tied."""
        sets = self.sets
        starts = np.cumsum(sets.deaths) - sets.deaths
        averaged = np.add.reduceat(self.mean, starts, axis=0) / sets.deaths[:, None]
        return np.asarray(averaged[sets.place])

    @cached_property
    def schoenfeld(self) -> np.ndarray:
        """Schoenfeld's residuals, (d, p)."""
        return np.asarray(self.sets.x[self.sets.event] - self.mean_at_death)

    @cached_property
    def score_residuals(self) -> np.ndarray:
        """Each patient's part of the score, (n, p), in the order of the sets; not yet weighted."""
        sets = self.sets
        seen = sets.spread(self.hazard)
        pulled = sets.spread(self.hazard[:, None] * self.mean)
        out = -np.exp(self.eta)[:, None] * (sets.x * seen[:, None] - pulled)
        out[sets.event] += sets.x[sets.event] - self.mean_at_death
        return np.asarray(out)
