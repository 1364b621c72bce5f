"""How each condition cut the cohort, one after another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.cohort import GROUPS, Cohort, Filters, count, level_counts
from core.schema import ARM


@dataclass(frozen=True, kw_only=True, eq=False)
class Attrition:
    """How conditions cut a cohort.

    Attributes
    ----------
    rows : condition ("" for the whole cohort), variable, n who are left, n_removed by it, n_missing of these without a
        value, n_event of the endpoint (missing where there is none), in the order of the conditions
    arms : patients of each arm who are left, int (conditions + 1, arms); no column without an arm
    levels : the arms
    """

    rows: pd.DataFrame
    arms: pd.DataFrame
    levels: tuple[str, ...]
    endpoint: str


def attrition(cohort: Cohort, *, endpoint: str = "") -> Attrition:
    """Put the cohort's conditions on one after another and count who is left.

    Parameters
    ----------
    endpoint : whose events are counted, "" for none
    """
    whole, conditions = cohort.whole, cohort.filters.conditions
    levels = whole.levels(ARM) if whole.mapping.arm else ()
    rows, arms, before = [], [], whole
    for place in range(len(conditions) + 1):
        part = whole.filter(Filters(dict(list(conditions.items())[:place])))
        key = list(conditions)[place - 1] if place else ""
        gone = before.rows & ~part.rows
        without = whole.values(key).isna().to_numpy() & gone if key and key != GROUPS else gone[:0]
        events = float(count(part, endpoint, None).n_event.sum()) if endpoint else float("nan")
        rows.append({"condition": part.condition_words(key) if key else "", "variable": key, "n": part.n,
                     "n_removed": int(gone.sum()), "n_missing": int(without.sum()), "n_event": events})
        arms.append(dict(zip(levels, level_counts(part, ARM), strict=True)) if levels else {})
        before = part
    return Attrition(rows=pd.DataFrame(rows), arms=pd.DataFrame(arms, columns=list(levels)), levels=levels,
                     endpoint=endpoint)
