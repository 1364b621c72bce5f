"""Figures of models, of response, of adverse events and of the patients themselves, from cohort and choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.charts import (
    CurveOptions,
    EventView,
    Part,
    adverse_events_figure,
    along_figure,
    along_numbers_figure,
    attrition_figure,
    baseline_figure,
    benefit_risk_figure,
    burden_table,
    butterfly_figure,
    composition_figure,
    course_figure,
    difference_figure,
    failure_figure,
    grades_figure,
    km_figure,
    love_figure,
    missing_figure,
    model_figure,
    model_tests_figure,
    overall_figure,
    pairs_figure,
    response_figure,
    spline_figure,
    split_figure,
    subgroup_figure,
    swimmer_figure,
    term_figure,
    volcano_figure,
    waterfall_figure,
    weighted_figure,
    zph_figure,
)
from core.cohort import Cohort
from core.figure import Figure, recipe
from core.hazards import (
    CoxModel,
    CoxOptions,
    WeightingOptions,
    along_number,
    along_numbers,
    cox,
    subgroup_hazard_ratios,
    time_split,
    univariable,
    weighted_comparison,
)
from core.hazards import pairs as pairs_of
from core.language import say
from core.options import takes_options
from core.overview import GAIN, benefit_risk, to_months
from core.recipes.read import options_of
from core.statistics import PairTest
from core.summaries import (
    AdverseEvents,
    BaselineOptions,
    EventOptions,
    ResponseOptions,
    adverse_events,
    attrition,
    baseline,
    burden,
    duration_of_response,
    failure_pattern,
    grouped,
    missing_data,
    overall_tests,
    response,
)
from core.survival import kaplan_meier

Plain = Mapping[str, Any]


def of_model(draw: Callable[[Cohort, CoxModel], Figure]) -> Callable[..., Figure]:
    """Return what fits a model and draws something of it."""
    def drawn(cohort: Cohort, *, endpoint: str, covariates: Sequence[str], options: Plain) -> Figure:
        return draw(cohort, _model(cohort, endpoint, covariates, options))
    return drawn


proportional_hazards, model_tests = of_model(zph_figure), of_model(model_tests_figure)


def _model(cohort: Cohort, endpoint: str, covariates: Sequence[str], options: Plain) -> CoxModel:
    return cox(cohort, endpoint=endpoint, covariates=tuple(covariates), options=options_of(CoxOptions, options))


def model(cohort: Cohort, *, endpoint: str, covariates: Sequence[str], options: Plain) -> Figure:
    """Draw a model's hazard ratios beside the univariable ones."""
    alone = univariable(cohort, endpoint=endpoint, covariates=tuple(covariates),
                        options=options_of(CoxOptions, options))
    return model_figure(cohort, _model(cohort, endpoint, covariates, options), alone)


def spline(cohort: Cohort, *, key: str, **asked: Any) -> Figure:
    """Draw the hazard ratio along a number."""
    return spline_figure(cohort, _model(cohort, **asked), key)


def course(cohort: Cohort, *, place: int, **asked: Any) -> Figure:
    """Draw how a coefficient moves over time."""
    return course_figure(cohort, _model(cohort, **asked), place)


def split(cohort: Cohort, *, endpoint: str, covariates: Sequence[str], options: Plain, at: float,
          terms: Sequence[str]) -> Figure:
    """Write hazard ratios before and after a month."""
    apart = time_split(cohort, endpoint=endpoint, covariates=tuple(covariates), at=at,
                       options=options_of(CoxOptions, options))
    return split_figure(cohort, _model(cohort, endpoint, covariates, options), apart, terms, at=at)


def subgroups(cohort: Cohort, *, endpoint: str, factors: Sequence[str], sort: Any) -> Figure:
    """Draw the treatment's hazard ratio within subgroups."""
    return subgroup_figure(cohort, subgroup_hazard_ratios(cohort, endpoint=endpoint, factors=tuple(factors)), sort=sort)


def along(cohort: Cohort, *, endpoint: str, key: str) -> Figure:
    """Draw the arms' hazard ratio along a number."""
    return along_figure(cohort, along_number(cohort, endpoint=endpoint, key=key))


def numbers(cohort: Cohort, *, endpoint: str, by: str, keys: Sequence[str]) -> Figure:
    """Write the arms' hazard ratio along some numbers."""
    return along_numbers_figure(cohort, endpoint, *along_numbers(cohort, endpoint=endpoint, keys=tuple(keys), by=by))


def weighted(cohort: Cohort, *, endpoint: str, options: Plain) -> Figure:
    """Draw curves weighted by propensity."""
    return weighted_figure(cohort, weighted_comparison(cohort, endpoint=endpoint,
                                                       options=options_of(WeightingOptions, options)))


