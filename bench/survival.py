"""Time the Survival page's statistics, result frames included, beside R and plain lifelines.

    python -m bench.survival 82 10000

Each run of ours starts from a filter that keeps a part of the patients, so that nothing is remembered from the
one before. Correctness is asserted against R in the same run. The cost's slope from one size to the next is
printed: 1 would be a cost in proportion to the patients.
"""

from __future__ import annotations

import itertools
import math
import sys
import tempfile
import warnings
from pathlib import Path

import pandas as pd

from bench.beside import LIFELINES_MOST, check, cohort_file, in_r, repeats, runs, said, timed
from core import Cohort, read_cohort, treatment_effect
from core.survival import (
    compare,
    differences_at,
    follow_up,
    kaplan_meier,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)

FILTER = {"afp": {"ge": 20}}  # survival.R and `lifelines_page` keep the same
OF = {"endpoint": "OS", "by": "arm"}
TIMES, SHARES = (6.0, 12.0, 24.0), (0.25, 0.5, 0.75)


def ours(whole: Cohort) -> dict[str, pd.DataFrame]:
    """Filter, and compute what the page shows."""
    cohort = whole.filter(FILTER)
    km = kaplan_meier(cohort, **OF)
    at = survival_at(cohort, **OF, times=TIMES)
    means = restricted_mean(cohort, **OF)
    return {"curves": km.curves, "medians": km.medians, "effect": treatment_effect(cohort, **OF).terms, "at": at,
            "apart": differences_at(at), "quantiles": quantiles(cohort, **OF, shares=SHARES), "means": means,
            "ratio": restricted_mean_comparison(means), "test": compare(cohort, **OF),
            "follow": follow_up(cohort, **OF)}


def figures(found: dict[str, pd.DataFrame]) -> dict[str, list[float]]:
    """Read the figures that are compared with R's."""
    limits = ["time", "conf_low", "conf_high"]
    curves = found["curves"]
    return {
        "curve": [curves.estimate.sum(), curves.std_error.sum(), curves.conf_low.sum(), curves.conf_high.sum()],
        "at": found["at"][["estimate", "std_error", "conf_low", "conf_high"]].to_numpy().ravel().tolist(),
        "apart": found["apart"].difference.tolist(),
        "quantiles": found["quantiles"][limits].to_numpy().ravel().tolist(),
        "means": found["means"][["estimate", "std_error"]].to_numpy().ravel().tolist(),
        "test": [found["test"].statistic[0], found["test"].p_value[0]],
        "effect": [found["effect"].coef[0], found["effect"].std_error[0]],
        "follow": [*found["follow"].reverse_median, *found["follow"].observed_median],
    }


def lifelines_page(path: Path) -> None:
    """Compute the same with lifelines as its documentation shows."""
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from lifelines.utils import median_survival_times, restricted_mean_survival_time

    warnings.filterwarnings("ignore", module="lifelines")  # that its approximations are approximate
    frame = pd.read_csv(path)
    frame = frame[frame.afp_ng_ml >= 20]
    time, event, arm = frame.os_months, frame.os_event, frame.arm
    arms = [arm == level for level in arm.unique()]
    tau = min(time[a].max() for a in arms)
    for a in arms:
        fitter = KaplanMeierFitter().fit(time[a], event[a])
        median_survival_times(fitter.confidence_interval_)
        fitter.survival_function_at_times(TIMES)
        for share in SHARES:
            fitter.percentile(1 - share)
        restricted_mean_survival_time(fitter, t=tau)
        assert KaplanMeierFitter().fit(time[a], 1 - event[a]).median_survival_time_ > 0
    logrank_test(time[arms[0]], time[arms[1]], event[arms[0]], event[arms[1]])
    CoxPHFitter().fit(pd.DataFrame({"t": time, "e": event, "x": arms[1].astype(float)}), "t", "e")


def run(n: int, folder: Path) -> float:
    """Time one size; return our milliseconds."""
    path = cohort_file(n, folder)
    whole = read_cohort(path)
    ours(whole)
    before = runs(lambda: ours(whole), repeats(n))  # and again after R: a busy moment meets both
    beside = in_r("survival.R", path, n, whole.levels("arm")[0])
    mine = timed(lambda: ours(whole), repeats(n), before)
    if beside:
        check(figures(ours(whole)), beside[1])
    lifelines = timed(lambda: lifelines_page(path), 1 if n > 1000 else 3) if n <= LIFELINES_MOST else None
    print(said(n, mine, beside, lifelines), flush=True)
    return mine


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        cost = {n: run(n, Path(scratch)) for n in sizes}
    for a, b in itertools.pairwise(sizes):
        slope = math.log(cost[b] / cost[a]) / math.log(b / a)
        print(f"from {a:,} to {b:,} patients: {cost[b] / cost[a]:.1f} x the cost, slope {slope:.2f}")


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [82, 10_000])
