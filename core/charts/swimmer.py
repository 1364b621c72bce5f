"""A lane per patient: how long each was followed, when they responded, progressed, died."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core import schema
from core.cohort import Cohort, strata
from core.figure import Figure, by_words, provenance, recipe, theme
from core.format import fixed, plural
from core.language import say
from core.schema import RESPONSE
from core.summaries import duration_endpoint, responding

WIDTH, _LANE, _MOST = 900, 9, 80
_SHAPES = {"response": ("triangle-up", theme.STRATA[2]), "progression": ("square", theme.ACCENT),
           "death": ("cross", theme.INK), "goes on": ("triangle-right", theme.QUIET)}


def swimmer_figure(cohort: Cohort, by: str) -> Figure:
    """Draw the longest followed patients, longest first; no identifiers.

    The endpoint of progression, and overall survival where there is one, must be mapped, and the response dated.
    """
    endpoint, table, groups = duration_endpoint(cohort), cohort.whole.table, strata(cohort, by)
    last = "OS" if "OS" in cohort.endpoints else endpoint
    end, died = (table[f(last)].to_numpy(dtype=float) for f in (schema.time_column, schema.event_column))
    until, progressed = (table[f(endpoint)].to_numpy(dtype=float) for f in (schema.time_column, schema.event_column))
    since = table[schema.known_column(RESPONSE)].to_numpy(dtype=float)
    responded = table[RESPONSE].isin(responding(cohort)).to_numpy()
    kept = np.flatnonzero(cohort.rows & ~np.isnan(end))
    shown = kept[np.argsort(-end[kept], kind="stable")][:_MOST]
    lanes, marks = [], []
    ends = say("death") if last == "OS" else say("event of {last}", last=last)
    for lane, i in enumerate(shown.tolist()):
        code = int(groups.codes[i])
        lanes.append({"i": lane, "to": float(end[i]), "c": theme.tint(theme.colour(code), 0.45) if code >= 0
                      else theme.LINE, "tip": say("{group}: {end} months",
                                                  group=groups.levels[code] if code >= 0 else "",
                                                  end=fixed(end[i], 1))})
        before = endpoint != last and progressed[i] == 1 and until[i] < end[i]
        happened = {say("response"): since[i] if responded[i] else np.nan,
                    say("progression"): until[i] if before else np.nan,
                    ends if died[i] == 1 else say("goes on"): np.nan if np.isnan(died[i]) else end[i]}
        marks += [{"i": lane, "x": float(x), "what": what} for what, x in happened.items() if not np.isnan(x)]
    points = pd.DataFrame(marks, columns=["i", "x", "what"])
    counts = pd.DataFrame([{"What": what, "Patients drawn": f"{int((points.what == what).sum()):,}"}
                           for what in _named(ends)]).rename(columns=say)
    rest, unknown = len(kept) - len(shown), cohort.n - len(kept)
    return Figure(
        slug=f"swimmer-{by}", title=say("Each patient's course, by {by_words}",
                                        by_words=by_words(cohort, by)), table=counts, drawn=points,
        key={"lanes bar": "lanes: follow-up, in the groups' colours", "marks point": "marks: as named above the lanes"},
        chart=theme.with_data(_template(len(shown), ends), lanes=lanes, marks=marks),
        notes=tuple(filter(None, [say("{patients} with shorter follow-up not drawn.", patients=plural(rest, 'patient'))
                                  if rest else "",
                                  say("{patients} left out: {last} time missing.", patients=plural(unknown, 'patient'),
                                      last=last) if unknown else ""])),
        provenance=provenance(cohort, say("A lane per patient to the end of {last}; progression by {endpoint}. "
                                          "Lanes' colours: {levels}, as everywhere.", last=last, endpoint=endpoint,
                                          levels=', '.join(groups.levels))),
        alt=say("Lanes of {patients}.", patients=plural(len(shown), 'patient')), recipe=recipe(cohort, "swimmer",
                                                                                               by=by))


def _named(ends: str) -> dict[str, tuple[str, str]]:
    """Return the marks by what they mean; what ends a lane is a death, or another endpoint's event."""
    return {ends if what == "death" else say(what): look for what, look in _SHAPES.items()}


def _template(lanes: int, ends: str) -> dict[str, Any]:
    y = alt.Y("i:O", axis=None)
    x = alt.X("x:Q", title=say("Months"), axis=alt.Axis(grid=True))
    named = _named(ends)
    shapes = alt.Scale(domain=list(named), range=[s for s, _ in named.values()])
    colours = alt.Scale(domain=list(named), range=[c for _, c in named.values()])
    legend = alt.Legend(orient="top", title=None)
    chart = alt.layer(
        alt.Chart(theme.data("lanes")).mark_bar(height=alt.RelativeBandSize(0.8)).encode(
            y=y, x=alt.X("to:Q", title=say("Months")), color=theme.given("c"),
            tooltip=[alt.Tooltip("tip:N", title=say("Followed"))]),
        alt.Chart(theme.data("marks")).mark_point(filled=True, size=34, opacity=1).encode(
            y=y, x=x, shape=alt.Shape("what:N", scale=shapes, legend=legend),
            color=alt.Color("what:N", scale=colours, legend=None)),
    ).resolve_scale(color="independent")
    return theme.finish(chart, width=WIDTH, height=lanes * _LANE + 70, least=420, free=True)
