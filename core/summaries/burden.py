"""The burden of adverse events per patient: how many terms, and who had serious or related ones."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from core import schema
from core.cohort import Cohort, strata
from core.mapping import NO_WORDS, YES_WORDS
from core.survival import happened

_DISCONTINUED = re.compile(r"(treatment|drug|therapy|study|^)[ _]*(discontinued|withdrawn|stopped)|停药|终止治疗",
                           re.IGNORECASE)


def burden(cohort: Cohort, *, by: str | None = None) -> pd.DataFrame:
    """Count per patient the terms of any grade, and patients by what else is recorded.

    arm, n (patients with any term recorded), terms_median, terms_low, terms_high (quartiles: R's type 7),
    terms_most, serious, related: patients with such an event, discontinued: who ended treatment; NaN where the file
    does not say.
    """
    if by is None and cohort.mapping.arm:
        by = schema.ARM
    groups, grades = strata(cohort, by), cohort.worst_grades.grades
    known = cohort.rows & ~np.isnan(grades).all(axis=1) if grades.shape[1] else np.zeros(len(cohort.rows), bool)
    many = (grades > 0).sum(axis=1)
    flagged = {c: _flagged(cohort, c) for c in ("serious", "related")} | {"discontinued": _discontinued(cohort)}
    rows = []
    for i, level in enumerate(groups.levels):
        in_group = known & (groups.codes == i)
        spread = np.quantile(many[in_group], (0.5, 0.25, 0.75)) if in_group.any() else np.full(3, math.nan)
        marks = [math.nan if has is None else float((has & in_group).sum()) for has in flagged.values()]
        rows.append((level, int(in_group.sum()), *spread, int(many[in_group].max(initial=0)), *marks))
    return pd.DataFrame(rows, columns=["arm", "n", "terms_median", "terms_low", "terms_high", "terms_most", *flagged])


def _discontinued(cohort: Cohort) -> np.ndarray | None:
    """Return who discontinued, (n of the whole,), where a column is named so; None where there is none."""
    named = next((f for f in cohort.mapping.factors if f.kind == "categorical" and _DISCONTINUED.search(f.column)
                  and all(v.casefold() in (*YES_WORDS, *NO_WORDS) for v in cohort.levels(f.key))), None)
    return happened(cohort.whole, named) if named else None


def _flagged(cohort: Cohort, column: str) -> np.ndarray | None:
    """Return who of the whole cohort had an event so marked, (n,); None where nothing is marked."""
    events = cohort.whole.long_events
    if column not in events or events[column].isna().all():
        return None
    out = np.zeros(len(cohort.rows), bool)
    out[events.patient[(events[column] == "yes") & ~(events.grade == 0)].to_numpy(dtype=int)] = True
    return out
