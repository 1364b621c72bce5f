"""A heat map of two variables: a cell per combination of their groups."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import altair as alt
import pandas as pd

from core.cohort import Cohort
from core.figure import CLICK, Figure, provenance, recipe, rows_of, text_table, theme
from core.format import fixed, p_phrase, plural, ratio_with_limits
from core.hazards import Pairs
from core.language import once_per_language, say
from core.options import takes_options

WIDTH = 560
Measure = Literal["patients", "median", "hazard ratio"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
_CELL, _HEAD, _NAMES = 46, 26, 150  # pixels: a cell's height, the names above, the names beside
_COLOURS: dict[Measure, str] = {
    "patients": "colour: patients", "median": "colour: median survival, the shorter the stronger",
    "hazard ratio": "colour: hazard ratio, blue below 1, orange above"}
_STRONGEST = math.log(4)  # of a ratio: beyond it the colour does not deepen


@takes_options
def pairs_figure(cohort: Cohort, result: Pairs, measure: Measure = "patients") -> Figure:
    """Draw patients and events per cell, and by choice its median survival or the treatment's hazard ratio."""
    cells = _cells(result, measure)
    tested = int(result.rows.p_value.notna().sum())
    note = say("Hazard ratios in {cells}: p adjusted by Benjamini and Hochberg over these; exploratory.",
               cells=plural(tested, 'cell'))
    measured = {"patients": [], "median": [say("Median survival")],
                "hazard ratio": [say("Hazard ratio, adjusted p")]}[measure]
    return Figure(
        slug="pairs", title=say("{first} by {second}", first=result.labels[0],
                                second=result.labels[1]), key={"cells rect": _COLOURS[measure]},
        chart=theme.with_data(
            _template(len(result.groups[0]), len(result.groups[1])), cells=cells,
            rows=[{"y": i, "text": theme.shortened(name, 24)} for i, (name, _) in enumerate(result.groups[0])],
            columns=[{"x": i, "text": theme.shortened(name, 18)} for i, (name, _) in enumerate(result.groups[1])]),
        table=text_table([*result.labels, say("Patients, events"), *measured], [
            [c["first"], c["second"], c["count"], *((c["text"] or "–") for _ in measured)] for c in cells]),
        drawn=_drawn(result), notes=(note,) if measure == "hazard ratio" else (),
        provenance=provenance(cohort, say("Patients of each combination; {endpoint} events.",
                                          endpoint=result.endpoint or say("no"))),
        alt=say("{first} by {second}: ", first=result.labels[0],
                second=result.labels[1]) + "; ".join(f"{c['tip']}: {c['count']}" for c in cells[:12]),
        recipe=recipe(cohort, "pairs", first=result.keys[0], second=result.keys[1], endpoint=result.endpoint,
                      measure=measure))


def _cells(result: Pairs, measure: Measure) -> list[dict[str, Any]]:
    most, out = max(int(result.rows.n.max()), 1), []
    for row in rows_of(result.rows):
        names = (result.groups[0][row.first][0], result.groups[1][row.second][0])
        out.append({"x": row.second, "y": row.first, "cell": f"{row.first}|{row.second}",
                    "first": names[0], "second": names[1],
                    "count": _counted(result, row), "text": _measured(row, measure), "c": _colour(row, measure, most),
                    "tip": ", ".join(f"{label} {name}" for label, name in zip(result.labels, names, strict=True))})
    return out


def _drawn(result: Pairs) -> pd.DataFrame:
    names = {c: [of[i][0] for i in result.rows[c]] for c, of in zip(("first", "second"), result.groups, strict=True)}
    return result.rows.assign(**names).rename(columns=dict(zip(("first", "second"), result.labels, strict=True)))


def _counted(result: Pairs, row: Any) -> str:
    return f"{row.n:,}, {plural(int(row.n_event), 'event')}" if result.endpoint else f"{row.n:,}"


def _measured(row: Any, measure: Measure) -> str:
    if measure == "median":
        if math.isnan(row.n_event):
            return ""
        return say("{median} months",
                   median=fixed(row.median, 1)) if not math.isnan(row.median) else "NR" if row.n else ""
    if measure == "hazard ratio" and not math.isnan(row.hazard_ratio):
        return f"{ratio_with_limits(row.hazard_ratio, row.conf_low, row.conf_high)}, {p_phrase(row.p_adjusted)}"
    return ""


def _colour(row: Any, measure: Measure, most: int) -> str:
    """Return a tint of twenty strengths; what cannot be said is as pale as the grid."""
    if measure == "hazard ratio":
        if math.isnan(row.hazard_ratio):
            return theme.GRID
        size = min(abs(math.log(row.hazard_ratio)) / _STRONGEST, 1)
        return _tinted(theme.colour(0 if row.hazard_ratio < 1 else 1), size)
    if measure == "median":
        known = row.n and not math.isnan(row.median)
        return _tinted(theme.colour(1), 1 / (1 + row.median / 12)) if known else theme.GRID
    return _tinted(theme.colour(0), row.n / most) if row.n else theme.GRID


def _tinted(colour: str, size: float) -> str:
    return theme.tint(colour, (2 + round(10 * size)) / 20)


@once_per_language(32)
def _template(rows: int, columns: int) -> dict[str, Any]:
    x = alt.X("x:O", axis=None, scale=alt.Scale(domain=list(range(columns)), paddingInner=0.03, paddingOuter=0,
                                                range=[_NAMES, alt.ExprRef("width")]))
    y = alt.Y("y:O", axis=None, scale=alt.Scale(domain=list(range(rows)), paddingInner=0.06, paddingOuter=0,
                                                range=[_HEAD, alt.ExprRef("height")]))
    picked = alt.selection_point(name=CLICK, fields=["cell"], toggle="true", clear=False)
    base = alt.Chart(theme.data("cells")).encode(x=x, y=y, tooltip=[alt.Tooltip("tip:N", title=say("Patients"))])
    rect = base.mark_rect(cornerRadius=3, cursor="pointer").encode(color=theme.given("c")).add_params(picked)
    count = base.mark_text(dy=-8, fontWeight=600, color=theme.INK).encode(text="count:N")
    text = base.mark_text(dy=9, fontSize=10, color=theme.INK).encode(text="text:N")
    beside = alt.Chart(theme.data("rows")).mark_text(align="right", color=theme.INK).encode(
        x=alt.value(_NAMES - 8), y=y, text="text:N")
    above = alt.Chart(theme.data("columns")).mark_text(baseline="bottom", color=theme.INK).encode(
        x=x, y=alt.value(_HEAD - 8), text="text:N")
    return theme.finish(alt.layer(rect, count, text, beside, above), width=WIDTH, height=_HEAD + rows * _CELL,
                        least=_NAMES + 80 * columns)
