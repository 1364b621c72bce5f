"""How a coefficient moves over time: scaled Schoenfeld residuals, their smooth, and the one number of the model."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from core.charts.model_tables import asked_of, zph_table
from core.cohort import Cohort, timeline
from core.figure import Figure, analysed, provenance, recipe, rows_of, theme
from core.format import p_phrase, shortest
from core.hazards import CoxModel, course
from core.language import once_per_language, say

WIDTH, HEIGHT = 900, 240
_MOST = 1500  # points that are drawn: of more, evenly chosen ones
_TICKS = 6


def course_figure(cohort: Cohort, model: CoxModel, place: int) -> Figure:
    """Draw one fitted column's course.

    Parameters
    ----------
    place : among the model's fitted columns
    """
    assert model.fit is not None  # the page asks for it only then
    term, row = model.columns[place]
    residuals, times = course(model.fit, place), timeline(cohort, model.endpoint).times
    level = model.terms.level[row]
    name = f"{cohort.variable(term).label}{f' {level}' if level else ''}"
    points = residuals.residuals
    kept = points.iloc[np.unique(np.linspace(0, len(points) - 1, _MOST).astype(int))]
    low, high = np.quantile(points.coefficient, (0.02, 0.98)) if len(points) else (0.0, 1.0)
    smooth = residuals.smooth
    ends = [min(low, *smooth.conf_low), max(high, *smooth.conf_high)] if len(smooth) else [low, high]
    at = np.unique(np.linspace(0, len(points) - 1, _TICKS).astype(int))
    ticks = [{"x": float(points.transformed.iloc[i]), "text": shortest(float(times[points.time_place.iloc[i]]), 1)}
             for i in at]
    zph = model.zph.set_index("term")
    return Figure(
        slug=f"course-{model.endpoint}-{term}-{place}".lower().replace(" ", "-"),
        title=say("{endpoint}: log hazard ratio of {name} over time", endpoint=model.endpoint, name=name),
        chart=theme.with_data(
            _template(), ticks=ticks, constant=[{"y": float(model.fit.coef[place])}],
            points=[{"x": float(x), "y": float(y)} for x, y in zip(kept.transformed, kept.coefficient, strict=True)
                    if ends[0] <= y <= ends[1]],
            smooth=[{"x": float(r.transformed), "y": float(r.estimate), "low": float(r.conf_low),
                     "high": float(r.conf_high)} for r in rows_of(residuals.smooth)]),
        key={"points circle": "dots: scaled Schoenfeld residuals plus the coefficient, the outermost 2% at each end "
             "left out", "smooth area": "shaded: 95% limits",
             "smooth line": "line: natural cubic spline of four parameters",
             "constant rule": "dashed: the model's coefficient"},
        table=zph_table(cohort, model.zph[model.zph.term == term]), drawn=points[["transformed", "coefficient"]],
        summary=(say("{label}: {p_phrase} against proportional hazards", label=cohort.variable(term).label,
                     p_phrase=p_phrase(zph.p_value[term])),),
        provenance=provenance(cohort, say("Scaled Schoenfeld residuals and their smooth (R: plot of cox.zph)."),
                              analysed(cohort, model.n, model.n_event, model.endpoint)),
        alt=say("How the log hazard ratio of {name} moves over time.", name=name),
        recipe=recipe(cohort, "course", place=place, **asked_of(model)))


@once_per_language(1)
def _template() -> dict[str, Any]:
    x_axis = alt.Axis(labels=False, ticks=False, title=None, grid=False)
    x = alt.X("x:Q", axis=x_axis, scale=alt.Scale(zero=False, nice=False, padding=12))
    y = alt.Y("y:Q", title=say("Log hazard ratio"), scale=alt.Scale(zero=False))
    smooth = alt.Chart(theme.data("smooth"))
    ticks = alt.Chart(theme.data("ticks")).mark_text(baseline="top", dy=4, fontSize=11).encode(
        x=x, y=alt.value("height"), text="text:N", color=alt.value(theme.QUIET))
    title = alt.Chart(theme.data("constant")).mark_text(baseline="top", dy=20, fontSize=11).encode(
        x=alt.value(alt.ExprRef("width / 2")), y=alt.value("height"), text=alt.value(say("Months (spaced by deaths)")),
        color=alt.value(theme.QUIET))
    chart = alt.layer(
        alt.Chart(theme.data("points")).mark_circle(size=16, opacity=0.45, color=theme.QUIET).encode(x=x, y=y),
        smooth.mark_area(opacity=0.18, color=theme.SELECTED).encode(x=x,
                                                                    y=alt.Y("low:Q", title=say("Log hazard ratio")),
                                                                    y2="high:Q"),
        smooth.mark_line(color=theme.SELECTED).encode(x=x, y=y),
        alt.Chart(theme.data("constant")).mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(y=y),
        ticks, title)
    return theme.finish(chart, width=WIDTH, height=HEIGHT, free=True)
