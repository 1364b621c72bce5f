"""Adverse events by term and stratum: how many had grade 1-2, how many grade 3 and more."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from core.cohort import Cohort, absence
from core.figure import CLICK, Figure, Heading, by_words, provenance, recipe, text_table, theme
from core.format import DASH, count_and_percent, p_value, percentage_points
from core.language import once_per_language, say
from core.summaries import AdverseEvents

WIDTH = 720
_BAR, _GAP = 11, 7
_TERMS = 150  # pixels for the terms' names
LINE = 15  # pixels of a line of a legend
_LONGEST = 44  # characters of a group's name in the legend
_INNER = 440  # the legend must fit where the plot is this wide
MILD, SEVERE = "1-2", ">=3"


def adverse_events_figure(cohort: Cohort, result: AdverseEvents, terms: list[str] | None = None) -> Figure:
    """Draw rates by term and stratum, mild and severe stacked; in the mapping's order of terms where none is given."""
    every = list(dict.fromkeys(result.rows.term))
    terms = every if terms is None else terms
    words = result.words
    legend = _legend(result)
    lines = legend[-1]["line"] + 1
    blanks = math.ceil((lines * LINE + 6) / _step(len(result.levels)))
    by = say(" by {by_words}", by_words=by_words(cohort, result.by)) if result.by and len(result.levels) > 1 else ""
    return Figure(
        slug=f"adverse-events-{result.by or 'all'}", title=say("Adverse events{by}, worst {measure}", by=by,
                                                               measure=words.measure),
        chart=theme.with_data(_template(len(terms), len(result.levels), lines, blanks),
                              bars=_bars(result, every, terms, blanks), legend=legend,
                              names=[{"i": blanks + i, "text": term} for i, term in enumerate(terms)]),
        table=numbers(result), drawn=result.rows,
        recipe=recipe(cohort, "adverse events", by=result.by, options=result.options, terms=terms,
                      heads=bool(result.heads)),
        key={"bars bar": say("strong bars: {severe}; faint: {mild}", severe=words.band(SEVERE), mild=words.band(MILD))},
        notes=tuple(_notes(result)),
        provenance=provenance(
            cohort, say("Each patient once per term at the worst {measure}, of those with the term recorded; {test} "
                        "p; risk difference in percentage points with the {difference} 95% CI; p not adjusted for "
                        "multiplicity.", measure=words.measure, test=say(result.options.test),
                        difference=result.options.difference)),
        alt=say("Rates of {terms} adverse events in {levels} groups; the table gives the numbers.", terms=len(terms),
                levels=len(result.levels)),
    )


def _step(strata_count: int) -> int:
    return strata_count * _BAR + _GAP


def _bars(result: AdverseEvents, every: list[str], terms: list[str], blanks: int) -> list[dict[str, Any]]:
    """Return two stacked bars per term and stratum: grade 3 and more at the axis, then 1-2; below the legend's rows."""
    shape = (len(every), len(result.bands), len(result.levels))
    of = result.rows["n"].to_numpy().reshape(shape)[:, 0]
    had = result.rows["n_event"].to_numpy().reshape(shape)
    mild, severe = had[:, result.bands.index(MILD)], had[:, result.bands.index(SEVERE)]
    out: list[dict[str, Any]] = []
    for row, term in enumerate(terms, start=blanks):
        i = every.index(term)
        for j, arm in enumerate(result.levels):
            n, light, grave = int(of[i, j]), int(mild[i, j]), int(severe[i, j])
            base = {"i": row, "term": term, "arm": j,
                    "tip": f"{arm}: {result.words.band(MILD)} {count_and_percent(light, n)}, "
                           f"{result.words.band(SEVERE)} {count_and_percent(grave, n)}"}
            label = (f"{light + grave} ({grave})" if grave else f"{light}") if n else say("no patients")
            middle, end = (grave / n, (light + grave) / n) if n else (0.0, 0.0)
            colour = theme.colour(j)
            out.append(base | {"from": 0.0, "to": middle, "c": colour, "ink": colour, "text": ""})
            out.append(base | {"from": middle, "to": end, "c": theme.tint(colour, 0.4), "ink": colour,
                               "text": label})
    return out


def _legend(result: AdverseEvents) -> list[dict[str, Any]]:
    """Name the strata in their colours, and under them say what strong and faint mean."""
    arms, severe = arm_legend(result.levels), result.words.band(SEVERE)
    words = say("strong: {severe}; faint: {band}; in brackets: patients with {severe}", severe=severe,
                band=result.words.band(MILD))
    return [*arms, {"x": 0.0, "line": arms[-1]["line"] + 1, "text": words, "c": theme.QUIET}]


