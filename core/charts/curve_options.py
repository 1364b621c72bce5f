"""How curves are drawn, and the views and counts that they can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from core.options import NOT_NEGATIVE, Checked, Limits

View = Literal["survival", "complement", "hazard", "log-log"]
VIEWS: dict[View, str] = {"survival": "Survival", "complement": "1 \u2212 survival", "hazard": "Cumulative hazard",
                          "log-log": "Log minus log"}
Count = Literal["at risk", "events", "censored"]
COUNTS: dict[Count, str] = {"at risk": "Number at risk", "events": "Events so far", "censored": "Censored so far"}
_LEAST = 0.1  # months of an axis, and between its ticks


@dataclass(frozen=True, kw_only=True)
class CurveOptions(Checked):
    """How curves are drawn.

    Attributes
    ----------
    view : what of the curve is drawn
    band : whether to show the confidence band
    faint : whether the whole cohort stands behind a filtered one
    counts : what stands under the axis
    tau : a month to mark, to which restricted means run
    at_risk : curves are drawn as far as so many are at risk; what is computed stays as it is
    until, every : the month at which the axis ends, and the months between its ticks; None as the follow-up asks for.
        What is computed stays as it is
    up_title, across_title : of the axes, "" for what they are
    inside : whether log-rank p and hazard ratio stand in a corner of the plot, where one is free
    """

    limits: ClassVar[Limits] = {"tau": NOT_NEGATIVE, "at_risk": NOT_NEGATIVE, "until": (_LEAST, 1e4),
                                "every": (_LEAST, 1e4)}

    view: View = "survival"
    band: bool = True
    faint: bool = True
    counts: tuple[Count, ...] = ("at risk",)
    tau: float | None = None
    at_risk: int = 0
    until: float | None = None
    every: float | None = None
    up_title: str = ""
    across_title: str = ""
    inside: bool = False
