"""Weighted comparisons: how far the arms were apart before and after, and their weighted curves."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_risk, axes_of
from core.charts.kaplan_meier import endpoint_label
from core.charts.marks import CURVES_KEY, DESIGNS, SCREEN, Axes, Block, Curve, Design, Pane, draw, thinned
from core.cohort import Cohort, immortal_time
from core.figure import Figure, analysed, provenance, recipe, rows_of, theme
from core.format import (
    DASH,
    NOT_ESTIMABLE,
    estimate,
    fixed,
    hazard_ratio,
    number,
    p_phrase,
    percent,
    plural,
    share_with_limits,
)
from core.hazards import ESTIMANDS, FORMS, Weighting, proportional_verdict
from core.language import once_per_language, say
from core.schema import ARM
from core.survival import few_events, late_entry

BALANCED = 0.1  # a standardised difference below it is taken as balance (Austin. Stat Med 2009;28:3083)
WIDTH, _ROW, _LABEL, _EXTENT = 620, 20, 28, 170


def love_figure(cohort: Cohort, result: Weighting) -> Figure:
    """Draw each covariate's standardised difference between the arms, before and after weighting."""
    names = [_name(cohort, r.term, r.level) for r in rows_of(result.balance)]
    before, after = (np.abs(result.balance[c].to_numpy(dtype=float)) for c in ("smd_before", "smd_after"))
    rows = [{"i": i, "label": theme.shortened(name, _LABEL), "before": float(a), "after": float(b),
             "tip": say("{before} before, {after} after", before=fixed(a, 3), after=fixed(b, 3))}
            for i, (name, a, b) in enumerate(zip(names, before, after, strict=True)) if not np.isnan(a + b)]
    table = pd.DataFrame({say("Covariate"): names, **{when: [DASH if np.isnan(v) else fixed(v, 3) for v in values]
                                                      for when, values in (
                                                          (say("SMD before"), result.balance.smd_before),
                                                          (say("SMD after"), result.balance.smd_after))}})
    return Figure(
        slug=f"balance-{result.endpoint}".lower().replace(" ", "-"),
        title=say("Balance of the arms before and after weighting"),
        chart=theme.with_data(_love(len(names)), rows=rows, limit=[{"at": BALANCED}]), table=table,
        drawn=result.balance, recipe=recipe(cohort, "love", endpoint=result.endpoint, options=result.options),
        key={"limit rule": say("dashed: {balanced}, below which a difference is taken as balance",
                               balanced=number(BALANCED)),
             "rows rule": "lines: from before to after", "rows point": "hollow: before weighting; filled: after"},
        summary=(say("Largest difference {before} before, {after} after", before=fixed(float(np.nanmax(before)), 2),
                     after=fixed(float(np.nanmax(after)), 2)),) if not np.isnan(before).all() else (),
        warnings=tuple(_apart(cohort, result)),
        provenance=provenance(cohort, say("Standardised mean difference, {arm} minus {reference}, on the unweighted "
                                          "pooled standard deviation; {weights}.", arm=result.arm,
                                          reference=result.reference, weights=_weights(result)),
                              analysed(cohort, result.n, result.n_event, result.endpoint)),
        alt=say("Standardised differences of {levels}; the table gives the numbers.",
                levels=plural(len(rows), 'covariate level')))


def weighted_figure(cohort: Cohort, result: Weighting) -> Figure:
    """Draw the weighted curves, the unweighted ones faint behind them."""
    entered = ", ".join(_with_form(cohort, k, result) for k in dict.fromkeys(result.balance.term))
    return Figure(
        slug=f"weighted-{result.endpoint}-{result.options.kind}".lower().replace(" ", "-"),
        title=say("{endpoint_label} by arm, weighted",
                  endpoint_label=endpoint_label(cohort, result.endpoint)), chart=_curves(cohort, result, SCREEN),
        redraw=lambda room: _curves(cohort, result, DESIGNS[room]), key=CURVES_KEY | {
            "whole line": "faint lines: unweighted"},
        table=_numbers(result), drawn=result.curves, summary=_summary(result),
        warnings=tuple(filter(None, [immortal_time(cohort), *_apart(cohort, result)])), notes=tuple(_notes(result)),
        provenance=provenance(
            cohort, say("{weights}. Propensity by logistic regression on {entered}. Kaplan-Meier and Cox (Efron "
                        "ties) with these weights, robust standard errors, {conf_type} 95% CI{late_entry}.",
                        weights=_weights(result), entered=entered, conf_type=result.options.conf_type,
                        late_entry=late_entry(cohort, result.endpoint)),
            analysed(cohort, result.n, result.n_event, result.endpoint)),
        alt=say("Weighted survival of {reference} and {arm}.", reference=result.reference, arm=result.arm),
        recipe=recipe(cohort, "weighted", endpoint=result.endpoint, options=result.options))


