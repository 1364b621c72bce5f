"""Proportional hazards: cox.zph of R's survival 3, and the residuals that show how a coefficient moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.likelihood import Fit, solved, squared_length
from core.statistics import Z95, chi_square_p, spline_basis

GLOBAL = "GLOBAL"
_NOTHING = 1e-13  # of the information


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """How one coefficient moves over time.

    Attributes
    ----------
    residuals : time_place (into the distinct times), transformed (1 - survival just before), coefficient; a row per
        death: the scaled Schoenfeld residual plus the coefficient
    smooth : transformed, time_place, estimate, conf_low, conf_high
    """

    residuals: pd.DataFrame
    smooth: pd.DataFrame


def proportional_hazards(fit: Fit, terms: Sequence[str]) -> pd.DataFrame:
    """Test proportional hazards per term and for all terms (R: cox.zph, transform = "km", terms = TRUE).

    The score test of the products of the columns with 1 - survival added to the model (Grambsch and Therneau,
    Biometrika 1994;81:515, as survival 3 has it).

    Parameters
    ----------
    terms : the term of each column, (p,)

    Returns
    -------
    term, statistic, df, p_value; the last row is GLOBAL; df is less than the term's columns where the deaths do not
    tell all of them apart (R stops there)
    """
    information, crossed, squared = fit.at_maximum.products
    # The test needs the products' information and score given the coefficients (Schur complement).
    beside = solved(information, np.column_stack([crossed, fit.at_maximum.score]))
    left = squared - crossed.T @ beside[:, :-1]
    left[np.abs(left) < _NOTHING * np.diag(information).max()] = 0.0  # deaths at one time tell nothing of its passing
    score = fit.at_maximum.score_by(fit.sets.centred_km_time) - crossed.T @ beside[:, -1]
    own_places: dict[str, list[int]] = {}
    for i, term in enumerate(terms):
        own_places.setdefault(term, []).append(i)
    places = [*own_places.values(), list(range(len(terms)))]
    own_left = np.diag(left)
    single = np.where(own_left > 0, score**2 / np.where(own_left > 0, own_left, 1), np.nan).tolist()
    tested = [(single[columns[0]], 1) if len(columns) == 1 else
              squared_length(left[np.ix_(columns, columns)], score[columns]) for columns in places]
    statistics, sizes = zip(*tested, strict=True)
    return pd.DataFrame({
        "term": [*own_places, GLOBAL], "statistic": np.array(statistics), "df": np.array(sizes),
        "p_value": np.array([chi_square_p(s, df) for s, df in zip(statistics, sizes, strict=True)])})


def course(fit: Fit, column: int) -> Course:
    """Return a column's scaled Schoenfeld residuals and their smooth, a natural cubic spline of four parameters."""
    sets, deaths = fit.sets, int(fit.sets.event.sum())
    residual = fit.at_maximum.schoenfeld @ (fit.variance * fit.scale[:, None])[:, column] * deaths + fit.coef[column]
    x = sets.km_time[sets.tied.time_of_death]
    points = pd.DataFrame({"time_place": sets.index[sets.event], "transformed": x, "coefficient": residual})
    points = points.sort_values("transformed", kind="stable", ignore_index=True)
    at = np.quantile(np.unique(x), (0, 1 / 3, 2 / 3, 1)) if np.unique(x).size > 4 else np.array([])
    if not at.size:
        return Course(residuals=points, smooth=pd.DataFrame(
            columns=["transformed", "time_place", "estimate", "conf_low", "conf_high"]))
    places = np.unique(np.linspace(0, len(points) - 1, 60).astype(int))
    grid = points.transformed.to_numpy()[places]
    design, shown = (np.column_stack([np.ones(v.size), spline_basis(v, at)]) for v in (x, grid))
    coef = np.linalg.lstsq(design, residual, rcond=None)[0]
    spread = np.einsum("ij,jk,ik->i", shown, np.linalg.pinv(design.T @ design), shown)
    half = Z95 * np.sqrt(spread * fit.variance[column, column] * deaths)
    line = shown @ coef
    return Course(residuals=points, smooth=pd.DataFrame({
        "transformed": grid, "time_place": points.time_place.to_numpy()[places], "estimate": line,
        "conf_low": line - half, "conf_high": line + half}))
