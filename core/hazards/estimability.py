"""Whether a hazard ratio may be shown, the words why it is not, and the verdict on proportional hazards."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.cohort import Counts
from core.format import p_phrase, plural
from core.language import say
from core.likelihood import DOUBT, finite_against_first
from core.survival import FEW_EVENTS

NO_FINITE_RATIO = "the hazard ratio has no finite value (monotone likelihood)"
NOT_IDENTIFIED = "no risk set identifies it beside the other terms"
NOT_FOUND = "no maximum of the likelihood was found"
TOO_FAR = "the hazard ratio is beyond 1000: hardly any data determine it"
BEYOND = math.log(1000)  # of a log hazard ratio: what is farther off rests on next to nothing


def estimable(counts: Counts) -> np.ndarray:
    """Return which strata have a finite hazard ratio against the first, bool (k,)."""
    return finite_against_first(counts.deaths, counts.at_risk)


def reasons_of(levels: Sequence[str], n: np.ndarray, deaths: np.ndarray, finite: np.ndarray) -> list[str]:
    """Say per stratum why its hazard ratio against the first is not shown; "" where it is.

    Parameters
    ----------
    n, deaths, finite : patients, events, and whether the ratio has a finite value, each (k,)
    """
    reasons = [own_reason(level, int(m), int(d)) for level, m, d in zip(levels, n, deaths, strict=True)]
    if reasons[0]:
        return [reasons[0]] * len(levels)
    return [reason or ("" if is_finite else say(
        "while both were at risk, only one of {level} and {reference} had events, so the hazard ratio has no finite "
        "value", level=level, reference=levels[0]))
            for reason, is_finite, level in zip(reasons, finite, levels, strict=True)]


def own_reason(level: str, n: int, deaths: int) -> str:
    """Say why a level has no hazard ratio whatever it is compared with; "" where it may have one."""
    if n == 0:
        return say("no patient in {level}", level=level)
    if n == 1:
        return say("only one patient in {level}", level=level)
    if deaths == 0:
        return _no_event_in(level)
    return ""


def _no_event_in(level: str) -> str:
    return say("no event in {level}", level=level)


def firth_helps(reasons: Sequence[str]) -> bool:
    """Tell whether one of the reasons for having no estimate is one that Firth's penalised likelihood resolves."""
    return any(_no_event_in("").strip() in reason or reason == say(NO_FINITE_RATIO) for reason in reasons)


def few_per_parameter(parameters: int, events: int, *, penalised: bool = False) -> str:
    """Say that a model has fewer events than its parameters need, or nothing."""
    if parameters > 0 and events < FEW_EVENTS * parameters:
        instead = "" if penalised else say(", or the Firth-penalised model")
        return (say("{events} for {parameters}, fewer than {few_events} each: estimates and intervals may be far "
                    "off. Take fewer covariates{instead}.", events=plural(events, 'event'),
                    parameters=plural(parameters, 'parameter'), few_events=FEW_EVENTS, instead=instead))
    return ""


def model_reason(parameters: int, events: int) -> str:
    """Say why a model cannot be fitted at all: no fewer parameters than events; "" where it can."""
    if parameters >= events:
        return say("{parameters} for {events}: no model can be fitted", parameters=plural(parameters, 'parameter'),
                   events=plural(events, 'event'))
    return ""


def proportional_verdict(p: float) -> str:
    """Say beside a hazard ratio whether hazards are proportional, by the p of their test.

    Source: Grambsch P, Therneau T. Biometrika 1994;81:515 (R: cox.zph of survival 3, transform "km").
    """
    if math.isnan(p):
        return say("Proportional hazards: the events are too few to test it")
    if p < DOUBT:
        return (say("Proportional hazards: {p_phrase}, the ratio seems to change over time and one number may not "
                    "describe it: compare restricted means", p_phrase=p_phrase(p)))
    return say("Proportional hazards: {p_phrase}, no evidence against them", p_phrase=p_phrase(p))
