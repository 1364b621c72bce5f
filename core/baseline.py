"""The baseline table: what the patients of each group were like before treatment.

By STROBE a baseline table has no p (Vandenbroucke et al. PLoS Med 2007;4:e297); where p is asked for, each row names
the test that made it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from core.cohort import Cohort
from core.counts import cut_codes, strata
from core.errors import NotEstimable
from core.lilliefors import lilliefors_p
from core.schema import ARM
from core.tables import exact_test, pearson_test

Rule = Literal["median (IQR)", "mean (SD)", "median (range)", "by Lilliefors' test"]
RULES: tuple[Rule, ...] = ("median (IQR)", "mean (SD)", "median (range)", "by Lilliefors' test")
NumberTest = Literal["by the summary", "Student t", "Welch t", "Mann-Whitney", "Mann-Whitney, uncorrected"]
NUMBER_TESTS: tuple[NumberTest, ...] = ("by the summary", "Student t", "Welch t", "Mann-Whitney",
                                        "Mann-Whitney, uncorrected")
LevelTest = Literal["exact", "Pearson χ²"]
LEVEL_TESTS: tuple[LevelTest, ...] = ("exact", "Pearson χ²")
_NORMAL, _SMALL = 0.05, 50


@dataclass(frozen=True, kw_only=True)
class BaselineOptions:
    """How numbers are summed up, and what is tested.

    Attributes
    ----------
    rule : of the summary; by Lilliefors' test: mean (SD) where no group departs from a normal distribution, p < .05
    number_test : by the summary: Student's t for means, Mann-Whitney for medians; of more than two groups analysis of
        variance and Kruskal-Wallis
    cuts : numbers with cut-points also by these
    """

    rule: Rule = "median (IQR)"
    number_test: NumberTest = "by the summary"
    level_test: LevelTest = "exact"
    cuts: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Baseline:
    """A baseline table.

    Attributes
    ----------
    rows : variable, level ("" for a number), group, n (patients of whom it is known), count (of the level), share,
        mean, sd, median, low_quartile, high_quartile, least, most, missing
    tests : variable, level ("" or "by its cuts"), summary, test, p_value, error (of a simulated p), smd (absolute, the
        largest between two groups), missing
    groups : the groups' names and sizes
    """

    by: str
    label: str
    options: BaselineOptions
    groups: dict[str, int]
    rows: pd.DataFrame
    tests: pd.DataFrame
    missing_group: int


def baseline(cohort: Cohort, *, by: str = ARM, variables: Sequence[str] | None = None,
             options: BaselineOptions | None = None) -> Baseline:
    """Sum up variables by group, with standardised differences and tests (R: t.test, wilcox.test, fisher.test ...).

    Parameters
    ----------
    variables : keys; all factors known at time zero where None

    Missing values are counted per variable and are never a level.

    Raises
    ------
    NotEstimable
        If no variable is left.
    """
    options = options or BaselineOptions()
    keys = [f.key for f in cohort.mapping.factors if f.known == "baseline"] if variables is None else list(variables)
    keys = [k for k in keys if k != by]
    if not keys:
        raise NotEstimable("There is no variable for a baseline table.", "Choose factors on the Cohort page.")
    groups = strata(cohort, by)
    sheet = _Sheet(np.where(cohort.rows, groups.codes, -1), groups.levels, options)
    for key in keys:
        variable, values = cohort.variable(key), cohort.values(key)
        if variable.kind == "categorical":
            sheet.add_levels(key, "", cohort.levels(key), values.cat.codes.to_numpy(dtype=int))
            continue
        number = values.to_numpy(dtype=float)
        sheet.add_number(key, number)
        if options.cuts and variable.cuts:
            inside, names = cut_codes(number, variable.cuts)
            sheet.add_levels(key, "by its cuts", names, np.where(np.isnan(number), -1, inside))
    sizes = np.bincount(sheet.codes[sheet.codes >= 0], minlength=len(groups.levels))
    return Baseline(by=by, label=groups.label, options=options, rows=pd.DataFrame(sheet.rows),
                    tests=pd.DataFrame(sheet.tests), missing_group=cohort.n - int(sizes.sum()),
                    groups={g: int(n) for g, n in zip(groups.levels, sizes, strict=True)})


class _Sheet:
    """The table while it is filled; `codes` (n of the whole cohort,) are the patients' groups, -1 for none."""

    def __init__(self, codes: np.ndarray, groups: tuple[str, ...], options: BaselineOptions) -> None:
        self.codes, self.groups, self.options = codes, groups, options
        self.rows: list[dict[str, object]] = []
        self.tests: list[dict[str, object]] = []

    def add_levels(self, key: str, name: str, levels: tuple[str, ...], of: np.ndarray) -> None:
        """Count a variable's levels (`of`: each patient's, -1 where missing) per group, and compare them."""
        here, k = self.codes >= 0, len(self.groups)
        both = here & (of >= 0)
        cells = np.bincount(of[both] * k + self.codes[both], minlength=len(levels) * k)
        table = cells.reshape(len(levels), k)
        known, absent = table.sum(axis=0), np.bincount(self.codes[here & (of < 0)], minlength=k)
        for i, level in enumerate(levels):
            for j, group in enumerate(self.groups):
                self.rows.append({
                    "variable": key, "level": level, "group": group, "n": int(known[j]), "count": int(table[i, j]),
                    "share": table[i, j] / known[j] if known[j] else math.nan, "missing": int(absent[j])})
        found = exact_test(table) if self.options.level_test == "exact" else pearson_test(table)
        self.tests.append({"variable": key, "level": name, "summary": "n (%)", "test": found.test,
                           "p_value": found.p_value, "error": found.error, "smd": _levels_apart(table),
                           "missing": int(absent.sum())})

    def add_number(self, key: str, values: np.ndarray) -> None:
        """Sum up a number per group, and compare it."""
        parts = [values[self.codes == j] for j in range(len(self.groups))]
        known = [v[~np.isnan(v)] for v in parts]
        for group, part, own in zip(self.groups, parts, known, strict=True):
            self.rows.append({"variable": key, "level": "", "group": group, "n": int(own.size),
                              **_moments(own), "missing": int(part.size - own.size)})
        summary = _summary(self.options.rule, known)
        test, p = number_test(self.options.number_test, summary, [v for v in known if v.size])
        self.tests.append({"variable": key, "level": "", "summary": summary, "test": test, "p_value": p, "error": 0.0,
                           "smd": _numbers_apart(known),
                           "missing": sum(a.size - b.size for a, b in zip(parts, known, strict=True))})


