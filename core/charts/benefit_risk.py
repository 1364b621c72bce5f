"""Benefit and risk as a table: the selection beside the whole cohort."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.cohort import TOLERANCE, Cohort
from core.figure import Figure, provenance, recipe, rows_of, text_table
from core.format import DASH, fixed, interval, number, percentage_points, ratio_with_limits
from core.language import say
from core.overview import GAIN, RATIO, BenefitRisk, sentence


def benefit_risk_figure(cohort: Cohort, result: BenefitRisk, whole: BenefitRisk | None, endpoint: str) -> Figure:
    """Put the selection's figures beside those of the whole cohort, None where nothing is selected."""
    columns = [(say("All patients"), result)] if whole is None else [(say("Selection"), result),
                                                                     (say("All patients"), whole)]
    several, shown = len(result.arms) > 2, [list(rows_of(of.rows)) for _, of in columns]
    rows = []
    for row in shown[0]:
        name = f"{row.endpoint} {say(row.measure)}" if row.endpoint else say(row.measure).capitalize()
        until = say(" to month {tau}", tau=number(round(row.tau, 1))) if row.measure == GAIN else ""
        rows.append([f"{name}{until}{f', {row.arm}' if several else ''}",
                     *(_cell(_same(of, row)) for of in shown)])
    reference = result.rows.reference.iloc[0] if len(result.rows) else ""
    arm = result.rows.arm.iloc[0] if len(result.rows) and not several else ""
    aloud = sentence(result, endpoint)
    return Figure(
        slug="benefit-risk", title=" ".join(say("Benefit and risk: {arm} against {reference}", arm=arm,
                                                reference=reference).split()), chart=None, key={},
        table=text_table(["", *(f"{name}, n = {of.n:,}" for name, of in columns)], rows),
        drawn=result.rows, summary=(aloud,),
        provenance=provenance(cohort, say("Cox hazard ratio (Efron ties); difference of restricted means; "
                                          "differences in percentage points, Miettinen-Nurminen 95% CI.")),
        alt=aloud, recipe=recipe(cohort, "benefit and risk", endpoint=endpoint))


def _same(rows: Sequence[Any], row: Any) -> Any:
    """Return the row of the same measure, endpoint, pair of arms and month; None where there is none."""
    def key(one: Any) -> tuple[str, str, str, str]:
        return one.measure, one.endpoint, one.arm, one.reference
    same = (r for r in rows if key(r) == key(row))
    return next((r for r in same if r.measure != GAIN or abs(r.tau - row.tau) < TOLERANCE), None)


def _cell(row: Any) -> str:
    """Write an estimate with its interval, and why it is not to be trusted."""
    if row is None:
        return DASH
    if row.reason or math.isnan(row.estimate):
        return f"{DASH} ({row.reason})" if row.reason else DASH
    span = (row.estimate, row.conf_low, row.conf_high)
    if row.measure == RATIO:
        text = ratio_with_limits(*span)
    elif row.measure == GAIN:
        text = say("{span} ({interval}) months", span=fixed(span[0], 1), interval=interval(*span[1:]))
    else:
        text = say("{percentage_points} points", percentage_points=percentage_points(*span))
    return f"{text} ⚠ {row.caution}" if row.caution else text
