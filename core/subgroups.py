"""The treatment's hazard ratio in every subgroup, and whether it differs between them.

Source: Wang R et al. N Engl J Med 2007;357:2189: the interaction is the inference, subgroups are exploratory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.adequacy import BEYOND, finite_against_first, reasons_of
from core.batched import against_first, by_observed, expected, fit_all
from core.cohort import Cohort
from core.comparison import adjusted
from core.counts import Strata, count_all_times, cuts_of, number_of_strata, strata
from core.errors import NotEstimable
from core.filters import Condition
from core.firth_pair import penalised_pair
from core.p_values import chi_square_p, two_sided_p
from core.product_limit import Z95
from core.schema import ARM
from core.treatment import reference_place

OVERALL, FIRTH = "All patients", "Firth"
_MANY_TIMES = 300  # of death, from which on it costs more to fill models up to one size than to fit sizes apart
_NEAR = 1e-4  # a last step whose likelihood is exact to 1e-13
_FIGURES = ("coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value")


@dataclass(frozen=True, kw_only=True, eq=False)
class Subgroups:
    """Hazard ratios of the arms in each level of some factors.

    Attributes
    ----------
    rows : factor, level, arm, reference, n, n_event (of both arms), n_arm, n_event_arm, n_reference,
        n_event_reference, coef, std_error, hazard_ratio, conf_low, conf_high, p_value, p_interaction, reason, method;
        the first rows are all patients, of factor ""; `reason` says why the likelihood has no maximum, and `method`
        what stands in its place: "Firth" (two arms; profile limits, penalised likelihood-ratio p), or "" with NaN
    interactions : factor, statistic, df, p_value (likelihood ratio), p_adjusted (Benjamini, Hochberg), missing
    looked_at : how many subgroups
    """

    endpoint: str
    by: str
    factors: tuple[str, ...]
    rows: pd.DataFrame
    interactions: pd.DataFrame
    looked_at: int


def forest_factors(cohort: Cohort, by: str = ARM) -> tuple[str, ...]:
    """Return the factors that a forest may have: known at time zero, of two strata or more."""
    return tuple(f.key for f in cohort.mapping.factors
                 if f.known == "baseline" and f.key != by and number_of_strata(cohort, f.key) > 1)


def subgroup_hazard_ratios(cohort: Cohort, *, endpoint: str, factors: Sequence[str] | None = None,
                           by: str = ARM) -> Subgroups:
    """Fit the arms' hazard ratios in every level, and the interactions (R: coxph, anova).

    The interaction is the likelihood ratio of arm + factor against arm * factor on the patients whose factor is
    known; its degrees of freedom are the terms that can be estimated.

    Raises
    ------
    NotEstimable
        If there is one arm, or a factor is known only after time zero.
    """
    arms = strata(cohort, by)
    if len(arms.levels) < 2:
        raise NotEstimable("There is one arm: no hazard ratio can differ between subgroups.",
                           "Choose another variable as the arm on the Cohort page.")
    factors = forest_factors(cohort, by) if factors is None else tuple(factors)
    for key in factors:
        if cohort.variable(key).known == "later":
            raise NotEstimable(f"{cohort.variable(key).label} is known only after time zero: it makes no subgroup.",
                               "Choose factors that are known at time zero.")
    first = reference_place(cohort, by, arms.levels)
    order = [first, *(i for i in range(len(arms.levels)) if i != first)]
    tables = _Tables.of(cohort, endpoint, by, factors, order)
    interactions = _interactions(cohort, factors, tables)
    rows = _rows(factors, [arms.levels[i] for i in order], tables,
                 dict(zip(factors, interactions.p_value.tolist(), strict=True)))
    return Subgroups(endpoint=endpoint, by=by, factors=factors, rows=rows, interactions=interactions,
                     looked_at=sum(len(t.levels) for t in tables.groups))


def condition_of(cohort: Cohort, key: str, level: str) -> Condition:
    """Return the filter that keeps a factor's subgroup: its level, or between its cuts."""
    groups = strata(cohort, key)
    if cohort.variable(key).kind == "categorical":
        return Condition(levels=(level,))
    cuts, place = cuts_of(cohort.whole, key), groups.levels.index(level)
    bounds: list[tuple[str, float]] = []
    if place > 0:
        below = cuts[place - 1]
        bounds.append(("gt" if below.closed == "right" else "ge", below.at))
    if place < len(cuts):
        above = cuts[place]
        bounds.append(("le" if above.closed == "right" else "lt", above.at))
    return Condition(bounds=tuple(bounds))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tables:
    """Deaths and at risk over the times of death: of all patients (arms, t), and per factor (arms, levels, t)."""

    whole: tuple[np.ndarray, np.ndarray]
    parts: list[tuple[np.ndarray, np.ndarray]]
    groups: list[Strata]
    patients: list[np.ndarray]  # (arms, levels) per factor
    n: np.ndarray  # (arms,)

    @staticmethod
    def of(cohort: Cohort, endpoint: str, by: str, factors: tuple[str, ...], order: list[int]) -> _Tables:
        deaths, risk = (v[order] for v in count_all_times(cohort, endpoint, by))
        at = np.flatnonzero(deaths.any(axis=0))
        groups = [strata(cohort, key) for key in factors]
        parts, patients = [], []
        for key, group in zip(factors, groups, strict=True):
            dead, left = (v.reshape(len(order), len(group.levels), -1)[order]
                          for v in count_all_times(cohort, endpoint, (by, key)))
            parts.append((dead[:, :, at], left[:, :, at]))
            patients.append(left[:, :, 0] if left.shape[2] else np.zeros(left.shape[:2], int))
        return _Tables(whole=(deaths[:, at], risk[:, at]), parts=parts, groups=groups, patients=patients,
                       n=risk[:, 0] if risk.shape[1] else np.zeros(len(order), int))


