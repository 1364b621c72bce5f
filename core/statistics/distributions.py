"""Tails of the normal and chi-square distributions."""

from __future__ import annotations

import math

Z95 = 1.959963984540054  # of the standard normal distribution: two-sided limits of 95 %


def two_sided_p(z: float) -> float:
    """Return the two-sided p of a standard normal deviate."""
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_p(statistic: float, df: int) -> float:
    """Return the upper tail of a chi-square distribution."""
    if df == 1:
        return math.erfc(math.sqrt(max(statistic, 0.0) / 2))
    from scipy.special import chdtrc  # costs 0.1 s, and two arms do not need it

    return float(chdtrc(df, max(statistic, 0.0)))
