"""Tumour response: objective response and disease control per group, with exact intervals.

Source of the categories: Lencioni and Llovet. Semin Liver Dis 2010;30:52 (mRECIST); Eisenhauer et al. Eur J Cancer
2009;45:228.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from core.cohort import Cohort, strata
from core.errors import NotEstimable
from core.language import say
from core.mapping import Meaning, meaning_of
from core.options import Checked
from core.schema import ARM, RESPONSE
from core.statistics import PairTest, clopper_pearson, exact_test, pair_p
from core.summaries.adverse_events import DIFFERENCES, Difference

NOT_EVALUABLE = "not evaluable or missing"
OBJECTIVE, CONTROL = "objective response", "disease control"

@dataclass(frozen=True, kw_only=True)
class ResponseOptions(Checked):
    """What counts, of whom, and how groups are compared.

    Attributes
    ----------
    meanings : level and what it means, where that is not what the mapping or its name says
    evaluable_only : leave out who is not evaluable or missing, who else counts as no response
    """

    meanings: tuple[tuple[str, Meaning], ...] = ()
    evaluable_only: bool = False
    test: PairTest = "Fisher exact"
    difference: Difference = "Miettinen-Nurminen"


@dataclass(frozen=True, kw_only=True, eq=False)
class Response:
    """Best response and its rates.

    Attributes
    ----------
    rows : level (the response's, "not evaluable or missing" last), arm, n, count, share
    rates : rate, arm, n, n_event, estimate, conf_low, conf_high (Clopper and Pearson); disease control is NaN where of
        a level with patients it is not known
    meanings : level -> what it means, "" where nobody said it; these count as no response, and stay in the denominator
    unclassified : level -> patients of these levels
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
    meanings: Mapping[str, Meaning | Literal[""]]
    unclassified: Mapping[str, int]


def meanings_of(cohort: Cohort, asked: Iterable[tuple[str, Meaning]] = ()) -> dict[str, Meaning | Literal[""]]:
    """Return what each level of the tumour response means: as asked, as the mapping says, else by its name."""
    role = cohort.mapping.response
    given: dict[str, Meaning] = {**(role.meanings if role else {}), **dict(asked)}
    return {level: given.get(level) or meaning_of(level) for level in cohort.levels(RESPONSE)}


def responding(cohort: Cohort, asked: Iterable[tuple[str, Meaning]] = ()) -> list[str]:
    """Return the levels that are an objective response."""
    return [level for level, meaning in meanings_of(cohort, asked).items() if meaning == "response"]


def response(cohort: Cohort, *, by: str = ARM, options: ResponseOptions | None = None) -> Response:
    """Count best responses per group and compare the rates (R: binom.test, fisher.test).

    The denominator is all patients of the group: who is not evaluable or missing has no response. A level that nobody
    classified is never left out.

    Raises
    ------
    NotEstimable
        If no response is mapped, or it is not known of any of its levels what it means.

    Examples
    --------
    >>> from core import read_cohort, response
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> response(cohort).rates[["rate", "arm", "n_event", "n"]]
                     rate                  arm  n_event   n
    0  objective response            TACE+IMRT       21  47
    1  objective response  TACE+IMRT+sorafenib       16  35
    2     disease control            TACE+IMRT       36  47
    3     disease control  TACE+IMRT+sorafenib       27  35
    """
    options = options or ResponseOptions()
    if cohort.mapping.response is None:
        raise NotEstimable(say("No tumour response is mapped."), say("Choose its column on the Cohort page."))
    meant = meanings_of(cohort, options.meanings)
    names = [level for level, meaning in meant.items() if meaning != "not evaluable"]
    if not any(meant[level] for level in names):
        raise NotEstimable(say("The meaning of the responses {meant} is not known.", meant=', '.join(meant)),
                           say("Choose which of them are a response, under “Definitions and tests” or on the Cohort "
                               "page."))
    groups = strata(cohort, by)
    table = _table(cohort, groups.codes, len(groups.levels), tuple(meant), names)
    if options.evaluable_only:
        table[-1] = 0
    n = table.sum(axis=0)
    events = {OBJECTIVE: _having(table, names, meant, ("response",)).astype(float),
              CONTROL: _having(table, names, meant, ("response", "control")).astype(float)}
    unknown = _having(table, names, meant, ("no response",)) > 0
    events[CONTROL][unknown] = math.nan
    test = exact_test(table)
    return Response(
        by=by, label=groups.label, levels=groups.levels, options=options, meanings=meant,
        rows=_rows([*names, NOT_EVALUABLE], groups.levels, table, n),
        rates=_rates(events, groups.levels, n), tests=_tests(events, groups.levels, n, options),
        overall=pd.DataFrame([(test.test, test.p_value, test.error)], columns=["test", "p_value", "error"]),
        missing_group=int((cohort.rows & (groups.codes < 0)).sum()),
        unclassified={level: int(table[i].sum()) for i, level in enumerate(names) if not meant[level]})


def _having(table: np.ndarray, names: list[str], meant: Mapping[str, str], wanted: tuple[str, ...]) -> np.ndarray:
    """Count per group the patients whose level means one of these, (k,)."""
    return np.asarray(table[:-1][[meant[name] in wanted for name in names]].sum(axis=0))


def _table(cohort: Cohort, groups: np.ndarray, k: int, levels: tuple[str, ...], names: list[str]) -> np.ndarray:
    """Count these levels, and the rest with the missing as one, by group: (levels + 1, k)."""
    place = np.array([names.index(v) if v in names else len(names) for v in levels] + [len(names)])
    codes = place[cohort.values(RESPONSE).cat.codes.to_numpy(dtype=int)]
    used = cohort.rows & (groups >= 0)
    cells = np.bincount(codes[used] * k + groups[used], minlength=(len(names) + 1) * k)
    return cells.reshape(len(names) + 1, k)


def _rows(names: list[str], groups: tuple[str, ...], table: np.ndarray, n: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([(level, group, int(n[j]), int(table[i, j]), table[i, j] / n[j] if n[j] else math.nan)
                         for i, level in enumerate(names) for j, group in enumerate(groups)],
                        columns=["level", "arm", "n", "count", "share"])


def _rates(events: dict[str, np.ndarray], groups: tuple[str, ...], n: np.ndarray) -> pd.DataFrame:
    parts = []
    for name, had in events.items():
        known = ~np.isnan(had)
        low, high = (np.where(known, v, np.nan) for v in clopper_pearson(np.where(known, had, 0), n))
        with np.errstate(invalid="ignore"):
            rate = np.where(n > 0, had / np.maximum(n, 1), np.nan)
        parts.append(pd.DataFrame({"rate": name, "arm": list(groups), "n": n,
                                   "n_event": had.astype(int) if known.all() else had, "estimate": rate,
                                   "conf_low": low, "conf_high": high}))
    return pd.concat(parts, ignore_index=True)


def _tests(events: dict[str, np.ndarray], groups: tuple[str, ...], n: np.ndarray,
           options: ResponseOptions) -> pd.DataFrame:
    parts = []
    for name, had in events.items():
        known = ~np.isnan(had[1:]) & ~np.isnan(had[0])
        counts = np.nan_to_num(had).astype(int)
        tables = counts[1:], n[1:], np.repeat(counts[:1], len(groups) - 1), np.repeat(n[:1], len(groups) - 1)
        figures = (pair_p(options.test, *tables), *DIFFERENCES[options.difference](*tables))
        p, apart, low, high = (np.where(known, v, np.nan) for v in figures)
        parts.append(pd.DataFrame({"rate": name, "arm": list(groups[1:]), "reference": groups[0], "test": options.test,
                                   "p_value": p, "difference": apart, "conf_low": low, "conf_high": high}))
    return pd.concat(parts, ignore_index=True)