def _rows(factors: tuple[str, ...], arms: list[str], tables: _Tables, p_interaction: dict[str, float]) -> pd.DataFrame:
    """Fit every subgroup, and all patients first."""
    names = [("", OVERALL), *((f, level) for f, g in zip(factors, tables.groups, strict=True) for level in g.levels)]
    dead = np.concatenate([tables.whole[0][:, None], *(d for d, _ in tables.parts)], axis=1).transpose(1, 0, 2)
    risk = np.concatenate([tables.whole[1][:, None], *(r for _, r in tables.parts)], axis=1).transpose(1, 0, 2)
    n = np.concatenate([tables.n[:, None], *tables.patients], axis=1).T
    deaths = dead.sum(axis=2)
    finite = np.array([finite_against_first(d, r) for d, r in zip(dead, risk, strict=True)]) if len(arms) > 2 else \
        _two_finite(dead, risk)
    coef, error = _fit_arms(dead, risk, finite)
    reasons = [r for row in zip(n, deaths, finite, strict=True) for r in reasons_of(arms, *row)[1:]]
    figures, reasons, method = _ratios(coef[:, 1:].ravel(), error[:, 1:].ravel(), reasons)
    if len(arms) == 2:
        _with_firth(figures, method, np.flatnonzero((method == "") & (n > 1).all(axis=1)), dead, risk)
    several = len(arms) - 1
    return pd.DataFrame({
        "factor": np.repeat(np.array([f for f, _ in names], object), several),
        "level": np.repeat(np.array([v for _, v in names], object), several),
        "arm": np.tile(np.array(arms[1:], object), len(names)),
        "reference": np.full(len(names) * several, arms[0], object),
        "n": (n[:, 1:] + n[:, :1]).ravel(), "n_event": (deaths[:, 1:] + deaths[:, :1]).ravel(),
        "n_arm": n[:, 1:].ravel(), "n_event_arm": deaths[:, 1:].ravel(),
        "n_reference": np.repeat(n[:, 0], several), "n_event_reference": np.repeat(deaths[:, 0], several),
        **dict(zip(_FIGURES, figures, strict=True)), "reason": np.array(reasons, object), "method": method,
        "p_interaction": np.repeat([p_interaction.get(f, math.nan) for f, _ in names], several)}, copy=False)


def _ratios(coef: np.ndarray, error: np.ndarray, reasons: list[str]) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return the figures of each row, none where a reason says why or where hardly anything holds them."""
    far = np.abs(np.nan_to_num(coef)) > BEYOND
    reasons = [r or ("the hazard ratio is beyond 1000: hardly anything holds it" if f else "")
               for r, f in zip(reasons, far, strict=True)]
    hidden = np.array([bool(r) for r in reasons])
    coef, error = np.where(hidden, math.nan, coef), np.where(hidden, math.nan, error)
    p = [two_sided_p(c / e) for c, e in zip(coef.tolist(), error.tolist(), strict=True)]
    return (np.array([coef, error, *(np.exp(coef + z * error) for z in (0, -Z95, Z95)), p]), reasons,
            np.where(hidden, "", "Wald").astype(object))


def _with_firth(figures: np.ndarray, method: np.ndarray, thin: np.ndarray, dead: np.ndarray, risk: np.ndarray) -> None:
    """Put Firth's penalised estimate where the likelihood of two arms, of two patients or more, has no maximum."""
    for i in thin.tolist():
        found = penalised_pair(dead[i], risk[i])
        if found and abs(found.coef) < BEYOND:
            figures[:, i] = (found.coef, found.std_error, math.exp(found.coef), math.exp(found.low),
                             math.exp(found.high), found.p_value)
            method[i] = FIRTH


def _two_finite(dead: np.ndarray, risk: np.ndarray) -> np.ndarray:
    """Tell where two arms each had a death while the other was at risk, bool (k, 2)."""
    both = np.all([((dead[:, a] > 0) & (risk[:, 1 - a] > 0)).any(axis=1) for a in (0, 1)], axis=0)
    return np.column_stack([np.ones_like(both), both])