def arm_legend(levels: tuple[str, ...]) -> list[dict[str, Any]]:
    """Lay the strata's names out in lines that fit the narrowest plot."""
    out: list[dict[str, Any]] = []
    x, line = 0.0, 0
    for i, level in enumerate(levels):
        text = f"■ {theme.shortened(level, _LONGEST)}"
        width = (theme.width_of(text) + 26) / _INNER
        if x and x + width > 1:
            x, line = 0.0, line + 1
        out.append({"x": x, "line": line, "text": text, "c": theme.colour(i)})
        x += width
    return out


def numbers(result: AdverseEvents) -> pd.DataFrame:
    """Return per term: patients per stratum and band, risk difference and p per band, as text; a group per band."""
    test = result.options.test.removesuffix(" exact")
    columns: list[tuple[Heading, list[str]]] = [(say("Term"), list(dict.fromkeys(result.rows.term)))]
    rows, tests = ({c: f[c].to_numpy() for c in f.columns} for f in (result.rows, result.tests))
    for band in (MILD, SEVERE):
        words = result.words.heading(band)
        for level in result.levels:
            part = (rows["band"] == band) & (rows["arm"] == level)
            columns.append(((words, level), [count_and_percent(n, of) for n, of in zip(
                rows["n_event"][part].tolist(), rows["n"][part].tolist(), strict=True)]))
        for arm in result.levels[1:]:
            part = (tests["band"] == band) & (tests["arm"] == arm)
            against = f" {arm}" if len(result.levels) > 2 else ""
            columns.append(((words, say("difference{against}", against=against)), [
                percentage_points(*v) for v in zip(*(tests[c][part].tolist() for c in (
                    "risk_difference", "conf_low", "conf_high")), strict=True)]))
            columns.append(((words, say("{test} p{against}", test=say(test), against=against)), [
                p_value(p) or DASH for p in tests["p_value"][part]]))
    return text_table([h for h, _ in columns], list(zip(*(cells for _, cells in columns), strict=True)))


def _notes(result: AdverseEvents) -> list[str]:
    absent = result.missing_stratum
    return [say("{absent} patients left out: {absence}", absent=absent,
                absence=absence(result.by, 'group'))] if absent else []


@once_per_language(32)
def _template(terms: int, groups: int, legend_lines: int, blanks: int) -> dict[str, Any]:
    step = _step(groups)
    y = alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(terms + blanks)), paddingInner=_GAP / step,
                                                paddingOuter=0))
    offset = alt.YOffset("arm:O")
    x_scale = alt.Scale(domain=[0, 1.08], nice=False, range=[_TERMS, alt.ExprRef("width")])
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%", title=None, domain=False, ticks=False,
                    orient="top")
    x, x2 = alt.X("from:Q", scale=x_scale, axis=axis), alt.X2("to:Q")
    tip = [alt.Tooltip("term:N", title=say("Term")), alt.Tooltip("tip:N", title=say("Patients"))]
    click = alt.selection_point(name=CLICK, fields=["term"], toggle="true", clear=False)
    base = alt.Chart(theme.data("bars"))
    chart = alt.layer(
        base.mark_bar().encode(y=y, yOffset=offset, x=x, x2=x2, color=theme.given("c")),
        base.mark_text(align="left", dx=4, fontSize=10, baseline="middle").encode(
            y=y, yOffset=offset, x=alt.X("to:Q", scale=x_scale), text="text:N", color=theme.given("ink")),
        alt.Chart(theme.data("names")).mark_text(align="right", baseline="middle", limit=_TERMS - 8).encode(
            y=y, x=alt.value(_TERMS - 8), text="text:N", color=alt.value(theme.INK)),
        *(alt.Chart(theme.data("legend")).transform_filter(f"datum.line == {line}")
          .mark_text(align="left", baseline="middle").encode(
              x=alt.X("x:Q", scale=x_scale), y=alt.value(8 + line * LINE), text="text:N",
              color=theme.given("c")) for line in range(legend_lines)),
        base.mark_bar(opacity=0.001, cursor="pointer").encode(
            y=y, x=alt.value(0), x2=alt.value("width"), tooltip=tip).add_params(click),
    )
    return theme.finish(chart, width=WIDTH, height=(terms + blanks) * step + 30,
                        rows=(terms + blanks, step, blanks), least=_TERMS + _INNER)