def _curves(cohort: Cohort, result: Weighting, design: Design) -> dict[str, Any]:
    axes = axes_of(cohort, result.endpoint, "survival", [], say("{endpoint_label}, weighted",
                                                                endpoint_label=endpoint_label(cohort, result.endpoint)),
                   many=design.columns == 1)
    levels = (result.reference, result.arm)
    places = [cohort.levels(ARM).index(level) for level in levels]
    curves, behind = ([_curve(place, level, frame[frame.strata == level]) for place, level in
                       zip(places, levels, strict=True)] for frame in (result.curves, result.unweighted))
    risk = [_at_risk(result.curves[result.curves.strata == level], axes) for level in levels]
    drops = [(float(r.median), place) for place, r in zip(places, rows_of(result.arms), strict=True)
             if not np.isnan(r.median)]
    pane = Pane(curves=curves, behind=behind, levels=levels, places=tuple(places), drops=drops,
                blocks=[Block(heading=say("Weighted number at risk"), texts=risk)])
    return draw([pane], axes, band=True, design=design)


def _weights(result: Weighting) -> str:
    kind = result.options.kind
    words = {"IPTW": say("Inverse probability of treatment weights"),
             "stabilised": say("Stabilised inverse probability weights"),
             "overlap": say("Overlap weights")}[kind]
    return f"{words}: {say(ESTIMANDS[kind])}"


def _name(cohort: Cohort, key: str, level: str) -> str:
    shown = say(level) if level in FORMS.values() else level
    return f"{cohort.variable(key).label} {shown}".strip()


def _with_form(cohort: Cohort, key: str, result: Weighting) -> str:
    levels = result.balance.level[result.balance.term == key]
    doubled = f" {say(FORMS['log2'])}" if list(levels) == [FORMS["log2"]] else ""
    return f"{cohort.variable(key).label}{doubled}"


def _numbers(result: Weighting) -> pd.DataFrame:
    """Write a row per arm: patients, what they are worth, median, hazard ratio, E-values."""
    row = _effect(result, "weighted")
    ratio = say(NOT_ESTIMABLE) if result.reason else \
        f"{hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high)}, {p_phrase(row.p_value)}"
    rows = []
    for i, r in enumerate(rows_of(result.arms)):
        rows.append({"Arm": r.arm, "n": f"{r.n:,}", "Effective n": fixed(r.effective_n, 1), "Events": f"{r.n_event:,}",
                     "Weighted median, months (95% CI)": estimate(r.median, r.conf_low, r.conf_high),
                     "Weighted HR (robust 95% CI), Wald p": ratio if i else say("reference")})
    return pd.DataFrame(rows).rename(columns=say)


def _summary(result: Weighting) -> tuple[str, ...]:
    plain, weighted = _effect(result, "unweighted"), _effect(result, "weighted")
    if result.reason:
        return (say("Hazard ratio: {not_estimable}, {reason}", not_estimable=say(NOT_ESTIMABLE), reason=result.reason),)
    sentences = [f"{name} HR {hazard_ratio(r.hazard_ratio, r.conf_low, r.conf_high)}, {p_phrase(r.p_value)}"
            for name, r in ((say("Weighted"), weighted), (say("Unweighted, in the same patients,"), plain))]
    return (*sentences, proportional_verdict(result.p_proportional),
            say("E-value {e_value} (of the limit nearest 1: {e_value_limit})", e_value=fixed(weighted.e_value, 2),
                e_value_limit=fixed(weighted.e_value_limit, 2)))


def _effect(result: Weighting, analysis: str) -> Any:
    return next(r for r in rows_of(result.effect) if r.analysis == analysis)


