"""The Survival page: one endpoint in depth, every figure beside its method."""

from __future__ import annotations

import streamlit as st

from core.charts import km_figure
from core.charts.tables import (
    follow_up_table,
    pairs_table,
    quantile_table,
    restricted_mean_table,
    survival_table,
    tests_table,
)
from core.cohort import Cohort
from core.comparison import WEIGHTS, TestOptions, compare, pairwise, trend
from core.errors import NotEstimable
from core.estimates import (
    differences_at,
    follow_up,
    longest_tau,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)
from core.format import number
from core.product_limit import ConfType
from ui import cache, state
from ui.board import choices, numbers
from ui.display import heading, note, panel, show, table
from ui.state import session

_TYPES: tuple[ConfType, ...] = ("log-log", "log", "plain")
_TIMES = "6, 12, 24"
_SHARES = "25, 50, 75"
_ADJUST = {"holm": "Holm", "BH": "Benjamini-Hochberg", "none": "none"}


def survival_page(cohort: Cohort) -> None:
    """Draw the page."""
    choices(cohort)
    endpoint, by = session().endpoint, session().by
    if not endpoint:
        note("No endpoint is mapped: survival needs a time and an event column. Choose them on the Cohort page.")
        return
    conf_type, at, faint = _options()
    with panel():
        seen = _from_landmark(cohort, endpoint, at)
        _curves(seen, endpoint, by, conf_type, faint=faint)
        left, right = st.columns(2, gap="large")
        with left:
            _at_times(seen, endpoint, by, conf_type)
            _quantiles(seen, endpoint, by, conf_type)
            _follow_up(seen, endpoint, by, conf_type)
        with right:
            _tests(seen, endpoint, by)
            _restricted_means(seen, endpoint, by)


def _options() -> tuple[ConfType, float, bool]:
    """Ask for the interval's transformation, the landmark, and the faint whole cohort."""
    with st.container(key="survival-options", horizontal=True, vertical_alignment="bottom", gap="medium"):
        conf_type = st.segmented_control("Transformation of the 95% CI", _TYPES, default="log-log", key="conf-type")
        at = st.number_input("Landmark (months from time zero; 0 = none)", 0.0, None, 0.0, step=1.0, format="%g",
                             key="landmark", width=320,
                             help="Starts the clock later, for those still followed then: the honest way to compare by "
                                  "response or adverse events.")
        faint = st.toggle("Whole cohort behind", value=True, key="faint")
    return conf_type or "log-log", at, faint


def _from_landmark(cohort: Cohort, endpoint: str, at: float) -> Cohort:
    if not at:
        return cohort
    found = cache.landmark(cohort, endpoint=endpoint, at=at)
    note(found.words() + f" Times run from month {number(at)}.")
    return found.cohort


def _curves(cohort: Cohort, endpoint: str, by: str | None, conf_type: ConfType, *, faint: bool) -> None:
    result = cache.kaplan_meier(cohort, endpoint=endpoint, by=by, conf_type=conf_type)
    effect = cache.treatment_effect(cohort, endpoint=endpoint, by=by) if by and len(result.levels) > 1 else None
    whole = cache.kaplan_meier(cohort.whole, endpoint=endpoint, by=by, conf_type=conf_type) \
        if cohort.filters and faint else None
    figure = km_figure(cohort, result, effect, reference=whole, band=bool(state.value_of("band")))
    heading(figure.title)
    with st.container(key="curves"):
        show(figure, key=f"km-depth-{cohort.fingerprint[:8]}")
    numbers(figure, faint=whole is not None)


def _numbers_in(label: str, default: str, key: str, help: str) -> list[float]:
    """Ask for numbers with commas between them; what is none is said."""
    text = st.text_input(label, default, key=key, help=help)
    out = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        try:
            out.append(float(part))
        except ValueError:
            note(f"{part} is no number: write numbers with commas between them.", strong=True)
    return sorted({v for v in out if 0 <= v < float("inf")})


