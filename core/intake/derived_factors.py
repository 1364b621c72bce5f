"""Factors that are computed from others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.mapping import ALBI, FactorRole

_GRADE_1, _GRADE_2 = -2.60, -1.39


def derived(factor: FactorRole, numbers: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return a derived factor's raw levels (n,), None where an input is missing.

    Parameters
    ----------
    numbers : the numeric factors by key, each (n,) in its own unit
    """
    inputs = {name: numbers[key] for name, key in factor.inputs.items()}
    if factor.formula == ALBI:
        return albi_grade(inputs["bilirubin"], inputs["albumin"])
    raise KeyError(factor.formula)


def albi_grade(bilirubin: np.ndarray, albumin: np.ndarray) -> np.ndarray:
    """Return the ALBI grade ("1", "2", "3") of bilirubin in μmol/L and albumin in g/L.

    Source: Johnson PJ et al. J Clin Oncol 2015;33:550.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        score = 0.66 * np.log10(bilirubin) - 0.085 * albumin
    grade = np.where(score <= _GRADE_1, "1", np.where(score <= _GRADE_2, "2", "3")).astype(object)
    grade[~np.isfinite(score)] = None
    return np.asarray(grade, dtype=object)
