"""The hazard ratio along a covariate's values, as a spline has it."""

from __future__ import annotations

import math
from typing import Any

import altair as alt

from core.charts.marks import HIGH, LOW
from core.charts.model_tables import asked_of
from core.cohort import Cohort
from core.figure import Figure, analysed, provenance, recipe, rows_of, text_table, theme
from core.format import hazard_ratio, p_phrase, shortest
from core.hazards import CoxModel, proportional_verdict, spline_curve
from core.language import once_per_language, say

WIDTH, HEIGHT = 900, 240
_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)


def spline_figure(cohort: Cohort, model: CoxModel, key: str) -> Figure:
    """Draw a spline's curve with its band; cut where the forest's axis ends."""
    spline, variable = spline_curve(cohort, model, key), cohort.variable(key)
    unit = f" {variable.unit}" if variable.unit else ""
    name = f"{variable.label},{unit}" if unit else variable.label
    inside = spline.curve[["hazard_ratio", "conf_low", "conf_high"]].clip(LOW, HIGH)
    points = [{"x": float(x), "y": float(r.hazard_ratio), "low": float(r.conf_low), "high": float(r.conf_high)}
              for x, r in zip(spline.curve.value, rows_of(inside), strict=True)]
    asked = spline_curve(cohort, model, key, values=spline.knots).curve
    p_of_zph = dict(zip(model.zph.term, model.zph.p_value, strict=True)).get(key, math.nan)
    log = variable.log and bool((spline.curve.value > 0).all())
    return Figure(
        slug=f"spline-{model.endpoint}-{key}".lower().replace(" ", "-"),
        title=say("{endpoint}: hazard ratio along {label}", endpoint=model.endpoint, label=variable.label),
        chart=theme.with_data(
            _template(log), points=points, one=[{"y": 1.0}],
            knots=[{"x": float(k)} for k in spline.knots if points[0]["x"] <= k <= points[-1]["x"]],
            titles=[{"text": name}]),
        key={"points area": "shaded: 95% limits", "points line": "line: hazard ratio",
             "one rule": "dashed: a ratio of 1", "knots tick": "marks at the foot: knots"},
        table=text_table([name, say("HR against the median (95% CI)")], [
            [shortest(float(k), 2), hazard_ratio(r.hazard_ratio, r.conf_low, r.conf_high)]
            for k, r in zip(spline.knots, rows_of(asked), strict=True)]),
        drawn=spline.curve, notes=(f"{variable.label}. {proportional_verdict(p_of_zph)}.",) if model.fit else (),
        summary=(say("{label}: {p_phrase} against a straight line", label=variable.label,
                     p_phrase=p_phrase(spline.p_value))
                 + (say(" in the value itself, not in its logarithm") if log else ""),),
        provenance=provenance(
            cohort, say("Restricted cubic spline with knots at the quantiles 5, 35, 65 and 95% (marked where the "
                        "curve is drawn), against the median of {median}{unit}, adjusted for the other covariates; "
                        "95% Wald limits; drawn from the {range} largest value.", median=shortest(spline.median, 2),
                        unit=unit,
                        range=say("tenth smallest to the tenth") if spline.trimmed else say("smallest to the")),
            analysed(cohort, model.n, model.n_event, model.endpoint)),
        alt=say("How the hazard ratio runs along {label}.", label=variable.label),
        recipe=recipe(cohort, "spline", key=key, **asked_of(model)))


@once_per_language(2)
def _template(log: bool) -> dict[str, Any]:
    x = alt.X("x:Q", title=None, axis=alt.Axis(grid=False, format="~s" if log else "~g"),
              scale=alt.Scale(type="log" if log else "linear", zero=False, nice=False))
    scale = alt.Scale(type="log", domain=[LOW, HIGH], nice=False)
    y = alt.Y("y:Q", scale=scale, title=say("Hazard ratio (log scale)"),
              axis=alt.Axis(values=list(_TICKS), format="~g"))
    points = alt.Chart(theme.data("points"))
    chart = alt.layer(
        points.mark_area(opacity=0.18, color=theme.SELECTED).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        points.mark_line(color=theme.SELECTED).encode(x=x, y=y),
        alt.Chart(theme.data("one")).mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(y=y),
        alt.Chart(theme.data("knots")).mark_tick(orient="vertical", size=10, color=theme.INK).encode(
            x=x, y=alt.value(alt.ExprRef("height - 5"))),
        alt.Chart(theme.data("titles")).mark_text(baseline="top", dy=24, fontSize=11).encode(
            x=alt.value(alt.ExprRef("width / 2")), y=alt.value("height"), text="text:N", color=alt.value(theme.QUIET)))
    return theme.finish(chart, width=WIDTH, height=HEIGHT, free=True)
