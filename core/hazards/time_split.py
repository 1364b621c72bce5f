"""A hazard ratio that changes over time, estimated separately before and after a month.

In the first period everybody's follow-up ends at the month; in the second the clock starts there, for those still
followed (a landmark).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core import schema
from core.cohort import TOLERANCE, Cohort, entry_months, landmark, timeline
from core.errors import NotEstimable
from core.format import number
from core.hazards.cox import CoxOptions, cox
from core.language import say


def middle_of_events(cohort: Cohort, endpoint: str) -> float:
    """Return the month by which half of the filtered patients' events had happened; NaN without events."""
    line = timeline(cohort, endpoint)
    months = line.times[line.index[cohort.rows & (line.index >= 0) & line.event]]
    return float(np.median(months)) if months.size else float("nan")


def time_split(cohort: Cohort, *, endpoint: str, covariates: Sequence[str], at: float,
               options: CoxOptions | None = None) -> pd.DataFrame:
    """Fit the model apart until `at` months and from there (R: coxph on Surv(pmin(t, at), e & t <= at), and t > at).

    Returns
    -------
    the model's terms, with `period` ("until month ...", "from month ...") and its patients and events before them

    Raises
    ------
    NotEstimable
        If nobody is followed beyond the month, or no event is on one of its sides.
    """
    try:
        later = landmark(cohort, endpoint=endpoint, at=at).cohort
    except NotEstimable as error:
        raise NotEstimable(error.problem, say("Choose an earlier month.")) from error
    parts = {say("until month {month}", month=number(at)): _until(cohort, endpoint, at),
             say("from month {month}", month=number(at)): later}
    periods = []
    for period, part in parts.items():
        try:
            model = cox(part, endpoint=endpoint, covariates=covariates, options=options)
        except NotEstimable as error:
            raise NotEstimable(f"{period.capitalize()}: {error.problem}", say("Choose another month.")) from error
        periods.append(model.terms.assign(period=period, patients=model.n, events=model.n_event))
    both, first = pd.concat(periods, ignore_index=True), ["period", "patients", "events"]
    return both[[*first, *(c for c in both if c not in first)]]


def _until(cohort: Cohort, endpoint: str, at: float) -> Cohort:
    """End everybody's follow-up at a month."""
    whole = cohort.whole
    time, event = (whole.table[name(endpoint)].to_numpy(dtype=float) for name in
                   (schema.time_column, schema.event_column))
    late = time > at + TOLERANCE
    table = whole.table.assign(**{schema.time_column(endpoint): np.where(late, at, time),
                                  schema.event_column(endpoint): np.where(late, 0.0, event)})
    rows = np.ones(len(table), bool)
    if (entry := entry_months(whole, endpoint)) is not None:  # who enters after the month is in no risk set before it
        rows &= ~(entry >= at - TOLERANCE)
    ended = replace(whole, table=table, parent=None, filters=type(cohort.filters)(), part=None, rows=rows,
                    landmark=whole.landmark)
    return ended.filter(cohort.filters) if cohort.filters else ended
