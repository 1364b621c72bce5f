"""The Toxicity page's charts: rates back to back, differences as dots, difference against p, grades stacked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from core.adverse_events import HEAD, AdverseEvents
from core.charts import theme
from core.charts.adverse_events import BAND_WORDS, CLICK
from core.cohort import Cohort
from core.counts import strata
from core.figure import Figure, provenance, rows_of
from core.format import DASH, count_and_percent, p_value, percentage_points, plural, ratio_with_limits
from core.schema import ARM

Sort = Literal["as mapped", "rate", "difference", "p", "category"]
SORTS: tuple[Sort, ...] = ("rate", "difference", "p", "category", "as mapped")
_SIDES: tuple[tuple[int, Literal["left", "right"]], ...] = ((-1, "right"), (1, "left"))
WIDTH, STEP, _TERM, _NAME, _NAMES = 620, 24, 150, 24, 6
GRADES = ("#fde3b5", "#f9b45c", "#e8781d", "#b8400e", "#5c1a06")  # 1 to 5, lightness falls with the grade


@dataclass(frozen=True, kw_only=True)
class EventView:
    """Which band is compared, in which order, and from which rate (in any stratum) on."""

    band: str = "any"
    sort: Sort = "rate"
    least: float = 0.0


def ordered(result: AdverseEvents, view: EventView) -> list[str]:
    """Return the terms that are shown, in the order that is asked for."""
    rows = result.rows[result.rows.band == view.band]
    most = {str(t): float(r) for t, r in rows.groupby("term", sort=False).rate.max().items()}
    terms = [t for t, rate in most.items() if (rate if not math.isnan(rate) else 0) >= view.least]
    tests = result.tests[result.tests.band == view.band].groupby("term", sort=False)
    if view.sort == "rate":
        return sorted(terms, key=lambda t: -np.nan_to_num(most[t]))
    if view.sort == "category":
        category = dict(zip(rows.term, rows.category, strict=True))
        found = list(dict.fromkeys(category.values()))
        return sorted(terms, key=lambda t: (found.index(category[t]), -np.nan_to_num(most[t])))
    if view.sort == "difference" and result.tests.size:
        apart = tests.risk_difference.agg(lambda d: d.abs().max())
        return sorted(terms, key=lambda t: -np.nan_to_num(apart[t]))
    if view.sort == "p" and result.tests.size:
        least = tests.p_value.min()
        return sorted(terms, key=lambda t: (math.isnan(least[t]), np.nan_to_num(least[t])))
    return terms


def ordered_within(terms: AdverseEvents, categories: AdverseEvents, view: EventView) -> list[str]:
    """Return categories by their own rows, each with its terms behind it."""
    category = dict(zip(terms.rows.term, terms.rows.category, strict=True))
    inside = ordered(terms, view)
    return [name for c in ordered(categories, view) for name in (c + HEAD, *(t for t in inside if category[t] == c))]


def butterfly_figure(cohort: Cohort, result: AdverseEvents, terms: list[str]) -> Figure:
    """Draw two strata back to back, the reference at the left: grade 3 and more inside, 1 to 2 outside."""
    rows = {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    bars: list[dict[str, Any]] = []
    for row, term in enumerate(terms):
        for place, arm in enumerate(result.levels):
            mild, severe = rows[term, "1-2", arm], rows[term, ">=3", arm]
            n, sign, colour = severe.n, -1 if place == 0 else 1, theme.colour(place)
            inner = severe.n_event / n if n else 0.0
            outer = inner + (mild.n_event / n if n else 0.0)
            both = f"{mild.n_event + severe.n_event} ({severe.n_event})" if n else DASH
            tip = f"{arm}: grade 1–2 {count_and_percent(mild.n_event, n)}, ≥ 3 {count_and_percent(severe.n_event, n)}"
            base = {"i": row, "term": term, "tip": tip, "ink": colour, "side": sign}
            bars.append(base | {"from": 0.0, "to": sign * inner, "c": colour, "text": ""})
            bars.append(base | {"from": sign * inner, "to": sign * outer, "c": theme.tint(colour, 0.4), "text": both})
    heads = [{"x": sign * 0.5, "text": theme.shortened(f"{arm}", 30), "c": theme.colour(i)}
             for i, (sign, arm) in enumerate(zip((-1, 1), result.levels, strict=True))]
    return Figure(
        slug=f"ae-rates-{result.by}", title=f"Adverse events by {_label(cohort, result)}, worst CTCAE grade",
        chart=theme.with_data(_butterfly(len(terms)), bars=bars, heads=heads, names=_named_rows(terms)),
        table=rates_table(result, terms),
        drawn=result.rows[result.rows.term.isin(terms)], notes=_notes(result),
        provenance=provenance(cohort, "Each patient once per term at the worst CTCAE grade, of those of the safety "
                              "population with the term recorded. Dark: grade ≥ 3; light: grade 1–2; beside: patients "
                              "with any grade (with grade ≥ 3)."),
        alt=f"Rates of {plural(len(terms), 'adverse event')} in two groups; the table gives the numbers.")


def difference_figure(cohort: Cohort, result: AdverseEvents, view: EventView, terms: list[str]) -> Figure:
    """Draw risk differences with their intervals, each stratum against the reference."""
    tests = {(r.term, r.arm): r for r in rows_of(result.tests[result.tests.band == view.band])}
    arms = result.levels[1:]
    rows: list[dict[str, Any]] = []
    for row, term in enumerate(terms):
        for i, arm in enumerate(arms):
            r = tests[term, arm]
            said = percentage_points(r.risk_difference, r.conf_low, r.conf_high)
            p = f", p {p_value(r.p_value)}" if p_value(r.p_value) else ""
            points = (r.risk_difference, r.conf_low, r.conf_high)
            x, low, high = (None if math.isnan(v) else 100 * v for v in points)
            rows.append({"i": row, "term": term, "arm": i, "c": theme.colour(i + 1), "x": x, "low": low,
                         "high": high, "text": f"{said}{p}", "tip": f"{arm}: {said}{p}"})
    ratio = f"; {result.options.ratio}" if result.options.ratio else ""
    return Figure(
        slug=f"ae-difference-{result.by}-{view.band}".replace(">=", "ge"),
        title=f"{BAND_WORDS[view.band]}: risk difference against {result.levels[0]}",
        chart=theme.with_data(_dots(len(terms), len(arms)), rows=rows, names=_named_rows(terms)),
        table=tests_table(result, view.band, terms),
        drawn=result.tests[(result.tests.band == view.band) & result.tests.term.isin(terms)],
        summary=(_smallest(result, view.band, terms),), notes=_notes(result),
        provenance=provenance(cohort, f"Percentage points with the {result.options.difference} 95% CI; p by "
                              f"{result.options.test}, in the table also adjusted by Benjamini and Hochberg over the "
                              f"terms of the band{ratio}. No p where no group had an event."),
        alt=f"Risk differences of {plural(len(terms), 'adverse event')}; the table gives the numbers.")


def volcano_figure(cohort: Cohort, result: AdverseEvents, view: EventView, terms: list[str]) -> Figure:
    """Draw differences against p, of terms alone: what lies high and far from the middle differs most."""
    terms = [t for t in terms if not t.endswith(HEAD)] or terms
    tests = result.tests[(result.tests.band == view.band) & result.tests.term.isin(terms)].dropna(subset="p_value")
    named = _named(tests)
    several = len(result.levels) > 2
    points = [{"term": r.term, "x": 100 * r.risk_difference, "y": -math.log10(max(r.p_value, 1e-12)),
               "c": theme.colour(result.levels.index(r.arm)),
               "text": theme.shortened(r.term, _NAME) if i in named else "",
               "side": -1 if r.risk_difference < 0 else 1,
               "tip": f"{r.arm + ': ' if several else ''}p {p_value(r.p_value)}, adjusted {p_value(r.p_adjusted)}"}
              for i, r in zip(tests.index, rows_of(tests), strict=True)]
    return Figure(
        slug=f"ae-volcano-{result.by}-{view.band}".replace(">=", "ge"),
        title=f"{BAND_WORDS[view.band]}: difference against p",
        chart=theme.with_data(_volcano(), points=points, limit=[{"y": -math.log10(0.05), "text": "p = .05"}]),
        table=tests_table(result, view.band, terms), drawn=tests, summary=(_smallest(result, view.band, terms),),
        notes=_notes(result),
        provenance=provenance(cohort, f"Right: more with {', '.join(result.levels[1:])} than with {result.levels[0]}. "
                              f"p by {result.options.test}, not adjusted."),
        alt="Risk differences against p-values; the table gives the numbers.")


def _named(tests: pd.DataFrame) -> set[int]:
    """Return the rows whose points have room for a name: the smallest p first, none beside another."""
    kept: dict[int, tuple[float, float]] = {}
    by_p = tests.sort_values("p_value", kind="stable")
    for i, r in zip(by_p.index, rows_of(by_p), strict=True):
        x, y = 100 * r.risk_difference, -math.log10(max(r.p_value, 1e-12))
        if len(kept) < _NAMES and all(abs(y - b) > 0.15 or abs(x - a) > 25 for a, b in kept.values()):
            kept[i] = (x, y)
    return set(kept)


def grades_figure(cohort: Cohort, result: AdverseEvents, terms: list[str]) -> Figure:
    """Draw each stratum's grades 1 to 5 stacked; the result has bands of single grades."""
    rows = {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    bars = []
    for row, term in enumerate(terms):
        for place, arm in enumerate(result.levels):
            so_far = 0.0
            for grade in range(1, 6):
                r = rows.get((term, str(grade), arm))
                if r is None or not r.n or not r.n_event:
                    continue
                bars.append({"i": row, "term": term, "arm": place, "from": so_far,
                             "to": so_far + r.rate, "c": GRADES[grade - 1],
                             "tip": f"{arm}, grade {grade}: {count_and_percent(r.n_event, r.n)}"})
                so_far += r.rate
    marks = [{"i": row, "arm": i, "text": chr(65 + i)}
             for row in range(len(terms)) for i in range(len(result.levels))]
    legend = [{"x": 0.19 * i, "text": f"grade {i + 1}", "c": c} for i, c in enumerate(GRADES)]
    return Figure(
        slug=f"ae-grades-{result.by}", title=f"Grades by {_label(cohort, result)}",
        chart=theme.with_data(_grades(len(terms), len(result.levels)), bars=bars, marks=marks, legend=legend,
                              names=_named_rows(terms)),
        table=grades_table(result, terms), drawn=result.rows[result.rows.term.isin(terms)], notes=_notes(result),
        provenance=provenance(cohort, "Each patient once per term at the worst CTCAE grade. " + "; ".join(
            f"{chr(65 + i)}: {arm}" for i, arm in enumerate(result.levels)) + "."),
        alt=f"Grades of {plural(len(terms), 'adverse event')}; the table gives the numbers.")


def rates_table(result: AdverseEvents, terms: list[str]) -> pd.DataFrame:
    """Write n (%) per stratum and band, a row per term."""
    rows = {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    bands = [b for b in result.bands if not b.isdecimal()]
    return pd.DataFrame([{"Term": t, **{f"{BAND_WORDS[b]}: {arm}": count_and_percent(
        rows[t, b, arm].n_event, rows[t, b, arm].n) for b in bands for arm in result.levels}} for t in terms])


def grades_table(result: AdverseEvents, terms: list[str]) -> pd.DataFrame:
    """Write patients per stratum and single grade, a row per term."""
    rows = {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    grades = [b for b in result.bands if b.isdecimal()]
    return pd.DataFrame([{"Term": t, **{f"Grade {g}: {arm}": count_and_percent(
        rows[t, g, arm].n_event, rows[t, g, arm].n) for g in grades for arm in result.levels}} for t in terms])


def tests_table(result: AdverseEvents, band: str, terms: list[str]) -> pd.DataFrame:
    """Write one band's comparison: n (%), difference, ratio, p with the test that made it, adjusted p."""
    counts = {(r.term, r.arm): r for r in rows_of(result.rows[result.rows.band == band])}
    tests = {(r.term, r.arm): r for r in rows_of(result.tests[result.tests.band == band])}
    several = len(result.levels) > 2
    out = []
    for term in terms:
        row: dict[str, str] = {"Term": term}
        row |= {arm: count_and_percent(counts[term, arm].n_event, counts[term, arm].n) for arm in result.levels}
        for arm in result.levels[1:]:
            r, of = tests[term, arm], f"{arm}: " if several else ""
            row[f"{of}Difference, points (95% CI)"] = percentage_points(r.risk_difference, r.conf_low, r.conf_high)
            if result.options.ratio:
                row[f"{of}{result.options.ratio.capitalize()} (95% CI)"] = \
                    ratio_with_limits(r.ratio, r.ratio_low, r.ratio_high)
            row[f"{of}p"] = p_value(r.p_value) or DASH
            row[f"{of}p adjusted"] = p_value(r.p_adjusted) or DASH
            row[f"{of}Test"] = r.test if p_value(r.p_value) else "no event in any group"
        out.append(row)
    return pd.DataFrame(out)


def _smallest(result: AdverseEvents, band: str, terms: list[str]) -> str:
    """Say which term's difference has the smallest p."""
    terms = [t for t in terms if not t.endswith(HEAD)] or terms
    tests = result.tests[(result.tests.band == band) & result.tests.term.isin(terms)].dropna(subset="p_value")
    if tests.empty:
        return "No group had an event"
    r = next(rows_of(tests.nsmallest(1, "p_value")))
    return (f"{r.term}: {percentage_points(r.risk_difference, r.conf_low, r.conf_high)} points, p "
            f"{p_value(r.p_value)} (adjusted {p_value(r.p_adjusted)})")


def _label(cohort: Cohort, result: AdverseEvents) -> str:
    return "arm" if result.by == ARM else strata(cohort, result.by).label


def _notes(result: AdverseEvents) -> tuple[str, ...]:
    absent = result.missing_stratum
    return (f"{plural(absent, 'patient')} left out: group missing.",) if absent else ()


def _named_rows(terms: list[str]) -> list[dict[str, Any]]:
    return [{"i": i, "text": theme.shortened(term.removesuffix(HEAD), _NAME), "head": term.endswith(HEAD)}
            for i, term in enumerate(terms)]


def _rows(terms: int) -> alt.Y:
    """Return the rows' scale: by place, for a scale of names would keep the order that it first had."""
    return alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(terms)), paddingInner=0, paddingOuter=0))


