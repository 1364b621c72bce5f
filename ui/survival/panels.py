"""The Survival page's tables: each asks for what it needs, computes, and says its method."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from core.cohort import Cohort, strata
from core.language import say
from core.recipes import (
    ADJUSTED,
    at_times,
    comparison_of_curves,
    followed,
    months_until,
    pairs_of_curves,
    restricted_means_to,
    trend_of_curves,
)
from core.schema import ARM
from core.survival import WEIGHTS, SurvivalOptions, TestOptions
from ui.shell import state
from ui.shell.display import heading, note, panel, show_table

_TIMES, _SHARES = "6, 12, 24", "25, 50, 75"


def _numbers_in(label: str, default: str, key: str, help: str) -> tuple[float, ...]:
    """Ask for numbers with commas between them; what is none is said."""
    text = st.text_input(label, default, key=key, help=help, **state.KEPT)
    out = []
    for part in filter(None, (p.strip() for p in text.replace("，", ",").split(","))):
        try:
            out.append(float(part))
        except ValueError:
            note(say("{part} is not a number: write numbers separated by commas.", part=part), strong=True)
    return tuple(sorted({v for v in out if 0 <= v < float("inf")}))


def survival_at(cohort: Cohort, options: SurvivalOptions) -> tuple[float, ...]:
    """Show survival at chosen times, with differences; return the times."""
    heading(say("Survival at chosen times"))
    times = _numbers_in(say("Months"), _TIMES, "times", say("Separated by commas"))
    with panel():
        show_table(at_times(cohort, endpoint=options.endpoint, by=options.by, conf_type=options.conf_type, times=times))
    return times


def quantile_panel(cohort: Cohort, options: SurvivalOptions) -> tuple[float, ...]:
    """Show the months until shares have had the event; return the shares."""
    heading(say("Months until a share has had the event"))
    asked = _numbers_in(say("Shares in percent"), _SHARES, "shares", say("50 is the median"))
    shares = tuple(v / 100 for v in asked if 0 < v < 100)
    with panel():
        show_table(months_until(cohort, endpoint=options.endpoint, by=options.by, conf_type=options.conf_type,
                                shares=shares))
    return shares


def follow_up_panel(cohort: Cohort, options: SurvivalOptions) -> None:
    """Show follow-up by both of its definitions."""
    with panel():
        heading(say("Follow-up"))
        show_table(followed(cohort, endpoint=options.endpoint, by=options.by, conf_type=options.conf_type))


def tests(cohort: Cohort, options: SurvivalOptions) -> TestOptions:
    """Show the test between the curves, with pairs and trend where there are more than two; return which."""
    heading(say("Tests between the curves"))
    by = options.by
    if not by:
        note(say("One curve: there is nothing to compare. Choose a variable to compare by."))
        return TestOptions()
    chosen = _test_options(cohort, by)
    with panel():
        show_table(comparison_of_curves(cohort, endpoint=options.endpoint, by=by, test=asdict(chosen)))
    if len(strata(cohort, by).levels) > 2:
        _more_groups(cohort, options, by, chosen)
    return chosen


def _test_options(cohort: Cohort, by: str) -> TestOptions:
    """Ask which test, and by what it is stratified: by what is known at time zero alone."""
    left, right = st.columns(2)
    weight = left.selectbox(say("Test"), WEIGHTS, key="weight", format_func=say, **state.KEPT)
    known = [k for k in ([ARM] if cohort.mapping.arm else []) + [f.key for f in cohort.mapping.factors
                                                                if f.known == "baseline"] if k != by]
    stratify_by = right.multiselect(say("Stratified by"), known, key="within",
                                    format_func=lambda k: cohort.variable(k).label)
    p, q = 1.0, 0.0
    if weight == "Fleming-Harrington":
        left, right = st.columns(2)
        p = left.number_input(say("p: weight of early differences"), 0.0, 10.0, 1.0, key="fh-p")
        q = right.number_input(say("q: weight of late differences"), 0.0, 10.0, 0.0, key="fh-q")
    return TestOptions(weight=weight, p=p, q=q, stratify_by=tuple(stratify_by))


def _more_groups(cohort: Cohort, options: SurvivalOptions, by: str, test: TestOptions) -> None:
    of = {"endpoint": options.endpoint, "by": by, "test": asdict(test)}
    with panel():
        show_table(trend_of_curves(cohort, **of))
    adjust = st.selectbox(say("Adjust pairwise p for their number by"), list(ADJUSTED), key="adjust",
                          format_func=lambda a: say(ADJUSTED[a]), **state.KEPT)
    with panel():
        show_table(pairs_of_curves(cohort, **of, adjust=adjust))


def restricted_means(cohort: Cohort, options: SurvivalOptions, tau: float | None) -> None:
    """Show restricted means to tau, which the slider under the curves sets."""
    with panel():
        heading(say("Restricted mean survival time"))
        show_table(restricted_means_to(cohort, endpoint=options.endpoint, by=options.by, tau=tau))
