"""The Toxicity page's charts: rates back to back, differences as dots, difference against p, grades stacked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from core.charts import toxicity_marks
from core.charts.adverse_events import arm_legend
from core.charts.toxicity_tables import no_test
from core.cohort import Cohort, absence
from core.figure import Figure, Recipe, by_words, provenance, recipe, rows_of, text_table, theme
from core.format import DASH, count_and_percent, p_value, percentage_points, plural, ratio_with_limits
from core.language import say
from core.options import Checked, Limits
from core.summaries import AdverseEvents

Sort = Literal["as mapped", "rate", "difference", "p", "category"]
EVENT_SORTS: tuple[Sort, ...] = ("rate", "difference", "p", "category", "as mapped")
_HAD = "Patients with it"
_LEVEL = 0.05
_NAME, _NAMES = 24, 6  # characters of a term; how many the volcano names


@dataclass(frozen=True, kw_only=True)
class EventView(Checked):
    """Which band is compared, in which order, and from which rate (in any stratum) on."""

    limits: ClassVar[Limits] = {"least": (0, 1)}

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
        categories = list(dict.fromkeys(category.values()))
        return sorted(terms, key=lambda t: (categories.index(category[t]), -np.nan_to_num(most[t])))
    if view.sort == "difference" and result.tests.size:
        apart = tests.risk_difference.agg(lambda d: d.abs().max())
        return sorted(terms, key=lambda t: -np.nan_to_num(apart[t]))
    if view.sort == "p" and result.tests.size:
        least = tests.p_value.min()
        return sorted(terms, key=lambda t: (math.isnan(least[t]), np.nan_to_num(least[t])))
    return terms


def ordered_within(joined: AdverseEvents, categories: AdverseEvents, view: EventView) -> list[str]:
    """Return the rows of categories in their order, each with its terms behind it.

    Parameters
    ----------
    joined : terms and categories together, as `grouped` makes them
    """
    category = dict(zip(joined.rows.term, joined.rows.category, strict=True))
    row = {c: name for name, c in joined.heads.items()}
    inside = [t for t in ordered(joined, view) if t not in joined.heads]
    return [name for c in ordered(categories, view) for name in (row[c], *(t for t in inside if category[t] == c))]


def butterfly_figure(cohort: Cohort, result: AdverseEvents, terms: list[str]) -> Figure:
    """Draw two strata back to back, the reference at the left: grade 3 and more inside, 1 to 2 outside."""
    words, rows = result.words, {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    bars: list[dict[str, Any]] = []
    for row, term in enumerate(terms):
        for place, arm in enumerate(result.levels):
            mild, severe = rows[term, "1-2", arm], rows[term, ">=3", arm]
            n, sign, colour = severe.n, -1 if place == 0 else 1, theme.colour(place)
            inner = severe.n_event / n if n else 0.0
            outer = inner + (mild.n_event / n if n else 0.0)
            both = f"{mild.n_event + severe.n_event} ({severe.n_event})" if n else DASH
            tip = (f"{arm}: {words.band('1-2')} {count_and_percent(mild.n_event, n)}, "
                   f"{words.band('>=3')} {count_and_percent(severe.n_event, n)}")
            base = {"i": row, "term": term, "tip": tip, "ink": colour, "side": sign}
            bars.append(base | {"from": 0.0, "to": sign * inner, "c": colour, "text": ""})
            bars.append(base | {"from": sign * inner, "to": sign * outer, "c": theme.tint(colour, 0.4), "text": both})
    heads = [{"x": sign * 0.5, "text": theme.shortened(f"{arm}", 30), "c": theme.colour(i)}
             for i, (sign, arm) in enumerate(zip((-1, 1), result.levels, strict=True))]
    return Figure(
        slug=f"ae-rates-{result.by}", title=say("Adverse events by {label}, worst {measure}",
                                                label=_label(cohort, result), measure=words.measure),
        chart=theme.with_data(toxicity_marks.butterfly(len(terms)), bars=bars, heads=heads,
                              names=_named_rows(result, terms)),
        table=rates_table(result, terms),
        drawn=result.rows[result.rows.term.isin(terms)], notes=_notes(result),
        key={"bars bar": say("strong bars: {severe}; faint: {mild}; beside: patients with {any} (with {severe})",
                             severe=words.band(">=3"), mild=words.band("1-2"), any=words.band("any"))},
        provenance=provenance(cohort, say("Each patient counts once per term, at the worst {measure}, among those in "
                                          "the safety population with the term recorded.", measure=words.measure)),
        alt=say("Rates of {events} in two groups; the table gives the numbers.",
                events=plural(len(terms), 'adverse event')),
        recipe=_recipe(cohort, "butterfly", result, terms))


def difference_figure(cohort: Cohort, result: AdverseEvents, view: EventView, terms: list[str]) -> Figure:
    """Draw risk differences with their intervals, each stratum against the reference."""
    tests = {(r.term, r.arm): r for r in rows_of(result.tests[result.tests.band == view.band])}
    arms = result.levels[1:]
    rows: list[dict[str, Any]] = []
    for row, term in enumerate(terms):
        for i, arm in enumerate(arms):
            r = tests[term, arm]
            difference = percentage_points(r.risk_difference, r.conf_low, r.conf_high)
            p = f", p {p_value(r.p_value)}" if p_value(r.p_value) else ""
            points = (r.risk_difference, r.conf_low, r.conf_high)
            x, low, high = (None if math.isnan(v) else 100 * v for v in points)
            rows.append({"i": row, "term": term, "arm": i, "c": theme.colour(i + 1), "x": x, "low": low,
                         "high": high, "text": f"{difference}{p}", "tip": f"{arm}: {difference}{p}"})
    ratio = f"; {result.options.ratio}" if result.options.ratio else ""
    return Figure(
        slug=f"ae-difference-{result.by}-{view.band}".replace(">=", "ge"),
        title=say("{heading}: risk difference against {levels}", heading=result.words.heading(view.band),
                  levels=result.levels[0]),
        chart=theme.with_data(toxicity_marks.dots(len(terms), len(arms)), rows=rows, names=_named_rows(result, terms)),
        table=event_tests_table(result, view.band, terms),
        drawn=result.tests[(result.tests.band == view.band) & result.tests.term.isin(terms)],
        key={"rows rule": "lines: 95% CI", "rows point": "dots: differences, in the groups' colours"},
        summary=(_smallest(result, view.band, terms),), notes=_notes(result),
        provenance=provenance(cohort, say("Percentage points with the {difference} 95% CI; p by {test}, in the table "
                                          "also adjusted by Benjamini and Hochberg over the terms of the "
                                          "band{ratio}. No p where no group had an event.",
                                          difference=result.options.difference, test=say(result.options.test),
                                          ratio=ratio)),
        alt=say("Risk differences of {events}; the table gives the numbers.",
                events=plural(len(terms), 'adverse event')),
        recipe=_recipe(cohort, "risk differences", result, terms, view=view))


def volcano_figure(cohort: Cohort, result: AdverseEvents, view: EventView, terms: list[str]) -> Figure:
    """Draw differences against p, of terms alone: what lies high and far from the middle differs most."""
    terms = [t for t in terms if t not in result.heads] or terms
    tests = result.tests[(result.tests.band == view.band) & result.tests.term.isin(terms)].dropna(subset="p_value")
    named = _named(tests)
    several, below = len(result.levels) > 2, tests.p_adjusted < _LEVEL
    points = [{"term": r.term, "x": 100 * r.risk_difference, "y": -math.log10(max(r.p_value, 1e-12)),
               "c": theme.colour(result.levels.index(r.arm)),
               "text": theme.shortened(r.term, _NAME) if i in named else "",
               "side": -1 if r.risk_difference < 0 else 1,
               "tip": say("{arm}p {p}, adjusted {adjusted}", arm=r.arm + ': ' if several else '',
                          p=p_value(r.p_value), adjusted=p_value(r.p_adjusted))}
              for i, r in zip(tests.index, rows_of(tests), strict=True)]
    return Figure(
        slug=f"ae-volcano-{result.by}-{view.band}".replace(">=", "ge"),
        title=say("{heading}: difference against p", heading=result.words.heading(view.band)),
        chart=theme.with_data(toxicity_marks.volcano(), points=points, limit=_limit(tests)),
        table=event_tests_table(result, view.band, terms), drawn=tests, summary=(_smallest(result, view.band, terms),),
        key={"points point": "dots: terms", "limit rule": "dashed: on it and above it adjusted p < .05"},
        notes=(*_notes(result), *(() if below.any() else (say("No term has an adjusted p below .05."),))),
        provenance=provenance(cohort, say("Right: more with {groups} than with {reference}. p by {test}, the line by "
                                          "Benjamini and Hochberg over the terms.",
                                          groups=', '.join(result.levels[1:]), reference=result.levels[0],
                                          test=say(result.options.test))),
        alt=say("Risk differences against p-values; the table gives the numbers."),
        recipe=_recipe(cohort, "volcano", result, terms, view=view))


def _limit(tests: pd.DataFrame) -> list[dict[str, float]]:
    """Return where the largest p lies whose adjusted p is below .05; nowhere where several arms have no common line."""
    below = tests.p_adjusted < _LEVEL
    if not below.any() or (tests.p_value[~below] <= tests.p_value[below].max()).any():
        return []
    return [{"y": -math.log10(max(tests.p_value[below].max(), 1e-12))}]


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
                             "to": so_far + r.rate, "c": theme.GRADES[grade - 1],
                             "tip": f"{arm}, {result.words.of(grade)}: {count_and_percent(r.n_event, r.n)}"})
                so_far += r.rate
    marks = [{"i": row, "arm": i, "text": "■", "c": theme.colour(i)}
             for row in range(len(terms)) for i in range(len(result.levels))]
    arms = arm_legend(result.levels)
    legend = [{"x": 0.19 * i, "text": result.words.of(i + 1), "c": c} for i, c in enumerate(theme.GRADES)]
    return Figure(
        slug=f"ae-grades-{result.by}", title=say("Grades by {label}", label=_label(cohort, result)),
        key={"bars bar": say("bars: patients by worst {measure}; the square before a bar has its group's colour",
                             measure=result.words.measure),
             "legend point": "squares above: the grades' colours"},
        chart=theme.with_data(toxicity_marks.grades(len(terms), len(result.levels), arms[-1]["line"] + 1), bars=bars,
                              marks=marks, legend=legend, arms=arms, names=_named_rows(result, terms)),
        table=grades_table(result, terms), drawn=result.rows[result.rows.term.isin(terms)], notes=_notes(result),
        provenance=provenance(cohort, say("Each patient once per term at the worst {measure}.",
                                          measure=result.words.measure)),
        alt=say("Grades of {events}; the table gives the numbers.", events=plural(len(terms), 'adverse event')),
        recipe=_recipe(cohort, "grades", result, terms))


def _recipe(cohort: Cohort, kind: str, result: AdverseEvents, terms: list[str], **more: Any) -> Recipe:
    return recipe(cohort, kind, by=result.by, options=result.options, terms=terms, heads=bool(result.heads), **more)


def rates_table(result: AdverseEvents, terms: list[str]) -> pd.DataFrame:
    """Write n (%) per stratum and band, a row per term."""
    rows = {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    bands = [b for b in result.bands if not b.isdecimal()]
    return _counts_table(result, terms, rows, {b: result.words.heading(b) for b in bands})


def grades_table(result: AdverseEvents, terms: list[str]) -> pd.DataFrame:
    """Write patients per stratum and single grade, a row per term."""
    rows = {(r.term, r.band, r.arm): r for r in rows_of(result.rows)}
    grades = [b for b in result.bands if b.isdecimal()]
    return _counts_table(result, terms, rows, {g: result.words.heading(g) for g in grades})


def _counts_table(result: AdverseEvents, terms: list[str], rows: dict[tuple[str, str, str], Any],
                  bands: dict[str, str]) -> pd.DataFrame:
    """Write n (%) in a group of columns per band, a column per stratum."""
    cells = [(b, arm) for b in bands for arm in result.levels]
    return text_table([say("Term"), *((bands[b], arm) for b, arm in cells)], [
        [t, *(count_and_percent(rows[t, b, arm].n_event, rows[t, b, arm].n) for b, arm in cells)]
        for t in terms])


def event_tests_table(result: AdverseEvents, band: str, terms: list[str]) -> pd.DataFrame:
    """Write one band's comparison: n (%), difference, ratio, p with the test that made it, adjusted p."""
    counts = {(r.term, r.arm): r for r in rows_of(result.rows[result.rows.band == band])}
    tests = {(r.term, r.arm): r for r in rows_of(result.tests[result.tests.band == band])}
    ratio = result.options.ratio
    names = [say("Difference, points (95% CI)"),
             *([say("{measure} (95% CI)", measure=say(ratio).capitalize())] if ratio else []), "p",
             say("p adjusted"),
             say("Test")]
    reference = result.levels[0]
    out = []
    for term in terms:
        row = [term,
               *(count_and_percent(counts[term, arm].n_event, counts[term, arm].n) for arm in result.levels)]
        for arm in result.levels[1:]:
            r = tests[term, arm]
            row += [percentage_points(r.risk_difference, r.conf_low, r.conf_high),
                    *([ratio_with_limits(r.ratio, r.ratio_low, r.ratio_high)] if ratio else []),
                    p_value(r.p_value) or DASH, p_value(r.p_adjusted) or DASH,
                    say(r.test) if p_value(r.p_value) else no_test(counts[term, reference], counts[term, arm])]
        out.append(row)
    return text_table([say("Term"), *((say(_HAD), arm) for arm in result.levels), *(
        (say("{arm} against {reference}", arm=arm, reference=reference),
         name) for arm in result.levels[1:] for name in names)], out)


