"""The baseline table: what the patients of each group were like before treatment.

By STROBE a baseline table has no p (Vandenbroucke et al. PLoS Med 2007;4:e297); where p is asked for, each row names
the test that made it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from core.cohort import ALL_PATIENTS, Cohort, level_counts, level_counts_by_group, strata
from core.errors import NotEstimable
from core.language import say
from core.options import Checked
from core.schema import ARM
from core.statistics import TableTest, exact_tests, lilliefors_p, pearson_test
from core.summaries.grouped_numbers import GroupedNumbers, NumberTest, grouped_numbers, number_test

Rule = Literal["median (IQR)", "mean (SD)", "median (range)", "by Lilliefors' test"]
RULES: tuple[Rule, ...] = ("median (IQR)", "mean (SD)", "median (range)", "by Lilliefors' test")
LevelTest = Literal["exact", "Pearson χ²"]
LEVEL_TESTS: tuple[LevelTest, ...] = ("exact", "Pearson χ²")
_NORMAL = 0.05
_UNTESTED = TableTest("", math.nan)
_MOMENTS = ("mean", "sd", "median", "low_quartile", "high_quartile", "least", "most")


@dataclass(frozen=True, kw_only=True)
class BaselineOptions(Checked):
    """How numbers are summed up, and what is tested.

    Attributes
    ----------
    rule : of the summary; by Lilliefors' test: mean (SD) where no group departs from a normal distribution, p < .05
    number_test : by the summary: Student's t for means, Mann-Whitney for medians; of more than two groups analysis of
        variance and Kruskal-Wallis
    cuts : numbers with cut-points also by these
    p_values : whether anything is tested
    overall : a column of the groups together before theirs
    """

    rule: Rule = "median (IQR)"
    number_test: NumberTest = "by the summary"
    level_test: LevelTest = "exact"
    cuts: bool = True
    p_values: bool = True
    overall: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Baseline:
    """A baseline table.

    Attributes
    ----------
    rows : variable, level ("" for a number), group, n (patients of whom it is known), count (of the level), share,
        mean, sd, median, low_quartile, high_quartile, least, most, missing
    tests : variable, level ("" or "by its cuts"), summary, test, p_value, error (of a simulated p), smd (absolute, the
        largest between two groups), missing; without `p_values` no test and NaN
    groups : the groups' names and sizes
    """

    by: str | None
    label: str
    options: BaselineOptions
    groups: dict[str, int]
    rows: pd.DataFrame
    tests: pd.DataFrame
    missing_group: int


def baseline(cohort: Cohort, *, by: str | None = ARM, variables: Sequence[str] | None = None,
             options: BaselineOptions | None = None) -> Baseline:
    """Sum up variables by group, with standardised differences and tests (R: t.test, wilcox.test, fisher.test ...).

    Parameters
    ----------
    by : the groups; None, or the arm where the cohort has none, for all patients in one
    variables : keys; all factors known at time zero where None

    Missing values are counted per variable and are never a level.

    Raises
    ------
    NotEstimable
        If no variable is left.

    Examples
    --------
    >>> from core import baseline, read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> rows = baseline(cohort, variables=["age"]).rows
    >>> rows[["group", "n", "median", "low_quartile", "high_quartile"]].round(1)
                     group   n  median  low_quartile  high_quartile
    0            TACE+IMRT  47    55.5          50.7           63.2
    1  TACE+IMRT+sorafenib  35    56.2          45.0           63.6
    2            TACE+IMRT  47     NaN           NaN            NaN
    3  TACE+IMRT+sorafenib  35     NaN           NaN            NaN
    4            TACE+IMRT  47     NaN           NaN            NaN
    5  TACE+IMRT+sorafenib  35     NaN           NaN            NaN
    """
    options, by = options or BaselineOptions(), None if by == ARM and not cohort.mapping.arm else by
    keys = [f.key for f in cohort.mapping.factors if f.known == "baseline"] if variables is None else list(variables)
    keys = [k for k in keys if k != by]
    if not keys:
        raise NotEstimable(say("There is no variable for a baseline table."), say("Choose factors on the Cohort page."))
    groups, sizes = strata(cohort, by), level_counts(cohort, by)
    blocks = _blocks(cohort, keys, by, sizes, options)
    named = dict(zip(groups.levels, sizes.tolist(), strict=True))
    tests = _tests(blocks, options)
    if options.overall and len(named) > 1 and say(ALL_PATIENTS) not in named:
        named = {say(ALL_PATIENTS): int(sizes.sum()), **named}
        blocks = [block.with_all() for block in blocks]
    return Baseline(by=by, label=groups.label, options=options, rows=_rows(blocks, tuple(named)), tests=tests,
                    missing_group=cohort.n - int(sizes.sum()), groups=named)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Block:
    """A variable's part of the table: its levels' counts, `table` (levels, groups), or its numbers, of one level "".

    `known`: patients per group of whom it is known, (groups,); `missing`: of whom not.
    """

    variable: str
    name: str
    levels: tuple[str, ...]
    known: np.ndarray
    missing: np.ndarray
    table: np.ndarray
    numbers: GroupedNumbers | None = None

    def with_all(self) -> _Block:
        """Put the groups together before them."""
        numbers = self.numbers and GroupedNumbers(values=self.numbers.values, counts=_with_sum(self.numbers.counts))
        return replace(self, known=_with_sum(self.known), missing=_with_sum(self.missing), numbers=numbers,
                       table=_with_sum(self.table.T).T)


def _with_sum(groups: np.ndarray) -> np.ndarray:
    """Put the sum over groups, (k, ...), before them."""
    return np.concatenate([groups.sum(axis=0, keepdims=True), groups])


def _blocks(cohort: Cohort, keys: list[str], by: str | None, sizes: np.ndarray,
            options: BaselineOptions) -> list[_Block]:
    """Count the variables per group; `sizes`: the groups'."""
    numbers = {key: grouped_numbers(cohort, key, by) for key in keys if cohort.variable(key).kind != "categorical"}
    by_level = [key for key in keys if key not in numbers
                or (options.cuts and cohort.variable(key).cuts and numbers[key].values.size)]
    tables = dict(zip(by_level, level_counts_by_group(cohort, by, by_level), strict=True))
    blocks = []
    for key in keys:
        of_key, table = numbers.get(key), tables.get(key)
        if of_key is not None:
            blocks.append(_Block(variable=key, name="", levels=("",), known=of_key.n, missing=sizes - of_key.n,
                                 table=of_key.n[None], numbers=of_key))
        if table is not None:
            known = table.sum(axis=0)
            blocks.append(_Block(variable=key, name="by its cuts" if of_key else "",
                                 levels=strata(cohort, key).levels,
                                 known=known, missing=sizes - known, table=table))
    return blocks


