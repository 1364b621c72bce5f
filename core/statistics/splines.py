"""Restricted cubic splines."""

from __future__ import annotations

import numpy as np


def spline_basis(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the restricted cubic spline's columns, (n, knots - 1): linear beyond the outer knots.

    Source: Harrell FE, Regression Modeling Strategies (2015), 2.4.5, with its normalisation.
    """
    last, before = at[-1], at[-2]

    def cube(knot: float) -> np.ndarray:
        above = np.where(np.isnan(values), np.nan, np.maximum(values - knot, 0))
        return np.asarray(above * above * above)  # a power's last digit differs between processors

    bent = [cube(k) - cube(before) * (last - k) / (last - before) + cube(last) * (before - k) / (last - before)
            for k in at[:-2]]
    return np.column_stack([values, *(b / (last - at[0]) ** 2 for b in bent)])