def _moments(own: np.ndarray) -> dict[str, float]:
    """Return what sums up a number; NaN where there is nobody."""
    if not own.size:
        return dict.fromkeys(("mean", "sd", "median", "low_quartile", "high_quartile", "least", "most"), math.nan)
    low, middle, high = np.quantile(own, (0.25, 0.5, 0.75))
    return {"mean": own.mean(), "sd": own.std(ddof=1) if own.size > 1 else math.nan, "median": middle,
            "low_quartile": low, "high_quartile": high, "least": own.min(), "most": own.max()}


def _summary(rule: Rule, parts: list[np.ndarray]) -> str:
    if rule != "by Lilliefors' test":
        return rule
    normal = all(lilliefors_p(v) >= _NORMAL for v in parts if v.size > 4)
    return "mean (SD)" if normal else "median (IQR)"


def number_test(test: NumberTest, summary: str, parts: list[np.ndarray]) -> tuple[str, float]:
    """Return the name and p of the test between groups' numbers; no p where a group has fewer than two."""
    from scipy import stats

    means = summary == "mean (SD)"
    if len(parts) < 2 or min(v.size for v in parts) < 2 or np.ptp(np.concatenate(parts)) == 0:
        return "", math.nan
    if len(parts) > 2:
        return ("Analysis of variance", float(stats.f_oneway(*parts).pvalue)) if means else \
            ("Kruskal-Wallis", float(stats.kruskal(*parts).pvalue))
    name = ("Student t" if means else "Mann-Whitney") if test == "by the summary" else test
    if name in ("Student t", "Welch t"):
        return name, float(stats.ttest_ind(*parts, equal_var=name == "Student t").pvalue)
    joined = np.concatenate(parts)
    small = max(v.size for v in parts) < _SMALL and np.unique(joined).size == joined.size
    exact = name == "Mann-Whitney" and small  # R's wilcox.test
    p = stats.mannwhitneyu(*parts, method="exact" if exact else "asymptotic",
                           use_continuity=name == "Mann-Whitney").pvalue
    return ("Mann-Whitney exact" if exact else name), float(p)


def _numbers_apart(parts: list[np.ndarray]) -> float:
    """Return the largest standardised difference of means between two groups."""
    found = []
    for i, a in enumerate(parts):
        for b in parts[:i]:
            if min(a.size, b.size) < 2:
                continue
            spread = math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
            apart = abs(float(a.mean() - b.mean()))
            found.append(apart / spread if spread else math.inf if apart else 0.0)
    return max(found, default=math.nan)


def _levels_apart(table: np.ndarray) -> float:
    """Return the largest standardised difference of shares between two groups.

    Source: Yang and Dalton. SAS Global Forum 2012;335 (R: tableone).
    """
    some = table[:, table.any(axis=0)]
    shares = (some / some.sum(axis=0))[1:].T if some.size else np.zeros((0, 0))
    found = []
    for i, a in enumerate(shares):
        for b in shares[:i]:
            spread = np.atleast_2d(sum(np.diag(v) - np.outer(v, v) for v in (a, b)) / 2)
            inverse = np.linalg.pinv(spread, rcond=1e-12, hermitian=True)
            beyond = np.abs(a - b - spread @ (inverse @ (a - b))).max(initial=0)  # what varies in neither group
            square = float((a - b) @ inverse @ (a - b))
            found.append(math.inf if beyond > 1e-9 else math.sqrt(max(square, 0.0)))
    return max(found, default=math.nan)