def _apart(cohort: Cohort, result: Weighting) -> list[str]:
    """Say in which covariates the arms are not alike after weighting, or nothing."""
    names = [f"{_name(cohort, r.term, r.level)} ({fixed(r.smd_after, 2)})" for r in rows_of(result.balance)
             if abs(r.smd_after) > BALANCED]
    return [say("Not balanced by the weights (standardised difference beyond {balanced}): {names}. The weighted "
                "curves and hazard ratio still contain this imbalance.", balanced=number(BALANCED),
                names=', '.join(names))] if names else []


def _notes(result: Weighting) -> list[str]:
    few = few_events(result.n_event, len(result.arms))
    sentences = [few] if few else []
    if result.missing_endpoint:
        sentences.append(
            say("{patients} left out: {endpoint} time or event missing.",
                patients=plural(result.missing_endpoint, 'patient'), endpoint=result.endpoint))
    if result.missing_covariate:
        sentences.append(say("{patients} left out: arm or a covariate missing.",
                             patients=plural(result.missing_covariate, 'patient')))
    if result.extreme and result.options.kind != "overlap":
        sentences.append(say("{patients} with a propensity below .05 or above .95: their weights may dominate the "
                             "result. Overlap weights avoid this.", patients=plural(result.extreme, 'patient')))
    for r in rows_of(result.arms):
        if r.effective_n < r.n / 2:
            sentences.append(say("{arm}: the effective sample size of {n} patients is {effective_n} after weighting; "
                                 "the largest weight is {largest_share} of the arm's total.", arm=r.arm, n=f"{r.n:,}",
                                 effective_n=fixed(r.effective_n, 1), largest_share=percent(r.largest_share)))
    if not result.reason:
        sentences.append(say("E-value: the risk ratio that an unmeasured confounder would need with both treatment "
                             "and outcome, beyond these covariates, to explain the hazard ratio away."))
    return sentences


def _curve(place: int, level: str, frame: pd.DataFrame) -> Curve:
    kept = frame.iloc[thinned(frame.time.to_numpy())]
    time, value, low, high, risk, censored = (
        kept[c].to_numpy(float) for c in ("time", "estimate", "conf_low", "conf_high", "n_risk", "n_censor"))
    certain = value == 1.0
    return Curve(
        place=place, level=level, time=time, value=value, low=np.where(certain, 1.0, low),
        high=np.where(certain, 1.0, high), ticks=censored > 0, start=1.0,
        tip=lambda i: (fixed(time[i], 1), share_with_limits(value[i], low[i], high[i], digits=1), fixed(risk[i], 1)))


def _at_risk(frame: pd.DataFrame, axes: Axes) -> list[str]:
    risk = at_risk(frame.time.to_numpy(), frame.n_risk.to_numpy(), axes.time_ticks)
    return [fixed(n, 1) if n else "0" for n in risk.tolist()]


@once_per_language(16)
def _love(rows: int) -> dict[str, Any]:
    y = alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(rows))))
    title = say("|Standardised mean difference|; hollow: before")
    base = alt.Chart(theme.data("rows")).encode(y=y, tooltip=[alt.Tooltip("label:N", title=say("Covariate")),
                                                              alt.Tooltip("tip:N", title=say("Difference"))])

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=title, scale=alt.Scale(
            zero=True, nice=True, range=[_EXTENT, alt.ExprRef("width - 12")]), axis=alt.Axis(tickCount=4))

    chart = alt.layer(
        alt.Chart(theme.data("limit")).mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(x=x("at")),
        base.mark_rule(color=theme.LINE).encode(x=x("before"), x2="after:Q"),
        base.mark_point(size=60, filled=False, color=theme.QUIET).encode(x=x("before")),
        base.mark_point(size=60, filled=True, opacity=1, color=theme.SELECTED).encode(x=x("after")),
        alt.Chart(theme.data("rows")).mark_text(align="right", baseline="middle").encode(
            y=y, x=alt.value(_EXTENT - 10), text="label:N", color=alt.value(theme.INK)))
    return theme.finish(chart, width=WIDTH, height=rows * _ROW + 50, rows=(rows, _ROW, 0), least=400)
