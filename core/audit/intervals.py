"""Checks of a printed ratio, its interval and its p against each other and against the number of deaths."""

from __future__ import annotations

import math
from typing import NamedTuple

from core.audit.finding import AGREES, DIFFERS, IMPOSSIBLE, NOT_CHECKABLE, Finding
from core.audit.printed_table import KINDS, Entry, Printed
from core.format import fixed, p_value, shortest
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
        words = "the printed numbers set no lower limit to its width" + ("" if e.kind != KINDS[0] else
                                                               f"; it needs at least {deaths:,} deaths, evenly split")
    elif widest < least * (1 - 1e-9):
        verdict = IMPOSSIBLE
        words = (f"the interval implies a standard error of {fixed(widest, 3)} at most; {whose} allow no less than "
                 f"{fixed(least, 3)}")
        words += f" in any Cox model, adjusted or not. It would need at least {deaths:,} deaths, evenly split" \
            if e.kind == KINDS[0] else f" for a {e.kind} of these counts"
    else:
        verdict = AGREES
        words = (f"a standard error of {fixed(widest, 3)} is possible: {whose} allow {fixed(least, 3)}; it needs at "
                 f"least {deaths:,} deaths, evenly split")
    allowed = "" if math.isnan(least) else f"SE ≥ {fixed(least, 3)}"
    value, lower, upper = (v.value for v in ratio)
    return (Finding(e.line, e.table, e.name, INTERVAL, f"{ratio[1]} to {ratio[2]}", allowed, verdict, words),
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
        parts = [f"{n} {'deaths' if f'deaths_{who}' in e.sizes else 'patients, all of them dead,'}"
                 for n, who in ((level, "level"), (reference, "reference"))]
        same = parts[0].split(" ", 1)[1] == parts[1].split(" ", 1)[1]
        return apart, f"{level} and {parts[1]}" if same else " and ".join(parts)
    if even:
        known = "deaths," if "deaths" in e.sizes else "patients, all of them dead,"
        return even, f"{total} {known} evenly split"
    if len(events) == 2 and all(events):
        return math.sqrt(sum(1 / n for n in events)), f"{events[0]} and {events[1]} events"
    return math.nan, ""


def _of_counts(e: Entry) -> tuple[float, str]:
    """Return the standard error of a risk or odds ratio's own counts; NaN for a ratio per unit, or without events."""
    events = [(g.events, g.n) for g in e.groups]
    if e.kind == "per unit" or len(events) != 2 or not all(0 < x < n for x, n in events):
        return math.nan, ""
    variance = sum(1 / x - 1 / n if e.kind == "risk ratio" else 1 / x + 1 / (n - x) for x, n in events)
    return math.sqrt(variance), " and ".join(f"{x} of {n}" for x, n in events)


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
    span = f"{p_value(least)} to {p_value(most)}"
    words = "p and interval agree" if inside else \
        f"ratio and interval give p = {exact}, by their rounding anything from {span}"
    return [Finding(e.line, e.table, e.name, FROM_INTERVAL, str(printed), f"{exact} ({span})",
                    AGREES if inside else DIFFERS, words)]


def check_middle(e: Entry, ratio: Ratio) -> Finding:
    """Tell whether a ratio stands at the geometric middle of its interval, as it does in any Wald interval."""
    value, low, high = ratio
    ends = [math.sqrt(max(low.value + s * low.half, _TINY) * (high.value + s * high.half)) for s in (-1, 1)]
    inside = ends[0] - value.half <= value.value <= ends[1] + value.half
    middle = math.sqrt(max(low.value, low.half / 2) * high.value)
    words = "it is the interval's geometric middle" if inside else \
        f"the interval's geometric middle is {fixed(middle, value.decimals)}, not {value}"
    return Finding(e.line, e.table, e.name, MIDDLE, str(value), shortest(middle, value.decimals + 1),
                   AGREES if inside else DIFFERS, words)
