"""The hazard ratio along a covariate's values, as a spline has it."""

from __future__ import annotations

import math

from core.charts.marks import RATIO_CURVE_KEY, ratio_curve
from core.charts.model_tables import asked_of
from core.cohort import Cohort
from core.figure import Figure, analysed, provenance, recipe, rows_of, text_table, theme
from core.format import hazard_ratio, p_phrase, shortest
from core.hazards import CoxModel, proportional_verdict, spline_curve
from core.language import say


def spline_figure(cohort: Cohort, model: CoxModel, key: str) -> Figure:
    """Draw a spline's curve with its band; cut where the forest's axis ends."""
    spline, variable = spline_curve(cohort, model, key), cohort.variable(key)
    unit = f" {variable.unit}" if variable.unit else ""
    name = f"{variable.label},{unit}" if unit else variable.label
    asked = spline_curve(cohort, model, key, values=spline.knots).curve
    p_of_zph = dict(zip(model.zph.term, model.zph.p_value, strict=True)).get(key, math.nan)
    log = variable.log and bool((spline.curve.value > 0).all())
    return Figure(
        slug=f"spline-{model.endpoint}-{key}".lower().replace(" ", "-"),
        title=say("{endpoint}: hazard ratio along {label}", endpoint=model.endpoint, label=variable.label),
        chart=ratio_curve([("", theme.SELECTED, spline.curve)], spline.knots, name, log=log),
        key=RATIO_CURVE_KEY | {"knots tick": "marks at the foot: knots"},
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

