"""Response as stacked bars with its rates, the failure pattern as sets of sites, and change as a waterfall."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.toxicity_tables import no_test
from core.cohort import Cohort, absence, strata
from core.figure import Figure, by_words, provenance, recipe, rows_of, text_table, theme
from core.format import (
    DASH,
    count_and_percent,
    p_phrase,
    p_value,
    percentage_points,
    plural,
    share_with_limits,
    signed_percent,
)
from core.language import once_per_language, say
from core.mapping import category_of
from core.summaries import ANY, CONTROL, NOT_EVALUABLE, FailurePattern, Response

WIDTH = 620
_LIKE = {"response": "PR", "control": "SD", "progression": "PD", "no response": "PD"}  # the colour of other levels
_NAME, _PATTERNS, _CELL, _BARS = 30, 12, 24, 190
_SHRINKS, _GROWS = -30.0, 20.0  # per cent: what RECIST calls a partial response, and progression
_MOST = 400  # bars of a waterfall


def _named(level: str) -> str:
    """Say who has no response; the data's levels stay."""
    return say(level) if level == NOT_EVALUABLE else level


def response_figure(cohort: Cohort, result: Response) -> Figure:
    """Draw best response per group, stacked to 100 %."""
    bars = []
    kinds = list(theme.RESPONSES)
    levels = sorted(dict.fromkeys(result.rows.level), key=lambda level: kinds.index(_kind(result, level)))
    for place, arm in enumerate(result.levels):
        so_far = 0.0
        for level in levels:
            r = next(r for r in rows_of(result.rows) if r.level == level and r.arm == arm)
            if not r.n or not r.count:
                continue
            kind = _kind(result, level)
            share = r.share if not math.isnan(r.share) else 0.0
            bars.append({"arm": place, "from": so_far, "to": so_far + share, "c": theme.RESPONSES[kind],
                         "mid": so_far + share / 2, "ink": theme.WHITE if kind in ("CR", "PD") else theme.INK,
                         "text": "" if share <= 0.03 else
                         f"{_named(level) if share > 0.09 else ''} {int(r.count)}".strip(),
                         "tip": f"{_named(level)}: {count_and_percent(int(r.count), int(r.n))}"})
            so_far += share
    who = say("evaluable patients only") if result.options.evaluable_only else \
        say("all patients; {not_evaluable} is no response", not_evaluable=say(NOT_EVALUABLE))
    overall = next(rows_of(result.overall))
    sentences = [say("{rate}: {percentage_points} points, {p_phrase}", rate=say(r.rate).capitalize(),
                     percentage_points=percentage_points(r.difference, r.conf_low, r.conf_high),
                     p_phrase=p_phrase(r.p_value)) + (f" ({r.arm})" if len(result.levels) > 2 else "")
            for r in rows_of(result.tests) if not math.isnan(r.p_value)]
    return Figure(
        slug=f"response-{result.by}", title=say("Best response by {by_words}", by_words=by_words(cohort, result.by)),
        chart=theme.with_data(_stacked(len(result.levels)), bars=bars, names=[
            {"arm": i, "text": theme.shortened(arm, _NAME)} for i, arm in enumerate(result.levels)]),
        table=rates_table(result), drawn=result.rows, summary=tuple(sentences), notes=tuple(_notes(result)),
        key={"bars bar": "bars: patients by best response, from response (blue) to progression (orange)"},
        provenance=provenance(cohort, say("Of {who}. Clopper-Pearson 95% CI; differences in percentage points with "
                                          "the {difference} 95% CI, p by {test}. All categories: {overall}, {p}.",
                                          who=who, difference=result.options.difference, test=say(result.options.test),
                                          overall=say(overall.test),
                                          p=p_phrase(overall.p_value) if p_value(overall.p_value) else say("no p"))),
        alt="; ".join(f"{r.arm}: {say(r.rate)} {share_with_limits(r.estimate, r.conf_low, r.conf_high)}"
                      for r in rows_of(result.rates)),
        recipe=recipe(cohort, "response", by=result.by, options=result.options))


def _kind(result: Response, level: str) -> str:
    """Return the response category whose colour and place among the bars a level has; "" for none."""
    return category_of(level) or _LIKE.get(result.meanings.get(level, ""), "")


