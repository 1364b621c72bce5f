"""The Toxicity page's tables: burden, one term by grade, its patients, and tests over all groups."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from core import schema
from core.cohort import Cohort, strata
from core.figure import Figure, Heading, by_words, provenance, recipe, rows_of, text_table
from core.format import DASH, count_and_percent, error_of_p, fixed, number, p_value, percentage_points
from core.language import say
from core.mapping import CTCAE
from core.summaries import AdverseEvents

MOST = 500  # patients in a list


def burden_table(cohort: Cohort, every: AdverseEvents, burden: pd.DataFrame) -> Figure:
    """Write per group: patients with any event and by band, terms per patient, serious and related ones."""
    counts = {(r.band, r.arm): r for r in rows_of(every.rows)}
    tests = {(r.band, r.arm): r for r in rows_of(every.tests)}
    bands = [b for b in every.bands if b != "1-2"]
    flags = [f for f in ("serious", "related", "discontinued") if not burden[f].isna().all()]
    several, words = len(every.levels) > 1, every.words
    rows = []
    for i, r in enumerate(rows_of(burden)):
        row = [r.arm, f"{r.n:,}"]
        for band in bands:
            c = counts[band, r.arm]
            row.append(count_and_percent(c.n_event, c.n))
            if several:
                row.append(_against(tests.get((band, r.arm))) if i else say("reference"))
        row.append(DASH if not r.n else
                   f"{number(r.terms_median)} ({number(r.terms_low)}{DASH}{number(r.terms_high)}), {r.terms_most}")
        rows.append([*row, *(count_and_percent(int(getattr(r, flag)), r.n) for flag in flags)])
    of_band: list[Heading] = [h for b in bands for h in (
        [(words.heading(b), "n (%)"), (words.heading(b), say("difference, p"))] if several else [words.heading(b)])]
    table = text_table([say("Group"), "n", *of_band, say("Terms per patient, median (IQR), most"),
                        *map(str.capitalize, flags)],
                       rows)
    method = (say("Each patient at the worst {measure} over all terms; p by {test}; difference in percentage points, "
                  "{difference} 95% CI.", measure=words.measure, test=say(every.options.test),
                  difference=every.options.difference))
    return Figure(slug=f"ae-burden-{every.by}",
                  title=say("Burden: any adverse event{by}", by=_by(cohort, every.by if several else None)), chart=None,
                  table=table, drawn=every.rows, provenance=provenance(cohort, method),
                  recipe=recipe(cohort, "burden", by=every.by, options=every.options))


def _by(cohort: Cohort, by: str | None) -> str:
    return say(" by {by_words}", by_words=by_words(cohort, by)) if by else ""


def no_test(*groups: Any) -> str:
    """Say why a comparison has no p: an empty group, nobody with an event, or everybody (rows with arm, n, n_event)."""
    empty = [g.arm for g in groups if not g.n]
    if empty:
        return say("no patient in {empty}", empty=empty[0])
    return say("every patient had it") if all(g.n_event == g.n for g in groups) else say("no event in any group")


def _against(row: Any) -> str:
    if row is None or math.isnan(row.risk_difference):
        return DASH
    p = p_value(row.p_value)
    return percentage_points(row.risk_difference, row.conf_low, row.conf_high) + (f", {p}" if p else "")


def overall_figure(cohort: Cohort, result: AdverseEvents, tests: pd.DataFrame, band: str, terms: list[str]) -> Figure:
    """Write one test over all groups per term."""
    rows = {r.term: r for r in rows_of(tests)}
    table = text_table([say("Term"), "p", say("p adjusted"), say("Test")], [[
        t, p_value(rows[t].p_value) or DASH, p_value(rows[t].p_adjusted) or DASH,
        say(rows[t].test) + (say(", error {error}", error=error_of_p(rows[t].error)) if rows[t].error else "")
        if p_value(rows[t].p_value) else say("nothing to test")] for t in terms])
    return Figure(slug=f"ae-overall-{result.by}-{band}".replace(">=", "ge"),
                  title=say("{heading}: one test over all {levels} groups", heading=result.words.heading(band),
                            levels=len(result.levels)), chart=None,
                  table=table, drawn=tests, provenance=provenance(cohort, ""),
                  recipe=recipe(cohort, "all arms", by=result.by, options=result.options, heads=bool(result.heads),
                                band=band, terms=terms))


def term_figure(cohort: Cohort, term: str, by: str | None) -> Figure:
    """Write a term's grades per group, those not recorded apart."""
    groups, worst, words = strata(cohort, by), cohort.worst_grades, cohort.mapping.grade_words
    grades = worst.grades[:, worst.terms.index(term)]
    highest = int(np.nanmax(grades[cohort.rows], initial=3)) if cohort.n else 3
    rows = []
    for i, level in enumerate(groups.levels):
        of_group = grades[cohort.rows & (groups.codes == i)]
        known = int((~np.isnan(of_group)).sum())
        shares = {words.of(g): count_and_percent(int((of_group == g).sum()), known)
                  for g in range(highest + 1)}
        rows.append({"Group": level, **shares, "not recorded": f"{of_group.size - known:,}"})
    table = pd.DataFrame(rows).rename(columns=say)
    return Figure(slug=f"ae-term-{schema.factor_key(term)}", title=say("{term}: worst {measure}{by}", term=term,
                                                                       measure=words.measure, by=_by(cohort, by)),
                  chart=None, table=table, drawn=table,
                  recipe=recipe(cohort, "term", term=term, by=by),
                  provenance=provenance(cohort, say("Each patient at the worst {measure}.", measure=words.measure)))


def patients_table(cohort: Cohort, term: str, by: str | None, *, named: bool) -> pd.DataFrame:
    """List who had a term: group, worst grade, first day where known; identifiers only where they are asked for."""
    groups, worst, words = strata(cohort, by), cohort.worst_grades, cohort.mapping.grade_words
    grades = worst.grades[:, worst.terms.index(term)]
    had = np.flatnonzero(cohort.rows & (grades > 0))
    had = had[np.argsort(-grades[had], kind="stable")][:MOST]
    first = _first_days(cohort, term)
    rows = []
    for place, i in enumerate(had.tolist(), start=1):
        code = groups.codes[i]
        row = [str(cohort.table[schema.PATIENT].iloc[i]) if named else f"{place}",
               groups.levels[code] if code >= 0 else DASH,
               fixed(grades[i], 0) if words is CTCAE else words.of(int(grades[i]))]
        rows.append([*row, number(first[i]) if i in first else DASH] if first else row)
    worst_of = say("Worst grade") if words is CTCAE else say("Worst severity")
    return text_table([say("Patient"), groups.label, worst_of, *([say("First day")] if first else [])], rows)


def _first_days(cohort: Cohort, term: str) -> dict[int, float]:
    events = cohort.whole.long_events
    dated = events[(events.term == term) & (events.grade > 0)].dropna(subset="day") if "day" in events else events[:0]
    first = dated.groupby("patient").day.min()
    return dict(zip(first.index.to_numpy(dtype=int).tolist(), first.to_numpy(dtype=float).tolist(), strict=True))
