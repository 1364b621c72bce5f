"""A number of several groups, from how often each group has each of its values: summaries, ranks and tests.

Values are put in order once per whole cohort; a filtered one costs a count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from core.cohort import Cohort, counted, strata
from core.options import takes_options
from core.statistics import chi_square_p, two_sided_p

NumberTest = Literal["by the summary", "Student t", "Welch t", "Mann-Whitney", "Mann-Whitney, uncorrected"]
NUMBER_TESTS: tuple[NumberTest, ...] = ("by the summary", "Student t", "Welch t", "Mann-Whitney",
                                        "Mann-Whitney, uncorrected")
_SMALL = 50  # from so many patients in a group on Mann and Whitney's p is not exact any more (R: wilcox.test)


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupedNumbers:
    """How often groups have values: `values` (m,) ascending, `counts` int (k, m)."""

    values: np.ndarray
    counts: np.ndarray

    @cached_property
    def n(self) -> np.ndarray:
        """Patients per group whose value is known, (k,)."""
        return self.counts.sum(axis=1)

    @cached_property
    def mean(self) -> np.ndarray:
        """Means, (k,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.counts @ self.values / self.n)

    @cached_property
    def variance(self) -> np.ndarray:
        """Variances, (k,); NaN of fewer than two."""
        away = self.values - np.where(self.n > 0, self.mean, 0)[:, None]
        squares = (self.counts * away**2).sum(axis=1)
        return np.where(self.n > 1, squares / np.maximum(self.n - 1, 1), math.nan)

    @cached_property
    def _up_to(self) -> np.ndarray:
        return np.cumsum(self.counts, axis=1)

    def quantiles(self, shares: tuple[float, ...]) -> np.ndarray:
        """Return quantiles, (k, shares), NaN of nobody (R: quantile, type 7)."""
        out = np.full((len(self.n), len(shares)), math.nan)
        for i, n in enumerate(self.n.tolist()):
            if n:
                place = (n - 1) * np.array(shares)
                before = np.floor(place)
                low, high = self.values[self._up_to[i].searchsorted([before, np.ceil(place)], side="right")]
                out[i] = low + (place - before) * (high - low)
        return out

    def moments(self) -> np.ndarray:
        """Return mean, SD, median, quartiles, least and most, (k, 7); NaN of nobody."""
        low, middle, high, least, most = self.quantiles((0.25, 0.5, 0.75, 0.0, 1.0)).T
        return np.array([self.mean, np.sqrt(self.variance), middle, low, high, least, most]).T

    def parts(self) -> list[np.ndarray]:
        """Return each group's values in order."""
        return [np.repeat(self.values, counts_of_group) for counts_of_group in self.counts]

    def apart(self) -> float:
        """Return the largest standardised difference of means between two groups; NaN where there are not two."""
        differences = []
        for i in range(len(self.n)):
            for j in range(i):
                if min(self.n[i], self.n[j]) > 1:
                    spread = math.sqrt((self.variance[i] + self.variance[j]) / 2)
                    apart = abs(float(self.mean[i] - self.mean[j]))
                    differences.append(apart / spread if spread else math.inf if apart else 0.0)
        return max(differences, default=math.nan)


def grouped_numbers(cohort: Cohort, key: str, by: str | None) -> GroupedNumbers:
    """Count the filtered patients by group and value."""
    whole, groups = cohort.whole, strata(cohort, by)
    values, place = whole.remember(("distinct", key), lambda: distinct(whole.values(key).to_numpy(dtype=float)))
    k, m = len(groups.levels), values.size

    def cells() -> np.ndarray:
        inside = (groups.codes >= 0) & (place >= 0)
        return np.where(inside, groups.codes * m + place, k * m).astype(np.int32 if k * m < 2**31 else np.int64)
    counts = counted(whole, cohort.rows, ("number", key, by), cells, k * m + 1)[:-1].reshape(k, m)
    return GroupedNumbers(values=values, counts=counts)


def distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct numbers, ascending, and each one's place among them, -1 where missing."""
    known = ~np.isnan(numbers)
    values, inverse = np.unique(numbers[known], return_inverse=True)
    place = np.full(numbers.size, -1)
    place[known] = inverse
    return values, place


@takes_options
def number_test(test: NumberTest, summary: str, numbers: GroupedNumbers) -> tuple[str, float]:
    """Return the name and p of the test between groups' numbers; no p where a group has fewer than two.

    R: t.test, wilcox.test; of more than two groups aov and kruskal.test.
    """
    present = numbers.n > 0
    compared = numbers if present.all() else GroupedNumbers(values=numbers.values, counts=numbers.counts[present])
    means, groups = summary == "mean (SD)", len(compared.n)
    if groups < 2 or compared.n.min() < 2 or np.count_nonzero(compared.counts.any(axis=0)) < 2:
        return "", math.nan
    if groups > 2:
        return ("Analysis of variance", _analysis_of_variance(compared)) if means else \
            ("Kruskal-Wallis", _kruskal(compared))
    name = ("Student t" if means else "Mann-Whitney") if test == "by the summary" else test
    if name in ("Student t", "Welch t"):
        return name, _t_test(compared, pooled=name == "Student t")
    if name == "Mann-Whitney" and compared.n.max() < _SMALL and compared.counts.sum(axis=0).max() == 1:
        from scipy.stats import mannwhitneyu

        return "Mann-Whitney exact", float(mannwhitneyu(*compared.parts(), method="exact").pvalue)
    return name, _mann_whitney(compared, corrected=name == "Mann-Whitney")


def _t_test(numbers: GroupedNumbers, *, pooled: bool) -> float:
    from scipy.special import stdtr

    n, variance = numbers.n, numbers.variance
    if pooled:
        df = float(n.sum() - 2)
        error = math.sqrt(((n - 1) * variance).sum() / df * (1 / n).sum())
    else:
        part = variance / n
        error = math.sqrt(part.sum())
        df = float(part.sum() ** 2 / (part**2 / (n - 1)).sum()) if error else math.nan
    apart = abs(float(numbers.mean[0] - numbers.mean[1]))
    return 2 * float(stdtr(df, -apart / error)) if error else math.nan


def _analysis_of_variance(numbers: GroupedNumbers) -> float:
    from scipy.special import fdtrc

    n, k = numbers.n, len(numbers.n)
    between = float((n * (numbers.mean - (n * numbers.mean).sum() / n.sum()) ** 2).sum()) / (k - 1)
    within = float(((n - 1) * numbers.variance).sum()) / (n.sum() - k)
    return float(fdtrc(k - 1, n.sum() - k, between / within)) if within else math.nan


def _ranks(numbers: GroupedNumbers) -> tuple[np.ndarray, float]:
    """Return the groups' rank sums, (k,), with midranks for ties, and the factor by which ties reduce variance."""
    every = numbers.counts.sum(axis=0).astype(float)
    n = every.sum()
    middle = np.cumsum(every) - (every - 1) / 2
    return numbers.counts @ middle, 1 - float((every**3 - every).sum()) / (n**3 - n)


def _mann_whitney(numbers: GroupedNumbers, *, corrected: bool) -> float:
    (ranks, _), narrowed = _ranks(numbers)
    n, other = (float(v) for v in numbers.n)
    away = abs(float(ranks) - n * (n + 1) / 2 - n * other / 2)
    away -= min(0.5, away) if corrected else 0.0
    return two_sided_p(away / math.sqrt(n * other * (n + other + 1) / 12 * narrowed))


def _kruskal(numbers: GroupedNumbers) -> float:
    ranks, narrowed = _ranks(numbers)
    n = float(numbers.n.sum())
    statistic = 12 / (n * (n + 1)) * float((ranks**2 / numbers.n).sum()) - 3 * (n + 1)
    return chi_square_p(statistic / narrowed, len(numbers.n) - 1)