def _notes(result: Response) -> list[str]:
    """Say who is left out, which levels nobody classified, and where disease control is not known."""
    absent = say("{patients} left out: {absence}.", patients=plural(result.missing_group, 'patient'),
                 absence=absence(result.by, 'group'))
    notes = [absent] if result.missing_group else []
    if result.unclassified:
        names = ", ".join(f"{level} ({n:,})" for level, n in result.unclassified.items())
        notes.append(say("The meaning of these responses is not set: {names}. Until it is, they count as no "
                         "response, and in every denominator.", names=names))
    if result.rates.estimate[(result.rates.rate == CONTROL) & (result.rates.n > 0)].isna().any():
        names = ", ".join(level for level, meaning in result.meanings.items() if meaning == "no response")
        notes.append(say("Disease control is unknown for {names}: no rate is given where there are such patients.",
                         names=names))
    return notes


def rates_table(result: Response) -> pd.DataFrame:
    """Write a row per group: categories, response and control rate with limits, differences with p and test."""
    tests = {(r.rate, r.arm): r for r in rows_of(result.tests)}
    levels, rates = list(dict.fromkeys(result.rows.level)), list(dict.fromkeys(result.rates.rate))
    compared = rates if len(result.levels) > 1 else []
    rows = []
    for arm in result.levels:
        row = [arm, *(count_and_percent(int(c), int(n)) for c, n in
                      result.rows[result.rows.arm == arm][["count", "n"]].to_numpy())]
        row += [share_with_limits(r.estimate, r.conf_low, r.conf_high) if r.n and not math.isnan(r.estimate) else DASH
                for r in rows_of(result.rates[result.rates.arm == arm])]
        rows.append([*row, *(say("reference") if arm == result.levels[0] else _difference(tests[rate, arm])
                             for rate in compared)])
    return text_table([say("Group"), *map(_named, levels),
                       *(say("{rate} (95% CI)", rate=say(rate).capitalize()) for rate in rates),
                       *(say("{rate}: difference, p", rate=say(rate).capitalize()) for rate in compared)], rows)


def _difference(r: Any) -> str:
    if math.isnan(r.difference):
        return DASH
    p = p_value(r.p_value)
    return percentage_points(r.difference, r.conf_low, r.conf_high) + (f", {p} ({say(r.test)})" if p else "")


def failure_figure(cohort: Cohort, result: FailurePattern) -> Figure:
    """Draw patients by exactly the sites where they failed: bars above, the sites as joined dots beneath."""
    patterns = result.together.drop_duplicates(list(result.names))[list(result.names)].to_numpy(dtype=bool)
    counts = result.together["count"].to_numpy().reshape(len(patterns), len(result.levels))
    shown = [i for i in range(len(patterns)) if counts[i].any()][:_PATTERNS]
    bars, dots, lines = _pattern_marks(result, patterns[shown], counts[shown])
    rates = result.sites[result.sites.site != ANY].groupby("site", sort=False).n_event.sum()
    names = [{"y": -(s + 1), "text": f"{theme.shortened(n, _NAME)} ({int(rates[n])})"}
             for s, n in enumerate(result.names)]
    hidden = int(counts.sum() - counts[shown].sum())
    left_out = tuple(filter(None, [
        say("{patients} left out: a site not recorded, or {absence}.", patients=plural(result.missing, 'patient'),
            absence=absence(result.by, 'the group'))
        if result.missing else "",
        say("{patients} of rarer patterns are not drawn; the CSV holds all.",
            patients=plural(hidden, 'patient')) if hidden else ""]))
    return Figure(
        slug=f"failure-{result.by}",
        title=say("Failure pattern by {by_words}: patients by exactly the sites where they failed",
                  by_words=by_words(cohort, result.by)),
        chart=theme.with_data(_upset(len(shown), len(result.names), len(result.levels)), bars=bars, dots=dots,
                              lines=lines, names=names, legend=_legend(result.levels)),
        table=sites_table(result), drawn=result.together, notes=left_out,
        key={"bars bar": "bars: patients, in the groups' colours", "dots circle": "strong dots: the sites of a bar",
             "lines rule": "upright lines: sites of the same patients"},
        provenance=provenance(cohort, say("Sites overlap: a patient counts at each site where they failed, and once "
                                          "in “any failure”, shown separately. The order of failures is not shown "
                                          "here: where dates are known, cumulative incidence below shows which came "
                                          "first.")),
        alt=say("Bars of {patterns} of failure sites.", patterns=plural(len(shown), 'pattern')),
        recipe=recipe(cohort, "failure", by=result.by, test=result.test, difference=result.difference))


