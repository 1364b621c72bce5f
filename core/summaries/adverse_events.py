"""Adverse events: each patient once per term, at the worst grade; rates, tests, differences and ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from core import schema
from core.cohort import Cohort, WorstGrades, strata
from core.mapping import CTCAE, GradeWords
from core.options import Checked
from core.statistics import (
    PairTest,
    adjusted,
    exact_test,
    in_both,
    koopman,
    log_ratio,
    miettinen_nurminen,
    newcombe,
    odds_ratio,
    packed,
    pair_p,
)

Difference = Literal["Miettinen-Nurminen", "Newcombe"]
Ratio = Literal["", "risk ratio, Koopman", "risk ratio, log", "odds ratio, exact"]
DIFFERENCES = {"Miettinen-Nurminen": miettinen_nurminen, "Newcombe": newcombe}
RATIOS = {"risk ratio, Koopman": koopman, "risk ratio, log": log_ratio, "odds ratio, exact": odds_ratio}
ALL_TERMS = "Any adverse event"
_GRADES = 7  # 0 to 5, and missing
BANDS: dict[str, tuple[int, int]] = {"any": (1, 5), "1-2": (1, 2), ">=3": (3, 5), ">=4": (4, 5)}
SINGLE = {str(g): (g, g) for g in range(1, 6)}


@dataclass(frozen=True, kw_only=True)
class EventOptions(Checked):
    """How strata are compared: the test, the interval of the difference, and a ratio beside it ("" for none).

    `single`: bands of single grades, too. `rows`: a row per term, or per category or of all together, at the worst over
    their terms.
    """

    test: PairTest = "Fisher exact"
    difference: Difference = "Miettinen-Nurminen"
    ratio: Ratio = ""
    single: bool = False
    rows: Literal["terms", "categories", "all"] = "terms"


@dataclass(frozen=True, kw_only=True, eq=False)
class AdverseEvents:
    """Rates and comparisons.

    Attributes
    ----------
    rows : category, term, band, arm, n (patients with the term recorded), n_event, rate
    tests : category, term, band, arm, reference, test, p_value, p_adjusted (Benjamini and Hochberg over the band's
        terms that have a p), risk_difference, conf_low, conf_high, and where a ratio is asked for ratio, ratio_low,
        ratio_high; one row per arm against the reference; p is NaN where no arm had an event
    words : what the bands are called, by CTCAE grades or severities
    heads : the rows that are categories among terms, and the category of each
    """

    by: str | None
    options: EventOptions
    levels: tuple[str, ...]
    bands: tuple[str, ...]
    rows: pd.DataFrame
    tests: pd.DataFrame
    missing_stratum: int
    words: GradeWords = CTCAE
    heads: Mapping[str, str] = field(default_factory=dict)


def adverse_events(cohort: Cohort, *, by: str | None = None, options: EventOptions | None = None) -> AdverseEvents:
    """Compare adverse events between strata; the arm where the cohort has one and `by` is None.

    The denominator is the patients of the safety population whose grade of the term was recorded; a blank is missing,
    not 0. Each test is the test stratum against the first, by Fisher's exact p (R: fisher.test) and Miettinen and
    Nurminen's score interval (Stat Med 1985;4:213) unless the options say otherwise.

    Examples
    --------
    >>> from core import adverse_events, read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> tests = adverse_events(cohort).tests
    >>> tests[tests.term == "Anemia"][["band", "test", "p_value"]].round(3)
      band          test  p_value
    3  any  Fisher exact     0.78
    4  1-2  Fisher exact     1.00
    5  >=3  Fisher exact     1.00
    """
    options = options or EventOptions()
    if by is None and cohort.mapping.arm:
        by = schema.ARM
    groups = strata(cohort, by)
    worst = cohort.worst_grades if options.rows == "terms" else \
        cohort.whole.remember(("worst grades", options.rows), lambda: _merged(cohort.worst_grades, options.rows))
    used = cohort.rows & (groups.codes >= 0)
    table = _grade_counts(cohort, worst, np.where(used, groups.codes, -1), len(groups.levels))
    bands = cohort.whole.remember(("grade bands", options.single),
                                  lambda: _bands(cohort.worst_grades, options.single))
    n = table.sum(axis=2)  # (k, terms)
    events = np.stack([table[:, :, low:high + 1].sum(axis=2) for low, high in bands.values()], axis=2)
    names = {"category": worst.categories, "term": worst.terms}
    return AdverseEvents(
        by=by, options=options, levels=groups.levels, bands=tuple(bands),
        rows=_rows(names, tuple(bands), groups.levels, n, events),
        tests=_tests(names, tuple(bands), groups.levels, n, events, options),
        missing_stratum=cohort.n - int(used.sum()), words=cohort.mapping.grade_words,
    )


def grouped(terms: AdverseEvents, categories: AdverseEvents) -> AdverseEvents:
    """Join the results of terms and of categories, whose rows have names that no term has.

    p-values stay adjusted among terms, and among categories.
    """
    taken = set(terms.rows.term)
    names: dict[str, str] = {}
    for category in dict.fromkeys(categories.rows.term):
        name = f"{category}:"
        while name in taken:
            name += ":"
        names[category] = name

    def joined(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([other.assign(term=other.term.map(names)), one], ignore_index=True)
    return replace(terms, rows=joined(terms.rows, categories.rows), tests=joined(terms.tests, categories.tests),
                   heads={name: category for category, name in names.items()})


def overall_tests(result: AdverseEvents, band: str) -> pd.DataFrame:
    """Test each term in a band over all strata at once: category, term, band, test, p_value, error, p_adjusted.

    Fisher, Freeman and Halton's exact test (R: fisher.test); the error is that of a simulated p.
    """
    in_band = result.rows[result.rows.band == band]
    n, had = (in_band[c].to_numpy().reshape(-1, len(result.levels)) for c in ("n", "n_event"))
    rows = []
    terms = in_band[["category", "term"]].iloc[::len(result.levels)].to_numpy()
    for (category, term), every, with_event in zip(terms, n, had, strict=True):
        test = exact_test(np.array([with_event, every - with_event]))
        rows.append((category, term, band, test.test, test.p_value if with_event.any() else np.nan, test.error))
    tests = pd.DataFrame(rows, columns=["category", "term", "band", "test", "p_value", "error"])
    return tests.assign(p_adjusted=adjusted(tests.p_value.to_numpy(dtype=float), "BH"))


def _bands(worst: WorstGrades, single: bool) -> dict[str, tuple[int, int]]:
    bands = {b: span for b, span in BANDS.items() if b != ">=4" or (worst.grades >= 4).any()}
    return bands | ({b: (g, g) for b, (g, _) in SINGLE.items() if (worst.grades == g).any()} if single else {})


def _merged(worst: WorstGrades, rows: str) -> WorstGrades:
    """Return the worst grade over the recorded terms of each category, or of all; missing where none is recorded."""
    categories = worst.categories if rows == "categories" else tuple([ALL_TERMS] * len(worst.terms))
    names = tuple(dict.fromkeys(categories))
    places = [[i for i, c in enumerate(categories) if c == name] for name in names]
    grades = [np.fmax.reduce(worst.grades[:, columns], axis=1) for columns in places]
    return WorstGrades(terms=names, categories=names, grades=np.column_stack(grades) if grades else worst.grades)


def _grade_counts(cohort: Cohort, worst: WorstGrades, codes: np.ndarray, k: int) -> np.ndarray:
    """Count patients by stratum, term and worst grade, (k, terms, 6), without missing grades.

    Only grades above 0 and missing grades are counted; the remaining patients have grade 0.
    """
    term, grade, who = cohort.whole.remember(("grade sets", worst.terms), lambda: _grade_sets(worst.grades))
    counts = np.zeros((k, len(worst.terms), _GRADES), int)
    for i in range(k):
        in_group = codes == i
        counts[i, term, grade] = in_both(who, packed(in_group))
        counts[i, :, 0] = np.count_nonzero(in_group) - counts[i].sum(axis=1)
    return counts[:, :, :-1]


def _grade_sets(grades: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who has each grade above 0, or a missing one (6): terms, grades, (m,) each, and sets of bits."""
    sets = [(term, grade, packed(mask)) for term, grades_of_term in enumerate(grades.T) for grade in range(1, _GRADES)
             if (mask := np.isnan(grades_of_term) if grade == _GRADES - 1 else grades_of_term == grade).any()]
    term, grade = np.array([(t, g) for t, g, _ in sets], int).reshape(-1, 2).T
    words = packed(np.zeros(len(grades), bool)).size
    return term, grade, np.array([bits for *_, bits in sets], np.uint64).reshape(-1, words)


