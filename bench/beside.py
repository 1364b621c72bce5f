"""What the benchmarks share: cohort files, the timing, R beside us, the comparison of figures."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from bench.simulate import simulate

SAMPLE = Path(__file__).parents[1] / "sample_data" / "yang2023_synthetic.csv"
LIFELINES_MOST = 100_000


def cohort_file(n: int, folder: Path) -> Path:
    """Return a cohort of n patients: the sample for 82, else a simulated one."""
    return SAMPLE if n == 82 else simulate(n, folder)


def repeats(n: int) -> int:
    """Say how often our own work is timed."""
    return 200 if n <= 1000 else 25 if n <= 100_000 else 5


def timed(work: Callable[[], object], times: int, before: Sequence[float] = ()) -> float:
    """Return the median time of some runs in milliseconds, those `before` among them."""
    return median([*before, *runs(work, times)])


def runs(work: Callable[[], object], times: int) -> list[float]:
    """Return how long each run took, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def in_r(script: str, path: Path, n: int, reference: str) -> tuple[float, dict[str, list[float]]] | None:
    """Run a script of this folder in R: its median time and its figures; None where Rscript is not on the machine."""
    if not shutil.which("Rscript"):
        return None
    times = 15 if n <= 1000 else 3 if n <= 100_000 else 1
    run = subprocess.run(["Rscript", str(Path(__file__).with_name(script)), str(path), str(times), reference],
                         check=True, capture_output=True, text=True)
    lines = {line.split()[0]: line.split()[1:] for line in run.stdout.splitlines() if line.strip()}
    values = {k: [np.nan if v == "NA" else float(v) for v in vs] for k, vs in lines.items()}
    return values.pop("ms")[0], values


def check(mine: dict[str, list[float]], theirs: dict[str, list[float]]) -> None:
    """Hold every figure against R's.

    Its default stopping rule costs 1e-7 in coefficients, more in the test of proportional hazards, and in a likelihood
    1e-9 of it, which is what is left of the digits of an interaction of many patients.
    """
    for name, values in theirs.items():
        absolute = 1e-7 if name == "limits" else 3e-4 if name.endswith("interactions") else 1e-300
        relative = 1e-5 if name == "zph" else 2e-6
        np.testing.assert_allclose(mine[name], values, rtol=relative, atol=absolute, err_msg=name)


def said(n: int, mine: float, beside: tuple[float, dict[str, list[float]]] | None, lifelines: float | None) -> str:
    """Say one size's times, and how many times ours the others take."""
    parts = [f"n = {n:>9,}   ours {mine:9.2f} ms"]
    parts.append(f"R {beside[0]:10.1f} ms = {beside[0] / mine:7.1f} x ours, figures equal" if beside else
                 "R: Rscript is not on this machine")
    if lifelines is not None:
        parts.append(f"lifelines {lifelines:10.1f} ms = {lifelines / mine:7.1f} x ours")
    return "   ".join(parts)
