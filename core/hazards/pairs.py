"""Pairs of factors: the patients of each combination of their groups."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.cohort import Cohort, Condition, count, strata
from core.errors import CohortError, NotEstimable
from core.hazards.subgroups import condition_of
from core.hazards.treatment_effect import treatment_effect
from core.language import say
from core.schema import ARM
from core.statistics import adjusted
from core.survival import kaplan_meier


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """The combinations of two variables' groups.

    Attributes
    ----------
    rows : first, second (places of the groups), n, n_event (missing without an endpoint), median (months; missing where
        it is not reached), and of two arms hazard_ratio, conf_low, conf_high, p_value, p_adjusted (Benjamini and
        Hochberg over the cells with a ratio); cells in the order of the first, then of the second variable
    groups : per variable, the names and conditions of its groups
    keys : the two variables
    """

    rows: pd.DataFrame
    groups: tuple[tuple[tuple[str, Condition], ...], tuple[tuple[str, Condition], ...]]
    labels: tuple[str, str]
    endpoint: str
    keys: tuple[str, str]


def groups_of(cohort: Cohort, key: str) -> tuple[tuple[str, Condition], ...]:
    """Return a variable's groups: its levels, or the intervals between a number's cuts."""
    return tuple((level, condition_of(cohort.whole, key, level)) for level in strata(cohort.whole, key).levels)


def pairs(cohort: Cohort, *, first: str, second: str, endpoint: str = "") -> Pairs:
    """Count the patients, events and medians of each combination, and fit the treatment's hazard ratio in it.

    Parameters
    ----------
    endpoint : of events, medians and ratios, "" for none

    Raises
    ------
    FilterError
        If the cohort has no such variable.
    NotEstimable
        If a variable is missing in every patient.
    """
    whole = cohort.whole
    groups = (groups_of(cohort, first), groups_of(cohort, second))
    if empty := next((key for key, of in zip((first, second), groups, strict=True) if not of), None):
        raise NotEstimable(say("{label} is missing in every patient.", label=whole.variable(empty).label),
                           say("Choose another variable."))
    masks = [[condition.mask(whole.values(key)) for _, condition in of]
             for key, of in zip((first, second), groups, strict=True)]
    rows = []
    for i, across in enumerate(masks[0]):
        for j, down in enumerate(masks[1]):
            name = f"{groups[0][i][0]} | {groups[1][j][0]}"
            part = replace(cohort, rows=cohort.rows & across & down, part=(f"{first} | {second}", name), parent=whole)
            rows.append({"first": i, "second": j, "n": part.n, **_survival(part, endpoint)})
    frame = pd.DataFrame(rows)
    corrected = adjusted(frame.p_value.to_numpy(dtype=float), "BH")
    labels = (whole.variable(first).label, whole.variable(second).label)
    return Pairs(rows=frame.assign(p_adjusted=corrected), groups=groups, labels=labels, endpoint=endpoint,
                 keys=(first, second))


def _survival(part: Cohort, endpoint: str) -> dict[str, float]:
    out = dict.fromkeys(("n_event", "median", "hazard_ratio", "conf_low", "conf_high", "p_value"), math.nan)
    if not endpoint:
        return out
    out["n_event"] = float(count(part, endpoint, None).n_event.sum())
    if part.n:
        out["median"] = float(kaplan_meier(part, endpoint=endpoint).medians["median"].iloc[0])
    if part.mapping.arm and len(part.levels(ARM)) == 2:
        try:
            term: Any = treatment_effect(part, endpoint=endpoint, by=ARM).terms.iloc[0]
        except CohortError:
            return out
        out |= {c: float(term[c]) for c in ("hazard_ratio", "conf_low", "conf_high", "p_value")}
    return out