def _names(y: alt.Y, room: int = 6) -> list[alt.Chart]:
    """Write the rows' names, those of categories in bold."""
    base = alt.Chart(theme.data("names")).encode(y=y, x=alt.value(_TERM - room), text="text:N",
                                                 color=alt.value(theme.INK))
    return [base.transform_filter("!datum.head").mark_text(align="right", baseline="middle"),
            base.transform_filter("datum.head").mark_text(align="right", baseline="middle", fontWeight=600)]


def _groups(arms: int) -> alt.YOffset:
    return alt.YOffset("arm:O", scale=alt.Scale(domain=list(range(arms)), paddingInner=0.12, paddingOuter=0.2))


def _clicked(base: alt.Chart, y: alt.Y) -> alt.Chart:
    """Let a whole row be clicked."""
    picked = alt.selection_point(name=CLICK, fields=["term"], toggle="true", clear=False)
    return base.mark_bar(opacity=0.001, cursor="pointer").encode(
        y=y, x=alt.value(0), x2=alt.value("width"),
        tooltip=[alt.Tooltip("term:N", title="Term"), alt.Tooltip("tip:N", title="Patients")]).add_params(picked)


@lru_cache(maxsize=64)
def _butterfly(terms: int) -> dict[str, Any]:
    y, scale = _rows(terms), alt.Scale(domain=[-1.2, 1.2], nice=False, range=[_TERM, alt.ExprRef("width")])
    axis = alt.Axis(values=[-1, -0.5, 0, 0.5, 1], labelExpr="format(abs(datum.value), '.0%')", title=None, domain=False,
                    ticks=False, orient="top", offset=16)
    x, x2 = alt.X("from:Q", scale=scale, axis=axis), alt.X2("to:Q")
    base = alt.Chart(theme.data("bars"))
    layers: list[Any] = [
        base.mark_bar(height=alt.RelativeBandSize(0.66)).encode(y=y, x=x, x2=x2, color=theme.given("c")),
        *(base.transform_filter(f"datum.side == {side} && datum.text != ''").mark_text(
            align=align, dx=4 * side, fontSize=10, baseline="middle").encode(
                y=y, x=alt.X("to:Q", scale=scale), text="text:N", color=theme.given("ink"))
          for side, align in _SIDES),
        alt.Chart(theme.data("heads")).mark_text(fontWeight=600, baseline="bottom").encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-4), text="text:N", color=theme.given("c")),
        *_names(y), _clicked(base, y)]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=terms * STEP + 56)


