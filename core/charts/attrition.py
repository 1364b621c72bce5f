"""Attrition: a box per condition with who is left, and beside it who was removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from core.cohort import Cohort
from core.figure import Figure, provenance, recipe, rows_of, text_table, theme
from core.format import plural
from core.language import once_per_language, say
from core.summaries import Attrition

WIDTH = 560
_BOX, _GAP, _LINE = 52, 26, 15  # pixels: a box, the arrow to the next one, a line of text
_PITCH = _BOX + _GAP
_LEFT, _RIGHT, _WIDE = 6, 290, 250  # pixels: where the boxes of a column begin, and their width


def attrition_figure(cohort: Cohort, result: Attrition) -> Figure:
    """Draw who is left after each condition, from top to bottom, and who it removed."""
    steps, arms = list(rows_of(result.rows)), result.arms.to_numpy().tolist()
    texts = [_left(result, step, of) for step, of in zip(steps, arms, strict=True)]
    tops = [i * _PITCH for i in range(len(steps))]
    between = [top + _PITCH / 2 for top in tops[:-1]]
    return Figure(
        slug="attrition", title=say("How the filters cut the cohort"),
        key={"left rect": "boxes: who is left; to the right who does not meet each condition"},
        chart=theme.with_data(
            _template(), height=len(steps) * _PITCH - _GAP + 6, texts=_lines(tops, texts),
            removed=_lines(between, [_removed(step) for step in steps[1:]]),
            left=[{"y": top, "y2": top + _BOX} for top in tops], away=[{"y": top, "y2": top + _BOX} for top in between],
            arrows=[{"y": top + _BOX, "y2": top + _PITCH, "middle": top + _BOX + _GAP / 2} for top in tops[:-1]]),
        table=_table(result, steps, arms), drawn=pd.concat([result.rows, result.arms], axis=1),
        provenance=provenance(cohort, say("Conditions one after another; a patient counts at the first that removes "
                                          "them.")),
        alt="; ".join(" ".join(lines) for lines in texts), recipe=recipe(cohort, "attrition", endpoint=result.endpoint),
    )


def _lines(tops: Sequence[float], texts: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [{"y": top, "text": text, "line": line} for top, lines in zip(tops, texts, strict=True)
            for line, text in enumerate(lines)]


def _table(result: Attrition, steps: list[Any], arms: list[list[int]]) -> pd.DataFrame:
    events = [say("{endpoint} events", endpoint=result.endpoint)] if result.endpoint else []
    return text_table([say("Condition"), say("Removed"), say("Left"), *result.levels, *events], [
        [step.condition or say("All patients"), f"{step.n_removed:,}" if step.condition else "", f"{step.n:,}",
         *(f"{n:,}" for n in of), *(f"{int(step.n_event):,}" for _ in events)]
        for step, of in zip(steps, arms, strict=True)])


def _left(result: Attrition, step: Any, arms: list[int]) -> list[str]:
    """Say in up to three lines who is left."""
    per_arm = " + ".join(f"{n:,} {level}" for n, level in zip(arms, result.levels, strict=True))
    if theme.width_of(per_arm) > _WIDE - 12:  # the table beside it has the names
        per_arm = " + ".join(f"{n:,}" for n in arms)
    events = f"{result.endpoint}: {plural(int(step.n_event), 'event')}" if result.endpoint else ""
    return [plural(step.n, "patient"), *(text for text in (per_arm, events) if text)]


def _removed(step: Any) -> list[str]:
    """Say in up to three lines who a condition removed."""
    lines = [say("{n_removed} do not meet", n_removed=f"{step.n_removed:,}"), theme.shortened(step.condition, 40)]
    return [*lines,
            say("{n_missing} of them: value missing", n_missing=f"{step.n_missing:,}")] if step.n_missing else lines


@once_per_language(1)
def _template() -> dict[str, Any]:
    scale = alt.Scale(domain=[0, alt.ExprRef("height")], range=[0, alt.ExprRef("height")], nice=False, zero=False)
    y, y2 = alt.Y("y:Q", scale=scale, axis=None), alt.Y2("y2:Q")

    def boxes(name: str, left: int, fill: str) -> alt.Chart:
        return alt.Chart(theme.data(name)).mark_rect(fill=fill, stroke=theme.LINE, cornerRadius=4).encode(
            x=alt.value(left), x2=alt.value(left + _WIDE), y=y, y2=y2)

    def texts(name: str, left: int) -> list[alt.Chart]:
        base = alt.Chart(theme.data(name))
        return [base.transform_filter(f"datum.line === {line}").mark_text(
            align="left", baseline="top", dx=8, dy=5 + line * _LINE, fontWeight=600 if line == 0 else 400,
            color=theme.INK if line < 2 else theme.QUIET).encode(x=alt.value(left), y=y, text="text:N")
            for line in range(3)]

    middle = _LEFT + _WIDE / 2
    down = alt.Chart(theme.data("arrows")).mark_rule(color=theme.QUIET).encode(x=alt.value(middle), y=y, y2=y2)
    aside = alt.Chart(theme.data("arrows")).mark_rule(color=theme.QUIET).encode(
        x=alt.value(middle), x2=alt.value(_RIGHT), y=alt.Y("middle:Q", scale=scale, axis=None))
    layers = [down, aside, boxes("left", _LEFT, theme.WHITE), boxes("away", _RIGHT, theme.WHITE),
              *texts("texts", _LEFT), *texts("removed", _RIGHT)]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=200)
