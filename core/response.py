"""Tumour response: objective response and disease control per group, with exact intervals.

Source of the categories: Lencioni and Llovet. Semin Liver Dis 2010;30:52 (mRECIST); Eisenhauer et al. Eur J Cancer
2009;45:228.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.adverse_events import DIFFERENCES, Difference
from core.cohort import Cohort
from core.counts import strata
from core.errors import NotEstimable
from core.options import Checked
from core.proportions import PairTest, clopper_pearson, pair_p
from core.schema import ARM, RESPONSE
from core.tables import exact_test

NOT_EVALUABLE = "not evaluable or missing"
OBJECTIVE, CONTROL = "objective response", "disease control"
_WORDS: dict[str, tuple[str, ...]] = {
    "CR": ("cr", "complete", "完全缓解"), "PR": ("pr", "partial", "部分缓解"),
    "SD": ("sd", "stable", "疾病稳定", "病情稳定", "稳定"), "PD": ("pd", "progress", "疾病进展", "进展")}
_NO_CATEGORY = re.compile(r"^(not|non|un|in|no\b|未|不|无|没)|free|missing|data|assess")


@dataclass(frozen=True, kw_only=True)
class ResponseOptions(Checked):
    """What counts, of whom, and how groups are compared.

    Attributes
    ----------
    responders, controlled : levels that are an objective response, and disease control; recognised where None
    evaluable_only : leave out who is not evaluable or missing, who else counts as no response
    """

    responders: tuple[str, ...] | None = None
    controlled: tuple[str, ...] | None = None
    evaluable_only: bool = False
    test: PairTest = "Fisher exact"
    difference: Difference = "Miettinen-Nurminen"


@dataclass(frozen=True, kw_only=True, eq=False)
class Response:
    """Best response and its rates.

    Attributes
    ----------
    rows : level (the response's, "not evaluable or missing" last), arm, n, count, share
    rates : rate, arm, n, n_event, estimate, conf_low, conf_high (Clopper and Pearson)
    tests : rate, arm, reference, test, p_value, difference, conf_low, conf_high
    overall : statistic of all levels by group: test, p_value, error
    """

    by: str
    label: str
    levels: tuple[str, ...]
    options: ResponseOptions
    rows: pd.DataFrame
    rates: pd.DataFrame
    tests: pd.DataFrame
    overall: pd.DataFrame
    missing_group: int


def category_of(level: str) -> str:
    """Return CR, PR, SD or PD for a level as files write it; "" for another, such as not evaluable."""
    text = level.strip().casefold()
    if "non-cr/non-pd" in text:  # RECIST: disease that is there and not measured, under control
        return "SD"
    if _NO_CATEGORY.search(text):
        return ""
    return next((name for name, words in _WORDS.items() if any(
        text == w or ((len(w) > 2 or not w.isascii()) and text.startswith(w)) for w in words)), "")


def recognised(cohort: Cohort) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the levels that are an objective response, and those that are disease control."""
    found = {level: category_of(level) for level in cohort.levels(RESPONSE)}
    return (tuple(v for v, c in found.items() if c in ("CR", "PR")),
            tuple(v for v, c in found.items() if c in ("CR", "PR", "SD")))


def response(cohort: Cohort, *, by: str = ARM, options: ResponseOptions | None = None) -> Response:
    """Count best responses per group and compare the rates (R: binom.test, fisher.test).

    The denominator is all patients of the group: who is not evaluable or missing has no response.

    Raises
    ------
    NotEstimable
        If no response is mapped, or none of its levels is recognised and none is named.
    """
    options = options or ResponseOptions()
    if cohort.mapping.response is None:
        raise NotEstimable("No tumour response is mapped.", "Choose its column on the Cohort page.")
    responders, controlled = recognised(cohort)
    responders = responders if options.responders is None else options.responders
    controlled = controlled if options.controlled is None else options.controlled
    levels = cohort.levels(RESPONSE)
    evaluable = [v for v in levels if category_of(v) or v in (*responders, *controlled)]
    if not evaluable:
        raise NotEstimable(f"None of the responses {', '.join(levels)} is known as CR, PR, SD or PD.",
                           "Say which of them are a response.")
    groups = strata(cohort, by)
    table = _table(cohort, groups.codes, len(groups.levels), levels, evaluable)
    if options.evaluable_only:
        table[-1] = 0
    n = table.sum(axis=0)
    names = [*evaluable, NOT_EVALUABLE]
    events = {OBJECTIVE: table[[v in responders for v in names]].sum(axis=0),
              CONTROL: table[[v in controlled for v in names]].sum(axis=0)}
    found = exact_test(table)
    return Response(
        by=by, label=groups.label, levels=groups.levels, options=options, rows=_rows(names, groups.levels, table, n),
        rates=_rates(events, groups.levels, n), tests=_tests(events, groups.levels, n, options),
        overall=pd.DataFrame([(found.test, found.p_value, found.error)], columns=["test", "p_value", "error"]),
        missing_group=int((cohort.rows & (groups.codes < 0)).sum()))


def _table(cohort: Cohort, groups: np.ndarray, k: int, levels: tuple[str, ...], evaluable: list[str]) -> np.ndarray:
    """Count the evaluable levels, and the rest as one, by group: (levels + 1, k)."""
    place = np.array([evaluable.index(v) if v in evaluable else len(evaluable) for v in levels] + [len(evaluable)])
    codes = place[cohort.values(RESPONSE).cat.codes.to_numpy(dtype=int)]
    used = cohort.rows & (groups >= 0)
    cells = np.bincount(codes[used] * k + groups[used], minlength=(len(evaluable) + 1) * k)
    return cells.reshape(len(evaluable) + 1, k)


def _rows(names: list[str], groups: tuple[str, ...], table: np.ndarray, n: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([(level, group, int(n[j]), int(table[i, j]), table[i, j] / n[j] if n[j] else math.nan)
                         for i, level in enumerate(names) for j, group in enumerate(groups)],
                        columns=["level", "arm", "n", "count", "share"])


def _rates(events: dict[str, np.ndarray], groups: tuple[str, ...], n: np.ndarray) -> pd.DataFrame:
    parts = []
    for name, had in events.items():
        low, high = clopper_pearson(had, n)
        with np.errstate(invalid="ignore"):
            rate = np.where(n > 0, had / np.maximum(n, 1), np.nan)
        parts.append(pd.DataFrame({"rate": name, "arm": list(groups), "n": n, "n_event": had, "estimate": rate,
                                   "conf_low": low, "conf_high": high}))
    return pd.concat(parts, ignore_index=True)


def _tests(events: dict[str, np.ndarray], groups: tuple[str, ...], n: np.ndarray,
           options: ResponseOptions) -> pd.DataFrame:
    parts = []
    for name, had in events.items():
        tables = had[1:], n[1:], np.repeat(had[:1], len(groups) - 1), np.repeat(n[:1], len(groups) - 1)
        apart, low, high = DIFFERENCES[options.difference](*tables)
        parts.append(pd.DataFrame({"rate": name, "arm": list(groups[1:]), "reference": groups[0], "test": options.test,
                                   "p_value": pair_p(options.test, *tables), "difference": apart, "conf_low": low,
                                   "conf_high": high}))
    return pd.concat(parts, ignore_index=True)
