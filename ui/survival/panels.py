"""The Survival page's tables: each asks for what it needs, computes, and says its method."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.charts import (
    follow_up_table,
    pairs_table,
    quantile_table,
    restricted_mean_table,
    survival_table,
    survival_tests_table,
    table_figure,
)
from core.cohort import Cohort, strata, stratified_by
from core.errors import NotEstimable
from core.format import number
from core.schema import ARM
from core.survival import (
    WEIGHTS,
    SurvivalOptions,
    TestOptions,
    compare,
    differences_at,
    few_at_tau,
    follow_up,
    pairwise,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
    trend,
)
from ui.shell import state
from ui.shell.display import heading, note, panel, show_table

_TIMES, _SHARES = "6, 12, 24", "25, 50, 75"
_ADJUST = {"holm": "Holm", "BH": "Benjamini-Hochberg", "none": "none"}


def _show(cohort: Cohort, options: SurvivalOptions, part: str, title: str, table: pd.DataFrame, drawn: pd.DataFrame,
          method: str, *remarks: str) -> None:
    show_table(table_figure(cohort, part, options.endpoint, options.by, title, table, drawn, method, *remarks))


def _numbers_in(label: str, default: str, key: str, help: str) -> tuple[float, ...]:
    """Ask for numbers with commas between them; what is none is said."""
    text = st.text_input(label, default, key=key, help=help, **state.KEPT)
    out = []
    for part in filter(None, (p.strip() for p in text.replace("，", ",").split(","))):
        try:
            out.append(float(part))
        except ValueError:
            note(f"{part} is not a number: write numbers separated by commas.", strong=True)
    return tuple(sorted({v for v in out if 0 <= v < float("inf")}))


def at_times(cohort: Cohort, options: SurvivalOptions) -> tuple[float, ...]:
    """Show survival at chosen times, with differences; return the times."""
    heading("Survival at chosen times")
    times = _numbers_in("Months", _TIMES, "times", "Separated by commas")
    with panel():
        at = survival_at(cohort, endpoint=options.endpoint, by=options.by, times=times, conf_type=options.conf_type)
        if len(at):
            table = survival_table(at, differences_at(at))
            _show(cohort, options, "survival-at", "survival at chosen times", table, at,
                  f"Kaplan-Meier, {options.conf_type} limits; differences with Wald limits.")
    return times


def quantile_panel(cohort: Cohort, options: SurvivalOptions) -> tuple[float, ...]:
    """Show the months until shares have had the event; return the shares."""
    heading("Months until a share has had the event")
    asked = _numbers_in("Shares in percent", _SHARES, "shares", "50 is the median")
    shares = tuple(v / 100 for v in asked if 0 < v < 100)
    with panel():
        result = quantiles(cohort, endpoint=options.endpoint, by=options.by, shares=shares, conf_type=options.conf_type)
        if len(result):
            _show(cohort, options, "quantiles", "months until a share has had the event", quantile_table(result),
                  result, f"Kaplan-Meier; limits by inverting the {options.conf_type} band. NR: not reached.")
    return shares


def follow_up_panel(cohort: Cohort, options: SurvivalOptions) -> None:
    """Show follow-up by both of its definitions."""
    with panel():
        heading("Follow-up")
        result = follow_up(cohort, endpoint=options.endpoint, by=options.by, conf_type=options.conf_type)
        _show(cohort, options, "follow-up", "follow-up", follow_up_table(result), result,
              f"Reverse Kaplan-Meier (Schemper and Smith), {options.conf_type} limits; and the times as observed.")


def tests(cohort: Cohort, options: SurvivalOptions) -> TestOptions:
    """Show the test between the curves, with pairs and trend where there are more than two; return which."""
    heading("Tests between the curves")
    by = options.by
    if not by:
        note("One curve: there is nothing to compare. Choose a variable to compare by.")
        return TestOptions()
    chosen = _test_options(cohort, by)
    with panel():
        result = compare(cohort, endpoint=options.endpoint, by=by, options=chosen)
        if result.empty:
            raise NotEstimable("No test: fewer than two groups have patients and events.")
        inside = stratified_by(cohort, chosen.stratify_by)
        _show(cohort, options, "test", "test between the curves", survival_tests_table(result), result,
              f"Stratified by {inside}." if inside else "Over all times, by the hypergeometric variance.")
    if len(strata(cohort, by).levels) > 2:
        _more_groups(cohort, options, by, chosen)
    return chosen


def _test_options(cohort: Cohort, by: str) -> TestOptions:
    """Ask which test, and by what it is stratified: by what is known at time zero alone."""
    left, right = st.columns(2)
    weight = left.selectbox("Test", WEIGHTS, key="weight", **state.KEPT)
    known = [k for k in ([ARM] if cohort.mapping.arm else []) + [f.key for f in cohort.mapping.factors
                                                                if f.known == "baseline"] if k != by]
    stratify_by = right.multiselect("Stratified by", known, key="within",
                                    format_func=lambda k: cohort.variable(k).label)
    p, q = 1.0, 0.0
    if weight == "Fleming-Harrington":
        left, right = st.columns(2)
        p = left.number_input("p: weight of early differences", 0.0, 10.0, 1.0, key="fh-p")
        q = right.number_input("q: weight of late differences", 0.0, 10.0, 0.0, key="fh-q")
    return TestOptions(weight=weight, p=p, q=q, stratify_by=tuple(stratify_by))


def _more_groups(cohort: Cohort, options: SurvivalOptions, by: str, test: TestOptions) -> None:
    with panel():
        result = trend(cohort, endpoint=options.endpoint, by=by, options=test)
        _show(cohort, options, "trend", "trend", survival_tests_table(result), result,
              "A test for trend is meaningful only if the groups have an order.")
    adjust = st.selectbox("Adjust pairwise p for their number by", list(_ADJUST), key="adjust",
                          format_func=_ADJUST.__getitem__, **state.KEPT)
    with panel():
        pairs = pairwise(cohort, endpoint=options.endpoint, by=by, options=test, adjust=adjust)
        _show(cohort, options, "pairs", "pairs of curves", pairs_table(pairs), pairs,
              f"{test.words()} of each pair by itself; adjusted by: {_ADJUST[adjust]}.")


def restricted_means(cohort: Cohort, options: SurvivalOptions, tau: float | None) -> None:
    """Show restricted means to tau, which the slider under the curves sets."""
    with panel():
        heading("Restricted mean survival time")
        means = restricted_mean(cohort, endpoint=options.endpoint, by=options.by, tau=tau)
        compared = restricted_mean_comparison(means)
        _show(cohort, options, "restricted-means", "restricted mean survival time",
              restricted_mean_table(means, compared), means,
              f"Area under the curves to τ = {number(means.tau.iloc[0])} months, which the slider under the curves "
              "sets; variance by Greenwood, the ratio's on the log scale.", few_at_tau(means))