@lru_cache(maxsize=64)
def _dots(terms: int, arms: int) -> dict[str, Any]:
    y = _rows(terms)
    place = {"y": y, "yOffset": _groups(arms)} if arms > 1 else {"y": y}
    scale = alt.Scale(domain=[-60, 60], clamp=True, nice=False, range=[_TERM + 8, alt.ExprRef("width - 175")])
    x = alt.X("x:Q", scale=scale, title=None, axis=alt.Axis(orient="top", offset=16, domain=False, ticks=False,
                                                            values=[-60, -30, 0, 30, 60]))
    base, colour = alt.Chart(theme.data("rows")), theme.given("c")
    layers = [
        base.mark_rule(strokeWidth=1.6).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour, **place),
        base.mark_point(filled=True, size=55, opacity=1).encode(x=x, color=colour, **place),
        base.mark_text(align="right", baseline="middle", fontSize=10.5).encode(
            x=alt.value("width"), text="text:N", color=alt.value(theme.INK), **place),
        *_names(y), _clicked(base, y)]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=terms * max(STEP, 15 * arms) + 56)


@lru_cache(maxsize=1)
def _volcano() -> dict[str, Any]:
    x = alt.X("x:Q", title="Risk difference, percentage points", scale=alt.Scale(zero=True, nice=True, padding=60),
              axis=alt.Axis(tickCount=6))
    y = alt.Y("y:Q", title="p (small above)", scale=alt.Scale(zero=True, nice=True), axis=alt.Axis(
        values=[0, 0.301, 0.699, 1, 1.301, 2, 3, 4, 6, 8],
        labelExpr="{'0': '1', '0.301': '.5', '0.699': '.2', '1': '.1', '1.301': '.05', '2': '.01'}[datum.value] || "
                  "('1e-' + datum.value)"))
    base, limit = alt.Chart(theme.data("points")), alt.Chart(theme.data("limit"))
    picked = alt.selection_point(name=CLICK, fields=["term"], toggle="true", clear=False)
    texts = [base.transform_filter(f"datum.side == {side}").mark_text(align=align, dx=8 * side, fontSize=10.5).encode(
        x=x, y=y, text="text:N", color=alt.value(theme.INK)) for side, align in _SIDES]
    chart = alt.layer(
        limit.mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(y=y),
        base.mark_point(filled=True, size=70, opacity=0.9, cursor="pointer").encode(
            x=x, y=y, color=theme.given("c"), tooltip=[alt.Tooltip("term:N", title="Term"),
                                                       alt.Tooltip("tip:N", title="p")]).add_params(picked), *texts)
    return theme.finish(chart, width=WIDTH, height=400)


