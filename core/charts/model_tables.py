"""What a Cox model's tests say, as tables: as a whole, of proportional hazards, and before and after a month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from core.cohort import Cohort
from core.figure import Figure, Recipe, analysed, provenance, recipe, rows_of
from core.format import DASH, fixed, hazard_ratio, p_value, plural
from core.hazards import CoxModel
from core.language import say

_ZPH = "Score test of the product with 1 − survival (R: cox.zph of survival 3, transform “km”)"
_SPLIT = "The same model twice: until the month, and from there for those still followed"


def ratio_said(term: Any) -> str:
    """Write a term's ratio with limits and p; a dash where there is none."""
    if term is None:
        return DASH
    text = hazard_ratio(term.hazard_ratio, term.conf_low, term.conf_high)
    return text if math.isnan(term.p_value) else f"{text}, {p_value(term.p_value)}"


def zph_table(cohort: Cohort, zph: pd.DataFrame) -> pd.DataFrame:
    """Write the test of proportional hazards."""
    return pd.DataFrame([{"Term": say("All together") if r.term == "GLOBAL" else cohort.variable(r.term).label,
                          "χ²": DASH if math.isnan(r.statistic) else fixed(r.statistic, 3), "df": str(r.df),
                          "p": p_value(r.p_value) or DASH} for r in rows_of(zph)]).rename(columns=say)


def asked_of(model: CoxModel) -> dict[str, Any]:
    """Return by what a model was asked for: endpoint, covariates, options."""
    covariates = (*dict.fromkeys(model.terms.term), *model.without_levels)
    return {"endpoint": model.endpoint, "covariates": covariates, "options": model.options}


def zph_figure(cohort: Cohort, model: CoxModel) -> Figure:
    """Return the test of proportional hazards, to be taken away."""
    return _figure(cohort, model, "proportional-hazards", say("proportional hazards"), zph_table(cohort, model.zph),
                   model.zph, f"{say(_ZPH)}.", recipe(cohort, "proportional hazards", **asked_of(model)))


def model_tests_figure(cohort: Cohort, model: CoxModel) -> Figure:
    """Return the global tests and the concordance."""
    rows = [{"Test": say(r.test), "Value": fixed(r.statistic, 3), "df": str(r.df), "p": p_value(r.p_value)}
            for r in rows_of(model.tests)]
    estimate, error = model.concordance
    drawn = model.tests
    if not math.isnan(estimate):
        shown = f"{fixed(estimate, 3)} ({fixed(error, 3)})"
        rows.append({"Test": say("concordance (SE)"), "Value": shown, "df": "", "p": ""})
        drawn = pd.concat([drawn, pd.DataFrame({"test": ["concordance"], "statistic": estimate, "std_error": error})],
                          ignore_index=True)
    note = "" if math.isnan(estimate) else (say("Concordance: the share of comparable pairs in which the higher "
                                                "predicted risk has the earlier event."))
    table = pd.DataFrame(rows).rename(columns=say)
    return _figure(cohort, model, "model-tests", say("the model as a whole"), table, drawn, note,
                   recipe(cohort, "model tests", **asked_of(model)))


def split_figure(cohort: Cohort, model: CoxModel, split: pd.DataFrame, terms: Sequence[str], *, at: float) -> Figure:
    """Return the hazard ratios of some terms before and after a month, side by side."""
    of_terms = split[split.term.isin(terms)]
    periods = {r.period: f"{r.period.capitalize()}: {plural(r.patients, 'patient')}, {plural(r.events, 'event')}"
               for r in rows_of(split)}
    rows = []
    for (term, level), part in of_terms.groupby(["term", "level"], sort=False):
        row = {"Term": f"{cohort.variable(str(term)).label} {level}".strip()}
        for r in rows_of(part):
            row[periods[r.period]] = ratio_said(r)
        rows.append(row)
    table = pd.DataFrame(rows, columns=["Term", *periods.values()]).rename(columns=say)
    return _figure(cohort, model, "time-split", say("hazard ratios before and after a month"), table, of_terms,
                   f"{say(_SPLIT)}.",
                   recipe(cohort, "time split", at=at, terms=list(terms), **asked_of(model)))


def _figure(cohort: Cohort, model: CoxModel, slug: str, title: str, table: pd.DataFrame, drawn: pd.DataFrame,
            method: str, made_by: Recipe) -> Figure:
    return Figure(slug=f"{slug}-{model.endpoint}".lower().replace(" ", "-"), title=f"{model.endpoint}: {title}",
                  chart=None, table=table, drawn=drawn, recipe=made_by,
                  provenance=provenance(cohort, method, analysed(cohort, model.n, model.n_event, model.endpoint)))
