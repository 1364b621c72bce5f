"""Monotone partial likelihoods: which coefficients are infinite, and the limits of the others.

A direction is one of recession if, at each death, the patient who dies has the highest value along it of all at risk,
and some values at risk differ. In the limit, a risk set holds only patients with the same value as the one who dies:
the likelihood becomes that of the model stratified by the value. This is repeated with the stratified likelihood until
it has a maximum or no informative stratum is left.

Sources: Bryson MC, Johnson ME. Technometrics 1981;23:381 (monotone likelihood); Rockafellar RT. Convex Analysis
(1970), sections 8 and 27 (directions of recession).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.likelihood.partial_likelihood import RiskSets

_ROUNDS, _PAIRS = 60, 400  # of a search; constraints that a round adds
_BROKEN, _SAME = 1e-8, 1e-6  # tolerance of values along a direction, and of its elements; columns have deviation 1
_ROUNDING = 1e-12  # of two large sums; a difference below it is rounding error
_RISES = 1e-6  # least scaled excess of deaths over those at risk along a direction of recession
NOTHING = 1e-10  # of the information per death, of columns with standard deviation 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Limit:
    """The limit of a monotone likelihood.

    Attributes
    ----------
    diverging : bool (p,), coefficients that are infinite
    estimable : bool (p,), coefficients that the limiting likelihood identifies
    basis : (p, r), orthonormal directions along which it has a maximum
    sets : its risk sets, on the design along these directions; None where there are none
    """

    diverging: np.ndarray
    estimable: np.ndarray
    basis: np.ndarray
    sets: RiskSets | None


def limit_of(sets: RiskSets) -> Limit:
    """Follow a likelihood along all directions in which it rises for ever."""
    p = sets.x.shape[1]
    directions: list[np.ndarray] = []
    inner: RiskSets | None = sets
    while inner and len(directions) < p and (direction := direction_of_recession(inner)) is not None:
        directions.append(direction)
        inner = _stratified(inner, inner.x @ direction)
    estimable, basis = estimable_in(inner, p)
    return Limit(diverging=_diverging(sets, estimable) if directions else np.zeros(p, bool), estimable=estimable,
                 basis=basis, sets=inner.part(slice(None), inner.x @ basis) if inner and basis.size else None)


def estimable_in(sets: RiskSets | None, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which of p coefficients are identifiable, bool (p,), and the identifiable directions, (p, r)."""
    if sets is None:
        return np.zeros(p, bool), np.empty((p, 0))
    size, along = np.linalg.eigh(sets.evaluate(np.zeros(p)).information)
    informative = size > NOTHING * int(sets.deaths.sum())
    return np.abs(along[:, ~informative]).max(axis=1, initial=0) < _SAME, along[:, informative]


def _diverging(sets: RiskSets, estimable: np.ndarray) -> np.ndarray:
    """Tell which of the coefficients that are not estimable diverge, bool (p,), each by itself or jointly.

    Each is first tested without the others that are not estimable: if one diverges, any of them can be part of a
    direction of recession.
    """
    diverging = np.zeros(estimable.size, bool)
    for j in np.flatnonzero(~estimable):
        columns = np.append(np.flatnonzero(estimable), j)
        diverging[j] = direction_of_recession(sets.part(slice(None), sets.x[:, columns])) is not None
    rest = np.flatnonzero(~diverging)
    together = direction_of_recession(sets.part(slice(None), sets.x[:, rest])) if rest.size else None
    if together is not None:
        diverging[rest] = np.abs(together) > _SAME
    return diverging & ~estimable


def direction_of_recession(sets: RiskSets) -> np.ndarray | None:
    """Return a direction of recession, (p,), along which the likelihood rises for ever; None where there is none.

    A linear programme: among directions along which nobody at risk has a higher value than a patient who dies, find the
    one that raises the patients who die most. Each constraint is a pair of patients, added when it is violated.
    """
    from scipy.optimize import linprog

    died = np.flatnonzero(sets.event)
    (size, _), (at_risk, _) = sets.sums(np.ones(sets.event.size)), sets.sums(sets.x)
    lifted = (sets.x[died] * size[sets.tied.time_of_death][:, None] - at_risk[sets.tied.time_of_death]).sum(axis=0)
    whole = (np.abs(sets.x[died]) * size[sets.tied.time_of_death][:, None]).sum(axis=0)
    lifted[np.abs(lifted) < _ROUNDING * np.maximum(whole, whole.max())] = 0.0  # a difference of sums
    gain = lifted / max(np.abs(lifted).max(), 1e-300)
    pairs = np.empty((0, sets.x.shape[1]))
    direction = np.sign(gain)
    for _ in range(_ROUNDS):
        if not gain @ direction > _RISES:
            return None
        above, highest = _broken(sets, sets.x @ direction, died)
        if not above.size:
            return direction
        pairs = np.vstack([pairs, sets.x[highest] - sets.x[above]])
        programme = linprog(-gain, A_ub=pairs, b_ub=np.zeros(len(pairs)), bounds=(-1, 1), method="highs-ds",
                            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
        if programme.x is None:
            return None
        direction = programme.x
    return None


def _broken(sets: RiskSets, value: np.ndarray, died: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of patients who died below the highest value at risk, and of who has it; the worst pairs only."""
    highest = sets.highest_at_risk(value)
    short = value[highest[sets.tied.time_of_death]] - value[died]
    worst = np.argsort(-short, kind="stable")[:_PAIRS]
    worst = worst[short[worst] > _BROKEN]
    return died[worst], highest[sets.tied.time_of_death][worst]


def _stratified(sets: RiskSets, value: np.ndarray) -> RiskSets | None:
    """Split the strata by a value; drop strata with a single patient or no death, which are not informative."""
    order = np.argsort(value, kind="stable")
    group = np.empty(value.size, int)
    group[order] = np.append(0, np.cumsum(np.diff(value[order]) > _BROKEN))
    both = group if sets.stratum is None else np.unique(
        np.column_stack([sets.stratum, group]), axis=0, return_inverse=True)[1].ravel()
    informative = (np.bincount(both)[both] > 1) & (np.bincount(both, sets.event)[both] > 0)
    return sets.part(informative, stratum=both) if informative.any() else None


def finite_against_first(deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return which strata have a finite hazard ratio against the first, bool (k,), from counts (k, t).

    A stratum "loses" to another when one of its patients dies while one of the other is at risk.
    The partial likelihood has a finite maximum exactly where every stratum can be reached from
    every other along such losses (Ford 1957, for paired comparisons; risk sets take the place of
    pairs). This finds monotone likelihoods before a fit would run off.
    """
    dies, present = (deaths > 0).astype(float), (at_risk > 0).astype(float)
    reach = (dies @ present.T > 0) | np.eye(len(dies), dtype=bool)
    for _ in range((len(dies) - 1).bit_length()):  # each time paths of twice the length
        reach = reach | (reach.astype(int) @ reach.astype(int) > 0)
    return np.asarray(reach[0] & reach[:, 0])
