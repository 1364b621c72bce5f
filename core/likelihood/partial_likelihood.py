"""Cox's partial likelihood on a design matrix: strata, ties by Efron or Breslow, case weights.

tied_deaths.py sums over tied deaths, so arrays here have one entry per distinct time of death. The mean of the design
over the risk set of one of several tied deaths is f + m / v: f is the mean over the patients who die then, m the sum of
weight × (x - f) over all at risk, and v the weight at risk by the rule for ties.

Sources: Efron B. JASA 1977;72:557; Breslow N. Biometrics 1974;30:89; Therneau and Grambsch, Modeling Survival Data
(2000), chapters 3 and 7; R's coxph.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from core.likelihood.tied_deaths import TiedDeaths, Ties
from core.statistics import Runs, Spans

_CHUNK = 16_384  # patients


class RiskSets:
    """The risk set of each death: patients sorted by stratum, latest first, so that a risk set is a run of rows.

    At equal times deaths come before censored patients. Rows with the same time and event form a block, and all sums
    are built from the blocks' sums. With late entry a risk set leaves out those who have not entered yet: each patient
    is then at risk at a span of the deaths (R: Surv(entry, time, event)). The design is processed in chunks that fit
    into the processor's cache.

    Parameters
    ----------
    index : int (n,), each patient's place among the distinct times
    event : bool (n,)
    x : float (n, p), the design; best by column in memory, and sorted as above
    stratum : int (n,), None for one
    weight : float (n,), case weights, None for 1
    entry : int (n,), place of the first of the distinct times at which each patient is at risk; None for all of them

    Attributes
    ----------
    x, event, index, stratum, weight, entry : sorted; columns (p, n): the design by column
    starts, sizes : (b,), the first row of each block, and its rows
    deaths : (t,), how many die at each time of death
    death_blocks : (t,), the block of those who die then
    risk_set_end : (t,), the first block after those at risk then; a risk set begins where its stratum does
    deaths_seen : (b,), place of the latest time of death with a block at risk; it is also at risk at earlier ones
    tied : the deaths of each time, by the rule of ties
    mean_weight : (t,), the mean weight of those who die at once; None without weights
    """

    def __init__(self, index: np.ndarray, event: np.ndarray, x: np.ndarray, *, stratum: np.ndarray | None = None,
                 weight: np.ndarray | None = None, entry: np.ndarray | None = None, ties: Ties = "efron") -> None:
        key = 2 * index + event
        self.index, self.event, self.x = index, event, x
        self.stratum, self.weight, self.entry = stratum, weight, entry
        if stratum is not None or (np.diff(key) > 0).any():
            order = np.argsort(-key, kind="stable") if stratum is None else np.lexsort((-key, stratum))
            key = key[order]
            self.index, self.event, self.x = index[order], event[order], x[order]
            self.stratum, self.weight, self.entry = (None if v is None else v[order] for v in (stratum, weight, entry))
        self.columns = np.ascontiguousarray(self.x.T)  # (p, n)
        self.x = self.columns.T
        self._lay_out_blocks(key)
        self.ties = ties
        self.tied = TiedDeaths(self.deaths, ties)
        self.mean_weight = None if self.weight is None else self.sums(self.weight)[1] / self.deaths

    def _lay_out_blocks(self, key: np.ndarray) -> None:
        """Find where the blocks begin, which are deaths, and which blocks are at risk at each death."""
        new = np.append(True, np.diff(key) != 0)
        if self.stratum is not None:
            new[1:] |= np.diff(self.stratum) != 0
        self.starts = np.flatnonzero(new)
        self.sizes = np.diff(np.append(self.starts, key.size))
        time, inside = self.index[self.starts], None if self.stratum is None else self.stratum[self.starts]
        same = np.diff(time) == 0 if inside is None else (np.diff(time) == 0) & (np.diff(inside) == 0)
        self.death_blocks = np.flatnonzero(self.event[self.starts])
        self.deaths = self.sizes[self.death_blocks]
        # A risk set ends behind the last block of the death's time, and begins where its stratum does.
        self.risk_set_end = self.death_blocks + 1 + np.append(same, False)[self.death_blocks]
        # A block sees the deaths of its own time and of all earlier ones of its stratum.
        self.deaths_seen = np.searchsorted(self.death_blocks, np.arange(self.starts.size) - np.append(False, same))
        bounds = np.array([0, self.starts.size]) if inside is None else np.append(
            np.flatnonzero(np.append(True, np.diff(inside) != 0)), inside.size)
        bounds_of_deaths = np.searchsorted(self.death_blocks, bounds)
        self.of_blocks, self.of_deaths = Runs(np.diff(bounds)), Runs(np.diff(bounds_of_deaths))
        self._blocks_never_at_risk = self.deaths_seen == (
            self.death_blocks.size if inside is None else np.repeat(self.of_deaths.ends, self.of_blocks.sizes))
        self.chunks = [(slice(0, self.starts.size), slice(0, key.size))]
        if key.size > _CHUNK:
            cuts = np.unique(np.append(np.searchsorted(self.starts, np.arange(0, key.size, _CHUNK)), self.starts.size))
            ends = np.append(self.starts, key.size)
            self.chunks = [(slice(a, b), slice(ends[a], ends[b])) for a, b in pairwise(cuts.tolist())]

    @cached_property
    def spans(self) -> Spans | None:
        """The times of death at which each patient is at risk, latest first; None without late entry."""
        if self.entry is None:
            return None
        place, last = self.index[self.starts[self.death_blocks]], int(self.index.max(initial=0))
        of_rows = np.repeat(np.arange(self.first_rows.size), np.diff(self.first_rows, append=self.event.size))
        of_deaths = np.repeat(np.arange(self.of_deaths.sizes.size), self.of_deaths.sizes)
        # Deaths stand by stratum, latest first: those at or after a patient's first time at risk end here.
        end = np.searchsorted(of_deaths * (last + 2) + last - place, of_rows * (last + 2) + last - self.entry, "right")
        return Spans(np.repeat(self.deaths_seen, self.sizes), end, place.size)

    @cached_property
    def never_at_risk(self) -> np.ndarray:
        """Patients whom no death's risk set holds, bool (n,)."""
        return np.repeat(self._blocks_never_at_risk, self.sizes) if self.spans is None else self.spans.empty

    @cached_property
    def span(self) -> np.ndarray:
        """From the lowest to the highest value of each column, (p,)."""
        return np.asarray(np.ptp(self.x, axis=0))

    @cached_property
    def first_rows(self) -> np.ndarray:
        """The first row of each stratum, (strata,)."""
        return np.asarray(self.starts[self.of_blocks.starts])

    @cached_property
    def km_time(self) -> np.ndarray:
        """1 - Kaplan-Meier's survival of all strata together just before each time of death, (t,).

        Patients count alike in it whatever they weigh, as in R's cox.zph.
        """
        place, dies = self.index[self.starts], self.death_blocks
        last = int(place.max()) + 1
        leaving, deaths = np.bincount(place, self.sizes, last), np.bincount(place[dies], self.sizes[dies], last)
        at_risk = np.cumsum(leaving[::-1])[::-1]
        if self.entry is not None:
            at_risk -= self.entry.size - np.cumsum(np.bincount(self.entry, minlength=last))[:last]
        survival = np.cumprod(1 - deaths / np.where(at_risk > 0, at_risk, 1))
        return np.asarray(1 - np.concatenate([[1.0], survival[:-1]])[place[dies]])

    @cached_property
    def centred_km_time(self) -> np.ndarray:
        """KM time less its mean over deaths, (t,)."""
        return np.asarray(self.km_time - (self.km_time * self.deaths).sum() / self.deaths.sum())

    def sums(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum values (n, ...) over the risk set of each time of death, and over those who die then, each (t, ...)."""
        at_risk, dying = self._of_blocks(np.add.reduceat(values, self.starts, axis=0))
        return at_risk if self.spans is None else self.spans.over(values), dying

    def design_sums(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum the design, weighed by patient, over risk sets and over the dying, each (t, p)."""
        out = np.empty((len(self.columns), self.starts.size))
        room = self._room(1)
        for blocks, rows in self.chunks:
            weighed = np.multiply(self.columns[:, rows], weight[rows], out=room[0, :, :rows.stop - rows.start])
            np.add.reduceat(weighed, self.starts[blocks] - rows.start, axis=1, out=out[:, blocks])
        at_risk, dying = self._of_blocks(out.T)
        return at_risk if self.spans is None else self.spans.over(self.x * weight[:, None]), dying

    def highest_at_risk(self, values: np.ndarray) -> np.ndarray:
        """Return who has the highest value of those at risk at each time of death, int (t,)."""
        if self.spans is not None:
            return self.spans.highest(values)
        ends = np.append(self.starts, self.event.size)
        rows = Runs(np.diff(np.append(self.first_rows, values.size)))
        return np.asarray(rows.highest(values)[ends[self.risk_set_end] - 1])

    def _room(self, k: int) -> np.ndarray:
        """Allocate memory for k times a chunk's design, (k, p, rows), once: allocating it per chunk is slower."""
        return np.empty((k, len(self.columns), max(rows.stop - rows.start for _, rows in self.chunks)))

    @cached_property
    def died(self) -> np.ndarray:
        """The sum of the design over all who die, (p,)."""
        return self.dying_sum(np.ones(self.deaths.size))

    def dying_sum(self, g: np.ndarray) -> np.ndarray:
        """Sum the design over all who die, each time of death weighed by g (t,), (p,)."""
        blocks = np.zeros(self.starts.size)
        blocks[self.death_blocks] = g
        per_patient = np.repeat(blocks, self.sizes)
        return np.asarray(self.columns @ (per_patient if self.weight is None else per_patient * self.weight))

    def _of_blocks(self, blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.of_blocks.sums(blocks)[self.risk_set_end - 1], blocks[self.death_blocks]

    def squares(self, weights: np.ndarray) -> np.ndarray:
        """Sum the products of the design's columns, weighed by patient in several ways, (k, n), (k, p, p)."""
        k, p = len(weights), len(self.columns)
        out, room = np.zeros((k * p, p)), self._room(k)
        for _, rows in self.chunks:
            chunk = self.columns[:, rows]
            weighed = np.multiply(chunk, weights[:, None, rows], out=room[:, :, :rows.stop - rows.start])
            out += weighed.reshape(k * p, -1) @ chunk.T
        return out.reshape(k, p, p)

    def per_death(self, values: np.ndarray) -> np.ndarray:
        """Sum values over those at risk at each death, by the rule for ties, (d, ...)."""
        return self.tied.seen_by_each(*self.sums(values))

    def spread(self, values: np.ndarray, of_dying: np.ndarray) -> np.ndarray:
        """Sum a value per time of death, (t, ...), over the times at which each patient was at risk, (n, ...).

        For patients who die at a time, subtract `of_dying` (t, ...), the correction by the rule for ties.
        """
        if self.spans is not None:
            seen = self.spans.within(values)
            seen[self.event] -= of_dying[self.tied.time_of_death]
            return seen
        out = self.of_deaths.sums_back(values)[np.minimum(self.deaths_seen, len(values) - 1)]
        out[self._blocks_never_at_risk] = 0.0
        out[self.death_blocks] -= of_dying
        return np.repeat(out, self.sizes, axis=0)

    def part(self, patients: np.ndarray | slice, x: np.ndarray | None = None, *,
             stratum: np.ndarray | None = None) -> RiskSets:
        """Lay out some of the patients anew, on another design (n, .) or in other strata (n,) where these are given."""
        weight, entry, stratum = (None if v is None else v[patients] for v in (
            self.weight, self.entry, self.stratum if stratum is None else stratum))
        return RiskSets(self.index[patients], self.event[patients], (self.x if x is None else x)[patients],
                        stratum=stratum, weight=weight, entry=entry, ties=self.ties)

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
        if sets.stratum is None:
            self.eta = eta - eta.max()  # the risk sets' shares do not feel the shift
        else:
            highest = np.maximum.reduceat(eta, sets.first_rows)
            self.eta = eta - np.repeat(highest, np.diff(sets.first_rows, append=eta.size))
        risk = np.exp(self.eta)
        self.risk = risk if sets.weight is None else risk * sets.weight
        self.weight_at_risk, self.weight_dying = sets.sums(self.risk)
        self.first, self.second = sets.tied.sums(self.weight_at_risk, self.weight_dying)

    @cached_property
    def value(self) -> float:
        """The logarithm of the partial likelihood."""
        sets = self.sets
        logs = sets.tied.log_sums(self.weight_at_risk, self.weight_dying)
        if sets.weight is None or sets.mean_weight is None:
            return float(self.eta[sets.event].sum() - logs.sum())
        return float((sets.weight * self.eta)[sets.event].sum() - (sets.mean_weight * logs).sum())

    @cached_property
    def total(self) -> np.ndarray:
        """The weight that each death leaves at risk, (d,)."""
        return self.sets.per_death(self.risk)

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean of the design over those at risk at each death, by the rule for ties, (d, p)."""
        return np.asarray(self.sets.per_death(self.risk[:, None] * self.sets.x) / self.total[:, None])

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean f over those who die and the sum m of weight × (x - f) over those at risk, each (t, p)."""
        at_risk, dying = self.sets.design_sums(self.risk)
        mean = dying / np.where(self.weight_dying > 0, self.weight_dying, 1.0)[:, None]
        return mean, at_risk - mean * self.weight_at_risk[:, None]

    @cached_property
    def _mean_sums(self) -> np.ndarray:
        """The means summed over those who die at once, (t, p)."""
        mean, pulled = self._parts
        return np.asarray(mean * self.sets.deaths[:, None] + pulled * self.first[:, None])

    def _per_time(self, g: np.ndarray | None) -> np.ndarray:
        """Return the weight of each time of death: the mean case weight of its deaths, times g."""
        sets = self.sets
        weight = np.ones(sets.deaths.size) if sets.mean_weight is None else sets.mean_weight
        return weight if g is None else weight * g

    def score_by(self, g: np.ndarray | None = None) -> np.ndarray:
        """Return the score, (p,), each time of death weighed by g (t,)."""
        died = self.sets.died if g is None else self.sets.dying_sum(g)
        return np.asarray(died - self._per_time(g) @ self._mean_sums)

    def information_by(self, *weights: np.ndarray | None) -> np.ndarray:
        """Return the information, each time of death weighed by each g (t,), None for alike, (k, p, p)."""
        sets, per_time = self.sets, [self._per_time(g) for g in weights]
        seen = np.array([self.risk * sets.spread(w * self.first, w * self._fraction_sums[0]) for w in per_time])
        return sets.squares(seen) - np.array([self._squared_means(w) for w in per_time])

    def _squared_means(self, weight: np.ndarray) -> np.ndarray:
        """Sum the products of the means over those who die, each time of death weighed, (p, p)."""
        mean, pulled = self._parts
        cross = mean.T @ ((weight * self.first)[:, None] * pulled)
        return np.asarray(pulled.T @ ((weight * self.second)[:, None] * pulled) + cross + cross.T
                          + mean.T @ ((weight * self.sets.deaths)[:, None] * mean))

    @cached_property
    def _fraction_sums(self) -> tuple[np.ndarray, np.ndarray]:
        return self.sets.tied.fraction_sums(self.weight_at_risk, self.weight_dying)

    @cached_property
    def score(self) -> np.ndarray:
        """The first derivative of the logarithm of the likelihood, (p,)."""
        return self.score_by()

    @cached_property
    def information(self) -> np.ndarray:
        """Minus its second derivative, (p, p)."""
        return np.asarray(self.information_by(None)[0])

    @cached_property
    def products(self) -> np.ndarray:
        """The information of the columns, of columns against columns × KM time, and of columns × KM time, (3, p, p).

        In one pass: three weights cost hardly more than one.
        """
        g = self.sets.centred_km_time
        return self.information_by(None, g, g * g)

    @cached_property
    def mean_at_death(self) -> np.ndarray:
        """The design's mean at each death, (d, p), averaged over the tied."""
        return np.asarray((self._mean_sums / self.sets.deaths[:, None])[self.sets.tied.time_of_death])

    @cached_property
    def schoenfeld(self) -> np.ndarray:
        """Schoenfeld's residuals, (d, p)."""
        return np.asarray(self.sets.x[self.sets.event] - self.mean_at_death)

    @cached_property
    def score_residuals(self) -> np.ndarray:
        """Each patient's part of the score, (n, p), in the order of the sets; not yet weighted."""
        sets, weight = self.sets, self._per_time(None)
        mean, pulled = self._parts

        def means(first: np.ndarray, second: np.ndarray) -> np.ndarray:
            return np.asarray(weight[:, None] * (mean * first[:, None] + pulled * second[:, None]))
        fractions = self._fraction_sums
        seen = sets.spread(weight * self.first, weight * fractions[0])
        seen_means = sets.spread(means(self.first, self.second), means(*fractions))
        out = -np.exp(self.eta)[:, None] * (sets.x * seen[:, None] - seen_means)
        out[sets.event] += sets.x[sets.event] - self.mean_at_death
        return np.asarray(out)
