"""What became known only after time zero, and when: the data behind the immortal-time guard.

Source: Anderson, Cain, Gelber. J Clin Oncol 1983;1:710.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from core import schema
from core.cohort.cohort import Cohort
from core.cohort.counts import TOLERANCE
from core.format import number
from core.language import say
from core.mapping import NO_WORDS, FactorRole

NOT_YET = "not known yet"


def later_keys(cohort: Cohort, keys: Iterable[str | None]) -> list[str]:
    """Return those of the filtered variables and of `keys` that are known only after time zero."""
    asked = dict.fromkeys([*cohort.filters.conditions, *(k for k in keys if k)])
    return [k for k in asked if cohort.variable(k).known == "later"]


def month_known_for_all(cohort: Cohort, keys: Iterable[str]) -> float | None:
    """Return the month by which these variables were known in all filtered patients; None where a date is missing."""
    latest = []
    for key in keys:
        months = _months(cohort, cohort.variable(key))
        if months is None or not months.size:
            return None
        latest.append(float(months.max()))
    return max(latest, default=None)


def _months(cohort: Cohort, variable: FactorRole) -> np.ndarray | None:
    """Return the months when a variable became known in the filtered patients who have it; None if it has no dates."""
    if variable.kind == "grade":
        events = cohort.events
        days = events.day[(events.term == variable.column) & (events.grade > 0)].to_numpy(dtype=float)
        return None if np.isnan(days).any() else days * schema.MONTHS_PER["days"]
    if not variable.when:
        return None
    months = cohort.whole.table[schema.known_column(variable.key)].to_numpy(dtype=float)[cohort.rows]
    return months[~np.isnan(months)]


def frozen_at(whole: Cohort, at: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the whole cohort's patients and adverse events as they were known at a time.

    A value that became known later is set to "no" if the variable has such a level, else to a level of its own (a
    number to missing): leaving these patients out would use their future. Later adverse events are removed. Values
    without a date stay as they are.
    """
    changed: dict[str, pd.Series] = {}
    for variable in whole.mapping.variables:
        if variable.known == "later" and variable.when:
            late = whole.table[schema.known_column(variable.key)].to_numpy(dtype=float) > at + TOLERANCE
            changed[variable.key] = _put_back(whole.table[variable.key], late)
    days = whole.long_events.day.to_numpy(dtype=float)
    seen = ~(days * schema.MONTHS_PER["days"] > at + TOLERANCE)
    return whole.table.assign(**changed), whole.long_events[seen].reset_index(drop=True)


def _put_back(values: pd.Series, late: np.ndarray) -> pd.Series:
    if not late.any():
        return values
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values.where(~late)
    no = next((level for level in values.cat.categories if str(level).casefold() in NO_WORDS), NOT_YET)
    if no not in values.cat.categories:
        values = values.cat.add_categories([no])
    return values.mask(late, no)


def immortal_time(cohort: Cohort, *keys: str | None) -> str:
    """Warn where survival is filtered or stratified (by `keys`) by what is known only after time zero.

    Source: Anderson, Cain, Gelber. J Clin Oncol 1983;1:710.
    """
    later = later_keys(cohort, keys)
    if not later:
        return ""
    names = ", ".join(dict.fromkeys(cohort.variable(k).label for k in later))
    if cohort.whole.landmark:
        month = number(cohort.whole.landmark[1])
        if month_known_for_all(cohort, later) is not None:
            return say("{names}: as known by the landmark, month {month}; what became known later does not count.",
                       names=names, month=month)
        return (say("{names}: read as known by the landmark, month {month}. Choose it so late that this holds for "
                    "every patient: what became known after it still favours those who lived.", names=names,
                    month=month))
    verb = "is" if len(later) == 1 else "are"
    return (say("{names} {verb} known only after time zero. Patients had to live long enough to be classified "
                "(immortal time): these curves and hazard ratios do not show an effect and must not be read as one. "
                "A landmark analysis starts the clock when it is known.", names=names, verb=verb))
