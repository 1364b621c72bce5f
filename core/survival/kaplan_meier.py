"""Kaplan-Meier curves, medians and the log-rank test, as R's survival package gives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import Cohort, Counts, count
from core.options import takes_options
from core.survival.log_rank import log_rank
from core.survival.product_limit import ConfType, limits, product_limit, quantiles_of


@dataclass(frozen=True, kw_only=True, eq=False)
class KaplanMeier:
    """The curves of one endpoint.

    Attributes
    ----------
    curves : strata, time (months), n_risk, n_event, n_censor, estimate, std_error, conf_low,
        conf_high; one row per stratum and distinct time; std_error is Greenwood's, of the estimate;
        cumulative_hazard, hazard_error: Nelson and Aalen's estimate and its standard error
    medians : strata, n, n_event, median, conf_low, conf_high (months; NaN: not reached)
    log_rank : statistic, df, p_value; no row where fewer than two strata can be compared
    levels : all strata of the whole cohort, also those that the filter emptied
    missing_endpoint, missing_stratum : patients left out, and why
    """

    endpoint: str
    by: str | None
    label: str
    conf_type: ConfType
    levels: tuple[str, ...]
    curves: pd.DataFrame
    medians: pd.DataFrame
    log_rank: pd.DataFrame
    missing_endpoint: int
    missing_stratum: int


@takes_options
def kaplan_meier(cohort: Cohort, *, endpoint: str, by: str | None = None,
                 conf_type: ConfType = "log-log") -> KaplanMeier:
    """Estimate survival per stratum (R: survfit, quantile.survfit, survdiff).

    Parameters
    ----------
    by : a variable's key; numbers are cut; None for one curve
    conf_type : transformation of the pointwise 95 % interval

    Raises
    ------
    MappingError, FilterError
        If the cohort has no such endpoint or variable.

    Examples
    --------
    >>> from core import kaplan_meier, read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> result = kaplan_meier(cohort, endpoint="OS", by="arm")
    >>> result.medians[["strata", "n", "n_event", "median"]].round(2)
                    strata   n  n_event  median
    0            TACE+IMRT  47       34    17.3
    1  TACE+IMRT+sorafenib  35       22    24.1
    >>> result.log_rank[["test", "df", "p_value"]].round(4)
           test  df  p_value
    0  log-rank   1   0.0009
    """
    counts = count(cohort, endpoint, by)
    survival, error = product_limit(counts)
    low, high = limits(counts, conf_type)
    k, t = np.nonzero(counts.present)
    curves = {
        "strata": np.asarray(counts.strata.levels, dtype=object)[k], "time": counts.times[t],
        "n_risk": counts.at_risk[k, t], "n_event": counts.deaths[k, t],
        "n_censor": counts.censored[k, t], "estimate": survival[k, t],
        "std_error": (survival * error)[k, t], "conf_low": low[k, t], "conf_high": high[k, t],
        **_hazard(counts, k, t),
    }
    return KaplanMeier(
        endpoint=endpoint, by=by, label=counts.strata.label, conf_type=conf_type,
        levels=counts.strata.levels, curves=pd.DataFrame(curves),
        medians=_medians(counts, conf_type), log_rank=log_rank(counts),
        missing_endpoint=counts.missing_endpoint, missing_stratum=counts.missing_stratum,
    )


def _hazard(counts: Counts, k: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """Return the cumulative hazard and its standard error at some cells of the table (R: survfit's cumhaz)."""
    risk = np.maximum(counts.at_risk, 1)
    steps = counts.deaths / risk
    return {"cumulative_hazard": np.cumsum(steps, axis=1)[k, t],
            "hazard_error": np.sqrt(np.cumsum(steps / risk, axis=1))[k, t]}


def _medians(counts: Counts, conf_type: ConfType) -> pd.DataFrame:
    median, low, high = quantiles_of(counts, (0.5,), conf_type)[:, 0].T
    return pd.DataFrame({"strata": counts.strata.levels, "n": counts.n, "n_event": counts.n_event, "median": median,
                         "conf_low": low, "conf_high": high})
