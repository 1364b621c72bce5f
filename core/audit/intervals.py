"""Checks of a printed ratio, its interval and its p against each other and against the number of deaths."""

from __future__ import annotations

import math
from typing import NamedTuple

from core.audit.finding import AGREES, DIFFERS, IMPOSSIBLE, NOT_CHECKABLE, Finding
from core.audit.printed_table import KINDS, Entry, Printed
from core.format import fixed, p_value, shortest
from core.language import say
from core.statistics import Z95, two_sided_p

INTERVAL, FROM_INTERVAL, MIDDLE = "width of the interval", "p from the interval", "ratio inside its interval"
Ratio = tuple[Printed, Printed, Printed]
_TINY = 1e-12


class Width(NamedTuple):
    """A printed interval's width beside the least that the deaths allow."""

    line: int
    table: str
    row: str
    ratio: float
    low: float
    high: float
    std_error: float
    least: float
    deaths: int
    verdict: str


def check_width(e: Entry, ratio: Ratio) -> tuple[Finding, Width]:
    """Hold an interval against the least standard error of any fitted Cox model.

    The printed limits are taken as rounded in the paper's favour.
    """
    low, high = max(ratio[1].value - ratio[1].half, _TINY), ratio[2].value + ratio[2].half
    widest = math.log(high / low) / (2 * Z95)
    least, whose = least_error(e)
    deaths = math.ceil(4 / widest**2 - 1e-9)
    if math.isnan(least):
        verdict = NOT_CHECKABLE
        words = say("the printed numbers set no lower limit to its width") + ("" if e.kind != KINDS[0] else
                                                               say("; it needs at least {deaths} deaths, evenly split",
                                                                   deaths=f"{deaths:,}"))
    elif widest < least * (1 - 1e-9):
        verdict = IMPOSSIBLE
        words = (say("the interval implies a standard error of {widest} at most; {whose} allow no less than {least}",
                     widest=fixed(widest, 3), whose=whose, least=fixed(least, 3)))
        words += say(" in any Cox model, adjusted or not. It would need at least {deaths} deaths, evenly split",
                     deaths=f"{deaths:,}") \
            if e.kind == KINDS[0] else say(" for a {kind} of these counts", kind=say(e.kind))
    else:
        verdict = AGREES
        words = (say("a standard error of {widest} is possible: {whose} allow {least}; it needs at least {deaths} "
                     "deaths, evenly split", widest=fixed(widest, 3), whose=whose, least=fixed(least, 3),
                     deaths=f"{deaths:,}"))
    allowed = "" if math.isnan(least) else f"SE ≥ {fixed(least, 3)}"
    value, lower, upper = (v.value for v in ratio)
    return (Finding(e.line, e.table, e.name, INTERVAL, say("{low} to {high}", low=ratio[1], high=ratio[2]),
                    allowed, verdict, words),
            Width(e.line, e.table, e.name, value, lower, upper, widest, least, deaths, verdict))


def least_error(e: Entry) -> tuple[float, str]:
    """Return the least standard error that patients and deaths allow, and whose they are; NaN where nothing is known.

    A coefficient has at most the information of d₁ deaths in its level and d₀ in the reference: SE ≥ √(1/d₁ + 1/d₀),
    adjusted or not. Unknown deaths are at most the level's patients. An unknown split is at best even, 2 / √d. A risk
    or odds ratio has the error of its own counts; counts give none for a ratio per unit.
    """
    if e.kind != KINDS[0]:
        return _of_counts(e)
    events = [g.events for g in e.groups]
    level = e.sizes.get("deaths_level", e.sizes.get("patients_level"))
    reference = e.sizes.get("deaths_reference", e.sizes.get("patients_reference"))
    total = e.sizes.get("deaths", e.sizes.get("patients"))
    even = 2 / math.sqrt(total) if total else 0.0
    apart = math.sqrt(1 / level + 1 / reference) if level and reference else 0.0
    if apart and apart >= even:
        parts = [say("{n} deaths", n=n) if f"deaths_{who}" in e.sizes else say("{n} patients, all of them dead,", n=n)
                 for n, who in ((level, "level"), (reference, "reference"))]
        same = parts[0].split(" ", 1)[1] == parts[1].split(" ", 1)[1]
        return apart, say("{level} and {parts}", level=level, parts=parts[1]) if same else say(" and ").join(parts)
    if even:
        known = say("{n} deaths", n=total) if "deaths" in e.sizes else say("{n} patients, all of them dead", n=total)
        return even, say("{known}, evenly split", known=known)
    if len(events) == 2 and all(events):
        return math.sqrt(sum(1 / n for n in events)), say("{first} and {second} events", first=events[0],
                                                          second=events[1])
    return math.nan, ""


def _of_counts(e: Entry) -> tuple[float, str]:
    """Return the standard error of a risk or odds ratio's own counts; NaN for a ratio per unit, or without events."""
    events = [(g.events, g.n) for g in e.groups]
    if e.kind == "per unit" or len(events) != 2 or not all(0 < x < n for x, n in events):
        return math.nan, ""
    variance = sum(1 / x - 1 / n if e.kind == "risk ratio" else 1 / x + 1 / (n - x) for x, n in events)
    return math.sqrt(variance), say(" and ").join(say("{x} of {n}", x=x, n=n) for x, n in events)


def check_p(e: Entry, ratio: Ratio) -> list[Finding]:
    """Compare p with that of ratio and interval, over all that the rounding of all three allows."""
    printed = e.p
    if printed is None:
        return []
    logs = [math.log(max(ratio[0].value + s * ratio[0].half, _TINY)) for s in (-1, 1)]
    low, high = ratio[1:]
    errors = [math.log((high.value + s * high.half) / max(low.value - s * low.half, _TINY)) / (2 * Z95)
              for s in (-1, 1)]
    near = 0.0 if logs[0] <= 0 <= logs[1] else min(abs(v) for v in logs)
    least, most = two_sided_p(max(abs(v) for v in logs) / max(errors[0], _TINY)), two_sided_p(near / errors[1])
    inside = least < printed.value if printed.sign in ("<", "≤") else most > printed.value if printed.sign else \
        least - printed.half <= printed.value <= most + printed.half
    error = math.log(high.value / max(low.value, _TINY)) / (2 * Z95)
    exact = p_value(two_sided_p(math.log(ratio[0].value) / error)) if error > 0 else "any"
    span = say("{low} to {high}", low=p_value(least), high=p_value(most))
    words = say("p and interval agree") if inside else \
        say("ratio and interval give p = {exact}, by their rounding anything from {span}", exact=exact, span=span)
    return [Finding(e.line, e.table, e.name, FROM_INTERVAL, str(printed), f"{exact} ({span})",
                    AGREES if inside else DIFFERS, words)]


def check_middle(e: Entry, ratio: Ratio) -> Finding:
    """Tell whether a ratio stands at the geometric middle of its interval, as it does in any Wald interval."""
    value, low, high = ratio
    ends = [math.sqrt(max(low.value + s * low.half, _TINY) * (high.value + s * high.half)) for s in (-1, 1)]
    inside = ends[0] - value.half <= value.value <= ends[1] + value.half
    middle = math.sqrt(max(low.value, low.half / 2) * high.value)
    words = say("it is the interval's geometric middle") if inside else \
        say("the interval's geometric middle is {middle}, not {value}", middle=fixed(middle, value.decimals),
            value=value)
    return Finding(e.line, e.table, e.name, MIDDLE, str(value), shortest(middle, value.decimals + 1),
                   AGREES if inside else DIFFERS, words)
