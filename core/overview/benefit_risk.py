"""Benefit and risk of a treatment at a glance: ratios, restricted means, response and severe events."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from core.cohort import Cohort, reference_level
from core.errors import CohortError
from core.format import percentage_points, plural, ratio_with_limits
from core.hazards import TreatmentEffect, treatment_effect
from core.language import say
from core.likelihood import DOUBT
from core.schema import ARM
from core.summaries import OBJECTIVE, EventOptions, adverse_events, response
from core.survival import FEW_EVENTS, few_events, longest_tau, restricted_mean, restricted_mean_comparison

RATIO, GAIN, RESPONSE = "hazard ratio", "restricted mean gain", "objective response"
SEVERE = "adverse events of grade ≥ 3"
_BAND = ">=3"
_COLUMNS = ["measure", "endpoint", "arm", "reference", "estimate", "conf_low", "conf_high", "tau", "n", "n_event",
            "reason", "caution"]


@dataclass(frozen=True, kw_only=True, eq=False)
class BenefitRisk:
    """What a treatment did in a cohort.

    Attributes
    ----------
    rows : measure, endpoint ("" for none), arm, reference, estimate, conf_low, conf_high (ratio, months or shares), tau
        (months), n, n_event (NaN where none are counted), reason (why there is no estimate), caution (why it is to be
        read with caution)
    """

    rows: pd.DataFrame
    n: int
    arms: tuple[str, ...]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The rows by column."""
        return _records(self.rows)


def benefit_risk(cohort: Cohort, *, effect: Callable[..., TreatmentEffect] = treatment_effect) -> BenefitRisk:
    """Compare each arm with the reference, restricted means as far as follow-up allows; nothing without an arm.

    Parameters
    ----------
    effect : computes hazard ratios, or hands on what was kept of them
    """
    rows: list[dict[str, Any]] = []
    if cohort.mapping.arm:
        for endpoint in cohort.endpoints:
            rows += _ratios(cohort, endpoint, effect)
            rows += _gains(cohort, endpoint, math.inf)
        rows += _responses(cohort)
        rows += _severe(cohort)
    return BenefitRisk(rows=pd.DataFrame(rows, columns=_COLUMNS), n=cohort.n,
                       arms=cohort.levels(ARM) if cohort.mapping.arm else ())


def to_months(result: BenefitRisk, cohort: Cohort, taus: dict[str, float]) -> BenefitRisk:
    """Return a cohort's result with its restricted means to other months, by endpoint."""
    rows = [row for row in result.records if row["measure"] != GAIN]
    gains = [row for endpoint, tau in taus.items() for row in _gains(cohort, endpoint, tau)]
    return replace(result, rows=pd.DataFrame([*rows, *gains], columns=_COLUMNS))


def sentence(result: BenefitRisk, endpoint: str) -> str:
    """Say in one sentence what could be said aloud of an endpoint and of severe events, or that too little is known."""
    return " ".join(_about(result, row, endpoint) for row in result.records
                    if row["measure"] == RATIO and row["endpoint"] == endpoint)


def _about(result: BenefitRisk, row: dict[str, Any], endpoint: str) -> str:
    where = say("In these {patients} ({events})", patients=plural(result.n, 'patient'),
                events=plural(int(row["n_event"]), "{endpoint} event", endpoint=endpoint))
    against = say("{arm} against {reference}", arm=row["arm"], reference=row["reference"])
    if row["reason"]:
        return say("{where} there is no hazard ratio of {against}: {reason}.", where=where, against=against,
                   reason=row["reason"])
    if row["n_event"] < FEW_EVENTS * (len(result.arms) - 1):
        return say("{where} there are not enough events to say what {against} does.", where=where, against=against)
    span = (row["estimate"], row["conf_low"], row["conf_high"])
    sure = "" if span[2] < 1 or span[1] > 1 else say(", compatible with no difference")
    changes = say(", though it seems to change over time") if row["caution"] else ""
    return (say("{where} the hazard ratio of {against} is {ratio_with_limits}{sure}{changes}{severe_words}.",
                where=where, against=against, ratio_with_limits=ratio_with_limits(*span), sure=sure, changes=changes,
                severe_words=_severe_words(result, row["arm"])))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows by column: a small part of what pandas' own records cost."""
    names = [str(c) for c in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(dtype=object).tolist()]


def _severe_words(result: BenefitRisk, arm: str) -> str:
    severe = (r for r in result.records
              if r["measure"] == SEVERE and r["arm"] == arm and not math.isnan(r["estimate"]))
    row = next(severe, None)
    if row is None:
        return ""
    return (say("; adverse events of grade 3 or more: {percentage_points} percentage points",
                percentage_points=percentage_points(row['estimate'], row['conf_low'], row['conf_high'])))


def _ratios(cohort: Cohort, endpoint: str, of_arms: Callable[..., TreatmentEffect]) -> list[dict[str, Any]]:
    try:
        effect = of_arms(cohort, endpoint=endpoint, by=ARM)
    except CohortError:
        return []
    few = few_events(effect.n_event, len(effect.terms) + 1)
    changes = say("the ratio seems to change over time") if effect.proportional[2] < DOUBT else ""
    return [{"measure": RATIO, "endpoint": endpoint, "arm": t["level"], "reference": t["reference"],
             "estimate": t["hazard_ratio"], "conf_low": t["conf_low"], "conf_high": t["conf_high"], "n": effect.n,
             "n_event": float(effect.n_event), "reason": t["reason"], "caution": few or changes}
            for t in _records(effect.terms)]


def _gains(cohort: Cohort, endpoint: str, tau: float) -> list[dict[str, Any]]:
    try:
        tau = min(tau, longest_tau(cohort, endpoint=endpoint, by=ARM))
        means = restricted_mean(cohort, endpoint=endpoint, by=ARM, tau=tau)
    except CohortError:
        return []
    compared = restricted_mean_comparison(means, reference_level(cohort, ARM))
    lone = {s for s, n in zip(means.strata, means.n_risk, strict=True) if n == 1}
    return [{"measure": GAIN, "endpoint": endpoint, "arm": r["strata"], "reference": r["reference"],
             "estimate": r["estimate"], "conf_low": r["conf_low"], "conf_high": r["conf_high"], "tau": tau,
             "n": cohort.n, "n_event": math.nan, "reason": "",
             "caution": say("one patient at risk at its end") if {r["strata"], r["reference"]} & lone else ""}
            for r in _records(compared) if r["measure"] == "difference"]


def _responses(cohort: Cohort) -> list[dict[str, Any]]:
    if cohort.mapping.response is None:
        return []
    try:
        tests = response(cohort).tests
    except CohortError:
        return []
    return [_difference(RESPONSE, r, "difference", cohort.n) for r in _records(tests) if r["rate"] == OBJECTIVE]


def _severe(cohort: Cohort) -> list[dict[str, Any]]:
    if not cohort.worst_grades.terms:
        return []
    tests = adverse_events(cohort, by=ARM, options=EventOptions(rows="all")).tests
    return [_difference(SEVERE, r, "risk_difference", cohort.n) for r in _records(tests) if r["band"] == _BAND]


def _difference(measure: str, row: dict[str, Any], column: str, n: int) -> dict[str, Any]:
    return {"measure": measure, "endpoint": "", "arm": row["arm"], "reference": row["reference"],
            "estimate": row[column], "conf_low": row["conf_low"], "conf_high": row["conf_high"], "n": n,
            "n_event": math.nan, "reason": "", "caution": ""}
