"""The standard slides of a study: what a reader of a trial expects, of the patients who pass the filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.charts import (
    EventView,
    adverse_events_figure,
    baseline_figure,
    butterfly_figure,
    km_figure,
    ordered,
    response_figure,
    subgroup_figure,
)
from core.cohort import Cohort
from core.errors import CohortError
from core.export import Entry
from core.figure import Figure
from core.hazards import forest_factors
from core.schema import ARM
from core.summaries import BaselineOptions, EventOptions
from ui.shared.curves import curves_part
from ui.shell import cache
from ui.shell.record import with_standing
from ui.shell.save_session import enclosing

_ENDPOINTS = 2  # of the mapping, in its order


def standard_deck(cohort: Cohort) -> list[Entry]:
    """Return the figures that this cohort has data for; what cannot be estimated here is left out."""
    out = []
    for make in _figures(cohort):
        try:
            out.append(Entry(figure=enclosing(with_standing(cohort, make()), cohort.whole).ready()))
        except CohortError:  # of these patients there is no such figure
            continue
    return out


def _figures(cohort: Cohort) -> Iterator[Callable[[], Figure]]:
    by = ARM if cohort.mapping.arm else None
    yield lambda: baseline_figure(cohort, cache.baseline(cohort, by=by, options=BaselineOptions()), p=False)
    for endpoint in cohort.endpoints[:_ENDPOINTS]:
        yield lambda endpoint=endpoint: km_figure(curves_part(cohort, endpoint=endpoint, by=by, whole=cohort.whole))
    if by and cohort.endpoints and (factors := forest_factors(cohort)):
        yield lambda: subgroup_figure(cohort, cache.subgroups(cohort, endpoint=cohort.endpoints[0], factors=factors))
    if cohort.mapping.response is not None and by:
        yield lambda: response_figure(cohort, cache.response(cohort, by=by))
    if cohort.worst_grades.terms:
        yield lambda: _adverse_events(cohort, by)


def _adverse_events(cohort: Cohort, by: str | None) -> Figure:
    """Draw rates back to back where there are two groups, else side by side, the most frequent first."""
    result = cache.adverse_events(cohort, by=by, options=EventOptions())
    terms = ordered(result, EventView())
    return (butterfly_figure if len(result.levels) == 2 else adverse_events_figure)(cohort, result, terms)