def _pattern_marks(result: FailurePattern, patterns: np.ndarray, counts: np.ndarray) -> tuple[list[Any], ...]:
    """Return the bars, dots and lines of patterns, bool (k, sites), with their patients by arm, int (k, arms)."""
    top = float(max(counts.sum(axis=1), default=1)) or 1.0
    bars, dots, lines = [], [], []
    for place, (pattern, by_arm) in enumerate(zip(patterns, counts.tolist(), strict=True)):
        words = " + ".join(n for n, has in zip(result.names, pattern, strict=True) if has) or say("no failure")
        so_far = 0
        for j, (arm, n) in enumerate(zip(result.levels, by_arm, strict=True)):
            bars.append({"x": place, "from": so_far / top, "to": (so_far + n) / top, "c": theme.colour(j),
                         "tip": f"{words}; {arm}: {n}", "text": ""})
            so_far += n
        end = so_far / top
        bars.append({"x": place, "from": end, "to": end, "c": theme.INK, "tip": words, "text": f"{so_far}"})
        dots += [{"x": place, "y": -(s + 1), "c": theme.INK if has else theme.LINE} for s, has in enumerate(pattern)]
        inside = np.flatnonzero(pattern)
        if inside.size > 1:
            lines.append({"x": place, "y": -(int(inside[0]) + 1), "y2": -(int(inside[-1]) + 1)})
    return bars, dots, lines


def sites_table(result: FailurePattern) -> pd.DataFrame:
    """Write a row per site, any failure last: n (%) per group, difference, p with its test."""
    counts = {(r.site, r.arm): r for r in rows_of(result.sites)}
    tests = {(r.site, r.arm): r for r in rows_of(result.tests)}
    reference, rows = result.levels[0], []
    for site in dict.fromkeys(result.sites.site):
        row = [say(site) if site == ANY else site]
        row += [count_and_percent(counts[site, arm].n_event, counts[site, arm].n) for arm in result.levels]
        for arm in result.levels[1:]:
            r = tests[site, arm]
            row += [percentage_points(r.risk_difference, r.conf_low, r.conf_high), p_value(r.p_value) or DASH,
                    say(r.test) if p_value(r.p_value) else no_test(counts[site, reference], counts[site, arm])]
        rows.append(row)
    return text_table([say("Site"), *((say("Patients who failed there"), arm) for arm in result.levels), *(
        (say("{arm} against {reference}", arm=arm, reference=reference), name) for arm in result.levels[1:]
        for name in (say("Difference, points (95% CI)"), "p", say("Test")))], rows)


def waterfall_figure(cohort: Cohort, key: str, by: str) -> Figure:
    """Draw each patient's change in per cent, from the largest growth to the largest shrinkage; no identifiers."""
    groups, variable = strata(cohort, by), cohort.variable(key)
    values = cohort.values(key).to_numpy(dtype=float)
    used = np.flatnonzero(cohort.rows & ~np.isnan(values))
    used = used[np.argsort(-values[used], kind="stable")]
    drawn = used[np.unique(np.linspace(0, len(used) - 1, min(len(used), _MOST)).astype(int))] if len(used) else used
    bars = [{"i": i, "y": float(values[k]), "c": theme.colour(groups.codes[k]) if groups.codes[k] >= 0 else theme.QUIET,
             "tip": signed_percent(values[k])} for i, k in enumerate(drawn)]
    absent = cohort.n - int((cohort.rows & ~np.isnan(values)).sum())
    table = text_table([say("Group"), "n", say("Shrunk by 30% or more")], [
        [level, f"{int(((groups.codes[used]) == j).sum()):,}",
         count_and_percent(int((values[used][groups.codes[used] == j] <= _SHRINKS).sum()),
                           int((groups.codes[used] == j).sum()))] for j, level in enumerate(groups.levels)])
    return Figure(
        slug=f"waterfall-{key}", title=say("{label} by patient and {by_words}", label=variable.label,
                                           by_words=by_words(cohort, by)),
        key={"bars bar": "bars: patients, in the groups' colours", "limits rule": "dashed: −30% and +20%"},
        drawn=pd.DataFrame({"change": values[used]}),
        chart=theme.with_data(_waterfall(len(groups.levels)), bars=bars, limits=[{"y": _SHRINKS}, {"y": _GROWS}],
                              legend=_legend(groups.levels)),
        table=table, notes=tuple(filter(None, [
            say("{patients} without it.", patients=plural(absent, 'patient')) if absent else "",
            say("{drawn} of {used} bars are drawn, evenly chosen.", drawn=f"{len(drawn):,}",
                used=f"{len(used):,}") if len(drawn) < len(used) else ""])),
        provenance=provenance(cohort, say("Each patient's change, the largest growth first.")),
        alt=say("Changes per patient, sorted."), recipe=recipe(cohort, "waterfall", key=key, by=by))


