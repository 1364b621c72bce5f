"""A spline's covariate in a model: the hazard ratio along its values, and whether a straight line would do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import Cohort
from core.errors import NotEstimable
from core.hazards.cox import CoxModel
from core.hazards.design import knots
from core.language import say
from core.statistics import Z95, chi_square_p, spline_basis

_POINTS, _OUTERMOST, _MANY = 120, 10, 60  # beyond the tenth value nothing is drawn, where there are many (R: rms)


@dataclass(frozen=True, kw_only=True, eq=False)
class SplineCurve:
    """Hazard ratios against the median.

    Attributes
    ----------
    curve : value, coef, std_error, hazard_ratio, conf_low, conf_high
    median : the value that all are compared with, where the ratio is 1
    statistic, df, p_value : Wald's test of the nonlinear parts
    trimmed : whether the outermost values are left out
    """

    key: str
    median: float
    knots: np.ndarray
    curve: pd.DataFrame
    statistic: float
    df: int
    p_value: float
    trimmed: bool


def spline_curve(cohort: Cohort, model: CoxModel, key: str, *, values: np.ndarray | None = None) -> SplineCurve:
    """Return the hazard ratio along a covariate that enters as a restricted cubic spline (R: rms, Predict and anova).

    Parameters
    ----------
    values : at which; evenly between the tenth smallest and the tenth largest of the filtered patients where None,
        between all of them where they are fewer than 60

    Raises
    ------
    NotEstimable
        If the model does not hold the whole spline.
    """
    places = [i for i, (term, _) in enumerate(model.columns) if term == key]
    at = knots(cohort, key)
    if model.estimate is None or len(places) != at.size - 1:
        raise NotEstimable(say("The spline of {label} could not be fully fitted: no curve is drawn.",
                               label=cohort.variable(key).label),
                           say("Choose “per unit” or “cut” for it."))
    observed = np.sort(cohort.values(key).to_numpy(dtype=float)[cohort.rows])
    observed = observed[~np.isnan(observed)]
    inner = _OUTERMOST - 1 if observed.size >= _MANY else 0
    if values is None:
        values = np.linspace(observed[inner], observed[-1 - inner], _POINTS)
    median = float(np.median(observed))
    away = spline_basis(values, at) - spline_basis(np.array([median]), at)
    beta, variance = model.estimate.coef[places], model.estimate.variance[np.ix_(places, places)]
    coef, error = away @ beta, np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", away, variance, away), 0))
    bent = beta[1:]
    statistic = float(bent @ np.linalg.solve(variance[1:, 1:], bent))
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(coef + z * error) for z in (0, -Z95, Z95))
    return SplineCurve(
        key=key, median=median, knots=at, statistic=statistic, df=bent.size, p_value=chi_square_p(statistic, bent.size),
        trimmed=inner > 0,
        curve=pd.DataFrame({"value": values, "coef": coef, "std_error": error, "hazard_ratio": ratio, "conf_low": low,
                            "conf_high": high}))