def _rows(blocks: list[_Block], groups: tuple[str, ...]) -> pd.DataFrame:
    """Lay out the table, a row per level and group."""
    several = [len(b.levels) for b in blocks]
    known, missing = (np.repeat(np.array(v), several, axis=0).ravel() for v in
                      ([b.known for b in blocks], [b.missing for b in blocks]))
    count = np.concatenate([b.table if b.numbers is None else np.full(b.table.shape, math.nan) for b in blocks]).ravel()
    moments = np.full((known.size, len(_MOMENTS)), math.nan)
    at = 0
    for block in blocks:
        if block.numbers is not None:
            moments[at:at + len(groups)] = block.numbers.moments()
        at += block.table.size
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / known
    return pd.DataFrame({
        "variable": np.repeat(np.repeat(np.array([b.variable for b in blocks], object), several), len(groups)),
        "level": np.repeat(np.array([v for b in blocks for v in b.levels], object), len(groups)),
        "group": np.tile(np.array(groups, object), sum(several)), "n": known, "count": count, "share": share,
        **dict(zip(_MOMENTS, moments.T, strict=True)), "missing": missing})


def _tests(blocks: list[_Block], options: BaselineOptions) -> pd.DataFrame:
    """Compare the groups, a row per block."""
    levels = iter(_level_tests([b.table for b in blocks if b.numbers is None], options))
    summaries, tests, apart = [], [], []
    for block in blocks:
        if block.numbers is None:
            summaries.append("n (%)")
            tests.append(next(levels))
            apart.append(_levels_apart(block.table))
        else:
            summaries.append(_summary(options.rule, block.numbers))
            tests.append(TableTest(*number_test(options.number_test, summaries[-1], block.numbers))
                         if options.p_values else _UNTESTED)
            apart.append(block.numbers.apart())
    return pd.DataFrame({
        "variable": [b.variable for b in blocks], "level": [b.name for b in blocks],
        "summary": summaries, "test": [t.test for t in tests],
        "p_value": np.array([t.p_value for t in tests]), "error": np.array([t.error for t in tests]),
        "smd": np.array(apart), "missing": np.array([int(b.missing.sum()) for b in blocks])})


def _level_tests(tables: list[np.ndarray], options: BaselineOptions) -> list[TableTest]:
    if not options.p_values:
        return [_UNTESTED] * len(tables)
    return exact_tests(tables) if options.level_test == "exact" else [pearson_test(table) for table in tables]


def _summary(rule: Rule, numbers: GroupedNumbers) -> str:
    if rule != "by Lilliefors' test":
        return rule
    normal = all(lilliefors_p(v) >= _NORMAL for v in numbers.parts() if v.size > 4)
    return "mean (SD)" if normal else "median (IQR)"


def _levels_apart(table: np.ndarray) -> float:
    """Return the largest standardised difference of shares between two groups.

    Source: Yang and Dalton. SAS Global Forum 2012;335 (R: tableone).
    """
    filled = table.any(axis=0)
    present = table if filled.all() else table[:, filled]
    if present.shape[1] < 2:
        return math.nan
    shares = (present / present.sum(axis=0)).T
    return max(_shares_apart(a, b) for i, a in enumerate(shares) for b in shares[:i])


def _shares_apart(a: np.ndarray, b: np.ndarray) -> float:
    """Return Mahalanobis' distance of two groups' shares of the levels."""
    if a.size == 2:
        p, q = float(a[1]), float(b[1])
        variance = (p * (1 - p) + q * (1 - q)) / 2
        return abs(p - q) / math.sqrt(variance) if variance else math.inf if p != q else 0.0
    both = np.array([a[1:], b[1:]])
    spread, away = (np.diag(both.sum(axis=0)) - both.T @ both) / 2, both[0] - both[1]
    if (a > 0).all() and (b > 0).all():
        return math.sqrt(float(away @ np.linalg.solve(spread, away)))
    inverse = np.linalg.pinv(spread, rcond=1e-12, hermitian=True)
    beyond = np.abs(away - spread @ (inverse @ away)).max(initial=0)  # what varies in neither group
    return math.inf if beyond > 1e-9 else math.sqrt(max(float(away @ inverse @ away), 0.0))