def love(cohort: Cohort, *, endpoint: str, options: Plain) -> Figure:
    """Draw the balance of the arms before and after weighting."""
    return love_figure(cohort, weighted_comparison(cohort, endpoint=endpoint,
                                                   options=options_of(WeightingOptions, options)))


def pairs(cohort: Cohort, *, first: str, second: str, endpoint: str, measure: Any) -> Figure:
    """Draw the heat map of two factors."""
    return pairs_figure(cohort, pairs_of(cohort, first=first, second=second, endpoint=endpoint), measure)


def baseline_of(cohort: Cohort, *, by: str | None, options: Plain, p: bool) -> Figure:
    """Write the baseline table."""
    return baseline_figure(cohort, baseline(cohort, by=by, options=options_of(BaselineOptions, options)), p=p)


def flow(cohort: Cohort, *, endpoint: str) -> Figure:
    """Draw how the filters cut the cohort."""
    return attrition_figure(cohort, attrition(cohort, endpoint=endpoint))


def missing(cohort: Cohort) -> Figure:
    """Draw what is missing."""
    return missing_figure(cohort, missing_data(cohort))


def glance(cohort: Cohort, *, endpoint: str) -> Figure:
    """Write benefit and risk, of a selection beside all patients, to the same months."""
    result = benefit_risk(cohort)
    gains = result.rows[result.rows.measure == GAIN]
    until = dict(zip(gains.endpoint, gains.tau, strict=True))
    beside = to_months(benefit_risk(cohort.whole), cohort.whole, until) if cohort.filters else None
    return benefit_risk_figure(cohort, result, beside, endpoint)


def composition(cohort: Cohort, *, key: str) -> Figure:
    """Draw patients per level, or per interval of a number."""
    return composition_figure(cohort, key)


def best_response(cohort: Cohort, *, by: str, options: Plain) -> Figure:
    """Draw best response per group."""
    return response_figure(cohort, response(cohort, by=by, options=options_of(ResponseOptions, options)))


@takes_options
def failure(cohort: Cohort, *, by: str, test: PairTest, difference: Any) -> Figure:
    """Draw the sites of failure."""
    return failure_figure(cohort, failure_pattern(cohort, by=by, test=test, difference=difference))


def waterfall(cohort: Cohort, *, key: str, by: str) -> Figure:
    """Draw each patient's change."""
    return waterfall_figure(cohort, key, by)


def swimmer(cohort: Cohort, *, by: str) -> Figure:
    """Draw each patient's course."""
    return swimmer_figure(cohort, by)


def duration(cohort: Cohort, *, by: str, options: Plain) -> Figure:
    """Draw the duration of response, from the response on, of responders."""
    chosen = options_of(ResponseOptions, options)
    started = duration_of_response(cohort, options=chosen)
    result = kaplan_meier(started.cohort, endpoint=started.endpoint, by=by)
    curves = km_figure(Part(cohort=started.cohort, result=result), CurveOptions())
    return replace(curves, slug="duration-of-response",
                   title=say("Duration of response, by {label}", label=result.label.lower()),
                   notes=(*curves.notes, started.words()), recipe=recipe(cohort, "duration", by=by, options=chosen))


def events(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Return what compares adverse events and draws something of them."""
    def drawn(cohort: Cohort, *, by: str | None, options: Plain, terms: list[str], heads: bool,
              view: Plain | None = None) -> Figure:
        viewed = [options_of(EventView, view)] if view is not None else []
        return draw(cohort, _events(cohort, by, options, heads), *viewed, terms)
    return drawn


rates, butterfly, grades = events(adverse_events_figure), events(butterfly_figure), events(grades_figure)
risk_differences, volcano = events(difference_figure), events(volcano_figure)


def _events(cohort: Cohort, by: str | None, options: Plain, heads: bool) -> AdverseEvents:
    chosen = options_of(EventOptions, options)
    result = adverse_events(cohort, by=by, options=chosen)
    return grouped(result, adverse_events(cohort, by=by, options=replace(chosen, rows="categories"))) if heads else \
        result


def all_arms(cohort: Cohort, *, by: str | None, options: Plain, terms: list[str], heads: bool, band: str) -> Figure:
    """Write one test over all groups per term."""
    result = _events(cohort, by, options, heads)
    return overall_figure(cohort, result, overall_tests(result, band), band, terms)


def events_per_patient(cohort: Cohort, *, by: str | None, options: Plain) -> Figure:
    """Write who had any adverse event."""
    every = adverse_events(cohort, by=by, options=options_of(EventOptions, options))
    return burden_table(cohort, every, burden(cohort, by=by))


def term(cohort: Cohort, *, term: str, by: str | None) -> Figure:
    """Write a term's grades per group."""
    return term_figure(cohort, term, by)
