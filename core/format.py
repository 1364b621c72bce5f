"""Where numbers become text. Nothing else in the app rounds for display."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.language import ENGLISH, say, spoken

MINUS = "\u2212"
DASH = "\u2013"
NOT_REACHED, NO_LIMIT = "NR", "NE"
_NARROW, _MOST_DECIMALS = 0.03, 6  # of a ratio's interval, in which two decimals would not show where it ends
NOT_ESTIMABLE = "not estimable"
_more: ContextVar[int] = ContextVar("decimals beside the usual ones", default=0)


@contextmanager
def more_decimals(more: int) -> Iterator[None]:
    """Write estimates with so many decimals more than usual, or fewer where it is negative."""
    former = _more.set(more)
    try:
        yield
    finally:
        _more.reset(former)


def _decimals(usual: int) -> int:
    """Return how many decimals an estimate has."""
    return max(0, usual + _more.get())


def number(value: float) -> str:
    """Write a number as short as it is exact: `400`, `2.8`, `38,572`."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value):
        return f"{int(value):,}".replace("-", MINUS)
    return f"{value:,.6g}".replace("-", MINUS)


def plain_number(value: float) -> str:
    """Write a number with all its digits and no mark between thousands: in code, and as the name of a value."""
    return str(int(value)) if value == int(value) else repr(float(value))


def megabytes(size: float) -> str:
    """Write a number of bytes in MB."""
    return f"{size / 1024**2:,.0f} MB"


def shortest(value: float, digits: int) -> str:
    """Write a number with at most so many decimals, none of them a zero at the end: `400`, `2.8`."""
    return number(round(value, digits))


def exact(value: float) -> str:
    """Write a bound or cut-point with all its digits: it says who is on which side."""
    return (number(value) if value == int(value) else f"{value:,}").replace("-", MINUS)


def p_value(p: float) -> str:
    """Write a p-value: two digits, three below .1, `<.001`; nothing for NaN."""
    if math.isnan(p):
        return ""
    if p < 0.001:
        return "<.001"
    digits = 3 if p < 0.0995 else 2
    text = f"{p:.{digits}f}"
    if float(text) >= 1:
        return ">.99"
    return text.lstrip("0")


def p_with_digits(p: float, digits: int) -> str:
    """Write a p-value beside a printed one, with at least as many decimals; below what these can show as `<.001`."""
    return f"<.{'0' * (digits - 1)}1" if p < 10.0**-digits else fixed(p, digits).removeprefix("0")


def error_of_p(error: float) -> str:
    """Write the standard error of a p-value that was simulated."""
    return p_with_digits(error, 4)


def p_phrase(p: float) -> str:
    """Write `p = .023` or `p < .001`."""
    text = p_value(p)
    return f"p {text[0]} {text[1:]}" if text[:1] in "<>" else f"p = {text}"


def fixed(value: float, digits: int) -> str:
    """Write a number with so many decimals and a true minus sign."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def significant(value: float, digits: int = 7) -> str:
    """Write a number with so many significant digits; NR where it is missing or infinite."""
    return f"{value:.{digits}g}".replace("-", MINUS) if math.isfinite(value) else NOT_REACHED


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write `14.1–19.9`; an upper limit that is not reached as NR, a lower that there is not as NE."""
    digits = _decimals(digits)
    lower = NO_LIMIT if math.isnan(low) else fixed(low, digits)
    upper = NOT_REACHED if math.isnan(high) else fixed(high, digits)
    return (" to " if low < 0 else DASH).join((lower, upper))


def estimate(value: float, low: float, high: float, digits: int = 1) -> str:
    """Write `17.2 (14.1–19.9)`; an estimate that is not reached as NR."""
    shown = NOT_REACHED if math.isnan(value) else fixed(value, _decimals(digits))
    if math.isnan(value) and math.isnan(low) and math.isnan(high):
        return NOT_REACHED
    return f"{shown} ({interval(low, high, digits)})"


def hazard_ratio(value: float, low: float, high: float) -> str:
    """Write `0.49 (0.28–0.86)`, or that it is not estimable; an interval too narrow for two decimals has more."""
    if math.isnan(value):
        return say(NOT_ESTIMABLE)
    width = high - low
    digits = min(-math.floor(math.log10(width / 5)), _MOST_DECIMALS) if 0 < width < _NARROW else 2
    return f"{_ratio(value, digits)} ({_ratio(low, digits)}{DASH}{_ratio(high, digits)})"


def ratio_with_limits(value: float, low: float, high: float) -> str:
    """Write a risk or odds ratio with its limits; a dash where there is none, NE for a limit that there is not."""
    if not math.isfinite(value):
        return DASH
    lower, upper = (_ratio(v) if math.isfinite(v) else NO_LIMIT for v in (low, high))
    return f"{_ratio(value)} ({lower}{DASH}{upper})"


def _ratio(value: float, digits: int = 2) -> str:
    """Write a ratio with some decimals, three where two would be 0.00; beyond 1000 either way nothing but that."""
    digits = max(1, _decimals(digits))
    return ">1000" if value > 1000 else "<0.001" if value < 0.001 else \
        f"{value:.{max(digits, 3) if value < 0.005 else digits}f}"


def percent(share: float, digits: int = 0) -> str:
    """Write a share of one as a percentage; a dash for 0 of 0."""
    return DASH if math.isnan(share) else f"{round(100 * share, 9):.{digits}f}%"  # 57.5 of 100 is no 57.49999


def share_with_limits(value: float, low: float, high: float, digits: int = 0) -> str:
    """Write a share with its limits, which a curve at 100 % or 0 % does not have; NaN where nobody was followed."""
    if math.isnan(value):
        return say("not followed so long")
    bare = math.isnan(low) or math.isnan(high) or value == low == high
    share, lower, upper = (percent(v, _decimals(digits)) for v in (value, low, high))
    return share if bare else f"{share} ({lower}{DASH}{upper})"


def count_and_percent(count: int, n: int) -> str:
    """Write `12 (34%)`."""
    return f"{count:,} ({percent(count / n, _decimals(0))})" if n else DASH


def percentage_points(value: float, low: float, high: float) -> str:
    """Write a risk difference in percentage points: `+11 (−9 to +31)`."""
    if math.isnan(value):
        return DASH
    low_text, high_text = (_signed(100 * v) for v in (low, high))
    return f"{_signed(100 * value)} ({low_text} to {high_text})"


def signed_percent(value: float) -> str:
    """Write a change in per cent with its sign: `+12%`."""
    return f"{_signed(value)}%"


def _signed(value: float) -> str:
    text = fixed(value, _decimals(0))
    return text if float(text.replace(MINUS, "-")) == 0 or text.startswith(MINUS) else f"+{text}"


def plural(count: int, word: str, /, **values: object) -> str:
    """Write `1 patient`, `2 patients`; `{name}` in the word stands for a value. Catalogues know `{n} patients`."""
    text = f"{{n}} {word}" if count == 1 and spoken() == ENGLISH else f"{{n}} {word}s"
    return say(text, n=f"{count:,}", **values)
