"""What lets curves follow a range in the browser while it moves: the index of counts, and how they are drawn."""

from __future__ import annotations

from typing import Any

from core.charts import time_axis
from core.cohort import ALL_PATIENTS, REST, SELECTION, Cohort, Filters, brush_index, reference_place
from core.errors import CohortError
from core.figure import theme
from core.survival import search_cut
from ui.explore.composition import charted, view_of
from ui.explore.modules import live_component
from ui.shell.state import chart_id, session


def live_view(cohort: Cohort) -> None:
    """Send the index of the variable that is about to be brushed; nothing until then."""
    live_component(key=f"live-{chart_id(cohort)}", data=_index(cohort))


def _index(cohort: Cohort) -> bytes:
    current, key = session(), session().brushed
    if key not in cohort.variables:
        return b""
    others = charted(cohort)
    of: dict[str, Any] = {"others": others, "exact": current.exact}
    try:
        index = brush_index(cohort, key, endpoint=current.endpoint, by=current.by, **of)
    except CohortError:  # the curves cannot be split so, which the board says: counts alone follow the range
        index = brush_index(cohort, key, endpoint="", by=None, **of)
    names = list(index.levels)
    if current.by == SELECTION:
        names = [REST, "The selection"]
    elif not current.by:
        names = [ALL_PATIENTS]
    longest, ticks = time_axis(cohort, index.endpoint) if index.endpoint else (1.0, ())
    reference = reference_place(cohort, current.by, index.levels) if current.by and current.by != SELECTION and \
        index.endpoint else 0
    looked = f"{current.looks:,} ranges were looked at before." if current.looks else ""
    search = _search(cohort, key) if current.searched and index.endpoint else {}
    return index.to_bytes(
        search=search,
        names=names, colours=[theme.colour(i) for i in range(len(names))], reference=reference,
        dashes=[" ".join(map(str, theme.DASHES[i % len(theme.DASHES)])) for i in range(max(len(names), 2))],
        cutColours=[theme.colour(0), theme.colour(1)],
        longest=longest, ticks=ticks, view=view_of(cohort, key), looks=looked,
        strata=cohort.variable(current.by).label if current.by and current.by != SELECTION else "")


def _search(cohort: Cohort, key: str) -> dict[str, Any]:
    """Search the cut that separates survival most among those who pass the other filters."""
    conditions = {k: c for k, c in cohort.filters.conditions.items() if k != key}
    try:
        search = search_cut(cohort.whole.filter(Filters(conditions)), key, endpoint=session().endpoint)
    except CohortError as error:
        return {"reason": str(error)}
    return {"edges": search.edges.tolist(), "statistic": search.statistic.tolist(), "p": search.p_value.tolist(),
            "best": search.best}
