"""Results as tables of text: what stands on the page beside the curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.cohort import Cohort, count, immortal_time
from core.figure import Figure, provenance, recipe, rows_of
from core.format import (
    DASH,
    estimate,
    fixed,
    interval,
    number,
    p_phrase,
    p_value,
    percent,
    percentage_points,
    plural,
    share_with_limits,
    significant,
)
from core.language import say


def table_figure(cohort: Cohort, part: str, endpoint: str, by: str | None, title: str, table: pd.DataFrame,
                 drawn: pd.DataFrame, method: str, *remarks: str, asked: Mapping[str, Any]) -> Figure:
    """Make a table a figure for slides and files, with what its reader must know: the method, and `remarks`.

    Parameters
    ----------
    part : which table of the page it is, for the file's name
    drawn : the same numbers as numbers
    asked : by which choices it is made anew, beside endpoint and strata
    """
    split = say(" by {label}", label=cohort.variable(by).label) if by else ""
    events = int(count(cohort, endpoint, by).n_event.sum())
    return Figure(
        slug=f"{part}-{endpoint}-{by or 'all'}".lower().replace(" ", "-"), title=f"{endpoint}{split}: {title}",
        chart=None, table=table, drawn=drawn, notes=(method, *filter(None, remarks)),
        warnings=tuple(filter(None, [immortal_time(cohort, by)])),
        recipe=recipe(cohort, part, endpoint=endpoint, by=by, **asked),
        provenance=provenance(cohort, "", plural(events, "{endpoint} event", endpoint=endpoint)))


def survival_table(at: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Write survival at chosen times: a row per stratum and time, with the difference to the first stratum."""
    apart = {(r.strata, r.time): r for r in rows_of(differences)}
    rows = []
    for r in rows_of(at):
        other = apart.get((r.strata, r.time))
        rows.append({
            "Group": r.strata, "Months": number(r.time), "At risk": f"{r.n_risk:,}",
            "Survival (95% CI)": share_with_limits(r.estimate, r.conf_low, r.conf_high),
            "Difference, points (95% CI)": percentage_points(other.difference, other.conf_low, other.conf_high)
            if other else say("reference"), "p": p_value(other.p_value) if other else ""})
    frame = pd.DataFrame(rows).rename(columns=say)
    return frame if at.strata.nunique() > 1 else frame.iloc[:, :4]


def quantile_table(quantiles: pd.DataFrame) -> pd.DataFrame:
    """Write the times at which shares have had the event: a row per stratum, a column per share."""
    rows = []
    for level, part in quantiles.groupby("strata", sort=False):
        rows.append({"Group": level,
                     **{say("{share} by month", share=percent(r.share)): estimate(r.time, r.conf_low, r.conf_high)
                        for r in rows_of(part)}})
    return pd.DataFrame(rows).rename(columns=say)


def restricted_mean_table(means: pd.DataFrame, comparison: pd.DataFrame) -> pd.DataFrame:
    """Write restricted means with difference and ratio to the first stratum."""
    by_stratum = {(r.strata, r.measure): r for r in rows_of(comparison)}
    rows = []
    for r in rows_of(means):
        row = {"Group": r.strata, "At risk at τ": f"{r.n_risk:,}",
               "Mean, months (95% CI)": estimate(r.estimate, r.conf_low, r.conf_high)}
        for measure, digits in (("difference", 1), ("ratio", 2)):
            other = by_stratum.get((r.strata, measure))
            name = say("{measure} (95% CI)", measure=say(measure).capitalize())
            row[name] = say("reference") if other is None else _compared(other, digits)
        rows.append(row)
    frame = pd.DataFrame(rows).rename(columns=say)
    return frame if len(means) > 1 else frame.iloc[:, :3]


def survival_tests_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Write tests: name, chi-square, degrees of freedom, p."""
    return pd.DataFrame([{"Test": say(r.test), "χ²": fixed(r.statistic, 3), "df": str(r.df), "p": p_value(r.p_value)}
                         for r in rows_of(tests)]).rename(columns=say)


def pairs_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Write pairwise tests with raw and adjusted p."""
    return pd.DataFrame([{"Pair": f"{r.level} {DASH} {r.other}", "χ²": fixed(r.statistic, 3), "p": p_value(r.p_value),
                          "p adjusted": p_value(r.p_adjusted)} for r in rows_of(pairs)]).rename(columns=say)


def follow_up_table(follow: pd.DataFrame) -> pd.DataFrame:
    """Write follow-up by both of its definitions."""
    return pd.DataFrame([{
        "Group": r.strata, "n": f"{r.n:,}",
        "Reverse Kaplan-Meier, median (95% CI)": estimate(r.reverse_median, r.conf_low, r.conf_high),
        "Observed times, median (range)": estimate(r.observed_median, r.observed_low, r.observed_high)}
        for r in rows_of(follow)]).rename(columns=say)


def opinion_table(opinion: pd.DataFrame) -> pd.DataFrame:
    """Write figures of two libraries side by side, with their difference and, where they differ, why."""
    frame = pd.DataFrame([{
        "Figure": r.figure, "Group": r.strata, "Cohortscope": significant(r.ours),
        "lifelines": significant(r.lifelines),
        "Difference": "0" if r.agrees and not r.difference > 0 else significant(r.difference, 2),
        "Remark": "" if r.agrees else r.remark} for r in rows_of(opinion)])
    shown = frame.drop(columns="Remark") if opinion.agrees.all() and len(frame) else frame
    return shown.rename(columns=say)


def _compared(row: Any, digits: int) -> str:
    """Write an estimate with limits and p; a dash where there is none."""
    if math.isnan(row.estimate) or math.isnan(row.conf_low):
        return DASH if math.isnan(row.estimate) else fixed(row.estimate, digits)
    limits = f"{fixed(row.estimate, digits)} ({interval(row.conf_low, row.conf_high, digits)})"
    return limits if math.isnan(row.p_value) else f"{limits}, {p_phrase(row.p_value)}"
