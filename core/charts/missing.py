"""Missing data: a bar per variable and arm."""

from __future__ import annotations

from typing import Any

import altair as alt

from core.cohort import Cohort
from core.figure import Figure, provenance, recipe, rows_of, text_table, theme
from core.format import plural
from core.language import once_per_language, say
from core.summaries import MissingData

WIDTH = 560
_MOST, _LABEL, _NAMES = 25, 30, 190  # variables, characters and pixels of their names
_BAR, _GAP, _AXIS = 12, 10, 44


def missing_figure(cohort: Cohort, result: MissingData) -> Figure:
    """Draw the share of missing values of each variable that misses any, the worst first."""
    n_missing = result.rows.groupby("variable", sort=False).n_missing.sum()
    rates = result.rows.groupby("variable", sort=False).rate.max()[n_missing > 0]
    worst = rates.sort_values(ascending=False, kind="stable")
    shown = worst.index[:_MOST]
    place = {level: i for i, level in enumerate(result.levels)}
    rows = [{"variable": theme.shortened(r.variable, _LABEL), "order": list(shown).index(r.variable), "arm": r.arm,
             "place": place[r.arm], "rate": r.rate, "c": theme.colour(place[r.arm]),
             "text": say("{n_missing} of {n}{arm}", n_missing=f"{r.n_missing:,}", n=f"{r.n:,}",
                         arm=f', {r.arm}' if len(result.levels) > 1 else '')}
            for r in rows_of(result.rows) if r.variable in shown and r.n]
    drawn = result.rows[result.rows.n_missing > 0].reset_index(drop=True)
    patterns = result.patterns
    rest = say(" The {most} with the largest share of {worst} variables are drawn.", most=_MOST,
               worst=len(worst)) if len(worst) > _MOST else ""
    by_arm = cohort.mapping.arm is not None
    return Figure(
        slug="missing-data", title=say("Missing data by arm") if by_arm else say("Missing data"),
        key={"bars bar": "bars: the share of patients without a value"},
        chart=theme.with_data(_template(len(result.levels)), bars=rows, names=[
            {"order": i, "text": theme.shortened(v, _LABEL)} for i, v in enumerate(shown)],
                              height=len(shown) * (len(result.levels) * _BAR + _GAP) + _AXIS + 18),
        table=text_table([say("Patients"), say("Missing")], [[f"{n:,}", v or say("nothing")] for n, v in
                                                   zip(patterns.n, patterns.variables, strict=True)]),
        drawn=drawn,
        summary=(say("{complete} of {patients} without a missing value", complete=f"{result.complete:,}",
                     patients=plural(cohort.n, 'patient')),),
        notes=(say("{complete} of {patients} have every value.{rest}", complete=f"{result.complete:,}",
                   patients=plural(cohort.n, 'patient'), rest=rest),),
        provenance=provenance(cohort, say("Missing values per variable") + (say(" and arm.") if by_arm else ".")),
        alt="; ".join(say("{variable}: {text} missing", variable=r["variable"],
                          text=r["text"]) for r in rows[:12]), recipe=recipe(cohort, "missing"),
    )


@once_per_language(8)
def _template(arms: int) -> dict[str, Any]:
    y = alt.Y("order:O", axis=None)
    base = alt.Chart(theme.data("bars")).encode(
        y=y, yOffset=alt.YOffset("place:O", scale=alt.Scale(domain=list(range(arms)), paddingInner=0.15)),
        x=alt.X("rate:Q", title=say("missing"), axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(
            domainMin=0, nice=True, range=[_NAMES, alt.ExprRef("width - 90")])))
    bars = base.mark_bar().encode(color=theme.given("c"), tooltip=[
        alt.Tooltip("variable:N", title=say("Variable")), alt.Tooltip("text:N", title=say("Missing"))])
    text = base.mark_text(align="left", dx=4, fontSize=10).encode(text="text:N", color=alt.value(theme.INK))
    names = alt.Chart(theme.data("names")).mark_text(align="right", baseline="middle", limit=_NAMES - 8).encode(
        y=y, x=alt.value(_NAMES - 8), text="text:N", color=alt.value(theme.INK))
    return theme.finish(alt.layer(bars, text, names), width=WIDTH, height=200)
