"""Time the board's statistics, result frames included, beside R and plain lifelines.

    python -m bench.board 82 10000

82 stands for the sample cohort; other sizes are simulated. Each run of ours starts from a filter, so
that nothing is remembered from the one before. Correctness is asserted against R in the same run.
lifelines and scipy have no Miettinen-Nurminen limits: their board goes without.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from bench.simulate import simulate
from core import Cohort, adverse_events, kaplan_meier, read_cohort, treatment_effect

SAMPLE = Path(__file__).parents[1] / "sample_data" / "yang2023_synthetic.csv"
LIFELINES_MOST = 100_000
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


def timed(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of some runs in milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def in_r(path: Path, reference: str, repeats: int) -> tuple[float, dict[str, list[float]]] | None:
    """Run the same board in R; None where Rscript is not on the machine."""
    if not shutil.which("Rscript"):
        return None
    script = Path(__file__).with_name("board.R")
    run = subprocess.run(["Rscript", str(script), str(path), str(repeats), reference], check=True,
                         capture_output=True, text=True)
    lines = {line.split()[0]: line.split()[1:] for line in run.stdout.splitlines() if line.strip()}
    values = {k: [np.nan if v == "NA" else float(v) for v in vs] for k, vs in lines.items()}
    return values.pop("ms")[0], values


def check(mine: dict[str, list[float]], theirs: dict[str, list[float]]) -> None:
    """Hold every figure against R's (whose default stopping rule costs 1e-7 in coefficients)."""
    for name, values in theirs.items():
        absolute = 1e-7 if name == "limits" else 1e-300
        np.testing.assert_allclose(mine[name], values, rtol=2e-6, atol=absolute, err_msg=name)


def run(n: int, folder: Path) -> None:
    path = SAMPLE if n == 82 else simulate(n, folder)
    start = time.perf_counter()
    whole = read_cohort(path)
    read = time.perf_counter() - start
    reference = whole.levels("arm")[0]
    few = n > 100_000
    ours(whole)
    mine = timed(lambda: ours(whole), 5 if few else 25 if n > 1000 else 200)
    said = [f"n = {n:>9,}   ours {mine:9.2f} ms   (file read in {read:.2f} s)"]
    if result := in_r(path, reference, 1 if few else 3 if n > 1000 else 15):
        r, values = result
        check(figures(ours(whole)), values)
        said.append(f"R {r:10.1f} ms = {r / mine:7.1f} x ours, figures equal")
    else:
        said.append("R: Rscript is not on this machine")
    if n <= LIFELINES_MOST:
        lifelines = timed(lambda: lifelines_board(path, reference), 1 if n > 1000 else 3)
        said.append(f"lifelines {lifelines:10.1f} ms = {lifelines / mine:7.1f} x ours")
    print("   ".join(said), flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for size in sys.argv[1:] or ["82", "10000"]:
            run(int(size), Path(scratch))