def _labels(names: dict[str, tuple[str, ...]], bands: tuple[str, ...],
            arms: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Lay out the labels of a (terms, bands, arms) array, flattened."""
    size = len(bands) * len(arms)
    out = {c: np.repeat(np.asarray(v, dtype=object), size) for c, v in names.items()}
    terms = len(names["term"])
    out["band"] = np.tile(np.repeat(np.asarray(bands, dtype=object), len(arms)), terms)
    out["arm"] = np.tile(np.asarray(arms, dtype=object), terms * len(bands))
    return out


def _rows(names: dict[str, tuple[str, ...]], bands: tuple[str, ...], levels: tuple[str, ...],
          n: np.ndarray, events: np.ndarray) -> pd.DataFrame:
    of = np.broadcast_to(n.T[:, None, :], (n.shape[1], len(bands), len(levels))).ravel()
    had = events.transpose(1, 2, 0).ravel()
    with np.errstate(invalid="ignore"):
        rate = had / np.where(of == 0, np.nan, of)
    return pd.DataFrame({**_labels(names, bands, levels), "n": of, "n_event": had, "rate": rate})


def _tests(names: dict[str, tuple[str, ...]], bands: tuple[str, ...], levels: tuple[str, ...],
           n: np.ndarray, events: np.ndarray, options: EventOptions) -> pd.DataFrame:
    arms = levels[1:]
    shape = (n.shape[1], len(bands), len(arms))
    had = events.transpose(1, 2, 0)
    x1, x0 = had[:, :, 1:].ravel(), np.broadcast_to(had[:, :, :1], shape).ravel()
    n1 = np.broadcast_to(n.T[:, None, 1:], shape).ravel()
    n0 = np.broadcast_to(n.T[:, None, :1], shape).ravel()
    p = pair_p(options.test, x1, n1, x0, n0)
    difference, low, high = DIFFERENCES[options.difference](x1, n1, x0, n0)
    ratios = dict(zip(("ratio", "ratio_low", "ratio_high"), RATIOS[options.ratio](x1, n1, x0, n0), strict=True)) \
        if options.ratio else {}
    return pd.DataFrame({
        **_labels(names, bands, arms), "reference": [levels[0]] * p.size,
        "test": [options.test] * p.size, "p_value": p,
        "p_adjusted": _adjusted(p, len(bands), len(arms)),
        "risk_difference": difference, "conf_low": low, "conf_high": high, **ratios,
    })


def _adjusted(p: np.ndarray, bands: int, arms: int) -> np.ndarray:
    """Adjust p-values (terms x bands x arms, flattened) within each band and arm over the terms."""
    if not p.size:
        return p
    table = p.reshape(-1, bands, arms)
    out = np.empty_like(table)
    for band, arm in np.ndindex(bands, arms):
        out[:, band, arm] = adjusted(table[:, band, arm], "BH")
    return out.ravel()
