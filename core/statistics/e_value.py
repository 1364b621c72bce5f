"""The E-value: how strong an unmeasured confounder would have to be to explain a hazard ratio away.

Source: VanderWeele and Ding. Ann Intern Med 2017;167:268 (R: EValue).
"""

from __future__ import annotations

import math

COMMON = 0.15  # of the patients having the event, from which on a hazard ratio is no longer near a risk ratio


def e_values(ratio: float, low: float, high: float, *, share: float) -> tuple[float, float]:
    """Return the E-value of a hazard ratio, and of its limit nearest 1 (1 where the interval holds 1).

    Parameters
    ----------
    share : of the patients who had the event; from 15 % on the ratio is turned into a risk ratio first
    """
    risk = [_risk_ratio(v, common=share >= COMMON) for v in (ratio, low, high)]
    nearest = 1.0 if risk[1] <= 1 <= risk[2] else risk[1] if risk[0] > 1 else risk[2]
    return _e_value(risk[0]), _e_value(nearest)


def _risk_ratio(ratio: float, *, common: bool) -> float:
    return (1 - 0.5 ** math.sqrt(ratio)) / (1 - 0.5 ** math.sqrt(1 / ratio)) if common else ratio


def _e_value(risk: float) -> float:
    away = max(risk, 1 / risk)
    return away + math.sqrt(away * (away - 1))