def _smallest(result: AdverseEvents, band: str, terms: list[str]) -> str:
    """Say which term's difference has the smallest p."""
    terms = [t for t in terms if t not in result.heads] or terms
    tests = result.tests[(result.tests.band == band) & result.tests.term.isin(terms)].dropna(subset="p_value")
    if tests.empty:
        return say("none: there is nothing to test")
    r = next(rows_of(tests.nsmallest(1, "p_value")))
    return (say("{term}: {percentage_points} points, p {p} (adjusted {adjusted})", term=r.term,
                percentage_points=percentage_points(r.risk_difference, r.conf_low, r.conf_high),
                p=p_value(r.p_value), adjusted=p_value(r.p_adjusted)))


def _label(cohort: Cohort, result: AdverseEvents) -> str:
    return by_words(cohort, result.by) if result.by else say("one group")


def _notes(result: AdverseEvents) -> tuple[str, ...]:
    absent = result.missing_stratum
    return (say("{patients} left out: {absence}.", patients=plural(absent, 'patient'),
                absence=absence(result.by, 'group')),) if absent else ()


def _named_rows(result: AdverseEvents, terms: list[str]) -> list[dict[str, Any]]:
    return [{"i": i, "text": theme.shortened(result.heads.get(term, term), _NAME), "head": term in result.heads}
            for i, term in enumerate(terms)]
