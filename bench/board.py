"""Time the board's statistics, result frames included, beside R and plain lifelines.

    python -m bench.board 82 10000

82 stands for the sample cohort; other sizes are simulated. Each run of ours starts from a filter, so
that nothing is remembered from the one before. Correctness is asserted against R in the same run.
lifelines and scipy have no Miettinen-Nurminen limits: their board goes without.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from bench.beside import LIFELINES_MOST, check, cohort_file, in_r, repeats, said, timed
from core import Cohort, adverse_events, kaplan_meier, read_cohort, treatment_effect

ENDPOINTS = {"os": "OS", "pfs": "PFS"}
BANDS = ("1-2", ">=3")


def ours(whole: Cohort) -> list[object]:
    """Filter (by a condition that all pass) and compute the board."""
    cohort = whole.filter({"afp": {"ge": 0}})
    results: list[object] = []
    for endpoint in ENDPOINTS.values():
        results.append(kaplan_meier(cohort, endpoint=endpoint, by="arm"))
        results.append(treatment_effect(cohort, endpoint=endpoint, by="arm"))
    return [*results, adverse_events(cohort, by="arm")]


def figures(results: list[object]) -> dict[str, list[float]]:
    """Read the figures that are compared with R's."""
    *survival, events = results
    out: dict[str, list[float]] = {}
    for name, curves, effect in zip(ENDPOINTS, survival[::2], survival[1::2], strict=True):
        term = effect.terms.iloc[0]
        out[name] = [*curves.medians["median"], curves.log_rank.p_value[0], term.coef, term.std_error]
    tests = events.tests[events.tests.band.isin(BANDS)].sort_values("band", kind="stable")
    out["fisher"] = tests.p_value.tolist()
    out["limits"] = [*tests.conf_low, *tests.conf_high]
    return out


def lifelines_board(path: Path, reference: str) -> None:
    """Compute the same with lifelines and scipy.stats as their documentation shows."""
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from scipy.stats import fisher_exact

    frame = pd.read_csv(path)
    test = frame.arm != reference
    for name in ENDPOINTS:
        time_, event = frame[f"{name}_months"], frame[f"{name}_event"]
        for arm in (test, ~test):
            fitter = KaplanMeierFitter().fit(time_[arm], event[arm])
            assert fitter.median_survival_time_ > 0
            assert len(fitter.confidence_interval_)
        logrank_test(time_[test], time_[~test], event[test], event[~test])
        CoxPHFitter().fit(pd.DataFrame({"t": time_, "e": event, "x": test.astype(float)}), "t", "e")
    for low, high in ((1, 2), (3, 5)):
        for column in frame.filter(like="ae_"):
            had = frame[column].between(low, high)
            fisher_exact([[(had & test).sum(), (~had & test).sum()],
                          [(had & ~test).sum(), (~had & ~test).sum()]])


def run(n: int, folder: Path) -> None:
    path = cohort_file(n, folder)
    whole = read_cohort(path)
    reference = whole.levels("arm")[0]
    ours(whole)
    mine = timed(lambda: ours(whole), repeats(n))
    beside = in_r("board.R", path, n, reference)
    if beside:
        check(figures(ours(whole)), beside[1])
    lifelines = timed(lambda: lifelines_board(path, reference), 1 if n > 1000 else 3) if n <= LIFELINES_MOST else None
    print(said(n, mine, beside, lifelines), flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for size in sys.argv[1:] or ["82", "10000"]:
            run(int(size), Path(scratch))