@lru_cache(maxsize=64)
def _grades(terms: int, arms: int) -> dict[str, Any]:
    y, offset = _rows(terms), _groups(arms)
    scale = alt.Scale(domain=[0, 1], nice=False, range=[_TERM, alt.ExprRef("width - 10")])
    axis = alt.Axis(format=".0%", title=None, domain=False, ticks=False, orient="top", offset=18)
    base, legend = alt.Chart(theme.data("bars")), alt.Chart(theme.data("legend"))
    layers = [
        base.mark_bar().encode(y=y, yOffset=offset, x=alt.X("from:Q", scale=scale, axis=axis), x2="to:Q",
                               color=theme.given("c"), tooltip=[alt.Tooltip("term:N", title="Term"),
                                                                alt.Tooltip("tip:N", title="Patients")]),
        alt.Chart(theme.data("marks")).mark_text(fontSize=9, align="right", dx=-3, baseline="middle").encode(
            y=y, yOffset=offset, x=alt.XDatum(0, scale=scale), text="text:N", color=alt.value(theme.QUIET)),
        legend.mark_point(shape="square", filled=True, size=70, opacity=1).encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-8), color=theme.given("c")),
        legend.mark_text(align="left", baseline="middle", dx=8).encode(
            x=alt.X("x:Q", scale=scale), y=alt.value(-8), text="text:N", color=alt.value(theme.QUIET)), *_names(y, 18)]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=terms * (arms * 11 + 9) + 56)
