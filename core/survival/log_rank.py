"""Tests between survival curves: the weighted log-rank family, stratified, pairwise, for trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from core.cohort import Cohort, Counts, count, count_by_strata, stratified_by
from core.errors import NotEstimable
from core.format import number
from core.language import say
from core.options import NOT_NEGATIVE, Checked, Limits, takes_options
from core.statistics import Adjustment, adjusted, chi_square_p

Weight = Literal["log-rank", "Gehan-Wilcoxon", "Tarone-Ware", "Peto", "Fleming-Harrington"]
WEIGHTS: tuple[Weight, ...] = ("log-rank", "Gehan-Wilcoxon", "Tarone-Ware", "Peto", "Fleming-Harrington")
_RANK_TOLERANCE = 1e-9  # of a correlation: what varies less follows from the other strata


@dataclass(frozen=True, kw_only=True)
class TestOptions(Checked):
    """Which test: its weight (with p and q for Fleming-Harrington), and what it is stratified by."""

    limits: ClassVar[Limits] = {"p": NOT_NEGATIVE, "q": NOT_NEGATIVE}

    __test__ = False  # no test case, whatever its name begins with

    weight: Weight = "log-rank"
    p: float = 1.0
    q: float = 0.0
    stratify_by: tuple[str, ...] = ()

    def words(self) -> str:
        """Name the test."""
        weighed = f"({number(self.p)}, {number(self.q)})" if self.weight == "Fleming-Harrington" else ""
        name = f"{self.weight}{weighed}"
        return say("stratified {name}", name=name) if self.stratify_by else name


@dataclass(frozen=True, kw_only=True, eq=False)
class _Score:
    """Observed less expected deaths, weighted, of the compared strata, and their covariance."""

    levels: tuple[str, ...]
    score: np.ndarray
    variance: np.ndarray
    expected: np.ndarray


def compare(cohort: Cohort, *, endpoint: str, by: str, options: TestOptions | None = None) -> pd.DataFrame:
    """Test all strata against each other.

    Returns one row: test, statistic, df, p_value; none where fewer than two strata can be compared.
    Log-rank and Peto are survdiff's (rho = 0 and 1); the others weigh by the number at risk (Gehan,
    Breslow), its root (Tarone, Ware), or the pooled survival just before (Fleming, Harrington), all with
    the hypergeometric variance.
    """
    options = options or TestOptions()
    if options.stratify_by:
        return _frame(_score(cohort, endpoint, by, options), _name(cohort, options))
    return _unstratified(count(cohort, endpoint, by), options)


def log_rank(counts: Counts) -> pd.DataFrame:
    """Compare the strata of a table by the log-rank test (R: survdiff, rho = 0).

    One row: statistic, df, p_value; none where fewer than two strata can be compared.
    """
    return _unstratified(counts, TestOptions())


def _unstratified(counts: Counts, options: TestOptions) -> pd.DataFrame:
    """Test the strata that have patients, over one table; done once per table and test."""
    def make() -> pd.DataFrame:
        present = np.flatnonzero(counts.n > 0)
        return _frame(_weighted(counts, options, present.tolist()) if present.size > 1 else None, options.words())
    return counts.remember(("test", options), make)


@takes_options
def pairwise(cohort: Cohort, *, endpoint: str, by: str, options: TestOptions | None = None,
             adjust: Adjustment = "holm") -> pd.DataFrame:
    """Test each pair of strata by itself; p-values adjusted for their number (R: p.adjust).

    Returns level, other, statistic, df, p_value, p_adjusted.
    """
    options = options or TestOptions()
    tables = _tables(cohort, endpoint, by, options)
    rows = []
    for a, b in combinations(range(len(tables[0].strata.levels)), 2):
        score = _sum([_weighted(t, options, [a, b]) for t in tables])
        if score is not None and (test := _omnibus(score)):
            rows.append((*score.levels, *test))
    pairs = pd.DataFrame(rows, columns=["level", "other", "statistic", "df", "p_value"])
    return pairs.assign(p_adjusted=adjusted(pairs.p_value.to_numpy(dtype=float), adjust))


def trend(cohort: Cohort, *, endpoint: str, by: str, options: TestOptions | None = None) -> pd.DataFrame:
    """Test for a trend over the order of the strata, with scores 1, 2, 3, ... (Tarone 1975); the test's name says it.

    Raises
    ------
    NotEstimable
        If fewer than three strata can be compared: two have no order to test; or no event tells them apart.
    """
    options = options or TestOptions()
    score = _score(cohort, endpoint, by, options)
    if score is None or score.score.size < 3:
        raise NotEstimable(say("A trend needs three ordered strata or more."), say("Use the test without trend."))
    scores = np.arange(1.0, score.score.size + 1)
    variance = float(scores @ score.variance @ scores)
    if variance <= _RANK_TOLERANCE * float(scores**2 @ np.abs(np.diag(score.variance))):
        raise NotEstimable(say("No event distinguishes the strata: there is no trend to test."),
                           say("Take a filter away."))
    statistic = float(scores @ score.score) ** 2 / variance
    comma = "," if options.stratify_by else ""
    return pd.DataFrame({"statistic": [statistic], "df": [1], "p_value": [chi_square_p(statistic, 1)],
                         "test": [say("{name}{comma} for trend in the order {levels}", name=_name(cohort, options),
                                      comma=comma, levels=' < '.join(score.levels))]})


def _name(cohort: Cohort, options: TestOptions) -> str:
    """Name a test, with the strata it is stratified by."""
    strata = stratified_by(cohort, options.stratify_by)
    return say("{words} by {strata}", words=options.words(), strata=strata) if strata else options.words()


def _tables(cohort: Cohort, endpoint: str, by: str, options: TestOptions) -> list[Counts]:
    if options.stratify_by:
        return count_by_strata(cohort, endpoint, by, options.stratify_by)
    return [count(cohort, endpoint, by)]


def _score(cohort: Cohort, endpoint: str, by: str, options: TestOptions) -> _Score | None:
    tables = _tables(cohort, endpoint, by, options)
    present = [i for i in range(len(tables[0].strata.levels)) if any(t.n[i] for t in tables)] if tables else []
    return _sum([_weighted(t, options, present) for t in tables]) if len(present) > 1 else None


def _weighted(counts: Counts, options: TestOptions, places: Sequence[int]) -> _Score:
    """Return the weighted score of some strata within one table."""
    deaths, risk = counts.deaths, counts.at_risk
    if len(places) < len(deaths):
        deaths, risk = deaths[list(places)], risk[list(places)]
    d = deaths.sum(axis=0)
    at = np.flatnonzero(d)
    deaths, risk, d = deaths[:, at], risk[:, at], d[at]
    n = risk.sum(axis=0)
    weight = _weights(d, n, options)
    share = risk / n
    spread = d * (n - d) / np.maximum(n - 1, 1)
    spread = spread if weight is None else weight**2 * spread
    expected = share @ d
    weighted = share * spread
    return _Score(
        levels=tuple(counts.strata.levels[i] for i in places),
        score=deaths.sum(axis=1) - expected if weight is None else deaths @ weight - share @ (d * weight),
        variance=np.diag(weighted.sum(axis=1)) - weighted @ share.T, expected=expected)


def _weights(d: np.ndarray, n: np.ndarray, options: TestOptions) -> np.ndarray | None:
    """Return the weight at each time of death, (t,), from deaths and at risk of all strata together.

    None for the log-rank test, which weighs all alike.
    """
    if options.weight == "log-rank":
        return None
    if options.weight == "Gehan-Wilcoxon":
        return n.astype(float)
    if options.weight == "Tarone-Ware":
        return np.sqrt(n)
    before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]]) if n.size else np.array([])
    if options.weight == "Peto":
        return before
    return np.asarray(before**options.p * (1 - before)**options.q)


def _sum(scores: list[_Score]) -> _Score | None:
    """Add the scores of the tables that a test is stratified by."""
    if not scores:
        return None
    return _Score(levels=scores[0].levels, score=np.sum([s.score for s in scores], axis=0),
                  variance=np.sum([s.variance for s in scores], axis=0),
                  expected=np.sum([s.expected for s in scores], axis=0))


def _omnibus(score: _Score) -> tuple[float, int, float] | None:
    """Return statistic, df and p over strata that were at risk at a death; None if no two were at risk together.

    The degrees of freedom are the rank of the variance: a stratified test compares only groups that share a stratum.
    """
    used = np.flatnonzero(score.expected > 0)[1:]
    used = used[np.diag(score.variance)[used] > 0]
    if not used.size:
        return None
    z, v = score.score[used], score.variance[np.ix_(used, used)]
    if used.size == 1:
        statistic, df = float(z[0] ** 2 / v[0, 0]), 1
    else:
        error = np.sqrt(np.diag(v))
        size, along = np.linalg.eigh(v / np.outer(error, error))
        identified = size > _RANK_TOLERANCE
        statistic, df = float((((z / error) @ along)[identified] ** 2 / size[identified]).sum()), int(identified.sum())
    return statistic, df, chi_square_p(statistic, df)


def _frame(score: _Score | None, name: str) -> pd.DataFrame:
    """Return a frame of one test, or of none: test, statistic, df, p_value."""
    test = None if score is None else _omnibus(score)
    statistic, df, p = np.array([test] if test else [], float).reshape(-1, 3).T
    return pd.DataFrame({"statistic": statistic, "df": df.astype(int), "p_value": p, "test": [name] * p.size})