@once_per_language(16)
def _stacked(groups: int) -> dict[str, Any]:
    y = alt.Y("arm:O", axis=None, scale=alt.Scale(domain=list(range(groups))))
    scale = alt.Scale(domain=[0, 1], nice=False, range=[185, alt.ExprRef("width - 12")])
    base = alt.Chart(theme.data("bars"))
    chart = alt.layer(
        base.mark_bar(height=alt.RelativeBandSize(0.7), stroke=theme.WHITE).encode(
            y=y, x=alt.X("from:Q", scale=scale, title=None, axis=alt.Axis(format=".0%", domain=False, ticks=False)),
            x2="to:Q", color=theme.given("c"), tooltip=[alt.Tooltip("tip:N", title=say("Patients"))]),
        base.mark_text(baseline="middle").encode(y=y, x=alt.X("mid:Q", scale=scale), text="text:N",
                                                 color=theme.given("ink")),
        alt.Chart(theme.data("names")).mark_text(align="right", baseline="middle").encode(
            y=y, x=alt.value(178), text="text:N", color=alt.value(theme.INK)))
    return theme.finish(chart, width=WIDTH, height=groups * 44 + 40, least=440)


@once_per_language(32)
def _upset(patterns: int, sites: int, groups: int) -> dict[str, Any]:
    below = sites * _CELL / _BARS
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.7, max(patterns, 1) - 0.3], nice=False,
                                                range=[180, alt.ExprRef("width - 10")]))
    scale = alt.Scale(domain=[-below, 1.12], nice=False)

    def up(field: str, of: str = "{}") -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    def cell(name: str) -> alt.Chart:
        step = f"{_CELL / _BARS}"
        return alt.Chart(theme.data(name)).transform_calculate(h=f"(datum.y + 0.4) * {step}",
                                                               h2=f"(datum.y2 + 0.4) * {step}")
    bars = alt.Chart(theme.data("bars"))
    layers: list[Any] = [
        bars.mark_bar(width=26).encode(x=x, y=up("from"), y2="to:Q", color=theme.given("c"),
                                       tooltip=[alt.Tooltip("tip:N", title=say("Patients"))]),
        bars.mark_text(baseline="bottom", dy=-3).encode(x=x, y=up("to"), text="text:N", color=alt.value(theme.INK)),
        cell("lines").mark_rule(strokeWidth=2, color=theme.INK).encode(x=x, y=up("h"), y2="h2:Q"),
        cell("dots").mark_circle(size=90, opacity=1).encode(x=x, y=up("h"), color=theme.given("c")),
        cell("names").mark_text(align="right", baseline="middle").encode(x=alt.value(160), y=up("h"), text="text:N",
                                                                         color=alt.value(theme.INK)),
        *_names(groups)]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=_BARS + sites * _CELL + 20, least=420)


def _legend(levels: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"i": j, "text": f"■ {theme.shortened(arm, _NAME)}", "c": theme.colour(j)} for j, arm in enumerate(levels)]


def _names(groups: int) -> list[alt.Chart]:
    """Write the groups' names at the upper right, a line each."""
    base = alt.Chart(theme.data("legend"))
    return [base.transform_filter(f"datum.i == {i}").mark_text(align="right", baseline="top", fontWeight=600).encode(
        x=alt.value(alt.ExprRef("width")), y=alt.value(2 + 16 * i), text="text:N", color=theme.given("c"))
        for i in range(groups)]


@once_per_language(16)
def _waterfall(groups: int) -> dict[str, Any]:
    x = alt.X("i:O", axis=None, scale=alt.Scale(paddingInner=0.15))
    y = alt.Y("y:Q", title=say("Change, %"), scale=alt.Scale(nice=True))
    chart = alt.layer(
        alt.Chart(theme.data("bars")).mark_bar().encode(x=x, y=y, color=theme.given("c"),
                                                        tooltip=[alt.Tooltip("tip:N", title=say("Change"))]),
        alt.Chart(theme.data("limits")).mark_rule(strokeDash=[4, 4], color=theme.ACCENT).encode(y=y), *_names(groups))
    return theme.finish(chart, width=WIDTH, height=260, free=True)
