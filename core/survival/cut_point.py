"""The cut of a number that separates survival most, and its p corrected for having searched.

Maximally selected log-rank statistics. Sources: Lausen B, Schumacher M. Biometrics 1992;48:73; Hothorn T, Lausen B.
Comput Stat Data Anal 2003;43:121 (R: maxstat::maxstat.test, smethod = "LogRank", pmethod = "exactGauss").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BarycentricInterpolator

from core.cohort import Cohort, entry_months, fine_codes, timeline
from core.errors import NotEstimable
from core.language import say
from core.statistics import two_sided_p

SHARES = 0.1, 0.9  # of the patients, that must lie below a cut
_MOST_CUTS = 100
_NODES_PER_WIDTH = 1.5  # Gauss nodes per standard deviation of a step between neighbouring cuts, times pi / 2
_FEWEST_NODES, _MOST_NODES = 48, 400
_POINTS = 24  # at which p is computed; between them its logarithm is interpolated


@dataclass(frozen=True, kw_only=True, eq=False)
class CutSearch:
    """The search for a cut among c candidates.

    Attributes
    ----------
    edges : int (c,), places among the number's fine edges
    below : int (c,), patients below each cut
    statistic : float (c,), the standardised log-rank statistic of each cut, without its sign
    p_value : float (c,), that of each cut, corrected for the search
    n : patients
    """

    edges: np.ndarray
    below: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    n: int

    @property
    def best(self) -> int:
        """The place of the largest statistic."""
        return int(np.argmax(self.statistic))


def search_cut(cohort: Cohort, key: str, *, endpoint: str) -> CutSearch:
    """Search the cuts of a number, at its fine edges, for the one that separates survival most.

    Raises
    ------
    NotEstimable
        With late entry, or where no cut leaves a tenth of the patients on either side.
    """
    if entry_months(cohort, endpoint) is not None:
        raise NotEstimable(say("The search for a cut is not defined with late entry."),
                           say("Cut where the field does."))
    line, codes = timeline(cohort, endpoint), fine_codes(cohort, key)
    rows = np.flatnonzero(cohort.rows & (line.index >= 0) & (codes >= 0))
    scores = log_rank_scores(line.index[rows], line.event[rows])
    size = int(codes.max(initial=0)) + 1
    below = np.cumsum(np.bincount(codes[rows], minlength=size))[:-1]
    sums = np.cumsum(np.bincount(codes[rows], scores, minlength=size))[:-1]
    cuts = _candidates(below, rows.size)
    statistic = standardised(sums[cuts], below[cuts], scores)
    if not np.isfinite(statistic).all():
        raise NotEstimable(say("No event tells the cuts apart."), say("Choose another endpoint."))
    return CutSearch(edges=cuts + 1, below=below[cuts], statistic=statistic, n=rows.size,
                     p_value=corrected_p(statistic, below[cuts], rows.size))


def _candidates(below: np.ndarray, n: int) -> np.ndarray:
    """Return the places of the cuts to be searched: one of each number of patients below, a hundred at most."""
    least, most = max(1, int(np.floor(n * SHARES[0]))), int(np.floor(n * SHARES[1]))
    places = np.flatnonzero((below >= least) & (below <= most) & (np.diff(below, prepend=0) > 0))
    if not places.size:
        raise NotEstimable(say("No cut leaves a tenth of the patients on either side."), say("Choose another number."))
    return places[np.unique(np.linspace(0, places.size - 1, min(places.size, _MOST_CUTS)).round().astype(int))]


def log_rank_scores(time: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return each patient's log-rank score, (n,) (R: exactRankTests::cscores.Surv).

    Parameters
    ----------
    time : (n,), times or their ranks
    event : bool (n,)
    """
    rank = np.searchsorted(np.sort(time), time, side="right")
    share = event / (time.size - rank + 1)
    order = np.argsort(time, kind="stable")
    return np.asarray(event - np.cumsum(share[order])[rank - 1])


def standardised(sums: np.ndarray, below: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the statistic of cuts, (c,), from the sums of the scores below them: mean and variance by permutation."""
    n, total = scores.size, scores.sum()
    spread = below * (n - below) / (n**2 * (n - 1)) * (n * (scores**2).sum() - total**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(sums - below / n * total) / np.sqrt(spread))


def corrected_p(statistic: np.ndarray, below: np.ndarray, n: int) -> np.ndarray:
    """Return the p of statistics, (c,), that is the probability that the largest of all cuts' is as large by chance."""
    low, high = float(statistic.min()), float(statistic.max())
    if statistic.size <= _POINTS or high - low < 1e-6:
        return np.array([maximum_p(float(b), below, n) for b in statistic])
    points = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * np.arange(_POINTS) / (_POINTS - 1))
    logarithm = BarycentricInterpolator(points, np.log([maximum_p(float(b), below, n) for b in points]))
    return np.minimum(np.exp(logarithm(statistic)), 1.0)


def maximum_p(bound: float, below: np.ndarray, n: int) -> float:
    """Return the probability that one of normal statistics of neighbouring cuts is beyond a bound, on either side.

    Their correlations make them a Markov chain along the cuts, so that the probability that all stay within is an
    integral over one statistic after the other, by Gauss's nodes.
    """
    if bound <= 0:
        return 1.0
    m = np.unique(below).astype(float)
    kept = np.sqrt(m[:-1] * (n - m[1:]) / ((n - m[:-1]) * m[1:]))  # the correlation of neighbours
    widths = np.sqrt(1 - kept**2)
    narrowest = float(widths.min(initial=1.0))
    nodes = int(np.clip(np.ceil(np.pi / 2 * _NODES_PER_WIDTH * 2 * bound / narrowest), _FEWEST_NODES, _MOST_NODES))
    at, weight = np.polynomial.legendre.leggauss(nodes)
    at, weight = at * bound, weight * bound
    density = np.exp(-at**2 / 2) / np.sqrt(2 * np.pi)
    for rho, width in zip(kept, widths, strict=True):
        step = np.exp(-((at[:, None] - rho * at) / width) ** 2 / 2) / (width * np.sqrt(2 * np.pi))
        density = step @ (weight * density)
    beyond = float(1 - weight @ density)
    return float(np.clip(beyond, two_sided_p(bound), 1.0))
