"""Landmark analysis: the clock starts later, for those who are still followed then.

Source: Anderson, Cain, Gelber. J Clin Oncol 1983;1:710.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core import schema
from core.cohort.cohort import Cohort
from core.cohort.counts import TOLERANCE, entry_months, timeline
from core.cohort.groups import Groups, with_groups
from core.cohort.immortal_time import frozen_at
from core.errors import NotEstimable
from core.format import number, plural
from core.language import say


@dataclass(frozen=True, kw_only=True, eq=False)
class Landmark:
    """A cohort whose clock for one endpoint starts at a landmark.

    Attributes
    ----------
    cohort : those with a time beyond the landmark; the endpoint's times run from it. Filters are kept
    at : the landmark, in months from time zero
    n_event, n_censored : of the filtered patients, who had the event or left at or before the landmark
    """

    cohort: Cohort
    endpoint: str
    at: float
    n_event: int
    n_censored: int

    def words(self) -> str:
        """Say the landmark and whom it leaves out."""
        return (say("Landmark at {at} months: {patients} left out ({n_event} with the event, {n_censored} censored "
                    "until then).", at=number(self.at), patients=plural(self.n_event + self.n_censored, 'patient'),
                    n_event=f"{self.n_event:,}", n_censored=f"{self.n_censored:,}"))


def landmark(cohort: Cohort, *, endpoint: str, at: float) -> Landmark:
    """Start an endpoint's clock at `at` months; whoever had the event or left until then is left out.

    What is dated and became known after the landmark counts as not known yet (see immortal_time.py).
    The result's cohort is a cohort as any: curves, tests and models of it are those of R on
    subset(time > at) with time - at, and where patients enter late with pmax(entry - at, 0).

    Raises
    ------
    NotEstimable
        If the landmark is no time, nobody is followed beyond it, or the cohort's clock starts at a landmark already.
    MappingError
        If the cohort has no such endpoint.
    """
    timeline(cohort, endpoint)  # the endpoint is there
    if not (math.isfinite(at) and at >= 0):
        raise NotEstimable(say("A landmark at {at} months is not possible.", at=number(at)),
                           say("Give 0 or more months."))
    whole = cohort.whole
    if whole.landmark:
        raise NotEstimable(say("This cohort's clock starts at month {landmark} already.",
                               landmark=number(whole.landmark[1])),
                           say("Choose one landmark of the cohort as it was loaded."))
    column = schema.time_column(endpoint)
    time = whole.table[column].to_numpy(dtype=float)
    event = whole.table[schema.event_column(endpoint)].to_numpy(dtype=float)
    known = ~(np.isnan(time) | np.isnan(event))
    beyond = known & (time > at + TOLERANCE)
    if not (beyond & cohort.rows).any():
        raise NotEstimable(say("Nobody is followed beyond {at} months.", at=number(at)),
                           say("Choose an earlier landmark."))
    early = cohort.rows & known & ~beyond
    table, events = frozen_at(whole, at)
    moved = {column: np.where(beyond, time - at, np.nan)}
    if (entry := entry_months(whole, endpoint)) is not None:
        moved[schema.entry_column(endpoint)] = np.maximum(entry - at, 0)
    shifted = Cohort(
        table=table.assign(**moved), long_events=events,
        mapping=whole.mapping, findings=whole.findings, fingerprint=whole.fingerprint, name=whole.name,
        lines=whole.lines, rows=whole.rows & (beyond | ~known), landmark=(endpoint, at),
        references=whole.references)
    if whole.named_groups:  # as known by the landmark, too
        shifted = with_groups(shifted, Groups.from_json(whole.named_groups.column))
    return Landmark(cohort=shifted.filter(cohort.filters) if cohort.filters else shifted, endpoint=endpoint, at=at,
                    n_event=int((early & (event == 1)).sum()), n_censored=int((early & (event == 0)).sum()))