def _fit_arms(dead: np.ndarray, risk: np.ndarray, finite: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit each arm against the first in each subgroup; NaN where it has no finite ratio, each (k, arms)."""
    k, arms, _ = dead.shape
    coef, error = np.full((k, arms), math.nan), np.full((k, arms), math.nan)
    some = finite[:, 1:].any(axis=1) & (dead.sum(axis=(1, 2)) > 0)
    if some.any():
        inside = finite[some][:, :, None]  # an arm without a finite ratio leaves the risk sets
        own = dead[some] * inside, risk[some] * inside
        found = fit_all(*own, against_first(arms) * inside, by_observed(*own))
        coef[some, 1:], error[some, 1:] = found.coef, found.std_error
        coef[~finite] = error[~finite] = math.nan
    return coef, error


def _interactions(cohort: Cohort, factors: tuple[str, ...], tables: _Tables) -> pd.DataFrame:
    """Return each factor's likelihood ratio of arm + factor against arm * factor."""
    if not factors:
        return pd.DataFrame(columns=["factor", "statistic", "df", "p_value", "p_adjusted", "missing"])
    df, statistic = np.zeros(len(factors), int), np.zeros(len(factors))
    for some in _together(tables):
        found = _Crossed.of([tables.parts[i] for i in some])
        df[some], statistic[some] = found.df, found.likelihood_ratios()
    told = np.array([f > 0 and bool(d.any(axis=(1, 2)).all()) for f, (d, _) in zip(df, tables.parts, strict=True)])
    p = np.array([chi_square_p(s, int(f)) if ok else math.nan for s, f, ok in zip(statistic, df, told, strict=True)])
    return pd.DataFrame({
        "factor": list(factors), "statistic": np.where(told, statistic, math.nan), "df": df, "p_value": p,
        "p_adjusted": adjusted(p, "BH"),
        "missing": [int(np.count_nonzero((g.codes < 0) & cohort.rows)) for g in tables.groups]}, copy=False)


def _together(tables: _Tables) -> list[list[int]]:
    """Return the factors whose models are fitted together: all of them, or, where times are many, those of one size."""
    levels = [len(g.levels) for g in tables.groups]
    if tables.whole[0].shape[1] < _MANY_TIMES:
        return [list(range(len(levels)))]
    return [[i for i, n in enumerate(levels) if n == size] for size in sorted(set(levels))]


@dataclass(eq=False)
class _Crossed:
    """Models of arm + factor and, each after it, arm * factor, on the cells of arm and level."""

    dead: np.ndarray
    risk: np.ndarray
    design: np.ndarray
    df: list[int]

    @staticmethod
    def of(parts: list[tuple[np.ndarray, np.ndarray]]) -> _Crossed:
        """Lay out the models of some factors, from counts (arms, levels, t)."""
        arms, _, t = parts[0][0].shape
        size = arms * max(d.shape[1] for d, _ in parts)
        many = 2 * len(parts)
        new = _Crossed(np.zeros((many, size, t)), np.zeros((many, size, t)), np.zeros((many, size, size - 1)), [])
        new.df = [new.put(2 * i, *part) for i, part in enumerate(parts)]
        return new

    def put(self, i: int, dead: np.ndarray, risk: np.ndarray) -> int:
        """Enter a factor's two models, from counts (arms, levels, t); return by how many terms they differ."""
        arms, levels, t = dead.shape
        size = arms * levels
        useful = np.asarray(dead.any(axis=(0, 2)))  # a level without events says nothing
        cells, held = (v.reshape(size, t) for v in (dead, risk * useful[:, None]))
        arm, level = np.divmod(np.arange(size), levels)
        events, patients = np.asarray(cells.any(axis=1)), np.asarray(held.any(axis=1))
        self.dead[i:i + 2, :size] = cells
        self.risk[i, :size] = held
        self.risk[i + 1, :size] = held * events[:, None]  # without events a cell's ratio is 0
        here = [np.unique(v[patients]) for v in (arm, level)]
        additive = np.column_stack([code[:, None] == there[1:] for code, there in zip((arm, level), here, strict=True)])
        self.design[i, :size, :additive.shape[1]] = additive
        crossed = np.eye(size)[:, np.flatnonzero(events)[1:]]
        self.design[i + 1, :size, :crossed.shape[1]] = crossed
        return max(int(np.count_nonzero(patients)) - 1 - sum(max(there.size - 1, 0) for there in here), 0)

    def likelihood_ratios(self) -> np.ndarray:
        """Return twice the likelihoods' differences, one per factor."""
        if not self.dead.shape[2]:
            return np.zeros(len(self.df))
        likelihood = fit_all(self.dead, self.risk, self.design, self._start(), precision=_NEAR).likelihood
        return np.maximum(2 * (likelihood[1::2] - likelihood[::2]), 0)

    def _start(self) -> np.ndarray:
        """Return coefficients near the maximum: a column's observed over expected deaths, against all in no column."""
        observed, foreseen = self.dead.sum(axis=2), expected(self.dead, self.risk)
        first = ~self.design.any(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            own, base = (np.log(v[0] / v[1]) for v in (
                [(self.design * v[:, :, None]).sum(axis=1) for v in (observed, foreseen)],
                [(v * first).sum(axis=1, keepdims=True) for v in (observed, foreseen)]))
            return np.nan_to_num(own - base, nan=0, posinf=0, neginf=0)
