"""p-values adjusted for how many tests were made."""

from __future__ import annotations

from typing import Literal

import numpy as np

from core.options import takes_options

Adjustment = Literal["holm", "BH", "none"]


@takes_options
def adjusted(p: np.ndarray, method: Adjustment) -> np.ndarray:
    """Adjust p-values for their number (R: p.adjust, "holm" or "BH"); missing ones stay and do not count."""
    out = p.copy()
    known = np.flatnonzero(~np.isnan(p))
    m = known.size
    if method == "none" or m == 0:
        return out
    order = known[np.argsort(p[known], kind="stable")]
    rank = np.arange(m)
    if method == "holm":
        out[order] = np.minimum(np.maximum.accumulate((m - rank) * p[order]), 1)
    else:
        out[order[::-1]] = np.minimum(np.minimum.accumulate((m / (m - rank)) * p[order][::-1]), 1)
    return out
