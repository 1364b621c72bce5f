"""Cox's partial likelihood on a design matrix: strata, ties by Efron or Breslow, case weights.

Sums over the tied at a time are had in closed form (efron.py), so that everything stands per distinct time and not per
death. Where d die at once, the l-th leaves a mean of f + m / v: f the dying's own mean, m what the others pull it by,
v the weight that is left.

Sources: Efron B. JASA 1977;72:557; Breslow N. Biometrics 1974;30:89; Therneau and Grambsch, Modeling Survival Data
(2000), chapters 3 and 7; R's coxph.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from core.efron import Ties as Tied

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
    group : (n,), each row's place among the distinct times of its stratum
    deaths, dying : (t,), how many die at each time of death, and its place among the groups
    place, share : (d,), of each death its time of death, and l / d of Efron's rule (0 by Breslow's)
    shared : (t,), the mean weight of those who die at once; None without weights
    """

    def __init__(self, index: np.ndarray, event: np.ndarray, x: np.ndarray, *, stratum: np.ndarray | None = None,
                 weight: np.ndarray | None = None, ties: Ties = "efron") -> None:
        inside = np.zeros(index.size, int) if stratum is None else stratum
        self.order = np.lexsort((-index, inside)) if stratum is not None else np.argsort(-index, kind="stable")
        self.x, self.event, self.index = x[self.order], event[self.order], index[self.order]
        self.stratum = inside[self.order]
        self.weight = None if weight is None else weight[self.order]
        new = np.append(True, (np.diff(self.index) != 0) | (np.diff(self.stratum) != 0))
        self.starts, self.group = np.flatnonzero(new), np.cumsum(new) - 1
        deaths = np.add.reduceat(self.event.astype(int), self.starts)
        self.dying = np.flatnonzero(deaths)
        self.deaths, self.efron = deaths[self.dying], ties == "efron"
        self.tied = Tied(self.deaths)
        first = np.cumsum(self.deaths) - self.deaths
        self.first_death = first
        self.place = np.repeat(np.arange(self.deaths.size), self.deaths)
        self.share = (np.arange(self.place.size) - first[self.place]) / self.deaths[self.place] if self.efron else \
            np.zeros(self.place.size)
        self._lay_out_strata()
        self.shared = None if self.weight is None else self.of_dying(self.weight) / self.deaths
        dying = self.x[self.event] if self.weight is None else self.x[self.event] * self.weight[self.event][:, None]
        self.dying_sums = np.add.reduceat(dying, first, axis=0)  # (t, p), weighted

    def _lay_out_strata(self) -> None:
        """Note for each group where its stratum begins and ends."""
        of = self.stratum[self.starts]
        new = np.flatnonzero(np.append(True, np.diff(of) != 0))
        which = np.cumsum(np.append(True, np.diff(of) != 0)) - 1
        self.first_group, self.next_group = new[which], np.append(new[1:], of.size)[which]
        self.one_stratum = new.size == 1

    def at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum values over the risk set of each time of death, (t, ...)."""
        total = np.cumsum(np.add.reduceat(values, self.starts, axis=0), axis=0)
        if self.one_stratum:
            return np.asarray(total[self.dying])
        before = np.concatenate([np.zeros((1, *values.shape[1:])), total])
        return np.asarray(total[self.dying] - before[self.first_group[self.dying]])

    def of_dying(self, values: np.ndarray) -> np.ndarray:
        """Sum values over the patients who die at each time of death, (t, ...)."""
        return np.add.reduceat(values[self.event], self.first_death, axis=0)

    def per_death(self, values: np.ndarray) -> np.ndarray:
        """Sum values over what each death leaves at risk by the rule of ties, (d, ...)."""
        at_risk = self.at_risk(values)[self.place]
        share = self.share if values.ndim == 1 else self.share[:, None]
        return np.asarray(at_risk - share * self.of_dying(values)[self.place]) if self.share.any() else at_risk

    def spread(self, values: np.ndarray, of_dying: np.ndarray | None = None) -> np.ndarray:
        """Give each patient the sum of a value per time of death, (t, ...), over those that saw them at risk, (n, ...).

        From those who die at a time `of_dying` (t, ...) is taken, what the rule of ties takes from them.
        """
        seen = np.zeros((self.starts.size, *values.shape[1:]))
        seen[self.dying] = values
        total = np.cumsum(seen[::-1], axis=0)[::-1]
        if not self.one_stratum:
            total = total - np.concatenate([total, np.zeros((1, *values.shape[1:]))])[self.next_group]
        out = total[self.group]
        if of_dying is not None:
            out[self.event] -= of_dying[self.place]
        return np.asarray(out)

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
        self.weight_at_risk = sets.at_risk(self.risk)
        self.weight_dying = sets.of_dying(self.risk)
        if sets.efron:
            self.first, self.second = sets.tied.sums(self.weight_at_risk, self.weight_dying)
        else:
            self.first = sets.deaths / self.weight_at_risk
            self.second = self.first / self.weight_at_risk

    @cached_property
    def likelihood(self) -> float:
        sets = self.sets
        logs = sets.tied.log_sums(self.weight_at_risk, self.weight_dying) if sets.efron else \
            sets.deaths * np.log(self.weight_at_risk)
        if sets.weight is None or sets.shared is None:
            return float(self.eta[sets.event].sum() - logs.sum())
        return float((sets.weight * self.eta)[sets.event].sum() - (sets.shared * logs).sum())

    @cached_property
    def total(self) -> np.ndarray:
        """The weight that each death leaves at risk, (d,)."""
        return self.sets.per_death(self.risk)

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean of the design over what each death leaves at risk, (d, p)."""
        return np.asarray(self.sets.per_death(self.risk[:, None] * self.sets.x) / self.total[:, None])

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """The dying's mean f and what the others pull it by, m, each (t, p); by Breslow's rule all is m."""
        sets = self.sets
        weighed = self.risk[:, None] * sets.x
        at_risk = sets.at_risk(weighed)
        if not sets.efron:
            return np.zeros_like(at_risk), at_risk
        own = sets.of_dying(weighed) / self.weight_dying[:, None]
        return own, at_risk - own * self.weight_at_risk[:, None]

    @cached_property
    def _mean_sums(self) -> np.ndarray:
        """The means summed over those who die at once, (t, p)."""
        own, pulled = self._parts
        return np.asarray(own * self.sets.deaths[:, None] + pulled * self.first[:, None])

    def _per_time(self, g: np.ndarray | None) -> np.ndarray:
        """The weight of each time of death: those of the tied, and g."""
        sets = self.sets
        weight = np.ones(sets.deaths.size) if sets.shared is None else sets.shared
        return weight if g is None else weight * g

    def score_by(self, g: np.ndarray | None = None) -> np.ndarray:
        """Return the score, (p,), each time of death weighed by g (t,)."""
        sums = self.sets.dying_sums
        there = sums.sum(axis=0) if g is None else g @ sums
        return np.asarray(there - self._per_time(g) @ self._mean_sums)

    def information_by(self, g: np.ndarray | None = None) -> np.ndarray:
        """Return the information, (p, p), each time of death weighed by g (t,)."""
        sets, weight = self.sets, self._per_time(g)
        taken = weight * self._share_sums[0] if sets.efron and not sets.tied.single else None
        second = (self.risk * sets.spread(weight * self.first, taken))[:, None] * sets.x
        own, pulled = self._parts
        squares = pulled.T @ ((weight * self.second)[:, None] * pulled)
        if sets.efron:
            cross = own.T @ ((weight * self.first)[:, None] * pulled)
            squares = squares + own.T @ ((weight * sets.deaths)[:, None] * own) + cross + cross.T
        return np.asarray(sets.x.T @ second - squares)

    @cached_property
    def _share_sums(self) -> tuple[np.ndarray, np.ndarray]:
        return self.sets.tied.share_sums(self.weight_at_risk, self.weight_dying)

    @cached_property
    def score(self) -> np.ndarray:
        return self.score_by()

    @cached_property
    def information(self) -> np.ndarray:
        return self.information_by()

    @cached_property
    def mean_at_death(self) -> np.ndarray:
        """The design's mean at each death, (d, p), averaged over the tied."""
        return np.asarray((self._mean_sums / self.sets.deaths[:, None])[self.sets.place])

    @cached_property
    def schoenfeld(self) -> np.ndarray:
        """Schoenfeld's residuals, (d, p)."""
        return np.asarray(self.sets.x[self.sets.event] - self.mean_at_death)

    @cached_property
    def score_residuals(self) -> np.ndarray:
        """Each patient's part of the score, (n, p), in the order of the sets; not yet weighted."""
        sets, weight = self.sets, self._per_time(None)
        own, pulled = self._parts
        means = weight[:, None] * (own * self.first[:, None] + pulled * self.second[:, None])
        taken = taken_means = None
        if sets.efron:
            first, second = self._share_sums
            taken = weight * first
            taken_means = weight[:, None] * (own * first[:, None] + pulled * second[:, None])
        seen = sets.spread(weight * self.first, taken)
        out = -np.exp(self.eta)[:, None] * (sets.x * seen[:, None] - sets.spread(means, taken_means))
        out[sets.event] += sets.x[sets.event] - self.mean_at_death
        return np.asarray(out)
