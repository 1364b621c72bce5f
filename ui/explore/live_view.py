"""What lets curves follow a range or a click at once in the browser: the index of counts, and how they are drawn."""

from __future__ import annotations

from typing import Any

from core.charts import time_axis
from core.cohort import GROUPS, REST, SELECTION, BrushIndex, Cohort, Filters, brush_index, reference_place
from core.errors import CohortError
from core.figure import theme
from core.language import say, spoken
from core.survival import search_cut
from ui.explore.composition import charted, view_of
from ui.explore.modules import live_component
from ui.shell.display import colour_on_page
from ui.shell.state import chart_id, session

_MOST_CELLS = 4_000_000  # bins x strata x times: the browser holds two numbers of four bytes for each


def live_view(cohort: Cohort) -> None:
    """Send the index of the variable that is about to be brushed or clicked; nothing until then."""
    live_component(key=f"live-{chart_id(cohort)}-{spoken()}", data=_index(cohort))


def _index(cohort: Cohort) -> bytes:
    current, key = session(), session().brushed
    if key not in cohort.variables:
        return b""
    by = None if current.searched else current.by  # a cut is looked for among all patients
    index = _counted(cohort, key, by)
    names = list(index.levels)
    if by == SELECTION:
        names = [say(REST), say("The selection")]
    longest, ticks = time_axis(cohort, index.endpoint) if index.endpoint else (1.0, ())
    grouped = index.endpoint and by and by != SELECTION
    drawn = range(max(len(names), 2))  # a cut makes two groups
    inks = dict(enumerate(session().groups.inks)) if by == GROUPS else {}
    return index.to_bytes(
        names=names, colours=[inks.get(i) or colour_on_page(i) for i in drawn],
        strata=cohort.variable(by).label if grouped else "",
        dashes=[" ".join(map(str, theme.DASHES[i % len(theme.DASHES)])) for i in drawn],
        reference=reference_place(cohort.whole, by, index.levels) if grouped else 0, grouped=key == GROUPS,
        longest=longest, ticks=ticks, view=view_of(cohort, key, cut=current.searched),
        search=_search(cohort, key) if current.searched and index.endpoint else {},
        looks=say("{looks} ranges were looked at before.", looks=f"{current.looks:,}") if current.looks else "")


def _counted(cohort: Cohort, key: str, by: str | None) -> BrushIndex:
    """Count for a variable; without curves where they cannot be split so, which the board says, or are too many."""
    of: dict[str, Any] = {"others": charted(cohort), "exact": session().exact}
    try:
        index = brush_index(cohort, key, endpoint=session().endpoint, by=by, **of)
    except CohortError:
        index = None
    if index is None or index.bins * len(index.levels) * index.times.size > _MOST_CELLS:
        return brush_index(cohort, key, endpoint="", by=None, **of)
    return index


def _search(cohort: Cohort, key: str) -> dict[str, Any]:
    """Search the cut that separates survival most among those who pass the other filters."""
    conditions = {k: c for k, c in cohort.filters.conditions.items() if k != key}
    try:
        search = search_cut(cohort.whole.filter(Filters(conditions)), key, endpoint=session().endpoint)
    except CohortError as error:
        return {"reason": str(error)}
    return {"edges": search.edges.tolist(), "statistic": search.statistic.tolist(), "p": search.p_value.tolist(),
            "best": search.best}