def _at_times(cohort: Cohort, endpoint: str, by: str | None, conf_type: ConfType) -> None:
    with panel():
        heading("Survival at chosen times")
        times = _numbers_in("Months", _TIMES, "times", "Separated by commas")
        at = survival_at(cohort, endpoint=endpoint, by=by, times=tuple(times), conf_type=conf_type)
        if len(at):
            table(survival_table(at, differences_at(at)))
            note(f"{conf_type} limits; differences with Wald limits.")


def _quantiles(cohort: Cohort, endpoint: str, by: str | None, conf_type: ConfType) -> None:
    with panel():
        heading("Months until a share has had the event")
        asked = _numbers_in("Shares in percent", _SHARES, "shares", "50 is the median")
        shares = [v / 100 for v in asked if 0 < v < 100]
        found = quantiles(cohort, endpoint=endpoint, by=by, shares=tuple(shares), conf_type=conf_type)
        if len(found):
            table(quantile_table(found))


def _follow_up(cohort: Cohort, endpoint: str, by: str | None, conf_type: ConfType) -> None:
    with panel():
        heading("Follow-up")
        table(follow_up_table(follow_up(cohort, endpoint=endpoint, by=by, conf_type=conf_type)))


def _tests(cohort: Cohort, endpoint: str, by: str | None) -> None:
    with panel():
        heading("Tests between the curves")
        if not by:
            note("One curve: there is nothing to compare. Choose by what to compare.")
            return
        options = _test_options(cohort, by)
        found = compare(cohort, endpoint=endpoint, by=by, options=options)
        if found.empty:
            raise NotEstimable("No test: fewer than two groups have patients and events.", "")
        table(tests_table(found))
        if len(cohort.levels(by) if cohort.variable(by).kind == "categorical" else ()) > 2:
            _more_groups(cohort, endpoint, by, options)


def _test_options(cohort: Cohort, by: str) -> TestOptions:
    """Ask which test, and by what it is stratified: by what is known at time zero alone."""
    left, right = st.columns(2)
    weight = left.selectbox("Test", WEIGHTS, key="weight")
    baseline = [f.key for f in cohort.mapping.factors if f.key != by]
    within = right.multiselect("Stratified by", baseline, key="within", format_func=lambda k: cohort.variable(k).label)
    p, q = 1.0, 0.0
    if weight == "Fleming-Harrington":
        left, right = st.columns(2)
        p = left.number_input("p: weight of early differences", 0.0, 10.0, 1.0, key="fh-p")
        q = right.number_input("q: weight of late differences", 0.0, 10.0, 0.0, key="fh-q")
    return TestOptions(weight=weight, p=p, q=q, within=tuple(within))


def _more_groups(cohort: Cohort, endpoint: str, by: str, options: TestOptions) -> None:
    with panel():
        table(tests_table(trend(cohort, endpoint=endpoint, by=by, options=options)))
        note("The trend means something where the groups have an order.")
    adjust = st.selectbox("Adjust pairwise p for their number by", list(_ADJUST), key="adjust",
                          format_func=_ADJUST.__getitem__)
    table(pairs_table(pairwise(cohort, endpoint=endpoint, by=by, options=options, adjust=adjust)))


def _restricted_means(cohort: Cohort, endpoint: str, by: str | None) -> None:
    with panel():
        heading("Restricted mean survival time")
        most = longest_tau(cohort, endpoint=endpoint, by=by)
        name = f"tau-{cohort.key[:8]}-{endpoint}-{by}"
        tau = st.slider("tau (months)", 0.0, most, most, key=name, format="%g",
                        help="At most the shortest follow-up among the groups.") if most > 0 else most
        means = restricted_mean(cohort, endpoint=endpoint, by=by, tau=tau or most)
        table(restricted_mean_table(means, restricted_mean_comparison(means)))
        note(f"Area under the curves to {number(tau or most)} months; variance by Greenwood.")
