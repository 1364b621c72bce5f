"""Adverse events: each patient once per term, at the worst grade; rates, exact tests, differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import schema
from core.cohort import Cohort
from core.counts import strata
from core.two_by_two import fisher_exact, miettinen_nurminen

FISHER = "Fisher exact"
_GRADES = 7  # 0 to 5, and missing
BANDS: dict[str, tuple[int, int]] = {"any": (1, 5), "1-2": (1, 2), ">=3": (3, 5), ">=4": (4, 5)}


@dataclass(frozen=True, kw_only=True, eq=False)
class AdverseEvents:
    """Rates and comparisons.

    Attributes
    ----------
    rows : category, term, band, arm, n (patients with the term recorded), n_event, rate
    tests : category, term, band, arm, reference, test, p_value, risk_difference, conf_low,
        conf_high; one row per arm against the reference; p is NaN where no arm had an event
    """

    by: str | None
    levels: tuple[str, ...]
    bands: tuple[str, ...]
    rows: pd.DataFrame
    tests: pd.DataFrame
    missing_stratum: int


def adverse_events(cohort: Cohort, *, by: str | None = None) -> AdverseEvents:
    """Compare adverse events between strata; the arm where the cohort has one and `by` is None.

    The denominator is the patients whose grade of the term was recorded; a blank is missing, not 0.
    Each test is the test stratum against the first: Fisher's exact p (R: fisher.test), risk
    difference with Miettinen and Nurminen's score interval (Stat Med 1985;4:213).
    """
    if by is None and cohort.mapping.arm:
        by = schema.ARM
    groups, worst = strata(cohort, by), cohort.worst_grades
    used = cohort.rows & (groups.codes >= 0)
    table = _grade_counts(cohort, groups.codes, used, len(groups.levels))
    bands = cohort.whole.remember("grade bands", lambda: {
        b: span for b, span in BANDS.items() if b != ">=4" or (worst.grades >= 4).any()})
    n = table.sum(axis=2)  # (k, terms)
    events = np.stack([table[:, :, low:high + 1].sum(axis=2) for low, high in bands.values()], axis=2)
    names = {"category": worst.categories, "term": worst.terms}
    return AdverseEvents(
        by=by, levels=groups.levels, bands=tuple(bands),
        rows=_rows(names, tuple(bands), groups.levels, n, events),
        tests=_tests(names, tuple(bands), groups.levels, n, events),
        missing_stratum=cohort.n - int(used.sum()),
    )


def _grade_counts(cohort: Cohort, codes: np.ndarray, used: np.ndarray, k: int) -> np.ndarray:
    """Count patients by stratum, term and worst grade: (k, terms, 6); missing grades nowhere."""
    cells = cohort.whole.remember("grade cells", lambda: _grade_cells(cohort.worst_grades.grades))
    terms = cells.shape[1]
    counted = [np.bincount(cells[used & (codes == i)].ravel(), minlength=terms * _GRADES)
               for i in range(k)]
    return np.stack(counted).reshape(k, terms, _GRADES)[:, :, :-1]


def _grade_cells(grades: np.ndarray) -> np.ndarray:
    """Number each patient's term and worst grade, (n, terms); the last number per term is missing."""
    grade = np.where(np.isnan(grades), _GRADES - 1, grades).astype(np.intp)
    return grade + np.arange(grades.shape[1]) * _GRADES


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
    return pd.DataFrame({**_labels(names, bands, levels), "n": of, "n_event": had, "rate": rate}, copy=False)


def _tests(names: dict[str, tuple[str, ...]], bands: tuple[str, ...], levels: tuple[str, ...],
           n: np.ndarray, events: np.ndarray) -> pd.DataFrame:
    arms = levels[1:]
    shape = (n.shape[1], len(bands), len(arms))
    had = events.transpose(1, 2, 0)
    x1, x0 = had[:, :, 1:].ravel(), np.broadcast_to(had[:, :, :1], shape).ravel()
    n1 = np.broadcast_to(n.T[:, None, 1:], shape).ravel()
    n0 = np.broadcast_to(n.T[:, None, :1], shape).ravel()
    p = fisher_exact(x1, n1, x0, n0)
    difference, low, high = miettinen_nurminen(x1, n1, x0, n0)
    return pd.DataFrame({
        **_labels(names, bands, arms), "reference": levels[0], "test": FISHER, "p_value": p,
        "risk_difference": difference, "conf_low": low, "conf_high": high,
    }, copy=False)
