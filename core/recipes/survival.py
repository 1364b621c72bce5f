"""Figures and tables of survival, from cohort and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.charts import (
    CurveOptions,
    follow_up_table,
    incidence_figure,
    km_figure,
    km_panes_figure,
    pairs_table,
    part_of,
    quantile_table,
    restricted_mean_table,
    survival_table,
    survival_tests_table,
    table_figure,
)
from core.cohort import Cohort, by_level, reference_level, stratified_by
from core.errors import NotEstimable
from core.figure import Figure
from core.format import number
from core.language import say
from core.options import takes_options
from core.recipes.read import options_of
from core.statistics import Adjustment
from core.survival import (
    ConfType,
    TestOptions,
    causes,
    compare,
    cumulative_incidence,
    differences_at,
    few_at_tau,
    follow_up,
    incidence_at,
    pairwise,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
    trend,
)

ADJUSTED: dict[Adjustment, str] = {"holm": "Holm", "BH": "Benjamini-Hochberg", "none": "none"}


@takes_options
def curves(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType, behind: bool,
           options: Mapping[str, Any]) -> Figure:
    """Draw curves; `behind` them, faint, those of the whole cohort."""
    part = part_of(cohort, endpoint=endpoint, by=by, conf_type=conf_type, whole=cohort.whole if behind else None)
    return km_figure(part, options_of(CurveOptions, options))


@takes_options
def panes(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType, behind: bool,
          options: Mapping[str, Any], panes_by: str) -> Figure:
    """Draw a plot of curves per level of a variable."""
    whole = dict(by_level(cohort.whole, panes_by)) if behind else {}
    parts = [part_of(part, endpoint=endpoint, by=by, conf_type=conf_type, whole=whole.get(level), level=level)
             for level, part in by_level(cohort, panes_by)]
    return km_panes_figure(cohort, parts, panes_by, options_of(CurveOptions, options))


def incidence(cohort: Cohort, *, endpoint: str, by: str | None, band: bool, times: Sequence[float]) -> Figure:
    """Draw cumulative incidence by first cause."""
    result = cumulative_incidence(cohort, endpoint=endpoint, by=by)
    longest = float(causes(cohort, endpoint).times.max(initial=1.0))
    return incidence_figure(cohort, result, incidence_at(result, times), longest=longest, band=band)


@takes_options
def at_times(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType, times: Sequence[float]) -> Figure:
    """Write survival at chosen months, with differences to the first stratum.

    Raises
    ------
    NotEstimable
        If no month is given.
    """
    at = survival_at(cohort, endpoint=endpoint, by=by, times=times, conf_type=conf_type)
    if at.empty:
        raise NotEstimable(say("No month is given."), say("Write months separated by commas."))
    return table_figure(cohort, "survival-at", endpoint, by, say("survival at chosen times"),
                        survival_table(at, differences_at(at, reference_level(cohort, by))), at,
                        say("Kaplan-Meier, {conf_type} limits; differences with Wald limits.", conf_type=conf_type),
                        asked={"conf_type": conf_type, "times": times})


@takes_options
def months_until(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType,
                 shares: Sequence[float]) -> Figure:
    """Write the months until shares have had the event.

    Raises
    ------
    NotEstimable
        If no share is given.
    """
    result = quantiles(cohort, endpoint=endpoint, by=by, shares=shares, conf_type=conf_type)
    if result.empty:
        raise NotEstimable(say("No share is given."), say("Write shares in percent, separated by commas."))
    return table_figure(cohort, "quantiles", endpoint, by, say("months until a share has had the event"),
                        quantile_table(result), result,
                        say("Kaplan-Meier; limits by inverting the {conf_type} band. NR: not reached.",
                            conf_type=conf_type), asked={"conf_type": conf_type, "shares": shares})


@takes_options
def followed(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType) -> Figure:
    """Write follow-up by both of its definitions."""
    result = follow_up(cohort, endpoint=endpoint, by=by, conf_type=conf_type)
    return table_figure(cohort, "follow-up", endpoint, by, "follow-up", follow_up_table(result), result,
                        say("Reverse Kaplan-Meier (Schemper and Smith), {conf_type} limits; and the times as "
                            "observed.", conf_type=conf_type),
                        asked={"conf_type": conf_type})


def comparison_of_curves(cohort: Cohort, *, endpoint: str, by: str, test: Mapping[str, Any]) -> Figure:
    """Write the test between curves.

    Raises
    ------
    NotEstimable
        If fewer than two groups have patients and events.
    """
    options = options_of(TestOptions, test)
    result = compare(cohort, endpoint=endpoint, by=by, options=options)
    if result.empty:
        raise NotEstimable(say("No test: fewer than two groups have patients and events."))
    inside = stratified_by(cohort, options.stratify_by)
    return table_figure(cohort, "test", endpoint, by, say("test between the curves"), survival_tests_table(result),
                        result,
                        say("Stratified by {inside}.",
                            inside=inside) if inside else say("Over all times, by the hypergeometric variance."),
                        asked={"test": options})


def trend_of_curves(cohort: Cohort, *, endpoint: str, by: str, test: Mapping[str, Any]) -> Figure:
    """Write the test for a trend over the order of the strata."""
    options = options_of(TestOptions, test)
    result = trend(cohort, endpoint=endpoint, by=by, options=options)
    return table_figure(cohort, "trend", endpoint, by, say("trend"), survival_tests_table(result), result,
                        say("A test for trend is meaningful only if the groups have an order."),
                        asked={"test": options})


@takes_options
def pairs_of_curves(cohort: Cohort, *, endpoint: str, by: str, test: Mapping[str, Any], adjust: Adjustment) -> Figure:
    """Write the test of each pair of curves."""
    options = options_of(TestOptions, test)
    pairs = pairwise(cohort, endpoint=endpoint, by=by, options=options, adjust=adjust)
    return table_figure(cohort, "pairs of curves", endpoint, by, say("pairs of curves"), pairs_table(pairs), pairs,
                        say("{words} of each pair by itself; adjusted by: {adjusted}.", words=options.words(),
                            adjusted=say(ADJUSTED[adjust])),
                        asked={"test": options, "adjust": adjust})


def restricted_means_to(cohort: Cohort, *, endpoint: str, by: str | None, tau: float | None) -> Figure:
    """Write restricted means to a month, or as far as all groups allow."""
    means = restricted_mean(cohort, endpoint=endpoint, by=by, tau=tau)
    table = restricted_mean_table(means, restricted_mean_comparison(means, reference_level(cohort, by)))
    return table_figure(cohort, "restricted-means", endpoint, by, say("restricted mean survival time"), table, means,
                        say("Area under the curves to τ = {month} months, which the slider under the curves sets; "
                            "variance by Greenwood, the ratio's on the log scale.", month=number(means.tau.iloc[0])),
                        few_at_tau(means),
                        asked={"tau": tau})
